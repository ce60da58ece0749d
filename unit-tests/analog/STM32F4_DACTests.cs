// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>Both channels, their pins, timer 6 as their trigger, and DMA1.</summary>
    [TestFixture]
    public class STM32F4_DACTests : AdcTest
    {
        [SetUp]
        public void AddDac()
        {
            AddTimer("timer6", Tim6Base, TimerKind.Basic, Alias.TIM6).TriggerOutput.Connect(Dac, 0);
            Timer2.TriggerOutput.Connect(Dac, 4);
            Exti.Line9Trigger.Connect(Dac, 6);
            SetBits(Apb1Enable, 1 << 29 | 1 << 4);
            SetBits(Ahb1Enable, 1 << 21);
            // PA4 and PA5 are analog.
            Write(GpioABase, 15 << 8);
        }

        [Test]
        public void ShouldNeedSupplies()
        {
            Assert.That(() => new STM32F4_DAC(Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [TestCase(0x08ul, 0x0BC3u, 0x8BC3u, 0x8BC3u & 0xFFF)]
        [TestCase(0x0Cul, 0xBC30u, 0xBC3Fu, 0xBC3u)]
        [TestCase(0x10ul, 0x00BCu, 0x1BCu, 0xBC0u)]
        public void ShouldTakeDataInEachFormat(ulong register, uint stored, uint written, uint expected)
        {
            for(var channel = 0u; channel < 2; channel++)
            {
                Write(DacBase, EN << 16 | EN | BOFF << 16 | BOFF);
                Write(DacBase + register + (12 * channel), written);
                Assert.That($"{Read(DacBase + register + (12 * channel)):X}", Is.EqualTo($"{stored:X}"));
                Assert.That($"{Read(DacBase + DOR1 + (4 * channel)):X}", Is.EqualTo($"{expected:X}"));
            }
            Assert.That(Dac.OutputVoltage(1), Is.EqualTo($"{expected / 4095.0 * 3.3:0.000} V"));
        }

        [TestCase(0x20ul, 0x0ABC0123u, 0x123u, 0xABCu)]
        [TestCase(0x24ul, 0xABC01230u, 0x123u, 0xABCu)]
        [TestCase(0x28ul, 0xAB12u, 0x120u, 0xAB0u)]
        public void ShouldTakeDataForBoth(ulong register, uint written, uint first, uint second)
        {
            Write(DacBase + register, written);
            Assert.That(Read(DacBase + register), Is.EqualTo(written));
            Assert.That((Read(DacBase + DOR1), Read(DacBase + DOR1 + 4)), Is.EqualTo((first, second)));
        }

        [Test]
        public void ShouldPutVoltsOnItsPins()
        {
            Assert.That((Dac.OutputVoltage(1), Dac.OutputVoltage(2)), Is.EqualTo(("off", "off")));
            Write(DacBase, EN | BOFF | (EN | BOFF) << 16);
            Write(DacBase + DHR12RD, 3000 << 16 | 1000);
            Assert.That((Dac.OutputVoltage(1), Dac.OutputVoltage(2)), Is.EqualTo(("0.806 V", "2.418 V")));
            SwitchOn(A1);
            Assert.That((Convert(A1, 4), Convert(A1, 5)), Is.EqualTo((1000u, 3000u)));
            // A wire to another channel, and to a digital input.
            GpioA.Wire(4, GpioA, 1);
            GpioA.Wire(5, GpioB, 7);
            Assert.That(Convert(A1, 1), Is.EqualTo(1000));
            Assert.That(Read(GpioBBase + 0x10) & 0x80, Is.EqualTo(0x80));
            Write(DacBase + DHR12R2, 2000);
            Assert.That(Read(GpioBBase + 0x10) & 0x80, Is.Zero);
            Assert.That(GpioA.Pins, Does.Match("(?m)^PA4 .*driven by the chip"));
            Write(DacBase, 0);
            Assert.That(Adc1.Voltage(4), Is.EqualTo("floating"));
            Assert.That(() => Dac.OutputVoltage(3), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("There is no channel 3: give 1 or 2"));
        }

        [TestCase(0u, "0.200 V")]
        [TestCase(100u, "0.200 V")]
        [TestCase(2048u, "1.650 V")]
        [TestCase(4095u, "3.100 V")]
        public void ShouldStayAwayFromTheRailsWithItsBuffer(uint value, string expected)
        {
            Write(DacBase, EN);
            Write(DacBase + DHR12R1, value);
            Assert.That(Dac.OutputVoltage(1), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldBeSampledAsItWasThen()
        {
            Write(DacBase, EN | BOFF);
            Write(DacBase + DHR12R1, 1000);
            SwitchOn(A1);
            Write(A1 + SQR3, 4);
            SetBits(A1 + CR2, SWSTART);
            RunFor(20 * Cycle);
            Write(DacBase + DHR12R1, 2000);
            Assert.That(Read(A1 + DR), Is.EqualTo(1000));
        }

        [TestCase(0u)]
        [TestCase(4u)]
        public void ShouldWaitForItsTrigger(uint selection)
        {
            Write(DacBase, EN | TEN | selection << 3);
            Write(DacBase + DHR12R1, 1000);
            Assert.That(Read(DacBase + DOR1), Is.Zero);
            StartTimer(selection == 0 ? Tim6Base : Tim2Base);
            RunFor(0.0009);
            Assert.That(Read(DacBase + DOR1), Is.Zero);
            RunFor(0.0002);
            Assert.That(Read(DacBase + DOR1), Is.EqualTo(1000));
            Write(DacBase + DHR12R1, 2000);
            Write(DacBase, EN);
            Assert.That(Read(DacBase + DOR1), Is.EqualTo(2000), "without a trigger at once");
        }

        [Test]
        public void ShouldBeTriggeredByExtiAndSoftware()
        {
            Write(DacBase, EN | TEN | 6 << 3 | (EN | TEN | 7 << 3) << 16);
            Write(DacBase + DHR12RD, 2 << 16 | 1);
            Write(ExtiBase + 0, 1 << 9);
            Write(ExtiBase + 8, 1 << 9);
            Exti.OnGPIO(9, true);
            Assert.That((Read(DacBase + DOR1), Read(DacBase + DOR1 + 4)), Is.EqualTo((1u, 0u)));
            Write(DacBase + SWTRIGR, 2);
            Assert.That((Read(DacBase + DOR1), Read(DacBase + DOR1 + 4)), Is.EqualTo((1u, 2u)));
            Assert.That(Read(DacBase + SWTRIGR), Is.Zero);
            Write(DacBase + SWTRIGR, 1);
            Assert.That(Dac.GuestMistakes, Does.Contain("DAC_SWTRIGR: nothing is triggered"));
            Assert.That(() => Dac.OnGPIO(7, true), Throws.Nothing);
        }

        // The first two values are those of RM0090 figure 70.
        [TestCase(11u, 0u, new uint[] { 0xAAA, 0xD55, 0xEAA, 0xF55 })]
        [TestCase(3u, 0x100u, new uint[] { 0x10A, 0x105, 0x10A, 0x105 })]
        [TestCase(15u, 0xF00u, new uint[] { 0xFFF, 0xFFF, 0xFFF, 0xFFF })]
        public void ShouldMakeNoise(uint amplitude, uint data, uint[] expected)
        {
            Write(DacBase + DHR12R1, data);
            Write(DacBase, EN | TEN | 7 << 3 | 1 << 6 | amplitude << 8);
            Assert.That(expected.Select(_ => NextOutput()), Is.EqualTo(expected));
            Write(DacBase, EN | TEN | 7 << 3);
            Write(DacBase, EN | TEN | 7 << 3 | 1 << 6 | amplitude << 8);
            Assert.That(NextOutput(), Is.EqualTo(expected[0]), "it begins anew");
        }

        [Test]
        public void ShouldMakeNoiseOfTheLongestPeriod()
        {
            Write(DacBase, EN | TEN | 7 << 3 | 1 << 6 | 11 << 8);
            var values = Enumerable.Range(0, 4095).Select(_ => NextOutput()).ToArray();
            Assert.That(values.Distinct().Count(), Is.EqualTo(4095));
            Assert.That(NextOutput(), Is.EqualTo(0xAAA));
        }

        [TestCase(0u, new uint[] { 10, 11, 10, 11 })]
        [TestCase(1u, new uint[] { 10, 11, 12, 13, 12, 11, 10, 11 })]
        public void ShouldMakeATriangle(uint amplitude, uint[] expected)
        {
            Write(DacBase + DHR12R1, 10);
            Write(DacBase, EN | TEN | 7 << 3 | 2 << 6 | amplitude << 8);
            Assert.That(expected.Select(_ => NextOutput()), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldAskDma([Values(0, 1)] int channel)
        {
            Sram.WriteBytes(0, Enumerable.Range(1, 8).Select(x => (byte)x).ToArray(), 0, 8);
            var stream = Dma1Base + 0x10 + (0x18 * (5 + (ulong)channel));
            Write(stream + 4, 4);
            Write(stream + 8, (uint)(DacBase + 0x10 + (0xC * (ulong)channel)));
            Write(stream + 0xC, (uint)SramBase);
            // Bytes, channel 7.
            Write(stream, 7u << 25 | 1 << 10 | 1 << 6 | 1);
            Write(DacBase, (EN | TEN | DMAEN) << (16 * channel));
            StartTimer(Tim6Base);
            var seen = Enumerable.Range(0, 6).Select(_ =>
            {
                RunFor(0.001);
                return Read(DacBase + DOR1 + (4 * (ulong)channel));
            }).ToArray();
            // What a trigger asks for is at the output after the next one.
            Assert.That(seen, Is.EqualTo(new uint[] { 0, 0x10, 0x20, 0x30, 0x40, 0x40 }).Or.EqualTo(new uint[] { 0, 0, 0x10, 0x20, 0x30, 0x40 }));
            Assert.That(Read(stream) & 1, Is.Zero);
        }

        [Test]
        public void ShouldTellOfAnUnderrun([Values] bool interrupts)
        {
            Write(DacBase, EN | TEN | DMAEN | (interrupts ? DMAUDRIE : 0));
            StartTimer(Tim6Base);
            RunFor(0.0015);
            Assert.That((Dac.Channel1DMA.IsSet, Read(DacBase + SR)), Is.EqualTo((true, 0u)));
            RunFor(0.001);
            Assert.That((Dac.Channel1DMA.IsSet, Read(DacBase + SR)), Is.EqualTo((false, DMAUDR)));
            Assert.That(Dac.IRQ.IsSet, Is.EqualTo(interrupts));
            RunFor(0.003);
            Assert.That(Dac.Channel1DMA.IsSet, Is.False);
            Write(DacBase + SR, DMAUDR);
            Assert.That((Dac.IRQ.IsSet, Read(DacBase + SR)), Is.EqualTo((false, 0u)));
            ClearBits(DacBase, DMAEN);
            SetBits(DacBase, DMAEN);
            RunFor(0.001);
            Assert.That(Dac.Channel1DMA.IsSet);
            Write(DacBase + DHR12R1, 1);
            Assert.That(Dac.Channel1DMA.IsSet, Is.False, "here it is");
        }

        [Test]
        public void ShouldStandStillWithoutClockAndKeepItsVolts()
        {
            Write(DacBase, EN | BOFF | TEN);
            Write(DacBase + DHR12R1, 1000);
            StartTimer(Tim6Base);
            RunFor(0.0015);
            Write(DacBase + DHR12R1, 2000);
            ClearBits(Apb1Enable, 1 << 29);
            RunFor(0.005);
            Assert.That(Dac.OutputVoltage(1), Is.EqualTo("0.806 V"));
            Assert.That(Read(DacBase), Is.Zero);
            SetBits(Apb1Enable, 1 << 29);
            RunFor(0.0015);
            Assert.That(Read(DacBase + DOR1), Is.EqualTo(2000));
        }

        [Test]
        public void ShouldBeReset()
        {
            Write(DacBase, EN | BOFF);
            Write(DacBase + DHR12R1, 1000);
            Write(RccBase + 0x20, 1 << 29);
            Write(RccBase + 0x20, 0);
            Assert.That((Read(DacBase), Read(DacBase + DOR1), Dac.OutputVoltage(1)), Is.EqualTo((0u, 0u, "off")));
            Assert.That(Adc1.Voltage(4), Is.EqualTo("floating"));
        }

        private uint NextOutput()
        {
            Write(DacBase + SWTRIGR, 1);
            return Read(DacBase + DOR1);
        }

        // An update, and TRGO with it, each millisecond.
        private void StartTimer(ulong timer)
        {
            Write(timer + 0x04, 2 << 4);
            Write(timer + 0x2C, 15999);
            Write(timer, 1);
        }

        private const ulong SWTRIGR = 0x04;
        private const ulong DHR12R1 = 0x08;
        private const ulong DHR12R2 = 0x14;
        private const ulong DHR12RD = 0x20;
        private const ulong DOR1 = 0x2C;
        private new const ulong SR = 0x34;
        private const uint EN = 1;
        private const uint BOFF = 2;
        private const uint TEN = 4;
        private const uint DMAEN = 1 << 12;
        private const uint DMAUDRIE = 1 << 13;
        private const uint DMAUDR = 1 << 13;
    }
}
