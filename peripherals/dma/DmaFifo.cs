// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The four words between the two ports of a DMA stream: bytes come in by the width of one side, and leave by that of the other.</summary>
    internal sealed class DmaFifo
    {
        /// <summary>Adds the lowest bytes of a value. There must be room.</summary>
        public void Push(uint value, int width)
        {
            for(var i = 0; i < width; i++)
            {
                content[(first + Level++) % Size] = (byte)(value >> (8 * i));
            }
        }

        /// <summary>Takes the oldest bytes; zeroes take the place of those that are missing.</summary>
        public uint Pop(int width)
        {
            var result = 0u;
            for(var i = 0; i < width && Level > 0; i++)
            {
                result |= (uint)content[first] << (8 * i);
                first = (first + 1) % Size;
                Level--;
            }
            return result;
        }

        public void Clear()
        {
            first = 0;
            Level = 0;
        }

        /// <summary>Bytes that are in it.</summary>
        public int Level { get; private set; }

        /// <summary>Level as DMA_SxFCR.FS has it: quarters that are full, 4 for empty and 5 for full.</summary>
        public uint Status => Level == 0 ? 4u : Level == Size ? 5u : (uint)(Level * 4 / Size);

        /// <summary>Bytes that it holds.</summary>
        public const int Size = 16;

        private int first;

        private readonly byte[] content = new byte[Size];
    }
}
