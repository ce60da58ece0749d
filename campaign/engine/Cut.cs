// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>One cut, or the last of several in a row, and what it left behind.</summary>
    internal sealed class Cut
    {
        /// <summary>A cut in run().</summary>
        public Cut(int position) : this(new[] { position })
        {
        }

        private Cut(int[] path)
        {
            Path = path;
        }

        /// <summary>A cut in the check() after another one.</summary>
        public Cut(Cut before, int write)
        {
            Path = before.Path.Append(write).ToArray();
            StepsDone = before.StepsDone;
            Before = before.Left;
        }

        /// <summary>The same cut, to be made once more.</summary>
        public Cut Again() => new Cut(Path) { Before = Before, Microseconds = Microseconds, Make = Make };

        /// <summary>Where it is: see <see cref="CutRecord.Path"/>.</summary>
        public int[] Path { get; }

        /// <summary>The path as in the option --only.</summary>
        public string Name => string.Join(",", Path);

        /// <summary>Brings the board to a cut of this path, and makes it.</summary>
        public Action<Cut> Make;
        /// <summary>Steps of run() that were complete.</summary>
        public int StepsDone;
        /// <summary>Writes that got in.</summary>
        public int WritesDone;
        /// <summary>Virtual time since the start of run() or check().</summary>
        public double Microseconds;
        /// <summary>The last of those writes.</summary>
        public IReadOnlyList<MemoryWrite> LastWrites;
        /// <summary>The place that was cut; null if it is none of a write.</summary>
        public MemoryWrite? Place;
        /// <summary>The targets, by name, when power was back from the cut before; null if this is in run().</summary>
        public IReadOnlyDictionary<string, byte[]> Before;
        /// <summary>The targets, by name, when power was back.</summary>
        public IReadOnlyDictionary<string, byte[]> Left;
        /// <summary>What was torn in those that have sectors then; null: nobody will ask.</summary>
        public IReadOnlyDictionary<string, IReadOnlyList<TornOperation>> Torn;
        /// <summary>Offsets of bytes that don't read the same each time, in the same.</summary>
        public IReadOnlyDictionary<string, int[]> Unstable;
        /// <summary>What there was then where cuts differ.</summary>
        public CutRemains Remains;
        /// <summary>Checksum of the sectors in it.</summary>
        public string Sectors;
        /// <summary>Checksum of all else that the models retained then.</summary>
        public string Retained;
        /// <summary>What the clock said then.</summary>
        public ClockReading Clock;
        /// <summary>Checksum of all that was left: what the models retained, roughly what the clock said, and backup SRAM if anybody looks at it.</summary>
        public string State;
    }
}
