// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Counts what the core does to the target, keeps a record of the writes, and calls out at the Nth.</summary>
    internal sealed class WriteWatch : IMemoryWatcher
    {
        /// <summary>Creates a watch; make it the target's watcher then.</summary>
        /// <param name="board">The board.</param>
        public WriteWatch(ICampaignBoard board)
        {
            this.board = board;
            Start(0, 0, () => 0);
        }

        /// <summary>Starts counting anew.</summary>
        /// <param name="first">Writes that were made before, by another count.</param>
        /// <param name="keep">How many of the last writes to keep.</param>
        /// <param name="stepsDone">Tells how many steps of the program are complete.</param>
        /// <param name="last">The last of the writes before.</param>
        public void Start(int first, int keep, Func<int> stepsDone, IEnumerable<BackupWrite> last = null)
        {
            this.keep = keep;
            this.stepsDone = stepsDone;
            startedAt = board.Now;
            Writes = first;
            Accesses = 0;
            target = 0;
            hit = null;
            kept.Clear();
            foreach(var write in last ?? Array.Empty<BackupWrite>())
            {
                kept.Enqueue(write);
            }
        }

        /// <summary>Calls back right after a write, on the core's thread.</summary>
        /// <param name="write">Its number, from 1.</param>
        /// <param name="action">What to do.</param>
        public void At(int write, Action action)
        {
            target = write;
            hit = action;
        }

        /// <inheritdoc/>
        public void HasRead(int offset, int size)
        {
            Accesses++;
        }

        /// <inheritdoc/>
        public void HasWritten(int offset, uint value, int size)
        {
            Accesses++;
            Writes++;
            if(keep > 0)
            {
                if(kept.Count == keep)
                {
                    kept.Dequeue();
                }
                kept.Enqueue(new BackupWrite
                {
                    Number = Writes,
                    Offset = offset,
                    Value = size == 4 ? value : value & ((1u << (8 * size)) - 1),
                    Size = size,
                    ProgramCounter = board.ProgramCounter,
                    Microseconds = Elapsed.TotalMicroseconds,
                    StepsDone = stepsDone(),
                });
            }
            if(Writes == target)
            {
                hit();
            }
        }

        /// <summary>Virtual time since the start, exact to the instruction within an access.</summary>
        public TimeInterval Elapsed => board.Now - startedAt;

        /// <summary>The start is now.</summary>
        public void StartTime()
        {
            startedAt = board.Now;
        }

        /// <summary>The start was before, by so much virtual time.</summary>
        public void StartTime(double microsecondsAgo)
        {
            startedAt = board.Now - BoardTime.FromMicroseconds(microsecondsAgo);
        }

        /// <summary>Writes so far.</summary>
        public int Writes { get; private set; }

        /// <summary>Reads and writes so far.</summary>
        public int Accesses { get; private set; }

        /// <summary>The last writes, oldest first.</summary>
        public IReadOnlyList<BackupWrite> Kept => kept.ToArray();

        private int keep;
        private int target;
        private Action hit;
        private Func<int> stepsDone;
        private TimeInterval startedAt;

        private readonly ICampaignBoard board;
        private readonly Queue<BackupWrite> kept = new Queue<BackupWrite>();
    }
}
