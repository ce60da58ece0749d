// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_WindowWatchdogTests : ChipTest
    {
        [SetUp]
        public void CreateWatchdog()
        {
            watchdog = new STM32F4_WindowWatchdog(Machine, Supplies, Pwr);
            Register(watchdog, "wwdg", Control, 0x400);
            Rcc.Register(watchdog, new ClockGateRegistrationPoint(Alias.WWDG));
            Write(Csr, 1 << 24);
        }

        [Test]
        public void ShouldNeedSupplies()
        {
            Assert.Throws<ConstructionException>(() => new STM32F4_WindowWatchdog(Machine, null));
        }

        [Test]
        public void ShouldHaveResetValues()
        {
            EnableClock();
            Assert.That(Read(Control), Is.EqualTo(0x7F));
            Assert.That(Read(Configuration), Is.EqualTo(0x7F));
            Assert.That(Read(Status), Is.Zero);
        }

        [Test]
        public void ShouldBeDeadWithoutClock()
        {
            Write(Control, 0xFF);
            Assert.That(Read(Control), Is.Zero);
            Assert.That(watchdog.GuestMistakes, Does.Contain("WWDG_CR: write ignored").And.Contain("WWDG_CR: read as 0"));
            RunFor(1);
            Assert.That(Read(Csr), Is.Zero);
            EnableClock();
            Assert.That(Read(Control), Is.EqualTo(0x7F));
        }

        // RM0090 22.4: PCLK1 period x 4096 x 2^WDGTB x (T[5:0] + 1), here with PCLK1 = 16 MHz.
        [TestCase(0u, 0x40u)]
        [TestCase(0u, 0x7Fu)]
        [TestCase(1u, 0x50u)]
        [TestCase(2u, 0x41u)]
        [TestCase(3u, 0x7Fu)]
        public void ShouldResetAfterThePeriodOfTheManual(uint timeBase, uint count)
        {
            EnableClock();
            Write(Configuration, (timeBase << 7) | 0x7F);
            Write(Control, 0x80 | count);
            var period = Step * (1 << (int)timeBase) * ((count & 0x3F) + 1);
            RunFor(period - 0.00001);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.001);
            Assert.That(Read(Csr), Is.EqualTo(0x44000000));
            EnableClock();
            Assert.That(Read(Control), Is.EqualTo(0x7F), "the reset has stopped it");
        }

        [Test]
        public void ShouldFollowTheClockOfItsBus()
        {
            EnableClock();
            // PCLK1 = HCLK / 4.
            Write(RccBase + 8, 5 << 10);
            Assert.That(watchdog.Frequency, Is.EqualTo(4000000));
            Write(Control, 0xC0);
            RunFor(4 * Step - 0.00001);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.001);
            Assert.That(Read(Csr), Is.EqualTo(0x44000000));
        }

        [Test]
        public void ShouldCountDown()
        {
            EnableClock();
            Write(Control, 0xFF);
            for(var i = 0u; i < 63; i++)
            {
                Assert.That(Read(Control), Is.EqualTo(0xFF - i));
                Assert.That(Read(Status), Is.Zero);
                RunFor(Step);
            }
            Assert.That(Read(Control), Is.EqualTo(0xC0));
            Assert.That(Read(Status), Is.EqualTo(1));
        }

        [Test]
        public void ShouldCountAllTheWayRoundWhileInactive()
        {
            EnableClock();
            Write(Control, 0x42);
            RunFor(Step / 2);
            for(var i = 0u; i < 300; i++)
            {
                Assert.That(Read(Control), Is.EqualTo((0x42 - i) & 0x7F));
                RunFor(Step);
            }
            Assert.That(Read(Status), Is.EqualTo(1), "EWIF without EWI, active or not");
            Assert.That(watchdog.IRQ.IsSet, Is.False);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldBeKeptCalmByRefreshes()
        {
            EnableClock();
            Write(Control, 0xFF);
            for(var i = 0; i < 10; i++)
            {
                RunFor(50 * Step);
                Write(Control, 0x7F);
            }
            Assert.That(Read(Csr), Is.Zero);
            Assert.That(Read(Control), Is.EqualTo(0xFF), "WDGA can't be cleared by software");
            RunFor(65 * Step);
            Assert.That(Read(Csr), Is.EqualTo(0x44000000));
        }

        [TestCase(0x60u, 0x61u, true)]
        [TestCase(0x60u, 0x60u, false)]
        [TestCase(0x60u, 0x41u, false)]
        public void ShouldResetWhenRefreshedAboveTheWindow(uint window, uint count, bool reset)
        {
            EnableClock();
            Write(Configuration, window);
            Write(Control, 0xFF);
            RunFor(((0x7F - count) * Step) + 0.0001);
            Assert.That(Read(Control) & 0x7F, Is.EqualTo(count));
            Write(Control, 0xFF);
            RunFor(0.00001);
            Assert.That(Read(Csr), Is.EqualTo(reset ? 0x44000000 : 0));
            Assert.That(watchdog.GuestMistakeCount, Is.EqualTo(reset ? 1 : 0));
        }

        [TestCase(0xBFu)]
        [TestCase(0x80u)]
        public void ShouldResetAtOnceWhenT6IsWrittenAsZero(uint control)
        {
            EnableClock();
            Write(Control, control);
            RunFor(0.00001);
            Assert.That(Read(Csr), Is.EqualTo(0x44000000));
            Assert.That(watchdog.GuestMistakes, Does.Contain("T6 was written as 0"));
        }

        [Test]
        public void ShouldInterruptEarlyAndBeSavedByTheHandler()
        {
            EnableClock();
            Write(Configuration, 0x27F);
            Write(Control, 0xC2);
            RunFor((2 * Step) - 0.00001);
            Assert.That(watchdog.IRQ.IsSet, Is.False);
            RunFor(0.00002);
            Assert.That(watchdog.IRQ.IsSet, Is.True);
            Write(Control, 0x7F);
            Write(Status, 1);
            Assert.That(watchdog.IRQ.IsSet, Is.True, "EWIF is cleared by writing 0");
            Write(Status, 0);
            Assert.That(watchdog.IRQ.IsSet, Is.False);
            RunFor(2 * Step);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldNotLetSoftwareClearTheInterruptEnable()
        {
            EnableClock();
            Write(Configuration, 0x27F);
            Write(Configuration, 0x70);
            Assert.That(Read(Configuration), Is.EqualTo(0x270));
        }

        [Test]
        public void ShouldKeepItsCountWhenTheTimeBaseChanges()
        {
            EnableClock();
            Write(Control, 0xFF);
            RunFor(10.5 * Step);
            Write(Configuration, (3 << 7) | 0x7F);
            Assert.That(Read(Control), Is.EqualTo(0xFF - 10));
            RunFor(8.5 * Step);
            Assert.That(Read(Control), Is.EqualTo(0xFF - 11));
        }

        [Test]
        public void ShouldStandStillWhileItsClockIsOff()
        {
            EnableClock();
            Write(Control, 0xFF);
            RunFor(10.5 * Step);
            ClearBits(Apb1Enable, ClockEnable);
            RunFor(1);
            Assert.That(Read(Csr), Is.Zero);
            EnableClock();
            Assert.That(Read(Control), Is.EqualTo(0xFF - 10));
        }

        [Test]
        public void ShouldStandStillInStop()
        {
            EnableClock();
            Write(Control, 0xFF);
            RunFor(10.5 * Step);
            Pwr.OnGPIO(1, true);
            RunFor(1);
            Assert.That(Read(Csr), Is.Zero);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(Control), Is.EqualTo(0xFF - 10));
            RunFor(54 * Step);
            Assert.That(Read(Csr), Is.EqualTo(0x44000000));
        }

        [Test]
        public void ShouldStopInStandby()
        {
            EnableClock();
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 1 << 1);
            Write(Control, 0xFF);
            Pwr.OnGPIO(1, true);
            RunFor(1);
            Assert.That(Supplies.IsInStandby, Is.True);
            Supplies.Resets.LeaveStandby();
            RunFor(0.001);
            Assert.That(Read(Csr), Is.Zero);
            Assert.That(watchdog.IsActive, Is.False);
        }

        [Test]
        public void ShouldBeStoppedByItsResetBit()
        {
            EnableClock();
            Write(Control, 0xFF);
            SetBits(RccBase + 0x20, ClockEnable);
            ClearBits(RccBase + 0x20, ClockEnable);
            RunFor(1);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldReadReservedBitsAsZero()
        {
            EnableClock();
            Write(Control, 0xFFFFFF7F);
            Write(Configuration, 0xFFFFFFFF);
            Write(Status, 0xFFFFFFFF);
            Assert.That(Read(Control), Is.EqualTo(0x7F));
            Assert.That(Read(Configuration), Is.EqualTo(0x3FF));
            Assert.That(Read(Status), Is.Zero);
        }

        private void EnableClock()
        {
            SetBits(Apb1Enable, ClockEnable);
        }

        private STM32F4_WindowWatchdog watchdog;

        private const ulong Control = 0x40002C00;
        private const ulong Configuration = Control + 4;
        private const ulong Status = Control + 8;
        private const uint ClockEnable = 1 << 11;
        private const double Step = 4096 / 16e6;
    }
}
