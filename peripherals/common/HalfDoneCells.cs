// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Cells of a flash whose program or erase was torn. Each bit that was to change has changed, or not yet, by how far it got; those that were about to
    /// are neither, and read as chance will have it until they are erased.
    /// </summary>
    internal sealed class HalfDoneCells
    {
        public HalfDoneCells(IMachine machine, string owner)
        {
            this.machine = machine;
            this.owner = owner;
        }

        /// <summary>What is left of an operation.</summary>
        /// <param name="offset">Where the bytes are.</param>
        /// <param name="before">What was there.</param>
        /// <param name="after">What would have been there; what is left, on return.</param>
        /// <param name="share">How far it got, 0 to 1.</param>
        /// <param name="noise">Decides.</param>
        public void Tear(int offset, byte[] before, byte[] after, double share, ChipNoise noise)
        {
            var margin = Margin * share * (1 - share);
            var kept = 0;
            var done = 0;
            var changed = 0;
            var first = after.Length;
            var last = -1;
            for(var i = 0; i < after.Length; i++)
            {
                var wanted = after[i];
                var changing = wanted ^ before[i];
                for(var bit = 1; bit <= changing; bit <<= 1)
                {
                    if((changing & bit) == 0)
                    {
                        continue;
                    }
                    var due = noise.Next() / (double)uint.MaxValue;
                    if(due >= share)
                    {
                        after[i] ^= (byte)bit;
                    }
                    if(Math.Abs(due - share) < margin)
                    {
                        PageOf(offset + i).Mask[(offset + i) % PageSize] |= (byte)bit;
                    }
                }
                if(changing == 0)
                {
                    continue;
                }
                changed++;
                kept += after[i] == before[i] ? 1 : 0;
                done += after[i] == wanted ? 1 : 0;
                first = Math.Min(first, i);
                last = i;
            }
            if(changed > 0)
            {
                Remember(new TornOperation(offset + first, last + 1 - first, share, kept, done, changed - kept - done));
            }
        }

        /// <summary>They are erased, and as good as new.</summary>
        public void Erase(long offset, long size)
        {
            foreach(var page in pages.Keys.Where(x => x * PageSize >= offset && x * PageSize < offset + size).ToList())
            {
                pages.Remove(page);
            }
            torn.RemoveAll(x => x.Offset < offset + size && x.Offset + x.Size > offset);
        }

        /// <summary>The byte as it reads this time. Reads of others have no part in it.</summary>
        public byte Read(int offset, byte value)
        {
            if(!pages.TryGetValue(offset / PageSize, out var page) || page.Mask[offset % PageSize] == 0)
            {
                return value;
            }
            var mask = page.Mask[offset % PageSize];
            noise = noise ?? new ChipNoise(machine, $"{owner}, half-done cells");
            return (byte)((value & ~mask) | (mask & (byte)noise.At((ulong)offset << 32 | page.Reads[offset % PageSize]++)));
        }

        /// <summary>All such bytes, as they read this time.</summary>
        public void ReadAll(Func<long, byte> read, Action<long, byte> write)
        {
            foreach(var offset in Offsets)
            {
                write(offset, Read(offset, read(offset)));
            }
        }

        /// <summary>Which they are, and how they will read.</summary>
        public void Write(BinaryWriter writer)
        {
            foreach(var page in pages.OrderBy(x => x.Key))
            {
                writer.Write(page.Key);
                writer.Write(page.Value.Mask);
                foreach(var reads in page.Value.Reads)
                {
                    writer.Write(reads);
                }
            }
        }

        /// <summary>Are there none?</summary>
        public bool IsEmpty => pages.Count == 0;

        /// <summary>What was torn, oldest first; erased since, it is forgotten.</summary>
        public IReadOnlyList<TornOperation> Torn => torn.ToArray();

        /// <summary>Offsets of the bytes that have such cells, ascending.</summary>
        public IEnumerable<int> Offsets
        {
            get
            {
                foreach(var page in pages.OrderBy(x => x.Key))
                {
                    for(var i = 0; i < PageSize; i++)
                    {
                        if(page.Value.Mask[i] != 0)
                        {
                            yield return (page.Key * PageSize) + i;
                        }
                    }
                }
            }
        }

        private void Remember(TornOperation operation)
        {
            // Torn there once more: what counts is the last time.
            torn.RemoveAll(x => x.Offset == operation.Offset && x.Size == operation.Size);
            torn.Add(operation);
        }

        private Page PageOf(int offset)
        {
            if(!pages.TryGetValue(offset / PageSize, out var page))
            {
                pages[offset / PageSize] = page = new Page();
            }
            return page;
        }

        // Made when it is needed: the machine has its name by then.
        private ChipNoise noise;

        private readonly IMachine machine;
        private readonly string owner;
        private readonly Dictionary<int, Page> pages = new Dictionary<int, Page>();
        private readonly List<TornOperation> torn = new List<TornOperation>();

        private const int PageSize = 0x100;
        // A tenth of the bits halfway, none at the begin and the end.
        private const double Margin = 0.2;

        private sealed class Page
        {
            /// <summary>The bits of each byte that are halfway.</summary>
            public readonly byte[] Mask = new byte[PageSize];
            /// <summary>How often each byte was read.</summary>
            public readonly uint[] Reads = new uint[PageSize];
        }
    }
}
