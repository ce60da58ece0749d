// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A model that counts the time of day, on VBAT as well.</summary>
    public interface IKeepsTime
    {
        /// <summary>What its calendar shows; a date that there is none of is moved to one that there is.</summary>
        DateTime TimeOfDay { get; }

        /// <summary>Does it go on? Not without a clock, nor while it is being set.</summary>
        bool IsCounting { get; }
    }
}
