// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Globalization;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>One ADC: groups, triggers, watchdog, overrun, DMA, and where its volts come from.</summary>
    [TestFixture]
    public class STM32F4_ADCTests : AdcTest
    {
        [Test]
        public void ShouldNeedTheCommonBlockAndANumber()
        {
            Assert.That(() => new STM32F4_ADC(Machine, null, 1), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_ADC(Machine, AdcCommon, 4), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_ADC(Machine, AdcCommon, 1), Throws.InstanceOf<ConstructionException>(), "there is one already");
        }

        [TestCase(0, 0u)]
        [TestCase(1.25, 1551u)]
        [TestCase(3.3, 4095u)]
        [TestCase(5, 4095u)]
        public void ShouldConvertOneChannel(double volts, uint expected)
        {
            Adc1.SetVoltage(3, volts);
            SwitchOn(A1);
            Write(A1 + SQR3, 3);
            SetBits(A1 + CR2, SWSTART);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT));
            Assert.That(Read(A1 + CR2) & SWSTART, Is.Zero, "it has begun");
            RunFor(14 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT));
            RunFor(2 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC));
            Assert.That(Read(A1 + DR), Is.EqualTo(expected));
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT), "reading clears EOC");
            Write(A1 + SR, 0);
            Assert.That(Read(A1 + SR), Is.Zero);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR), Is.Zero, "one is all");
        }

        [Test]
        public void ShouldConvertWhatThePinSees()
        {
            SwitchOn(A1);
            GpioA.Drive(3, "high");
            Assert.That(Convert(A1, 3), Is.EqualTo(4095));
            GpioA.Drive(3, "low");
            Assert.That(Convert(A1, 3), Is.Zero);
            // The chip's own output, and its pull in input mode.
            Write(GpioABase, 1 << 6);
            SetBits(GpioABase + 0x14, 8);
            Assert.That(Convert(A1, 3), Is.EqualTo(4095));
            GpioA.Drive(3, "release");
            Write(GpioABase, 0);
            Write(GpioABase + 0xC, 2 << 6);
            Assert.That(Convert(A1, 3), Is.Zero);
            // By a wire.
            GpioA.Wire(3, GpioB, 7);
            GpioB.Drive(7, "high");
            Assert.That(Convert(A1, 3), Is.EqualTo(4095));
            Assert.That(Adc1.Voltage(3), Is.EqualTo("3.300 V"));
        }

        [Test]
        public void ShouldLeaveTheCapacitorAsItWasAtAFloatingPin()
        {
            SwitchOn(A1);
            Adc1.SetVoltage(1, 1.0);
            Write(GpioABase, 3 << 6);
            Convert(A1, 1);
            var floating = Convert(A1, 3);
            Assert.That(floating, Is.InRange(CodeOf(1.0) - 8, CodeOf(1.0) + 8));
            Assert.That(Enumerable.Range(0, 20).Select(_ => Convert(A1, 3)).Distinct().Count(), Is.GreaterThan(5), "noise");
            Assert.That(Adc1.Voltage(3), Is.EqualTo("floating"));
        }

        [Test]
        public void ShouldHaveTheSameNoiseFromTheSameSeed([Values(1, 2)] int seed)
        {
            uint[] Run()
            {
                BuildChip(seed: seed);
                CompleteChip();
                SetBits(Apb2Enable, 1 << 8);
                SwitchOn(A1);
                return Enumerable.Range(0, 5).Select(_ => Convert(A1, 0)).ToArray();
            }
            var first = Run();
            Assert.That(Run(), Is.EqualTo(first));
            Assert.That(first.Distinct().Count(), Is.GreaterThan(1));
        }

        [TestCase(1, 0, "PA0")]
        [TestCase(1, 8, "PB0")]
        [TestCase(2, 9, "PB1")]
        [TestCase(3, 2, "PA2")]
        [TestCase(3, 4, "PF6")]
        [TestCase(3, 8, "PF10")]
        [TestCase(3, 9, "PF3")]
        [TestCase(3, 15, "PF5")]
        public void ShouldHaveItsPins(int number, int channel, string pin)
        {
            var adc = new[] { Adc1, Adc2, Adc3 }[number - 1];
            var port = pin[1] == 'A' ? GpioA : pin[1] == 'B' ? GpioB : GpioF;
            port.Drive(int.Parse(pin.Substring(2)), "high");
            var address = AdcBase + (0x100 * ((ulong)number - 1));
            SwitchOn(address);
            Assert.That(Convert(address, (uint)channel), Is.EqualTo(4095));
            adc.SetVoltage(channel, 0.5);
            Assert.That(Convert(address, (uint)channel), Is.EqualTo(CodeOf(0.5)));
            Assert.That(port.Pins, Does.Match($"(?m)^{pin} .*driven from outside"));
            adc.ReleaseVoltage(channel);
            Assert.That(port.Pins, Does.Match($"(?m)^{pin} .*floating"));
        }

        [Test]
        public void ShouldShowVoltsToDigitalInputsToo()
        {
            Adc1.SetVoltage(3, 2.0);
            Assert.That(Read(GpioABase + 0x10) & 8, Is.EqualTo(8));
            Adc1.SetVoltage(3, 1.2);
            Assert.That(Read(GpioABase + 0x10) & 8, Is.Zero);
            GpioA.Drive(3, "high");
            SwitchOn(A1);
            Assert.That(Convert(A1, 3), Is.EqualTo(4095), "what was said last counts");
        }

        [Test]
        public void ShouldUseVddAsFullScale()
        {
            SwitchOn(A1);
            Adc1.SetVoltage(3, 1.5);
            Assert.That(Convert(A1, 3), Is.EqualTo(1861));
            Supplies.Vdd = 2.4;
            Assert.That(Convert(A1, 3), Is.EqualTo(2559));
        }

        // Sampling plus bits, in cycles of ADCCLK (13.5, 13.7).
        [TestCase(0u, 0u, 15)]
        [TestCase(0u, 1u, 13)]
        [TestCase(0u, 2u, 11)]
        [TestCase(0u, 3u, 9)]
        [TestCase(1u, 0u, 27)]
        [TestCase(2u, 0u, 40)]
        [TestCase(3u, 0u, 68)]
        [TestCase(4u, 0u, 96)]
        [TestCase(5u, 0u, 124)]
        [TestCase(6u, 0u, 156)]
        [TestCase(7u, 3u, 486)]
        public void ShouldTakeItsTime(uint sampling, uint resolution, int cycles)
        {
            foreach(var channel in new[] { 4u, 13u })
            {
                Write(A1 + CR1, resolution << 24);
                Write(A1 + SMPR1, sampling << 9);
                Write(A1 + SMPR2, sampling << 12);
                Adc1.SetVoltage((int)channel, 1.25);
                SwitchOn(A1);
                Write(A1 + SQR3, channel);
                SetBits(A1 + CR2, SWSTART);
                RunFor((cycles - 0.5) * Cycle);
                Assert.That(Read(A1 + SR) & EOC, Is.Zero);
                RunFor(Cycle);
                Assert.That(Read(A1 + SR) & EOC, Is.EqualTo(EOC));
                Assert.That(Read(A1 + DR), Is.EqualTo(1551u >> (int)(2 * resolution)));
            }
        }

        [Test]
        public void ShouldBeInaccurateRightAfterItWasSwitchedOn()
        {
            Adc1.SetVoltage(3, 1.25);
            Write(A1 + SQR3, 3);
            Write(A1 + CR2, ADON);
            Write(A1 + CR2, ADON | SWSTART);
            RunFor(3e-6);
            Assert.That(Read(A1 + DR), Is.InRange(CodeOf(1.25) - 64, CodeOf(1.25) + 64).And.Not.EqualTo(CodeOf(1.25)));
            Assert.That(Adc1.GuestMistakes, Does.Contain("1 x ADC1_CR2.ADON: a conversion less than 2 us after it was set is inaccurate"));
            Assert.That(Convert(A1, 3), Is.EqualTo(CodeOf(1.25)));
            Assert.That(Adc1.GuestMistakeCount, Is.EqualTo(1));
        }

        [Test]
        public void ShouldConvertNothingWhileItIsOff()
        {
            Write(A1 + CR2, SWSTART);
            Write(A1 + CR2, JSWSTART);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR), Is.Zero);
            Assert.That(Adc1.GuestMistakes, Does.Contain("ADC1_CR2.SWSTART: nothing is converted, because ADON is 0").And.Contain("ADC1_CR2.JSWSTART"));
            SwitchOn(A1);
            SetBits(A1 + CR2, SWSTART);
            Write(A1 + CR2, 0);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT), "switched off, it gives up");
        }

        [Test]
        public void ShouldStandStillWithoutClock()
        {
            Adc1.SetVoltage(3, 1.25);
            SwitchOn(A1);
            Write(A1 + SQR3, 3);
            SetBits(A1 + CR2, SWSTART);
            RunFor(7.5 * Cycle);
            ClearBits(Apb2Enable, 1 << 8);
            Assert.That(Read(A1 + CR2), Is.Zero);
            RunFor(1e-3);
            SetBits(Apb2Enable, 1 << 8);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT));
            RunFor(8 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC));
            Assert.That(Adc1.GuestMistakes, Does.Contain("ADC1_CR2: read as 0, because RCC_APB2ENR.ADC1EN is off"));
        }

        [Test]
        public void ShouldBeResetWithAllOthers()
        {
            foreach(var adc in new[] { A1, A2, A3 })
            {
                Write(adc + HTR, 0x123);
            }
            Write(CCR, TSVREFE);
            Write(RccBase + 0x24, 1 << 8);
            Write(RccBase + 0x24, 0);
            Assert.That(new[] { A1, A2, A3 }.Select(x => Read(x + HTR)), Is.All.EqualTo(0xFFF));
            Assert.That(Read(CCR), Is.Zero);
        }

        [Test]
        public void ShouldScan([Values] bool endAfterEach)
        {
            SwitchOn(A1, endAfterEach ? EOCS : 0);
            for(var i = 0; i < 3; i++)
            {
                Adc1.SetVoltage(i, 0.5 + i);
            }
            Write(A1 + SQR1, 2 << 20);
            Write(A1 + SQR3, 1 | 0 << 5 | 2 << 10);
            SetBits(A1 + CR1, SCAN);
            SetBits(A1 + CR2, SWSTART);
            foreach(var volts in new[] { 1.5, 0.5, 2.5 })
            {
                RunFor(15.2 * Cycle);
                Assert.That((Read(A1 + SR) & EOC) != 0, Is.EqualTo(endAfterEach || volts == 2.5));
                Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(volts)));
            }
            Write(A1 + SR, 0);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR), Is.Zero);
            // All sixteen places of the sequence.
            Write(A1 + SQR1, 15 << 20 | 2 << 15 | 1 << 10);
            Write(A1 + CR2, ADON);
            SetBits(A1 + CR2, SWSTART);
            RunFor(16 * 15.1 * Cycle);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(2.5)));
        }

        [Test]
        public void ShouldConvertOnlyTheFirstWithoutScan()
        {
            SwitchOn(A1);
            Adc1.SetVoltage(1, 1.5);
            Write(A1 + SQR1, 2 << 20);
            Assert.That(Convert(A1, 1), Is.EqualTo(CodeOf(1.5)));
            RunFor(1e-3);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero);
        }

        [Test]
        public void ShouldConvertForEver()
        {
            Adc1.SetVoltage(3, 1);
            SwitchOn(A1, CONT);
            Write(A1 + SQR3, 3);
            SetBits(A1 + CR2, SWSTART);
            RunFor(1);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC));
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(1)));
            Adc1.SetVoltage(3, 2);
            RunFor(16 * Cycle);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(2)));
            ClearBits(A1 + CR2, CONT);
            RunFor(16 * Cycle);
            Read(A1 + DR);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero, "the last has ended");
        }

        [Test]
        public void ShouldKeepItsRhythmWhenNobodyLooksForLong()
        {
            Adc1.SetVoltage(3, 1);
            Write(A1 + SQR1, 1 << 20);
            Write(A1 + SQR3, 3 | 4 << 5);
            Write(A1 + SMPR2, 1 << 9);
            Write(A1 + CR1, SCAN);
            SwitchOn(A1, CONT);
            Adc1.SetVoltage(4, 2);
            SetBits(A1 + CR2, SWSTART);
            // 27 and 15 cycles, so that a round takes 42.
            RunFor(100000 * 42 * Cycle);
            Read(A1 + DR);
            RunFor(26 * Cycle);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(2)));
            RunFor(2 * Cycle);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(1)));
            RunFor(15 * Cycle);
            Assert.That(Read(A1 + SR) & EOC, Is.EqualTo(EOC));
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(2)));
        }

        [Test]
        public void ShouldConvertPartsOfAGroup()
        {
            for(var i = 0; i < 5; i++)
            {
                Adc1.SetVoltage(i, 0.5 * (i + 1));
            }
            SwitchOn(A1, EOCS | CONT);
            Write(A1 + SQR1, 4 << 20);
            Write(A1 + SQR3, 0 | 1 << 5 | 2 << 10 | 3 << 15 | 4 << 20);
            Write(A1 + CR1, SCAN | DISCEN | 1 << 13);
            foreach(var expected in new[] { new[] { 0, 1 }, new[] { 2, 3 }, new[] { 4 }, new[] { 0, 1 } })
            {
                SetBits(A1 + CR2, SWSTART);
                foreach(var channel in expected)
                {
                    RunFor(15.2 * Cycle);
                    Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(0.5 * (channel + 1))));
                }
                RunFor(1e-3);
                Assert.That(Read(A1 + SR) & EOC, Is.Zero, "the rest waits for the next trigger");
            }
        }

        [Test]
        public void ShouldConvertInjectedChannels()
        {
            for(var i = 0; i < 4; i++)
            {
                Adc1.SetVoltage(i, 0.5 * (i + 1));
            }
            SwitchOn(A1);
            // The last three of JSQ1 to JSQ4.
            Write(A1 + JSQR, 2 << 20 | 3 << 15 | 1 << 10 | 0 << 5 | 2);
            Write(A1 + CR1, SCAN);
            SetBits(A1 + CR2, JSWSTART);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT));
            RunFor(44 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT));
            RunFor(1.5 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT | JEOC));
            Assert.That(Enumerable.Range(0, 4).Select(x => Read(A1 + JDR1 + (4 * (ulong)x))), Is.EqualTo(new[] { CodeOf(0.5), CodeOf(1), CodeOf(2), 0u }));
            Write(A1 + SR, ~JEOC);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT));
            Write(A1 + CR1, 0);
            Write(A1 + JSQR, 3 << 15);
            SetBits(A1 + CR2, JSWSTART);
            RunFor(15.5 * Cycle);
            Assert.That(Read(A1 + SR) & JEOC, Is.EqualTo(JEOC));
            Assert.That(Read(A1 + JDR1), Is.EqualTo(CodeOf(2)));
        }

        [Test]
        public void ShouldConvertInjectedChannelsInBetween()
        {
            Adc1.SetVoltage(0, 1);
            Adc1.SetVoltage(1, 2);
            SwitchOn(A1);
            Write(A1 + SQR3, 0);
            Write(A1 + JSQR, 1 << 15);
            SetBits(A1 + CR2, SWSTART);
            RunFor(10 * Cycle);
            SetBits(A1 + CR2, JSWSTART);
            RunFor(15.5 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | JSTRT | JEOC), "the regular one begins anew");
            RunFor(14 * Cycle);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero);
            RunFor(1 * Cycle);
            Assert.That(Read(A1 + SR) & EOC, Is.EqualTo(EOC));
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(1)));
        }

        [Test]
        public void ShouldConvertPartsOfAnInjectedGroup()
        {
            Adc1.SetVoltage(0, 1);
            Adc1.SetVoltage(1, 2);
            SwitchOn(A1);
            Write(A1 + JSQR, 1 << 20 | 1 << 15 | 0 << 10);
            Write(A1 + CR1, SCAN | JDISCEN);
            SetBits(A1 + CR2, JSWSTART);
            RunFor(100 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT));
            Assert.That((Read(A1 + JDR1), Read(A1 + JDR1 + 4)), Is.EqualTo((CodeOf(1), 0u)));
            SetBits(A1 + CR2, JSWSTART);
            RunFor(100 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(JSTRT | JEOC));
            Assert.That(Read(A1 + JDR1 + 4), Is.EqualTo(CodeOf(2)));
        }

        [Test]
        public void ShouldInjectAutomatically([Values] bool forEver)
        {
            Adc1.SetVoltage(0, 1);
            Adc1.SetVoltage(1, 2);
            SwitchOn(A1, forEver ? CONT : 0);
            Write(A1 + SQR3, 0);
            Write(A1 + JSQR, 1 << 15);
            Write(A1 + CR1, JAUTO);
            SetBits(A1 + CR2, SWSTART);
            RunFor(29 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC | JSTRT));
            RunFor(1.5 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC | JSTRT | JEOC));
            Assert.That((Read(A1 + DR), Read(A1 + JDR1)), Is.EqualTo((CodeOf(1), CodeOf(2))));
            Adc1.SetVoltage(1, 3);
            RunFor(1000 * 30 * Cycle);
            Assert.That(Read(A1 + JDR1), Is.EqualTo(CodeOf(forEver ? 3 : 2)));
        }

        // 1.25 V is 1551 = 0x60F with 12 bits.
        [TestCase(0u, false, 0x60Fu, 0x50Fu)]
        [TestCase(0u, true, 0x60F0u, 0x2878u)]
        [TestCase(1u, true, 0x60C0u, 0x1060u)]
        [TestCase(2u, true, 0x6000u, 0xB000u)]
        [TestCase(3u, false, 0x18u, 0xFF18u)]
        [TestCase(3u, true, 0x60u, 0xFE30u)]
        public void ShouldAlign(uint resolution, bool left, uint regular, uint injected)
        {
            Adc1.SetVoltage(3, 1.25);
            Write(A1 + CR1, resolution << 24);
            Write(A1 + JSQR, 3 << 15);
            Write(A1 + JOFR1, 0x100);
            SwitchOn(A1, left ? ALIGN : 0);
            Assert.That($"{Convert(A1, 3):X}", Is.EqualTo($"{regular:X}"));
            SetBits(A1 + CR2, JSWSTART);
            RunFor(100 * Cycle);
            Assert.That($"{Read(A1 + JDR1):X}", Is.EqualTo($"{injected:X}"));
        }

        [TestCase(1.0, 1.0, false)]
        [TestCase(0.4, 1.0, true)]
        [TestCase(2.1, 1.0, true)]
        [TestCase(1.0, 2.1, false)]
        public void ShouldWatchAnalogLevels(double volts, double other, bool expected)
        {
            Adc1.SetVoltage(1, volts);
            Adc1.SetVoltage(2, other);
            SwitchOn(A1);
            Write(A1 + LTR, CodeOf(0.5));
            Write(A1 + HTR, CodeOf(2.0));
            foreach(var resolution in new[] { 0u, 1u, 2u })
            {
                foreach(var (enable, start) in new[] { (AWDEN, SWSTART), (JAWDEN, JSWSTART) })
                {
                    Write(A1 + CR1, enable | AWDSGL | 1 | resolution << 24);
                    Assert.That(WatchesOn(1, start), Is.EqualTo(expected));
                    Assert.That(WatchesOn(2, start), Is.False, "another channel");
                    Write(A1 + CR1, enable | resolution << 24);
                    Assert.That(WatchesOn(2, start), Is.EqualTo(other > 2.0), "all channels");
                    Write(A1 + CR1, (AWDEN | JAWDEN) & ~enable);
                    Assert.That(WatchesOn(1, start), Is.False, "the other group");
                }
            }

            bool WatchesOn(uint channel, uint start)
            {
                Write(A1 + SR, 0);
                Write(A1 + SQR3, channel);
                Write(A1 + JSQR, channel << 15);
                SetBits(A1 + CR2, start);
                RunFor(100 * Cycle);
                return (Read(A1 + SR) & AWD) != 0;
            }
        }

        [Test]
        public void ShouldRememberWhatTheWatchdogSawWhileNobodyLooked()
        {
            Adc1.SetVoltage(3, 1);
            SwitchOn(A1, CONT);
            Write(A1 + HTR, CodeOf(2.0));
            Write(A1 + CR1, AWDEN);
            Write(A1 + SQR3, 3);
            SetBits(A1 + CR2, SWSTART);
            RunFor(0.01);
            Adc1.SetVoltage(3, 2.5);
            RunFor(0.01);
            Adc1.SetVoltage(3, 1);
            RunFor(0.01);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(1)));
            Assert.That(Read(A1 + SR) & AWD, Is.EqualTo(AWD));
        }

        [TestCase(EOCIE, SWSTART)]
        [TestCase(JEOCIE, JSWSTART)]
        [TestCase(AWDIE, SWSTART)]
        public void ShouldInterrupt(uint enable, uint start)
        {
            Adc1.SetVoltage(3, 1);
            SwitchOn(A1);
            Write(A1 + HTR, 0);
            Write(A1 + SQR3, 3);
            Write(A1 + JSQR, 3 << 15);
            Write(A1 + CR1, enable | AWDEN);
            SetBits(A1 + CR2, start);
            RunFor(14 * Cycle);
            Assert.That(AdcCommon.IRQ.IsSet, Is.False);
            RunFor(1.5 * Cycle);
            Assert.That(AdcCommon.IRQ.IsSet, "at its time, not when somebody looks");
            Write(A1 + CR1, AWDEN);
            Assert.That(AdcCommon.IRQ.IsSet, Is.False);
            Write(A1 + CR1, enable | AWDEN);
            Assert.That(AdcCommon.IRQ.IsSet);
            Write(A1 + SR, 0);
            Assert.That(AdcCommon.IRQ.IsSet, Is.False);
            Read(A1 + DR);
            Write(A1 + CR2, ADON | EOCS | CONT);
            Write(A1 + CR1, OVRIE);
            SetBits(A1 + CR2, SWSTART);
            RunFor(29 * Cycle);
            Assert.That(AdcCommon.IRQ.IsSet, Is.False);
            RunFor(1.5 * Cycle);
            Assert.That(AdcCommon.IRQ.IsSet);
        }

        [Test]
        public void ShouldStopAtAnOverrun()
        {
            Adc1.SetVoltage(3, 1);
            SwitchOn(A1, EOCS | CONT);
            Write(A1 + SQR3, 3);
            SetBits(A1 + CR2, SWSTART);
            RunFor(20 * Cycle);
            Adc1.SetVoltage(3, 2);
            RunFor(20 * Cycle);
            Assert.That(Read(A1 + SR), Is.EqualTo(STRT | EOC | OVR));
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(1)), "what came first stays");
            SetBits(A1 + CR2, SWSTART);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero, "not before OVR is cleared");
            Write(A1 + SR, 0);
            SetBits(A1 + CR2, SWSTART);
            RunFor(20 * Cycle);
            Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(2)));
        }

        [Test]
        public void ShouldAskDma([Values] bool circular, [Values] bool halfWords)
        {
            for(var i = 0; i < 3; i++)
            {
                Adc1.SetVoltage(i, 0.5 + i);
            }
            Sram.WriteBytes(0, new byte[64], 0, 64);
            StartDma(6, circular, halfWords);
            SwitchOn(A1, DMA | (circular ? DDS : 0));
            Write(A1 + SQR1, 2 << 20);
            Write(A1 + SQR3, 0 | 1 << 5 | 2 << 10);
            Write(A1 + CR1, SCAN);
            SetBits(A1 + CR2, CONT | SWSTART);
            RunFor(98 * Cycle);
            Assert.That(Enumerable.Range(0, 6).Select(ItemAt), Is.EqualTo(new[] { CodeOf(0.5), CodeOf(1.5), CodeOf(2.5), CodeOf(0.5), CodeOf(1.5), CodeOf(2.5) }));
            Assert.That(ItemAt(6), Is.Zero);
            Assert.That(Read(A1 + SR) & OVR, Is.Zero);

            uint ItemAt(int number) => halfWords ? Sram.ReadWord(2 * number) : Sram.ReadDoubleWord(4 * number);
        }

        [Test]
        public void ShouldAskDmaForEverOnlyIfSelected([Values] bool selected)
        {
            Adc1.SetVoltage(0, 1);
            StartDma(2, circular: true, halfWords: true);
            SwitchOn(A1, DMA | CONT | (selected ? DDS : 0));
            Write(A1 + SQR3, 0);
            SetBits(A1 + CR2, SWSTART);
            RunFor(100 * Cycle);
            Assert.That(Sram.ReadWord(0), Is.EqualTo(CodeOf(1)));
            Adc1.SetVoltage(0, 2);
            RunFor(100 * Cycle);
            Assert.That(Sram.ReadWord(0), Is.EqualTo(CodeOf(selected ? 2 : 1)));
            Assert.That(Read(A1 + SR) & OVR, Is.Zero);
            // Set anew, the bit lets the requests go on.
            ClearBits(A1 + CR2, DMA);
            SetBits(A1 + CR2, DMA);
            RunFor(100 * Cycle);
            Assert.That(Sram.ReadWord(0), Is.EqualTo(CodeOf(2)));
        }

        [Test]
        public void ShouldLoseWhatDmaDoesNotFetch()
        {
            Adc1.SetVoltage(0, 1);
            SwitchOn(A1, DMA | DDS | CONT);
            SetBits(A1 + CR2, SWSTART);
            RunFor(100 * Cycle);
            Assert.That(Read(A1 + SR) & OVR, Is.EqualTo(OVR));
            Assert.That(Adc1.DMARequest.IsSet, Is.False, "no more requests until OVR is cleared");
        }

        // Of timer 2: TRGO by its update (EXTSEL = 6, JEXTSEL = 3), OC2 (EXTSEL = 3), OC1 (JEXTSEL = 2).
        [TestCase(6u << 24 | 1u << 28, 2u << 4, false)]
        [TestCase(3u << 16 | 1u << 20, 2u << 4, true)]
        [TestCase(3u << 24 | 1u << 28, 0u, false)]
        [TestCase(3u << 24 | 2u << 28, 0u, false)]
        [TestCase(2u << 16 | 1u << 20, 0u, true)]
        public void ShouldBeTriggeredByTimers(uint selection, uint masterMode, bool isInjected)
        {
            Adc1.SetVoltage(3, 1);
            Write(A1 + SQR3, 3);
            Write(A1 + JSQR, 3 << 15);
            Write(A1 + CR1, EOCIE | JEOCIE);
            SwitchOn(A1, selection);
            // 1 kHz, PWM of both channels.
            Write(Tim2Base + 0x04, masterMode);
            Write(Tim2Base + 0x2C, 15999);
            Write(Tim2Base + 0x34, 8000);
            Write(Tim2Base + 0x38, 8000);
            Write(Tim2Base + 0x18, 6 << 4 | 6 << 12);
            Write(Tim2Base + 0x20, 0x11);
            Write(Tim2Base, 1);
            var ended = 0;
            for(var i = 0; i < 100; i++)
            {
                RunFor(0.0001);
                if(AdcCommon.IRQ.IsSet)
                {
                    ended++;
                    Assert.That(Read(A1 + SR) & (EOC | JEOC), Is.EqualTo(isInjected ? JEOC : EOC));
                    Write(A1 + SR, 0);
                }
            }
            Assert.That(ended, Is.InRange(9, 11));
            // Nobody listens: nothing comes.
            RunFor(0.00005);
            ClearBits(A1 + CR2, 3u << 20 | 3u << 28);
            Write(A1 + SR, 0);
            RunFor(0.01);
            Assert.That(Read(A1 + SR), Is.Zero);
        }

        [Test]
        public void ShouldNotHearOfWhatWasBefore()
        {
            SwitchOn(A1);
            Write(Tim2Base + 0x04, 2 << 4);
            Write(Tim2Base + 0x2C, 15999);
            Write(Tim2Base, 1);
            RunFor(0.01);
            SetBits(A1 + CR2, 6u << 24 | 1u << 28);
            Assert.That(Read(A1 + SR), Is.Zero);
        }

        [TestCase(11, 15u << 24 | 1u << 28, STRT)]
        [TestCase(15, 15u << 16 | 1u << 20, JSTRT)]
        public void ShouldBeTriggeredByExti(int line, uint selection, uint expected)
        {
            SwitchOn(A1, selection);
            Write(ExtiBase + 8, 1u << line);
            Exti.OnGPIO(line, true);
            Exti.OnGPIO(line, false);
            Assert.That(Read(A1 + SR), Is.Zero, "masked");
            Write(ExtiBase + 4, 1u << line);
            Exti.OnGPIO(line, true);
            Assert.That(Read(A1 + SR), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldFollowAFile()
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, "seconds, volts\n# a ramp, then a step\n0, 1\n0.010, 2\n0.020, 2\n0.020, 0.5\n");
                SwitchOn(A1);
                Adc1.ReadVoltagesFrom(3, path);
                var start = Machine.ElapsedVirtualTime.TimeElapsed.Ticks / (double)Antmicro.Renode.Time.TimeInterval.TicksPerSecond;
                foreach(var (time, volts) in new[] { (0.0025, 1.25), (0.005, 1.5), (0.015, 2.0), (0.0199, 2.0), (0.021, 0.5), (1.0, 0.5) })
                {
                    RunFor(time - (Machine.ElapsedVirtualTime.TimeElapsed.Ticks / (double)Antmicro.Renode.Time.TimeInterval.TicksPerSecond - start));
                    Write(A1 + SQR3, 3);
                    SetBits(A1 + CR2, SWSTART);
                    RunFor(16 * Cycle);
                    Assert.That(Read(A1 + DR), Is.EqualTo(CodeOf(volts)).Within(1), $"at {time} s");
                }
                Assert.That(Read(GpioABase + 0x10) & 8, Is.Zero);
                Adc1.ReadVoltagesFrom(3, path);
                RunFor(0.0099);
                Assert.That(Read(GpioABase + 0x10) & 8, Is.EqualTo(8), "a digital input looks when it is read");
            }
            finally
            {
                File.Delete(path);
            }
        }

        [TestCase("0, 1\n0.5; 2\n0.4, 1\n", "line 3: 0.4, 1: the time is before that of the line above")]
        [TestCase("0, 6\n", "line 1: 0, 6: give seconds from 0 on and volts from 0 to 5")]
        [TestCase("0, 1\nx, 2\n", "line 2: x, 2: give two numbers, seconds and volts")]
        [TestCase("time, volts\n", "has no line of seconds and volts")]
        public void ShouldRefuseAFile(string text, string expected)
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, text);
                Assert.That(() => Adc1.ReadVoltagesFrom(3, path), Throws.InstanceOf<RecoverableException>().With.Message.Contains(expected));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [Test]
        public void ShouldRefuseWhatIsNotThere()
        {
            Assert.That(() => Adc1.SetVoltage(3, 6), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("volts = 6 is out of range: give 0 to 5"));
            Assert.That(() => Adc1.SetVoltage(3, double.NaN), Throws.InstanceOf<RecoverableException>());
            Assert.That(() => Adc1.SetVoltage(16, 1), Throws.InstanceOf<RecoverableException>().With.Message.Contains("has no pin"));
            Assert.That(() => Adc1.SetVoltage(19, 1), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("There is no channel 19: give 0 to 15"));
            Assert.That(() => Adc1.Voltage(-1), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("There is no channel -1: give 0 to 18"));
            Assert.That(() => Adc1.ChipTemperature = 200, Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("ChipTemperature = 200 is out of range: give -60 to 150"));
            Assert.That(() => AdcCommon.OnGPIO(32, true), Throws.Nothing);
        }

        [Test]
        public void ShouldBearShorterGroupsThanWereBegun()
        {
            SwitchOn(A1, EOCS);
            Write(A1 + SQR1, 15 << 20);
            Write(A1 + JSQR, 3 << 20);
            Write(A1 + CR1, SCAN | DISCEN | JDISCEN | 7 << 13);
            SetBits(A1 + CR2, SWSTART | JSWSTART);
            RunFor(50 * Cycle);
            SetBits(A1 + CR2, JSWSTART);
            RunFor(1e-3);
            Write(A1 + SQR1, 0);
            Write(A1 + JSQR, 0);
            Write(A1 + SR, 0);
            SetBits(A1 + CR2, SWSTART | JSWSTART);
            RunFor(1e-3);
            Assert.That(Read(A1 + SR) & JEOC, Is.EqualTo(JEOC));
        }

        private void StartDma(uint items, bool circular, bool halfWords)
        {
            Write(Dma2Base + 0x14, items);
            Write(Dma2Base + 0x18, (uint)(A1 + DR));
            Write(Dma2Base + 0x1C, (uint)SramBase);
            Write(Dma2Base + 0x10, (halfWords ? 1u << 11 | 1u << 13 : 2u << 11 | 2u << 13) | 1 << 10 | (circular ? 1u << 8 : 0) | 1);
        }
    }
}
