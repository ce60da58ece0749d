// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class AnalogSnapshotTests : AdcTest
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
        public void ShouldGoOnWithAConversionAndTheVoltsOfAPin()
        {
            Adc1.SetVoltage(3, 1.25);
            SetBits(Apb1Enable, 1 << 29);
            Write(DacBase, 3);
            Write(DacBase + 8, 1000);
            // Two ADCs at the same time, half-words by DMA.
            Write(CCR, 6 | 1 << 14);
            SwitchOn(A1);
            SwitchOn(A2);
            Write(A1 + SQR3, 3);
            Write(A2 + SQR3, 4);
            Write(A1 + SMPR2, 7 << 9);
            Write(A2 + SMPR2, 7 << 12);
            SetBits(A1 + CR2, SWSTART);
            RunFor(400 * Cycle);
            EmulationManager.Instance.Save(path);
            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(Emulation.TryGetMachineByName("chip", out var loaded), Is.True);
            var bus = loaded.SystemBus;
            RunFor(90 * Cycle);
            Assert.That(bus.ReadDoubleWord(CSR) & EOC, Is.Zero);
            RunFor(4 * Cycle);
            Assert.That(bus.ReadDoubleWord(CSR) & (EOC | EOC << 8), Is.EqualTo(EOC | EOC << 8));
            Assert.That((bus.ReadDoubleWord(CDR), bus.ReadDoubleWord(CDR)), Is.EqualTo((1551u, 1000u)));
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"analog-{Guid.NewGuid()}.save");
    }
}
