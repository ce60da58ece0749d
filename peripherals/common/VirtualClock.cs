// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Virtual time, exact to the instruction when asked from a bus access of the core.</summary>
    internal static class VirtualClock
    {
        public static TimeInterval Now(IMachine machine)
        {
            Synchronize(machine);
            return machine.ElapsedVirtualTime.TimeElapsed;
        }

        /// <summary>The same in seconds.</summary>
        public static double SecondsNow(IMachine machine) => Now(machine).Ticks / (double)TimeInterval.TicksPerSecond;

        /// <summary>
        /// Brings time to the instruction that the core executes: before a timer is started or read from a bus access. Else it
        /// starts with the core's current slice, which is earlier.
        /// </summary>
        public static void Synchronize(IMachine machine)
        {
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                cpu.SyncTime();
            }
        }

        /// <summary>
        /// Lets a timer that was started from a bus access of the core come at its time, though it is near: Renode's core looks for
        /// the next one only before it goes on with its slice.
        /// </summary>
        public static void EndSlice(IMachine machine)
        {
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu) && cpu.OnPossessedThread && cpu is IControllableCPU core)
            {
                core.RequestReturn();
            }
        }
    }
}
