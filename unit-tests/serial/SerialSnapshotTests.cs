// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.I2C;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class SerialSnapshotTests : ChipTest
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
        public void ShouldGoOnInTheMiddleOfATransfer()
        {
            CompleteChip();
            I2c.Register(new Counter(), new NumberRegistrationPoint<int>(0x50));
            SetBits(Apb1Enable, 1 << 21);
            SelectI2cPins();
            SetBits(RccBase + 0x44, 1 << 12);
            // SPI: 16-bit frames that wait for SPE. I2C: SB, address, ADDR; the first byte is on its way, RXNE will interrupt.
            Write(SpiBase, 0xB04);
            Write(SpiBase + 0x0C, 0x1234);
            Write(I2cBase + 0x04, 16 | (1 << 9) | (1 << 10));
            Write(I2cBase + 0x1C, 80);
            Write(I2cBase, 0x401);
            SetBits(I2cBase, 1 << 8);
            Read(I2cBase + 0x14);
            Write(I2cBase + 0x10, 0xA1);
            Read(I2cBase + 0x14);
            Read(I2cBase + 0x18);
            EmulationManager.Instance.Save(path);
            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(Emulation.TryGetMachineByName("chip", out var loaded), Is.True);
            var bus = loaded.SystemBus;
            Assert.That(bus.ReadDoubleWord(SpiBase + 0x08), Is.Zero, "TXE");
            bus.WriteDoubleWord(SpiBase, 0xB44);
            RunFor(0.00001);
            Assert.That(bus.ReadDoubleWord(SpiBase + 0x08), Is.EqualTo(3), "TXE, RXNE");
            var i2c = (Antmicro.Renode.Peripherals.Chip.STM32F4_I2C)loaded["sysbus.i2c1"];
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            RunFor(0.0001);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True);
            bus.WriteDoubleWord(I2cBase, 0x201);
            Assert.That(bus.ReadDoubleWord(I2cBase + 0x10), Is.EqualTo(0xA0));
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"serial-{Guid.NewGuid()}.save");

        private class Counter : II2CPeripheral
        {
            public void Write(byte[] data)
            {
            }

            public byte[] Read(int count = 1) => new[] { next++ };

            public void FinishTransmission()
            {
            }

            public void Reset()
            {
            }

            private byte next = 0xA0;
        }
    }
}
