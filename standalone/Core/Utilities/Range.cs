// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Core
{
    /// <summary>A range of addresses; <see cref="EndAddress"/> belongs to it.</summary>
    public struct Range
    {
        public Range(ulong startAddress, ulong size)
        {
            if(size > 0 && startAddress + (size - 1) < startAddress)
            {
                throw new ArgumentException($"A range of 0x{size:X} bytes at 0x{startAddress:X} leaves the address space.");
            }
            StartAddress = startAddress;
            Size = size;
        }

        public bool Contains(ulong address) => address - StartAddress < Size;

        public bool Contains(long address) => Contains((ulong)address);

        public bool Contains(Range range) => range.Size <= Size && range.StartAddress >= StartAddress && range.StartAddress - StartAddress <= Size - range.Size;

        public bool Intersects(Range range) => Intersect(range) != null;

        public Range? Intersect(Range range)
        {
            var start = Math.Max(StartAddress, range.StartAddress);
            var end = Math.Min(EndAddress, range.EndAddress);
            return Size == 0 || range.Size == 0 || start > end ? null : new Range(start, end - start + 1);
        }

        public override string ToString() => $"<0x{StartAddress:X8}, 0x{EndAddress:X8}>";

        public override bool Equals(object obj) => obj is Range other && this == other;

        public override int GetHashCode() => HashCode.Combine(StartAddress, Size);

        public ulong StartAddress { get; private set; }

        public ulong EndAddress => StartAddress + Size - 1;

        /// <summary>Size in bytes.</summary>
        public ulong Size { get; private set; }

        public static bool operator ==(Range range, Range other) => range.StartAddress == other.StartAddress && range.Size == other.Size;

        public static bool operator !=(Range range, Range other) => !(range == other);
    }
}
