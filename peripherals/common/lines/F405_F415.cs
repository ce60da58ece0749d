// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>STM32F405/415 (RM0090).</summary>
    internal static class F405_F415
    {
        public static readonly RegisterMap Power = new RegisterMap
        {
            { "CR", 0x000043FF, 0x00004000 },
            { "CSR", 0x0000430F },
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
            // CCM's clock is on after reset.
            { "AHB1ENR", 0x7E7411FF, 0x00100000 },
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

        /// <summary>The RTC of all lines of the F4.</summary>
        public static readonly RegisterMap Rtc = new RegisterMap
        {
            { "CR", 0x00FFFFFF },
            // ST's HAL writes ones to all that is reserved here.
            { "ISR", 0x00017FFF, 0, 0xFFFE8000 },
            { "PRER", 0x007F7FFF, 0x007F00FF },
            { "SSR", 0x0000FFFF },
            { "SHIFTR", 0x80007FFF },
            { "TSSSR", 0x0000FFFF },
            { "CALR", 0x0000E1FF },
            { "TAFCR", 0x0007FF9F },
            { "ALRMASSR", 0x0F007FFF },
            { "ALRMBSSR", 0x0F007FFF },
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
            Name = nameof(ChipLine.F405_F415),
            DeviceId = 0x413,
            // Revision Y.
            RevisionId = 0x100F,
            Power = Power,
            Clocks = Clocks,
            Rtc = Rtc,
            Flash = Flash,
            VoltageScalingReadyWhenWritten = true,
        };
    }
}
