// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>STM32F469/479 (RM0386): an F429 with a display interface (DSI) and memory behind QUADSPI.</summary>
    internal static class F469_F479
    {
        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F469_F479),
            DeviceId = 0x434,
            // Revision A.
            RevisionId = 0x1000,
            PinFunctions = F42x_F43x.PinFunctions.With(new PinFunctionMap
            {
                { 5, "SPI2_MOSI", "PC1" },
                { 5, "SPI2_SCK", "PA9" },
            }),
            Power = F42x_F43x.Power,
            Clocks = new RegisterMap
            {
                { "CR", 0x3F0FFFFB, 0x00000083 },
                { "PLLCFGR", 0x7F437FFF, 0x24003010 },
                { "CFGR", 0xFFFFFCFF },
                { "CIR", 0x00FF7FFF },
                { "AHB1RSTR", 0x22E017FF },
                { "AHB2RSTR", 0x000000F1 },
                { "AHB3RSTR", 0x00000003 },
                { "APB1RSTR", 0xF6FEC9FF },
                { "APB2RSTR", 0x0C777933 },
                { "AHB1ENR", 0x7EF417FF, 0x00100000 },
                { "AHB2ENR", 0x000000F1 },
                { "AHB3ENR", 0x00000003 },
                { "APB1ENR", 0xF6FEC9FF },
                { "APB2ENR", 0x0C777F33 },
                { "AHB1LPENR", 0x7EEF97FF, 0x7EEF97FF },
                { "AHB2LPENR", 0x000000F1, 0x000000F1 },
                { "AHB3LPENR", 0x00000003, 0x00000003 },
                { "APB1LPENR", 0xF6FEC9FF, 0xF6FEC9FF },
                { "APB2LPENR", 0x0C777F33, 0x0C777F33 },
                { "BDCR", 0x0001830F },
                { "PLLI2SCFGR", 0x7F007FC0, 0x24003000 },
                { "PLLSAICFGR", 0x7F037FC0, 0x24003000 },
                {
                    "DCKCFGR", ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("PLLSAIDIVR", 16, 2), ("SAI1ASRC", 20, 2), ("SAI1BSRC", 22, 2),
                    ("TIMPRE", 24, 1), ("CK48MSEL", 27, 1), ("SDIOSEL", 28, 1), ("DSISEL", 29, 1)
                },
                { "CKGATENR", 0 },
                { "DCKCFGR2", 0 },
            },
            Rtc = F405_F415.Rtc,
            Flash = F42x_F43x.Flash,
            SystemConfiguration = F42x_F43x.SystemConfiguration,
            FullSpeedUsb = OtgFacts.NewerFullSpeed,
            HighSpeedUsb = OtgFacts.NewerHighSpeed,
            VoltageScalingNeedsPllOff = true,
            HasI2cFilter = true,
            TemperatureChannel = 18,
            VbatDivider = 4,
            FlashBanks = 2,
        };
    }
}
