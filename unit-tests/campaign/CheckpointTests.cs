// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>States of an emulation that are kept in memory, on both hosts.</summary>
    [TestFixture]
    public class CheckpointTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            flash = new MappedMemory(Machine, 0x10000);
            Machine.SystemBus.Register(flash, new BusRangeRegistration(0, 0x10000));
            Machine.SystemBus.Register(flash, new BusRangeRegistration(0x08000000, 0x10000));
            nvic = new NVIC(Machine, 16000000, 0xF0);
            Register(nvic, "nvic", 0xE000E000, 0x1000);
            cpu = new CortexM("cortex-m4", Machine, nvic);
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            nvic.IRQ.Connect(cpu, 0);
            var signals = new CoreSignals(Machine, cpu, nvic);
            Machine.SystemBus.Register(signals, NullRegistrationPoint.Instance);
            Machine.SetLocalName(signals, "coreSignals");
            signals.SystemResetRequest.Connect(Supplies, 0);
            signals.InDeepSleep.Connect(Pwr, 1);
            LoadProgram(Count);
        }

        [Test]
        public void ShouldGoBackAgainAndAgain()
        {
            RunFor(0.001);
            using(var checkpoint = Checkpoint.Take())
            {
                var before = State;
                RunFor(0.001);
                var after = State;
                Assert.That(after, Is.Not.EqualTo(before));
                for(var i = 0; i < 50; i++)
                {
                    checkpoint.Restore();
                    Assert.That(State, Is.EqualTo(before));
                    RunFor(0.001);
                    Assert.That(State, Is.EqualTo(after));
                }
            }
        }

        private void LoadProgram(uint[] program)
        {
            flash.WriteDoubleWord(0, 0x20010000);
            flash.WriteDoubleWord(4, 0x08000101);
            for(var i = 0; i < program.Length; i++)
            {
                flash.WriteDoubleWord(0x100 + (4 * i), program[i]);
            }
        }

        private string State => $"{Machine.ElapsedVirtualTime.TimeElapsed.Ticks} {cpu.ExecutedInstructions} {cpu.PC.RawValue:x} {Sram.ReadDoubleWord(0):x}";

        private MappedMemory flash;
        private NVIC nvic;
        private CortexM cpu;

        // Counts at the begin of the SRAM.
        private static readonly uint[] Count = { 0x5500F04F, 0x30016828, 0xE7FC6028 };
    }
}
