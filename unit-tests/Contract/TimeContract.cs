// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class TimeContract : ContractBench
    {
        [Test]
        public void ShouldRunForExactlyTheGivenTime()
        {
            RunFor(1234.567);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(1234567));
            RunFor(0.001);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(1234568));
        }

        [Test]
        public void ShouldCountInNanoseconds()
        {
            Assert.That(TimeInterval.TicksPerSecond, Is.EqualTo(1000000000));
            Assert.That(TimeInterval.FromMicroseconds(3).Ticks, Is.EqualTo(3000));
            Assert.That(TimeInterval.FromMilliseconds(3).Ticks, Is.EqualTo(3000000));
            Assert.That(TimeInterval.FromSeconds(3).TotalSeconds, Is.EqualTo(3));
            Assert.That((TimeInterval.FromSeconds(3) - TimeInterval.FromSeconds(1)).TotalMilliseconds, Is.EqualTo(2000));
        }

        [Test]
        public void ShouldScheduleActions()
        {
            var times = new List<ulong>();
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(700), time => times.Add(Now()));
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(300), time => times.Add(Now()));
            RunFor(500);
            Assert.That(times, Has.Count.EqualTo(1));
            Assert.That(times[0], Is.InRange(300000, 500000));
            RunFor(500);
            Assert.That(times, Has.Count.EqualTo(2));
        }

        [Test]
        public void ShouldCountDownByDefault()
        {
            var timer = Timer(1000, Direction.Descending);
            RunFor(250);
            Assert.That(timer.Value, Is.EqualTo(750));
            timer.ResetValue();
            Assert.That(timer.Value, Is.EqualTo(1000));
        }

        [Test]
        public void ShouldCountUp()
        {
            var timer = Timer(1000, Direction.Ascending);
            RunFor(250);
            Assert.That(timer.Value, Is.EqualTo(250));
        }

        [Test]
        public void ShouldReachTheLimitPeriodically([Values] Direction direction)
        {
            var timer = Timer(100, direction);
            RunFor(99);
            Assert.That(reached, Is.Zero);
            RunFor(2);
            Assert.That(reached, Is.EqualTo(1));
            Assert.That(timer.Value, Is.EqualTo(direction == Direction.Ascending ? 1 : 99));
            RunFor(1000);
            Assert.That(reached, Is.EqualTo(11));
        }

        [Test]
        public void ShouldStopAfterOneShot([Values] Direction direction)
        {
            var timer = Timer(100, direction);
            timer.Mode = WorkMode.OneShot;
            RunFor(1000);
            Assert.That(reached, Is.EqualTo(1));
            Assert.That(timer.Enabled, Is.False);
            Assert.That(timer.Value, Is.EqualTo(direction == Direction.Ascending ? 0 : 100));
            timer.Enabled = true;
            RunFor(1000);
            Assert.That(reached, Is.EqualTo(2));
        }

        [Test]
        public void ShouldStandStillWhileDisabled()
        {
            var timer = Timer(1000, Direction.Ascending);
            RunFor(100);
            timer.Enabled = false;
            RunFor(100);
            Assert.That(timer.Value, Is.EqualTo(100));
            timer.Enabled = true;
            RunFor(100);
            Assert.That(timer.Value, Is.EqualTo(200));
        }

        [Test]
        public void ShouldNotTellOfEventsThatAreOff()
        {
            var timer = Timer(100, Direction.Ascending);
            timer.EventEnabled = false;
            RunFor(150);
            Assert.That(reached, Is.Zero);
            Assert.That(timer.RawInterrupt, Is.True);
            Assert.That(timer.Interrupt, Is.False);
            timer.EventEnabled = true;
            Assert.That(timer.Interrupt, Is.True);
            timer.ClearInterrupt();
            Assert.That(timer.RawInterrupt, Is.False);
        }

        [Test]
        public void ShouldDivide()
        {
            var timer = Timer(1000, Direction.Ascending);
            timer.Divider = 10;
            RunFor(500);
            Assert.That(timer.Value, Is.EqualTo(50));
            timer.Frequency = 500000;
            RunFor(1000);
            Assert.That(timer.Value, Is.EqualTo(100));
        }

        [Test]
        public void ShouldTakeANewLimit()
        {
            var timer = Timer(1000, Direction.Ascending);
            RunFor(100);
            timer.Limit = 200;
            Assert.That(timer.Value, Is.EqualTo(100));
            RunFor(101);
            Assert.That(reached, Is.EqualTo(1));
            timer.AutoUpdate = true;
            timer.Limit = 500;
            Assert.That(timer.Value, Is.Zero);
        }

        [Test]
        public void ShouldRefuseAValueBeyondItsFirstLimit()
        {
            var timer = Timer(1000, Direction.Ascending);
            Assert.That(() => timer.Value = 1001, Throws.InstanceOf<ArgumentException>());
            Assert.That(() => timer.Divider = 0, Throws.InstanceOf<ArgumentException>());
            Assert.That(() => timer.Frequency = 0, Throws.InstanceOf<ArgumentException>());
        }

        [Test]
        public void ShouldResetToItsInitialState()
        {
            var timer = Timer(1000, Direction.Ascending);
            timer.Limit = 10;
            timer.Divider = 7;
            timer.Mode = WorkMode.OneShot;
            timer.Enabled = false;
            RunFor(100);
            timer.Reset();
            Assert.That(timer.Limit, Is.EqualTo(1000));
            Assert.That(timer.Divider, Is.EqualTo(1));
            Assert.That(timer.Mode, Is.EqualTo(WorkMode.Periodic));
            Assert.That(timer.Enabled, Is.True);
            Assert.That(timer.Value, Is.Zero);
        }

        [Test]
        public void ShouldCallHandlersAtTheirTime()
        {
            // Two timers whose limits fall into one run: in order of time, and each sees the other's right value.
            var seen = new List<string>();
            LimitTimer slow = null;
            LimitTimer fast = null;
            slow = Timer(300, Direction.Ascending);
            fast = Timer(200, Direction.Ascending);
            slow.LimitReached += () => seen.Add($"slow, fast at {fast.Value}");
            fast.LimitReached += () => seen.Add($"fast, slow at {slow.Value}");
            RunFor(450);
            Assert.That(seen, Is.EqualTo(new[] { "fast, slow at 200", "slow, fast at 100", "fast, slow at 100" }));
        }

        [Test]
        public void ShouldLetHandlersSetTimers()
        {
            var other = Timer(100, Direction.Ascending);
            other.Enabled = false;
            reached = 0;
            var first = new LimitTimer(Machine.ClockSource, 1000000, null, "first", 50, Direction.Ascending, true, WorkMode.OneShot, true);
            first.LimitReached += () => other.Enabled = true;
            RunFor(149);
            Assert.That(reached, Is.Zero);
            RunFor(2);
            Assert.That(reached, Is.EqualTo(1));
        }

        [Test]
        public void ShouldKeepOddFrequencies()
        {
            var timer = new LimitTimer(Machine.ClockSource, 32768, null, "odd", 32768, Direction.Ascending, true, eventEnabled: true);
            timer.LimitReached += () => reached++;
            RunFor(9999990);
            Assert.That(reached, Is.EqualTo(9));
            RunFor(20);
            Assert.That(reached, Is.EqualTo(10));
        }

        [Test]
        public void ShouldCompare()
        {
            var matches = 0;
            var timer = new ComparingTimer(Machine.ClockSource, 1000000, null, "comparing", limit: 1000, compare: 400, enabled: true, eventEnabled: true);
            timer.CompareReached += () => matches++;
            RunFor(399);
            Assert.That(matches, Is.Zero);
            RunFor(2);
            Assert.That(matches, Is.EqualTo(1));
            Assert.That(timer.Value, Is.EqualTo(401));
            RunFor(998);
            Assert.That(matches, Is.EqualTo(1));
            RunFor(2);
            Assert.That(matches, Is.EqualTo(2));
            timer.Compare = 500;
            RunFor(100);
            Assert.That(matches, Is.EqualTo(3));
            Assert.That(timer.Value, Is.EqualTo(501));
        }

        [Test]
        public void ShouldRepeatThreads()
        {
            var calls = 0;
            using var thread = Machine.ObtainManagedThread(() => calls++, 1000);
            RunFor(2000);
            Assert.That(calls, Is.Zero);
            thread.Start();
            RunFor(2500);
            Assert.That(calls, Is.EqualTo(2));
            thread.Stop();
            RunFor(2000);
            Assert.That(calls, Is.EqualTo(2));
        }

        private LimitTimer Timer(ulong limit, Direction direction)
        {
            reached = 0;
            var timer = new LimitTimer(Machine.ClockSource, 1000000, null, $"timer of {limit}", limit, direction, enabled: true, eventEnabled: true);
            timer.LimitReached += () => reached++;
            return timer;
        }

        private ulong Now()
        {
            return Machine.ElapsedVirtualTime.TimeElapsed.Ticks;
        }

        private int reached;
    }
}
