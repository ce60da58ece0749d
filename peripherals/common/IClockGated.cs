// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A model that handles its own clock gate. <see cref="STM32F4_RCC"/> sets this property for it; any other
    /// peripheral is switched off on the bus instead.
    /// </summary>
    public interface IClockGated
    {
        /// <summary>State of the enable bit in RCC_xxxENR. Off at reset.</summary>
        bool ClockEnabled { get; set; }
    }
}
