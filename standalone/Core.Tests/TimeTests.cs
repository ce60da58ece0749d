// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class TimeTests : Bench
    {
        [Test]
        public void ShouldMoveTimeWithoutAProcessor()
        {
            RunFor(1234);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(1234));
            Assert.That(Emulation.MasterTimeSource.ElapsedVirtualTime.Ticks, Is.EqualTo(1234));
        }

        [TestCase(100u, 10000000UL, 1000000UL)]
        [TestCase(168u, 1000000UL, 168000UL)]
        [TestCase(33u, 1000UL, 33UL)]
        public void ShouldExecuteAsManyInstructionsAsTheTimeHolds(uint performance, ulong nanoseconds, ulong instructions)
        {
            var cpu = AddProcessor(performance);
            RunFor(nanoseconds);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(instructions));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(nanoseconds));
        }

        [Test]
        public void ShouldNotDriftWhenRunInPieces()
        {
            var cpu = AddProcessor(168);
            for(var i = 0; i < 1000; i++)
            {
                RunFor(1001);
            }
            Assert.That(cpu.ExecutedInstructions, Is.InRange(168167, 168170));
        }

        [Test]
        public void ShouldEndSlicesAtTimers()
        {
            var cpu = AddProcessor();
            var seen = new List<ulong>();
            var timer = new LimitTimer(Machine.ClockSource, 1000000, null, "timer", 3, enabled: true, eventEnabled: true);
            timer.LimitReached += () => seen.Add(Machine.ElapsedVirtualTime.TimeElapsed.Ticks);
            RunFor(10000);
            Assert.That(seen, Is.EqualTo(new ulong[] { 3000, 6000, 9000 }));
            Assert.That(cpu.Slices, Is.EqualTo(new ulong[] { 300, 300, 300, 100 }));
        }

        [Test]
        public void ShouldShowTheExactTimeToAHandlerThatRunsLate()
        {
            var cpu = AddProcessor();
            cpu.BlockSize = 7;
            var seen = new List<ulong>();
            Machine.ScheduleAction(TimeInterval.FromNanoseconds(1000), x => seen.Add(x.Ticks));
            RunFor(2000);
            Assert.That(seen, Is.EqualTo(new ulong[] { 1000 }));
        }

        [Test]
        public void ShouldHonourATimerThatIsArmedInsideASlice()
        {
            var cpu = AddProcessor();
            var seen = 0UL;
            cpu.OnBlock = x =>
            {
                if(x.ExecutedInstructions + x.InstructionsInSlice == 50)
                {
                    Machine.ScheduleAction(TimeInterval.FromNanoseconds(100), y => seen = cpu.ExecutedInstructions);
                }
            };
            RunFor(10000);
            Assert.That(seen, Is.EqualTo(60));
        }

        [Test]
        public void ShouldSeeTimeMoveInsideASlice()
        {
            var cpu = AddProcessor();
            var timer = new LimitTimer(Machine.ClockSource, 1000000000, null, "timer", 100000, Direction.Ascending, enabled: true);
            var values = new List<ulong>();
            cpu.OnBlock = _ => values.Add(timer.Value);
            RunFor(50);
            Assert.That(values, Is.EqualTo(new ulong[] { 10, 20, 30, 40, 50 }));
        }

        [Test]
        public void ShouldSkipTheTimeThatAProcessorSleeps()
        {
            var cpu = AddProcessor();
            cpu.OnBlock = x => x.IsSleeping = true;
            Machine.ScheduleAction(TimeInterval.FromMilliseconds(500), _ =>
            {
                cpu.IsSleeping = false;
                cpu.OnBlock = null;
            });
            Emulation.RunFor(TimeInterval.FromMilliseconds(500) + TimeInterval.FromNanoseconds(100));
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(11));
        }

        [Test]
        public void ShouldLetTimePassWhileHalted()
        {
            var cpu = AddProcessor();
            cpu.IsHalted = true;
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.Zero);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(1000));
        }

        [Test]
        public void ShouldStopAtOnceWhenAskedFromInside()
        {
            var cpu = AddProcessor();
            cpu.OnBlock = x =>
            {
                if(x.InstructionsInSlice == 42)
                {
                    Emulation.PauseAll();
                }
            };
            RunFor(1000000);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(42));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(420));
            cpu.OnBlock = null;
            RunFor(80);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(50));
        }

        [Test]
        public void ShouldRunUntilAConditionHolds()
        {
            var cpu = AddProcessor();
            cpu.OnBlock = x =>
            {
                if(x.InstructionsInSlice == 42)
                {
                    Emulation.CheckCondition();
                }
            };
            Assert.That(Emulation.RunUntil(() => cpu.ExecutedInstructions == 42, TimeInterval.FromSeconds(1UL)), Is.True);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(42));
            cpu.OnBlock = null;
            Assert.That(Emulation.RunUntil(() => false, TimeInterval.FromNanoseconds(80)), Is.False);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(50));
        }

        [Test]
        public void ShouldResetAfterTheSliceInWhichItWasRequested()
        {
            var cpu = AddProcessor();
            var executing = new List<bool>();
            Machine.MachineReset += _ => executing.Add(cpu.IsExecuting);
            cpu.OnBlock = x =>
            {
                if(x.InstructionsInSlice == 10 && executing.Count == 0)
                {
                    Machine.RequestReset();
                }
            };
            RunFor(1000);
            Assert.That(executing, Is.EqualTo(new[] { false }));
            Assert.That(cpu.Slices[1], Is.EqualTo(90));
        }

        [Test]
        public void ShouldCountAlikeAtOddFrequencies()
        {
            var reached = 0;
            var timer = new LimitTimer(Machine.ClockSource, 84000001, null, "timer", 84000001, enabled: true, eventEnabled: true);
            timer.LimitReached += () => reached++;
            Emulation.RunFor(TimeInterval.FromSeconds(100UL));
            Assert.That(reached, Is.EqualTo(100));
        }

        [Test]
        public void ShouldKeepTheValueOfATimerThatIsStopped()
        {
            var timer = new LimitTimer(Machine.ClockSource, 1000000, null, "timer", 1000, enabled: true);
            RunFor(10000);
            timer.Enabled = false;
            RunFor(10000);
            Assert.That(timer.Value, Is.EqualTo(990));
            timer.Enabled = true;
            RunFor(10000);
            Assert.That(timer.Value, Is.EqualTo(980));
        }

        [Test]
        public void ShouldCompareAndGoOn()
        {
            var seen = new List<ulong>();
            var timer = new ComparingTimer(Machine.ClockSource, 1000000, null, "timer", 100, enabled: true, eventEnabled: true, compare: 30);
            timer.CompareReached += () => seen.Add(Machine.ElapsedVirtualTime.TimeElapsed.Ticks / 1000);
            RunFor(250000);
            Assert.That(seen, Is.EqualTo(new ulong[] { 30, 130, 230 }));
            Assert.That(timer.Value, Is.EqualTo(50));
        }

        [Test]
        public void ShouldRepeatWorkUntilItsConditionEndsIt()
        {
            var times = new List<ulong>();
            var thread = Machine.ObtainManagedThread(() => times.Add(Machine.ElapsedVirtualTime.TimeElapsed.Ticks), 4000000, stopCondition: () => times.Count == 3);
            thread.Start();
            RunFor(2000);
            Assert.That(times, Is.EqualTo(new ulong[] { 250, 500, 750 }));
        }

        [Test]
        public void ShouldRunByItselfAndPause()
        {
            var cpu = AddProcessor();
            using(var reached = new ManualResetEventSlim())
            {
                Machine.ScheduleAction(TimeInterval.FromMilliseconds(20), _ => reached.Set());
                Emulation.AdvanceImmediately = true;
                Emulation.StartAll();
                Assert.That(reached.Wait(10000), Is.True);
                Assert.That(() => Emulation.RunFor(TimeInterval.FromMilliseconds(1)), Throws.InstanceOf<RecoverableException>());
                using(Emulation.ObtainPausedState())
                {
                    var before = cpu.ExecutedInstructions;
                    Thread.Yield();
                    Assert.That(cpu.ExecutedInstructions, Is.EqualTo(before));
                }
                Emulation.PauseAll();
                Assert.That(Emulation.IsStarted, Is.False);
            }
        }

        [Test]
        public void ShouldPauseAndRunWithinAPausedState()
        {
            // As each command of the Monitor does while the emulation runs.
            AddProcessor();
            Emulation.AdvanceImmediately = true;
            Emulation.StartAll();
            var command = new Thread(() =>
            {
                using(Emulation.ObtainPausedState())
                {
                    Thread.Sleep(50);
                    Emulation.PauseAll();
                    RunFor(2000);
                    Emulation.StartAll();
                    Emulation.PauseAll();
                }
            })
            { IsBackground = true };
            command.Start();
            Assert.That(command.Join(10000), Is.True);
            Assert.That(Emulation.IsStarted, Is.False);
            var before = Emulation.MasterTimeSource.ElapsedVirtualTime;
            Thread.Sleep(50);
            Assert.That(Emulation.MasterTimeSource.ElapsedVirtualTime, Is.EqualTo(before));
        }

        [Test]
        public void ShouldStandStillWhenStartedButDriven()
        {
            Emulation.IsTimeDriven = true;
            Emulation.StartAll();
            Assert.That(Emulation.IsStarted, Is.True);
            Emulation.Advance(TimeInterval.FromMilliseconds(3));
            Assert.That(Emulation.MasterTimeSource.ElapsedVirtualTime.TotalMilliseconds, Is.EqualTo(3));
            Emulation.PauseAll();
            Assert.That(Emulation.IsStarted, Is.False);
        }

        [Test]
        public void ShouldLetMachinesMeet()
        {
            var other = new Machine();
            Emulation.AddMachine(other, "other");
            var order = new List<string>();
            void Report(Machine machine, string name, uint frequency)
            {
                var thread = machine.ObtainManagedThread(() => order.Add(name), frequency);
                thread.Start();
            }
            Report(Machine, "a", 5000);
            Report(other, "b", 4000);
            RunFor(1000000);
            // within a quantum of 100 us the first machine runs first
            Assert.That(string.Concat(order), Is.EqualTo("ababaabab"));
        }

        [TestCase("1", 1000000000UL)]
        [TestCase("0.000100", 100000UL)]
        [TestCase("01:02:03.5", 3723500000000UL)]
        public void ShouldReadTimeFromText(string text, ulong nanoseconds)
        {
            Assert.That(((TimeInterval)text).Ticks, Is.EqualTo(nanoseconds));
        }

        [Test]
        public void ShouldRefuseTextThatIsNoTime()
        {
            Assert.That(() => (TimeInterval)"soon", Throws.InstanceOf<RecoverableException>().With.Message.Contains("soon"));
        }
    }
}
