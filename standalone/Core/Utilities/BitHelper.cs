// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Antmicro.Renode.Utilities
{
    /// <summary>Bit arithmetic on registers. Positions and widths are in bits, bit 0 is the lowest.</summary>
    public static class BitHelper
    {
        public static ulong CalculateQuadWordMask(int width, int position)
        {
            return width >= 64 ? ulong.MaxValue << position : ((1UL << width) - 1) << position;
        }

        public static uint CalculateMask(int width, int position)
        {
            return (uint)CalculateQuadWordMask(width, position);
        }

        public static ulong Bits(int position, int width) => CalculateQuadWordMask(width, position);

        public static long Bit(byte b) => 1L << b;

        public static bool IsBitSet(uint reg, byte bit) => ((reg >> bit) & 1) != 0;

        public static bool IsBitSet(ulong reg, byte bit) => ((reg >> bit) & 1) != 0;

        public static byte GetValue(byte reg, int offset, int size) => (byte)GetValue((ulong)reg, offset, size);

        public static ushort GetValue(ushort reg, int offset, int size) => (ushort)GetValue((ulong)reg, offset, size);

        public static uint GetValue(uint reg, int offset, int size) => (uint)GetValue((ulong)reg, offset, size);

        public static ulong GetValue(ulong reg, int offset, int size) => (reg >> offset) & CalculateQuadWordMask(size, 0);

        public static uint GetMaskedValue(uint reg, int maskOffset, int maskSize) => reg & CalculateMask(maskSize, maskOffset);

        public static ulong GetMaskedValue(ulong reg, int maskOffset, int maskSize) => reg & CalculateQuadWordMask(maskSize, maskOffset);

        public static uint SetBitsFrom(uint source, uint newValue, int position, int width)
        {
            return (uint)SetBitsFrom((ulong)source, newValue, position, width);
        }

        /// <summary>Takes the bits of <paramref name="newValue"/> inside the field and the others of <paramref name="source"/>.</summary>
        public static ulong SetBitsFrom(ulong source, ulong newValue, int position, int width)
        {
            var mask = CalculateQuadWordMask(width, position);
            return (source & ~mask) | (newValue & mask);
        }

        public static void UpdateWith(ref uint reg, uint newValue, int position, int width) => reg = SetBitsFrom(reg, newValue, position, width);

        public static void UpdateWith(ref ulong reg, ulong newValue, int position, int width) => reg = SetBitsFrom(reg, newValue, position, width);

        public static void UpdateWithShifted(ref uint reg, uint newValue, int position, int width) => reg = SetBitsFrom(reg, newValue << position, position, width);

        public static void UpdateWithShifted(ref ulong reg, ulong newValue, int position, int width) => reg = SetBitsFrom(reg, newValue << position, position, width);

        public static void UpdateWithMasked(ref uint reg, uint newValue, uint mask) => reg = (reg & ~mask) | (newValue & mask);

        public static void UpdateWithMasked(ref ulong reg, ulong newValue, ulong mask) => reg = (reg & ~mask) | (newValue & mask);

        public static void SetMaskedValue(ref uint reg, uint value, int maskOffset, int maskSize) => UpdateWithShifted(ref reg, value, maskOffset, maskSize);

        public static void SetMaskedValue(ref ulong reg, ulong value, int maskOffset, int maskSize) => UpdateWithShifted(ref reg, value, maskOffset, maskSize);

        public static uint SetMaskedValue(uint source, uint value, int maskOffset, int maskSize)
        {
            UpdateWithShifted(ref source, value, maskOffset, maskSize);
            return source;
        }

        public static ulong SetMaskedValue(ulong source, ulong value, int maskOffset, int maskSize)
        {
            UpdateWithShifted(ref source, value, maskOffset, maskSize);
            return source;
        }

        public static uint ReplaceBits(this uint destination, uint source, int width, int destinationPosition = 0, int sourcePosition = 0)
        {
            return SetBitsFrom(destination, (source >> sourcePosition) << destinationPosition, destinationPosition, width);
        }

        public static ulong ReplaceBits(this ulong destination, ulong source, int width, int destinationPosition = 0, int sourcePosition = 0)
        {
            return SetBitsFrom(destination, (source >> sourcePosition) << destinationPosition, destinationPosition, width);
        }

        public static void ReplaceBits(ref uint destination, uint source, int width, int destinationPosition = 0, int sourcePosition = 0)
        {
            destination = destination.ReplaceBits(source, width, destinationPosition, sourcePosition);
        }

        public static void SetBit(ref ulong reg, byte bit, bool value) => reg = value ? reg | (1UL << bit) : reg & ~(1UL << bit);

        public static void SetBit(ref uint reg, byte bit, bool value) => reg = value ? reg | (1u << bit) : reg & ~(1u << bit);

        public static void SetBit(ref byte reg, byte bit, bool value) => reg = (byte)(value ? reg | (1 << bit) : reg & ~(1 << bit));

        public static void SetBits(ref uint reg, int position, int width) => reg |= CalculateMask(width, position);

        public static void SetBits(ref ulong reg, int position, int width) => reg |= CalculateQuadWordMask(width, position);

        public static void ClearBits(ref uint reg, int position, int width) => reg &= ~CalculateMask(width, position);

        public static void ClearBits(ref ulong reg, int position, int width) => reg &= ~CalculateQuadWordMask(width, position);

        public static void ClearBits(ref uint reg, params byte[] bits)
        {
            foreach(var bit in bits)
            {
                reg &= ~(1u << bit);
            }
        }

        public static bool AreAnyBitsSet(uint reg, int position, int width) => (reg & CalculateMask(width, position)) != 0;

        public static bool AreAnyBitsSet(ulong reg, int position, int width) => (reg & CalculateQuadWordMask(width, position)) != 0;

        public static bool AreAllBitsSet(ulong reg, int position, int width) => (~reg & CalculateQuadWordMask(width, position)) == 0;

        public static IList<int> GetSetBits(ulong reg)
        {
            return Enumerable.Range(0, 64).Where(x => ((reg >> x) & 1) != 0).ToList();
        }

        public static uint GetSetBitsCount(ulong value) => (uint)BitOperations.PopCount(value);

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

        public static void ForeachBit(ulong reg, Action<byte, bool> action, byte? bitCount = null)
        {
            for(byte i = 0; i < (bitCount ?? 64); i++)
            {
                action(i, ((reg >> i) & 1) != 0);
            }
        }

        public static void ForeachActiveBit(ulong reg, Action<byte> action)
        {
            while(reg != 0)
            {
                action((byte)BitOperations.TrailingZeroCount(reg));
                reg &= reg - 1;
            }
        }

        public static bool[] GetBits(uint reg) => Enumerable.Range(0, 32).Select(x => IsBitSet(reg, (byte)x)).ToArray();

        public static uint GetValueFromBitsArray(IEnumerable<bool> array)
        {
            return array.Select((x, i) => x ? 1u << i : 0).Aggregate(0u, (x, y) => x | y);
        }

        public static uint SignExtend(uint value, int size) => (uint)((int)(value << (32 - size)) >> (32 - size));

        public static ulong SignExtend(ulong value, int size) => (ulong)((long)(value << (64 - size)) >> (64 - size));

        public static int GetMostSignificantSetBitIndex(ulong value) => value == 0 ? -1 : BitOperations.Log2(value);

        public static uint ReverseBits(uint i)
        {
            var result = 0u;
            for(var bit = 0; bit < 32; bit++)
            {
                result |= ((i >> bit) & 1) << (31 - bit);
            }
            return result;
        }

        public static byte ReverseBits(byte b) => (byte)(ReverseBits((uint)b) >> 24);

        public static ushort ReverseBits(ushort s) => (ushort)(ReverseBits((uint)s) >> 16);

        public static ushort ReverseBytes(ushort v) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(v);

        public static uint ReverseBytes(uint v) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(v);

        public static ulong ReverseBytes(ulong v) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(v);

        public const int BitsPerByte = 8;
    }
}
