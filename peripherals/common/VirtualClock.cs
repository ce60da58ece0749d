// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Virtual time, exact to the instruction when asked from a bus access of the core.</summary>
    internal static class VirtualClock
    {
        public static TimeInterval Now(IMachine machine)
        {
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                // Otherwise the time is that of the start of the current slice.
                cpu.SyncTime();
            }
            return machine.ElapsedVirtualTime.TimeElapsed;
        }
    }
}
