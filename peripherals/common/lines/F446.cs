// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// STM32F446 (RM0390): small, with three PLLs that each have a factor M, and a second WKUP pin (EWUP2; EWUP is called EWUP1).
    /// </summary>
    internal static class F446
    {
        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F446),
            DeviceId = 0x421,
            // Revision A.
            RevisionId = 0x1000,
            PinFunctions = PinFunctionMap.Common.With(new PinFunctionMap
            {
                { 1, "TIM2_CH1", "PB8" },
                { 1, "TIM2_CH2", "PB9" },
                { 1, "TIM2_CH4", "PB2" },
                { 1, "TIM2_ETR", "PB8" },
                { 4, "I2C2_SDA", "PB3 PC12" },
                { 4, "I2C3_SDA", "PB4" },
                { 5, "SPI2_SCK", "PA9 PC7 PD3" },
                { 5, "SPI3_MOSI", "PC1 PD6" },
                { 5, "SPI4_MISO", "PD0 PE5 PE13" },
                { 5, "SPI4_MOSI", "PE6 PE14" },
                { 5, "SPI4_NSS", "PE4 PE11" },
                { 5, "SPI4_SCK", "PE2 PE12" },
                { 6, "SPI3_MOSI", "PD0" },
                { 6, "SPI4_MISO", "PG12" },
                { 6, "SPI4_MOSI", "PG13" },
                { 6, "SPI4_NSS", "PG14" },
                { 6, "SPI4_SCK", "PG11" },
                { 7, "SPI2_MOSI", "PC1" },
                { 7, "SPI2_NSS", "PB4 PD1" },
                { 7, "SPI3_MOSI", "PB0 PB2" },
                { 7, "USART3_RX", "PC5" },
                { 8, "UART5_RX", "PE7" },
                { 8, "UART5_TX", "PE8" },
            }),
            Power = new RegisterMap
            {
                { "CR", 0x003FEFFF, 0x0000C000 },
                { "CSR", 0x000F438F },
            },
            Clocks = new RegisterMap
            {
                { "CR", 0x3F0FFFFB, 0x00000083 },
                { "PLLCFGR", 0x7F437FFF, 0x24003010 },
                { "CFGR", 0xFF7FFCFF },
                { "CIR", 0x00FF7FFF },
                { "AHB1RSTR", 0x206010FF },
                { "AHB2RSTR", 0x00000081 },
                { "AHB3RSTR", 0x00000003 },
                { "APB1RSTR", 0x3FFFC9FF },
                { "APB2RSTR", 0x00C77933 },
                { "AHB1ENR", 0x606410FF },
                { "AHB2ENR", 0x00000081 },
                { "AHB3ENR", 0x00000003 },
                { "APB1ENR", 0x3FFFC9FF },
                { "APB2ENR", 0x00C77F33 },
                { "AHB1LPENR", 0x606790FF, 0x606790FF },
                { "AHB2LPENR", 0x00000081, 0x00000081 },
                { "AHB3LPENR", 0x00000003, 0x00000003 },
                { "APB1LPENR", 0x3FFFC9FF, 0x3FFFC9FF },
                { "APB2LPENR", 0x00C77F33, 0x00C77F33 },
                { "BDCR", 0x0001830F },
                { "PLLI2SCFGR", 0x7F037FFF, 0x24003010 },
                { "PLLSAICFGR", 0x0F037FFF, 0x04003010 },
                {
                    "DCKCFGR", ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("SAI1SRC", 20, 2), ("SAI2SRC", 22, 2), ("TIMPRE", 24, 1),
                    ("I2S1SRC", 25, 2), ("I2S2SRC", 27, 2)
                },
                {
                    "CKGATENR", ("AHB2APB1_CKEN", 0, 1), ("AHB2APB2_CKEN", 1, 1), ("CM4DBG_CKEN", 2, 1), ("SPARE_CKEN", 3, 1), ("SRAM_CKEN", 4, 1),
                    ("FLITF_CKEN", 5, 1), ("RCC_CKEN", 6, 1)
                },
                { "DCKCFGR2", ("FMPI2C1SEL", 22, 2), ("CECSEL", 26, 1), ("CK48MSEL", 27, 1), ("SDIOSEL", 28, 1), ("SPDIFRXSEL", 29, 1) },
            },
            Rtc = F405_F415.Rtc,
            Flash = new RegisterMap
            {
                { "ACR", 0x00001F0F },
                { "SR", 0x000101F3 },
                { "CR", 0x8301037F },
                { "OPTCR", 0x80FFFFEF },
                { "OPTCR1", 0 },
            },
            SystemConfiguration = new RegisterMap
            {
                { "MEMRMP", ("MEM_MODE", 0, 3), ("SWP_FMC", 10, 2) },
                { "PMC", ("ADC1DC2", 16, 1), ("ADC2DC2", 17, 1), ("ADC3DC2", 18, 1) },
                { "CFGR", ("FMPI2C1_SCL", 0, 1), ("FMPI2C1_SDA", 1, 1) },
            },
            FullSpeedUsb = OtgFacts.NewerFullSpeed,
            HighSpeedUsb = OtgFacts.NewerHighSpeed,
            VoltageScalingNeedsPllOff = true,
            HasI2cFilter = true,
            TemperatureChannel = 18,
            VbatDivider = 4,
            PllRIsSystemClock = true,
            SectorsOfBank = 8,
        };
    }
}
