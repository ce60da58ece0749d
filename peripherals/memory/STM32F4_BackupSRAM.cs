// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Backup SRAM, 4 KB (RM0090 5.1.2). While its clock is on (RCC_AHB1ENR.BKPSRAMEN) and the domain is writable
    /// (PWR_CR.DBP), the core uses it as ordinary memory at full speed; otherwise each access comes here.
    /// </summary>
    /// <remarks>
    /// We choose: without clock it reads 0 and ignores writes; write-protected it can be read; accesses over the bus that
    /// don't come from the core (Monitor's <c>sysbus ReadDoubleWord</c>, debugger, DMA) obey the same gates, and read
    /// protection refuses them; what it erases, it fills with zeroes (ST gives no value); content that was lost is noise, never zeroes.
    /// <see cref="Dump"/>, <see cref="Load"/>, <see cref="Save"/>, <see cref="Fill"/>, <see cref="Peek"/> and
    /// <see cref="Poke"/> look past the gates, as a person with the lid off would.
    /// </remarks>
    public class STM32F4_BackupSRAM : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IMapped, IKnownSize, IDisposable,
        IClockGated, INonVolatileMemory, IHasNonVolatileMemories, IResetMember, IStatusProvider
    {
        /// <summary>Creates the memory, filled with noise.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="pwr">Power controller of the chip.</param>
        /// <param name="executeNever">
        /// Fault instruction fetches from the peripheral regions of the memory map, where this memory is. On Renode this uses
        /// the core's external MMU windows; firmware that relies on its MPU should switch it off.
        /// </param>
        public STM32F4_BackupSRAM(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, bool executeNever = true)
        {
            if(supplies == null || pwr == null)
            {
                throw new ConstructionException("'supplies' or 'pwr' is missing: name the chip's STM32F4_Supplies and STM32F4_PWR");
            }
            this.machine = machine;
            this.supplies = supplies;
            this.pwr = pwr;
            this.executeNever = executeNever;
            mistakes = new GuestMistakes(machine, this);
            debuggers = new DebuggerGuard(machine, this, "backup SRAM");
            content = new MappedMemory(machine, MemorySize);
            LoseContent();
            supplies.Resets.Attach(this);
            pwr.BackupDomainAccessChanged += UpdateAccess;
            Subscribe();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            content.Dispose();
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
            case ResetClass.SystemReset:
            case ResetClass.BrownOutReset:
            case ResetClass.BackupDomainReset:
            case ResetClass.StandbyEntry:
                break;
            case ResetClass.StandbyWakeUp:
            case ResetClass.PowerOnReset:
                if(!pwr.BackupRegulatorReady)
                {
                    ReportLoss(pwr.BackupRegulatorEnabled ? "the backup regulator was not ready yet (PWR_CSR.BRR = 0)" : "the backup regulator was off (PWR_CSR.BRE = 0)");
                    LoseContent();
                }
                isUsed = false;
                break;
            case ResetClass.PowerOnResetWithoutBattery:
                LoseContent();
                isUsed = false;
                break;
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            // A core forgets in its reset how it gets at the pages.
            UpdateAllCores();
        }

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)Read(offset, sizeof(byte));

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)Read(offset, sizeof(ushort));

        /// <inheritdoc/>
        public uint ReadDoubleWord(long offset) => Read(offset, sizeof(uint));

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => Write(offset, value, sizeof(byte));

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => Write(offset, value, sizeof(ushort));

        /// <inheritdoc/>
        public void WriteDoubleWord(long offset, uint value) => Write(offset, value, sizeof(uint));

        /// <summary>Content as text, 16 bytes a line, whatever the gates say.</summary>
        /// <param name="offset">First byte, 0 to 4095.</param>
        /// <param name="count">How many bytes; up to the end if left out.</param>
        public string Dump(int offset = 0, int count = MemorySize)
        {
            CheckOffset(offset, 1);
            if(count < 1)
            {
                throw new RecoverableException($"count = {count} is out of range: give 1 to {MemorySize}");
            }
            return HexText.Dump(content.ReadBytes(offset, Math.Min(count, MemorySize - offset)), offset, 3);
        }

        /// <summary>Reads the content from a binary file, whatever the gates say.</summary>
        /// <param name="path">A file of at most 4096 bytes; what it doesn't cover stays.</param>
        public void Load(ReadFilePath path)
        {
            var bytes = File.ReadAllBytes(path);
            if(bytes.Length > MemorySize)
            {
                throw new RecoverableException($"File '{(string)path}' has {bytes.Length} bytes, backup SRAM {MemorySize}");
            }
            content.WriteBytes(0, bytes, bytes.Length);
        }

        /// <summary>Writes the content to a binary file of 4096 bytes.</summary>
        public void Save(WriteFilePath path)
        {
            File.WriteAllBytes(path, GetContent());
        }

        /// <summary>Sets every byte to one value, whatever the gates say.</summary>
        public void Fill(byte value)
        {
            SetContent(Enumerable.Repeat(value, MemorySize).ToArray());
        }

        /// <summary>Reads a word, whatever the gates say.</summary>
        /// <param name="offset">Offset in bytes, 0 to 4092.</param>
        public uint Peek(int offset)
        {
            CheckOffset(offset, sizeof(uint));
            return content.ReadDoubleWord(offset);
        }

        /// <summary>Writes a word, whatever the gates say.</summary>
        /// <param name="offset">Offset in bytes, 0 to 4092.</param>
        /// <param name="value">The word.</param>
        public void Poke(int offset, uint value)
        {
            CheckOffset(offset, sizeof(uint));
            content.WriteDoubleWord(offset, value);
        }

        /// <summary>Zeroes everything: flash read protection went from level 1 to 0 (RM0090 3.7.3).</summary>
        [HideInMonitor]
        public void Erase()
        {
            Fill(0);
        }

        /// <summary>The content, all 4096 bytes, whatever the gates say.</summary>
        [HideInMonitor]
        public byte[] GetContent() => content.ReadBytes(0, MemorySize);

        /// <summary>Replaces the content, whatever the gates say.</summary>
        /// <param name="bytes">4096 bytes.</param>
        [HideInMonitor]
        public void SetContent(byte[] bytes)
        {
            if(bytes.Length != MemorySize)
            {
                throw new RecoverableException($"{bytes.Length} bytes are no content of backup SRAM: give {MemorySize}");
            }
            content.WriteBytes(0, bytes, MemorySize);
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<INonVolatileMemory> NonVolatileMemories => new[] { this };

        /// <inheritdoc/>
        [HideInMonitor]
        public string TargetName => "bkpsram";

        /// <summary>
        /// Called after each bus access of a core that got through to the content, as long as it is set. Meanwhile the memory is an
        /// I/O range for the core: slower, and exact to the single access. Not part of a snapshot.
        /// </summary>
        [HideInMonitor]
        public IMemoryWatcher Watcher
        {
            get => watcher;
            set
            {
                watcher = value;
                UpdateAccess();
            }
        }

        /// <summary>RCC_AHB1ENR.BKPSRAMEN.</summary>
        [HideInMonitor]
        public bool ClockEnabled
        {
            get => clockEnabled;
            set
            {
                clockEnabled = value;
                isUsed |= value;
                UpdateAccess();
            }
        }

        /// <summary>Does the core use the content as ordinary memory now?</summary>
        public bool IsDirectlyAccessible => clockEnabled && pwr.BackupDomainWritable;

        /// <summary>Would the content survive a power cut now?</summary>
        public bool WouldSurvivePowerCut => supplies.HasBattery && pwr.BackupRegulatorReady;

        /// <summary>How many instruction fetches from the execute-never regions were faulted.</summary>
        public int ExecuteNeverFaults => guards.Values.Sum(x => x.Faults);

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return KeyValuePair.Create("Backup SRAM", !clockEnabled ? "clock off (BKPSRAMEN = 0): reads 0, ignores writes"
                    : pwr.BackupDomainWritable ? "accessible" : "readable, ignores writes");
                yield return KeyValuePair.Create("After a power cut", WouldSurvivePowerCut ? "backup SRAM would be kept"
                    : !supplies.HasBattery ? "backup SRAM would be lost: no supply on VBAT"
                    : pwr.BackupRegulatorEnabled ? "backup SRAM would be lost: the backup regulator is not ready (BRR = 0)"
                    : "backup SRAM would be lost: the backup regulator is off (BRE = 0)");
            }
        }

        /// <inheritdoc/>
        public IEnumerable<IMappedSegment> MappedSegments => content.MappedSegments;

        /// <inheritdoc/>
        public long Size => MemorySize;

        private static void CheckOffset(int offset, int size)
        {
            if(offset < 0 || offset > MemorySize - size)
            {
                throw new RecoverableException($"offset = 0x{offset:X} is out of range: give 0 to 0x{MemorySize - size:X}");
            }
        }

        [PostDeserialization]
        private void Subscribe()
        {
            machine.PeripheralsChanged += HandlePeripheralsChanged;
        }

        private uint Read(long offset, int size)
        {
            if(debuggers.Refuses(supplies.Resets.OptionBytes.ReadProtectionLevel, "read"))
            {
                return 0;
            }
            if(!clockEnabled)
            {
                mistakes.Report("Backup SRAM", "read as 0, because RCC_AHB1ENR.BKPSRAMEN is off");
                return 0;
            }
            watcher?.HasRead((int)offset, size);
            if(size == sizeof(uint) && offset <= MemorySize - size)
            {
                return content.ReadDoubleWord(offset);
            }
            var value = 0u;
            for(var i = 0; i < size && offset + i < MemorySize; i++)
            {
                value |= (uint)content.ReadByte(offset + i) << (8 * i);
            }
            return value;
        }

        private void Write(long offset, uint value, int size)
        {
            if(debuggers.Refuses(supplies.Resets.OptionBytes.ReadProtectionLevel, "write"))
            {
                return;
            }
            if(!clockEnabled)
            {
                mistakes.Report("Backup SRAM", "write ignored, because RCC_AHB1ENR.BKPSRAMEN is off");
                return;
            }
            if(!pwr.BackupDomainWritable)
            {
                mistakes.Report("Backup SRAM", "write ignored, because PWR_CR.DBP is 0");
                return;
            }
            if(supplies.Resets.IsCutOff)
            {
                return;
            }
            for(var i = 0; i < size && offset + i < MemorySize; i++)
            {
                content.WriteByte(offset + i, (byte)(value >> (8 * i)));
            }
            watcher?.HasWritten((int)offset, value, size);
        }

        private void ReportLoss(string reason)
        {
            if(isUsed)
            {
                mistakes.Report("Backup SRAM", $"content did not survive, because {reason} when the power went");
            }
        }

        private void LoseContent()
        {
            var noise = new byte[MemorySize];
            supplies.RandomContent.Fill(noise);
            SetContent(noise);
        }

        private void HandlePeripheralsChanged(IMachine _, PeripheralsChangedEventArgs change)
        {
            if(change.Operation != PeripheralsChangedEventArgs.PeripheralChangeType.Addition)
            {
                return;
            }
            if(change.Peripheral == this)
            {
                UpdateAllCores();
            }
            else if(change.Peripheral is ICPU cpu)
            {
                GuardExecution(cpu);
                UpdateCore(cpu);
            }
        }

        private void UpdateAccess()
        {
            if(isMapped != ShouldBeMapped)
            {
                UpdateAllCores();
            }
        }

        private void UpdateAllCores()
        {
            isMapped = ShouldBeMapped;
            foreach(var cpu in machine.SystemBus.GetCPUs())
            {
                GuardExecution(cpu);
                UpdateCore(cpu);
            }
        }

        private void GuardExecution(ICPU cpu)
        {
            if(executeNever && !guards.ContainsKey(cpu) && AccessGuard.Of(machine, cpu) is AccessGuard guard)
            {
                guards.Add(cpu, guard);
                guard.ForbidExecution();
            }
        }

        private void UpdateCore(ICPU cpu)
        {
            if(!(cpu is ICPUWithMappedMemory core))
            {
                return;
            }
            // Unlike SetMappedMemoryEnabled this doesn't pause the machine, and it acts within the running block.
            foreach(var start in machine.SystemBus.GetRegistrationPoints(this).Select(x => x.Range.StartAddress))
            {
                for(var page = start; page < start + MemorySize; page += SmallestPage)
                {
                    if(isMapped)
                    {
                        core.ClearPageAccessViaIo(page);
                    }
                    else
                    {
                        core.SetPageAccessViaIo(page);
                    }
                }
            }
        }

        private bool ShouldBeMapped => IsDirectlyAccessible && watcher == null;

        private bool clockEnabled;
        private bool isMapped;
        private bool isUsed;
        [Transient]
        private IMemoryWatcher watcher;

        private readonly IMachine machine;
        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly MappedMemory content;
        private readonly GuestMistakes mistakes;
        private readonly DebuggerGuard debuggers;
        private readonly bool executeNever;
        private readonly Dictionary<ICPU, AccessGuard> guards = new Dictionary<ICPU, AccessGuard>();

        private const int MemorySize = 0x1000;
        private const ulong SmallestPage = 0x400;
    }
}
