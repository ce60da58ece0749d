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
            foreach(var page in pages.Keys.Where(x => IsIn(x, offset, size)).ToList())
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

        /// <summary>Those in a range of whole pages of 256 bytes.</summary>
        public Part Take(long offset, long size)
        {
            return new Part
            {
                Pages = pages.Where(x => IsIn(x.Key, offset, size)).OrderBy(x => x.Key).ToDictionary(x => x.Key, x => x.Value.Copy()),
                Torn = torn.Where(x => x.Offset < offset + size && x.Offset + x.Size > offset).ToArray(),
            };
        }

        /// <summary>The state of a sector that has some of them.</summary>
        /// <param name="sector">The sector.</param>
        /// <param name="content">Its bytes.</param>
        /// <param name="write">Writes what else the memory keeps of it, which <paramref name="kept"/> is for.</param>
        /// <param name="kept">What <see cref="Restore"/> does not bring back.</param>
        public SectorState StateOf(MemorySector sector, byte[] content, Action<BinaryWriter> write = null, object kept = null)
        {
            var part = Take(sector.Offset, sector.Size);
            using(var stream = new MemoryStream())
            using(var writer = new BinaryWriter(stream))
            {
                part.Write(writer);
                write?.Invoke(writer);
                writer.Flush();
                return new SectorState(sector, content, part.MaskOf(sector.Offset, sector.Size), stream.ToArray(), (part, kept));
            }
        }

        /// <summary>Brings back those of a state.</summary>
        /// <returns>What else the memory keeps of the sector.</returns>
        public object Restore(SectorState state)
        {
            var (part, kept) = ((Part, object))state.Kept;
            Erase(state.Sector.Offset, state.Sector.Size);
            foreach(var page in part.Pages)
            {
                pages.Add(page.Key, page.Value.Copy());
            }
            torn.AddRange(part.Torn);
            return kept;
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

        private static bool IsIn(int page, long offset, long size) => page * (long)PageSize >= offset && page * (long)PageSize < offset + size;

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

        /// <summary>Some of them, at some time.</summary>
        internal sealed class Part
        {
            /// <summary>Which they are, and how they will read.</summary>
            public void Write(BinaryWriter writer)
            {
                foreach(var page in Pages)
                {
                    writer.Write(page.Key);
                    writer.Write(page.Value.Mask);
                    foreach(var reads in page.Value.Reads)
                    {
                        writer.Write(reads);
                    }
                }
            }

            /// <summary>The bits of each byte of a range of whole pages that are halfway; null: there are none.</summary>
            public byte[] MaskOf(int offset, int size)
            {
                var result = Pages.Count == 0 ? null : new byte[size];
                foreach(var page in Pages)
                {
                    page.Value.Mask.CopyTo(result, (page.Key * PageSize) - offset);
                }
                return result;
            }

            public Dictionary<int, Page> Pages;
            public TornOperation[] Torn;
        }

        internal sealed class Page
        {
            public Page() : this(new byte[PageSize], new uint[PageSize])
            {
            }

            private Page(byte[] mask, uint[] reads)
            {
                Mask = mask;
                Reads = reads;
            }

            public Page Copy() => new Page((byte[])Mask.Clone(), (uint[])Reads.Clone());

            /// <summary>The bits of each byte that are halfway.</summary>
            public byte[] Mask { get; }

            /// <summary>How often each byte was read.</summary>
            public uint[] Reads { get; }
        }
    }
}
