// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Text;

namespace Antmicro.Migrant
{
    /// <summary>Writes simple values into a snapshot.</summary>
    public sealed class PrimitiveWriter
    {
        internal PrimitiveWriter(Stream stream)
        {
            writer = new BinaryWriter(stream, Encoding.UTF8, true);
        }

        public void Write(bool value) => writer.Write(value);

        public void Write(byte value) => writer.Write(value);

        public void Write(short value) => writer.Write(value);

        public void Write(ushort value) => writer.Write(value);

        public void Write(int value) => writer.Write(value);

        public void Write(uint value) => writer.Write(value);

        public void Write(long value) => writer.Write(value);

        public void Write(ulong value) => writer.Write(value);

        public void Write(double value) => writer.Write(value);

        public void Write(float value) => writer.Write(value);

        public void Write(string value)
        {
            writer.Write(value != null);
            if(value != null)
            {
                writer.Write(value);
            }
        }

        public void Write(byte[] value)
        {
            writer.Write(value == null ? -1 : value.Length);
            if(value != null)
            {
                writer.Write(value);
            }
        }

        internal unsafe void WriteMemory(byte* pointer, long count) => writer.Write(new ReadOnlySpan<byte>(pointer, checked((int)count)));

        internal void Flush() => writer.Flush();

        private readonly BinaryWriter writer;
    }

    /// <summary>Reads what <see cref="PrimitiveWriter"/> wrote.</summary>
    public sealed class PrimitiveReader
    {
        internal PrimitiveReader(Stream stream)
        {
            reader = new BinaryReader(stream, Encoding.UTF8, true);
        }

        public bool ReadBoolean() => reader.ReadBoolean();

        public byte ReadByte() => reader.ReadByte();

        public short ReadInt16() => reader.ReadInt16();

        public ushort ReadUInt16() => reader.ReadUInt16();

        public int ReadInt32() => reader.ReadInt32();

        public uint ReadUInt32() => reader.ReadUInt32();

        public long ReadInt64() => reader.ReadInt64();

        public ulong ReadUInt64() => reader.ReadUInt64();

        public double ReadDouble() => reader.ReadDouble();

        public float ReadSingle() => reader.ReadSingle();

        public string ReadString() => reader.ReadBoolean() ? reader.ReadString() : null;

        public byte[] ReadBytes()
        {
            var count = reader.ReadInt32();
            return count < 0 ? null : reader.ReadBytes(count);
        }

        internal unsafe void ReadMemory(byte* pointer, long count)
        {
            reader.BaseStream.ReadExactly(new Span<byte>(pointer, checked((int)count)));
        }

        private readonly BinaryReader reader;
    }
}
