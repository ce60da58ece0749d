// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A board's supplies with a voltmeter at them that writes down how they go and come back around a cut.</summary>
    internal sealed class RecordedSupplies : IBoardSupplies
    {
        /// <summary>Begins to measure.</summary>
        /// <param name="board">The board.</param>
        /// <param name="sinceCut">Virtual microseconds since the cut, negative before it; asked outside of accesses alone.</param>
        /// <param name="shortestRamp">Virtual seconds that VDD takes at least to fall; 0: it is gone at once.</param>
        public RecordedSupplies(ICampaignBoard board, Func<double> sinceCut, double shortestRamp)
        {
            this.board = board;
            this.sinceCut = sinceCut;
            isGradual = shortestRamp > 0;
            step = StepOf(shortestRamp);
        }

        /// <inheritdoc/>
        public void RunFor(TimeInterval time)
        {
            var left = time.Ticks;
            Sample();
            while(left > 0)
            {
                var part = Math.Min(left, NextPart());
                board.RunFor(TimeInterval.FromTicks(part));
                left -= part;
                Sample();
            }
        }

        /// <inheritdoc/>
        public void PowerOn()
        {
            Change(board.PowerOn);
        }

        /// <inheritdoc/>
        public void PlugCable()
        {
            Change(board.PlugCable);
        }

        /// <inheritdoc/>
        public void PullCable()
        {
            board.PullCable();
        }

        /// <inheritdoc/>
        public void PowerOff(bool withinAccess)
        {
            BeginCut();
            board.PowerOff(withinAccess);
            // The core stops within its access; the meter follows when it stands still.
            isStepAhead = true;
        }

        /// <inheritdoc/>
        public void RampDown(double seconds, bool withinAccess)
        {
            BeginCut();
            step = StepOf(seconds);
            board.RampDown(seconds, withinAccess);
        }

        /// <summary>What was measured, without points on a line between others.</summary>
        public SupplyCurve ToCurve()
        {
            var kept = new List<SupplyPoint>();
            foreach(var point in points)
            {
                if(kept.Count > 0 && point.Equals(kept[kept.Count - 1]))
                {
                    continue;
                }
                if(kept.Count > 1 && IsOnLine(kept[kept.Count - 2], kept[kept.Count - 1], point))
                {
                    kept.RemoveAt(kept.Count - 1);
                }
                kept.Add(point);
            }
            return new SupplyCurve
            {
                Points = kept,
                CoreStopped = coreStopped ?? 0,
                PowerDown = board.PowerDownThreshold.Falling,
                PowerOn = board.PowerDownThreshold.Rising,
                BrownOut = board.BrownOutThreshold.Falling,
                BrownOutEnd = board.BrownOutThreshold.Rising,
            };
        }

        /// <inheritdoc/>
        public bool IsPowered => board.IsPowered;

        /// <inheritdoc/>
        public bool HasCell
        {
            get => board.HasCell;
            set => Change(() => board.HasCell = value);
        }

        /// <inheritdoc/>
        public SupplyVolts Volts => board.Volts;

        private static ulong StepOf(double seconds) => Math.Max(TimeInterval.TicksPerMicrosecond, TimeInterval.FromSeconds(seconds).Ticks / PointsOfRamp);

        private static bool IsOnLine(SupplyPoint first, SupplyPoint middle, SupplyPoint last)
        {
            // A step is none, nor is the cut.
            if(middle.Microseconds == 0 || middle.Microseconds <= first.Microseconds || last.Microseconds <= middle.Microseconds)
            {
                return false;
            }
            var share = (middle.Microseconds - first.Microseconds) / (last.Microseconds - first.Microseconds);
            return Math.Abs(first.Vdd + ((last.Vdd - first.Vdd) * share) - middle.Vdd) < Tolerance && Math.Abs(first.Vbat + ((last.Vbat - first.Vbat) * share) - middle.Vbat) < Tolerance;
        }

        // As finely as VDD falls, and from shortly before it does: the rest in one go.
        private ulong NextPart()
        {
            if(!isGradual || finePartsLeft == 0)
            {
                return ulong.MaxValue;
            }
            if(!isCut)
            {
                var ahead = -sinceCut() - Clearance;
                if(ahead > 0)
                {
                    return BoardTime.FromMicroseconds(ahead).Ticks + 1;
                }
                finePartsLeft--;
                return step;
            }
            if(board.Volts.Vdd == 0)
            {
                finePartsLeft = 0;
                return ulong.MaxValue;
            }
            finePartsLeft--;
            return step;
        }

        // The core may be within an access, where nobody may ask for the time.
        private void BeginCut()
        {
            isCut = true;
            finePartsLeft = MostFineParts;
            Add(0);
        }

        private void Change(Action action)
        {
            Sample();
            action();
            Sample();
        }

        private void Sample()
        {
            var time = sinceCut();
            if(!isCut)
            {
                // One is enough of what doesn't change, the earliest; time may begin anew with the run.
                if(time < 0 && (points.Count == 0 || time < points[0].Microseconds))
                {
                    points.Clear();
                    Add(time);
                }
                return;
            }
            if(coreStopped == null && !board.IsPowered)
            {
                coreStopped = isGradual ? TimeOfStop(time) : 0;
            }
            if(isStepAhead && !board.IsPowered)
            {
                isStepAhead = false;
                Add(0);
            }
            Add(time);
        }

        // Between the last two points, where VDD has crossed the level.
        private double TimeOfStop(double now)
        {
            var last = points[points.Count - 1];
            var vdd = board.Volts.Vdd;
            var level = Math.Max(board.PowerDownThreshold.Falling, board.BrownOutThreshold.Falling);
            var share = vdd < last.Vdd ? (last.Vdd - level) / (last.Vdd - vdd) : 1;
            return last.Microseconds + ((now - last.Microseconds) * Math.Clamp(share, 0, 1));
        }

        private void Add(double time)
        {
            var volts = board.Volts;
            points.Add(new SupplyPoint { Microseconds = time, Vdd = volts.Vdd, Vbat = volts.Vbat });
        }

        private bool isCut;
        private bool isStepAhead;
        private double? coreStopped;
        private ulong step;
        private int finePartsLeft = MostFineParts;

        private readonly ICampaignBoard board;
        private readonly Func<double> sinceCut;
        private readonly bool isGradual;
        private readonly List<SupplyPoint> points = new List<SupplyPoint>();

        private const ulong PointsOfRamp = 24;
        private const int MostFineParts = 200;
        private const double Clearance = 2;
        // The ramp of the supplies goes by whole microseconds.
        private const double Tolerance = 0.02;
    }
}
