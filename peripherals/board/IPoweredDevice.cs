// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>A part of the board that firmware can switch off: then nothing of it is on its bus.</summary>
    internal interface IPoweredDevice
    {
        /// <summary>Is it fed?</summary>
        bool IsPowered { get; }

        /// <summary>It was fed, and is no more.</summary>
        event Action<IPoweredDevice> SupplyLost;
    }
}
