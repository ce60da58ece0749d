// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>VDD on its way along a straight line, which stops at each level where somebody acts.</summary>
    internal class VddRamp
    {
        public VddRamp(IMachine machine, IPeripheral owner)
        {
            this.machine = machine;
            timer = new LimitTimer(machine.ClockSource, TicksPerSecond, owner, "VDD ramp", limit: 1, direction: Direction.Descending,
                workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += () => Continue(line?.Due ?? 0);
        }

        /// <summary>Begins anew.</summary>
        /// <param name="from">VDD now.</param>
        /// <param name="to">VDD at the end; another value.</param>
        /// <param name="duration">Microseconds, at least 1.</param>
        /// <param name="levels">Levels where somebody acts, ascending.</param>
        public void Start(double from, double to, ulong duration, IEnumerable<double> levels)
        {
            var falling = to < from;
            var crossed = levels.Where(x => falling ? x > to && x <= from : x > from && x <= to);
            line = new Line
            {
                From = from,
                To = to,
                StartedAt = VirtualClock.Now(machine),
                Duration = duration,
                Levels = new Queue<double>(falling ? crossed.Reverse() : crossed),
            };
            Continue(0);
        }

        public void Stop()
        {
            line = null;
            timer.Enabled = false;
        }

        /// <summary>Where VDD is now, if it was this at the last level.</summary>
        public double Follow(double vdd)
        {
            if(line == null)
            {
                return vdd;
            }
            var elapsed = (VirtualClock.Now(machine) - line.StartedAt).Ticks / (TimeInterval.TicksPerSecond / TicksPerSecond);
            var now = line.From + ((line.To - line.From) * Math.Min(1, elapsed / (double)line.Duration));
            // Rounding must not bring back a level that was crossed.
            return line.IsFalling ? Math.Min(now, vdd) : Math.Max(now, vdd);
        }

        public static ulong ToTicks(double seconds) => (ulong)Math.Round(seconds * TicksPerSecond);

        public bool IsRunning => line != null;

        /// <summary>VDD at the end, in volts.</summary>
        public double Target => line.To;

        /// <summary>VDD has reached a level, in volts. Guest code hears of the voltage detector at once.</summary>
        public event Action<double> Reached;

        /// <summary>Does VDD at a level need the cores to stand still? Everything after it has to wait for that.</summary>
        public Func<double, bool> NeedsStandstill;

        /// <summary>Called before the wait for a standstill.</summary>
        public Action<double> Waiting;

        // Time is counted here by the timer alone: while it tells of its limit, the core's time can't be asked for.
        private void Continue(ulong elapsed)
        {
            while(line != null)
            {
                var isEnd = line.Levels.Count == 0;
                var level = isEnd ? line.To : line.Levels.Peek();
                // Rounded up, so that the line is at the level or beyond it when the time has come.
                line.Due = isEnd ? line.Duration : (ulong)Math.Ceiling((level - line.From) / (line.To - line.From) * line.Duration);
                if(line.Due > elapsed)
                {
                    timer.Limit = line.Due - elapsed;
                    timer.ResetValue();
                    timer.Enabled = true;
                    return;
                }
                if(isEnd)
                {
                    Cross(line.To, isEnd);
                    return;
                }
                line.Levels.Dequeue();
                // A falling threshold acts below it, a rising one at it.
                Cross(line.IsFalling ? Math.BitDecrement(level) : level, isEnd);
            }
        }

        private void Cross(double level, bool isEnd)
        {
            if(line.CrossingsAhead == 0 && !NeedsStandstill(level))
            {
                Reach(level, isEnd);
                return;
            }
            Waiting(level);
            var thisLine = line;
            thisLine.CrossingsAhead++;
            machine.LocalTimeSource.ExecuteInNearestSyncedState(_ =>
            {
                thisLine.CrossingsAhead--;
                if(line == thisLine)
                {
                    Reach(level, isEnd);
                }
            });
        }

        private void Reach(double level, bool isEnd)
        {
            if(isEnd)
            {
                line = null;
            }
            Reached(level);
        }

        private Line line;

        private readonly IMachine machine;
        private readonly LimitTimer timer;

        private const ulong TicksPerSecond = 1000000;

        /// <summary>Times in ticks.</summary>
        private class Line
        {
            public bool IsFalling => To < From;

            public double From;
            public double To;
            public TimeInterval StartedAt;
            public ulong Duration;
            public ulong Due;
            public Queue<double> Levels;
            public int CrossingsAhead;
        }
    }
}
