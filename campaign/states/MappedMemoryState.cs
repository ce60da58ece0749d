// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Content of a memory that cores have mapped, in pages that states share. Its fields say only where it is, which stays.</summary>
    internal sealed class MappedMemoryState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type == typeof(MappedMemory);

        /// <summary>State of a <see cref="MappedMemory"/>.</summary>
        public MappedMemoryState(object item)
        {
            memory = (MappedMemory)item;
            segments = memory.MappedSegments.ToArray();
        }

        /// <inheritdoc/>
        public override object TakeState(object previous)
        {
            var before = (byte[][])previous;
            var pages = new byte[(memory.Size + PageSize - 1) / PageSize][];
            var isSame = before != null;
            for(var i = 0; i < pages.Length; i++)
            {
                var content = PageAt(i);
                if(before != null && content.SequenceEqual(before[i]))
                {
                    pages[i] = before[i];
                    continue;
                }
                isSame = false;
                pages[i] = content.SequenceEqual(emptyPage) ? emptyPage : content.ToArray();
            }
            return isSame ? before : pages;
        }

        /// <inheritdoc/>
        public override void RestoreState(object state)
        {
            var pages = (byte[][])state;
            for(var i = 0; i < pages.Length; i++)
            {
                var content = PageAt(i);
                var first = content.CommonPrefixLength(pages[i]);
                // What is not there any more was disposed of.
                if(first < content.Length && SegmentAt(i).Pointer != IntPtr.Zero)
                {
                    // No more than what differs, as there may be code beside it.
                    var last = content.Length - 1;
                    while(content[last] == pages[i][last])
                    {
                        last--;
                    }
                    memory.WriteBytes(((long)i * PageSize) + first, pages[i], first, last - first + 1);
                }
            }
        }

        // What nobody has touched yet, or what is disposed of, is no memory of the process.
        private ReadOnlySpan<byte> PageAt(int index)
        {
            var offset = (ulong)index * PageSize;
            var size = (int)Math.Min(PageSize, (ulong)memory.Size - offset);
            var segment = SegmentAt(index);
            var start = segment.Pointer;
            if(start == IntPtr.Zero)
            {
                return emptyPage.AsSpan(0, size);
            }
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), start + (int)(offset - segment.StartingOffset)), size);
        }

        private IMappedSegment SegmentAt(int index) => segments[(ulong)index * PageSize / segments[0].Size];

        private readonly MappedMemory memory;
        private readonly IMappedSegment[] segments;

        private static readonly byte[] emptyPage = new byte[PageSize];

        private const int PageSize = 4096;
    }
}
