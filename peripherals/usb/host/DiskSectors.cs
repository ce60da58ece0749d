// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>What is known of a disk's sectors. What isn't has to be fetched: <see cref="MissingSectorsException"/> tells what.</summary>
    internal sealed class DiskSectors
    {
        /// <param name="size">Bytes of a sector.</param>
        /// <param name="count">Sectors of the disk.</param>
        public DiskSectors(int size, uint count)
        {
            Size = size;
            Count = count;
        }

        /// <summary>Takes what has come from the disk.</summary>
        public void Fill(uint first, byte[] data)
        {
            for(var i = 0; i < data.Length / Size; i++)
            {
                known[first + (uint)i] = data.Skip(i * Size).Take(Size).ToArray();
            }
        }

        /// <summary>Asks for sectors in one go.</summary>
        public void Need(uint first, uint count)
        {
            if(first >= Count || count > Count - first)
            {
                throw new FatException($"the file system uses sector {first + (ulong)count - 1}, and the drive has {Count}");
            }
            for(var i = 0u; i < count; i++)
            {
                if(!changed.ContainsKey(first + i) && !known.ContainsKey(first + i))
                {
                    throw new MissingSectorsException(first + i, count - i);
                }
            }
        }

        /// <summary>A sector, to be read only.</summary>
        public byte[] Read(uint number)
        {
            Need(number, 1);
            return changed.TryGetValue(number, out var result) ? result : known[number];
        }

        /// <summary>A sector whose bytes may be changed.</summary>
        public byte[] Change(uint number)
        {
            if(!changed.TryGetValue(number, out var result))
            {
                Replace(number, result = (byte[])Read(number).Clone());
            }
            return result;
        }

        /// <summary>Sets a whole sector.</summary>
        public void Replace(uint number, byte[] data)
        {
            if(!changed.ContainsKey(number))
            {
                order.Add(number);
            }
            changed[number] = data;
        }

        /// <summary>Forgets all changes.</summary>
        public void Undo()
        {
            changed.Clear();
            order.Clear();
        }

        /// <summary>What has to be written, in the order of the changes, neighbours together.</summary>
        /// <param name="most">The most sectors in one go.</param>
        public IEnumerable<KeyValuePair<uint, byte[]>> Changes(int most)
        {
            for(var i = 0; i < order.Count;)
            {
                var count = 1;
                while(count < most && i + count < order.Count && order[i + count] == order[i] + count)
                {
                    count++;
                }
                yield return new KeyValuePair<uint, byte[]>(order[i], order.Skip(i).Take(count).SelectMany(x => changed[x]).ToArray());
                i += count;
            }
        }

        public int Size { get; }

        public uint Count { get; }

        private readonly Dictionary<uint, byte[]> known = new Dictionary<uint, byte[]>();
        private readonly Dictionary<uint, byte[]> changed = new Dictionary<uint, byte[]>();
        private readonly List<uint> order = new List<uint>();
    }

    internal sealed class MissingSectorsException : Exception
    {
        public MissingSectorsException(uint first, uint count)
        {
            First = first;
            Count = count;
        }

        public uint First { get; }

        public uint Count { get; }
    }

    /// <summary>The file system has not what it was asked for, or is broken.</summary>
    internal sealed class FatException : Exception
    {
        public FatException(string message) : base(message)
        {
        }
    }
}
