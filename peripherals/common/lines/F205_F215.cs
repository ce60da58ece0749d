// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// STM32F205/215 (RM0033, PM0059): the elder of the F4, with a Cortex-M3, at most 120 MHz. Its regulator has one voltage; its
    /// RTC has no sub-seconds and what came with them: shift, smooth calibration, a second and a filtered tamper input.
    /// </summary>
    /// <remarks>
    /// We choose: RCC_AHB1ENR is 0 after reset, since bit 20, which is 1 there in the F4, is the gate of a memory that the F2 has not.
    /// </remarks>
    internal static class F205_F215
    {
        public static readonly RegisterMap Power = new RegisterMap
        {
            { "CR", 0x000003FF },
            { "CSR", 0x0000030F },
        };

        public static readonly RegisterMap Clocks = new RegisterMap
        {
            { "CR", 0x0F0FFFFB, 0x00000083 },
            // Bits 30:28 are PLLR in other lines; ST's HAL writes it here, too.
            { "PLLCFGR", 0x0F437FFF, 0x24003010, 0x70000000 },
            { "CFGR", 0xFFFFFCFF },
            { "CIR", 0x00BF3FBF },
            { "AHB1RSTR", 0x226011FF },
            { "AHB2RSTR", 0x000000F1 },
            { "AHB3RSTR", 0x00000001 },
            { "APB1RSTR", 0x36FEC9FF },
            { "APB2RSTR", 0x00075933 },
            { "AHB1ENR", 0x7E6411FF },
            { "AHB2ENR", 0x000000F1 },
            { "AHB3ENR", 0x00000001 },
            { "APB1ENR", 0x36FEC9FF },
            { "APB2ENR", 0x00075F33 },
            { "AHB1LPENR", 0x7E6791FF, 0x7E6791FF },
            { "AHB2LPENR", 0x000000F1, 0x000000F1 },
            { "AHB3LPENR", 0x00000001, 0x00000001 },
            { "APB1LPENR", 0x36FEC9FF, 0x36FEC9FF },
            { "APB2LPENR", 0x00075F33, 0x00075F33 },
            { "BDCR", 0x00018307 },
            { "PLLI2SCFGR", 0x70007FC0, 0x20003000 },
            { "PLLSAICFGR", 0 },
            { "DCKCFGR", 0 },
            { "CKGATENR", 0 },
            { "DCKCFGR2", 0 },
        };

        public static readonly RegisterMap Rtc = new RegisterMap
        {
            { "CR", 0x00F7FFDF },
            // ST's HAL writes ones to all that is reserved here.
            { "ISR", 0x00003FF7, 0, 0xFFFFC008 },
            { "PRER", 0x007F1FFF, 0x007F00FF },
            { "SSR", 0 },
            { "SHIFTR", 0 },
            { "TSSSR", 0 },
            { "CALR", 0 },
            { "TAFCR", 0x00070007 },
            { "ALRMASSR", 0 },
            { "ALRMBSSR", 0 },
        };

        public static readonly RegisterMap Flash = new RegisterMap
        {
            { "ACR", 0x00001F07 },
            { "SR", 0x000100F3 },
            { "CR", 0x8301037F },
            { "OPTCR", 0x0FFFFFEF },
            { "OPTCR1", 0 },
        };

        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F205_F215),
            DeviceId = 0x411,
            // Revision X.
            RevisionId = 0x2003,
            Power = Power,
            Clocks = Clocks,
            Rtc = Rtc,
            Flash = Flash,
        };
    }
}
