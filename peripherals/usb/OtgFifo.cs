// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>One of the FIFOs in the memory that all share (RM0090 34.11): a ring of words from a start to a depth.</summary>
    internal sealed class OtgFifo
    {
        /// <param name="memory">The shared memory.</param>
        public OtgFifo(uint[] memory)
        {
            this.memory = memory;
        }

        /// <summary>Gives the FIFO its place, in words; what is beyond the memory is cut off. It is empty then.</summary>
        public void Place(uint start, uint depth)
        {
            this.start = (int)Math.Min(start, (uint)memory.Length);
            Depth = (int)Math.Min(depth, (uint)(memory.Length - this.start));
            Flush();
        }

        public void Flush()
        {
            first = 0;
            Count = 0;
        }

        /// <summary>Adds a word; false if it is full.</summary>
        public bool Push(uint word)
        {
            if(Free == 0)
            {
                return false;
            }
            memory[start + ((first + Count) % Depth)] = word;
            Count++;
            return true;
        }

        /// <summary>Takes the oldest word; 0 if it is empty.</summary>
        public uint Pop()
        {
            if(Count == 0)
            {
                return 0;
            }
            var result = memory[start + first];
            first = (first + 1) % Depth;
            Count--;
            return result;
        }

        /// <summary>Words that it can hold.</summary>
        public int Depth { get; private set; }

        /// <summary>Words in it.</summary>
        public int Count { get; private set; }

        /// <summary>Words that can be added.</summary>
        public int Free => Depth - Count;

        private int start;
        private int first;

        private readonly uint[] memory;
    }
}
