// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Makes of the writes of a run what each part of the memories was at each time: as finely as people can see, and no more of it than a
    /// report can take, however long the run is.
    /// </summary>
    internal static class MemoryHistory
    {
        /// <summary>The targets in the course of a run.</summary>
        public static IReadOnlyList<MemoryPicture> Of(Rehearsal rehearsal, IReadOnlyList<INonVolatileMemory> memories)
        {
            var drafts = rehearsal.Targets.Select(x => new Draft(rehearsal, memories.Single(y => y.TargetName == x))).ToList();
            var quantum = rehearsal.Microseconds / Columns;
            while(true)
            {
                var pictures = drafts.Select(x => x.Draw(quantum)).ToArray();
                if(quantum >= rehearsal.Microseconds || pictures.Sum(x => x.Rows.Sum(y => y.Spans.Count)) <= MostSpans)
                {
                    return pictures;
                }
                quantum *= 2;
            }
        }

        /// <summary>How many bytes of a range count as written.</summary>
        /// <param name="content">The memory.</param>
        /// <param name="before">What it was before the run; null: it is a flash, where those count that aren't erased.</param>
        /// <param name="offset">Where the range begins.</param>
        /// <param name="size">Bytes of it.</param>
        public static int Count(byte[] content, byte[] before, int offset, int size)
        {
            var count = 0;
            for(var i = offset; i < offset + size; i++)
            {
                count += content[i] != (before == null ? Erased : before[i]) ? 1 : 0;
            }
            return count;
        }

        /// <summary>The parts of a memory that are written.</summary>
        /// <param name="writes">What is written.</param>
        /// <param name="length">Bytes of the memory.</param>
        /// <param name="unitAt">The sector or range that an offset is in.</param>
        /// <param name="hasSectors">Are they sectors?</param>
        public static List<MemoryRow> Rows(IEnumerable<MemoryWrite> writes, int length, Func<int, MemorySector> unitAt, bool hasSectors)
        {
            var units = new SortedDictionary<int, MemorySector>();
            foreach(var write in writes)
            {
                var end = Math.Min(write.Offset + Math.Max(1, write.Size), length);
                for(var offset = write.Offset; offset < end;)
                {
                    var unit = unitAt(offset);
                    units[unit.Number] = unit;
                    offset = unit.Offset + unit.Size;
                }
            }
            // Neighbours share a row, twice as many each time, until there are few enough.
            var grouping = 1;
            while(units.Keys.Select(x => x / grouping).Distinct().Skip(MostRows).Any())
            {
                grouping *= 2;
            }
            return units.Values.GroupBy(x => x.Number / grouping).Select(x => new MemoryRow
            {
                Sector = hasSectors ? x.First().Number : (int?)null,
                Count = x.Count(),
                Offset = x.First().Offset,
                Size = x.Last().Offset + x.Last().Size - x.First().Offset,
            }).ToList();
        }

        private const byte Erased = 0xFF;
        private const int Columns = 240;
        private const int MostRows = 16;
        private const int MostSpans = 600;
        private const int SmallMemory = 256;
        private const int SmallRange = 16;
        private const int Range = 64;

        private sealed class Draft
        {
            public Draft(Rehearsal rehearsal, INonVolatileMemory memory)
            {
                this.rehearsal = rehearsal;
                target = memory.TargetName;
                sectored = memory as ISectoredMemory;
                before = rehearsal.ContentAt(target, 0);
                rangeSize = Math.Min(before.Length, before.Length <= SmallMemory ? SmallRange : Range);
                writes = rehearsal.Writes.Where(x => x.Target == target && (x.Moment == CutMoment.Before || x.Moment == CutMoment.Written)).ToList();
                rows = Rows(writes, before.Length, UnitAt, sectored != null);
            }

            public MemoryPicture Draw(double quantum)
            {
                var content = (byte[])before.Clone();
                var lines = rows.Select(x => new Line(x, sectored != null, quantum, rehearsal.Microseconds, Count(content, x))).ToList();
                foreach(var write in writes)
                {
                    var last = Math.Min(write.Offset + Math.Max(1, write.Size), content.Length) - 1;
                    for(var row = RowAt(write.Offset); row < rows.Count && rows[row].Offset <= last; row++)
                    {
                        var counted = lines[row].Bytes;
                        for(var i = Math.Max(write.Offset, rows[row].Offset); i <= Math.Min(last, rows[row].Offset + rows[row].Size - 1); i++)
                        {
                            var other = sectored != null ? Erased : before[i];
                            counted -= content[i] != other ? 1 : 0;
                            content[i] = Rehearsal.Written(write, i - write.Offset, content[i]);
                            counted += content[i] != other ? 1 : 0;
                        }
                        lines[row].Add(write, counted);
                    }
                }
                for(var i = 0; i < rows.Count; i++)
                {
                    rows[i].Spans = lines[i].Close();
                }
                return new MemoryPicture { Target = target, Size = before.Length, HasSectors = sectored != null, Rows = rows };
            }

            private MemorySector UnitAt(int offset)
            {
                if(sectored != null)
                {
                    return sectored.SectorAt(offset);
                }
                var number = offset / rangeSize;
                return new MemorySector { Number = number, Offset = number * rangeSize, Size = Math.Min(rangeSize, before.Length - (number * rangeSize)) };
            }

            private int RowAt(int offset)
            {
                var row = 0;
                while(row < rows.Count && rows[row].Offset + rows[row].Size <= offset)
                {
                    row++;
                }
                return row;
            }

            private int Count(byte[] content, MemoryRow row) => MemoryHistory.Count(content, sectored != null ? null : before, row.Offset, row.Size);

            private readonly List<MemoryRow> rows;
            private readonly Rehearsal rehearsal;
            private readonly string target;
            private readonly ISectoredMemory sectored;
            private readonly byte[] before;
            private readonly int rangeSize;
            private readonly List<MemoryWrite> writes;
        }

        /// <summary>A row as time goes on. Writes that are near each other are one.</summary>
        private sealed class Line
        {
            public Line(MemoryRow row, bool isFlash, double quantum, double end, int bytes)
            {
                this.isFlash = isFlash;
                this.quantum = quantum;
                this.end = end;
                Bytes = bytes;
                bytesBefore = bytes;
            }

            public void Add(MemoryWrite write, int bytes)
            {
                var state = !isFlash || write.Kind == MemoryOperationKind.Replace ? MemoryState.Writing
                    : write.Kind == MemoryOperationKind.Erase ? MemoryState.Erasing : MemoryState.Programming;
                var from = Math.Min(end, write.Microseconds);
                var to = Math.Min(end, write.Microseconds + write.Duration);
                if(isOpen && ((state == open.State && from - open.To <= quantum) || from - open.From < quantum))
                {
                    // An erase is what one wants to see.
                    open.State = state == MemoryState.Erasing ? state : open.State;
                    open.To = Math.Max(open.To, to);
                }
                else
                {
                    Flush(from);
                    open = new MemorySpan { From = from, To = to, State = state };
                    isOpen = true;
                }
                open.Bytes = bytes;
                Bytes = bytes;
            }

            public IReadOnlyList<MemorySpan> Close()
            {
                Flush(end);
                return spans;
            }

            /// <summary>Bytes that count as written.</summary>
            public int Bytes { get; private set; }

            private void Flush(double until)
            {
                if(isOpen)
                {
                    spans.Add(open);
                    isOpen = false;
                    bytesBefore = open.Bytes;
                }
                var from = spans.Count > 0 ? spans[spans.Count - 1].To : 0;
                if(until > from || (spans.Count == 0 && until == end))
                {
                    var state = isFlash ? bytesBefore == 0 ? MemoryState.Erased : MemoryState.Programmed : bytesBefore == 0 ? MemoryState.Unchanged : MemoryState.Written;
                    spans.Add(new MemorySpan { From = from, To = until, State = state, Bytes = bytesBefore });
                }
            }

            private bool isOpen;
            private MemorySpan open;
            private int bytesBefore;

            private readonly bool isFlash;
            private readonly double quantum;
            private readonly double end;
            private readonly List<MemorySpan> spans = new List<MemorySpan>();
        }
    }
}
