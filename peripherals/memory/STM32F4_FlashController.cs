// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Flash interface (RM0090 chapter 3): locks, erase of sectors and of everything, error flags, option bytes, read
    /// protection of flash and backup SRAM (3.7.3), and of the backup registers.
    /// </summary>
    /// <remarks>
    /// Programming and erasing obey their rules, take their time, and stop a core that runs from the bank in question (3.6).
    /// We choose: an erase that can't be done (no such sector, neither or both of SER and MER) erases nothing and sets PGSERR; a wrong
    /// key locks the register until the next reset, without the bus error of the chip; OPTSTRT takes as long as the erase of a sector of 16 KB, but from
    /// level 1 to 0 it acts at once; cut within, the option bytes' complements don't match, which counts as the defaults with level 1; times are the
    /// typical ones; with PSIZE for 64 bits the two words of a double word are programmed one after the other; writes of Monitor,
    /// debugger and DMA are a programmer's: they take no time and set every bit.
    /// Limitations: cells that a torn program or erase has left between 0 and 1 read differently after each reset, not at each read,
    /// because flash is mapped memory; a core that runs from elsewhere isn't stopped by reading a busy bank, and finds the new content in it.
    /// Two banks are those of a flash above 1 MB; BFB2, DB1M and SPRMOD are stored.
    /// Read and write protection act from OPTSTRT on, BOR_LEV, WDG_SW, nRST_STOP and nRST_STDBY from
    /// the next reset, which loads them. From level 1 to 0, the other option bytes keep what they hold (3.7.3) and nWRP
    /// protects nothing. At level 2, OPTSTRT does nothing.
    /// We choose: at levels 1 and 2, words of flash and all of backup SRAM read 0 for Monitor and debugger, without the bus error
    /// of the chip; so do the backup registers, which RM0090 doesn't say, but a user of an F407 has seen; level 0 shows them unerased.
    /// Flash is mapped memory: Renode gives it to <c>sysbus ReadBytes</c> and to GDB without asking anyone.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public partial class STM32F4_FlashController : RegisterBlock, IResetMember, IOptionBytes, IRetainsState, IHasNonVolatileMemories, IStatusProvider
    {
        /// <summary>Creates the flash interface.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="flash">Main memory. Its size, up to 1 MB, or 2 MB in lines with two banks, says how many sectors the chip has.</param>
        /// <param name="supplies">Supplies of the chip, which act on the option bytes; may be left out.</param>
        /// <param name="backupSram">Backup SRAM, which is erased when read protection is lifted; may be left out.</param>
        public STM32F4_FlashController(IMachine machine, MappedMemory flash, STM32F4_Supplies supplies = null, STM32F4_BackupSRAM backupSram = null) : base(machine, "FLASH", typeof(Registers), ChipFacts.Of(supplies), x => x.Flash)
        {
            if(flash == null)
            {
                throw new ConstructionException("'flash' is missing: name the chip's main memory");
            }
            this.flash = flash;
            this.backupSram = backupSram;
            if(flash.ReadBytes(0, (int)flash.Size).All(x => x == 0))
            {
                // As it leaves the factory. Whatever was loaded before stays.
                EraseMainMemory();
            }
            operationEnd = new LimitTimer(machine.ClockSource, MicrosecondsPerSecond, this, "operation", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            operationEnd.LimitReached += HandleTimer;
            halfDone = new HalfDoneCells(machine, "flash");
            mainMemory = new MainMemory(this);
            optionMemory = new OptionMemory(this);
            debuggers = new DebuggerGuard(machine, this, "flash", holdsVectors: true);
            optionBytes = new OptionBytes();
            optionRegion = new DoubleWordRegisterCollection(this);
            DefineRegisters();
            DefineOptionRegion();
            ResetRegisters();
            resets = supplies?.Resets;
            if(resets != null)
            {
                resets.Attach(this);
                resets.OptionBytes = this;
                resets.CutOff += AbortOperation;
            }
            Subscribe();
            CatchAccesses();
        }

        /// <summary>Resets come through <see cref="IResetMember"/>; without supplies nobody else tells of them.</summary>
        public override void Reset()
        {
            if(resets == null)
            {
                AbortOperation();
                ResetRegisters();
                UpdateInterrupt();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass == ResetClass.BackupDomainReset)
            {
                return;
            }
            AbortOperation();
            if(resetClass != ResetClass.PeripheralReset)
            {
                halfDone.ReadAll(flash.ReadByte, flash.WriteByte);
            }
            ResetRegisters();
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            ReleaseCores();
            // A core forgets in its reset how it gets at the pages.
            UpdateBusReadPages();
            UpdateInterrupt();
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            var isOption = offset == (long)Registers.OPTCR || offset == (long)Registers.OPTCR1;
            if((offset == (long)Registers.CR && controlLock.IsLocked) || (isOption && optionLock.IsLocked))
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because the register is locked");
                return;
            }
            if(isOption || offset == (long)Registers.CR)
            {
                // The bus waits until the operation is over (3.6.1).
                WaitForEnd();
            }
            base.WriteDoubleWord(offset, value);
        }

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            writer.Write(optionBytes.ToBytes());
            for(var i = 0; i < torn.Length; i++)
            {
                if(Exists(i) && !toldSectors.Any(x => x.Number == i))
                {
                    WriteSector(i, writer);
                }
            }
            WriteOperation(writer);
        }

        /// <summary>Reads the option bytes, at 0x1FFF_C000.</summary>
        [ConnectionRegion("optionBytes")]
        public uint ReadDoubleWordFromOptionBytes(long offset)
        {
            return optionRegion.Read(offset);
        }

        /// <summary>Option bytes are written through FLASH_OPTCR only.</summary>
        [ConnectionRegion("optionBytes")]
        public void WriteDoubleWordToOptionBytes(long offset, uint value)
        {
            mistakes.Report("Option bytes", "write ignored: they are written through FLASH_OPTCR");
        }

        /// <summary>Read protection level of flash and backup SRAM: 0, 1, or 2, which is final (3.7.3).</summary>
        public int ReadProtectionLevel => LevelOf(optionBytes.ReadProtection);

        /// <inheritdoc/>
        public int BrownOutLevel => (int)(3 - (loadedUserOptions & 3));

        /// <inheritdoc/>
        public bool HardwareWatchdog => (loadedUserOptions & 0x08) == 0;

        /// <inheritdoc/>
        public bool ResetsOnStop => (loadedUserOptions & 0x10) == 0;

        /// <inheritdoc/>
        public bool ResetsOnStandby => (loadedUserOptions & 0x20) == 0;

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return KeyValuePair.Create("Read protection", ReadProtectionLevel == 0 ? "level 0: none"
                    : $"level {ReadProtectionLevel}: debuggers can't read flash and backup SRAM{(ReadProtectionLevel == 2 ? ", for ever" : "")}");
                if(IsBusy)
                {
                    yield return KeyValuePair.Create("Flash", "busy: a power cut now leaves what it programs or erases half done");
                }
            }
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<INonVolatileMemory> NonVolatileMemories => new INonVolatileMemory[] { mainMemory, optionMemory };

        /// <summary>End of operation with EOPIE, or an error with ERRIE.</summary>
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>The core writes to a memory of flash other than main memory: may it? If not, the error flags say why (3.6.3).</summary>
        /// <param name="memory">What it is called in the log.</param>
        /// <param name="isProtected">Is what it writes to protected?</param>
        internal bool StartProgramming(string memory, bool isProtected)
        {
            if(!programming.Value || controlLock.IsLocked)
            {
                Fail(programmingSequenceError, memory, "write ignored, because FLASH_CR.PG is 0 or FLASH_CR is locked");
            }
            else if(isProtected)
            {
                Fail(writeProtectionError, memory, "write ignored, because the block is locked");
            }
            else
            {
                endOfOperation.Value |= endOfOperationInterrupt.Value;
                UpdateInterrupt();
                return true;
            }
            UpdateInterrupt();
            return false;
        }

        // In each bank four sectors of 16 KB, one of 64 KB, the others of 128 KB (3.3, tables 5 and 6). Those of the second bank
        // are numbered from 12, but from 16 in SNB.
        private static (long Offset, int Size) Sector(int number)
        {
            var inBank = number % MostSectorsOfBank;
            var bank = number / MostSectorsOfBank * BankSize;
            return inBank < 4 ? (bank + (inBank * 0x4000), 0x4000)
                : inBank == 4 ? (bank + 0x10000, 0x10000)
                : (bank + ((inBank - 4) * 0x20000), 0x20000);
        }

        private static int LevelOf(uint readProtection)
        {
            return readProtection == Unprotected ? 0 : readProtection == ProtectedForEver ? 2 : 1;
        }

        private void WriteSector(int number, BinaryWriter writer)
        {
            // A campaign asks at each cut, and large arrays make the garbage collector go through all that there is.
            var (start, size) = Sector(number);
            var part = ArrayPool<byte>.Shared.Rent(CopiedAtOnce);
            for(var offset = start; offset < start + size; offset += CopiedAtOnce)
            {
                var count = Math.Min(size, CopiedAtOnce);
                flash.ReadBytes(offset, count, part, 0);
                writer.Write(part, 0, count);
            }
            ArrayPool<byte>.Shared.Return(part);
            writer.Write(torn[number]);
            writer.Write(erases[number]);
            halfDone.Take(start, size).Write(writer);
        }

        private void ResetRegisters()
        {
            RegistersCollection.Reset();
            controlLock.Reset();
            optionLock.Reset();
            // The option bytes are loaded at each reset (3.9.10).
            ShowOptionBytes();
            loadedUserOptions = optionBytes.BrownOutLevelAndUser;
        }

        private void StartErase()
        {
            if(IsCutOff)
            {
                return;
            }
            var number = (int)sectorNumber.Value;
            var sector = number >= FirstNumberOfSecondBank ? number - FirstNumberOfSecondBank + MostSectorsOfBank : number;
            var sectors = new List<int>();
            if(massErase.Value)
            {
                sectors.AddRange(SectorsOfBank(0));
            }
            if(massEraseOfSecondBank.Value)
            {
                sectors.AddRange(SectorsOfBank(1));
            }
            if(sectorErase.Value != (sectors.Count == 0))
            {
                Fail(programmingSequenceError, "FLASH_CR.STRT", $"nothing erased, because {(sectorErase.Value ? "both" : "neither")} of SER and MER are set");
                return;
            }
            if(sectorErase.Value)
            {
                if(number % FirstNumberOfSecondBank >= MostSectorsOfBank || !Exists(sector))
                {
                    Fail(programmingSequenceError, "FLASH_CR.SNB", $"nothing erased, because a flash of {flash.Size / 1024} KB has no sector {sector}");
                    return;
                }
                sectors.Add(sector);
            }
            if(sectors.Any(x => (optionBytes.NotWriteProtected >> x & 1) == 0))
            {
                Fail(writeProtectionError, "FLASH_CR.STRT", "nothing erased, because a sector is write-protected (nWRP)");
                return;
            }
            Erase(sectors);
        }

        private IEnumerable<int> SectorsOfBank(int bank)
        {
            return Enumerable.Range(bank * MostSectorsOfBank, MostSectorsOfBank).Where(Exists);
        }

        private bool Exists(int sector)
        {
            var (offset, size) = Sector(sector);
            return offset + size <= flash.Size && sector < MostSectorsOfBank * facts.FlashBanks;
        }

        private void Fail(IFlagRegisterField flag, string subject, string rule)
        {
            mistakes.Report(subject, rule);
            flag.Value = true;
            operationError.Value |= errorInterrupt.Value;
        }

        private void EraseMainMemory()
        {
            flash.WriteBytes(0, Enumerable.Repeat(Erased, (int)flash.Size).ToArray(), 0, (int)flash.Size);
        }

        private void ProgramOptionBytes()
        {
            if(IsCutOff)
            {
                return;
            }
            var oldLevel = ReadProtectionLevel;
            var newLevel = LevelOf(RequestedReadProtection);
            if(oldLevel == 2)
            {
                mistakes.Report("FLASH_OPTCR.OPTSTRT", "option bytes not programmed, because read protection level 2 is final");
            }
            else if(oldLevel == 1 && newLevel == 0)
            {
                // The secrets go before the protection does; the other option bytes stay.
                EraseMainMemory();
                backupSram?.Erase();
                optionBytes.ReadProtection = Unprotected;
                // Nothing is left to run: the core locks up, faulting for the lack of a fault handler, until it is reset.
                foreach(var cpu in sysbus.GetCPUs())
                {
                    cpu.IsHalted = true;
                }
                this.Log(LogLevel.Info, "Read protection removed: flash and backup SRAM are erased");
            }
            else
            {
                var requested = new OptionBytes
                {
                    BrownOutLevelAndUser = (optionControl.Value >> 2) & 0x3F,
                    ReadProtection = RequestedReadProtection,
                    NotWriteProtected = (optionControl.Value >> 16 & 0xFFF) | (secondOptionControl.Value >> 16 & 0xFFF) << MostSectorsOfBank,
                    BankModes = optionControl.Value >> 30,
                }.ToBytes();
                // They are erased first, as a sector is.
                if(StartOperation(optionMemory, MemoryOperationKind.Replace, requested, MicrosecondsOf16KB[(int)parallelism.Value]))
                {
                    ChangeOptionBytes(() => optionBytes.Set(requested));
                }
                return;
            }
            ShowOptionBytes();
            if((oldLevel != 0) != (ReadProtectionLevel != 0))
            {
                ApplyReadProtection();
            }
        }

        private void ChangeOptionBytes(Action change)
        {
            var wasProtected = ReadProtectionLevel != 0;
            change();
            ShowOptionBytes();
            if(wasProtected != (ReadProtectionLevel != 0))
            {
                ApplyReadProtection();
            }
        }

        private void ShowOptionBytes()
        {
            optionControl.Value = (optionBytes.BrownOutLevelAndUser << 2) | (optionBytes.ReadProtection << 8)
                | ((optionBytes.NotWriteProtected & ((1u << MostSectorsOfBank) - 1)) << 16) | (optionBytes.BankModes << 30);
            secondOptionControl.Value = (optionBytes.NotWriteProtected >> MostSectorsOfBank) << 16;
        }

        private uint RequestedReadProtection => optionControl.Value >> 8 & 0xFF;

        private void ApplyReadProtection()
        {
            if(ReadProtectionLevel == 0)
            {
                sysbus.ClearHookAfterPeripheralRead<byte>(flash);
                sysbus.ClearHookAfterPeripheralRead<ushort>(flash);
                sysbus.ClearHookAfterPeripheralRead<uint>(flash);
                sysbus.ClearHookAfterPeripheralRead<ulong>(flash);
                return;
            }
            sysbus.SetHookAfterPeripheralRead<byte>(flash, (value, _) => debuggers.Refuses(ReadProtectionLevel, "read") ? (byte)0 : value);
            sysbus.SetHookAfterPeripheralRead<ushort>(flash, (value, _) => debuggers.Refuses(ReadProtectionLevel, "read") ? (ushort)0 : value);
            sysbus.SetHookAfterPeripheralRead<uint>(flash, (value, _) => debuggers.Refuses(ReadProtectionLevel, "read") ? 0 : value);
            sysbus.SetHookAfterPeripheralRead<ulong>(flash, (value, _) => debuggers.Refuses(ReadProtectionLevel, "read") ? 0 : value);
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((endOfOperation.Value && endOfOperationInterrupt.Value) || (operationError.Value && errorInterrupt.Value));
        }

        private void DefineRegisters()
        {
            const FieldMode errorFlag = FieldMode.Read | FieldMode.WriteOneToClear;

            Define(Registers.ACR)
                .WithValueField(0, 4, name: "LATENCY")
                .WithReservedBits(4, 4)
                .WithFlag(8, name: "PRFTEN")
                .WithFlag(9, name: "ICEN")
                .WithFlag(10, name: "DCEN")
                .WithFlag(11, name: "ICRST")
                .WithFlag(12, name: "DCRST")
                .WithReservedBits(13, 19);

            Registers.KEYR.Define(this)
                .WithValueField(0, 32, FieldMode.Write, writeCallback: (_, value) => controlLock.Accept((uint)value), name: "FKEYR");

            Registers.OPTKEYR.Define(this)
                .WithValueField(0, 32, FieldMode.Write, writeCallback: (_, value) => optionLock.Accept((uint)value), name: "OPTKEYR");

            Define(Registers.SR)
                .WithFlag(0, out endOfOperation, errorFlag, name: "EOP")
                .WithFlag(1, out operationError, errorFlag, name: "OPERR")
                .WithReservedBits(2, 2)
                .WithFlag(4, out writeProtectionError, errorFlag, name: "WRPERR")
                .WithFlag(5, out alignmentError, errorFlag, name: "PGAERR")
                .WithFlag(6, out parallelismError, errorFlag, name: "PGPERR")
                .WithFlag(7, out programmingSequenceError, errorFlag, name: "PGSERR")
                .WithFlag(8, errorFlag, name: "RDERR")
                .WithReservedBits(9, 7)
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => IsBusy, name: "BSY")
                .WithReservedBits(17, 15)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Define(Registers.CR)
                .WithFlag(0, out programming, name: "PG")
                .WithFlag(1, out sectorErase, name: "SER")
                .WithFlag(2, out massErase, name: "MER")
                .WithValueField(3, 5, out sectorNumber, name: "SNB")
                .WithValueField(8, 2, out parallelism, name: "PSIZE")
                .WithReservedBits(10, 5)
                .WithFlag(15, out massEraseOfSecondBank, name: "MER1")
                .WithFlag(16, out var start, valueProviderCallback: _ => false, name: "STRT")
                .WithReservedBits(17, 7)
                .WithFlag(24, out endOfOperationInterrupt, name: "EOPIE")
                .WithFlag(25, out errorInterrupt, name: "ERRIE")
                .WithReservedBits(26, 5)
                .WithFlag(31, out var lockControl, valueProviderCallback: _ => controlLock.IsLocked, name: "LOCK")
                .WithWriteCallback((_, __) =>
                {
                    if(start.Value)
                    {
                        StartErase();
                    }
                    if(lockControl.Value)
                    {
                        controlLock.Lock();
                        // Not after each unit: HAL sets and clears PG for every word.
                        ClosePages();
                    }
                    UpdateInterrupt();
                });

            // What is written here waits for OPTSTRT.
            optionControl = Define(Registers.OPTCR)
                .WithFlag(0, out var lockOptions, valueProviderCallback: _ => optionLock.IsLocked, name: "OPTLOCK")
                .WithFlag(1, out var startOptions, valueProviderCallback: _ => false, name: "OPTSTRT")
                .WithValueField(2, 2, name: "BOR_LEV")
                .WithFlag(4, name: "BFB2")
                .WithFlag(5, name: "WDG_SW")
                .WithFlag(6, name: "nRST_STOP")
                .WithFlag(7, name: "nRST_STDBY")
                .WithValueField(8, 8, name: "RDP")
                .WithValueField(16, MostSectorsOfBank, name: "nWRP")
                .WithReservedBits(28, 2)
                .WithFlag(30, name: "DB1M")
                .WithFlag(31, name: "SPRMOD")
                .WithWriteCallback((_, __) =>
                {
                    if(startOptions.Value)
                    {
                        ProgramOptionBytes();
                    }
                    if(lockOptions.Value)
                    {
                        optionLock.Lock();
                    }
                });

            secondOptionControl = Define(Registers.OPTCR1)
                .WithReservedBits(0, 16)
                .WithValueField(16, MostSectorsOfBank, name: "nWRP")
                .WithReservedBits(28, 4);
        }

        private void DefineOptionRegion()
        {
            OptionRegisters.ProtectionAndUser.Define(optionRegion)
                .WithReservedBits(0, 2)
                .WithValueField(2, 2, FieldMode.Read, valueProviderCallback: _ => optionBytes.BrownOutLevelAndUser & 3, name: "BOR_LEV")
                .WithReservedBits(4, 1)
                .WithFlag(5, FieldMode.Read, valueProviderCallback: _ => (optionBytes.BrownOutLevelAndUser & 0x08) != 0, name: "WDG_SW")
                .WithFlag(6, FieldMode.Read, valueProviderCallback: _ => (optionBytes.BrownOutLevelAndUser & 0x10) != 0, name: "nRST_STOP")
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => (optionBytes.BrownOutLevelAndUser & 0x20) != 0, name: "nRST_STDBY")
                .WithValueField(8, 8, FieldMode.Read, valueProviderCallback: _ => optionBytes.ReadProtection, name: "RDP")
                .WithReservedBits(16, 16);

            OptionRegisters.WriteProtection.Define(optionRegion)
                .WithValueField(0, facts.SectorsOfBank, FieldMode.Read, valueProviderCallback: _ => optionBytes.NotWriteProtected & ((1u << facts.SectorsOfBank) - 1), name: "nWRP")
                .WithReservedBits(facts.SectorsOfBank, 32 - facts.SectorsOfBank);
        }

        private IFlagRegisterField endOfOperation;
        private IFlagRegisterField operationError;
        private IFlagRegisterField writeProtectionError;
        private IFlagRegisterField programmingSequenceError;
        private IFlagRegisterField alignmentError;
        private IFlagRegisterField parallelismError;
        private IFlagRegisterField programming;
        private IFlagRegisterField sectorErase;
        private IFlagRegisterField massErase;
        private IValueRegisterField sectorNumber;
        private IValueRegisterField parallelism;
        private IFlagRegisterField endOfOperationInterrupt;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField massEraseOfSecondBank;
        private DoubleWordRegister optionControl;
        private DoubleWordRegister secondOptionControl;
        private uint loadedUserOptions;

        private readonly ResetController resets;
        private readonly MappedMemory flash;
        private readonly STM32F4_BackupSRAM backupSram;
        private readonly DebuggerGuard debuggers;
        private readonly OptionBytes optionBytes;
        private readonly DoubleWordRegisterCollection optionRegion;
        private readonly LimitTimer operationEnd;
        private readonly MainMemory mainMemory;
        private readonly OptionMemory optionMemory;
        private readonly KeyLock controlLock = new KeyLock(0x45670123, 0xCDEF89AB);
        private readonly KeyLock optionLock = new KeyLock(0x08192A3B, 0x4C5D6E7F);

        private const int MostSectorsOfBank = 12;
        private const int FirstNumberOfSecondBank = 16;
        private const int BankSize = 0x100000;
        private const int CopiedAtOnce = 0x10000;
        private const byte Erased = 0xFF;
        private const int MicrosecondsPerSecond = 1000000;
        private const uint Unprotected = 0xAA;
        private const uint ProtectedForEver = 0xCC;

        /// <summary>Opened by two keys in order (3.6.1, 3.7.2).</summary>
        private class KeyLock
        {
            public KeyLock(uint first, uint second)
            {
                this.first = first;
                this.second = second;
            }

            public void Accept(uint key)
            {
                var expected = accepted == 0 ? first : second;
                if(blocked || !IsLocked || key != expected)
                {
                    blocked = true;
                    Lock();
                    return;
                }
                accepted++;
                IsLocked = accepted < 2;
            }

            public void Lock()
            {
                IsLocked = true;
                accepted = 0;
            }

            public void Reset()
            {
                Lock();
                blocked = false;
            }

            public bool IsLocked { get; private set; } = true;

            private int accepted;
            private bool blocked;

            private readonly uint first;
            private readonly uint second;
        }

        private enum Registers
        {
            ACR = 0x00,
            KEYR = 0x04,
            OPTKEYR = 0x08,
            SR = 0x0C,
            CR = 0x10,
            OPTCR = 0x14,
            OPTCR1 = 0x18,
        }

        private enum OptionRegisters
        {
            ProtectionAndUser = 0x0,
            WriteProtection = 0x8,
        }
    }
}
