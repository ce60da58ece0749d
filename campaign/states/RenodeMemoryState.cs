// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Content of Renode's memory, in pages that states share. Its fields say only where it is, which stays.</summary>
    internal sealed class RenodeMemoryState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type == typeof(MappedMemory);

        /// <summary>State of a <see cref="MappedMemory"/>.</summary>
        public RenodeMemoryState(object item)
        {
            memory = (MappedMemory)item;
            isTouched = (Func<int, bool>)isTouchedMethod.CreateDelegate(typeof(Func<int, bool>), memory);
            pointerOf = (Func<int, IntPtr>)pointerMethod.CreateDelegate(typeof(Func<int, IntPtr>), memory);
            segmentSize = (int)segmentSizeProperty.GetValue(memory);
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
                if(first < content.Length)
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

        // What nobody has touched yet is no memory of the process.
        private ReadOnlySpan<byte> PageAt(int index)
        {
            var offset = (long)index * PageSize;
            var size = (int)Math.Min(PageSize, memory.Size - offset);
            var segment = (int)(offset / segmentSize);
            if(!isTouched(segment))
            {
                return emptyPage.AsSpan(0, size);
            }
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), pointerOf(segment) + (int)(offset % segmentSize)), size);
        }

        private readonly MappedMemory memory;
        private readonly Func<int, bool> isTouched;
        private readonly Func<int, IntPtr> pointerOf;
        private readonly int segmentSize;

        private static readonly MethodInfo isTouchedMethod = typeof(MappedMemory).GetMethod("IsTouched");
        private static readonly MethodInfo pointerMethod = typeof(MappedMemory).GetMethod("GetSegment");
        private static readonly PropertyInfo segmentSizeProperty = typeof(MappedMemory).GetProperty("SegmentSize");
        private static readonly byte[] emptyPage = new byte[PageSize];

        private const int PageSize = 4096;
    }
}
