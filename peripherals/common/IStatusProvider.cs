// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A model that has something to say in the table of <see cref="STM32F4_Supplies.Status"/>.</summary>
    public interface IStatusProvider
    {
        /// <summary>Lines of the table: name and value.</summary>
        IEnumerable<KeyValuePair<string, string>> StatusLines { get; }
    }
}
