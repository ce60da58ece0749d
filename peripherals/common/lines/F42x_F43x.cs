// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>STM32F427/429/437/439 (RM0090): over-drive, a PLL for SAI, two banks of flash.</summary>
    internal static class F42x_F43x
    {
        public static readonly RegisterMap Power = new RegisterMap
        {
            { "CR", 0x000FEFFF, 0x0000C000 },
            { "CSR", 0x000F430F },
        };

        public static readonly RegisterMap Flash = new RegisterMap
        {
            { "ACR", 0x00001F0F },
            { "SR", 0x000101F3 },
            { "CR", 0x830183FF },
            { "OPTCR", 0xCFFFFFFF },
            { "OPTCR1", 0x0FFF0000 },
        };

        public static readonly RegisterMap SystemConfiguration = new RegisterMap
        {
            { "MEMRMP", ("MEM_MODE", 0, 3), ("FB_MODE", 8, 1), ("SWP_FMC", 10, 2) },
            { "PMC", ("ADC1DC2", 16, 1), ("ADC2DC2", 17, 1), ("ADC3DC2", 18, 1), ("MII_RMII_SEL", 23, 1) },
            { "CFGR", 0 },
        };

        public static readonly PinFunctionMap PinFunctions = PinFunctionMap.Common.With(new PinFunctionMap
        {
            { 5, "SPI2_SCK", "PD3" },
            { 5, "SPI3_MOSI", "PD6" },
            { 5, "SPI4_MISO", "PE5 PE13" },
            { 5, "SPI4_MOSI", "PE6 PE14" },
            { 5, "SPI4_NSS", "PE4 PE11" },
            { 5, "SPI4_SCK", "PE2 PE12" },
            { 5, "SPI5_MISO", "PF8 PH7" },
            { 5, "SPI5_MOSI", "PF9 PF11" },
            { 5, "SPI5_NSS", "PF6 PH5" },
            { 5, "SPI5_SCK", "PF7 PH6" },
            { 5, "SPI6_MISO", "PG12" },
            { 5, "SPI6_MOSI", "PG14" },
            { 5, "SPI6_NSS", "PG8" },
            { 5, "SPI6_SCK", "PG13" },
            { 8, "UART7_RX", "PE7 PF6" },
            { 8, "UART7_TX", "PE8 PF7" },
            { 8, "UART8_RX", "PE0" },
            { 8, "UART8_TX", "PE1" },
        });

        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F42x_F43x),
            DeviceId = 0x419,
            // Revision 3.
            RevisionId = 0x2001,
            PinFunctions = PinFunctions,
            Power = Power,
            Clocks = new RegisterMap
            {
                { "CR", 0x3F0FFFFB, 0x00000083 },
                // Bits 30:28 are PLLR in other lines; ST's HAL writes it here, too.
                { "PLLCFGR", 0x0F437FFF, 0x24003010, 0x70000000 },
                { "CFGR", 0xFFFFFCFF },
                { "CIR", 0x00FF7FFF },
                { "AHB1RSTR", 0x22E017FF },
                { "AHB2RSTR", 0x000000F1 },
                { "AHB3RSTR", 0x00000001 },
                { "APB1RSTR", 0xF6FEC9FF },
                { "APB2RSTR", 0x04777933 },
                { "AHB1ENR", 0x7EF417FF, 0x00100000 },
                { "AHB2ENR", 0x000000F1 },
                { "AHB3ENR", 0x00000001 },
                { "APB1ENR", 0xF6FEC9FF },
                { "APB2ENR", 0x04777F33 },
                { "AHB1LPENR", 0x7EEF97FF, 0x7EEF97FF },
                { "AHB2LPENR", 0x000000F1, 0x000000F1 },
                { "AHB3LPENR", 0x00000001, 0x00000001 },
                { "APB1LPENR", 0xF6FEC9FF, 0xF6FEC9FF },
                { "APB2LPENR", 0x04777F33, 0x04777F33 },
                { "BDCR", 0x00018307 },
                { "PLLI2SCFGR", 0x7F007FC0, 0x24003000 },
                { "PLLSAICFGR", 0x7F007FC0, 0x24003000 },
                { "DCKCFGR", ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("PLLSAIDIVR", 16, 2), ("SAI1ASRC", 20, 2), ("SAI1BSRC", 22, 2), ("TIMPRE", 24, 1) },
                { "CKGATENR", 0 },
                { "DCKCFGR2", 0 },
            },
            Rtc = F405_F415.Rtc,
            Flash = Flash,
            SystemConfiguration = SystemConfiguration,
            VoltageScalingNeedsPllOff = true,
            HasI2cFilter = true,
            TemperatureChannel = 18,
            VbatDivider = 4,
            FlashBanks = 2,
        };
    }
}
