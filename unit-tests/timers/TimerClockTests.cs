// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>Compare channels run from the clock of their timer, as RCC sets it (RM0090 18.3.1).</summary>
    [TestFixture]
    public class TimerClockTests : ChipTest
    {
        // PLL factor, clock of TIM5 in Hz, prescaler: three seconds of each.
        [TestCase(0u, 16000000u, 1u)]
        [TestCase(0u, 16000000u, 16000u)]
        [TestCase(336u, 84000000u, 1u)]
        [TestCase(336u, 84000000u, 8400u)]
        [TestCase(360u, 90000000u, 1u)]
        [TestCase(360u, 90000000u, 90u)]
        public void ShouldCompareAtTheClockOfTheTimer(uint factor, uint frequency, uint prescaler)
        {
            AddTimer(factor == 360 ? ChipLine.F446 : ChipLine.F407_F417);
            if(factor != 0)
            {
                StartPll(factor);
            }
            Start(prescaler, 3 * (frequency / prescaler));
            RunFor(2.999);
            Assert.That(Matched, Is.False);
            RunFor(0.002);
            Assert.That(Matched, Is.True);
        }

        [Test]
        public void ShouldFollowAClockThatChangesWhileItCounts()
        {
            AddTimer();
            Start(1, 16000000 + 84000000);
            RunFor(1);
            StartPll(336);
            RunFor(0.999);
            Assert.That(Matched, Is.False);
            RunFor(0.002);
            Assert.That(Matched, Is.True);
        }

        [Test]
        public void ShouldCompareAtTheClockOfTheTimerAfterAReset()
        {
            AddTimer();
            StartPll(336);
            SetBits(RccBase + 0x20, 1 << 3);
            ClearBits(RccBase + 0x20, 1 << 3);
            Start(1, 84000000);
            RunFor(0.999);
            Assert.That(Matched, Is.False);
            RunFor(0.002);
            Assert.That(Matched, Is.True);
        }

        [Test]
        public void ShouldStandStillWithoutClock()
        {
            AddTimer();
            Start(1, 16000000);
            RunFor(0.5);
            ClearBits(RccBase + 0x40, 1 << 3);
            RunFor(2);
            SetBits(RccBase + 0x40, 1 << 3);
            RunFor(0.499);
            Assert.That(Matched, Is.False);
            RunFor(0.002);
            Assert.That(Matched, Is.True);
        }

        [Test]
        public void ShouldStandStillInSleepWithoutItsClock()
        {
            AddTimer();
            ClearBits(RccBase + 0x60, 1 << 3);
            Start(1, 16000000);
            RunFor(0.5);
            Rcc.OnGPIO(0, true);
            RunFor(2);
            Rcc.OnGPIO(0, false);
            RunFor(0.499);
            Assert.That(Matched, Is.False);
            RunFor(0.002);
            Assert.That(Matched, Is.True);
        }

        private void AddTimer(ChipLine line = ChipLine.F407_F417)
        {
            BuildChip(line: line);
            var timer = new STM32F4_Timer(Machine, TimerKind.GeneralPurpose32);
            Register(timer, "timer5", Timer, 0x400);
            Rcc.Register(timer, new ClockGateRegistrationPoint(Alias.TIM5));
            SetBits(RccBase + 0x40, 1 << 3);
        }

        /// <summary>SYSCLK from the PLL and the crystal; APB1 at a quarter, its timers at twice that.</summary>
        private void StartPll(uint factor)
        {
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 4, 8 | (factor << 6) | (1 << 22) | (7 << 24));
            SetBits(RccBase, 1 << 24);
            Write(RccBase + 8, (5 << 10) | 2);
        }

        /// <summary>Counts up from 0, and compares channel 1.</summary>
        private void Start(uint prescaler, uint match)
        {
            Write(Timer + 0x28, prescaler - 1);
            Write(Timer + 0x14, 1);
            Write(Timer + 0x34, match);
            Write(Timer + 0x10, 0);
            Write(Timer + 0x0C, 1 << 1);
            Write(Timer, 1);
        }

        private bool Matched => (Read(Timer + 0x10) & (1 << 1)) != 0;

        private const ulong Timer = 0x40000C00;
    }
}
