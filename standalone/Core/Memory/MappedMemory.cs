// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Memory
{
    /// <summary>Memory that the processor accesses directly. Content survives resets.</summary>
    public sealed unsafe class MappedMemory : IMapped, IMemory, IDisposable, ICanLoadFiles
    {
        /// <param name="size">Bytes; rounded up to whole 4 KB pages for the processor.</param>
        public MappedMemory(IMachine machine, long size, int? segmentSize = null, string sharedMemoryFileRoot = null)
        {
            if(size <= 0 || size > int.MaxValue)
            {
                throw new ConstructionException($"Memory size {size} is not between 1 and {int.MaxValue} bytes.");
            }
            this.machine = machine as Machine;
            Allocate(size);
        }

        ~MappedMemory()
        {
            Free();
        }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        public void Reset()
        {
            // memory has no reset line
        }

        public byte ReadByte(long offset) => Check(offset, 1) ? pointer[offset] : (byte)0;

        public void WriteByte(long offset, byte value)
        {
            if(Check(offset, 1))
            {
                pointer[offset] = value;
                OnWritten(offset, 1);
            }
        }

        public ushort ReadWord(long offset) => Check(offset, 2) ? *(ushort*)(pointer + offset) : (ushort)0;

        public void WriteWord(long offset, ushort value)
        {
            if(Check(offset, 2))
            {
                *(ushort*)(pointer + offset) = value;
                OnWritten(offset, 2);
            }
        }

        public uint ReadDoubleWord(long offset) => Check(offset, 4) ? *(uint*)(pointer + offset) : 0;

        public void WriteDoubleWord(long offset, uint value)
        {
            if(Check(offset, 4))
            {
                *(uint*)(pointer + offset) = value;
                OnWritten(offset, 4);
            }
        }

        public ulong ReadQuadWord(long offset) => Check(offset, 8) ? *(ulong*)(pointer + offset) : 0;

        public void WriteQuadWord(long offset, ulong value)
        {
            if(Check(offset, 8))
            {
                *(ulong*)(pointer + offset) = value;
                OnWritten(offset, 8);
            }
        }

        public byte[] ReadBytes(long offset, int count, IPeripheral context = null)
        {
            var result = new byte[count];
            ReadBytes(offset, count, result, 0);
            return result;
        }

        public void ReadBytes(long offset, int count, byte[] destination, int startIndex)
        {
            if(Check(offset, count))
            {
                Marshal.Copy((IntPtr)(pointer + offset), destination, startIndex, count);
            }
        }

        public void WriteBytes(long offset, byte[] array, int startingIndex, int count, IPeripheral context = null)
        {
            if(Check(offset, count))
            {
                Marshal.Copy(array, startingIndex, (IntPtr)(pointer + offset), count);
                OnWritten(offset, count);
            }
        }

        public void WriteBytes(long offset, byte[] value) => WriteBytes(offset, value, 0, value.Length);

        public void WriteBytes(long offset, byte[] value, int count) => WriteBytes(offset, value, 0, count);

        public void SetRange(long rangeStart, long rangeLength, byte value)
        {
            if(Check(rangeStart, rangeLength))
            {
                new Span<byte>(pointer + rangeStart, (int)rangeLength).Fill(value);
                OnWritten(rangeStart, rangeLength);
            }
        }

        public void ZeroRange(long rangeStart, long rangeLength) => SetRange(rangeStart, rangeLength, 0);

        public void ZeroAll() => SetRange(0, Size, 0);

        public void LoadFileChunks(string path, IEnumerable<FileChunk> chunks, IPeripheral cpu)
        {
            foreach(var chunk in chunks)
            {
                var data = chunk.Data.ToArray();
                if(chunk.OffsetToLoad + (ulong)data.Length > (ulong)Size)
                {
                    throw new RecoverableException($"Cannot load '{path}': {data.Length} bytes at offset 0x{chunk.OffsetToLoad:X} do not fit into 0x{Size:X}.");
                }
                WriteBytes((long)chunk.OffsetToLoad, data, 0, data.Length);
            }
        }

        /// <summary>Size in bytes.</summary>
        public long Size { get; private set; }

        public IEnumerable<IMappedSegment> MappedSegments => new[] { new Segment(this) };

        private void Allocate(long size)
        {
            Free();
            Size = size;
            var whole = (nuint)((size + PageSize - 1) / PageSize * PageSize);
            pointer = (byte*)NativeMemory.AlignedAlloc(whole, PageSize);
            NativeMemory.Clear(pointer, whole);
            GC.AddMemoryPressure(size);
        }

        private void Free()
        {
            if(pointer == null)
            {
                return;
            }
            NativeMemory.AlignedFree(pointer);
            pointer = null;
            GC.RemoveMemoryPressure(Size);
        }

        private bool Check(long offset, long count)
        {
            if(offset >= 0 && offset <= Size - count)
            {
                return true;
            }
            this.Log(LogLevel.Error, "Tried to access {0} bytes at offset 0x{1:X} outside the memory of 0x{2:X} bytes", count, offset, Size);
            return false;
        }

        // code that a processor translated from here may be stale now
        private void OnWritten(long offset, long count)
        {
            if(machine == null)
            {
                return;
            }
            foreach(var engine in machine.Engines)
            {
                engine.OrderTranslationBlocksInvalidation((IntPtr)(pointer + offset), (IntPtr)(pointer + offset + count));
            }
        }

        private byte* pointer;

        private readonly Machine machine;

        private const int PageSize = 4096;

        private sealed class Segment : IMappedSegment
        {
            public Segment(MappedMemory parent)
            {
                this.parent = parent;
            }

            public void Touch()
            {
            }

            public IntPtr Pointer => (IntPtr)parent.pointer;

            public ulong StartingOffset => 0;

            public ulong Size => (ulong)parent.Size;

            private readonly MappedMemory parent;
        }
    }

    /// <summary>Memory that the processor reaches through the bus.</summary>
    public class ArrayMemory : IMemory, ICanLoadFiles
    {
        public ArrayMemory(ulong size, byte paddingByte = 0)
        {
            if(size == 0 || size > int.MaxValue)
            {
                throw new ConstructionException($"Memory size {size} is not between 1 and {int.MaxValue} bytes.");
            }
            array = new byte[size];
            Array.Fill(array, paddingByte);
        }

        public virtual void Reset()
        {
        }

        public virtual byte ReadByte(long offset) => Check(offset, 1) ? array[offset] : (byte)0;

        public virtual void WriteByte(long offset, byte value)
        {
            if(Check(offset, 1))
            {
                array[offset] = value;
            }
        }

        public virtual ushort ReadWord(long offset) => Check(offset, 2) ? BitConverter.ToUInt16(array, (int)offset) : (ushort)0;

        public virtual void WriteWord(long offset, ushort value)
        {
            if(Check(offset, 2))
            {
                BitConverter.TryWriteBytes(array.AsSpan((int)offset), value);
            }
        }

        public virtual uint ReadDoubleWord(long offset) => Check(offset, 4) ? BitConverter.ToUInt32(array, (int)offset) : 0;

        public virtual void WriteDoubleWord(long offset, uint value)
        {
            if(Check(offset, 4))
            {
                BitConverter.TryWriteBytes(array.AsSpan((int)offset), value);
            }
        }

        public virtual ulong ReadQuadWord(long offset) => Check(offset, 8) ? BitConverter.ToUInt64(array, (int)offset) : 0;

        public virtual void WriteQuadWord(long offset, ulong value)
        {
            if(Check(offset, 8))
            {
                BitConverter.TryWriteBytes(array.AsSpan((int)offset), value);
            }
        }

        public byte[] ReadBytes(long offset, int count, IPeripheral context = null)
        {
            return Check(offset, count) ? array.AsSpan((int)offset, count).ToArray() : new byte[count];
        }

        public void WriteBytes(long offset, byte[] bytes, int startingIndex, int count, IPeripheral context = null)
        {
            if(Check(offset, count))
            {
                Array.Copy(bytes, startingIndex, array, offset, count);
            }
        }

        public void LoadFileChunks(string path, IEnumerable<FileChunk> chunks, IPeripheral cpu)
        {
            foreach(var chunk in chunks)
            {
                var data = chunk.Data.ToArray();
                if(chunk.OffsetToLoad + (ulong)data.Length > (ulong)Size)
                {
                    throw new RecoverableException($"Cannot load '{path}': {data.Length} bytes at offset 0x{chunk.OffsetToLoad:X} do not fit into 0x{Size:X}.");
                }
                WriteBytes((long)chunk.OffsetToLoad, data, 0, data.Length);
            }
        }

        public void Fill(byte value) => Array.Fill(array, value);

        /// <summary>Size in bytes.</summary>
        public long Size => array.Length;

        protected readonly byte[] array;

        private bool Check(long offset, int count)
        {
            if(offset >= 0 && offset <= array.Length - count)
            {
                return true;
            }
            this.Log(LogLevel.Error, "Tried to access {0} bytes at offset 0x{1:X} outside the memory of 0x{2:X} bytes", count, offset, array.Length);
            return false;
        }
    }
}
