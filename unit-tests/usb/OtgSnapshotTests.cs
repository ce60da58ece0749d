// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;

using NUnit.Framework;

using static UnitTests.OtgRegisters;

namespace UnitTests
{
    [TestFixture]
    public class OtgSnapshotTests : OtgTest
    {
        [SetUp]
        public void OnlyOnRenode()
        {
            if(IsStandalone)
            {
                Assert.Ignore("Snapshots in files are Renode's; the standalone host has checkpoints in memory");
            }
        }

        [Test]
        public void ShouldGoOnWithFullFifos()
        {
            // What the test itself listens with is not to be saved.
            BuildChip();
            CompleteChip();
            Port = Otg;
            ConnectBulk();
            EnableOut(1, 4, 256);
            EnableIn(1, 1, 5);
            PushData(1, Bytes(5));
            SendOut(1, Bytes(10), false);
            EmulationManager.Instance.Save(path);
            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(Emulation.TryGetMachineByName("chip", out var loaded), Is.True);
            var bus = loaded.SystemBus;
            var port = (IUsbDevicePort)loaded["sysbus.otgfs"];
            Assert.That(port.IsPulledUp, Is.True);
            Assert.That(bus.ReadDoubleWord(UsbBase + GRXSTSP) >> 4 & 0x7FF, Is.EqualTo(10));
            Assert.That(bus.ReadDoubleWord(UsbBase + Fifo), Is.EqualTo(0x04030201));
            Assert.That(port.In(0, 1, out var packet), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(packet.Data, Is.EqualTo(Bytes(5)));
            RunFor(0.003);
            Assert.That(bus.ReadDoubleWord(UsbBase + DSTS) >> 8, Is.EqualTo(3));
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"usb-{Guid.NewGuid()}.save");
    }
}
