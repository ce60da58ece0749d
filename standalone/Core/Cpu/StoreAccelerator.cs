// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>
    /// Makes stores to memory as fast as loads. Unicorn 2.0.1 checks at each store whether the memory holds translated code, which
    /// takes about 100 ns; it has a call that marks a page as free of code in its address cache, but never makes it. Debian's
    /// library exports that call. It wants the engine's inner processor structure, which is found by its content. If either is not
    /// there, stores stay slow and all else is as before.
    /// </summary>
    internal sealed unsafe class StoreAccelerator
    {
        /// <param name="version">The library's, as <see cref="Unicorn.Version"/>: what is called here is none of its interface.</param>
        /// <returns>null if this library doesn't permit it.</returns>
        public static StoreAccelerator TryCreate(IntPtr engine, uint version)
        {
            if(version != KnownVersion || !NativeLibrary.TryLoad(Unicorn.Library, out var library) || !NativeLibrary.TryGetExport(library, "tlb_set_dirty_arm", out var setDirty)
                || !NativeLibrary.TryGetExport(library, "tlb_flush_page_arm", out var flushPage)
                || !NativeLibrary.TryGetExport(library, "tlb_set_page_arm", out var setPage) || !NativeLibrary.TryGetExport(library, "tlb_flush_arm", out var flushAll))
            {
                return null;
            }
            var processor = FindProcessor(engine);
            return processor == 0 ? null : new StoreAccelerator(processor, setDirty, flushPage, setPage, flushAll);
        }

        /// <summary>Code is about to be translated from there: stores to it have to be checked.</summary>
        public void AddCode(uint address, uint size)
        {
            for(var page = address >> PageBits; page <= (address + size - 1) >> PageBits; page++)
            {
                AddCodePage(page);
            }
        }

        public void AddDataPages(ulong start, ulong size)
        {
            // flash is not worth it, and there is a lot of it
            for(var address = Math.Max(start, FirstDataAddress); address < start + size; address += 1 << PageBits)
            {
                var page = (uint)(address >> PageBits);
                if(!codePages.Contains(page) && dataPages.Add(page))
                {
                    pageList = null;
                }
            }
            pageList = null;
            interval = FirstInterval;
        }

        public void RemoveDataPages()
        {
            dataPages.Clear();
            pageList = null;
        }

        /// <summary>Marks pages that came into the address cache since the last time.</summary>
        /// <returns>After how many instructions to call again.</returns>
        public ulong Run()
        {
            if(pageList == null)
            {
                pageList = new uint[dataPages.Count];
                dataPages.CopyTo(pageList);
                next = 0;
                Enlarge();
            }
            if(pageList.Length == 0)
            {
                return LastInterval;
            }
            for(var i = Math.Min(pageList.Length, PagesAtOnce); i > 0; i--)
            {
                setDirty(processor, pageList[next] << PageBits);
                next = next + 1 < pageList.Length ? next + 1 : 0;
            }
            interval = Math.Min(2 * interval, LastInterval);
            return interval;
        }

        private StoreAccelerator(ulong processor, IntPtr setDirty, IntPtr flushPage, IntPtr setPage, IntPtr flushAll)
        {
            this.processor = processor;
            this.setDirty = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, void>)setDirty;
            flush = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, void>)flushPage;
            this.setPage = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, ulong, int, int, uint, void>)setPage;
            this.flushAll = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, void>)flushAll;
        }

        private void AddCodePage(uint page)
        {
            if(codePages.Add(page) && dataPages.Remove(page))
            {
                flush(processor, page << PageBits);
                pageList = pageList?.Where(x => x != page).ToArray();
                next = 0;
            }
        }

        /// <summary>
        /// The address cache changes its size when it is emptied, by how full it was. Left to itself it becomes so small that
        /// memory and flash push each other out, and the marks are lost with the entries.
        /// </summary>
        private void Enlarge()
        {
            if(pageList.Length == 0)
            {
                return;
            }
            for(var round = 0; round < EnlargeRounds; round++)
            {
                for(var i = 0u; i < EnlargePages; i++)
                {
                    setPage(processor, i << PageBits, (ulong)pageList[0] << PageBits, ReadWriteExecute, PrivilegedIndex, 1 << PageBits);
                }
                flushAll(processor);
            }
        }

        /// <summary>
        /// The engine refers to the structure. It is one block of the heap, refers back to the engine, and its processor
        /// registers, to which it has a pointer too, are in it. They are given values to be known by.
        /// </summary>
        private static ulong FindProcessor(IntPtr engine)
        {
            try
            {
                // unlike a pointer, this file may be asked for memory that is not there
                using var memory = File.OpenHandle("/proc/self/mem");
                var marks = new uint[MarkCount];
                for(var i = 0; i < marks.Length; i++)
                {
                    marks[i] = 0xC0DE5EED + 0x01234567u * (uint)i;
                    Unicorn.Write(engine, Unicorn.R0 + i, marks[i]);
                }
                var found = ReadWords(memory, (ulong)engine, ScannedSize).Where(x => x % 16 == 0 && x > ScannedSize && x < long.MaxValue).Distinct()
                    .Where(x => IsProcessor(memory, x, (ulong)engine, marks)).ToArray();
                return found.Length == 1 ? found[0] : 0;
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                return 0;
            }
            finally
            {
                for(var i = 0; i < MarkCount; i++)
                {
                    Unicorn.Write(engine, Unicorn.R0 + i, 0);
                }
            }
        }

        private static bool IsProcessor(SafeFileHandle memory, ulong candidate, ulong engine, uint[] marks)
        {
            // glibc keeps the size of a block before it
            var header = ReadWords(memory, candidate - 8, 8);
            if(header.Length == 0)
            {
                return false;
            }
            var size = header[0] & ~15UL;
            if(size < SmallestStructure || size > LargestStructure)
            {
                return false;
            }
            var content = ReadWords(memory, candidate, (int)size);
            return content.Length > 0 && Array.IndexOf(content, engine) >= 0
                && content.Take(ScannedSize / 8).Any(x => x > candidate && x + 4 * MarkCount < candidate + size && HoldsMarks(memory, x, marks));
        }

        private static ulong[] ReadWords(SafeFileHandle memory, ulong address, int size)
        {
            var bytes = new byte[size];
            try
            {
                var count = RandomAccess.Read(memory, bytes, (long)address);
                return MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, count & ~7)).ToArray();
            }
            catch(IOException)
            {
                return Array.Empty<ulong>();
            }
        }

        private static bool HoldsMarks(SafeFileHandle memory, ulong address, uint[] marks)
        {
            var words = ReadWords(memory, address, 4 * 14);
            return words.Length == 7 && MemoryMarshal.Cast<ulong, uint>(words)[..13].SequenceEqual(marks);
        }

        private uint[] pageList;
        private int next;
        private ulong interval = FirstInterval;

        private readonly ulong processor;
        private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, void> setDirty;
        private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, void> flush;
        private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, uint, ulong, int, int, uint, void> setPage;
        private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<ulong, void> flushAll;
        private readonly HashSet<uint> codePages = new HashSet<uint>();
        private readonly HashSet<uint> dataPages = new HashSet<uint>();

        private const uint KnownVersion = 0x020001;
        // the engine's own pages for M-profile processors are smaller than what it maps memory in
        private const int PageBits = 10;
        private const ulong FirstDataAddress = 0x10000000;
        private const int PagesAtOnce = 256;
        private const ulong FirstInterval = 500;
        private const ulong LastInterval = 100000;
        // of 2048 entries this is less than the share at which the cache grows, and more than that at which it shrinks
        private const uint EnlargePages = 1400;
        private const int EnlargeRounds = 5;
        private const int ReadWriteExecute = 7;
        private const int PrivilegedIndex = 1;
        private const int MarkCount = 13;
        private const int ScannedSize = 0x1000;
        private const ulong SmallestStructure = 0x4000;
        private const ulong LargestStructure = 0x100000;
    }
}
