// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Brings the board to a moment shortly before a cut in the run. Nothing that happens after a cut can change what happened before, so
    /// the program is not run from its start each time: states of the run are kept on the way.
    /// </summary>
    internal sealed class RunReplay : IDisposable
    {
        /// <summary>Creates the replay.</summary>
        /// <param name="stage">Board, guest and watch.</param>
        /// <param name="rehearsal">The run without a cut.</param>
        /// <param name="beforeRun">The state before it, which stays the caller's.</param>
        public RunReplay(CampaignStage stage, Rehearsal rehearsal, ICampaignState beforeRun)
        {
            this.stage = stage;
            this.rehearsal = rehearsal;
            this.beforeRun = beforeRun;
            // How long to run from a state to a cut, before it is worth taking another state on the way.
            longestReplay = stage.Board.HasCheapStates ? SliceTicks / 4 : 500 * SliceTicks;
            grain = stage.Board.HasCheapStates ? 1 : SliceTicks;
            rung = new Rung { State = beforeRun };
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Replace(new Rung { State = beforeRun });
        }

        /// <summary>
        /// Goes back to a state before the cut, and to shortly before it, or to less than two slices where states are dear. Each cut meets the same
        /// instruction, whichever cuts were made before: a core meets it however the time up to there is parted.
        /// </summary>
        /// <param name="microseconds">When the cut is, since the start of the run.</param>
        /// <param name="write">A write that must not have been made then.</param>
        public void Approach(double microseconds, int write = int.MaxValue)
        {
            var target = TicksBefore(microseconds) / grain * grain;
            if(rung.Writes >= write || rung.Position > target)
            {
                Replace(new Rung { State = beforeRun });
            }
            Resume();
            while(position < target)
            {
                RunFor(Math.Min(target - position, RestOfSlice.Ticks));
            }
            if(stage.Watch.Writes >= write)
            {
                // What the rehearsal said of the time was not exact enough.
                Resume();
            }
            else if(target - rung.Position > longestReplay)
            {
                // The next cuts are near this one.
                Replace(new Rung
                {
                    State = stage.TakeState(),
                    HasBegun = hasBegun,
                    Position = target,
                    Writes = stage.Watch.Writes,
                    Elapsed = stage.Watch.Elapsed,
                    LastWrites = stage.Watch.Kept,
                });
            }
        }

        /// <summary>Goes to a moment of the run.</summary>
        /// <param name="microseconds">Virtual time since its start.</param>
        public void GoToTime(double microseconds)
        {
            Approach(microseconds);
            var slices = TicksBefore(microseconds) / SliceTicks;
            RunFor((slices * SliceTicks) + BoardTime.FromMicroseconds(microseconds + rehearsal.Lead - (slices * SliceMicroseconds)).Ticks - position);
        }

        /// <summary>Goes to an instruction of the run, or at most one translation block further.</summary>
        /// <param name="number">From 1.</param>
        public void GoToInstruction(ulong number)
        {
            Approach(rehearsal.MicrosecondsOf(number));
            var board = stage.Board;
            var instruction = rehearsal.FirstInstruction + number;
            var slumber = 0.0;
            while(board.Instructions < instruction && !stage.Guest.IsThrough)
            {
                var before = board.Instructions;
                board.RunForMicroseconds(Math.Max(slumber, (instruction - before) / board.InstructionsPerMicrosecond));
                // A core that sleeps is woken within half a microsecond.
                slumber = board.Instructions == before ? Math.Min(LongestSlumber, Math.Max(ShortestRun, 2 * slumber)) : 0;
            }
        }

        /// <summary>Virtual time up to the next of the moments at which the rehearsal looked up.</summary>
        public TimeInterval RestOfSlice => TimeInterval.FromTicks(SliceTicks - (position % SliceTicks));

        /// <summary>Steps of the run that are complete now.</summary>
        public int StepsDone => stage.Guest.StepsDone;

        // From the moment on at which run() was sent.
        private ulong TicksBefore(double microseconds) => BoardTime.FromMicroseconds(Math.Max(0, microseconds + rehearsal.Lead - ClearanceMicroseconds)).Ticks;

        private void RunFor(ulong ticks)
        {
            stage.Board.RunFor(TimeInterval.FromTicks(ticks));
            position += ticks;
        }

        private void Resume()
        {
            stage.Restore(rung.State);
            position = rung.Position;
            stage.Watch.Start(rung.Writes, CampaignStage.LastWritesKept, () => StepsDone, rung.LastWrites);
            stage.Guest.Ended = null;
            hasBegun = rung.HasBegun;
            if(hasBegun)
            {
                // What looks like the beginning is something that the program prints.
                stage.Guest.Began = null;
                stage.Watch.StartTime(rung.Elapsed);
                return;
            }
            stage.Watch.Hold();
            stage.Guest.Began = () =>
            {
                hasBegun = true;
                stage.Watch.Begin();
            };
            if(rung.State == beforeRun)
            {
                stage.Guest.StartRun();
            }
        }

        private void Replace(Rung next)
        {
            if(rung.State != beforeRun)
            {
                rung.State.Dispose();
            }
            rung = next;
        }

        private Rung rung;
        private bool hasBegun;
        // From the moment on at which run() was sent.
        private ulong position;

        private readonly CampaignStage stage;
        private readonly Rehearsal rehearsal;
        private readonly ICampaignState beforeRun;
        private readonly ulong longestReplay;
        private readonly ulong grain;

        private const double SliceMicroseconds = 1e6 * CampaignStage.Slice;
        private const ulong SliceTicks = (ulong)SliceMicroseconds * TimeInterval.TicksPerMicrosecond;
        private const double ClearanceMicroseconds = 2;
        private const double ShortestRun = 0.001;
        private const double LongestSlumber = 0.5;

        /// <summary>A state of the run that is shortly before the next cuts.</summary>
        private sealed class Rung
        {
            public ICampaignState State;
            public bool HasBegun;
            public ulong Position;
            public int Writes;
            public TimeInterval Elapsed;
            public IReadOnlyList<MemoryWrite> LastWrites;
        }
    }
}
