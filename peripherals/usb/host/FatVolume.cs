// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>Files on a FAT12, FAT16 or FAT32 volume (Microsoft's specification 1.03): the whole disk, or its first partition with FAT.</summary>
    /// <remarks>
    /// Long names are read, short ones are written. We choose: what is written is from 1 January 2020.
    /// </remarks>
    internal sealed class FatVolume
    {
        /// <exception cref="FatException">There is none.</exception>
        public FatVolume(DiskSectors sectors)
        {
            this.sectors = sectors;
            var boot = sectors.Read(0);
            if(!IsBootSector(boot))
            {
                start = FindPartition(boot);
                boot = sectors.Read(start);
                if(!IsBootSector(boot))
                {
                    throw new FatException("there is no FAT file system on the drive");
                }
            }
            if(Word(boot, 11) != sectors.Size)
            {
                throw new FatException($"the file system has sectors of {Word(boot, 11)} bytes, the drive of {sectors.Size}");
            }
            sectorsPerCluster = boot[13];
            fatStart = start + Word(boot, 14);
            fatCopies = boot[16];
            rootEntries = Word(boot, 17);
            var total = Word(boot, 19) != 0 ? Word(boot, 19) : Long(boot, 32);
            fatSize = Word(boot, 22) != 0 ? Word(boot, 22) : Long(boot, 36);
            rootStart = fatStart + (fatCopies * fatSize);
            rootSectors = ((rootEntries * EntrySize) + (uint)sectors.Size - 1) / (uint)sectors.Size;
            dataStart = rootStart + rootSectors;
            if(fatSize == 0 || fatSize > sectors.Count || total > sectors.Count - start || dataStart - start >= total)
            {
                throw new FatException("the FAT file system is broken: its sizes do not fit the drive");
            }
            var clusters = (total - (dataStart - start)) / sectorsPerCluster;
            entryBits = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
            lastCluster = clusters + 1;
            if((((ulong)lastCluster + 1) * (ulong)entryBits) > (ulong)fatSize * (ulong)sectors.Size * 8)
            {
                throw new FatException("the FAT file system is broken: its table has no room for all clusters");
            }
            rootCluster = entryBits == 32 ? Long(boot, 44) : 0;
            infoSector = entryBits == 32 ? start + Word(boot, 48) : 0;
            if(fatSize <= MostSectorsAhead)
            {
                sectors.Need(fatStart, fatSize);
            }
        }

        /// <summary>What is in a folder: names and sizes; folders have a / at their end.</summary>
        public IEnumerable<KeyValuePair<string, uint>> List(string path)
        {
            return EntriesOf(FolderAt(Split(path))).Where(x => x.ShortName != "." && x.ShortName != "..")
                .Select(x => new KeyValuePair<string, uint>(x.Name + (x.IsFolder ? "/" : ""), x.Size)).ToArray();
        }

        public byte[] Read(string path)
        {
            var file = FileAt(path);
            var parts = ChainOf(file.Cluster, file.Size == 0).Select(FirstSectorOf).ToArray();
            if((ulong)parts.Length * ClusterBytes < file.Size || file.Size > int.MaxValue)
            {
                throw new FatException($"the file system is broken: {path} has fewer clusters than bytes");
            }
            NeedAll(parts);
            var result = new byte[file.Size];
            var position = 0;
            foreach(var sector in parts.SelectMany(x => Enumerable.Range(0, (int)sectorsPerCluster).Select(y => x + (uint)y)))
            {
                var count = Math.Min(sectors.Size, result.Length - position);
                Array.Copy(sectors.Read(sector), 0, result, position, count);
                position += count;
            }
            return result;
        }

        /// <summary>Makes a file, or gives a file another content. Its folder has to be there.</summary>
        public void Write(string path, byte[] data)
        {
            var parts = Split(path);
            if(parts.Length == 0)
            {
                throw new FatException("a file needs a name");
            }
            var folder = FolderAt(parts.Take(parts.Length - 1));
            var name = parts.Last();
            var old = Find(folder, name);
            if(old != null && old.IsFolder)
            {
                throw new FatException($"{path} is a folder");
            }
            var shortName = old == null ? ShortNameOf(name) : null;
            if(old != null)
            {
                Free(old.Cluster);
            }
            var chain = Allocate((uint)(((ulong)data.Length + ClusterBytes - 1) / ClusterBytes));
            Fill(chain, data);
            var first = chain.Count > 0 ? chain[0] : 0;
            var place = old?.Places.Last() ?? Add(folder, shortName, name, Archive);
            SetEntry(place, first, (uint)data.Length);
            SpoilFreeCount();
        }

        public void MakeFolder(string path)
        {
            var parts = Split(path);
            if(parts.Length == 0 || Find(FolderAt(parts.Take(parts.Length - 1)), parts.Last()) != null)
            {
                throw new FatException($"{path} is there already");
            }
            var parent = FolderAt(parts.Take(parts.Length - 1));
            var shortName = ShortNameOf(parts.Last());
            var cluster = Allocate(1)[0];
            var content = new byte[EntrySize * 2];
            Encoding.ASCII.GetBytes(".".PadRight(11)).CopyTo(content, 0);
            Encoding.ASCII.GetBytes("..".PadRight(11)).CopyTo(content, EntrySize);
            content[11] = content[EntrySize + 11] = Folder;
            Fill(new List<uint> { cluster }, content);
            var first = FirstSectorOf(cluster);
            SetEntry(new Place(first, 0), cluster, 0);
            // The root has number 0 here, whatever it is.
            SetEntry(new Place(first, EntrySize), parent == rootCluster ? 0 : parent, 0);
            SetEntry(Add(parent, shortName, parts.Last(), Folder), cluster, 0);
            SpoilFreeCount();
        }

        public void Delete(string path)
        {
            var file = FileAt(path);
            Free(file.Cluster);
            foreach(var place in file.Places)
            {
                sectors.Change(place.Sector)[place.Offset] = Deleted;
            }
            SpoilFreeCount();
        }

        private static bool IsBootSector(byte[] sector)
        {
            var size = Word(sector, 11);
            return sector[510] == 0x55 && sector[511] == 0xAA && (sector[0] == 0xEB || sector[0] == 0xE9) && size >= 512 && size <= 4096 && IsPowerOfTwo(size)
                && IsPowerOfTwo(sector[13]) && Word(sector, 14) > 0 && (sector[16] == 1 || sector[16] == 2);
        }

        private static uint FindPartition(byte[] sector)
        {
            for(var i = 446; sector[510] == 0x55 && sector[511] == 0xAA && i < 510; i += 16)
            {
                if(Array.IndexOf(PartitionTypes, sector[i + 4]) >= 0)
                {
                    return Long(sector, i + 8);
                }
            }
            throw new FatException("there is no FAT file system on the drive");
        }

        private static string[] Split(string path) => path.Split(new[] { '/' }, StringSplitOptions.RemoveEmptyEntries);

        private static uint Word(byte[] data, int offset) => (uint)(data[offset] | (data[offset + 1] << 8));

        private static uint Long(byte[] data, int offset) => Word(data, offset) | (Word(data, offset + 2) << 16);

        private static void SetWord(byte[] data, int offset, uint value)
        {
            data[offset] = (byte)value;
            data[offset + 1] = (byte)(value >> 8);
        }

        private static bool IsPowerOfTwo(uint value) => value != 0 && (value & (value - 1)) == 0;

        /// <summary>A name in its eleven bytes, without the dot.</summary>
        private static string ShortNameOf(string name)
        {
            var dot = name.LastIndexOf('.');
            var stem = dot < 0 ? name : name.Substring(0, dot);
            var extension = dot < 0 ? "" : name.Substring(dot + 1);
            if(stem.Length < 1 || stem.Length > 8 || extension.Length > 3 || (dot >= 0 && extension.Length == 0) || !(stem + extension).All(IsAllowed))
            {
                throw new FatException($"'{name}' is no name of up to 8 letters, a dot, and up to 3: longer ones are read only");
            }
            return stem.ToUpperInvariant().PadRight(8) + extension.ToUpperInvariant().PadRight(3);
        }

        private static bool IsAllowed(char value) => (value < 128 && char.IsLetterOrDigit(value)) || "!#$%&'()-@^_`{}~".IndexOf(value) >= 0;

        /// <summary>How the name in a directory entry looks, with the small letters that Windows marks.</summary>
        private static string NameOf(byte[] data, int offset)
        {
            var text = new string(data.Skip(offset).Take(11).Select((x, i) => (char)(i == 0 && x == 5 ? 0xE5 : x)).ToArray());
            var stem = text.Substring(0, 8).TrimEnd(' ');
            var extension = text.Substring(8).TrimEnd(' ');
            stem = (data[offset + 12] & SmallStem) != 0 ? stem.ToLowerInvariant() : stem;
            extension = (data[offset + 12] & SmallExtension) != 0 ? extension.ToLowerInvariant() : extension;
            return extension.Length > 0 ? stem + "." + extension : stem;
        }

        private static byte ChecksumOf(byte[] data, int offset)
        {
            var result = 0;
            for(var i = 0; i < 11; i++)
            {
                result = (((result & 1) << 7) + (result >> 1) + data[offset + i]) & 0xFF;
            }
            return (byte)result;
        }

        private Entry FileAt(string path)
        {
            var parts = Split(path);
            var result = parts.Length == 0 ? null : Find(FolderAt(parts.Take(parts.Length - 1)), parts.Last());
            if(result == null)
            {
                throw new FatException($"there is no {path}");
            }
            if(result.IsFolder)
            {
                throw new FatException($"{path} is a folder");
            }
            return result;
        }

        /// <summary>The first cluster of a folder.</summary>
        private uint FolderAt(IEnumerable<string> parts)
        {
            var result = rootCluster;
            foreach(var part in parts)
            {
                var entry = Find(result, part);
                if(entry == null || !entry.IsFolder)
                {
                    throw new FatException($"there is no folder {part}");
                }
                result = entry.Cluster == 0 ? rootCluster : entry.Cluster;
            }
            return result;
        }

        private Entry Find(uint folder, string name)
        {
            return EntriesOf(folder).FirstOrDefault(x => name.Equals(x.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(x.ShortName, StringComparison.OrdinalIgnoreCase));
        }

        private IEnumerable<Entry> EntriesOf(uint folder)
        {
            var places = new List<Place>();
            var longName = "";
            var longChecksum = -1;
            foreach(var place in PlacesOf(folder))
            {
                var data = sectors.Read(place.Sector);
                var offset = place.Offset;
                if(data[offset] == 0)
                {
                    yield break;
                }
                var attributes = data[offset + 11];
                if(data[offset] != Deleted && (attributes & 0x3F) == LongName)
                {
                    if((data[offset] & 0x40) != 0)
                    {
                        places.Clear();
                        longName = "";
                        longChecksum = data[offset + 13];
                    }
                    longName = string.Concat(LongNamePlaces.Select(x => (char)Word(data, offset + x))) + longName;
                    places.Add(place);
                    continue;
                }
                if(data[offset] != Deleted && (attributes & Label) == 0)
                {
                    var shortName = NameOf(data, offset);
                    var isLong = places.Count > 0 && longChecksum == ChecksumOf(data, offset);
                    places.Add(place);
                    yield return new Entry
                    {
                        Name = isLong ? longName.Split('\0')[0].TrimEnd('\uFFFF') : shortName,
                        ShortName = shortName,
                        IsFolder = (attributes & Folder) != 0,
                        Cluster = Word(data, offset + 26) | (entryBits == 32 ? Word(data, offset + 20) << 16 : 0),
                        Size = Long(data, offset + 28),
                        Places = isLong ? places : new List<Place> { place },
                    };
                }
                places = new List<Place>();
                longName = "";
                longChecksum = -1;
            }
        }

        private IEnumerable<Place> PlacesOf(uint folder)
        {
            var runs = folder == 0 ? new[] { rootStart } : ChainOf(folder, false).Select(FirstSectorOf).ToArray();
            var length = folder == 0 ? rootSectors : sectorsPerCluster;
            if(folder == 0)
            {
                sectors.Need(rootStart, rootSectors);
            }
            else
            {
                NeedAll(runs);
            }
            foreach(var run in runs)
            {
                for(var i = 0u; i < length; i++)
                {
                    for(var offset = 0; offset < sectors.Size; offset += EntrySize)
                    {
                        yield return new Place(run + i, offset);
                    }
                }
            }
        }

        private Place Add(uint folder, string shortName, string name, byte attributes)
        {
            var isNext = false;
            Place? found = null;
            foreach(var place in PlacesOf(folder))
            {
                var first = sectors.Read(place.Sector)[place.Offset];
                if(isNext)
                {
                    // The end of the folder moves on.
                    sectors.Change(place.Sector)[place.Offset] = 0;
                    break;
                }
                if(first == 0 || first == Deleted)
                {
                    found = place;
                    isNext = first == 0;
                    if(!isNext)
                    {
                        break;
                    }
                }
            }
            if(found == null)
            {
                if(folder == 0)
                {
                    throw new FatException("the root folder is full");
                }
                var chain = ChainOf(folder, false);
                var added = Allocate(1)[0];
                Fill(new List<uint> { added }, new byte[0]);
                SetLink(chain.Last(), added);
                found = new Place(FirstSectorOf(added), 0);
            }
            var data = sectors.Change(found.Value.Sector);
            Array.Clear(data, found.Value.Offset, EntrySize);
            Encoding.ASCII.GetBytes(shortName).CopyTo(data, found.Value.Offset);
            data[found.Value.Offset + 11] = attributes;
            var dot = name.LastIndexOf('.');
            var stem = dot < 0 ? name : name.Substring(0, dot);
            var extension = dot < 0 ? "" : name.Substring(dot + 1);
            data[found.Value.Offset + 12] = (byte)((stem.Any(char.IsUpper) ? 0 : SmallStem) | (extension.Any(char.IsUpper) ? 0 : SmallExtension));
            return found.Value;
        }

        private void SetEntry(Place place, uint cluster, uint size)
        {
            var data = sectors.Change(place.Sector);
            foreach(var date in new[] { 16, 18, 24 })
            {
                if(date == 24 || Word(data, place.Offset + date) == 0)
                {
                    SetWord(data, place.Offset + date, Date);
                }
            }
            SetWord(data, place.Offset + 22, 0);
            SetWord(data, place.Offset + 20, cluster >> 16);
            SetWord(data, place.Offset + 26, cluster);
            SetWord(data, place.Offset + 28, size);
            SetWord(data, place.Offset + 30, size >> 16);
        }

        private List<uint> ChainOf(uint cluster, bool mayBeNone)
        {
            var result = new List<uint>();
            if(mayBeNone && cluster == 0)
            {
                return result;
            }
            while(cluster < EndOfChain)
            {
                if(cluster < 2 || cluster > lastCluster || result.Count > lastCluster)
                {
                    throw new FatException("the file system is broken: a chain of clusters leads astray");
                }
                result.Add(cluster);
                cluster = LinkOf(cluster);
            }
            if(result.Count == 0 && !mayBeNone)
            {
                throw new FatException("the file system is broken: a folder or a file has no cluster");
            }
            return result;
        }

        private List<uint> Allocate(uint count)
        {
            var result = new List<uint>();
            for(var i = 2u; i <= lastCluster && result.Count < count; i++)
            {
                if(LinkOf(i) == 0)
                {
                    result.Add(i);
                }
            }
            if(result.Count < count)
            {
                throw new FatException("the drive is full");
            }
            for(var i = 0; i < result.Count; i++)
            {
                SetLink(result[i], i + 1 < result.Count ? result[i + 1] : EndMark);
            }
            return result;
        }

        private void Free(uint cluster)
        {
            foreach(var link in ChainOf(cluster, true))
            {
                SetLink(link, 0);
            }
        }

        /// <summary>Content of clusters, with zeroes to their end.</summary>
        private void Fill(List<uint> chain, byte[] data)
        {
            var position = 0;
            foreach(var cluster in chain)
            {
                for(var i = 0u; i < sectorsPerCluster; i++)
                {
                    var sector = new byte[sectors.Size];
                    var count = Math.Max(0, Math.Min(sectors.Size, data.Length - position));
                    Array.Copy(data, Math.Min(position, data.Length), sector, 0, count);
                    sectors.Replace(FirstSectorOf(cluster) + i, sector);
                    position += sectors.Size;
                }
            }
        }

        private uint LinkOf(uint cluster)
        {
            var bit = (ulong)cluster * (ulong)entryBits;
            var value = FatByte(bit / 8) | ((uint)FatByte((bit / 8) + 1) << 8);
            switch(entryBits)
            {
            case 12:
                return (cluster & 1) != 0 ? value >> 4 : value & 0xFFF;
            case 16:
                return value;
            default:
                return (value | ((uint)FatByte((bit / 8) + 2) << 16) | ((uint)FatByte((bit / 8) + 3) << 24)) & 0x0FFFFFFF;
            }
        }

        private void SetLink(uint cluster, uint value)
        {
            var first = (ulong)cluster * (ulong)entryBits / 8;
            var shift = entryBits == 12 && (cluster & 1) != 0 ? 4 : 0;
            // The upper four bits of FAT32 stay.
            var mask = (entryBits == 32 ? 0x0FFFFFFFu : (1u << entryBits) - 1) << shift;
            value = (value << shift) & mask;
            for(var i = 0; i < 4; i++, mask >>= 8, value >>= 8)
            {
                if((mask & 0xFF) == 0)
                {
                    continue;
                }
                var place = first + (ulong)i;
                for(var copy = 0u; copy < fatCopies; copy++)
                {
                    var data = sectors.Change(fatStart + (copy * fatSize) + (uint)(place / (ulong)sectors.Size));
                    var offset = (int)(place % (ulong)sectors.Size);
                    data[offset] = (byte)((data[offset] & ~mask) | value);
                }
            }
        }

        private byte FatByte(ulong place)
        {
            // The last entry of a FAT12 may end with the table.
            return place >= (ulong)fatSize * (ulong)sectors.Size ? (byte)0 : sectors.Read(fatStart + (uint)(place / (ulong)sectors.Size))[(int)(place % (ulong)sectors.Size)];
        }

        /// <summary>FAT32 keeps how much is free, as a hint: nobody knows.</summary>
        private void SpoilFreeCount()
        {
            if(infoSector != 0 && infoSector != start + 0xFFFF && Long(sectors.Read(infoSector), 484) == InfoSignature)
            {
                var data = sectors.Change(infoSector);
                SetWord(data, 488, 0xFFFF);
                SetWord(data, 490, 0xFFFF);
            }
        }

        private void NeedAll(uint[] runs)
        {
            for(var i = 0; i < runs.Length;)
            {
                var count = 1;
                while(i + count < runs.Length && runs[i + count] == runs[i] + (sectorsPerCluster * (uint)count))
                {
                    count++;
                }
                sectors.Need(runs[i], sectorsPerCluster * (uint)count);
                i += count;
            }
        }

        private uint FirstSectorOf(uint cluster)
        {
            if(cluster < 2 || cluster > lastCluster)
            {
                throw new FatException("the file system is broken: a chain of clusters leads astray");
            }
            return dataStart + ((cluster - 2) * sectorsPerCluster);
        }

        private ulong ClusterBytes => (ulong)sectorsPerCluster * (ulong)sectors.Size;

        private uint EndOfChain => entryBits == 12 ? 0xFF8u : entryBits == 16 ? 0xFFF8u : 0x0FFFFFF8;

        private uint EndMark => EndOfChain | 7;

        private readonly DiskSectors sectors;
        private readonly uint start;
        private readonly uint sectorsPerCluster;
        private readonly uint fatStart;
        private readonly uint fatCopies;
        private readonly uint fatSize;
        private readonly uint rootEntries;
        private readonly uint rootStart;
        private readonly uint rootSectors;
        private readonly uint rootCluster;
        private readonly uint infoSector;
        private readonly uint dataStart;
        private readonly uint lastCluster;
        private readonly int entryBits;

        private const int EntrySize = 32;
        // A table of this size is fetched in one go.
        private const uint MostSectorsAhead = 256;
        private const uint InfoSignature = 0x61417272;
        // Years since 1980, month, day.
        private const uint Date = (40 << 9) | (1 << 5) | 1;
        private const byte Deleted = 0xE5;
        private const byte Label = 0x08;
        private const byte Folder = 0x10;
        private const byte Archive = 0x20;
        private const byte LongName = 0x0F;
        private const int SmallStem = 8;
        private const int SmallExtension = 16;
        private static readonly byte[] PartitionTypes = { 0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E };
        private static readonly int[] LongNamePlaces = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };

        private struct Place
        {
            public Place(uint sector, int offset)
            {
                Sector = sector;
                Offset = offset;
            }

            public uint Sector { get; }

            public int Offset { get; }
        }

        private sealed class Entry
        {
            public string Name;
            public string ShortName;
            public bool IsFolder;
            public uint Cluster;
            public uint Size;
            // Of the long name, and of the entry itself.
            public List<Place> Places;
        }
    }
}
