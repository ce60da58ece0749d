// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Numerics;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>What must be known of an instruction beside executing it (ARMv7-M ARM, A5).</summary>
    internal static class Thumb
    {
        public static bool IsWide(ushort first) => first >= 0xE800;

        /// <summary>Instructions that the host has to look after.</summary>
        public static InstructionTraits GetTraits(ushort first, ushort second)
        {
            if(!IsWide(first))
            {
                if((first & 0xFFE8) == 0xB660)
                {
                    return InstructionTraits.ChangesMasks;
                }
                return first == 0xBF40 ? InstructionTraits.SendsEvent : InstructionTraits.None;
            }
            if((first & 0xEC00) == 0xEC00 && (second & 0x0E00) == 0x0A00)
            {
                return InstructionTraits.UsesFpu;
            }
            if((first & 0xFFE0) == 0xF380 && (second & 0xD000) == 0x8000)
            {
                return InstructionTraits.ChangesMasks;
            }
            return first == 0xF3AF && second == 0x8004 ? InstructionTraits.SendsEvent : InstructionTraits.None;
        }

        public static bool IsWaitForEvent(ushort beforeLast, ushort last) => last == 0xBF20 || (beforeLast == 0xF3AF && last == 0x8002);

        public static bool IsYield(ushort beforeLast, ushort last) => last == 0xBF10 || (beforeLast == 0xF3AF && last == 0x8001);

        /// <summary>Whether the instruction is SDIV or UDIV, and of which register it takes the divisor.</summary>
        public static bool TryGetDivisor(ushort first, ushort second, out int register)
        {
            register = second & 0xF;
            return (first & 0xFFD0) == 0xFB90 && (second & 0xF0) == 0xF0;
        }

        /// <summary>Which memory the instruction reads or writes, given the registers before it (R15 being its own address).</summary>
        public static bool TryGetAccess(ushort first, ushort second, ReadOnlySpan<uint> registers, out MemoryAccess access)
        {
            return IsWide(first) ? TryGetWideAccess(first, second, registers, out access) : TryGetNarrowAccess(first, registers, out access);
        }

        private static bool TryGetNarrowAccess(ushort code, ReadOnlySpan<uint> r, out MemoryAccess access)
        {
            var isLoad = (code & (1 << 11)) != 0;
            var rn = r[(code >> 3) & 7];
            var imm5 = (uint)(code >> 6) & 0x1F;
            switch(code >> 12)
            {
            case 0x4 when isLoad:
                access = new MemoryAccess(Literal(r) + (code & 0xFFu) * 4, 4, 1, isWrite: false);
                return true;
            case 0x5:
                var operation = (code >> 9) & 7;
                access = new MemoryAccess(rn + r[(code >> 6) & 7], operation switch { 0 or 4 => 4, 1 or 5 or 7 => 2, _ => 1 }, 1, isWrite: operation < 3);
                return true;
            case 0x6:
                access = new MemoryAccess(rn + imm5 * 4, 4, 1, !isLoad);
                return true;
            case 0x7:
                access = new MemoryAccess(rn + imm5, 1, 1, !isLoad);
                return true;
            case 0x8:
                access = new MemoryAccess(rn + imm5 * 2, 2, 1, !isLoad);
                return true;
            case 0x9:
                access = new MemoryAccess(r[13] + (code & 0xFFu) * 4, 4, 1, !isLoad);
                return true;
            case 0xB when(code & 0xF600) == 0xB400:
                var count = BitOperations.PopCount(code & 0x1FFu);
                access = new MemoryAccess(isLoad ? r[13] : r[13] - (uint)count * 4, 4, count, !isLoad, alwaysAligned: true);
                return true;
            case 0xC:
                access = new MemoryAccess(r[(code >> 8) & 7], 4, BitOperations.PopCount(code & 0xFFu), !isLoad, alwaysAligned: true);
                return true;
            default:
                access = default;
                return false;
            }
        }

        private static bool TryGetWideAccess(ushort first, ushort second, ReadOnlySpan<uint> r, out MemoryAccess access)
        {
            access = default;
            var n = first & 0xF;
            var isLoad = (first & (1 << 4)) != 0;
            var rn = n == 15 ? Literal(r) : r[n];
            var imm8 = second & 0xFFu;
            var writeBack = (first & (1 << 5)) != 0;
            var up = (first & (1 << 7)) != 0;
            var indexed = (first & (1 << 8)) != 0;
            switch(first >> 9)
            {
            case 0x74 when(first & (1 << 6)) == 0: // LDM, STM
                var count = BitOperations.PopCount((uint)second);
                access = new MemoryAccess(up ? rn : rn - (uint)count * 4, 4, count, !isLoad, alwaysAligned: true);
                return up != indexed;
            case 0x74 when indexed || writeBack: // LDRD, STRD
                access = new MemoryAccess(indexed ? Offset(rn, imm8 * 4, up) : rn, 4, 2, !isLoad, alwaysAligned: true);
                return true;
            case 0x74 when !up: // LDREX, STREX
                access = new MemoryAccess(rn + imm8 * 4, 4, 1, !isLoad, alwaysAligned: true);
                return true;
            case 0x74:
                var kind = (second >> 4) & 0xF;
                var index = n == 15 ? r[15] + 4 : rn;
                access = kind switch
                {
                    0 => new MemoryAccess(index + r[second & 0xF], 1, 1, isWrite: false),
                    1 => new MemoryAccess(index + r[second & 0xF] * 2, 2, 1, isWrite: false),
                    4 => new MemoryAccess(rn, 1, 1, !isLoad),
                    _ => new MemoryAccess(rn, 2, 1, !isLoad, alwaysAligned: true),
                };
                return kind <= 1 || kind == 4 || kind == 5;
            case 0x76 when(second & 0x0E00) == 0x0A00: // VLDR, VSTR, VLDM, VSTM
                if(indexed && !writeBack)
                {
                    access = new MemoryAccess(Offset(rn, imm8 * 4, up), 4, (second & (1 << 8)) != 0 ? 2 : 1, !isLoad, alwaysAligned: true);
                    return true;
                }
                access = new MemoryAccess(up ? rn : rn - imm8 * 4, 4, (int)imm8, !isLoad, alwaysAligned: true);
                return up != indexed;
            case 0x7C: // single loads and stores
                var size = (first >> 5) & 3;
                if(size == 3 || (isLoad && size != 2 && (second >> 12) == 0xF))
                {
                    return false;
                }
                uint address;
                if(n == 15)
                {
                    address = Offset(rn, second & 0xFFFu, up);
                }
                else if(up)
                {
                    address = rn + (second & 0xFFFu);
                }
                else if((second & (1 << 11)) != 0)
                {
                    address = (second & (1 << 10)) != 0 ? Offset(rn, imm8, (second & (1 << 9)) != 0) : rn;
                }
                else
                {
                    address = rn + (r[second & 0xF] << ((second >> 4) & 3));
                }
                access = new MemoryAccess(address, 1 << size, 1, !isLoad);
                return true;
            default:
                return false;
            }
        }

        private static uint Literal(ReadOnlySpan<uint> r) => (r[15] + 4) & ~3u;

        private static uint Offset(uint value, uint offset, bool up) => up ? value + offset : value - offset;
    }

    [Flags]
    internal enum InstructionTraits : ushort
    {
        None = 0,
        ChangesMasks = 1,
        UsesFpu = 2,
        SendsEvent = 4,
    }

    internal readonly struct MemoryAccess
    {
        public MemoryAccess(uint address, int unit, int count, bool isWrite, bool alwaysAligned = false)
        {
            Address = address;
            Unit = unit;
            Count = count;
            IsWrite = isWrite;
            AlwaysAligned = alwaysAligned;
        }

        public bool Overlaps(uint address, int size) => address < (ulong)Address + (uint)(Unit * Count) && Address < (ulong)address + (uint)size;

        public uint Address { get; }

        /// <summary>Bytes of one transfer.</summary>
        public int Unit { get; }

        public int Count { get; }

        public bool IsWrite { get; }

        /// <summary>Whether an unaligned address faults regardless of CCR.UNALIGN_TRP (A3.2.1).</summary>
        public bool AlwaysAligned { get; }

        public bool IsUnaligned => (Address & (uint)(Unit - 1)) != 0;
    }
}
