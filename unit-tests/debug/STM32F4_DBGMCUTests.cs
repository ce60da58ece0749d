// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>What chip it is, and what stands still with a core that a debugger halts (RM0090 38.6, 38.16).</summary>
    public class STM32F4_DBGMCUTests : ChipTest
    {
        [SetUp]
        public void Complete()
        {
            CompleteChip();
            Machine.SystemBus.Register(Flash, new BusRangeRegistration(0, (ulong)Flash.Size));
            cpu = AddCpu();
            // A loop of nothing.
            Flash.WriteDoubleWord(0, 0x20010000);
            Flash.WriteDoubleWord(4, 0x08000101);
            Flash.WriteDoubleWord(0x100, 0xE7FEE7FE);
        }

        [TestCase(ChipLine.F205_F215, 0x411u)]
        [TestCase(ChipLine.F207_F217, 0x411u)]
        [TestCase(ChipLine.F405_F415, 0x413u)]
        [TestCase(ChipLine.F407_F417, 0x413u)]
        [TestCase(ChipLine.F42x_F43x, 0x419u)]
        [TestCase(ChipLine.F446, 0x421u)]
        [TestCase(ChipLine.F469_F479, 0x434u)]
        public void ShouldTellTheLine(ChipLine line, uint device)
        {
            BuildChip(line: line);
            CompleteChip();
            Assert.That(Read(DebugComponentBase) & 0xFFFF, Is.EqualTo(device));
            Assert.That(Read(DebugComponentBase) >> 16, Is.GreaterThanOrEqualTo(0x1000));
        }

        [Test]
        public void ShouldNeedSuppliesAndClocks()
        {
            Assert.That(() => new STM32F4_DBGMCU(Machine, null, Rcc), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_DBGMCU(Machine, Supplies, null), Throws.InstanceOf<ConstructionException>());
        }

        [TestCase(0x8u, 0, Alias.TIM2, TimerKind.GeneralPurpose32)]
        [TestCase(0x8u, 1, Alias.TIM3, TimerKind.GeneralPurpose16)]
        [TestCase(0x8u, 2, Alias.TIM4, TimerKind.GeneralPurpose16)]
        [TestCase(0x8u, 3, Alias.TIM5, TimerKind.GeneralPurpose32)]
        [TestCase(0x8u, 4, Alias.TIM6, TimerKind.Basic)]
        [TestCase(0x8u, 5, Alias.TIM7, TimerKind.Basic)]
        [TestCase(0x8u, 6, Alias.TIM12, TimerKind.TwoChannel)]
        [TestCase(0x8u, 7, Alias.TIM13, TimerKind.OneChannel)]
        [TestCase(0x8u, 8, Alias.TIM14, TimerKind.OneChannel)]
        [TestCase(0xCu, 0, Alias.TIM1, TimerKind.Advanced)]
        [TestCase(0xCu, 1, Alias.TIM8, TimerKind.Advanced)]
        [TestCase(0xCu, 16, Alias.TIM9, TimerKind.TwoChannel)]
        [TestCase(0xCu, 17, Alias.TIM10, TimerKind.OneChannel)]
        [TestCase(0xCu, 18, Alias.TIM11, TimerKind.OneChannel)]
        public void ShouldHoldTheTimer(uint register, int bit, Alias gate, TimerKind kind)
        {
            var timer = new STM32F4_Timer(Machine, kind);
            Register(timer, "timer", 0x40000000, 0x400);
            Rcc.Register(timer, new ClockGateRegistrationPoint(gate));
            SetBits(RccBase + ((int)gate / 32 == 3 ? 0x40ul : 0x44), 1u << ((int)gate % 32));
            // 1 kHz.
            Write(0x40000028, 15999);
            Write(0x40000014, 1);
            Write(0x40000000, 1);
            CheckThatItStandsStill(register, bit, () => timer.Counter);
            Write(0x40000024, 7);
            Assert.That(timer.Counter, Is.EqualTo(7), "registers go on");
        }

        [Test]
        public void ShouldHoldTheWindowWatchdog()
        {
            SetBits(Apb1Enable, 1 << 11);
            // 2 ms a step, and no reset.
            Write(WindowWatchdogBase + 4, 0x1FF);
            Write(WindowWatchdogBase, 0x7F);
            CheckThatItStandsStill(0x8, 11, () => 1000 - WindowWatchdog.Count);
        }

        [Test]
        public void ShouldHoldTheIndependentWatchdog()
        {
            Write(IndependentWatchdogBase, 0xCCCC);
            SetBits(DebugComponentBase + 8, 1 << 12);
            cpu.IsHalted = true;
            RunFor(2);
            Assert.That(Read(Csr) >> 29 & 1, Is.Zero, "512 ms are over, and no reset");
            Assert.That(IndependentWatchdog.IsRunning, Is.True);
            cpu.IsHalted = false;
            RunFor(0.4);
            Assert.That(Read(Csr) >> 29 & 1, Is.Zero);
            RunFor(0.2);
            Assert.That(Read(Csr) >> 29 & 1, Is.EqualTo(1), "it goes on with the core");
        }

        [Test]
        public void ShouldResetAHaltedCoreByTheWatchdogUnlessTold()
        {
            Write(IndependentWatchdogBase, 0xCCCC);
            cpu.IsHalted = true;
            RunFor(0.6);
            Assert.That(Read(Csr) >> 29 & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldHoldTheRtc()
        {
            StartLse();
            CheckThatItStandsStill(0x8, 10, () => (uint)(((IKeepsTime)Rtc).TimeOfDay - new DateTime(2000, 1, 1)).TotalSeconds, 10);
        }

        [Test]
        public void ShouldNotTakeAChipWithoutPowerForAHaltedCore()
        {
            StartLse();
            SetBits(DebugComponentBase + 8, 1 << 10);
            var before = ((IKeepsTime)Rtc).TimeOfDay;
            Supplies.Resets.EnterStandby();
            RunFor(10);
            Assert.That((((IKeepsTime)Rtc).TimeOfDay - before).TotalSeconds, Is.EqualTo(10).Within(1), "in Standby");
        }

        [Test]
        public void ShouldKeepItsBitsUntilPowerIsLost()
        {
            Write(DebugComponentBase + 4, 7);
            Write(DebugComponentBase + 8, 0x400);
            Supplies.PressReset();
            Supplies.Resets.EnterStandby();
            RunFor(0.0001);
            Supplies.Resets.LeaveStandby();
            RunFor(0.0001);
            Assert.That(Read(DebugComponentBase + 4) | Read(DebugComponentBase + 8), Is.EqualTo(0x407));
            Supplies.PowerCycle(1);
            RunFor(2);
            Assert.That(Read(DebugComponentBase + 4) | Read(DebugComponentBase + 8), Is.Zero);
        }

        [Test]
        public void ShouldStartWhatItHeldWithAReset()
        {
            StartLse();
            SetBits(DebugComponentBase + 8, 1 << 10);
            cpu.IsHalted = true;
            RunFor(1);
            Supplies.PressReset();
            var before = ((IKeepsTime)Rtc).TimeOfDay;
            RunFor(10);
            Assert.That((((IKeepsTime)Rtc).TimeOfDay - before).TotalSeconds, Is.EqualTo(10).Within(1), "the reset has started the core");
            Assert.That(Read(DebugComponentBase + 8), Is.EqualTo(1 << 10), "and left the bit");
        }

        private void CheckThatItStandsStill(uint register, int bit, Func<uint> count, double seconds = 0.02)
        {
            cpu.IsHalted = true;
            Assert.That(CountsIn(seconds), Is.True, "halted, the bit clear");
            Write(DebugComponentBase + register, 1u << bit);
            Assert.That(CountsIn(seconds), Is.False, "halted, the bit set");
            cpu.IsHalted = false;
            RunFor(0.002);
            Assert.That(CountsIn(seconds), Is.True, "running, the bit set");
            cpu.IsHalted = true;
            RunFor(0.002);
            Assert.That(CountsIn(seconds), Is.False, "halted again");
            Write(DebugComponentBase + register, ~(1u << bit));
            Assert.That(CountsIn(seconds), Is.True, "all bits but this one");
            Write(DebugComponentBase + register, 0);

            bool CountsIn(double time)
            {
                var seen = new HashSet<uint>();
                for(var i = 0; i < 10; i++)
                {
                    seen.Add(count());
                    RunFor(time / 10.7);
                }
                return seen.Count > 1;
            }
        }

        private CortexM cpu;
    }
}
