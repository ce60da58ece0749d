// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What Renode's core notes of a memory that is mapped: whether it knows where that is in the process. It goes on knowing.</summary>
    internal static class RenodeMappingState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type.FullName == "Antmicro.Renode.Peripherals.CPU.SegmentMapping";
    }
}
