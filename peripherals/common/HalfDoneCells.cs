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
                        MaskOf(offset + i)[(offset + i) % PageSize] |= (byte)bit;
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
            foreach(var page in masks.Keys.Where(x => x * PageSize >= offset && x * PageSize < offset + size).ToList())
            {
                masks.Remove(page);
            }
            torn.RemoveAll(x => x.Offset < offset + size && x.Offset + x.Size > offset);
        }

        /// <summary>The byte as it reads this time.</summary>
        public byte Read(int offset, byte value)
        {
            return masks.TryGetValue(offset / PageSize, out var mask) && mask[offset % PageSize] != 0 ? (byte)(value ^ (mask[offset % PageSize] & Noise().Next())) : value;
        }

        /// <summary>All such bytes, as they read this time.</summary>
        public void ReadAll(Func<long, byte> read, Action<long, byte> write)
        {
            var noise = masks.Count > 0 ? Noise() : null;
            foreach(var offset in Offsets)
            {
                write(offset, (byte)(read(offset) ^ (masks[offset / PageSize][offset % PageSize] & noise.Next())));
            }
        }

        /// <summary>Which they are.</summary>
        public void Write(BinaryWriter writer)
        {
            foreach(var page in masks.OrderBy(x => x.Key))
            {
                writer.Write(page.Key);
                writer.Write(page.Value);
            }
        }

        /// <summary>What was torn, oldest first; erased since, it is forgotten.</summary>
        public IReadOnlyList<TornOperation> Torn => torn.ToArray();

        /// <summary>Offsets of the bytes that have such cells, ascending.</summary>
        public IEnumerable<int> Offsets
        {
            get
            {
                foreach(var (page, mask) in masks.OrderBy(x => x.Key).Select(x => (x.Key, x.Value)))
                {
                    for(var i = 0; i < PageSize; i++)
                    {
                        if(mask[i] != 0)
                        {
                            yield return (page * PageSize) + i;
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

        private ChipNoise Noise() => new ChipNoise(machine, $"{owner}, half-done cells {reads++}");

        private byte[] MaskOf(int offset)
        {
            if(!masks.TryGetValue(offset / PageSize, out var mask))
            {
                masks[offset / PageSize] = mask = new byte[PageSize];
            }
            return mask;
        }

        private int reads;

        private readonly IMachine machine;
        private readonly string owner;
        private readonly Dictionary<int, byte[]> masks = new Dictionary<int, byte[]>();
        private readonly List<TornOperation> torn = new List<TornOperation>();

        private const int PageSize = 0x100;
        // A tenth of the bits halfway, none at the begin and the end.
        private const double Margin = 0.2;
    }
}
