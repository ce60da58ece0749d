// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Utilities
{
    /// <summary>Bit arithmetic on registers. Positions and widths are in bits, bit 0 is the lowest.</summary>
    public static class BitHelper
    {
        public static ulong CalculateQuadWordMask(int width, int position)
        {
            return width >= 64 ? ulong.MaxValue << position : ((1UL << width) - 1) << position;
        }

        public static bool IsBitSet(uint reg, byte bit) => ((reg >> bit) & 1) != 0;

        public static bool IsBitSet(ulong reg, byte bit) => ((reg >> bit) & 1) != 0;

        public static uint GetValue(uint reg, int offset, int size) => (uint)GetValue((ulong)reg, offset, size);

        public static ulong GetValue(ulong reg, int offset, int size) => (reg >> offset) & CalculateQuadWordMask(size, 0);

        public static void UpdateWithMasked(ref ulong reg, ulong newValue, ulong mask) => reg = (reg & ~mask) | (newValue & mask);

        /// <summary>Set bits as text, runs shortened: <c>0, 4-7</c>.</summary>
        public static string GetSetBitsPretty(ulong reg)
        {
            var parts = new List<string>();
            var bit = 0;
            while(bit < 64)
            {
                if(((reg >> bit) & 1) == 0)
                {
                    bit++;
                    continue;
                }
                var first = bit;
                while(bit < 64 && ((reg >> bit) & 1) != 0)
                {
                    bit++;
                }
                parts.Add(first == bit - 1 ? $"{first}" : $"{first}-{bit - 1}");
            }
            return string.Join(", ", parts);
        }
    }
}
