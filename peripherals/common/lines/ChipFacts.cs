// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// In what the lines differ, as far as the models need to know: a file a line. A model asks for a fact, never for the line.
    /// unit-tests/Fidelity measures them.
    /// </summary>
    internal sealed class ChipFacts
    {
        /// <summary>The facts of a line.</summary>
        public static ChipFacts Of(ChipLine line) => Table[line];

        /// <summary>The facts of the chip with these supplies; of an STM32F407 if there are none.</summary>
        public static ChipFacts Of(STM32F4_Supplies supplies) => Of(supplies == null ? ChipLine.F407_F417 : supplies.Line);

        /// <summary>The line as messages call it.</summary>
        public string Name { get; init; }

        /// <summary>Registers of PWR.</summary>
        public RegisterMap Power { get; init; }

        /// <summary>Registers of the RCC. RCC_xxxENR says which gates there are.</summary>
        public RegisterMap Clocks { get; init; }

        /// <summary>Registers of the RTC.</summary>
        public RegisterMap Rtc { get; init; }

        /// <summary>Registers of the flash interface.</summary>
        public RegisterMap Flash { get; init; }

        /// <summary>Registers of the debug component.</summary>
        public RegisterMap Debug { get; init; } = new RegisterMap
        {
            { "CR", 0x000000E7 },
            { "APB1_FZ", 0x06E01DFF },
            { "APB2_FZ", 0x00070003 },
        };

        /// <summary>Registers of SYSCFG.</summary>
        public RegisterMap SystemConfiguration { get; init; } = new RegisterMap
        {
            { "MEMRMP", 0x00000003 },
            { "PMC", 0x00800000 },
            { "CFGR", 0 },
        };

        /// <summary>Alternate functions of the pins.</summary>
        public PinFunctionMap PinFunctions { get; init; } = PinFunctionMap.Common;

        /// <summary>DBGMCU_IDCODE.DEV_ID.</summary>
        public uint DeviceId { get; init; }

        /// <summary>DBGMCU_IDCODE.REV_ID.</summary>
        public uint RevisionId { get; init; }

        /// <summary>Levels of VDD and VBAT at which something happens.</summary>
        public SupplyLevels Levels { get; init; } = SupplyLevels.Typical;

        /// <summary>PWR_CR.VOS can be written only while the main PLL is off.</summary>
        public bool VoltageScalingNeedsPllOff { get; init; }

        /// <summary>PWR_CSR.VOSRDY comes after VOS was written, too, not only while the main PLL runs.</summary>
        public bool VoltageScalingReadyWhenWritten { get; init; }

        /// <summary>SW in RCC_CFGR can choose output R of the main PLL.</summary>
        public bool PllRIsSystemClock { get; init; }

        /// <summary>I2C has a noise filter of its own, I2C_FLTR.</summary>
        public bool HasI2cFilter { get; init; }

        /// <summary>Channel of ADC1 that the temperature sensor is at: 16, or 18, which it then shares with VBAT.</summary>
        public int TemperatureChannel { get; init; } = 16;

        /// <summary>By what VBAT is divided at channel 18 of ADC1.</summary>
        public int VbatDivider { get; init; } = 2;

        /// <summary>Banks of flash, of up to <see cref="SectorsOfBank"/> sectors each.</summary>
        public int FlashBanks { get; init; } = 1;

        /// <summary>Sectors of a bank that nWRP has bits for.</summary>
        public int SectorsOfBank { get; init; } = 12;

        /// <summary>The controller OTG_FS.</summary>
        public OtgFacts FullSpeedUsb { get; init; } = OtgFacts.FullSpeed;

        /// <summary>The controller OTG_HS.</summary>
        public OtgFacts HighSpeedUsb { get; init; } = OtgFacts.HighSpeed;

        private static readonly Dictionary<ChipLine, ChipFacts> Table = new Dictionary<ChipLine, ChipFacts>
        {
            { ChipLine.F205_F215, F205_F215.Facts },
            { ChipLine.F207_F217, F207_F217.Facts },
            { ChipLine.F405_F415, F405_F415.Facts },
            { ChipLine.F407_F417, F407_F417.Facts },
            { ChipLine.F42x_F43x, F42x_F43x.Facts },
            { ChipLine.F446, F446.Facts },
            { ChipLine.F469_F479, F469_F479.Facts },
        };
    }
}
