// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Globalization;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// The last 4 KB of system memory, from 0x1FFF_7000: one-time programmable area (RM0090 3.8), unique ID and flash size (chapter 39), and
    /// what the factory measured for the ADC (datasheet, "Temperature sensor calibration values", "Internal reference voltage
    /// calibration values"). All lines have them at the same addresses. Only the one-time programmable area can be written, bit by bit from 1
    /// to 0, while FLASH_CR.PG is set, until its lock byte is 0.
    /// </summary>
    /// <remarks>
    /// The unique ID is told by the seed of the emulation and the name of the machine, when the chip is made: set the seed before. It has the
    /// form of ST's: place on the wafer, number of the wafer, seven characters of the lot.
    /// We choose: calibration values are those of typical VREFINT (1.21 V) and temperature sensor (0.76 V at 25 degrees, 2.5 mV a degree) at
    /// 3.3 V, up to 0.5 % off by the seed; the boot loader of ST and all else without a name read 0xFF; the F2, whose manual has no
    /// calibration values, has them, too, as ST's library for it says.
    /// </remarks>
    public class STM32F4_DeviceSignature : IDoubleWordPeripheral, IWordPeripheral, IBytePeripheral, IKnownSize, IRetainsState
    {
        /// <summary>Creates the memory of a new chip.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="flash">Main memory, whose size in KB can be read here.</param>
        /// <param name="flashController">Flash interface, which the one-time programmable area is written through; may be left out: then it can't be written.</param>
        /// <param name="uniqueId">The unique ID as MicroPython's machine.unique_id() shows it: 24 hex digits, lowest address first. By default told by the seed.</param>
        public STM32F4_DeviceSignature(IMachine machine, MappedMemory flash, STM32F4_FlashController flashController = null, string uniqueId = null)
        {
            if(flash == null)
            {
                throw new ConstructionException("'flash' is missing: name the chip's main memory");
            }
            this.flashController = flashController;
            mistakes = new GuestMistakes(machine, this);
            Array.Fill(content, Erased);
            var noise = new ChipNoise(machine, "signature");
            (uniqueId == null ? UniqueIdOf(noise) : Parse(uniqueId)).CopyTo(content, UniqueId);
            Put(FlashSize, (ulong)flash.Size / 1024);
            Calibration = new FactoryCalibration(noise);
            Put(ReferenceCalibration, Calibration.Reference);
            Put(TemperatureCalibration1, Calibration.TemperatureAt30);
            Put(TemperatureCalibration2, Calibration.TemperatureAt110);
        }

        /// <summary>Nothing: what is here outlives all resets.</summary>
        public void Reset()
        {
        }

        /// <inheritdoc/>
        public byte ReadByte(long offset) => offset >= 0 && offset < Size ? content[offset] : Erased;

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)(ReadByte(offset) | ReadByte(offset + 1) << 8);

        /// <inheritdoc/>
        public uint ReadDoubleWord(long offset) => ReadWord(offset) | (uint)ReadWord(offset + 2) << 16;

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => Write(offset, value, 1);

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => Write(offset, value, 2);

        /// <inheritdoc/>
        public void WriteDoubleWord(long offset, uint value) => Write(offset, value, 4);

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            writer.Write(content);
        }

        /// <summary>The unique ID: 24 hex digits, lowest address first, as MicroPython's machine.unique_id() shows it.</summary>
        public string UniqueIdText => string.Concat(content.Skip(UniqueId).Take(UniqueIdSize).Select(x => x.ToString("x2")));

        /// <summary>What the factory measured: the ADC converts the same.</summary>
        internal FactoryCalibration Calibration { get; }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => content.Length;

        private static byte[] Parse(string text)
        {
            var digits = new string(text.Where(x => x != ' ').ToArray());
            if(digits.Length != 2 * UniqueIdSize || !digits.All(Uri.IsHexDigit))
            {
                throw new ConstructionException($"uniqueId = '{text}' is no unique ID: give {2 * UniqueIdSize} hex digits, lowest address first");
            }
            return Enumerable.Range(0, UniqueIdSize).Select(x => byte.Parse(digits.Substring(2 * x, 2), NumberStyles.HexNumber)).ToArray();
        }

        private static byte[] UniqueIdOf(ChipNoise noise)
        {
            var result = new byte[UniqueIdSize];
            result[0] = (byte)(1 + (noise.Next() % 60));
            result[2] = (byte)(1 + (noise.Next() % 60));
            result[4] = (byte)(1 + (noise.Next() % 25));
            for(var i = 5; i < UniqueIdSize; i++)
            {
                result[i] = (byte)LotCharacters[(int)(noise.Next() % (uint)LotCharacters.Length)];
            }
            return result;
        }

        private void Put(int place, ulong value)
        {
            content[place] = (byte)value;
            content[place + 1] = (byte)(value >> 8);
        }

        private void Write(long offset, uint value, int width)
        {
            if(offset < OneTimeArea || offset + width > EndOfOneTimeArea)
            {
                mistakes.Report("System memory", "write ignored: it can only be read");
                return;
            }
            if(flashController == null || !flashController.StartProgramming("One-time programmable area", isProtected: IsLocked(offset)))
            {
                return;
            }
            for(var i = 0; i < width; i++)
            {
                content[offset + i] &= (byte)(value >> (8 * i));
            }
        }

        private bool IsLocked(long offset)
        {
            var block = offset < OneTimeLocks ? (offset - OneTimeArea) / OneTimeBlockSize : offset - OneTimeLocks;
            return content[OneTimeLocks + block] == 0;
        }

        private readonly STM32F4_FlashController flashController;
        private readonly GuestMistakes mistakes;
        private readonly byte[] content = new byte[0x1000];

        private const byte Erased = 0xFF;
        private const int OneTimeArea = 0x800;
        private const int OneTimeBlockSize = 32;
        private const int OneTimeLocks = 0xA00;
        private const int EndOfOneTimeArea = 0xA10;
        private const int UniqueId = 0xA10;
        private const int UniqueIdSize = 12;
        private const int FlashSize = 0xA22;
        private const int ReferenceCalibration = 0xA2A;
        private const int TemperatureCalibration1 = 0xA2C;
        private const int TemperatureCalibration2 = 0xA2E;

        private const string LotCharacters = "0123456789PQ";
    }
}
