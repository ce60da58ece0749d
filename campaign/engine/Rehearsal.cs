// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The run without a cut: how many writes there are, and when each happens.</summary>
    internal sealed class Rehearsal
    {
        /// <summary>Lets the guest run; the board is at the moment before.</summary>
        /// <exception cref="RecoverableException">The run does not end as it should, or writes nothing.</exception>
        public Rehearsal(CampaignStage stage)
        {
            var board = stage.Board;
            var outcome = Run(stage);
            if(stage.Watch.Writes >= MostWrites)
            {
                throw new RecoverableException($"{stage.Program}: {stage.Guest.ExplainWrites(MostWrites)}");
            }
            if(outcome != GuestOutcome.Returned)
            {
                throw new RecoverableException($"{stage.Program}: {stage.Guest.ExplainRun(outcome, stage.Options.RunTimeout)}");
            }
            Writes = stage.Watch.Kept;
            var written = Writes.Select(x => x.Target).Distinct().ToList();
            Targets = board.Memories.Select(x => x.TargetName).Where(written.Contains).ToArray();
            var missed = (stage.Options.Targets ?? Array.Empty<string>()).FirstOrDefault(x => !written.Contains(x));
            if(missed != null)
            {
                throw new RecoverableException($"--target {missed}: {stage.Guest.RunName} of {stage.Program} never writes it{(missed == board.BackupSram.TargetName ? " (is the memory unlocked?)" : "")}");
            }
            if(written.Count == 0)
            {
                throw new RecoverableException($"{stage.Program}: {stage.Guest.ExplainWrites(0)}");
            }
            Steps = stage.Guest.StepsDone;
            var lastWrites = new int[Steps];
            foreach(var write in Writes.Where(x => x.StepsDone < Steps))
            {
                lastWrites[write.StepsDone]++;
            }
            for(var i = 1; i < Steps; i++)
            {
                lastWrites[i] += lastWrites[i - 1];
            }
            LastWriteOfStep = lastWrites;
            LastMicrosecondsOfStep = lastWrites.Select(x => x == 0 ? 0 : Writes[x - 1].Microseconds).ToArray();
        }

        /// <summary>How many units it had.</summary>
        public long CountOf(CutUnit unit) => unit == CutUnit.Instructions ? (long)Instructions : unit == CutUnit.Time ? (long)Microseconds : Writes.Count;

        /// <summary>Virtual time of an instruction since the start, in microseconds; up to a slice too early, never too late.</summary>
        public double MicrosecondsOf(ulong instruction)
        {
            var index = samples.FindLastIndex(x => x.Instructions - FirstInstruction < instruction);
            return samples[Math.Max(0, index)].Ticks / (double)TimeInterval.TicksPerMicrosecond;
        }

        /// <summary>The sectors that it wrote of a memory.</summary>
        public IEnumerable<MemorySector> SectorsOf(ISectoredMemory memory)
        {
            var written = new Dictionary<int, MemorySector>();
            foreach(var (start, size) in Writes.Where(x => x.Target == memory.TargetName).Select(x => (x.Offset, x.Size)).Distinct())
            {
                for(var offset = start; offset < start + size;)
                {
                    var sector = memory.SectorAt(offset);
                    written[sector.Number] = sector;
                    offset = sector.Offset + sector.Size;
                }
            }
            return written.OrderBy(x => x.Key).Select(x => x.Value);
        }

        /// <summary>What a target holds when so many steps are complete.</summary>
        public byte[] ContentAfter(string target, int steps) => ContentAt(target, steps == 0 ? 0 : LastWriteOfStep[Math.Min(steps, LastWriteOfStep.Count) - 1]);

        /// <summary>What a target holds when so many places of <see cref="Writes"/> were passed; 0: before the run.</summary>
        public byte[] ContentAt(string target, int places)
        {
            var content = (byte[])contentBefore[target].Clone();
            Apply(Writes.Take(places), target, content);
            return content;
        }

        /// <summary>Makes the complete ones of some writes to a target in a copy of its content.</summary>
        public static void Apply(IEnumerable<MemoryWrite> writes, string target, byte[] content)
        {
            foreach(var write in writes.Where(x => x.Target == target && (x.Moment == CutMoment.Written || x.Moment == CutMoment.After)))
            {
                for(var i = 0; i < write.Size && write.Offset + i < content.Length; i++)
                {
                    content[write.Offset + i] = Written(write, i, content[write.Offset + i]);
                }
            }
        }

        /// <summary>What a byte is when a write to it is complete.</summary>
        /// <param name="write">The write.</param>
        /// <param name="index">Which of its bytes.</param>
        /// <param name="before">What it was.</param>
        public static byte Written(MemoryWrite write, int index, byte before)
        {
            var value = write.Data != null ? write.Data[index] : (byte)(write.Value >> (8 * (index % sizeof(uint))));
            var isProgram = write.Moment != CutMoment.Written && write.Kind == MemoryOperationKind.Program;
            return isProgram ? (byte)(before & value) : value;
        }

        /// <summary>Names of the memories whose writes are cut.</summary>
        public IReadOnlyList<string> Targets { get; }

        /// <summary>All places where a write can be cut, in order.</summary>
        public IReadOnlyList<MemoryWrite> Writes { get; }

        /// <summary>Steps that the run completed.</summary>
        public int Steps { get; }

        /// <summary>Last write of each step.</summary>
        public IReadOnlyList<int> LastWriteOfStep { get; }

        /// <summary>When that was, in virtual microseconds since the start.</summary>
        public IReadOnlyList<double> LastMicrosecondsOfStep { get; }

        /// <summary>Virtual microseconds from the start of the run to its end.</summary>
        public double Microseconds { get; private set; }

        /// <summary>Instructions of the run.</summary>
        public ulong Instructions { get; private set; }

        /// <summary>Virtual microseconds from the moment at which it was told to run to the one at which it began.</summary>
        public double Lead { get; private set; }

        /// <summary>What the core had counted when it began.</summary>
        public ulong FirstInstruction => samples[0].Instructions;

        private GuestOutcome Run(CampaignStage stage)
        {
            var board = stage.Board;
            var guest = stage.Guest;
            var watch = stage.Watch;
            watch.Start(0, MostWrites, () => guest.StepsDone);
            watch.Hold();
            guest.Began = () =>
            {
                contentBefore = board.Memories.ToDictionary(x => x.TargetName, x => x.GetContent());
                Lead = watch.Elapsed.TotalMicroseconds;
                watch.Begin();
                samples.Add((0, board.Instructions));
            };
            guest.Ended = () =>
            {
                Microseconds = watch.Elapsed.TotalMicroseconds;
                Instructions = board.Instructions - FirstInstruction;
                watch.End();
            };
            guest.StartRun();
            var outcome = guest.WaitForEnd(stage.Options.RunTimeout, () =>
            {
                if(samples.Count > 0)
                {
                    samples.Add((watch.Elapsed.Ticks, board.Instructions));
                }
                return watch.Writes >= MostWrites;
            });
            guest.Ended = null;
            guest.Began = null;
            return outcome;
        }

        private Dictionary<string, byte[]> contentBefore;

        private readonly List<(ulong Ticks, ulong Instructions)> samples = new List<(ulong, ulong)>();

        private const int MostWrites = 1000000;
    }
}
