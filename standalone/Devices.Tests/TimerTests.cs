// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Timers;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class TimerTests : Bench
    {
        [SetUp]
        public void MountTimer()
        {
            timer = Mount(new STM32_Timer(Machine, 1000000, 0xFFFF));
        }

        [Test]
        public void ShouldStartStopped()
        {
            RunMicroseconds(10);
            Assert.That(Read(CNT), Is.Zero);
            Assert.That(Read(ARR), Is.EqualTo(0xFFFF));
            Assert.That(Read(CR1), Is.Zero);
            Assert.That(Read(SR), Is.Zero);
        }

        [Test]
        public void ShouldRefuseACounterOfNoWidth()
        {
            Assert.That(() => new STM32_Timer(Machine, 1000000, 0), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldHaveA32BitCounterIfTheLimitSaysSo()
        {
            Mount(new STM32_Timer(Machine, 1000000, 0xFFFFFFFF), 0x400);
            Write(0x400 + CNT, 0x12345678);
            Assert.That(Read(0x400 + CNT), Is.EqualTo(0x12345678));
            Write(CNT, 0x12345678);
            Assert.That(Read(CNT), Is.EqualTo(0x5678));
        }

        [Test]
        public void ShouldCount()
        {
            Write(CR1, CEN);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(100));
            Write(CR1, 0);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(100));
        }

        [Test]
        public void ShouldPrescale()
        {
            Write(PSC, 9);
            Write(CR1, CEN);
            RunMicroseconds(1000);
            Assert.That(Read(CNT), Is.EqualTo(100));
            Assert.That(Read(PSC), Is.EqualTo(9));
        }

        [Test]
        public void ShouldFollowItsFrequency()
        {
            timer.Frequency = 2000000;
            Write(CR1, CEN);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(200));
        }

        [Test]
        public void ShouldCountDown()
        {
            Write(ARR, 1000);
            Write(CR1, DIR);
            Write(CNT, 500);
            Write(CR1, CEN | DIR);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(400));
            Assert.That(Read(SR) & UIF, Is.Zero);
            RunMicroseconds(400);
            Assert.That(Read(SR) & UIF, Is.EqualTo(UIF));
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(900));
        }

        [Test]
        public void ShouldOverflowAtTheReloadValue()
        {
            Write(ARR, 50);
            Write(CR1, CEN);
            RunMicroseconds(49);
            Assert.That(Read(SR) & UIF, Is.Zero);
            RunMicroseconds(2);
            Assert.That(Read(SR) & UIF, Is.EqualTo(UIF));
            Assert.That(Read(CNT), Is.EqualTo(1));
        }

        [Test]
        public void ShouldInterruptOnUpdate()
        {
            var irq = Probe.On(timer.IRQ);
            var update = Probe.On(timer.UpdateInterrupt);
            var compare = Probe.On(timer.CaptureCompareInterrupt);
            Write(ARR, 50);
            Write(DIER, UIF);
            Write(CR1, CEN);
            RunMicroseconds(51);
            Assert.That(irq.Changes, Is.EqualTo(new[] { true }));
            Write(SR, ~UIF);
            Assert.That(Read(SR) & UIF, Is.Zero);
            RunMicroseconds(50);
            Assert.That(irq.Changes, Is.EqualTo(new[] { true, false, true }));
            Assert.That(update.Changes, Is.EqualTo(irq.Changes));
            Assert.That(compare.Changes, Is.Empty);
        }

        [Test]
        public void ShouldSetNoFlagsByWritingThem()
        {
            Write(SR, 0xFFFFFFFF);
            Assert.That(Read(SR), Is.Zero);
        }

        [Test]
        public void ShouldStopAfterOnePulse()
        {
            Write(ARR, 50);
            Write(CR1, CEN | OPM);
            RunMicroseconds(200);
            Assert.That(Read(CR1), Is.EqualTo(OPM));
            Assert.That(Read(SR) & UIF, Is.EqualTo(UIF));
            Assert.That(Read(CNT), Is.Zero);
        }

        [Test]
        public void ShouldNotUpdateWhileDisabled()
        {
            Write(ARR, 50);
            Write(CR1, CEN | UDIS);
            RunMicroseconds(75);
            Assert.That(Read(CNT), Is.EqualTo(25));
            Assert.That(Read(SR) & UIF, Is.Zero);
            Write(EGR, 1);
            Assert.That(Read(CNT), Is.EqualTo(25));
        }

        [Test]
        public void ShouldUpdateOnRequest()
        {
            Write(DIER, UIF);
            Write(CR1, CEN);
            RunMicroseconds(75);
            Write(EGR, 1);
            Assert.That(Read(CNT), Is.Zero);
            Assert.That(timer.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldUpdateOnRequestWithoutFlagIfSourceIsOverflow()
        {
            Write(DIER, UIF);
            Write(CR1, CEN | URS);
            RunMicroseconds(75);
            Write(EGR, 1);
            Assert.That(Read(CNT), Is.Zero);
            Assert.That(timer.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldReloadAtOnceWithoutPreload()
        {
            Write(ARR, 100);
            Write(CR1, CEN);
            RunMicroseconds(10);
            Write(ARR, 50);
            RunMicroseconds(45);
            Assert.That(Read(CNT), Is.EqualTo(5));
        }

        [Test]
        public void ShouldReloadAtNextUpdateWithPreload()
        {
            Write(ARR, 100);
            Write(CR1, CEN | ARPE);
            RunMicroseconds(10);
            Write(ARR, 50);
            RunMicroseconds(85);
            Assert.That(Read(CNT), Is.EqualTo(95));
            RunMicroseconds(60);
            Assert.That(Read(CNT), Is.EqualTo(5));
            Assert.That(Read(ARR), Is.EqualTo(50));
        }

        [Test]
        public void ShouldReloadOnRequestWithPreload()
        {
            OnlyOnOurModel("UG does not load ARR there");
            Write(CR1, CEN | ARPE);
            Write(ARR, 50);
            Write(EGR, 1);
            RunMicroseconds(55);
            Assert.That(Read(CNT), Is.EqualTo(5));
        }

        [Test]
        public void ShouldStandStillWithoutPeriod()
        {
            Write(ARR, 0);
            Write(CR1, CEN);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.Zero);
            Assert.That(Read(SR) & UIF, Is.Zero);
            Write(ARR, 1000);
            RunMicroseconds(100);
            Assert.That(Read(CNT), Is.EqualTo(100));
        }

        [Test]
        public void ShouldUpdateOnlyAfterRepetitions()
        {
            Write(ARR, 50);
            Write(RCR, 2);
            Write(EGR, 1);
            Write(SR, 0);
            Write(DIER, UIF);
            Write(CR1, CEN);
            RunMicroseconds(125);
            Assert.That(timer.IRQ.IsSet, Is.False);
            RunMicroseconds(50);
            Assert.That(timer.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldCompare()
        {
            var compare = Probe.On(timer.CaptureCompareInterrupt);
            var irq = Probe.On(timer.IRQ);
            Write(ARR, 100);
            Write(CCR1 + 4, 30);
            Write(DIER, CC2);
            Write(CR1, CEN);
            RunMicroseconds(29);
            Assert.That(Read(SR) & CC2, Is.Zero);
            RunMicroseconds(2);
            Assert.That(Read(SR) & CC2, Is.EqualTo(CC2));
            Assert.That(compare.Changes, Is.EqualTo(new[] { true }));
            Write(SR, ~CC2);
            RunMicroseconds(100);
            Assert.That(compare.Changes, Is.EqualTo(new[] { true, false, true }));
            Assert.That(irq.Changes, Is.EqualTo(compare.Changes));
            Assert.That(Read(CCR1 + 4), Is.EqualTo(30));
        }

        [Test]
        public void ShouldNotCompareBeyondThePeriod()
        {
            Write(ARR, 100);
            Write(CCR1, 150);
            Write(DIER, 2);
            Write(CR1, CEN);
            RunMicroseconds(1000);
            Assert.That(Read(SR) & 2, Is.Zero);
        }

        [Test]
        public void ShouldMakePulses([Values] bool second)
        {
            // Channel 3, PWM mode 1 or 2: high, or low, for the first 30 of 100 counts.
            Write(CCMR2, second ? 0x70u : 0x60u);
            Write(CCER, 0x100);
            Write(ARR, 100);
            Write(CCR1 + 8, 30);
            Write(CR1, CEN);
            RunMicroseconds(105);
            Assert.That(timer.Connections[2].IsSet, Is.EqualTo(!second));
            RunMicroseconds(30);
            Assert.That(timer.Connections[2].IsSet, Is.EqualTo(second));
            RunMicroseconds(70);
            Assert.That(timer.Connections[2].IsSet, Is.EqualTo(!second));
            Write(CCER, 0);
            Assert.That(timer.Connections[2].IsSet, Is.False);
        }

        [TestCase(0u, false)]
        [TestCase(200u, true)]
        public void ShouldMakePulsesOfAllOrNothing(uint compare, bool expected)
        {
            if(expected)
            {
                OnlyOnOurModel("a compare value beyond the period gives no pulse there");
            }
            Write(CCMR1, 0x60);
            Write(CCER, 1);
            Write(ARR, 100);
            Write(CCR1, compare);
            Write(CR1, CEN);
            RunMicroseconds(150);
            Assert.That(timer.Connections[0].IsSet, Is.EqualTo(expected));
            RunMicroseconds(540);
            Assert.That(timer.Connections[0].IsSet, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldToggleOnMatch()
        {
            Write(CCMR1, 0x3000);
            Write(CCER, 0x10);
            Write(ARR, 100);
            Write(CCR1 + 4, 30);
            Write(CR1, CEN);
            RunMicroseconds(50);
            Assert.That(timer.Connections[1].IsSet, Is.True);
            RunMicroseconds(100);
            Assert.That(timer.Connections[1].IsSet, Is.False);
        }

        [Test]
        public void ShouldForceOutput()
        {
            Write(CCER, 1);
            Write(CCMR1, 0x50);
            Assert.That(timer.Connections[0].IsSet, Is.True);
            Write(CCMR1, 0x40);
            Assert.That(timer.Connections[0].IsSet, Is.False);
        }

        [TestCase(0x00u, true)]
        [TestCase(0x02u, false)]
        public void ShouldCaptureAnEdge(uint polarity, bool edge)
        {
            Write(CCMR1, 1);
            Write(CCER, 1 | polarity);
            Write(DIER, 2);
            Write(CR1, CEN);
            timer.OnGPIO(0, !edge);
            Read(CCR1);
            Write(SR, 0);
            RunMicroseconds(40);
            timer.OnGPIO(0, edge);
            RunMicroseconds(40);
            timer.OnGPIO(0, !edge);
            Assert.That(timer.CaptureCompareInterrupt.IsSet, Is.True);
            Assert.That(Read(SR) & 0x202, Is.EqualTo(2));
            Assert.That(Read(CCR1), Is.EqualTo(40));
            Assert.That(Read(SR) & 2, Is.Zero);
            Assert.That(timer.CaptureCompareInterrupt.IsSet, Is.False);
        }

        [Test]
        public void ShouldCaptureBothEdgesWithOvercapture()
        {
            Write(CCMR1, 1);
            Write(CCER, 0xB);
            Write(CR1, CEN);
            RunMicroseconds(40);
            timer.OnGPIO(0, true);
            Assert.That(Read(SR) & 0x202, Is.EqualTo(2));
            RunMicroseconds(40);
            timer.OnGPIO(0, false);
            Assert.That(Read(SR) & 0x202, Is.EqualTo(0x202));
            Assert.That(Read(CCR1), Is.EqualTo(80));
        }

        [Test]
        public void ShouldCaptureFromTheNeighbourAndPrescale()
        {
            // Channel 2 from the input of channel 1, every second edge.
            Write(CCMR1, 0x201);
            Write(CCMR1, 0x601);
            Write(CCER, 0x10);
            Write(CR1, CEN);
            RunMicroseconds(10);
            timer.OnGPIO(0, true);
            timer.OnGPIO(0, false);
            Assert.That(Read(SR) & CC2, Is.Zero);
            RunMicroseconds(10);
            timer.OnGPIO(0, true);
            Assert.That(Read(SR) & CC2, Is.EqualTo(CC2));
            Assert.That(Read(CCR1 + 4), Is.EqualTo(20));
        }

        [Test]
        public void ShouldNotCaptureOnAnOutput()
        {
            Write(CR1, CEN);
            timer.OnGPIO(0, true);
            Assert.That(Read(SR), Is.Zero);
        }

        [TestCase(CR2, 0x00D0u)]
        [TestCase(BDTR, 0x8000u)]
        [TestCase(DCR, 0x0105u)]
        [TestCase(OR, 0x0040u)]
        public void ShouldKeepWhatItDoesNotModel(int register, uint value)
        {
            OnlyOnOurModel("these read 0 there");
            Write(register, value);
            Assert.That(Read(register), Is.EqualTo(value));
        }

        [Test]
        public void ShouldForgetAllOnReset([Values] bool byLine)
        {
            Write(CCMR1, 0x50);
            Write(CCER, 1);
            Write(ARR, 50);
            Write(PSC, 1);
            Write(DIER, UIF);
            Write(CR1, CEN);
            RunMicroseconds(150);
            if(byLine)
            {
                timer.OnGPIO(255, true);
            }
            else
            {
                timer.Reset();
            }
            Assert.That(timer.IRQ.IsSet, Is.False);
            Assert.That(timer.Connections[0].IsSet, Is.False);
            RunMicroseconds(150);
            Assert.That(Read(CNT), Is.Zero);
            Assert.That(Read(SR), Is.Zero);
            Assert.That(Read(ARR), Is.EqualTo(0xFFFF));
            Assert.That(Read(PSC), Is.Zero);
        }

        [Test]
        public void ShouldTakeEveryWidth()
        {
            Machine.SystemBus.WriteWord(Base + ARR, 0x1234);
            Assert.That(Machine.SystemBus.ReadWord(Base + ARR), Is.EqualTo(0x1234));
            Machine.SystemBus.WriteByte(Base + ARR, 0x56);
            Assert.That(Read(ARR), Is.EqualTo(0x1256));
        }

        private STM32_Timer timer;

        private const int CR1 = 0x00;
        private const int CR2 = 0x04;
        private const int DIER = 0x0C;
        private const int SR = 0x10;
        private const int EGR = 0x14;
        private const int CCMR1 = 0x18;
        private const int CCMR2 = 0x1C;
        private const int CCER = 0x20;
        private const int CNT = 0x24;
        private const int PSC = 0x28;
        private const int ARR = 0x2C;
        private const int RCR = 0x30;
        private const int CCR1 = 0x34;
        private const int BDTR = 0x44;
        private const int DCR = 0x48;
        private const int OR = 0x50;
        private const uint CEN = 1;
        private const uint UDIS = 2;
        private const uint URS = 4;
        private const uint OPM = 8;
        private const uint DIR = 16;
        private const uint ARPE = 128;
        private const uint UIF = 1;
        private const uint CC2 = 4;
    }
}
