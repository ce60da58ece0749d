// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections;
using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// The registers of a block that are not the same in all chip lines: which bits one line has, and what they hold after reset.
    /// A register without bits does not exist in it.
    /// </summary>
    internal sealed class RegisterMap : IEnumerable<KeyValuePair<string, RegisterMap.Entry>>
    {
        /// <summary>Adds a register by the manual's name.</summary>
        /// <param name="register">Name without that of the block.</param>
        /// <param name="bits">Bits that exist.</param>
        /// <param name="reset">Value after reset; bits that don't exist keep theirs.</param>
        /// <param name="silent">Bits that don't exist and that common firmware writes all the same.</param>
        public void Add(string register, uint bits, uint reset = 0, uint silent = 0)
        {
            entries.Add(register, new Entry { Bits = bits, Reset = reset, Silent = silent });
        }

        /// <summary>Adds a register by its fields, all 0 after reset.</summary>
        public void Add(string register, params (string Name, int Position, int Width)[] fields)
        {
            var bits = 0u;
            foreach(var (_, position, width) in fields)
            {
                bits |= ((1u << width) - 1) << position;
            }
            Add(register, bits);
        }

        /// <inheritdoc/>
        public IEnumerator<KeyValuePair<string, Entry>> GetEnumerator() => entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private readonly Dictionary<string, Entry> entries = new Dictionary<string, Entry>();

        /// <summary>One register.</summary>
        public struct Entry
        {
            public uint Bits;
            public uint Reset;
            public uint Silent;
        }
    }
}
