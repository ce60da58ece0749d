// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>The three ADCs, ports A, B and F, timer 2 and DMA2; PCLK2 is 16 MHz, so that a cycle of ADCCLK takes an eighth of a microsecond.</summary>
    public abstract class AdcTest : ChipTest
    {
        [SetUp]
        public void AddConverters() => AddConverters(ChipLine.F407_F417);

        protected void AddConverters(ChipLine line)
        {
            BuildChip(line: line);
            CompleteChip();
            Timer2 = AddTimer("timer2", Tim2Base, TimerKind.GeneralPurpose32, Alias.TIM2);
            Timer2.TriggerOutput.Connect(AdcCommon, 6);
            Timer2.TriggerOutput.Connect(AdcCommon, 19);
            ((GPIO)Timer2.Connections[1]).Connect(AdcCommon, 3);
            ((GPIO)Timer2.Connections[0]).Connect(AdcCommon, 18);
            Exti.Line11Trigger.Connect(AdcCommon, 15);
            Exti.Line15Trigger.Connect(AdcCommon, 31);
            GpioF = Attach(new STM32F4_GPIOPort(Machine, Rcc), "gpioPortF", 0x40021400, Alias.GPIOF);
            SetBits(Ahb1Enable, 0x3F | (1 << 22));
            SetBits(Apb1Enable, 1);
            SetBits(Apb2Enable, 7 << 8);
        }

        /// <summary>Switches an ADC on, and lets it settle.</summary>
        protected void SwitchOn(ulong adc, uint control2 = 0)
        {
            Write(adc + CR2, control2 | ADON);
            RunFor(5e-6);
        }

        /// <summary>Converts one regular channel.</summary>
        protected uint Convert(ulong adc, uint channel, uint sampling = 0)
        {
            Write(adc + SQR3, channel);
            Write(adc + SMPR1, sampling * 0x01249249);
            Write(adc + SMPR2, sampling * 0x09249249);
            SetBits(adc + CR2, SWSTART);
            RunFor(100e-6);
            Assert.That(Read(adc + SR) & EOC, Is.EqualTo(EOC));
            return Read(adc + DR);
        }

        /// <summary>The conversion of volts at VDD = 3.3 V.</summary>
        protected static uint CodeOf(double volts) => (uint)System.Math.Round(volts / 3.3 * 4095);

        protected STM32F4_Timer Timer2 { get; private set; }

        protected STM32F4_GPIOPort GpioF { get; private set; }

        protected const double Cycle = 0.125e-6;
        protected const ulong Apb2Enable = RccBase + 0x44;
        protected const ulong A1 = AdcBase;
        protected const ulong A2 = AdcBase + 0x100;
        protected const ulong A3 = AdcBase + 0x200;
        protected const ulong CSR = AdcCommonBase;
        protected const ulong CCR = AdcCommonBase + 4;
        protected const ulong CDR = AdcCommonBase + 8;
        protected const ulong SR = 0x00;
        protected const ulong CR1 = 0x04;
        protected const ulong CR2 = 0x08;
        protected const ulong SMPR1 = 0x0C;
        protected const ulong SMPR2 = 0x10;
        protected const ulong JOFR1 = 0x14;
        protected const ulong HTR = 0x24;
        protected const ulong LTR = 0x28;
        protected const ulong SQR1 = 0x2C;
        protected const ulong SQR3 = 0x34;
        protected const ulong JSQR = 0x38;
        protected const ulong JDR1 = 0x3C;
        protected const ulong DR = 0x4C;
        protected const uint AWD = 1 << 0;
        protected const uint EOC = 1 << 1;
        protected const uint JEOC = 1 << 2;
        protected const uint JSTRT = 1 << 3;
        protected const uint STRT = 1 << 4;
        protected const uint OVR = 1 << 5;
        protected const uint EOCIE = 1 << 5;
        protected const uint AWDIE = 1 << 6;
        protected const uint JEOCIE = 1 << 7;
        protected const uint SCAN = 1 << 8;
        protected const uint AWDSGL = 1 << 9;
        protected const uint JAUTO = 1 << 10;
        protected const uint DISCEN = 1 << 11;
        protected const uint JDISCEN = 1 << 12;
        protected const uint JAWDEN = 1 << 22;
        protected const uint AWDEN = 1 << 23;
        protected const uint OVRIE = 1 << 26;
        protected const uint ADON = 1 << 0;
        protected const uint CONT = 1 << 1;
        protected const uint DMA = 1 << 8;
        protected const uint DDS = 1 << 9;
        protected const uint EOCS = 1 << 10;
        protected const uint ALIGN = 1 << 11;
        protected const uint JSWSTART = 1 << 22;
        protected const uint SWSTART = 1 << 30;
        protected const uint VBATE = 1 << 22;
        protected const uint TSVREFE = 1 << 23;
    }
}
