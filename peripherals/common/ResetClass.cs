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

    /// <summary>A low-power mode that can be turned into a reset by the option bytes.</summary>
    public enum LowPowerMode
    {
        /// <summary>Stop; nRST_STOP.</summary>
        Stop,
        /// <summary>Standby; nRST_STDBY.</summary>
        Standby,
    }

    /// <summary>What the option bytes say about resets (RM0090 3.7.1), as loaded by the last reset.</summary>
    public interface IResetOptions
    {
        /// <summary>Brown-out level 1 to 3, or 0 for off. BOR_LEV holds the levels in reverse: 0 is level 3.</summary>
        int BrownOutLevel { get; }

        /// <summary>Is entering Stop a reset? The inverse of nRST_STOP.</summary>
        bool ResetsOnStop { get; }

        /// <summary>Is entering Standby a reset? The inverse of nRST_STDBY.</summary>
        bool ResetsOnStandby { get; }

        /// <summary>Does a reset start the independent watchdog? The inverse of WDG_SW.</summary>
        bool HardwareWatchdog { get; }
    }

    /// <summary>A model that is told, once, of each reset by <see cref="STM32F4_Supplies"/>.</summary>
    public interface IResetClassMember
    {
        /// <summary>
        /// Does to this model what the class of reset does on silicon. Registers of the VDD domain alone may be left to
        /// <see cref="IPeripheral.Reset"/>, which follows for every class but <see cref="ResetClass.BackupDomainReset"/>.
        /// </summary>
        void ApplyReset(ResetClass resetClass, ResetCause cause);
    }
}
