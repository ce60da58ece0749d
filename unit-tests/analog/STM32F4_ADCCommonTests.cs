// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>What the ADCs share: clock, internal sources, dual and triple modes.</summary>
    [TestFixture]
    public class STM32F4_ADCCommonTests : AdcTest
    {
        [Test]
        public void ShouldNeedSupplies()
        {
            Assert.That(() => new STM32F4_ADCCommon(Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldHaveAClockWhileAnyOfTheAdcsHas()
        {
            Write(CCR, TSVREFE);
            ClearBits(Apb2Enable, 3 << 8);
            Assert.That(Read(CCR), Is.EqualTo(TSVREFE));
            ClearBits(Apb2Enable, 4 << 8);
            Assert.That(Read(CCR), Is.Zero);
            Write(CCR, VBATE);
            SetBits(Apb2Enable, 2 << 8);
            Assert.That(Read(CCR), Is.EqualTo(TSVREFE));
            Assert.That(AdcCommon.GuestMistakes, Does.Contain("ADC_CCR: write ignored, because the clocks of all ADCs are off in RCC_APB2ENR"));
        }

        [TestCase(0u, 2)]
        [TestCase(1u, 4)]
        [TestCase(2u, 6)]
        [TestCase(3u, 8)]
        public void ShouldDivideTheClock(uint selection, int divider)
        {
            Write(CCR, selection << 16);
            SwitchOn(A1);
            SetBits(A1 + CR2, SWSTART);
            RunFor(14.5 * divider / 16e6);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero);
            RunFor(divider / 16e6);
            Assert.That(Read(A1 + SR) & EOC, Is.EqualTo(EOC));
        }

        [Test]
        public void ShouldFollowPclk2()
        {
            // APB2 at half of HCLK.
            Write(RccBase + 8, 4 << 13);
            SwitchOn(A1);
            SetBits(A1 + CR2, SWSTART);
            RunFor(29 * Cycle);
            Assert.That(Read(A1 + SR) & EOC, Is.Zero);
            RunFor(2 * Cycle);
            Assert.That(Read(A1 + SR) & EOC, Is.EqualTo(EOC));
        }

        [TestCase(ChipLine.F205_F215, 16u)]
        [TestCase(ChipLine.F407_F417, 16u)]
        [TestCase(ChipLine.F42x_F43x, 18u)]
        [TestCase(ChipLine.F446, 18u)]
        [TestCase(ChipLine.F469_F479, 18u)]
        public void ShouldConvertTemperatureAndReference(ChipLine line, uint channel)
        {
            AddConverters(line);
            SwitchOn(A1);
            Assert.That((Convert(A1, channel, 7), Convert(A1, 17, 7)), Is.EqualTo((0u, 0u)), "not switched on");
            Write(CCR, TSVREFE);
            RunFor(10e-6);
            // As the factory has measured it, with VDDA = 3.3 V.
            Assert.That(Convert(A1, 17, 7), Is.EqualTo(Signature.ReadWord(0xA2A)));
            foreach(var (degrees, address) in new[] { (30, 0xA2C), (110, 0xA2E) })
            {
                Adc1.ChipTemperature = degrees;
                Assert.That(Convert(A1, channel, 7), Is.EqualTo(Signature.ReadWord(address)), $"{degrees} degrees");
            }
            Supplies.Vdd = 2.5;
            Assert.That(Convert(A1, 17, 7), Is.EqualTo(Signature.ReadWord(0xA2A) * 3.3 / 2.5).Within(1));
            SwitchOn(A2);
            Assert.That(Convert(A2, channel, 7), Is.Zero, "ADC1 alone has them");
        }

        [TestCase(ChipLine.F205_F215, 2)]
        [TestCase(ChipLine.F407_F417, 2)]
        [TestCase(ChipLine.F42x_F43x, 4)]
        [TestCase(ChipLine.F446, 4)]
        [TestCase(ChipLine.F469_F479, 4)]
        public void ShouldConvertVbat(ChipLine line, int divider)
        {
            AddConverters(line);
            SwitchOn(A1);
            Assert.That(Convert(A1, 18, 7), Is.Zero);
            // Where the temperature sensor shares the channel, VBATE wins.
            Write(CCR, VBATE | TSVREFE);
            RunFor(10e-6);
            Assert.That(Supplies.Vbat, Is.EqualTo(3.06).Within(0.001));
            Assert.That(Convert(A1, 18, 7), Is.EqualTo(CodeOf(3.06 / divider)));
            Supplies.Vdd = 2.0;
            Supplies.CoinCellVoltage = 2.8;
            Assert.That(Convert(A1, 18, 7), Is.EqualTo((2.8 - 0.24) / divider / 2.0 * 4095).Within(1));
        }

        [Test]
        public void ShouldLoadTheCellWithTheDivider()
        {
            Supplies.Vdd = 2.5;
            Assert.That(Supplies.CellCurrent, Is.Zero);
            Write(CCR, VBATE);
            Assert.That(Supplies.CellCurrent, Is.EqualTo((3.0 - 0.24) / 50e3 * 1e6).Within(0.01));
            Supplies.Vdd = 3.3;
            Assert.That(Supplies.CellCurrent, Is.Zero, "VDD feeds VBAT, too");
            Supplies.PowerOff();
            Assert.That(Supplies.CellCurrent, Is.EqualTo(0.1).Within(0.001));
        }

        [Test]
        public void ShouldNeedTimeForInternalSources()
        {
            SwitchOn(A1);
            Write(CCR, TSVREFE);
            RunFor(20e-6);
            var right = Signature.ReadWord(0xA2A);
            Adc1.SetVoltage(0, 0);
            Convert(A1, 0);
            // 3 cycles of ADCCLK are far less than 10 us.
            Assert.That(Convert(A1, 17), Is.LessThan(right - 30));
            Assert.That(Convert(A1, 17, 7), Is.EqualTo(right));
            ClearBits(CCR, TSVREFE);
            Convert(A1, 17, 7);
            Write(A1 + SMPR1, 0);
            SetBits(CCR, TSVREFE);
            SetBits(A1 + CR2, SWSTART);
            RunFor(16 * Cycle);
            Assert.That(Read(A1 + DR), Is.LessThan(right / 2u), "just switched on");
        }

        [Test]
        public void ShouldReadTenDegreesTooMuchWhenTheTemperatureIsSampledForAThirdOfAMicrosecond()
        {
            SwitchOn(A1);
            Write(CCR, TSVREFE);
            RunFor(20e-6);
            var right = Degrees(Convert(A1, 16, 7));
            Convert(A1, 17, 7);
            // 3 cycles at 8 MHz; MicroPython had 15 at 42 MHz, and reports from its users are of that.
            Assert.That(Degrees(Convert(A1, 16)) - right, Is.EqualTo(10).Within(3));
        }

        [Test]
        public void ShouldReadVbatNearlyRightWhenItIsSampledForAThirdOfAMicrosecond()
        {
            SwitchOn(A1);
            Write(CCR, VBATE);
            RunFor(20e-6);
            var right = Convert(A1, 18, 7);
            Adc1.SetVoltage(0, 0);
            Convert(A1, 0);
            Assert.That(Convert(A1, 18), Is.LessThan(right).And.GreaterThan(right * 0.9));
        }

        [Test]
        public void ShouldShowTheStatusOfAll()
        {
            SwitchOn(A1);
            SwitchOn(A3);
            SetBits(A1 + CR2, SWSTART);
            SetBits(A3 + CR2, JSWSTART);
            RunFor(100 * Cycle);
            Assert.That($"{Read(CSR):X8}", Is.EqualTo($"{(STRT | EOC) | (JSTRT | JEOC) << 16:X8}"));
            Read(A1 + DR);
            Assert.That($"{Read(CSR):X8}", Is.EqualTo($"{STRT | (JSTRT | JEOC) << 16:X8}"));
        }

        [TestCase(0x06u, 2)]
        [TestCase(0x01u, 2)]
        [TestCase(0x16u, 3)]
        public void ShouldConvertAtTheSameTime(uint mode, int members)
        {
            SetVolts();
            Write(CCR, mode);
            SwitchOnAll();
            SetBits(A2 + CR2, SWSTART);
            RunFor(100 * Cycle);
            Assert.That(Read(A2 + SR), Is.Zero, "the master starts it");
            SetBits(A1 + CR2, SWSTART);
            RunFor(15.5 * Cycle);
            Assert.That(Read(CSR), Is.EqualTo(Enumerable.Range(0, members).Aggregate(0u, (sum, x) => sum | (STRT | EOC) << (8 * x))));
            Assert.That($"{Read(CDR):X8}", Is.EqualTo($"{CodeOf(2) << 16 | CodeOf(1):X8}"));
            Assert.That(Read(CSR) & (EOC | EOC << 8), Is.Zero);
            if(members == 3)
            {
                Assert.That($"{Read(CDR):X8}", Is.EqualTo($"{CodeOf(1) << 16 | CodeOf(3):X8}"));
                Assert.That($"{Read(CDR):X8}", Is.EqualTo($"{CodeOf(3) << 16 | CodeOf(2):X8}"));
            }
        }

        [TestCase(0x05u, 0x101u)]
        [TestCase(0x15u, 0x10101u)]
        public void ShouldConvertInjectedGroupsAtTheSameTime(uint mode, uint expected)
        {
            Write(CCR, mode);
            SwitchOnAll();
            SetBits(A1 + CR2, JSWSTART);
            RunFor(16 * Cycle);
            Assert.That($"{Read(CSR):X}", Is.EqualTo($"{expected * (JSTRT | JEOC):X}"));
        }

        [TestCase(0x09u, new[] { 1, 2, 1 })]
        [TestCase(0x02u, new[] { 1, 2, 1 })]
        [TestCase(0x19u, new[] { 1, 2, 3, 1 })]
        public void ShouldTakeTurns(uint mode, int[] expected)
        {
            Write(CCR, mode);
            SwitchOnAll();
            foreach(var number in expected)
            {
                SetBits(A1 + CR2, JSWSTART);
                RunFor(100 * Cycle);
                Assert.That($"{Read(CSR):X}", Is.EqualTo($"{(JSTRT | JEOC) << (8 * (number - 1)):X}"));
                Write(AdcBase + (0x100 * ((ulong)number - 1)) + SR, 0);
            }
        }

        // The second begins so many cycles after the first.
        [TestCase(0x07u, 0u, 0u, 5)]
        [TestCase(0x07u, 3u, 0u, 8)]
        [TestCase(0x07u, 15u, 0u, 20)]
        [TestCase(0x07u, 0u, 1u, 17)]
        [TestCase(0x17u, 0u, 0u, 5)]
        public void ShouldInterleave(uint mode, uint delay, uint sampling, int expected)
        {
            SetVolts();
            Write(CCR, mode | delay << 8);
            SwitchOnAll();
            foreach(var adc in new[] { A1, A2, A3 })
            {
                Write(adc + SMPR2, sampling * 0x09249249);
            }
            var length = sampling == 0 ? 15 : 27;
            SetBits(A1 + CR2, SWSTART);
            RunFor((length - 0.5) * Cycle);
            Assert.That(Read(CSR) & 0x020202u, Is.Zero);
            RunFor(Cycle);
            Assert.That(Read(CSR) & 0x020202u, Is.EqualTo(EOC));
            RunFor((expected - 1) * Cycle);
            Assert.That(Read(CSR) & 0x020202u, Is.EqualTo(EOC));
            RunFor(Cycle);
            Assert.That(Read(CSR) & 0x020202u, Is.EqualTo(EOC | EOC << 8));
            RunFor(expected * Cycle);
            Assert.That((Read(CSR) & EOC << 16) != 0, Is.EqualTo(mode == 0x17));
        }

        // Half-words one by one, pairs of half-words, pairs of bytes.
        [TestCase(0x06u, 1u)]
        [TestCase(0x16u, 1u)]
        [TestCase(0x06u, 2u)]
        [TestCase(0x17u, 2u)]
        [TestCase(0x06u, 3u)]
        public void ShouldAskDmaForPairs(uint mode, uint dmaMode)
        {
            SetVolts();
            var members = mode < 0x10 ? 2 : 3;
            var bytes = dmaMode == 3;
            if(bytes)
            {
                foreach(var adc in new[] { A1, A2 })
                {
                    Write(adc + CR1, 2 << 24);
                }
            }
            Sram.WriteBytes(0, new byte[64], 0, 64);
            Write(CCR, mode | dmaMode << 14);
            SwitchOnAll();
            Write(Dma2Base + 0x14, 6);
            Write(Dma2Base + 0x18, (uint)CDR);
            Write(Dma2Base + 0x1C, (uint)SramBase);
            Write(Dma2Base + 0x10, (dmaMode == 2 ? 2u << 11 | 2u << 13 : 1u << 11 | 1u << 13) | 1 << 10 | 1);
            for(var i = 0; i < 6; i++)
            {
                SetBits(A1 + CR2, SWSTART);
                RunFor(100 * Cycle);
            }
            var items = dmaMode == 1 ? 6 : 12;
            var expected = Enumerable.Range(0, items).Select(x => CodeOf((x % members) + 1) >> (bytes ? 4 : 0));
            Assert.That(Enumerable.Range(0, items).Select(x => bytes ? Sram.ReadByte(x) : (uint)Sram.ReadWord(2 * x)), Is.EqualTo(expected));
            Assert.That(Read(Dma2Base + 0x14), Is.Zero);
            Assert.That(Read(CSR) & (OVR | OVR << 8 | OVR << 16), Is.Zero);
        }

        /// <summary>Degrees Celsius of a conversion, by the two of the factory.</summary>
        private double Degrees(uint converted)
        {
            var (cold, hot) = (Signature.ReadWord(0xA2C), Signature.ReadWord(0xA2E));
            return 30 + (80.0 * (converted - (double)cold) / (hot - cold));
        }

        private void SetVolts()
        {
            Adc1.SetVoltage(0, 1);
            Adc1.SetVoltage(1, 2);
            Adc1.SetVoltage(2, 3);
        }

        private void SwitchOnAll()
        {
            foreach(var (adc, channel) in new[] { (A1, 0u), (A2, 1u), (A3, 2u) })
            {
                Write(adc + SQR3, channel);
                Write(adc + JSQR, channel << 15);
                SwitchOn(adc);
            }
        }
    }
}
