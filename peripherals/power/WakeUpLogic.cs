// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// What ends Standby (RM0090 5.3.5, 5.4.2; errata of the F405/407, "wake-up sequence when using more than one wake-up source"):
    /// all sources are joined by OR, and one edge detector behind the OR sets WUF. While one source is high, no other is seen.
    /// </summary>
    /// <remarks>
    /// We choose: what is high when the supply comes, or when a reset clears WUF, makes no edge.
    /// </remarks>
    internal class WakeUpLogic
    {
        /// <summary>A system reset or more: WUF is clear, and the pins are disabled.</summary>
        public void Reset()
        {
            Flag = false;
            enabledPins = WakeUpSources.None;
            UpdatePins();
        }

        /// <summary>Sets sources: each is high while its flag and the interrupt enable of that are set.</summary>
        /// <param name="which">The sources that are told of.</param>
        /// <param name="high">Those of them that are high.</param>
        /// <returns>True if the edge detector has seen an edge.</returns>
        public bool SetSources(WakeUpSources which, WakeUpSources high)
        {
            var wasHigh = IsHigh;
            highSources = (highSources & ~which) | (high & which);
            return IsHigh && !wasHigh;
        }

        /// <summary>The level of a pin, which is seen while EWUP is set.</summary>
        /// <returns>True if the edge detector has seen an edge.</returns>
        public bool SetPin(WakeUpSources pin, bool level)
        {
            pinLevels = level ? pinLevels | pin : pinLevels & ~pin;
            return UpdatePins();
        }

        /// <summary>EWUP. A pin that is high already makes an edge, if nothing else is high.</summary>
        /// <returns>True if the edge detector has seen an edge.</returns>
        public bool EnablePin(WakeUpSources pin, bool value)
        {
            enabledPins = value ? enabledPins | pin : enabledPins & ~pin;
            return UpdatePins();
        }

        /// <summary>Is EWUP set?</summary>
        public bool IsEnabled(WakeUpSources pin) => (enabledPins & pin) != 0;

        /// <summary>PWR_CSR.WUF.</summary>
        public bool Flag { get; set; }

        /// <summary>Is any source high, so that no other is seen?</summary>
        public bool IsHigh => highSources != WakeUpSources.None;

        /// <summary>The sources that are high, as the manual calls them.</summary>
        public string HighSourceNames => string.Join(" and ", Enum.GetValues(typeof(WakeUpSources)).Cast<WakeUpSources>()
            .Where(x => IsOne(x) && (highSources & x) != 0).Select(NameOf));

        private bool UpdatePins() => SetSources(WakeUpSources.Pins, pinLevels & enabledPins);

        private static bool IsOne(WakeUpSources sources) => sources != 0 && (sources & (sources - 1)) == 0;

        private static string NameOf(WakeUpSources source)
        {
            switch(source)
            {
            case WakeUpSources.Pin:
                return "PA0 (PWR_CSR.EWUP)";
            case WakeUpSources.SecondPin:
                return "PC13 (PWR_CSR.EWUP2)";
            default:
                return "RTC_ISR." + source;
            }
        }

        private WakeUpSources highSources;
        private WakeUpSources pinLevels;
        private WakeUpSources enabledPins;
    }

    /// <summary>Sources of wake-up from Standby; those of the RTC are called as their flags.</summary>
    [Flags]
    internal enum WakeUpSources
    {
        None = 0,
        Pin = 1 << 0,
        SecondPin = 1 << 1,
        ALRAF = 1 << 2,
        ALRBF = 1 << 3,
        WUTF = 1 << 4,
        TSF = 1 << 5,
        TAMP1F = 1 << 6,
        TAMP2F = 1 << 7,
        Pins = Pin | SecondPin,
        Alarms = ALRAF | ALRBF,
        TampersAndTimestamp = TSF | TAMP1F | TAMP2F,
        Rtc = Alarms | WUTF | TampersAndTimestamp,
    }
}
