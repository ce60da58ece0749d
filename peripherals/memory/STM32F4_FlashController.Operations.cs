// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Chip
{
    // What programming and erasing do to main memory, how long they take, and who waits for them (RM0090 3.6).
    public partial class STM32F4_FlashController
    {
        /// <summary>
        /// The sectors of main memory, one a line: offset and size in bytes, erased, programmed or torn (a power cut or reset has interrupted its last
        /// erase or a program, and it wasn't erased since), how often it was erased, and whether nWRP protects it.
        /// </summary>
        public string Sectors => string.Join("\n", Enumerable.Range(0, 2 * MostSectorsOfBank).Where(Exists).Select(Describe));

        [PostDeserialization]
        private void Subscribe()
        {
            machine.PeripheralsChanged += HandlePeripheralsChanged;
        }

        private void HandlePeripheralsChanged(IMachine _, PeripheralsChangedEventArgs change)
        {
            places = null;
            if(change.Operation != PeripheralsChangedEventArgs.PeripheralChangeType.Addition)
            {
                return;
            }
            if(change.Peripheral == flash)
            {
                CatchAccesses();
            }
            else if(change.Peripheral is ICPU cpu)
            {
                CatchWritesOf(cpu);
            }
        }

        private void CatchAccesses()
        {
            if(!sysbus.GetRegistrationPoints(flash).Any())
            {
                return;
            }
            sysbus.SetHookBeforePeripheralWrite<byte>(flash, (value, offset) => (byte)Program(offset, value, sizeof(byte)));
            sysbus.SetHookBeforePeripheralWrite<ushort>(flash, (value, offset) => (ushort)Program(offset, value, sizeof(ushort)));
            sysbus.SetHookBeforePeripheralWrite<uint>(flash, (value, offset) => (uint)Program(offset, value, sizeof(uint)));
            sysbus.SetHookBeforePeripheralWrite<ulong>(flash, (value, offset) => Program(offset, value, sizeof(ulong)));
            sysbus.SetHookAfterPeripheralRead<byte>(flash, (value, offset) => (byte)ReadOverBus(offset, value, sizeof(byte)));
            sysbus.SetHookAfterPeripheralRead<ushort>(flash, (value, offset) => (ushort)ReadOverBus(offset, value, sizeof(ushort)));
            sysbus.SetHookAfterPeripheralRead<uint>(flash, (value, offset) => (uint)ReadOverBus(offset, value, sizeof(uint)));
            sysbus.SetHookAfterPeripheralRead<ulong>(flash, (value, offset) => ReadOverBus(offset, value, sizeof(ulong)));
            foreach(var cpu in sysbus.GetCPUs())
            {
                CatchWritesOf(cpu);
            }
        }

        private void CatchWritesOf(ICPU cpu)
        {
            if(AccessGuard.Of(machine, cpu) is AccessGuard guard)
            {
                guard.SendWritesToBus(flash);
                return;
            }
            foreach(var place in Places)
            {
                HostFeatures.SendWritesToBus(cpu, place);
            }
        }

        private void ClosePages()
        {
            foreach(var cpu in sysbus.GetCPUs())
            {
                AccessGuard.Of(machine, cpu)?.ClosePages();
            }
        }

        // Fetches don't come here: instructions are what they were at the last reset.
        // Whoever else looks at the memory, for the first instruction after a reset too, sees that as well.
        private ulong ReadOverBus(long offset, ulong value, int size)
        {
            if(!hasBusReadPages || !sysbus.TryGetCurrentCPU(out var cpu) || !cpu.OnPossessedThread)
            {
                return value;
            }
            if(toldSectors.Length > 0)
            {
                mainMemory.Watcher?.HasRead((int)offset, size);
            }
            for(var i = 0; i < size && !halfDone.IsEmpty; i++)
            {
                var shift = 8 * i;
                value = (value & ~(0xFFul << shift)) | (ulong)halfDone.Read((int)offset + i, (byte)(value >> shift)) << shift;
            }
            return value;
        }

        /// <summary>Reads of cells that are half done, and those that somebody wants to be told of, come over the bus.</summary>
        private void UpdateBusReadPages()
        {
            var pages = new HashSet<ulong>(toldSectors.SelectMany(PagesOf));
            if(!halfDone.IsEmpty)
            {
                pages.UnionWith(halfDone.Offsets.Select(PageOf));
            }
            if(pages.Count == 0 && !hasBusReadPages)
            {
                return;
            }
            hasBusReadPages = pages.Count > 0;
            var addresses = pages.SelectMany(x => Places.Where(y => x < y.Size).Select(y => y.StartAddress + x)).ToArray();
            foreach(var cpu in sysbus.GetCPUs())
            {
                if(AccessGuard.Of(machine, cpu) is AccessGuard guard)
                {
                    guard.SendReadsToBus(addresses);
                }
                else
                {
                    HostFeatures.SendReadsToBus(cpu, addresses);
                }
            }
        }

        private static IEnumerable<ulong> PagesOf(MemorySector sector) => Enumerable.Range(0, sector.Size / (int)AccessGuard.PageSize).Select(x => PageOf(sector.Offset) + ((ulong)x * AccessGuard.PageSize));

        private static ulong PageOf(int offset) => (ulong)offset & ~(AccessGuard.PageSize - 1);

        /// <summary>Something is about to be written; tells what is to be in the memory then.</summary>
        private ulong Program(long offset, ulong value, int size)
        {
            // A bus access that no core makes is the Monitor's, a debugger's or DMA's.
            if(!sysbus.TryGetCurrentCPU(out var cpu) || !cpu.OnPossessedThread || offset + size > flash.Size)
            {
                return value;
            }
            var bytes = flash.ReadBytes(offset, size);
            var old = 0ul;
            for(var i = 0; i < size; i++)
            {
                old |= (ulong)bytes[i] << (8 * i);
            }
            WaitForEnd();
            if(IsCutOff)
            {
                return old;
            }
            if(!programming.Value || controlLock.IsLocked)
            {
                Fail(programmingSequenceError, "Flash", "write ignored, because FLASH_CR.PG is 0");
            }
            else if(SectorAt(offset) is int sector && (optionBytes.NotWriteProtected >> sector & 1) == 0)
            {
                Fail(writeProtectionError, "Flash", "write ignored, because the sector is write-protected (nWRP)");
            }
            else if((offset % RowSize) + size > RowSize)
            {
                Fail(alignmentError, "Flash", "write ignored, because it crosses a row of 128 bits");
            }
            else if(size != 1 << (int)parallelism.Value && !(parallelism.Value == DoubleWordParallelism && size == sizeof(uint)))
            {
                Fail(parallelismError, "Flash", $"write of {8 * size} bits ignored, because FLASH_CR.PSIZE says {8 << (int)parallelism.Value}");
            }
            else
            {
                return StartOperation(mainMemory, MemoryOperationKind.Program, BytesOf(value, size), MicrosecondsOfProgram, new Change(offset, bytes)) ? old & value : old;
            }
            UpdateInterrupt();
            return old;
        }

        private void Erase(IReadOnlyList<int> sectors)
        {
            var changes = sectors.Select(x => Sector(x)).Select(x => new Change(x.Offset, flash.ReadBytes(x.Offset, x.Size))).ToArray();
            var duration = sectorErase.Value ? MicrosecondsOfErase(changes[0].Before.Length)
                : changes.Sum(x => x.Before.Length) * MicrosecondsOfMassErase[(int)parallelism.Value] / BankSize;
            if(!StartOperation(mainMemory, MemoryOperationKind.Erase, null, duration, changes))
            {
                return;
            }
            foreach(var change in changes)
            {
                flash.WriteBytes(change.Offset, Enumerable.Repeat(Erased, change.Before.Length).ToArray(), 0, change.Before.Length);
            }
            foreach(var sector in sectors)
            {
                halfDone.Erase(Sector(sector).Offset, Sector(sector).Size);
                UpdateBusReadPages();
                torn[sector] = false;
                if(++erases[sector] == MostErases + 1)
                {
                    mistakes.Report($"Flash, sector {sector}", "erased more often than the 10,000 times that it is made for");
                }
            }
        }

        private long MicrosecondsOfErase(int size)
        {
            var row = size == 0x4000 ? MicrosecondsOf16KB : size == 0x10000 ? MicrosecondsOf64KB : MicrosecondsOf128KB;
            return row[(int)parallelism.Value];
        }

        // The content changes at once, and what was there is remembered: nobody can read the bank before the end.
        /// <returns>False: the power went just before.</returns>
        private bool StartOperation(INonVolatileMemory memory, MemoryOperationKind kind, byte[] data, long microseconds, params Change[] changes)
        {
            VirtualClock.Synchronize(machine);
            var now = Microseconds;
            // Behind what an operation before it has still to take.
            operationStart = Math.Max(now, coreWaitsUntil);
            operationDuration = (ulong)microseconds;
            told = null;
            watched = memory;
            if(memory.Watcher != null)
            {
                var (offset, size) = changes.Length > 0 ? ((int)changes[0].Offset, changes.Sum(x => x.Before.Length)) : (0, data.Length);
                told = new MemoryOperation(kind, offset, size, data, TimeInterval.FromMicroseconds(operationStart), operationDuration);
                memory.Watcher.IsStarting(told);
                if(IsCutOff)
                {
                    told = null;
                    return false;
                }
            }
            operation = changes;
            isCallAhead = told?.Call != null;
            StartTimer(operationStart - now + (isCallAhead ? told.CallAt : operationDuration));
            if(sysbus.TryGetCurrentCPU(out var cpu) && cpu.OnPossessedThread && RunsFromBusyBank(cpu))
            {
                StallUntil(cpu, operationStart + operationDuration);
            }
            else
            {
                VirtualClock.EndSlice(machine);
            }
            return true;
        }

        private void StartTimer(ulong microseconds)
        {
            operationEnd.Value = 0;
            operationEnd.Limit = microseconds;
            operationEnd.Enabled = true;
        }

        private void HandleTimer()
        {
            if(isCallAhead)
            {
                CallWatcher();
                if(IsBusy)
                {
                    StartTimer(operationDuration - told.CallAt);
                }
                return;
            }
            EndOperation();
        }

        // Somebody wanted to be told when so much of the operation is over, and may cut the power now.
        private void CallWatcher()
        {
            isCallAhead = false;
            progress = told.CallAt;
            told.Call();
            progress = null;
        }

        private void EndOperation()
        {
            if(!IsBusy)
            {
                return;
            }
            var ended = told;
            Forget();
            endOfOperation.Value |= endOfOperationInterrupt.Value;
            UpdateInterrupt();
            if(ended != null)
            {
                watched.Watcher?.HasEnded(ended);
            }
        }

        /// <summary>The bus stands still until the operation is over: so does the core that uses it.</summary>
        private void WaitForEnd()
        {
            if(!IsBusy)
            {
                return;
            }
            if(sysbus.TryGetCurrentCPU(out var cpu) && cpu.OnPossessedThread)
            {
                VirtualClock.Synchronize(machine);
                StallUntil(cpu, operationStart + operationDuration);
            }
            if(isCallAhead)
            {
                CallWatcher();
            }
            EndOperation();
        }

        private void StallUntil(ICPU cpu, ulong time)
        {
            var from = Math.Max(Microseconds, coreWaitsUntil);
            if(time > from)
            {
                HostFeatures.Stall(cpu, time - from);
                coreWaitsUntil = time;
            }
        }

        /// <summary>A reset, or the loss of the supply, within an operation leaves each of its bits as it was or as it was to be, by how far it got.</summary>
        private void AbortOperation()
        {
            coreWaitsUntil = 0;
            if(!IsBusy)
            {
                return;
            }
            var now = Microseconds;
            var share = Math.Min(1, (progress ?? (now <= operationStart ? 0 : now - operationStart)) / (double)operationDuration);
            // Not by the time, which hosts tell apart by fractions of a microsecond.
            var noise = new ChipNoise(machine, $"flash, torn operation {tears++}");
            foreach(var change in operation)
            {
                var after = flash.ReadBytes(change.Offset, change.Before.Length);
                halfDone.Tear((int)change.Offset, change.Before, after, share, noise);
                flash.WriteBytes(change.Offset, after, 0, after.Length);
                if(SectorAt(change.Offset) is int sector)
                {
                    torn[sector] = true;
                }
            }
            if(operation.Length == 0)
            {
                ChangeOptionBytes(optionBytes.Spoil);
            }
            Forget();
        }

        private void Forget()
        {
            operation = null;
            told = null;
            isCallAhead = false;
            operationEnd.Enabled = false;
        }

        private void WriteOperation(BinaryWriter writer)
        {
            writer.Write(IsBusy);
            if(IsBusy)
            {
                var end = operationStart + operationDuration;
                writer.Write(end > Microseconds ? end - Microseconds : 0);
                foreach(var change in operation)
                {
                    writer.Write(change.Offset);
                    writer.Write(change.Before);
                }
            }
        }

        private static byte[] BytesOf(ulong value, int size) => BitConverter.GetBytes(value).AsSpan(0, size).ToArray();

        private void ReleaseCores()
        {
            foreach(var cpu in sysbus.GetCPUs())
            {
                HostFeatures.EndStall(cpu);
                AccessGuard.Of(machine, cpu)?.ClosePages();
            }
        }

        private bool RunsFromBusyBank(ICPU cpu)
        {
            var pc = cpu.PC.RawValue;
            foreach(var place in Places)
            {
                if(place.Contains(pc))
                {
                    // Option bytes are in the first.
                    return IsBusyIn((long)(pc - place.StartAddress) / BankSize);
                }
            }
            return false;
        }

        private bool IsBusyIn(long bank)
        {
            foreach(var change in operation)
            {
                if(change.Offset / BankSize == bank)
                {
                    return true;
                }
            }
            return operation.Length == 0 && bank == 0;
        }

        private int? SectorAt(long offset)
        {
            // Asked for each word that is programmed.
            for(var i = 0; i < 2 * MostSectorsOfBank; i++)
            {
                var (start, size) = Sector(i);
                if(offset >= start && offset < start + size)
                {
                    return i;
                }
            }
            return null;
        }

        private string Describe(int sector)
        {
            var (offset, size) = Sector(sector);
            var state = torn[sector] ? "torn" : flash.ReadBytes(offset, size).All(x => x == Erased) ? "erased" : "programmed";
            return $"{sector,2}  0x{offset:X6}  {size / 1024,3} KB  {state,-10}  {erases[sector]} erases{((optionBytes.NotWriteProtected >> sector & 1) == 0 ? ", write-protected" : "")}";
        }

        // Asked for each word that is programmed, too.
        private Range[] Places => places = places ?? sysbus.GetRegistrationPoints(flash).Select(x => x.Range).ToArray();

        private bool IsBusy => operation != null;

        private bool IsCutOff => resets != null && resets.IsCutOff;

        private ulong Microseconds => (ulong)machine.ElapsedVirtualTime.TimeElapsed.TotalMicroseconds;

        private Change[] operation;
        private ulong operationStart;
        private ulong operationDuration;
        private ulong coreWaitsUntil;
        private int tears;
        private MemoryOperation told;
        private INonVolatileMemory watched;
        private bool isCallAhead;
        private bool hasBusReadPages;
        // Microseconds of the operation that are over, while its watcher is called: the core's time can't be asked for then.
        private ulong? progress;

        // Where the memory is on the bus; null: not looked for since that may have changed.
        [Transient]
        private Range[] places;
        private MemorySector[] toldSectors = Array.Empty<MemorySector>();

        private readonly HalfDoneCells halfDone;
        private readonly bool[] torn = new bool[2 * MostSectorsOfBank];
        private readonly int[] erases = new int[2 * MostSectorsOfBank];

        private const int RowSize = 16;
        private const int DoubleWordParallelism = 3;
        private const int MostErases = 10000;
        private const long MicrosecondsOfProgram = 16;

        // By PSIZE, from the datasheets of the F405/407 and F427, typical; the last with VPP.
        private static readonly long[] MicrosecondsOf16KB = { 400000, 300000, 250000, 230000 };
        private static readonly long[] MicrosecondsOf64KB = { 1200000, 700000, 550000, 490000 };
        private static readonly long[] MicrosecondsOf128KB = { 2000000, 1300000, 1000000, 875000 };
        // Of 1 MB; less takes less.
        private static readonly long[] MicrosecondsOfMassErase = { 16000000, 11000000, 8000000, 6900000 };

        /// <summary>What was in a range before it is programmed or erased.</summary>
        private sealed class Change
        {
            public Change(long offset, byte[] before)
            {
                Offset = offset;
                Before = before;
            }

            public long Offset { get; }

            public byte[] Before { get; }
        }
    }
}
