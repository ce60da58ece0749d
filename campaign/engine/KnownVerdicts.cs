// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What was said of cuts, with what boot and check had looked at: of a cut that has left the same there, the same would be said.</summary>
    internal sealed class KnownVerdicts
    {
        /// <summary>Knows of none yet.</summary>
        /// <param name="boots">Says what is alike but for what was looked at.</param>
        public KnownVerdicts(BootStates boots)
        {
            this.boots = boots;
        }

        /// <summary>Notes what was said of a cut.</summary>
        /// <param name="cut">The cut.</param>
        /// <param name="lookedAt">What was looked at for that; null: nobody knows.</param>
        /// <param name="record">What was said.</param>
        /// <param name="addsBackupSram">Is backup SRAM a part of what was left only because it was looked at?</param>
        public void Add(Cut cut, LookedAt lookedAt, CutRecord record, bool addsBackupSram)
        {
            if(lookedAt == null || lookedAt.IsUnclear)
            {
                return;
            }
            lookedAt.Close(true);
            if(known.Count == Most)
            {
                known.RemoveLast();
            }
            known.AddFirst(new Known { Retained = cut.Retained, Clock = cut.Clock, StepsDone = cut.StepsDone, LookedAt = lookedAt, Record = record, AddsBackupSram = addsBackupSram });
        }

        /// <summary>What would be said of a cut; null: nobody knows.</summary>
        public CutRecord Find(Cut cut)
        {
            for(var node = known.First; node != null; node = node.Next)
            {
                var x = node.Value;
                if(x.StepsDone == cut.StepsDone && boots.IsAlike(cut, x.Retained, x.Clock) && x.LookedAt.IsSameIn(cut.Remains))
                {
                    known.Remove(node);
                    known.AddFirst(node);
                    if(x.AddsBackupSram)
                    {
                        BootStates.AddBackupSram(cut);
                    }
                    return x.Record;
                }
            }
            return null;
        }

        private readonly BootStates boots;
        // That found last comes first.
        private readonly LinkedList<Known> known = new LinkedList<Known>();

        private const int Most = 256;

        private sealed class Known
        {
            public string Retained;
            public ClockReading Clock;
            public int StepsDone;
            public LookedAt LookedAt;
            public CutRecord Record;
            public bool AddsBackupSram;
        }
    }
}
