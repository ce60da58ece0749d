// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class CheckpointTests : Bench
    {
        [Test]
        public void ShouldSetMemoryBack()
        {
            var memory = AddMemory(0x20000000, 0x2100);
            memory.WriteDoubleWord(0x10, 0x12345678);
            memory.WriteByte(0x20FF, 9);
            using var checkpoint = Checkpoint.Take();
            memory.SetRange(0, 0x2100, 0xFF);
            checkpoint.Restore();
            Assert.That(memory.ReadDoubleWord(0x10), Is.EqualTo(0x12345678));
            Assert.That(memory.ReadDoubleWord(0x14), Is.Zero);
            Assert.That(memory.ReadByte(0x20FF), Is.EqualTo(9));
        }

        [Test]
        public void ShouldTellTheProcessorWhichMemoryChanged()
        {
            var memory = AddMemory(0x20000000, 0x3000);
            var cpu = AddProcessor();
            using var checkpoint = Checkpoint.Take();
            memory.WriteWord(0x1004, 0x0101);
            memory.WriteWord(0x1008, 0x0101);
            // what a test's processor noted is part of it
            checkpoint.Restore();
            Assert.That(cpu.Invalidations, Is.EqualTo(new long[] { 6 }));
        }

        [Test]
        public void ShouldSetAllOfADeviceBack()
        {
            var device = AddDevice();
            device.ByName["a"] = new List<int> { 1, 2 };
            device.Set.Add(Device.Colour.Blue);
            device.Waiting.Enqueue(7);
            device.Table[1, 2] = 42;
            device.Limit = 4;
            Bus.WriteDoubleWord(Base, 0x15);
            RunFor(2500);
            var list = device.ByName["a"];
            using var checkpoint = Checkpoint.Take();
            var before = GetState();
            for(var i = 0; i < 3; i++)
            {
                device.ByName["a"].Add(3);
                device.ByName["b"] = null;
                device.ByName.Remove("a");
                device.Set.Clear();
                device.Waiting.Enqueue(8);
                device.Table[1, 2] = 0;
                device.Table[0, 0] = 1;
                device.Limit = null;
                device.Inputs.AddRange(Enumerable.Repeat("x", 100));
                device.IRQ.Set(true);
                Bus.WriteDoubleWord(Base, 0);
                Emulation.SetSeed(i);
                RunFor(10000);
                checkpoint.Restore();
                Assert.That(GetState(), Is.EqualTo(before));
                Assert.That(Machine["sysbus.device"], Is.SameAs(device));
                Assert.That(device.ByName["a"], Is.SameAs(list));
                Assert.That(list, Is.EqualTo(new[] { 1, 2 }));
                Assert.That(device.Ticks, Is.EqualTo(2));
                Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(2500));
            }
            RunFor(500);
            Assert.That(device.Ticks, Is.EqualTo(3));
        }

        [Test]
        public void ShouldSetRandomnessBack()
        {
            Emulation.RandomGenerator.NextUlong();
            using var checkpoint = Checkpoint.Take();
            var expected = Emulation.RandomGenerator.NextUlong();
            Emulation.SetSeed(99);
            checkpoint.Restore();
            Assert.That(Emulation.RandomGenerator.NextUlong(), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldSetWhatIsScheduledBack()
        {
            var device = AddDevice();
            device.Schedule(5);
            using var checkpoint = Checkpoint.Take();
            for(var i = 0; i < 3; i++)
            {
                device.Schedule(6 + i);
                RunFor(2000);
                Assert.That(device.Scheduled, Is.EqualTo(6 + i));
                checkpoint.Restore();
                Assert.That(device.Scheduled, Is.Zero);
            }
            RunFor(2000);
            Assert.That(device.Scheduled, Is.EqualTo(5));
        }

        [Test]
        public void ShouldGoBetweenCheckpointsInAnyOrder()
        {
            var device = AddDevice();
            var memory = AddMemory(0x20000000, 0x4000);
            var checkpoints = new List<Checkpoint>();
            var states = new List<string>();
            for(var i = 0; i < 5; i++)
            {
                memory.WriteDoubleWord(0x1000 * (i / 2), (uint)i + 1);
                device.ByName[i.ToString()] = new List<int> { i };
                device.Schedule(i);
                RunFor(700);
                checkpoints.Add(Checkpoint.Take());
                states.Add(GetState());
            }
            var random = new Random(1);
            for(var i = 0; i < 100; i++)
            {
                var index = random.Next(5);
                checkpoints[index].Restore();
                Assert.That(GetState(), Is.EqualTo(states[index]));
                RunFor((ulong)random.Next(3000));
                memory.WriteByte(random.Next(0x4000), 1);
                if(i % 10 == 0)
                {
                    // what is taken in between must not disturb the others
                    Checkpoint.Take().Dispose();
                }
            }
            checkpoints.ForEach(x => x.Dispose());
        }

        [Test]
        public void ShouldLeaveSubscribersOutsideAsTheyAre()
        {
            var device = AddDevice();
            var heard = new List<string>();
            void Gone() => heard.Add("gone");
            device.Happened += Gone;
            device.Counted += Gone;
            using var checkpoint = Checkpoint.Take();
            device.Happened -= Gone;
            device.Counted -= Gone;
            device.Happened += () => heard.Add("event");
            device.Counted += () => heard.Add("field");
            device.Count();
            for(var i = 0; i < 3; i++)
            {
                checkpoint.Restore();
                device.Count();
            }
            Assert.That(heard, Is.EqualTo(Enumerable.Repeat(new[] { "event", "field" }, 4).SelectMany(x => x)), "what the test holds is not set back");
            Assert.That(device.Counts, Is.EqualTo(1));
        }

        [Test]
        public void ShouldSetSubscriptionsInsideBack()
        {
            var device = AddDevice();
            device.Listen();
            using var checkpoint = Checkpoint.Take();
            device.Listen();
            var outside = 0;
            device.Counted += () => outside++;
            device.Count();
            Assert.That(device.Heard, Is.EqualTo(2));
            checkpoint.Restore();
            device.Count();
            Assert.That(device.Heard, Is.EqualTo(1));
            Assert.That(outside, Is.EqualTo(2));
        }

        [Test]
        public void ShouldLeaveAloneWhatIsMarked()
        {
            var device = AddDevice();
            device.Transient = "then";
            device.Outside = new List<int> { 1 };
            using var checkpoint = Checkpoint.Take();
            device.Transient = "now";
            device.Outside.Add(2);
            checkpoint.Restore();
            Assert.That(device.Transient, Is.EqualTo("now"));
            Assert.That(device.Outside, Is.EqualTo(new[] { 1, 2 }));
        }

        [Test]
        public void ShouldRemoveWhatWasRegisteredLater()
        {
            AddDevice();
            using var checkpoint = Checkpoint.Take();
            var memory = AddMemory(0x20000000, 0x1000);
            checkpoint.Restore();
            Assert.That(Bus.FindMemory(0x20000000), Is.Null);
            Machine.SystemBus.Register(memory, new BusPointRegistration(0x20000000));
            Bus.WriteByte(0x20000000, 5);
            Assert.That(Bus.ReadByte(0x20000000), Is.EqualTo(5));
        }

        [Test]
        public void ShouldRefuseWhereItIsNotGood()
        {
            using var checkpoint = Checkpoint.Take();
            var other = new Machine();
            Emulation.AddMachine(other, "other");
            Assert.That(checkpoint.Restore, Throws.InstanceOf<RecoverableException>());
            Emulation.RemoveMachine("other");
            checkpoint.Restore();
            var disposed = Checkpoint.Take();
            disposed.Dispose();
            disposed.Dispose();
            Assert.That(disposed.Restore, Throws.InstanceOf<RecoverableException>());
            EmulationManager.Instance.Clear();
            Assert.That(checkpoint.Restore, Throws.InstanceOf<RecoverableException>().With.Message.Not.Contains("\n"));
        }

        [Test]
        public void ShouldRefuseInsideOfARun()
        {
            using var checkpoint = Checkpoint.Take();
            var refused = 0;
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(1), _ =>
            {
                Assert.That(() => Checkpoint.Take(), Throws.InstanceOf<RecoverableException>());
                Assert.That(checkpoint.Restore, Throws.InstanceOf<RecoverableException>());
                refused++;
            });
            RunFor(2000);
            Assert.That(refused, Is.EqualTo(1));
        }

        [Test]
        public void ShouldWorkWhileTimeRunsByItself()
        {
            AddDevice();
            using var checkpoint = Checkpoint.Take();
            Emulation.StartAll();
            for(var i = 0; i < 10; i++)
            {
                System.Threading.Thread.Sleep(5);
                using(Emulation.ObtainPausedState())
                {
                    checkpoint.Restore();
                    Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.Zero);
                }
                Checkpoint.Take().Dispose();
            }
            Assert.That(Emulation.IsStarted, Is.True);
            Emulation.PauseAll();
        }

        [Test]
        public void ShouldNotGrow()
        {
            var device = AddDevice();
            var memory = AddMemory(0x20000000, 0x100000);
            using var checkpoint = Checkpoint.Take();
            var start = 0L;
            for(var i = 0; i < 1100; i++)
            {
                if(i == 100)
                {
                    start = GC.GetTotalMemory(true);
                }
                checkpoint.Restore();
                memory.SetRange(0, 0x8000, (byte)i);
                device.Schedule(i);
                RunFor(2000);
                Checkpoint.Take().Dispose();
            }
            Assert.That(GC.GetTotalMemory(true) - start, Is.LessThan(4 << 20));
        }

        [Test]
        public void ShouldNotKeepWhatNothingRefersToAnyMore()
        {
            var device = AddDevice();
            var checkpoint = Checkpoint.Take();
            var largest = 0;
            for(var i = 0; i < 300; i++)
            {
                device.ByName["a"] = new List<int>();
                device.Lists = Enumerable.Range(0, 200).Select(_ => new List<int>()).ToArray();
                var next = Checkpoint.Take();
                checkpoint.Dispose();
                checkpoint = next;
                largest = Math.Max(largest, checkpoint.ObjectCount);
            }
            Assert.That(largest, Is.LessThan(15000));
            checkpoint.Dispose();
        }

        [Test]
        public void ShouldBeFreedWithoutDispose()
        {
            AddMemory(0x20000000, 0x1000);
            var (checkpoint, emulation) = TakeOnly();
            GC.Collect();
            Assert.That(checkpoint.IsAlive, Is.False);
            Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.That(emulation.IsAlive, Is.False);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static (WeakReference Checkpoint, WeakReference Emulation) TakeOnly() => (new WeakReference(Checkpoint.Take()), new WeakReference(Emulation));

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Abandon()
        {
            EmulationManager.Instance.Clear();
            Machine = null;
        }

        private Device AddDevice()
        {
            var device = new Device(Machine);
            Machine.SystemBus.Register(device, new BusPointRegistration(Base));
            Machine.SetLocalName(device, "device");
            return device;
        }

        private IBusController Bus => Machine.SystemBus;

        private const ulong Base = 0x40000000;
    }
}
