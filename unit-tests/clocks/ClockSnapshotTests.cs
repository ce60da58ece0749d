// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class ClockSnapshotTests : ChipTest
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
        public void ShouldGoOnWhileHseStartsAndCyclesAreCounted()
        {
            BuildChip(clocksTakeTime: true);
            CompleteChip();
            Write(DwtBase, 1);
            SetBits(RccBase, 1 << 16);
            RunFor(400e-6);
            EmulationManager.Instance.Save(path);
            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(Emulation.TryGetMachineByName("chip", out var loaded), Is.True);
            var bus = loaded.SystemBus;
            RunFor(90e-6);
            Assert.That(bus.ReadDoubleWord(RccBase), Is.EqualTo(0x10083));
            RunFor(20e-6);
            Assert.That(bus.ReadDoubleWord(RccBase), Is.EqualTo(0x30083));
            Assert.That(bus.ReadDoubleWord(DwtBase + 4), Is.EqualTo(510 * 16).Within(20));
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"clocks-{Guid.NewGuid()}.save");
    }
}
