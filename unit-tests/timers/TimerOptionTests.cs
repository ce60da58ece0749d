// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>Option registers of TIM2, TIM5 and TIM11: oscillators measured as firmware does it (RM0090 18.4.19, 18.4.20, 19.5.12).</summary>
    [TestFixture]
    public class TimerOptionTests : ChipTest
    {
        [Test]
        public void ShouldMeasureLsiWhichDiffersFromChipToChip()
        {
            var measured = new List<double>();
            for(var seed = 1; seed <= 6; seed++)
            {
                BuildChip(seed: seed, lsiFrequency: 0, clocksTakeTime: true);
                AddTimer(TimerOption.TIM5);
                SetBits(Csr, 1);
                CaptureFourthChannel(1, prescaler: 3);
                measured.Add(8 * 16e6 / Distance(4));
                Assert.That(measured.Last(), Is.EqualTo(Rcc.LsiFrequency).Within(0.1).Percent);
            }
            Assert.That(measured, Is.All.InRange(16990, 47050));
            Assert.That(measured.Distinct().Count(), Is.EqualTo(6));
            Assert.That(measured.Max() - measured.Min(), Is.GreaterThan(5000));
        }

        [Test]
        public void ShouldBeTheSameChipWithTheSameSeed()
        {
            var frequencies = new List<ulong>();
            for(var i = 0; i < 2; i++)
            {
                BuildChip(seed: 7, lsiFrequency: 0);
                SetBits(Csr, 1);
                frequencies.Add(Rcc.LsiFrequency);
            }
            Assert.That(frequencies[0], Is.EqualTo(frequencies[1]));
        }

        [Test]
        public void ShouldClockRtcAndWatchdogByLsi()
        {
            BuildChip(lsiFrequency: 40000);
            CompleteChip();
            UnlockBackupDomain();
            SetBits(Csr, 1);
            SetBits(Bdcr, 2u << 8);
            SetBits(Bdcr, 1u << 15);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(40000));
            Write(Csr, (1 << 24) | 1);
            // From 0xFFF, divided by 4: 409.6 ms.
            Write(IndependentWatchdogBase, 0xCCCC);
            RunFor(0.409);
            Assert.That(Read(Csr) >> 29 & 1, Is.Zero);
            RunFor(0.001);
            Assert.That(Read(Csr) >> 29 & 1, Is.EqualTo(1));
        }

        // ICxPSC; CC4P and CC4NP: both edges; edges from capture to capture.
        [TestCase(0u, 0u, 1)]
        [TestCase(1u, 0u, 2)]
        [TestCase(2u, 0u, 4)]
        [TestCase(3u, 0u, 8)]
        [TestCase(0u, 0xA000u, 0.5)]
        public void ShouldMeasureLse(uint prescaler, uint polarity, double periods)
        {
            AddTimer(TimerOption.TIM5);
            StartLse();
            CaptureFourthChannel(2, prescaler, polarity);
            Assert.That(Distance(4), Is.EqualTo(periods * 16e6 / 32768).Within(1.1));
        }

        [Test]
        public void ShouldCaptureAtTheOtherChannelOfThePair()
        {
            AddTimer(TimerOption.TIM5);
            StartLse();
            Write(Timer + Option, 2 << 6);
            // CC3S = 2, IC3PSC = 8.
            Write(Timer + Modes2, 0x0E);
            Write(Timer + Enables, 1 << 8);
            Write(Timer, 1);
            Assert.That(Distance(3), Is.EqualTo(8 * 16e6 / 32768).Within(1.1));
            Assert.That(Read(Timer + Flags) & 0x10, Is.Zero, "channel 4 is an output");
        }

        [Test]
        public void ShouldMeasureHseByTim11()
        {
            AddTimer(TimerOption.TIM11);
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 8, 20 << 16);
            Write(Timer + Option, 2);
            // IC1 is TI1, each eighth edge.
            Write(Timer + Modes1, 0x0D);
            Write(Timer + Enables, 1);
            Write(Timer, 1);
            Assert.That(Distance(1, 19.5e-6), Is.EqualTo(8 * 20 * 2).Within(1.1), "8 MHz / 20, at 16 MHz");
        }

        [Test]
        public void ShouldInterruptAtEachCapture()
        {
            AddTimer(TimerOption.TIM5);
            StartLse();
            Write(Timer + Interrupts, 1 << 4);
            CaptureFourthChannel(2, prescaler: 3);
            var captures = 0;
            for(var i = 0; i < 1000; i++)
            {
                RunFor(0.0001);
                if(timer.IRQ.IsSet)
                {
                    captures++;
                    Read(Timer + Compare1 + 12);
                    Assert.That(timer.IRQ.IsSet, Is.False);
                }
            }
            Assert.That(captures, Is.EqualTo(409).Within(1), "0.1 s / 8 * 32768");
        }

        [Test]
        public void ShouldCaptureOnlyWhileTheOscillatorRuns()
        {
            AddTimer(TimerOption.TIM5);
            CaptureFourthChannel(1, prescaler: 0);
            RunFor(0.001);
            Assert.That(Captured, Is.False);
            SetBits(Csr, 1);
            RunFor(0.001);
            Assert.That(Captured, Is.True);
            ClearBits(Csr, 1);
            Assert.That(Captured, Is.False);
            RunFor(0.001);
            Assert.That(Captured, Is.False);
        }

        [TestCase("channel off")]
        [TestCase("output")]
        [TestCase("no clock")]
        [TestCase("held")]
        [TestCase("pin")]
        public void ShouldMakeNoEventsWhileNothingIsCaptured(string why)
        {
            AddTimer(TimerOption.TIM5);
            StartLse();
            var before = EnabledClockEntries;
            CaptureFourthChannel(2, prescaler: 0);
            Assert.That(EnabledClockEntries, Is.EqualTo(before + 2), "the counter, and the edges");
            switch(why)
            {
            case "channel off":
                Write(Timer + Enables, 0);
                break;
            case "output":
                Write(Timer + Modes2, 0);
                break;
            case "no clock":
                ClearBits(Apb1Enable, 8);
                break;
            case "held":
                timer.IsHeldByDebugger = true;
                break;
            case "pin":
                Write(Timer + Option, 0);
                break;
            }
            Assert.That(EnabledClockEntries, Is.EqualTo(why == "no clock" || why == "held" ? before : before + 1));
        }

        [TestCase(8u, true)]
        [TestCase(15u, false)]
        public void ShouldLetNothingPassThatIsShorterThanTheFilter(uint filter, bool passes)
        {
            AddTimer(TimerOption.TIM5);
            StartLse();
            CaptureFourthChannel(2, prescaler: 0, control: 0x201);
            Write(Timer + Modes2, (filter << 12) | 0x100);
            Read(Timer + Compare1 + 12);
            Write(Timer + Flags, 0);
            RunFor(0.001);
            // 12 and 64 us at 16 MHz; a half period is 15 us.
            Assert.That(Captured, Is.EqualTo(passes));
        }

        [Test]
        public void ShouldCaptureTheWakeUpInterruptOrThePin()
        {
            AddTimer(TimerOption.TIM5);
            CaptureFourthChannel(3, prescaler: 0);
            timer.OnGPIO(3, true);
            Assert.That(Captured, Is.False, "the pin");
            timer.OnGPIO(14, true);
            Assert.That(Captured, Is.True, "the wake-up interrupt");
            timer.OnGPIO(14, false);
            Write(Timer + Option, 0);
            Read(Timer + Compare1 + 12);
            timer.OnGPIO(14, true);
            Assert.That(Captured, Is.False, "the wake-up interrupt");
            timer.OnGPIO(3, false);
            timer.OnGPIO(3, true);
            Assert.That(Captured, Is.True, "the pin");
        }

        [Test]
        public void ShouldBeThePinAgainAfterAReset()
        {
            AddTimer(TimerOption.TIM5);
            timer.OnGPIO(3, true);
            Write(Timer + Option, 3 << 6);
            timer.Reset();
            Assert.That(Read(Timer + Option), Is.Zero);
            CaptureFourthChannel(0, prescaler: 0);
            timer.OnGPIO(3, true);
            Assert.That(Captured, Is.False, "it was high already");
        }

        [TestCase(0u, 9)]
        [TestCase(1u, 12)]
        [TestCase(2u, 13)]
        [TestCase(3u, 14)]
        public void ShouldTriggerTim2ByWhatItChooses(uint choice, int input)
        {
            AddTimer(TimerOption.TIM2);
            Write(Timer + Option, choice << 10);
            // External clock 1 from ITR1.
            Write(Timer + 8, 0x17);
            Write(Timer, 1);
            foreach(var line in new[] { 9, 12, 13, 14 })
            {
                for(var i = 0; i < 3; i++)
                {
                    timer.OnGPIO(line, true);
                    timer.OnGPIO(line, false);
                }
                Assert.That(timer.Counter, Is.EqualTo(line < input ? 0 : 3), $"input {line}");
            }
        }

        [TestCase(TimerOption.TIM2, 0xC00u)]
        [TestCase(TimerOption.TIM5, 0xC0u)]
        [TestCase(TimerOption.TIM11, 3u)]
        [TestCase(TimerOption.None, 0u)]
        public void ShouldHaveTheBitsOfItsTimer(TimerOption option, uint bits)
        {
            AddTimer(option);
            Write(Timer + Option, uint.MaxValue);
            Assert.That(Read(Timer + Option), Is.EqualTo(bits));
        }

        [TestCase(TimerKind.Basic, TimerOption.TIM5)]
        [TestCase(TimerKind.TwoChannel, TimerOption.TIM2)]
        [TestCase(TimerKind.GeneralPurpose32, TimerOption.TIM11)]
        public void ShouldRefuseAnOptionThatItsKindHasNot(TimerKind kind, TimerOption option)
        {
            Assert.That(() => new STM32F4_Timer(Machine, kind, option), Throws.InstanceOf<ConstructionException>());
        }

        [TestCase(0ul, true)]
        [TestCase(16999ul, false)]
        [TestCase(17000ul, true)]
        [TestCase(47000ul, true)]
        [TestCase(47001ul, false)]
        public void ShouldTakeLsiWithinItsRange(ulong frequency, bool taken)
        {
            TestDelegate creation = () => new STM32F4_RCC(Machine, Supplies, Pwr, lsiFrequency: frequency);
            if(taken)
            {
                Assert.DoesNotThrow(creation);
            }
            else
            {
                Assert.That(creation, Throws.InstanceOf<ConstructionException>());
            }
        }

        private void AddTimer(TimerOption option)
        {
            var gate = option == TimerOption.TIM11 ? Alias.TIM11 : option == TimerOption.TIM2 ? Alias.TIM2 : Alias.TIM5;
            timer = new STM32F4_Timer(Machine, option == TimerOption.TIM11 ? TimerKind.OneChannel : TimerKind.GeneralPurpose32, option, Rcc);
            Register(timer, "timer", Timer, 0x400);
            Rcc.Register(timer, new ClockGateRegistrationPoint(gate));
            SetBits(RccBase + (option == TimerOption.TIM11 ? 0x44u : 0x40u), 1u << ((int)gate % 32));
        }

        private void CaptureFourthChannel(uint choice, uint prescaler, uint polarity = 0, uint control = 1)
        {
            Write(Timer + Option, choice << 6);
            Write(Timer + Modes2, 0x100 | (prescaler << 10));
            Write(Timer + Enables, polarity | (1 << 12));
            Write(Timer, control);
        }

        /// <summary>Counts between two captures.</summary>
        private double Distance(int channel, double poll = 1e-5)
        {
            var captures = new List<uint>();
            for(var i = 0; i < 1000 && captures.Count < 3; i++)
            {
                RunFor(poll);
                if((Read(Timer + Flags) >> channel & 1) != 0)
                {
                    captures.Add(Read(Timer + Compare1 + (4 * ((ulong)channel - 1))));
                }
            }
            return captures[2] - captures[1];
        }

        /// <summary>Has channel 4 captured since it was last asked?</summary>
        private bool Captured
        {
            get
            {
                var result = (Read(Timer + Flags) & 0x10) != 0;
                Read(Timer + Compare1 + 12);
                return result;
            }
        }

        private int EnabledClockEntries => Machine.ClockSource.GetAllClockEntries().Count(x => x.Enabled);

        private STM32F4_Timer timer;

        private const ulong Timer = 0x40000C00;
        private const ulong Interrupts = 0x0C;
        private const ulong Flags = 0x10;
        private const ulong Modes1 = 0x18;
        private const ulong Modes2 = 0x1C;
        private const ulong Enables = 0x20;
        private const ulong Compare1 = 0x34;
        private const ulong Option = 0x50;
    }
}
