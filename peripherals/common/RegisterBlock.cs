// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A block of the chip that is made of registers: they are called as in the manual, have the bits that the chip line has, and
    /// what the guest does wrong is counted.
    /// </summary>
    public abstract class RegisterBlock : BasicDoubleWordPeripheral, IKnownSize
    {
        private protected RegisterBlock(IMachine machine, string block, Type registers, ChipFacts facts = null, Func<ChipFacts, RegisterMap> map = null) : base(machine)
        {
            this.block = block;
            this.facts = facts;
            ownerName = facts?.Name ?? "kind of " + block;
            mistakes = new GuestMistakes(machine, this);
            foreach(var register in Enum.GetValues(registers))
            {
                names.Add(Convert.ToInt64(register), register.ToString());
            }
            if(map != null)
            {
                foreach(var entry in map(facts))
                {
                    entries.Add(Convert.ToInt64(Enum.Parse(registers, entry.Key)), entry.Value);
                }
            }
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset)
        {
            if(!entries.TryGetValue(offset, out var entry))
            {
                return base.ReadDoubleWord(offset);
            }
            if(entry.Bits == 0)
            {
                this.Log(LogLevel.Warning, "{0} does not exist in the {1}: read as 0", OffsetToString(offset), ownerName);
                return 0;
            }
            return base.ReadDoubleWord(offset) & (entry.Bits | entry.Reset);
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(!entries.TryGetValue(offset, out var entry))
            {
                base.WriteDoubleWord(offset, value);
                return;
            }
            if(entry.Bits == 0)
            {
                this.Log(LogLevel.Warning, "{0} does not exist in the {1}: write ignored", OffsetToString(offset), ownerName);
                return;
            }
            var missing = (value ^ entry.Reset) & ~entry.Bits & ~entry.Silent;
            if(missing != 0)
            {
                this.Log(LogLevel.Warning, "{0}: bits 0x{1:X8} do not exist in the {2}: write of 0x{3:X8} is without them", OffsetToString(offset), missing, ownerName, value);
            }
            base.WriteDoubleWord(offset, (value & entry.Bits) | (entry.Reset & ~entry.Bits));
        }

        /// <summary>Name of a register as in the manual, e.g. PWR_CR.</summary>
        public override string OffsetToString(long offset) => names.TryGetValue(offset, out var name) ? $"{block}_{name}" : $"{block}+0x{offset:X}";

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Declares a register that has its reset value from the facts of the line.</summary>
        private protected DoubleWordRegister Define(Enum register) => register.Define(this, entries[Convert.ToInt64(register)].Reset);

        /// <summary>Bits of a register that exist in the line.</summary>
        private protected uint BitsOf(Enum register) => entries[Convert.ToInt64(register)].Bits;

        private protected readonly ChipFacts facts;
        private protected readonly GuestMistakes mistakes;

        private readonly string block;
        private readonly string ownerName;
        private readonly Dictionary<long, string> names = new Dictionary<long, string>();
        private readonly Dictionary<long, RegisterMap.Entry> entries = new Dictionary<long, RegisterMap.Entry>();
    }
}
