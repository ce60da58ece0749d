// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>How the supplies went and came back around a cut, as it was measured; straight lines from point to point.</summary>
    public sealed class SupplyCurve
    {
        /// <summary>In order of time; two at the same time are a step.</summary>
        public IReadOnlyList<SupplyPoint> Points = new SupplyPoint[0];
        /// <summary>Virtual microseconds after the cut at which the core had no power any more: 0 if it was gone at once.</summary>
        public double CoreStopped;
        /// <summary>VDD in volts below which the chip is off.</summary>
        public double PowerDown;
        /// <summary>VDD in volts from which on it is on again.</summary>
        public double PowerOn;
        /// <summary>VDD in volts below which the brown-out reset holds the chip; 0: it is off.</summary>
        public double BrownOut;
        /// <summary>VDD in volts from which on it lets the chip run again; 0: it is off.</summary>
        public double BrownOutEnd;
    }

    /// <summary>What was measured at a moment.</summary>
    public struct SupplyPoint
    {
        /// <summary>Virtual microseconds after the cut; before it they are negative.</summary>
        public double Microseconds;
        /// <summary>VDD in volts.</summary>
        public double Vdd;
        /// <summary>VBAT in volts.</summary>
        public double Vbat;
    }
}
