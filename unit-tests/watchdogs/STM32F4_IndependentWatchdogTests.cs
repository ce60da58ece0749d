// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Chip;

using Moq;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_IndependentWatchdogTests : ChipTest
    {
        [SetUp]
        public void CreateWatchdog()
        {
            watchdog = new STM32F4_IndependentWatchdog(Machine, Supplies);
            Register(watchdog, "iwdg", WatchdogBase, 0x400);
            Write(Csr, 1 << 24);
        }

        [Test]
        public void ShouldHaveResetValues()
        {
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            Assert.That(Read(WatchdogBase + 12), Is.Zero);
        }

        [Test]
        public void ShouldResetWithItsFlag()
        {
            // 32 kHz / 4, 4096 clocks: 512 ms.
            Write(WatchdogBase, 0xCCCC);
            RunFor(0.5);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.02);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [TestCase(true, 100)]
        [TestCase(false, 512)]
        public void ShouldStartWithWhatAReloadHasLoaded(bool reloads, int milliseconds)
        {
            // As RIOT does: PR, RLR, a reload within microseconds, and the start at some later time.
            Configure(0, 799);
            if(reloads)
            {
                Write(WatchdogBase, 0xAAAA);
            }
            RunFor(1);
            Write(WatchdogBase, 0xCCCC);
            RunFor((milliseconds - 2) / 1000.0);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.004);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldForgetAtAResetWhatWasLoaded()
        {
            Configure(0, 799);
            Write(WatchdogBase, 0xAAAA);
            RunFor(1);
            Machine.Reset();
            Write(Csr, 1 << 24);
            Write(WatchdogBase, 0xCCCC);
            RunFor(0.5);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldNotRunUntilStarted()
        {
            RunFor(2);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldBeKeptCalmByReloads()
        {
            Write(WatchdogBase, 0xCCCC);
            for(var i = 0; i < 4; i++)
            {
                RunFor(0.4);
                Write(WatchdogBase, 0xAAAA);
            }
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.6);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldTakePrescalerAndReloadOnlyAfterTheKey()
        {
            Write(WatchdogBase + 4, 3);
            Write(WatchdogBase + 8, 99);
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            Assert.That(watchdog.GuestMistakeCount, Is.EqualTo(2));
            Write(WatchdogBase, 0x5555);
            Write(WatchdogBase + 4, 3);
            Write(WatchdogBase + 8, 99);
            Write(WatchdogBase, 0xAAAA);
            Write(WatchdogBase, 0xCCCC);
            // 32 kHz / 32, 100 clocks.
            RunFor(0.095);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.01);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldStartFromTheHighestCountWhateverTheReloadRegisterHolds()
        {
            Configure(0, 7);
            RunFor(0.001);
            Write(WatchdogBase, 0xCCCC);
            RunFor(0.5);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.02);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        // RM0090, table of the shortest and longest periods at 32 kHz, in milliseconds.
        [TestCase(0u, 0u, 0.125)]
        [TestCase(0u, 0xFFFu, 512)]
        [TestCase(3u, 0u, 1)]
        [TestCase(3u, 0xFFFu, 4096)]
        [TestCase(6u, 0u, 8)]
        [TestCase(6u, 0xFFFu, 32768)]
        [TestCase(7u, 0u, 8)]
        public void ShouldCountThePeriodOfTheManual(uint prescaler, uint reload, double milliseconds)
        {
            Configure(prescaler, reload);
            RunFor(0.001);
            Write(WatchdogBase, 0xCCCC);
            Write(WatchdogBase, 0xAAAA);
            RunFor((milliseconds * 0.99) / 1000);
            Assert.That(Read(Csr), Is.Zero);
            RunFor((milliseconds * 0.02 / 1000) + 0.0002);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldTakeFiveClocksToUpdate()
        {
            Configure(2, 5);
            Assert.That(Read(WatchdogBase + 12), Is.EqualTo(3));
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            RunFor(0.00015);
            Assert.That(Read(WatchdogBase + 12), Is.EqualTo(3));
            RunFor(0.00001);
            Assert.That(Read(WatchdogBase + 12), Is.Zero);
            Assert.That(Read(WatchdogBase + 4), Is.EqualTo(2));
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(5));
        }

        [Test]
        public void ShouldIgnoreAChangeWhileOneIsUnderWay()
        {
            Configure(2, 5);
            Configure(1, 6);
            Assert.That(watchdog.GuestMistakes, Does.Contain("IWDG_SR.PVU is set").And.Contain("IWDG_SR.RVU is set"));
            RunFor(0.001);
            Assert.That(Read(WatchdogBase + 4), Is.EqualTo(2));
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(5));
        }

        [Test]
        public void ShouldForgetAnUpdateAtAReset()
        {
            Configure(2, 5);
            Supplies.PressReset();
            RunFor(0.001);
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            Assert.That(Read(WatchdogBase + 12), Is.Zero);
        }

        [Test]
        public void ShouldWakeFromStandbyByItsReset()
        {
            Write(WatchdogBase, 0xCCCC);
            EnterStandby();
            RunFor(0.4);
            Assert.That(Supplies.IsInStandby, Is.True);
            RunFor(0.15);
            Assert.That(Supplies.IsInStandby, Is.False);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 3, Is.EqualTo(2), "SBF, and not WUF");
            Write(Csr, 1 << 24);
            RunFor(2);
            Assert.That(Read(Csr), Is.Zero, "the reset has stopped it");
        }

        [Test]
        public void ShouldKeepItsPeriodInStandby()
        {
            Configure(1, 0xFFF);
            RunFor(0.001);
            Write(WatchdogBase, 0xCCCC);
            EnterStandby();
            RunFor(1);
            Assert.That(Supplies.IsInStandby, Is.True);
            RunFor(0.05);
            Assert.That(Supplies.IsInStandby, Is.False);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldStopWhenAnEventEndsStandby(bool byMachineReset)
        {
            Write(WatchdogBase, 0xCCCC);
            EnterStandby();
            if(byMachineReset)
            {
                Machine.Reset();
            }
            else
            {
                Supplies.Resets.LeaveStandby();
                RunFor(0.001);
            }
            Assert.That(Supplies.IsInStandby, Is.False);
            Assert.That(watchdog.IsRunning, Is.False);
        }

        [Test]
        public void ShouldBeStartedByTheOptionByteAtEachReset()
        {
            Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>(x => x.HardwareWatchdog);
            Assert.That(watchdog.IsRunning, Is.False);
            Supplies.PressReset();
            Write(Csr, 1 << 24);
            for(var i = 0; i < 3; i++)
            {
                Assert.That(watchdog.IsRunning, Is.True);
                RunFor(0.5);
                Assert.That(Read(Csr), Is.Zero);
                RunFor(0.0125);
                Assert.That(Read(Csr), Is.EqualTo(0x24000000));
                Write(Csr, 1 << 24);
            }
            Supplies.PowerOff();
            Assert.That(watchdog.IsRunning, Is.False);
            Supplies.PowerOn();
            Assert.That(watchdog.IsRunning, Is.True);
        }

        [Test]
        public void ShouldNotStartByTheOptionByteWhileBrownOutHoldsTheChip()
        {
            Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>(x => x.HardwareWatchdog && x.BrownOutLevel == 3);
            Supplies.PressReset();
            Supplies.Vdd = 2.5;
            Assert.That(watchdog.IsRunning, Is.False);
            Supplies.Vdd = 3.3;
            Assert.That(watchdog.IsRunning, Is.True);
        }

        [Test]
        public void ShouldStopWithTheReset()
        {
            Write(WatchdogBase, 0xCCCC);
            Supplies.PressReset();
            Write(Csr, 1 << 24);
            RunFor(2);
            Assert.That(Read(Csr), Is.Zero);
        }

        private void Configure(uint prescaler, uint reload)
        {
            Write(WatchdogBase, 0x5555);
            Write(WatchdogBase + 4, prescaler);
            Write(WatchdogBase + 8, reload);
        }

        private void EnterStandby()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Pwr.OnGPIO(1, false);
            Assert.That(Supplies.IsInStandby, Is.True);
        }

        private STM32F4_IndependentWatchdog watchdog;

        private const ulong WatchdogBase = 0x40003000;
    }
}
