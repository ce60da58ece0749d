// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Levels of the supplies at which a chip acts, in volts.</summary>
    internal sealed class SupplyLevels
    {
        /// <summary>
        /// Typical values of the datasheets, "Embedded reset and power control block characteristics": all lines have the same.
        /// </summary>
        public static readonly SupplyLevels Typical = new SupplyLevels
        {
            PowerOn = 1.72,
            PowerDown = 1.68,
            LowestVdd = 1.8,
            LowestVbat = 1.65,
            BrownOut = new[] { (0, 0), (2.19, 2.29), (2.50, 2.59), (2.83, 2.92) },
            VoltageDetector = new[]
            {
                (2.04, 2.14), (2.19, 2.30), (2.35, 2.45), (2.51, 2.60), (2.66, 2.76), (2.84, 2.93), (2.93, 3.03), (3.03, 3.14),
            },
        };

        /// <summary>VDD at which the power-on reset ends.</summary>
        public double PowerOn { get; init; }

        /// <summary>VDD below which the power-down reset begins.</summary>
        public double PowerDown { get; init; }

        /// <summary>Lowest VDD that the chip is specified for.</summary>
        public double LowestVdd { get; init; }

        /// <summary>Lowest VBAT that holds the backup domain.</summary>
        public double LowestVbat { get; init; }

        /// <summary>Brown-out thresholds by level; level 0 is off.</summary>
        public (double Falling, double Rising)[] BrownOut { get; init; }

        /// <summary>Thresholds of the voltage detector, by PWR_CR.PLS.</summary>
        public (double Falling, double Rising)[] VoltageDetector { get; init; }
    }
}
