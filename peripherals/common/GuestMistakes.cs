// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Keeps the mistakes of the guest program: the first of each kind is logged as a Warning with the program counter,
    /// the others are only counted, so that a loop in the firmware doesn't flood the log.
    /// </summary>
    public class GuestMistakes
    {
        public GuestMistakes(IMachine machine, IPeripheral owner)
        {
            this.machine = machine;
            this.owner = owner;
        }

        /// <summary>Counts one mistake.</summary>
        /// <param name="subject">Register or memory that was accessed, e.g. <c>PWR_CSR.BRE</c>.</param>
        /// <param name="rule">The broken rule and what it led to.</param>
        public void Report(string subject, string rule)
        {
            var key = subject + ": " + rule;
            counts.TryGetValue(key, out var count);
            counts[key] = count + 1;
            if(count > 0)
            {
                return;
            }
            var place = machine.SystemBus.TryGetCurrentCPU(out var cpu) ? $" [PC 0x{cpu.PC.RawValue:X8}]" : "";
            owner.Log(LogLevel.Warning, "{0}{1} (further ones are counted, not logged)", key, place);
        }

        /// <summary>One line for each kind of mistake: how often, and which.</summary>
        public string Summary => string.Join("\n", counts.OrderBy(x => x.Key).Select(x => $"{x.Value,8} x {x.Key}"));

        /// <summary>All mistakes so far.</summary>
        public int Count => counts.Values.Sum();

        private readonly Dictionary<string, int> counts = new Dictionary<string, int>();
        private readonly IMachine machine;
        private readonly IPeripheral owner;
    }
}
