// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Utilities
{
    /// <summary>Consecutive bytes of a file, and where they go.</summary>
    public struct FileChunk
    {
        public IEnumerable<byte> Data;
        public ulong OffsetToLoad;
    }

    /// <summary>Something that files can be loaded into: the bus (by address), or a memory (by offset).</summary>
    public interface ICanLoadFiles
    {
        void LoadFileChunks(string path, IEnumerable<FileChunk> chunks, IPeripheral cpu);
    }
}

namespace Antmicro.Renode.Core.Extensions
{
    public static class FileLoaderExtensions
    {
        /// <summary>Loads the segments of a 32-bit little-endian ELF file.</summary>
        /// <param name="useVirtualAddress">Load to the address that the program sees, not to where its image is kept.</param>
        /// <exception cref="RecoverableException">The file is no such ELF, is damaged, or does not fit into memory.</exception>
        public static void LoadELF(this ICanLoadFiles loader, ReadFilePath fileName, bool useVirtualAddress = false, bool allowLoadsOnlyToMemory = true, ICPU cpu = null)
        {
            var data = File.ReadAllBytes(fileName);
            if(data.Length < ElfHeaderSize || data[0] != 0x7F || data[1] != 'E' || data[2] != 'L' || data[3] != 'F')
            {
                throw new RecoverableException($"'{fileName}' is no ELF file.");
            }
            if(data[4] != 1 || data[5] != 1)
            {
                throw new RecoverableException($"'{fileName}' is no 32-bit little-endian ELF file: it was built for another processor.");
            }
            var chunks = new List<FileChunk>();
            try
            {
                var table = checked((int)Word(data, 28));
                var entrySize = Half(data, 42);
                for(var i = 0; i < Half(data, 44); i++)
                {
                    var header = table + i * entrySize;
                    var size = checked((int)Word(data, header + 16));
                    if(Word(data, header) == LoadableSegment && size > 0)
                    {
                        var segment = data.AsSpan(checked((int)Word(data, header + 4)), size).ToArray();
                        chunks.Add(new FileChunk { Data = segment, OffsetToLoad = Word(data, header + (useVirtualAddress ? 8 : 12)) });
                    }
                }
            }
            catch(Exception e) when(e is ArgumentException || e is OverflowException)
            {
                throw new RecoverableException($"ELF file '{fileName}' is cut short or damaged.");
            }
            if(chunks.Count == 0)
            {
                throw new RecoverableException($"ELF file '{fileName}' holds nothing to load.");
            }
            loader.LoadFileChunks(fileName, chunks, cpu);
        }

        /// <summary>Loads a file, or a part of it, as it is.</summary>
        /// <param name="offset">Bytes of the file to skip.</param>
        /// <param name="size">Bytes to load; all that are left if null.</param>
        public static void LoadBinary(this ICanLoadFiles loader, ReadFilePath fileName, ulong loadPoint, ICPU cpu = null, long offset = 0, ulong? size = null)
        {
            var data = File.ReadAllBytes(fileName);
            if(offset < 0 || offset >= data.Length)
            {
                throw new RecoverableException($"'{fileName}' has {data.Length} bytes: nothing to load from offset {offset}.");
            }
            var count = (int)Math.Min(size ?? ulong.MaxValue, (ulong)(data.Length - offset));
            loader.LoadFileChunks(fileName, new[] { new FileChunk { Data = data.AsSpan((int)offset, count).ToArray(), OffsetToLoad = loadPoint } }, cpu);
        }

        /// <summary>Loads an Intel HEX file.</summary>
        /// <exception cref="RecoverableException">A line is damaged (the message names it), or the end is missing.</exception>
        public static void LoadHEX(this ICanLoadFiles loader, ReadFilePath fileName, ICPU cpu = null)
        {
            var chunks = new List<(ulong Start, List<byte> Data)>();
            var upper = 0UL;
            var number = 0;
            foreach(var text in File.ReadLines(fileName))
            {
                number++;
                var line = text.Trim();
                if(line.Length == 0)
                {
                    continue;
                }
                var record = ParseRecord(line) ?? throw new RecoverableException($"HEX file '{fileName}', line {number}: damaged record.");
                var address = (ulong)(record[1] << 8 | record[2]);
                switch(record[3])
                {
                case DataRecord:
                    if(chunks.Count == 0 || chunks[^1].Start + (ulong)chunks[^1].Data.Count != upper + address)
                    {
                        chunks.Add((upper + address, new List<byte>()));
                    }
                    chunks[^1].Data.AddRange(record.Skip(4).Take(record[0]));
                    break;
                case EndRecord:
                    if(chunks.Count == 0)
                    {
                        throw new RecoverableException($"HEX file '{fileName}' holds no data.");
                    }
                    loader.LoadFileChunks(fileName, chunks.Select(x => new FileChunk { Data = x.Data, OffsetToLoad = x.Start }).ToArray(), cpu);
                    return;
                case SegmentRecord when record[0] == 2:
                    upper = (ulong)(record[4] << 8 | record[5]) << 4;
                    break;
                case UpperRecord when record[0] == 2:
                    upper = (ulong)(record[4] << 8 | record[5]) << 16;
                    break;
                case StartSegmentRecord:
                case StartLinearRecord:
                    // where to start is the vector table's business
                    break;
                default:
                    throw new RecoverableException($"HEX file '{fileName}', line {number}: unknown record type {record[3]}.");
                }
            }
            throw new RecoverableException($"HEX file '{fileName}' has no end record: it is cut short.");
        }

        private static byte[] ParseRecord(string line)
        {
            if(line[0] != ':' || line.Length < 11 || line.Length % 2 == 0)
            {
                return null;
            }
            var result = new byte[(line.Length - 1) / 2];
            for(var i = 0; i < result.Length; i++)
            {
                if(!byte.TryParse(line.AsSpan(1 + 2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out result[i]))
                {
                    return null;
                }
            }
            return result.Length == result[0] + 5 && (byte)result.Sum(x => x) == 0 ? result : null;
        }

        private static uint Word(byte[] data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(offset, 4));

        private static int Half(byte[] data, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(offset, 2));

        private const int ElfHeaderSize = 52;
        private const uint LoadableSegment = 1;
        private const byte DataRecord = 0;
        private const byte EndRecord = 1;
        private const byte SegmentRecord = 2;
        private const byte StartSegmentRecord = 3;
        private const byte UpperRecord = 4;
        private const byte StartLinearRecord = 5;
    }
}
