// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Lines of the STM32F4 that have backup SRAM. Said once, to <see cref="STM32F4_Supplies"/>.</summary>
    public enum ChipLine
    {
        /// <summary>STM32F405/415 (RM0090): one register map with the next one; no Ethernet, no camera interface.</summary>
        F405_F415,
        /// <summary>STM32F407/417 (RM0090).</summary>
        F407_F417,
        /// <summary>STM32F427/429/437/439 (RM0090).</summary>
        F42x_F43x,
        /// <summary>STM32F446 (RM0390).</summary>
        F446,
        /// <summary>STM32F469/479 (RM0386).</summary>
        F469_F479,
    }

    /// <summary>In what the lines differ, as far as the models need to know.</summary>
    internal sealed class ChipFacts
    {
        /// <summary>The facts of a line.</summary>
        public static ChipFacts Of(ChipLine line) => Table[line];

        /// <summary>RCC_AHB1ENR, AHB2ENR, AHB3ENR, APB1ENR, APB2ENR: bits that exist. CCM's clock is on after reset.</summary>
        public uint[] Enable;

        /// <summary>Their bits in RCC_xxxRSTR.</summary>
        public uint[] Reset;

        /// <summary>RCC_xxxLPENR: bits that exist, which are all set after reset.</summary>
        public uint[] LowPower;

        /// <summary>Reset value of RCC_AHB1ENR.</summary>
        public uint Ahb1EnableReset;

        /// <summary>PLLR in RCC_PLLCFGR.</summary>
        public bool PllHasR;

        /// <summary>SW in RCC_CFGR can choose output R of the main PLL.</summary>
        public bool HasPllRAsSystemClock;

        /// <summary>RCC_PLLI2SCFGR after reset.</summary>
        public uint PllI2SReset;

        /// <summary>RCC_PLLSAICFGR after reset; 0 where there is no such PLL.</summary>
        public uint PllSaiReset;

        /// <summary>Fields of RCC_PLLI2SCFGR besides PLLI2SN and PLLI2SR, and of RCC_PLLSAICFGR besides PLLSAIN: M, P, Q, R.</summary>
        public string PllI2SFactors = "";
        public string PllSaiFactors = "";

        /// <summary>Fields of RCC_DCKCFGR and RCC_DCKCFGR2: name, position, width.</summary>
        public (string Name, int Position, int Width)[] DedicatedClocks = { };
        public (string Name, int Position, int Width)[] DedicatedClocks2 = { };

        /// <summary>Flags of RCC_CKGATENR, from bit 0.</summary>
        public string[] ClockGating = { };

        /// <summary>LSEMOD in RCC_BDCR.</summary>
        public bool HasLseMode;

        /// <summary>I2SSRC in RCC_CFGR.</summary>
        public bool HasI2SSource;

        /// <summary>Over-drive, two bits of VOS and the low-voltage modes in PWR_CR.</summary>
        public bool HasOverDrive;

        /// <summary>EWUP2 in PWR_CSR.</summary>
        public bool HasSecondWakeUpPin;

        /// <summary>FMSSR and FISSR in PWR_CR.</summary>
        public bool HasFlashStopBits;

        /// <summary>Two banks of up to 12 sectors each, and the register bits for them.</summary>
        public bool HasTwoFlashBanks;

        /// <summary>Width of LATENCY in FLASH_ACR.</summary>
        public int FlashLatencyWidth = 4;

        /// <summary>Read protection of single sectors: RDERR and SPRMOD.</summary>
        public bool HasSectorReadProtection = true;

        /// <summary>Bits of nWRP in FLASH_OPTCR.</summary>
        public int FlashSectorsOfBank = 12;

        private static readonly (string, int, int)[] SaiClocks =
        {
            ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("PLLSAIDIVR", 16, 2), ("SAI1ASRC", 20, 2), ("SAI1BSRC", 22, 2), ("TIMPRE", 24, 1),
        };

        private static readonly ChipFacts F40x = new ChipFacts
        {
            Enable = new uint[] { 0x7E7411FF, 0xF1, 0x1, 0x36FEC9FF, 0x00075F33 },
            Reset = new uint[] { 0x226011FF, 0xF1, 0x1, 0x36FEC9FF, 0x00075933 },
            LowPower = new uint[] { 0x7E6791FF, 0xF1, 0x1, 0x36FEC9FF, 0x00075F33 },
            Ahb1EnableReset = 0x00100000,
            PllI2SReset = 0x20003000,
            HasI2SSource = true,
            FlashLatencyWidth = 3,
            HasSectorReadProtection = false,
        };

        private static readonly Dictionary<ChipLine, ChipFacts> Table = new Dictionary<ChipLine, ChipFacts>
        {
            { ChipLine.F405_F415, F40x },
            { ChipLine.F407_F417, F40x },
            {
                ChipLine.F42x_F43x, new ChipFacts
                {
                    Enable = new uint[] { 0x7EF417FF, 0xF1, 0x1, 0xF6FEC9FF, 0x04777F33 },
                    Reset = new uint[] { 0x22E017FF, 0xF1, 0x1, 0xF6FEC9FF, 0x04777933 },
                    LowPower = new uint[] { 0x7EEF97FF, 0xF1, 0x1, 0xF6FEC9FF, 0x04777F33 },
                    Ahb1EnableReset = 0x00100000,
                    PllI2SReset = 0x24003000,
                    PllSaiReset = 0x24003000,
                    PllI2SFactors = "Q",
                    PllSaiFactors = "QR",
                    DedicatedClocks = SaiClocks,
                    HasI2SSource = true,
                    HasOverDrive = true,
                    HasTwoFlashBanks = true,
                }
            },
            {
                ChipLine.F446, new ChipFacts
                {
                    Enable = new uint[] { 0x606410FF, 0x81, 0x3, 0x3FFFC9FF, 0x00C77F33 },
                    Reset = new uint[] { 0x206010FF, 0x81, 0x3, 0x3FFFC9FF, 0x00C77933 },
                    LowPower = new uint[] { 0x606790FF, 0x81, 0x3, 0x3FFFC9FF, 0x00C77F33 },
                    PllHasR = true,
                    HasPllRAsSystemClock = true,
                    PllI2SReset = 0x24003010,
                    PllSaiReset = 0x04003010,
                    PllI2SFactors = "MPQ",
                    PllSaiFactors = "MPQ",
                    DedicatedClocks = new[]
                    {
                        ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("SAI1SRC", 20, 2), ("SAI2SRC", 22, 2), ("TIMPRE", 24, 1),
                        ("I2S1SRC", 25, 2), ("I2S2SRC", 27, 2),
                    },
                    DedicatedClocks2 = new[]
                    {
                        ("FMPI2C1SEL", 22, 2), ("CECSEL", 26, 1), ("CK48MSEL", 27, 1), ("SDIOSEL", 28, 1), ("SPDIFRXSEL", 29, 1),
                    },
                    ClockGating = new[] { "AHB2APB1_CKEN", "AHB2APB2_CKEN", "CM4DBG_CKEN", "SPARE_CKEN", "SRAM_CKEN", "FLITF_CKEN", "RCC_CKEN" },
                    HasLseMode = true,
                    HasOverDrive = true,
                    HasSecondWakeUpPin = true,
                    HasFlashStopBits = true,
                    FlashSectorsOfBank = 8,
                }
            },
            {
                ChipLine.F469_F479, new ChipFacts
                {
                    Enable = new uint[] { 0x7EF417FF, 0xF1, 0x3, 0xF6FEC9FF, 0x0C777F33 },
                    Reset = new uint[] { 0x22E017FF, 0xF1, 0x3, 0xF6FEC9FF, 0x0C777933 },
                    LowPower = new uint[] { 0x7EEF97FF, 0xF1, 0x3, 0xF6FEC9FF, 0x0C777F33 },
                    Ahb1EnableReset = 0x00100000,
                    PllHasR = true,
                    PllI2SReset = 0x24003000,
                    PllSaiReset = 0x24003000,
                    PllI2SFactors = "Q",
                    PllSaiFactors = "PQR",
                    DedicatedClocks = new[]
                    {
                        ("PLLI2SDIVQ", 0, 5), ("PLLSAIDIVQ", 8, 5), ("PLLSAIDIVR", 16, 2), ("SAI1ASRC", 20, 2), ("SAI1BSRC", 22, 2),
                        ("TIMPRE", 24, 1), ("CK48MSEL", 27, 1), ("SDIOSEL", 28, 1), ("DSISEL", 29, 1),
                    },
                    HasLseMode = true,
                    HasI2SSource = true,
                    HasOverDrive = true,
                    HasTwoFlashBanks = true,
                }
            },
        };
    }
}
