// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Numbers the places where the power can be cut: right after each write that is done at once; before, within and after each that takes time.
    /// Keeps a record of them, and calls out at the Nth.
    /// </summary>
    internal sealed class WriteWatch
    {
        /// <summary>Creates a watch; <see cref="Attach"/> it then.</summary>
        /// <param name="board">The board.</param>
        public WriteWatch(ICampaignBoard board)
        {
            this.board = board;
            Start(0, 0, () => 0);
        }

        /// <summary>Listens to the targets, and to backup SRAM in any case: a boot that touches it can't stand for others.</summary>
        public void Attach()
        {
            foreach(var memory in board.Memories)
            {
                if(!listeners.TryGetValue(memory.TargetName, out var listener))
                {
                    listeners[memory.TargetName] = listener = new Listener(this, memory.TargetName);
                }
                memory.Watcher = IsTarget(memory.TargetName) || memory == board.BackupSram ? listener : null;
            }
        }

        /// <summary>Starts counting anew.</summary>
        /// <param name="first">Places that were passed before, by another count.</param>
        /// <param name="keep">How many of the last places to keep.</param>
        /// <param name="stepsDone">Tells how many steps of the program are complete.</param>
        /// <param name="last">The last of the places before.</param>
        public void Start(int first, int keep, Func<int> stepsDone, IEnumerable<MemoryWrite> last = null)
        {
            this.keep = keep;
            this.stepsDone = stepsDone;
            startedAt = board.Now;
            isCounting = true;
            Writes = first;
            BackupAccesses = 0;
            wanted = 0;
            hit = null;
            kept.Clear();
            foreach(var write in last ?? Array.Empty<MemoryWrite>())
            {
                kept.Enqueue(write);
                lastProgramCounter = write.ProgramCounter;
            }
        }

        /// <summary>What is written up to <see cref="Begin"/> does not count.</summary>
        public void Hold()
        {
            isCounting = false;
        }

        /// <summary>The start is now, and the next write is the first.</summary>
        public void Begin()
        {
            isCounting = true;
            StartTime();
        }

        /// <summary>What is written from now on does not count.</summary>
        public void End()
        {
            isCounting = false;
        }

        /// <summary>Calls back at a place, on the core's thread; within an operation when a part of it is done.</summary>
        /// <param name="place">Its number, from 1.</param>
        /// <param name="noise">Decides how large a part.</param>
        /// <param name="action">What to do, told of the place, and of the virtual microseconds since the start.</param>
        public void At(int place, Random noise, Action<MemoryWrite, double> action)
        {
            wanted = place;
            hit = (found, operation) =>
            {
                if(operation == null)
                {
                    action(found, found.Microseconds);
                    return;
                }
                // At least a microsecond of it is done, and a microsecond is left.
                var done = 1 + (ulong)(noise.NextDouble() * (operation.Duration - 1));
                operation.CallAfter(done, () => action(found, found.Microseconds + done));
            };
        }

        /// <summary>Virtual time since the start, exact to the instruction within an access.</summary>
        public TimeInterval Elapsed => board.Now - startedAt;

        /// <summary>The start is now.</summary>
        public void StartTime()
        {
            startedAt = board.Now;
        }

        /// <summary>The start was before, by so much virtual time.</summary>
        public void StartTime(TimeInterval ago)
        {
            startedAt = board.Now - ago;
        }

        /// <summary>Names of the memories whose writes count; null: all.</summary>
        public IReadOnlyCollection<string> Targets { get; set; }

        /// <summary>Who notes which bytes are looked at; null: nobody.</summary>
        public LookedAt LookedAt { get; set; }

        /// <summary>Places so far: writes, and three for each that takes time.</summary>
        public int Writes { get; private set; }

        /// <summary>Reads and writes of backup SRAM so far.</summary>
        public int BackupAccesses { get; private set; }

        /// <summary>The last places, oldest first.</summary>
        public IReadOnlyList<MemoryWrite> Kept => kept.ToArray();

        private bool IsTarget(string name) => Targets == null || Targets.Contains(name);

        private void Pass(MemoryWrite place, MemoryOperation operation = null)
        {
            if(!isCounting)
            {
                return;
            }
            place.Number = ++Writes;
            if(keep > 0)
            {
                if(kept.Count == keep)
                {
                    kept.Dequeue();
                }
                // The end of an operation is no access: it has that of its begin.
                lastProgramCounter = place.ProgramCounter = place.Moment == CutMoment.After ? lastProgramCounter : board.ProgramCounter;
                place.StepsDone = stepsDone();
                kept.Enqueue(place);
            }
            if(Writes == wanted)
            {
                hit(place, operation);
            }
        }

        private double Since(TimeInterval time) => (time.Ticks - (double)startedAt.Ticks) / TimeInterval.TicksPerMicrosecond;

        private bool isCounting;
        private int keep;
        private uint lastProgramCounter;
        private int wanted;
        private Action<MemoryWrite, MemoryOperation> hit;
        private Func<int> stepsDone;
        private TimeInterval startedAt;

        private readonly ICampaignBoard board;
        private readonly Queue<MemoryWrite> kept = new Queue<MemoryWrite>();
        private readonly Dictionary<string, Listener> listeners = new Dictionary<string, Listener>();

        /// <summary>The ear at one memory.</summary>
        private sealed class Listener : IMemoryWatcher
        {
            public Listener(WriteWatch watch, string name)
            {
                this.watch = watch;
                this.name = name;
            }

            public void HasRead(int offset, int size)
            {
                CountAccess();
                watch.LookedAt?.Read(name, offset, size);
            }

            public void HasWritten(int offset, uint value, int size)
            {
                CountAccess();
                watch.LookedAt?.Write(name, offset, size);
                if(watch.IsTarget(name))
                {
                    watch.Pass(new MemoryWrite
                    {
                        Target = name,
                        Offset = offset,
                        Value = size == 4 ? value : value & ((1u << (8 * size)) - 1),
                        Size = size,
                        Microseconds = watch.Elapsed.TotalMicroseconds,
                    });
                }
            }

            public void IsStarting(MemoryOperation operation)
            {
                if(operation.Kind == MemoryOperationKind.Erase)
                {
                    watch.LookedAt?.Erase(name, operation.Offset, operation.Size);
                }
                else
                {
                    watch.LookedAt?.Program(name, operation.Offset, operation.Size);
                }
                var place = Place(operation, operation.Start);
                place.Moment = CutMoment.Before;
                var isCut = watch.isCounting && watch.Writes + 1 == watch.wanted;
                watch.Pass(place);
                if(isCut && !watch.board.IsRunning)
                {
                    return;
                }
                place.Moment = CutMoment.Within;
                watch.Pass(place, operation);
            }

            public void HasEnded(MemoryOperation operation)
            {
                // The core's time can't be asked for in here.
                var place = Place(operation, operation.Start + TimeInterval.FromMicroseconds(operation.Duration));
                place.Moment = CutMoment.After;
                watch.Pass(place);
            }

            private void CountAccess()
            {
                watch.BackupAccesses += name == watch.board.BackupSram.TargetName ? 1 : 0;
            }

            private MemoryWrite Place(MemoryOperation operation, TimeInterval time)
            {
                var data = operation.Data;
                return new MemoryWrite
                {
                    Target = name,
                    Kind = operation.Kind,
                    Offset = operation.Offset,
                    Size = operation.Size,
                    Data = data != null && data.Length > sizeof(uint) ? data : null,
                    Value = data == null ? uint.MaxValue : data.Take(sizeof(uint)).Select((x, i) => (uint)x << (8 * i)).Aggregate(0u, (x, y) => x | y),
                    Microseconds = watch.Since(time),
                    Duration = operation.Duration,
                };
            }

            private readonly WriteWatch watch;
            private readonly string name;
        }
    }
}
