// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

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
            // How many slices to run from a state to a cut, before it is worth taking another state on the way.
            longestReplay = stage.Board.HasCheapStates ? 1 : 500;
            rung = new Rung { State = beforeRun };
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Replace(new Rung { State = beforeRun });
        }

        /// <summary>
        /// Goes back to a state before the cut, and to less than two slices before it. From the start of run() on it is the slices of
        /// the rehearsal that pass, so that each cut meets the same instruction, whichever cuts were made before.
        /// </summary>
        /// <param name="microseconds">When the cut is, since the start of the run.</param>
        /// <param name="write">A write that must not have been made then.</param>
        public void Approach(double microseconds, int write = int.MaxValue)
        {
            var slices = SlicesBefore(microseconds);
            if(rung.Writes >= write || rung.Slices > slices)
            {
                Replace(new Rung { State = beforeRun });
            }
            Resume();
            for(var i = rung.Slices; i < slices; i++)
            {
                stage.Board.RunForSeconds(CampaignStage.Slice);
            }
            if(stage.Watch.Writes >= write)
            {
                // What the rehearsal said of the time was not exact enough.
                Resume();
            }
            else if(slices - rung.Slices > longestReplay)
            {
                // The next cuts are near this one.
                Replace(new Rung
                {
                    State = stage.TakeState(),
                    HasBegun = hasBegun,
                    Slices = slices,
                    Writes = stage.Watch.Writes,
                    Microseconds = stage.Watch.Elapsed.TotalMicroseconds,
                    LastWrites = stage.Watch.Kept,
                });
            }
        }

        /// <summary>Goes to a moment of the run.</summary>
        /// <param name="microseconds">Virtual time since its start.</param>
        public void GoToTime(double microseconds)
        {
            Approach(microseconds);
            stage.Board.RunForMicroseconds(microseconds + rehearsal.Lead - (SlicesBefore(microseconds) * SliceMicroseconds));
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

        /// <summary>Steps of the run that are complete now.</summary>
        public int StepsDone => stage.Guest.StepsDone;

        // From the moment on at which run() was sent.
        private int SlicesBefore(double microseconds) => Math.Max(0, (int)((microseconds + rehearsal.Lead - ClearanceMicroseconds) / SliceMicroseconds));

        private void Resume()
        {
            stage.Restore(rung.State);
            stage.Watch.Start(rung.Writes, CampaignStage.LastWritesKept, () => StepsDone, rung.LastWrites);
            stage.Guest.Ended = null;
            hasBegun = rung.HasBegun;
            if(hasBegun)
            {
                // What looks like the beginning is something that the program prints.
                stage.Guest.Began = null;
                stage.Watch.StartTime(rung.Microseconds);
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

        private readonly CampaignStage stage;
        private readonly Rehearsal rehearsal;
        private readonly ICampaignState beforeRun;
        private readonly int longestReplay;

        private const double SliceMicroseconds = 1e6 * CampaignStage.Slice;
        private const double ClearanceMicroseconds = 2;
        private const double ShortestRun = 0.001;
        private const double LongestSlumber = 0.5;

        /// <summary>A state of the run that is shortly before the next cuts.</summary>
        private sealed class Rung
        {
            public ICampaignState State;
            public bool HasBegun;
            public int Slices;
            public int Writes;
            public double Microseconds;
            public IReadOnlyList<MemoryWrite> LastWrites;
        }
    }
}
