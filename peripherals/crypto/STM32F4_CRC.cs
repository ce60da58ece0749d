// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// CRC calculation unit (RM0090 chapter 4): CRC-32 of Ethernet, polynomial 0x04C11DB7, of whole words, highest bit first, from
    /// 0xFFFFFFFF on. What is read is neither inverted nor mirrored.
    /// </summary>
    /// <remarks>
    /// We choose: a word takes no time; a byte or a halfword written to DR counts as the word that the bus makes of it, which has it in all of
    /// its lanes, with a warning, since the registers are to be accessed by words (RM0090 4.4).
    /// </remarks>
    public class STM32F4_CRC : GatedRegisterBlock, IBytePeripheral, IWordPeripheral
    {
        /// <summary>Creates the unit.</summary>
        /// <param name="machine">The machine.</param>
        public STM32F4_CRC(IMachine machine) : base(machine, "CRC", typeof(Registers), "RCC_AHB1ENR.CRCEN is off")
        {
            Registers.DR.Define(this, InitialValue)
                .WithValueField(0, 32, out data, writeCallback: (old, value) => data.Value = Next((uint)(old ^ value)), name: "DR");
            Registers.IDR.Define(this)
                .WithValueField(0, 8, name: "IDR")
                .WithReservedBits(8, 24);
            Registers.CR.Define(this)
                .WithFlag(0, FieldMode.Write, writeCallback: (_, value) => data.Value = value ? InitialValue : data.Value, name: "RESET")
                .WithReservedBits(1, 31);
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => WriteNarrow(offset, value * 0x00010001u);

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => WriteNarrow(offset, value * 0x01010101u);

        private void WriteNarrow(long offset, uint value)
        {
            var register = offset & ~3;
            if(register == (long)Registers.DR && ClockEnabled)
            {
                mistakes.Report("CRC_DR", "a byte or a halfword was written: it counts as a word that is filled with it");
            }
            WriteDoubleWord(register, value);
        }

        private static uint Next(uint value)
        {
            for(var i = 0; i < 32; i++)
            {
                value = (value << 1) ^ ((value >> 31) * Polynomial);
            }
            return value;
        }

        private IValueRegisterField data;

        private const uint InitialValue = 0xFFFFFFFF;
        private const uint Polynomial = 0x04C11DB7;

        private enum Registers
        {
            DR = 0x00,
            IDR = 0x04,
            CR = 0x08,
        }
    }
}
