// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A program that reads a flag again and again until time alone changes it. Each read is many times dearer than memory, so the core skips
    /// the rest of such a loop, up to the next thing that any timer of the machine does: it sees nothing else than it would have.
    /// </summary>
    internal sealed class BusyWait
    {
        /// <summary>Has seen no read yet.</summary>
        /// <param name="machine">The machine.</param>
        public BusyWait(IMachine machine)
        {
            this.machine = machine;
        }

        /// <summary>A register was read, and what it shows will be changed by time, if by anything.</summary>
        /// <param name="value">What it shows.</param>
        public void HandleRead(uint value)
        {
            if(!machine.SystemBus.TryGetCurrentCPU(out var cpu) || !cpu.OnPossessedThread)
            {
                return;
            }
            var nothingBefore = machine.ElapsedVirtualTime.TimeElapsed + HostFeatures.NearestLimit(machine);
            var now = VirtualClock.Now(machine);
            // Otherwise what was read may be the past already.
            reads = value == lastValue && now < nothingBefore && now - lastRead <= LongestLoop ? reads + 1 : 0;
            lastRead = now;
            lastValue = value;
            // The core may come here once more before it stands still.
            if(reads >= ReadsOfALoop && now >= skipsUntil)
            {
                var rest = HostFeatures.NearestLimit(machine).Ticks / TimeInterval.TicksPerMicrosecond;
                if(rest > 0)
                {
                    HostFeatures.Stall(cpu, rest);
                    skipsUntil = now + TimeInterval.FromMicroseconds(rest);
                }
            }
        }

        private TimeInterval lastRead;
        private uint lastValue;
        private TimeInterval skipsUntil;
        private int reads;

        private readonly IMachine machine;

        // Some dozens of instructions; a loop that does more than wait is left alone.
        private static readonly TimeInterval LongestLoop = TimeInterval.FromMicroseconds(1);
        private const int ReadsOfALoop = 4;
    }
}
