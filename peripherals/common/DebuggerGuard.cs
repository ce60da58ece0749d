// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Keeps Monitor and debugger from a memory while flash read protection is at level 1 or 2 (RM0090 3.7.3): only the core gets at it.
    /// The first refusal is logged, the others are not.
    /// </summary>
    internal class DebuggerGuard
    {
        /// <param name="machine">The machine.</param>
        /// <param name="owner">Whose name the log line carries.</param>
        /// <param name="memory">What the memory is called there.</param>
        /// <param name="holdsVectors">
        /// The core reads its vectors from there in a reset, when it doesn't run: then GDB, which names the core, can't be told from it.
        /// </param>
        public DebuggerGuard(IMachine machine, IPeripheral owner, string memory, bool holdsVectors = false)
        {
            this.machine = machine;
            this.owner = owner;
            this.memory = memory;
            this.holdsVectors = holdsVectors;
        }

        /// <summary>Is this access one of a debugger's, and refused?</summary>
        /// <param name="level">Level of read protection, 0 to 2.</param>
        /// <param name="access">"read" or "write".</param>
        public bool Refuses(int level, string access)
        {
            // GDB names the core as the one that reads, but doesn't run on its thread.
            if(level == 0 || (machine.SystemBus.TryGetCurrentCPU(out var cpu) && (holdsVectors || cpu.OnPossessedThread)))
            {
                return false;
            }
            if(!isReported)
            {
                isReported = true;
                owner.Log(LogLevel.Warning, "Debugger's {0} of {1} refused: read protection is at level {2} (further ones are not logged)", access, memory, level);
            }
            return true;
        }

        private bool isReported;

        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly string memory;
        private readonly bool holdsVectors;
    }
}
