// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Oscillators and PLLs take their time (RM0090 7.2.1 to 7.2.5), and say so by flag and interrupt.</summary>
    [TestFixture]
    public class ClockStartUpTests : ChipTest
    {
        [SetUp]
        public void TakeTime()
        {
            BuildChip(clocksTakeTime: true, lseStartUpTime: 20000);
            UnlockBackupDomain();
        }

        // Position in RCC_CIR, register and bit that switch it on, microseconds.
        [TestCase(0, 0x74u, 0, 15)]
        [TestCase(1, 0x70u, 0, 20000)]
        [TestCase(3, 0x00u, 16, 500)]
        [TestCase(4, 0x00u, 24, 100)]
        [TestCase(5, 0x00u, 26, 100)]
        public void ShouldBeReadyAfterItsTime(int flag, uint register, int bit, int microseconds)
        {
            Write(Interrupts, 0x100u << flag);
            SetBits(RccBase + register, 1u << bit);
            RunFor((microseconds - 1) * 1e-6);
            Assert.That(Bit(RccBase + register, bit + 1), Is.False);
            Assert.That(Rcc.IRQ.IsSet, Is.False);
            RunFor(2e-6);
            Assert.That(Bit(RccBase + register, bit + 1), Is.True);
            Assert.That(Read(Interrupts), Is.EqualTo(0x101u << flag));
            Assert.That(Rcc.IRQ.IsSet, Is.True);
            ClearBits(RccBase + register, 1u << bit);
            Assert.That(Bit(RccBase + register, bit + 1), Is.False, "off at once");
        }

        [Test]
        public void ShouldStartHsiWhileTheChipRunsFromHse()
        {
            RunFromHse();
            ClearBits(RccBase, 1);
            Assert.That(Read(RccBase) & 3, Is.Zero);
            Write(Interrupts, 1 << 10);
            SetBits(RccBase, 1);
            Assert.That(Read(RccBase) & 3, Is.EqualTo(1));
            RunFor(3e-6);
            Assert.That(Read(RccBase) & 3, Is.EqualTo(3));
            Assert.That(Rcc.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldStartThePllWhenItsSourceIsReady()
        {
            SetBits(RccBase + 4, 1 << 22);
            SetBits(RccBase, (1 << 16) | (1 << 24));
            RunFor(595e-6);
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x103), "HSE is ready, the PLL is not");
            RunFor(10e-6);
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x303));
        }

        [Test]
        public void ShouldFollowSwWhenTheSourceGetsReady()
        {
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 8, 1);
            Assert.That(Read(RccBase + 8), Is.EqualTo(1));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            RunFor(501e-6);
            Assert.That(Read(RccBase + 8), Is.EqualTo(5));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(8000000));
        }

        [Test]
        public void ShouldNeverBeReadyIfItIsSwitchedOffBefore()
        {
            Write(Interrupts, 1 << 11);
            SetBits(RccBase, 1 << 16);
            RunFor(400e-6);
            ClearBits(RccBase, 1 << 16);
            RunFor(0.01);
            Assert.That(Bit(RccBase, 17), Is.False);
            Assert.That(Read(Interrupts), Is.EqualTo(1 << 11));
            SetBits(RccBase, 1 << 16);
            RunFor(450e-6);
            Assert.That(Bit(RccBase, 17), Is.False, "from the beginning");
            RunFor(51e-6);
            Assert.That(Bit(RccBase, 17), Is.True);
        }

        [Test]
        public void ShouldStartThePllAnewWhenItsSourceHasStopped()
        {
            SetBits(RccBase + 4, 1 << 22);
            SetBits(RccBase, (1 << 16) | (1 << 24));
            RunFor(0.001);
            Rcc.HseFails = true;
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x101));
            Rcc.HseFails = false;
            RunFor(499e-6);
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x101));
            RunFor(2e-6);
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x103));
            RunFor(101e-6);
            Assert.That(Read(RccBase) >> 16, Is.EqualTo(0x303));
        }

        [Test]
        public void ShouldBeReadyForThoseThatCountHowOftenTheyAsk()
        {
            Write(Interrupts, 1 << 11);
            // Stale counts don't help.
            for(var i = 0; i < 5000; i++)
            {
                Read(RccBase);
            }
            SetBits(RccBase, 1 << 16);
            for(var i = 1; i < 1000; i++)
            {
                Assert.That(Bit(RccBase, 17), Is.False);
            }
            Assert.That(Bit(RccBase, 17), Is.True);
            Assert.That(Rcc.IRQ.IsSet, Is.True);
            Write(Interrupts, (1 << 11) | (1 << 19));
            RunFor(0.01);
            Assert.That(Rcc.IRQ.IsSet, Is.False, "it is ready once");
        }

        [Test]
        public void ShouldNotWaitForAClockFromOutside()
        {
            SetBits(RccBase, 1 << 18);
            SetBits(RccBase, 1 << 16);
            Assert.That(Bit(RccBase, 17), Is.True);
            SetBits(Bdcr, 1 << 2);
            SetBits(Bdcr, 1);
            Assert.That(Bit(Bdcr, 1), Is.True);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldForgetAStartByAReset(bool powerCycle)
        {
            Write(Interrupts, 0x3F00);
            SetBits(RccBase, (1 << 16) | (1 << 24));
            SetBits(Csr, 1);
            RunFor(5e-6);
            if(powerCycle)
            {
                Supplies.PowerOff();
                RunFor(0.001);
                Assert.That(Rcc.IRQ.IsSet, Is.False, "without power");
                Supplies.PowerOn();
            }
            else
            {
                Supplies.PressReset();
            }
            Assert.That(Read(RccBase), Is.EqualTo(0x83), "HSI is ready");
            Write(Interrupts, 0x3F00);
            RunFor(0.01);
            Assert.That(Read(RccBase), Is.EqualTo(0x83));
            Assert.That(Read(Csr) & 3, Is.Zero);
            Assert.That(Read(Interrupts), Is.EqualTo(0x3F00));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void ShouldStartLseOnTheCoinCell(bool cell)
        {
            StartLse();
            Assert.That(Rcc.RtcClockFrequency, Is.Zero);
            RunFor(0.01);
            if(!cell)
            {
                Supplies.RemoveCoinCell();
            }
            Supplies.PowerOff();
            RunFor(0.0101);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(cell ? 32768 : 0));
            Supplies.PowerOn();
            Assert.That(Read(Bdcr) & 3, Is.EqualTo(cell ? 3 : 0));
        }

        [Test]
        public void ShouldGoOnStartingLsiInStandby()
        {
            SetBits(Csr, 1);
            SetBits(Bdcr, 2u << 8);
            SetBits(Bdcr, 1u << 15);
            SetBits(PwrControl, (1 << 1) | (1 << 2));
            Pwr.OnGPIO(1, true);
            RunFor(2e-6);
            Assert.That(Supplies.IsInStandby, Is.True);
            Assert.That(Rcc.RtcClockFrequency, Is.Zero);
            RunFor(20e-6);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(32000));
        }

        [Test]
        public void ShouldBeOnHsiAtOnceAfterStop()
        {
            RunFromHse();
            ClearBits(RccBase, 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(RccBase), Is.EqualTo(0x83));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            RunFor(0.001);
            Assert.That(Read(RccBase), Is.EqualTo(0x83));
        }

        [Test]
        public void ShouldBeOnHsiAtOnceByTheClockSecuritySystem()
        {
            RunFromHse();
            ClearBits(RccBase, 1);
            SetBits(RccBase, 1 << 19);
            Rcc.HseFails = true;
            Assert.That(Read(RccBase) & 0x10003, Is.EqualTo(3), "HSI on and ready, HSE off");
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
        }

        [Test]
        public void ShouldStartLsiForTheWatchdog()
        {
            CompleteChip();
            Write(IndependentWatchdogBase, 0xCCCC);
            Assert.That(Bit(Csr, 1), Is.False);
            RunFor(20e-6);
            Assert.That(Bit(Csr, 1), Is.True);
        }

        [TestCase(10000000u, true)]
        [TestCase(10000001u, false)]
        public void ShouldTakeTimesUpToALimit(uint microseconds, bool taken)
        {
            foreach(var creation in new TestDelegate[]
            {
                () => new STM32F4_RCC(Machine, Supplies, Pwr, hseStartUpTime: microseconds),
                () => new STM32F4_RCC(Machine, Supplies, Pwr, lseStartUpTime: microseconds),
                () => new STM32F4_RCC(Machine, Supplies, Pwr, hsiStartUpTime: microseconds),
                () => new STM32F4_RCC(Machine, Supplies, Pwr, lsiStartUpTime: microseconds),
                () => new STM32F4_RCC(Machine, Supplies, Pwr, pllStartUpTime: microseconds),
            })
            {
                if(taken)
                {
                    Assert.DoesNotThrow(creation);
                }
                else
                {
                    Assert.That(creation, Throws.InstanceOf<ConstructionException>());
                }
            }
        }

        private void RunFromHse()
        {
            SetBits(RccBase, 1 << 16);
            RunFor(501e-6);
            Write(RccBase + 8, 1);
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(8000000));
        }

        private bool Bit(ulong address, int bit) => (Read(address) & (1u << bit)) != 0;

        private const ulong Interrupts = RccBase + 0x0C;
    }
}
