// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.CRC
{
    /// <summary>CRC calculation unit (RM0090, section 4): CRC-32 of the words written to DR, highest bit first.</summary>
    public class STM32_CRC : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize
    {
        /// <param name="series">Only F4 here.</param>
        /// <param name="configurablePoly">Must be false: an F4 has one polynomial.</param>
        /// <exception cref="ConstructionException">Another series, or a configurable polynomial.</exception>
        public STM32_CRC(STM32Series series, bool configurablePoly = false)
        {
            if(series != STM32Series.F4 || configurablePoly)
            {
                throw new ConstructionException($"STM32_CRC: the standalone host has only series F4 with its fixed polynomial, not {series}; Renode has more");
            }
            registers = new DoubleWordRegisterCollection(this);

            Registers.Data.Define(registers)
                .WithValueField(0, 32, valueProviderCallback: _ => crc, writeCallback: (_, value) => Feed((uint)value, 32), name: "DR");
            Registers.IndependentData.Define(registers)
                .WithValueField(0, 8, name: "IDR")
                .WithReservedBits(8, 24);
            Registers.Control.Define(registers)
                .WithFlag(0, FieldMode.Write, writeCallback: (_, value) => crc = value ? InitialValue : crc, name: "RESET")
                .WithReservedBits(1, 31);
        }

        public byte ReadByte(long offset)
        {
            return (byte)(registers.Read(offset & ~3) >> (int)(8 * (offset & 3)));
        }

        public ushort ReadWord(long offset)
        {
            return (ushort)(registers.Read(offset & ~3) >> (int)(8 * (offset & 2)));
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteByte(long offset, byte value)
        {
            WriteNarrow(offset, value, 8);
        }

        public void WriteWord(long offset, ushort value)
        {
            WriteNarrow(offset, value, 16);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        public void Reset()
        {
            registers.Reset();
            crc = InitialValue;
        }

        public long Size => 0x400;

        private void WriteNarrow(long offset, uint value, int width)
        {
            if(offset == (long)Registers.Data)
            {
                Feed(value, width);
            }
            else
            {
                registers.Write(offset, value);
            }
        }

        private void Feed(uint value, int width)
        {
            crc ^= value << (32 - width);
            for(var i = 0; i < width; i++)
            {
                crc = (crc << 1) ^ ((crc >> 31) * Polynomial);
            }
        }

        private uint crc = InitialValue;

        private readonly DoubleWordRegisterCollection registers;

        private const uint InitialValue = 0xFFFFFFFF;
        private const uint Polynomial = 0x04C11DB7;

        private enum Registers
        {
            Data = 0x00,
            IndependentData = 0x04,
            Control = 0x08,
        }
    }
}
