// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// SPI flash of Winbond's W25Q family, on four pins of the chip (datasheet W25Q16JV): W25Q80, 16, 32, 64 and 128 by their size. It sees the pins alone, so that an SPI
    /// of the chip and firmware that toggles pins drive it alike. For platform descriptions: <c>spiFlash: Board.W25Q @ gpioPortB 0</c>, where the place is but its name in the Monitor.
    /// </summary>
    /// <remarks>
    /// Modes 0 and 3 of SPI, one data line. Not there: dual and quad reads, security registers, suspend, SFDP: each says so once, and answers as nothing would, with ones.
    /// A program or erase that the supply doesn't outlast has changed each of its bits, or not yet, by how far it got; those that were about to change
    /// read differently each time until they are erased.
    /// We choose: typical times; a page takes 30 us for its first byte and 2.5 us for each other one; what is protected keeps WEL; supply and the chip's VDD
    /// come and go together.
    /// </remarks>
    public partial class W25Q : IGPIOReceiver, IResetMember, IRetainsState, IHasNonVolatileMemories
    {
        /// <summary>Puts the flash, erased, on four pins.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="port">Port of the pins.</param>
        /// <param name="chipSelect">Pin of /CS, 0 to 15.</param>
        /// <param name="clock">Pin of CLK, 0 to 15.</param>
        /// <param name="dataOut">Pin of DO, the chip's MISO, 0 to 15.</param>
        /// <param name="dataIn">Pin of DI, the chip's MOSI, 0 to 15.</param>
        /// <param name="supplies">Supplies of the chip, whose VDD feeds the flash, too; without them it never loses its own.</param>
        /// <param name="size">Bytes: a power of two from 0x10_0000 to 0x100_0000.</param>
        /// <param name="chipSelectPort">Port of /CS, if it is another one.</param>
        /// <exception cref="ConstructionException">A pin or the size is none of these.</exception>
        public W25Q(IMachine machine, STM32F4_GPIOPort port, int chipSelect, int clock, int dataOut, int dataIn, STM32F4_Supplies supplies = null, long size = 0x200000,
            STM32F4_GPIOPort chipSelectPort = null)
        {
            if(port == null)
            {
                throw new ConstructionException("'port' is missing: name the port of the flash's pins");
            }
            if(size < 0x100000 || size > 0x1000000 || (size & (size - 1)) != 0)
            {
                throw new ConstructionException($"size = 0x{size:X} is no size of a W25Q: give a power of two from 0x100000 to 0x1000000");
            }
            this.machine = machine;
            this.size = (int)size;
            mistakes = new GuestMistakes(machine, this);
            this.port = port;
            this.dataOut = dataOut;
            try
            {
                port.DriveFromBoard(dataOut, null);
                (chipSelectPort ?? port).Attach(chipSelect, this, ChipSelect);
                port.Attach(clock, this, Clock);
                port.Attach(dataIn, this, DataIn);
            }
            catch(RecoverableException e)
            {
                throw new ConstructionException(e.Message);
            }
            halfDone = new HalfDoneCells(machine, nameof(W25Q));
            memory = new Content(this);
            operationTimer = new LimitTimer(machine.ClockSource, MicrosecondsPerSecond, this, "operation", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            operationTimer.LimitReached += HandleTimer;
            resets = supplies?.Resets;
            if(resets != null)
            {
                resets.Attach(this);
                resets.CutOff += LoseSupply;
            }
        }

        /// <summary>Nothing: the flash has no reset pin.</summary>
        public void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass != ResetClass.PowerOnReset && resetClass != ResetClass.PowerOnResetWithoutBattery)
            {
                return;
            }
            LoseSupply();
            ForgetVolatileState();
            isSelected = false;
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs() => DriveData();

        /// <summary>A pin has a new level.</summary>
        /// <param name="number">Which one: 0 is /CS, 1 CLK, 2 DI.</param>
        /// <param name="value">Its level.</param>
        public void OnGPIO(int number, bool value)
        {
            switch(number)
            {
            case ChipSelect:
                Select(!value);
                break;
            case Clock:
                if(value != clockLevel)
                {
                    clockLevel = value;
                    HandleClock();
                }
                break;
            case DataIn:
                dataInLevel = value;
                break;
            }
        }

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            Settle();
            writer.Write(status);
            foreach(var sector in sectors.OrderBy(x => x.Key).Where(x => !IsTold(x.Key)))
            {
                if(sector.Value.Any(x => x != Erased))
                {
                    writer.Write(sector.Key);
                    writer.Write(sector.Value);
                }
                halfDone.Take(sector.Key * SectorSize, SectorSize).Write(writer);
            }
            WriteOperation(writer);
        }

        /// <summary>Content as text, 16 bytes a line.</summary>
        /// <param name="offset">First byte.</param>
        /// <param name="count">How many bytes.</param>
        /// <exception cref="RecoverableException">They aren't in the flash.</exception>
        public string Dump(int offset = 0, int count = PageSize)
        {
            if(offset < 0 || offset >= size || count < 1 || count > size - offset)
            {
                throw new RecoverableException($"offset = 0x{offset:X}, count = 0x{count:X} is out of range: the flash has 0x{size:X} bytes");
            }
            Settle();
            return HexText.Dump(ReadContent(offset, count), offset, 6);
        }

        /// <summary>Replaces the content by that of a binary file; what the file doesn't cover is erased.</summary>
        /// <param name="path">A file no larger than the flash.</param>
        /// <exception cref="RecoverableException">The file is larger.</exception>
        public void Load(ReadFilePath path)
        {
            var bytes = File.ReadAllBytes(path);
            if(bytes.Length > size)
            {
                throw new RecoverableException($"File '{(string)path}' has {bytes.Length} bytes, the flash {size}");
            }
            Erase();
            for(var i = 0; i < bytes.Length; i += SectorSize)
            {
                Array.Copy(bytes, i, SectorAt(i), 0, Math.Min(SectorSize, bytes.Length - i));
            }
        }

        /// <summary>Writes all of the content to a binary file.</summary>
        /// <param name="path">The file.</param>
        public void Save(WriteFilePath path)
        {
            Settle();
            File.WriteAllBytes(path, ReadContent(0, size));
        }

        /// <summary>Erases everything at once. What is under way ends without effect.</summary>
        public void Erase()
        {
            Forget();
            sectors.Clear();
            halfDone.Erase(0, size);
        }

        /// <summary>Is a program, an erase or a write of the status registers under way?</summary>
        public bool IsBusy
        {
            get
            {
                Settle();
                return operation != null;
            }
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<INonVolatileMemory> NonVolatileMemories => new[] { memory };

        /// <summary>Does the flash sleep (instruction B9h)?</summary>
        public bool IsPoweredDown { get; private set; }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        private void Select(bool selected)
        {
            if(selected == isSelected)
            {
                return;
            }
            isSelected = selected;
            if(selected)
            {
                Settle();
                bits = 0;
                bytesTaken = 0;
                answer = null;
            }
            else
            {
                DriveData();
                if(bytesTaken > 0)
                {
                    Execute();
                }
            }
        }

        // DI is sampled at the rising edge, DO changes at the falling one (6.1).
        private void HandleClock()
        {
            if(!isSelected)
            {
                return;
            }
            if(!clockLevel)
            {
                DriveData();
                return;
            }
            shiftRegister = (byte)((shiftRegister << 1) | (dataInLevel ? 1 : 0));
            bits++;
            if(bits == 8)
            {
                bits = 0;
                Take(shiftRegister);
                bytesTaken++;
                answer = isIgnored ? null : Answer();
            }
        }

        private void DriveData()
        {
            var level = isSelected && answer != null ? (answer.Value >> (7 - bits) & 1) != 0 : (bool?)null;
            if(level != drivenLevel)
            {
                drivenLevel = level;
                port.DriveFromBoard(dataOut, level);
            }
        }

        private void Take(byte value)
        {
            if(bytesTaken == 0)
            {
                instruction = (Instruction)value;
                address = 0;
                data.Clear();
                isIgnored = !IsHeard();
                return;
            }
            if(bytesTaken <= AddressBytes)
            {
                address = (address << 8) | value;
            }
            else if(data.Count < PageSize)
            {
                data.Add(value);
            }
            else
            {
                // A page holds the last 256 bytes that came.
                data[(bytesTaken - 1 - AddressBytes) % PageSize] = value;
            }
        }

        private bool IsHeard()
        {
            if(IsPoweredDown && instruction != Instruction.ReleasePowerDown)
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h ignored in power-down: ABh ends that");
                return false;
            }
            if(operation != null && !IsStatusRead)
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h ignored while the flash is busy");
                return false;
            }
            if(!Enum.IsDefined(typeof(Instruction), instruction))
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h is not modelled: nothing answers");
                return false;
            }
            return true;
        }

        private byte? Answer()
        {
            var afterInstruction = bytesTaken - 1;
            var afterAddress = bytesTaken - 4;
            switch(instruction)
            {
            case Instruction.ReadJedecId:
                return new[] { Manufacturer, MemoryType, Capacity }[afterInstruction % 3];
            case Instruction.ReadManufacturerId:
                return afterAddress < 0 ? (byte?)null : ((afterAddress + address) & 1) == 0 ? Manufacturer : DeviceId;
            case Instruction.ReleasePowerDown:
                return afterAddress < 0 ? (byte?)null : DeviceId;
            case Instruction.ReadUniqueId:
                return afterAddress < 1 ? (byte?)null : UniqueId[(afterAddress - 1) % UniqueId.Length];
            case Instruction.ReadStatus1:
                return Status1;
            case Instruction.ReadStatus2:
                return status[1];
            case Instruction.ReadStatus3:
                return status[2];
            case Instruction.Read:
                return afterAddress < 0 ? (byte?)null : ReadCell(address + afterAddress);
            case Instruction.FastRead:
                return afterAddress < 1 ? (byte?)null : ReadCell(address + afterAddress - 1);
            default:
                return null;
            }
        }

        // At the rising edge of /CS, if it comes after a whole byte.
        private void Execute()
        {
            var wasResetEnabled = isResetEnabled;
            isResetEnabled = false;
            if(isIgnored)
            {
                return;
            }
            if(bits != 0 && !IsRead)
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h not executed, because /CS rose within a byte");
                return;
            }
            switch(instruction)
            {
            case Instruction.EnableWrite:
                isWriteEnabled = true;
                break;
            case Instruction.DisableWrite:
                isWriteEnabled = false;
                break;
            case Instruction.EnableVolatileWrite:
                isVolatileWriteEnabled = true;
                return;
            case Instruction.WriteStatus1:
                WriteStatus(0);
                break;
            case Instruction.WriteStatus2:
                WriteStatus(1);
                break;
            case Instruction.WriteStatus3:
                WriteStatus(2);
                break;
            case Instruction.ProgramPage:
                Program();
                break;
            case Instruction.EraseSector:
                StartErase(SectorSize, SectorEraseTime);
                break;
            case Instruction.EraseHalfBlock:
                StartErase(BlockSize / 2, HalfBlockEraseTime);
                break;
            case Instruction.EraseBlock:
                StartErase(BlockSize, BlockEraseTime);
                break;
            case Instruction.EraseChip:
            case Instruction.EraseChipToo:
                address = 0;
                StartErase(size, ChipEraseTime * (size / (double)0x200000));
                break;
            case Instruction.PowerDown:
                IsPoweredDown = true;
                break;
            case Instruction.ReleasePowerDown:
                IsPoweredDown = false;
                break;
            case Instruction.EnableReset:
                isResetEnabled = true;
                break;
            case Instruction.Reset:
                if(wasResetEnabled)
                {
                    ForgetVolatileState();
                }
                break;
            }
            isVolatileWriteEnabled = false;
        }

        private void WriteStatus(int first)
        {
            if(data.Count == 0 || data.Count > (first == 0 ? 2 : 1))
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h not executed: it takes one byte{(first == 0 ? ", or two" : "")}");
                return;
            }
            if(!isWriteEnabled && !isVolatileWriteEnabled)
            {
                ReportDisabled();
                return;
            }
            Start(Kind.WriteStatus, first, data.Count, isVolatileWriteEnabled ? 0 : StatusWriteTime);
        }

        private void Program()
        {
            if(data.Count == 0)
            {
                mistakes.Report("W25Q", "instruction 02h not executed: it takes an address and data");
                return;
            }
            address &= size - 1;
            if(!IsWritable(address, data.Count))
            {
                return;
            }
            Start(Kind.Program, address, data.Count, FirstByteTime + (NextByteTime * (data.Count - 1)));
        }

        private void StartErase(int length, double microseconds)
        {
            if(bytesTaken != 1 + AddressBytes)
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h not executed: it takes {(AddressBytes == 0 ? "no" : "an")} address and nothing else");
                return;
            }
            var from = address & (size - 1) & ~(length - 1);
            if(!IsWritable(from, length))
            {
                return;
            }
            Start(Kind.Erase, from, length, microseconds);
        }

        private bool IsWritable(int from, int length)
        {
            if(!isWriteEnabled)
            {
                ReportDisabled();
                return false;
            }
            var (start, end) = ProtectedRange();
            if(from < end && from + length > start)
            {
                mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h not executed, because the status registers protect 0x{start:X} to 0x{end - 1:X}");
                return false;
            }
            return true;
        }

        private void ReportDisabled()
        {
            mistakes.Report("W25Q", $"instruction {(int)instruction:X2}h not executed, because no 06h came before it (WEL is 0)");
        }

        // 7.1.15: BP says how much, TB where, SEC whether it counts sectors or blocks, CMP turns it round.
        private (int Start, int End) ProtectedRange()
        {
            var blocks = status[0] >> 2 & 7;
            var isAtBottom = (status[0] & TopBottom) != 0;
            var length = blocks == 0 ? 0 : blocks == 7 ? size
                : (status[0] & SectorProtect) != 0 ? Math.Min(SectorSize << (blocks - 1), BlockSize / 2)
                : (int)Math.Min((long)Math.Max(size / 64, BlockSize) << (blocks - 1), size);
            if((status[1] & Complement) == 0)
            {
                return isAtBottom ? (0, length) : (size - length, size);
            }
            return isAtBottom ? (length, size) : (0, size - length);
        }

        private void ForgetVolatileState()
        {
            Forget();
            isWriteEnabled = false;
            isVolatileWriteEnabled = false;
            isResetEnabled = false;
            IsPoweredDown = false;
        }

        private byte[] ReadContent(int offset, int count)
        {
            var result = Enumerable.Repeat(Erased, count).ToArray();
            foreach(var sector in sectors.Where(x => x.Key * SectorSize < offset + count && (x.Key + 1) * SectorSize > offset))
            {
                var start = Math.Max(offset, sector.Key * SectorSize);
                Array.Copy(sector.Value, start % SectorSize, result, start - offset, Math.Min(offset + count, (sector.Key + 1) * SectorSize) - start);
            }
            return result;
        }

        private byte[] SectorAt(int offset)
        {
            if(!sectors.TryGetValue(offset / SectorSize, out var sector))
            {
                sectors[offset / SectorSize] = sector = Enumerable.Repeat(Erased, SectorSize).ToArray();
            }
            return sector;
        }

        private byte ReadCell(int offset)
        {
            offset &= size - 1;
            memory.Watcher?.HasRead(offset, 1);
            return halfDone.Read(offset, this[offset]);
        }

        private byte this[int offset] => sectors.TryGetValue(offset / SectorSize, out var sector) ? sector[offset % SectorSize] : Erased;

        private byte Status1
        {
            get
            {
                Settle();
                return (byte)(status[0] | (operation != null ? 1 : 0) | (isWriteEnabled ? 2 : 0));
            }
        }

        private byte Capacity => (byte)Math.Log(size, 2);

        private byte DeviceId => (byte)(Capacity - 1);

        private byte[] UniqueId
        {
            get
            {
                var noise = new ChipNoise(machine, $"{nameof(W25Q)} unique ID");
                return Enumerable.Range(0, 8).Select(_ => (byte)noise.Next()).ToArray();
            }
        }

        private bool IsStatusRead => instruction == Instruction.ReadStatus1 || instruction == Instruction.ReadStatus2 || instruction == Instruction.ReadStatus3;

        private bool IsRead => IsStatusRead || instruction == Instruction.Read || instruction == Instruction.FastRead || instruction == Instruction.ReadJedecId
            || instruction == Instruction.ReadManufacturerId || instruction == Instruction.ReadUniqueId || instruction == Instruction.ReleasePowerDown;

        private int AddressBytes
        {
            get
            {
                switch(instruction)
                {
                case Instruction.ProgramPage:
                case Instruction.EraseSector:
                case Instruction.EraseHalfBlock:
                case Instruction.EraseBlock:
                case Instruction.Read:
                case Instruction.FastRead:
                case Instruction.ReadManufacturerId:
                    return 3;
                default:
                    return 0;
                }
            }
        }

        private bool isSelected;
        private bool clockLevel;
        private bool dataInLevel;
        private bool? drivenLevel;
        private byte shiftRegister;
        private int bits;
        private int bytesTaken;
        private byte? answer;
        private Instruction instruction;
        private bool isIgnored;
        private int address;
        private bool isWriteEnabled;
        private bool isVolatileWriteEnabled;
        private bool isResetEnabled;

        private readonly IMachine machine;
        private readonly ResetController resets;
        private readonly GuestMistakes mistakes;
        private readonly STM32F4_GPIOPort port;
        private readonly int dataOut;
        private readonly int size;
        private readonly List<byte> data = new List<byte>();
        // DRV1:0 say 25 %.
        private readonly byte[] status = { 0, 0, 0x60 };
        // Those that are not erased.
        private readonly Dictionary<int, byte[]> sectors = new Dictionary<int, byte[]>();

        private const int ChipSelect = 0;
        private const int Clock = 1;
        private const int DataIn = 2;
        private const byte Erased = 0xFF;
        private const byte Manufacturer = 0xEF;
        private const byte MemoryType = 0x40;
        private const int PageSize = 0x100;
        private const int SectorSize = 0x1000;
        private const int BlockSize = 0x10000;
        private const int TopBottom = 1 << 5;
        private const int SectorProtect = 1 << 6;
        private const int Complement = 1 << 6;
        // Typical, in microseconds (9.6).
        private const double FirstByteTime = 30;
        private const double NextByteTime = 2.5;
        private const double SectorEraseTime = 45000;
        private const double HalfBlockEraseTime = 120000;
        private const double BlockEraseTime = 150000;
        private const double ChipEraseTime = 5000000;
        private const double StatusWriteTime = 10000;

        // SRP, SEC, TB, BP; CMP, LB, QE, SRL; DRV, WPS. Lock bits stay set once they are.
        private static readonly byte[] WritableStatus = { 0xFC, 0x43, 0x64 };

        private enum Instruction
        {
            WriteStatus1 = 0x01,
            ProgramPage = 0x02,
            Read = 0x03,
            DisableWrite = 0x04,
            ReadStatus1 = 0x05,
            EnableWrite = 0x06,
            FastRead = 0x0B,
            WriteStatus3 = 0x11,
            ReadStatus3 = 0x15,
            EraseSector = 0x20,
            WriteStatus2 = 0x31,
            ReadStatus2 = 0x35,
            ReadUniqueId = 0x4B,
            EnableVolatileWrite = 0x50,
            EraseHalfBlock = 0x52,
            EraseChipToo = 0x60,
            EnableReset = 0x66,
            ReadManufacturerId = 0x90,
            Reset = 0x99,
            ReadJedecId = 0x9F,
            ReleasePowerDown = 0xAB,
            PowerDown = 0xB9,
            EraseChip = 0xC7,
            EraseBlock = 0xD8,
        }
    }
}
