// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Board
{
    // What takes time: programs, erases, writes of the status registers; and what is left of them if the supply doesn't last so long.
    public partial class W25Q
    {
        private void Start(Kind kind, int from, int length, double microseconds)
        {
            var started = new Operation(kind, from, length, kind == Kind.Erase ? null : data.ToArray(), VirtualClock.Now(machine), TimeInterval.FromMicroseconds((ulong)microseconds));
            // The status registers are no part of the memory.
            if(memory.Watcher != null && kind != Kind.WriteStatus)
            {
                started.Told = new MemoryOperation(kind == Kind.Erase ? MemoryOperationKind.Erase : MemoryOperationKind.Program, from, length, started.Data, started.Begin, (ulong)microseconds);
                memory.Watcher.IsStarting(started.Told);
                if(resets != null && resets.IsCutOff)
                {
                    return;
                }
                started.IsCallAhead = started.Told.Call != null;
                StartTimer(started.IsCallAhead ? started.Told.CallAt : (ulong)microseconds);
                VirtualClock.EndSlice(machine);
            }
            operation = started;
        }

        // The chip looks at the time when it is asked something; who watches it wants to be told at once.
        private void StartTimer(ulong microseconds)
        {
            operationTimer.Value = 0;
            operationTimer.Limit = microseconds;
            operationTimer.Enabled = true;
        }

        private void HandleTimer()
        {
            if(operation == null)
            {
                return;
            }
            if(operation.IsCallAhead)
            {
                CallWatcher();
                if(operation != null)
                {
                    StartTimer((ulong)operation.Duration.TotalMicroseconds - operation.Told.CallAt);
                }
                return;
            }
            Complete();
        }

        // Somebody wanted to be told when so much of the operation is over, and may cut the power now.
        private void CallWatcher()
        {
            operation.IsCallAhead = false;
            operation.Progress = TimeInterval.FromMicroseconds(operation.Told.CallAt);
            operation.Told.Call();
            if(operation != null)
            {
                operation.Progress = null;
            }
        }

        private void Settle() => Settle(VirtualClock.Now(machine));

        private void Settle(TimeInterval now)
        {
            if(operation == null || now - operation.Begin < operation.Duration)
            {
                return;
            }
            if(operation.IsCallAhead)
            {
                CallWatcher();
            }
            if(operation != null)
            {
                Complete();
            }
        }

        private void Complete()
        {
            var told = operation.Told;
            Apply();
            isWriteEnabled = false;
            if(told != null)
            {
                memory.Watcher?.HasEnded(told);
            }
        }

        private void WriteOperation(BinaryWriter writer)
        {
            writer.Write(operation != null);
            if(operation != null)
            {
                writer.Write((int)operation.Kind);
                writer.Write(operation.From);
                writer.Write(operation.Length);
                writer.Write(operation.Data ?? Array.Empty<byte>());
                writer.Write((operation.Begin + operation.Duration - machine.ElapsedVirtualTime.TimeElapsed).Ticks);
            }
        }

        private void Forget()
        {
            operation = null;
            operationTimer.Enabled = false;
        }

        // Whoever cuts the power has brought time up to date, or is called by a timer and may not.
        private void LoseSupply()
        {
            var now = machine.ElapsedVirtualTime.TimeElapsed;
            if(operation?.Progress == null)
            {
                Settle(now);
            }
            if(operation != null)
            {
                Tear((operation.Progress ?? now - operation.Begin).TotalMicroseconds / operation.Duration.TotalMicroseconds);
            }
        }

        // Each bit is as it was, or as it was to be, the likelier the longer it took.
        private void Tear(double share)
        {
            var noise = new ChipNoise(machine, $"{nameof(W25Q)} {tears++}");
            Apply((offset, before, after) => halfDone.Tear(offset, before, after, share, noise), () => noise.Next() / (double)uint.MaxValue < share);
        }

        // Does what the operation is for, or what is left of it if it is torn.
        private void Apply(Action<int, byte[], byte[]> tear = null, Func<bool> isWritten = null)
        {
            var end = operation.From + operation.Length;
            switch(operation.Kind)
            {
            case Kind.Program:
                // Beyond the end of the page its start follows; bits are cleared alone (8.2.15).
                var page = operation.From & ~(PageSize - 1);
                Change(page, PageSize, content =>
                {
                    for(var i = operation.From; i < end; i++)
                    {
                        content[i & (PageSize - 1)] &= operation.Data[i - operation.From];
                    }
                }, tear);
                break;
            case Kind.Erase:
                foreach(var sector in sectors.Keys.Where(x => x * SectorSize >= operation.From && x * SectorSize < end).ToList())
                {
                    halfDone.Erase(sector * SectorSize, SectorSize);
                    Change(sector * SectorSize, SectorSize, content => Array.Fill(content, Erased), tear);
                }
                break;
            case Kind.WriteStatus:
                for(var i = operation.From; i < end; i++)
                {
                    if(isWritten == null || isWritten())
                    {
                        status[i] = (byte)((status[i] & ~WritableStatus[i]) | (operation.Data[i - operation.From] & WritableStatus[i]));
                    }
                }
                break;
            }
            Forget();
        }

        private void Change(int offset, int size, Action<byte[]> change, Action<int, byte[], byte[]> tear)
        {
            var before = ReadContent(offset, size);
            var after = (byte[])before.Clone();
            change(after);
            tear?.Invoke(offset, before, after);
            Array.Copy(after, 0, SectorAt(offset), offset % SectorSize, size);
        }

        private bool IsTold(int sector) => toldSectors.Any(x => x.Number == sector);

        private Operation operation;
        private int tears;
        private MemorySector[] toldSectors = Array.Empty<MemorySector>();

        private readonly HalfDoneCells halfDone;
        private readonly LimitTimer operationTimer;
        private readonly Content memory;

        private const ulong MicrosecondsPerSecond = 1000000;

        /// <summary>All of it, for those who watch what is written to it.</summary>
        private sealed class Content : ISectoredMemory
        {
            public Content(W25Q owner)
            {
                this.owner = owner;
            }

            public byte[] GetContent()
            {
                owner.Settle();
                return owner.ReadContent(0, owner.size);
            }

            public void SetContent(byte[] bytes)
            {
                if(bytes.Length != owner.size)
                {
                    throw new RecoverableException($"{bytes.Length} bytes are no content of a W25Q of {owner.size}");
                }
                owner.Erase();
                for(var i = 0; i < bytes.Length; i += SectorSize)
                {
                    Array.Copy(bytes, i, owner.SectorAt(i), 0, SectorSize);
                }
            }

            public MemorySector SectorAt(int offset) => new MemorySector { Number = offset / SectorSize, Offset = offset & ~(SectorSize - 1), Size = SectorSize };

            public string TargetName => "spi-flash";

            public IReadOnlyList<TornOperation> Torn => owner.halfDone.Torn;

            public IEnumerable<int> UnstableBytes => owner.halfDone.Offsets;

            public IReadOnlyCollection<MemorySector> ToldSectors
            {
                get => owner.toldSectors;
                set => owner.toldSectors = value.ToArray();
            }

            public SectorState TakeSector(MemorySector sector)
            {
                owner.Settle();
                return owner.halfDone.StateOf(sector, owner.ReadContent(sector.Offset, sector.Size));
            }

            public void RestoreSector(SectorState state)
            {
                Array.Copy(state.Content, owner.SectorAt(state.Sector.Offset), SectorSize);
                owner.halfDone.Restore(state);
            }

            [field: Transient]
            public IMemoryWatcher Watcher { get; set; }

            private readonly W25Q owner;
        }

        private sealed class Operation
        {
            public Operation(Kind kind, int from, int length, byte[] data, TimeInterval begin, TimeInterval duration)
            {
                Kind = kind;
                From = from;
                Length = length;
                Data = data;
                Begin = begin;
                Duration = duration;
            }

            public Kind Kind { get; }

            public int From { get; }

            public int Length { get; }

            public byte[] Data { get; }

            public TimeInterval Begin { get; }

            public TimeInterval Duration { get; }

            /// <summary>As the watcher was told of it; null: there was none.</summary>
            public MemoryOperation Told { get; set; }

            public bool IsCallAhead { get; set; }

            /// <summary>How long it has gone on, while its watcher is called: the core's time can't be asked for then.</summary>
            public TimeInterval? Progress { get; set; }
        }

        private enum Kind
        {
            Program,
            Erase,
            WriteStatus,
        }
    }
}
