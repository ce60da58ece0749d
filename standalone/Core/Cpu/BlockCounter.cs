// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>
    /// The short way of <see cref="CortexM"/>'s call before each block, in machine code: a block of the guest has about three
    /// instructions, and a change from native to managed code and back takes several times as long as these. There is one for 64-bit x86
    /// under Linux; elsewhere, or where memory can't be made executable, each block takes the long way, and all else is as before.
    /// </summary>
    internal static unsafe class BlockCounter
    {
        /// <summary>Looks a block up in its table, and counts it, if it is known and nothing is to be done before it; else calls on.</summary>
        /// <param name="layout">Where it finds what.</param>
        /// <param name="otherwise">The long way, with the same arguments.</param>
        /// <returns>A function (engine, address, size, state) as the engine calls it; null: there is none for this machine.</returns>
        public static void* TryCreate(Layout layout, void* otherwise)
        {
            if(RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
            {
                return null;
            }
            var code = Assemble(layout, (ulong)otherwise);
            var memory = mmap(null, PageSize, ProtectRead | ProtectWrite, MapPrivate | MapAnonymous, -1, 0);
            if(memory == MapFailed)
            {
                return null;
            }
            code.CopyTo(new Span<byte>(memory, PageSize));
            // It stays: there is one for the process.
            return mprotect(memory, PageSize, ProtectRead | ProtectExecute) == 0 ? memory : null;
        }

        // The arguments are in rdi, rsi, rdx and rcx, and stay there for the long way.
        private static byte[] Assemble(Layout layout, ulong otherwise)
        {
            var code = new List<byte>();
            var jumps = new List<int>();
            // r8 = state.Table + 12 * ((address >> 1) & mask)
            Add(0x89, 0xF0);
            Add(0xD1, 0xE8);
            Add(BitConverter.GetBytes(layout.TableMask).Prepend((byte)0x25).ToArray());
            Add(0x48, 0x8D, 0x04, 0x40);
            Add(0x4C, 0x8B, 0x41, layout.Table);
            Add(0x4D, 0x8D, 0x04, 0x80);
            // if(r8.Address != address || r8.Size != size) goto otherwise
            Add(0x41, 0x39, 0x30);
            JumpOtherwise(IfNotEqual);
            Add(0x41, 0x0F, 0xB7, 0x40, layout.BlockInfoSize);
            Add(0x39, 0xD0);
            JumpOtherwise(IfNotEqual);
            // r9 = state.Executed; if(r9 >= state.Limit) goto otherwise
            Add(0x4C, 0x8B, 0x49, layout.Executed);
            Add(0x4C, 0x3B, 0x49, layout.Limit);
            JumpOtherwise(IfNotBelow);
            // if((r8.Traits & state.Traps) != 0 || state.Tracing != 0) goto otherwise
            Add(0x41, 0x0F, 0xB7, 0x40, layout.BlockInfoTraits);
            Add(0x66, 0x85, 0x41, layout.Traps);
            JumpOtherwise(IfNotEqual);
            Add(0x83, 0x79, layout.Tracing, 0);
            JumpOtherwise(IfNotEqual);
            // state.BlockAddress = address; state.BlockSize = size; state.CurrentCount = r8.Count; state.Executed = r9 + r8.Count
            Add(0x89, 0x71, layout.BlockAddress);
            Add(0x89, 0x51, layout.BlockSize);
            Add(0x41, 0x0F, 0xB7, 0x40, layout.BlockInfoCount);
            Add(0x89, 0x41, layout.CurrentCount);
            Add(0x49, 0x01, 0xC1);
            Add(0x4C, 0x89, 0x49, layout.Executed);
            Add(0xC3);
            foreach(var jump in jumps)
            {
                code[jump] = (byte)(code.Count - jump - 1);
            }
            // otherwise: jump there
            Add(BitConverter.GetBytes(otherwise).Prepend((byte)0xB8).Prepend((byte)0x48).ToArray());
            Add(0xFF, 0xE0);
            return code.ToArray();

            void Add(params byte[] bytes) => code.AddRange(bytes);

            void JumpOtherwise(byte condition)
            {
                jumps.Add(code.Count + 1);
                Add(condition, 0);
            }
        }

        [DllImport("libc")]
        private static extern void* mmap(void* address, nuint size, int protection, int flags, int file, nint offset);

        [DllImport("libc")]
        private static extern int mprotect(void* address, nuint size, int protection);

        /// <summary>Bytes of an entry of the table.</summary>
        public const int EntrySize = 12;

        private static readonly void* MapFailed = (void*)-1;

        private const byte IfNotEqual = 0x75;
        private const byte IfNotBelow = 0x73;
        private const int PageSize = 4096;
        private const int ProtectRead = 1;
        private const int ProtectWrite = 2;
        private const int ProtectExecute = 4;
        private const int MapPrivate = 2;
        private const int MapAnonymous = 0x20;

        /// <summary>Offsets in the state that the engine hands over, and in an entry of the table in it.</summary>
        internal struct Layout
        {
            public byte Executed;
            public byte Limit;
            public byte Table;
            public byte Traps;
            public byte Tracing;
            public byte BlockAddress;
            public byte BlockSize;
            public byte CurrentCount;
            /// <summary>The address is at 0.</summary>
            public byte BlockInfoSize;
            public byte BlockInfoCount;
            public byte BlockInfoTraits;
            /// <summary>Entries of the table, a power of two, minus one.</summary>
            public uint TableMask;
        }
    }
}
