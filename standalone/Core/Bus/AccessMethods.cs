// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.Bus
{
    /// <summary>
    /// How the bus reads and writes one peripheral (or one region of it) at each width. Widths that it lacks and may be
    /// translated are made of others; the rest is refused with a warning. Offsets are the peripheral's.
    /// </summary>
    internal sealed class AccessMethods
    {
        public AccessMethods(IBusPeripheral peripheral, string region)
        {
            this.peripheral = peripheral;
            this.region = region;
            if(region == null)
            {
                readByte = peripheral is IBytePeripheral b ? b.ReadByte : null;
                writeByte = peripheral is IBytePeripheral bw ? bw.WriteByte : null;
                readWord = peripheral is IWordPeripheral w ? w.ReadWord : null;
                writeWord = peripheral is IWordPeripheral ww ? ww.WriteWord : null;
                readDoubleWord = peripheral is IDoubleWordPeripheral d ? d.ReadDoubleWord : null;
                writeDoubleWord = peripheral is IDoubleWordPeripheral dw ? dw.WriteDoubleWord : null;
                readQuadWord = peripheral is IQuadWordPeripheral q ? q.ReadQuadWord : null;
                writeQuadWord = peripheral is IQuadWordPeripheral qw ? qw.WriteQuadWord : null;
            }
            else
            {
                readByte = Region<Func<long, byte>>();
                writeByte = Region<Action<long, byte>>();
                readWord = Region<Func<long, ushort>>();
                writeWord = Region<Action<long, ushort>>();
                readDoubleWord = Region<Func<long, uint>>();
                writeDoubleWord = Region<Action<long, uint>>();
                readQuadWord = Region<Func<long, ulong>>();
                writeQuadWord = Region<Action<long, ulong>>();
                if(!new Delegate[] { readByte, writeByte, readWord, writeWord, readDoubleWord, writeDoubleWord, readQuadWord, writeQuadWord }.Any(x => x != null))
                {
                    throw new Exceptions.RegistrationException($"{peripheral.GetType().Name} has no region '{region}'.");
                }
            }
            allowed = peripheral.GetType().GetCustomAttribute<AllowedTranslationsAttribute>(true)?.AllowedTranslations ?? 0;
            absolute = peripheral as IAbsoluteAddressAware;
        }

        /// <summary>Reads 1, 2, 4 or 8 bytes.</summary>
        public ulong Read(long offset, int width, ulong address)
        {
            absolute?.SetAbsoluteAddress(address);
            switch(width)
            {
            case 1:
                if(readByte != null)
                {
                    return readByte(offset);
                }
                if(readWord != null && Allows(AllowedTranslation.ByteToWord))
                {
                    return (byte)(readWord(offset & ~1) >> (int)(8 * (offset & 1)));
                }
                if(readDoubleWord != null && Allows(AllowedTranslation.ByteToDoubleWord))
                {
                    return (byte)(readDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));
                }
                break;
            case 2:
                if(readWord != null)
                {
                    return readWord(offset);
                }
                if(readByte != null && Allows(AllowedTranslation.WordToByte))
                {
                    return (ulong)(readByte(offset) | readByte(offset + 1) << 8);
                }
                if(readDoubleWord != null && Allows(AllowedTranslation.WordToDoubleWord))
                {
                    // a half-word may straddle two words
                    var shift = (int)(8 * (offset & 3));
                    return shift <= 16
                        ? (ushort)(readDoubleWord(offset & ~3) >> shift)
                        : (ushort)((readDoubleWord(offset & ~3) >> 24) | (readDoubleWord((offset & ~3) + 4) << 8));
                }
                break;
            case 4:
                if(readDoubleWord != null)
                {
                    return readDoubleWord(offset);
                }
                if(readWord != null && Allows(AllowedTranslation.DoubleWordToWord))
                {
                    return readWord(offset) | (ulong)readWord(offset + 2) << 16;
                }
                if(readByte != null && Allows(AllowedTranslation.DoubleWordToByte))
                {
                    return readByte(offset) | (ulong)readByte(offset + 1) << 8 | (ulong)readByte(offset + 2) << 16 | (ulong)readByte(offset + 3) << 24;
                }
                break;
            default:
                if(readQuadWord != null)
                {
                    return readQuadWord(offset);
                }
                return Read(offset, 4, address) | Read(offset + 4, 4, address + 4) << 32;
            }
            Refuse("Read", width, offset);
            return 0;
        }

        public void Write(long offset, int width, ulong value, ulong address)
        {
            absolute?.SetAbsoluteAddress(address);
            switch(width)
            {
            case 1:
                if(writeByte != null)
                {
                    writeByte(offset, (byte)value);
                    return;
                }
                if(writeWord != null && Allows(AllowedTranslation.ByteToWord))
                {
                    var shift = (int)(8 * (offset & 1));
                    var old = readWord(offset & ~1);
                    writeWord(offset & ~1, (ushort)((old & ~(0xFF << shift)) | (int)(byte)value << shift));
                    return;
                }
                if(writeDoubleWord != null && Allows(AllowedTranslation.ByteToDoubleWord))
                {
                    WritePart(offset, 0xFF, value);
                    return;
                }
                break;
            case 2:
                if(writeWord != null)
                {
                    writeWord(offset, (ushort)value);
                    return;
                }
                if(writeByte != null && Allows(AllowedTranslation.WordToByte))
                {
                    writeByte(offset, (byte)value);
                    writeByte(offset + 1, (byte)(value >> 8));
                    return;
                }
                if(writeDoubleWord != null && Allows(AllowedTranslation.WordToDoubleWord))
                {
                    if((offset & 3) == 3)
                    {
                        WritePart(offset, 0xFF, value);
                        WritePart(offset + 1, 0xFF, value >> 8);
                    }
                    else
                    {
                        WritePart(offset, 0xFFFF, value);
                    }
                    return;
                }
                break;
            case 4:
                if(writeDoubleWord != null)
                {
                    writeDoubleWord(offset, (uint)value);
                    return;
                }
                if(writeWord != null && Allows(AllowedTranslation.DoubleWordToWord))
                {
                    writeWord(offset, (ushort)value);
                    writeWord(offset + 2, (ushort)(value >> 16));
                    return;
                }
                if(writeByte != null && Allows(AllowedTranslation.DoubleWordToByte))
                {
                    for(var i = 0; i < 4; i++)
                    {
                        writeByte(offset + i, (byte)(value >> (8 * i)));
                    }
                    return;
                }
                break;
            default:
                if(writeQuadWord != null)
                {
                    writeQuadWord(offset, value);
                    return;
                }
                Write(offset, 4, (uint)value, address);
                Write(offset + 4, 4, value >> 32, address + 4);
                return;
            }
            Refuse("Write", width, offset);
        }

        public bool AllTranslations { get; set; }

        private void WritePart(long offset, uint mask, ulong value)
        {
            var shift = (int)(8 * (offset & 3));
            var old = readDoubleWord(offset & ~3);
            writeDoubleWord(offset & ~3, (old & ~(mask << shift)) | (((uint)value & mask) << shift));
        }

        private bool Allows(AllowedTranslation translation) => AllTranslations || (allowed & translation) != 0;

        private void Refuse(string what, int width, long offset)
        {
            peripheral.Log(LogLevel.Warning, "{0}{1} is not supported by the peripheral (offset 0x{2:X}).", what, (SysbusAccessWidth)width, offset);
        }

        private T Region<T>() where T : Delegate
        {
            var invoke = typeof(T).GetMethod("Invoke");
            var method = peripheral.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .FirstOrDefault(x => x.GetCustomAttributes<ConnectionRegionAttribute>().Any(y => y.Name == region) && x.ReturnType == invoke.ReturnType
                    && x.GetParameters().Select(y => y.ParameterType).SequenceEqual(invoke.GetParameters().Select(y => y.ParameterType)));
            return method == null ? null : method.CreateDelegate<T>(peripheral);
        }

        private readonly IBusPeripheral peripheral;
        private readonly string region;
        private readonly AllowedTranslation allowed;
        private readonly IAbsoluteAddressAware absolute;
        private readonly Func<long, byte> readByte;
        private readonly Action<long, byte> writeByte;
        private readonly Func<long, ushort> readWord;
        private readonly Action<long, ushort> writeWord;
        private readonly Func<long, uint> readDoubleWord;
        private readonly Action<long, uint> writeDoubleWord;
        private readonly Func<long, ulong> readQuadWord;
        private readonly Action<long, ulong> writeQuadWord;
    }
}
