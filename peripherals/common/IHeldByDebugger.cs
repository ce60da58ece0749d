// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A model that can stand still while a debugger halts the core (RM0090 38.16.2). <see cref="STM32F4_DBGMCU"/> sets this property.</summary>
    public interface IHeldByDebugger
    {
        /// <summary>Does it stand still? Registers can be read and written as ever.</summary>
        bool IsHeldByDebugger { get; set; }
    }
}
