// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What kind of reset happened: the rows of the table "what each reset keeps" (RM0090 7.1, 5.1.2).</summary>
    public enum ResetClass
    {
        /// <summary>NRST pin, software or a watchdog. RAM and the whole backup domain stay as they are.</summary>
        SystemReset,
        /// <summary>The 1.2 V domain goes off. Its registers are lost, PWR_CSR, the watchdog's count, LSI and the backup domain go on.</summary>
        StandbyEntry,
        /// <summary>The 1.2 V domain was off in Standby. RAM is lost, PWR_CSR and the backup domain are kept.</summary>
        StandbyWakeUp,
        /// <summary>
        /// VDD was below the brown-out level and above the power-down threshold. RAM and the backup domain are kept; the
        /// other reset flags are not, and PWR_CSR.SBF is.
        /// </summary>
        BrownOutReset,
        /// <summary>VDD was lost while VBAT was present. The backup domain is kept; backup SRAM only with its regulator on.</summary>
        PowerOnReset,
        /// <summary>VDD and VBAT were lost: nothing is kept.</summary>
        PowerOnResetWithoutBattery,
        /// <summary>RCC_BDCR.BDRST: the backup domain alone is reset, backup SRAM keeps its content.</summary>
        BackupDomainReset,
        /// <summary>A bit in RCC_xxxRSTR: the registers of one peripheral, and nothing else. Only that one is told.</summary>
        PeripheralReset,
    }

    /// <summary>What caused a reset. Each value is the flag of RCC_CSR that it leaves behind (RM0090 7.3.21).</summary>
    [Flags]
    public enum ResetCause : uint
    {
        /// <summary>No flag, as at a wake-up from Standby.</summary>
        None = 0,
        /// <summary>Supply below the brown-out level.</summary>
        BrownOut = 1u << 25,
        /// <summary>NRST pin low.</summary>
        Pin = 1u << 26,
        /// <summary>Power-on or power-down.</summary>
        PowerOn = 1u << 27,
        /// <summary>SYSRESETREQ of the core.</summary>
        Software = 1u << 28,
        /// <summary>Independent watchdog.</summary>
        IndependentWatchdog = 1u << 29,
        /// <summary>Window watchdog.</summary>
        WindowWatchdog = 1u << 30,
        /// <summary>Low-power mode entered although the option bytes forbid it.</summary>
        LowPower = 1u << 31,
    }
}
