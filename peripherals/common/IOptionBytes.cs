// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A low-power mode that can be turned into a reset by the option bytes.</summary>
    public enum LowPowerMode
    {
        /// <summary>Stop; nRST_STOP.</summary>
        Stop,
        /// <summary>Standby; nRST_STDBY.</summary>
        Standby,
    }

    /// <summary>What the option bytes say to others than flash (RM0090 3.7.1), as loaded by the last reset.</summary>
    public interface IOptionBytes
    {
        /// <summary>Brown-out level 1 to 3, or 0 for off. BOR_LEV holds the levels in reverse: 0 is level 3.</summary>
        int BrownOutLevel { get; }

        /// <summary>Is entering Stop a reset? The inverse of nRST_STOP.</summary>
        bool ResetsOnStop { get; }

        /// <summary>Is entering Standby a reset? The inverse of nRST_STDBY.</summary>
        bool ResetsOnStandby { get; }

        /// <summary>Does a reset start the independent watchdog? The inverse of WDG_SW.</summary>
        bool HardwareWatchdog { get; }

        /// <summary>Read protection of flash, backup SRAM and backup registers: level 0, 1, or 2, which is final. Acts from its programming on.</summary>
        int ReadProtectionLevel { get; }
    }
}
