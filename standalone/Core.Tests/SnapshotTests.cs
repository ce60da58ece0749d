// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class SnapshotTests : Bench
    {
        [Test]
        public void ShouldRestoreMemory()
        {
            var memory = AddMemory(0x20000000, 0x2000);
            memory.WriteDoubleWord(0x10, 0x12345678);
            Reload(() => memory.WriteDoubleWord(0x10, 0));
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.EqualTo(0x12345678));
            Assert.That(Bus.FindMemory(0x20000010).Peripheral, Is.Not.SameAs(memory));
        }

        [Test]
        public void ShouldRestoreRegistersWithTheirCallbacks()
        {
            var device = AddDevice();
            Bus.WriteDoubleWord(Base, 0x15);
            Reload(() => Bus.WriteDoubleWord(Base, 0));
            Assert.That(Bus.ReadDoubleWord(Base), Is.EqualTo(0x15));
            Bus.WriteDoubleWord(Base, 0x6);
            Assert.That(Device.Low, Is.EqualTo(6));
            Assert.That(Device.Log, Is.EqualTo(new[] { "5", "6" }));
            Assert.That(device.Log, Is.EqualTo(new[] { "5", "0" }));
        }

        [Test]
        public void ShouldRestoreTimersAndTime()
        {
            AddDevice();
            RunFor(2500);
            Assert.That(Device.Ticks, Is.EqualTo(2));
            Reload(() => RunFor(100000));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(2500));
            Assert.That(Device.Ticks, Is.EqualTo(2));
            RunFor(500);
            Assert.That(Device.Ticks, Is.EqualTo(3));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(3000));
        }

        [Test]
        public void ShouldRestoreWhatIsScheduledWithItsClosure()
        {
            var device = AddDevice();
            device.Schedule(5);
            Reload(() => { });
            RunFor(2000);
            Assert.That(Device.Scheduled, Is.EqualTo(5));
            Assert.That(device.Scheduled, Is.Zero);
        }

        [Test]
        public void ShouldRestoreConnections()
        {
            var source = AddDevice();
            var target = new Device(Machine);
            Machine.SystemBus.Register(target, new BusPointRegistration(Base + 0x1000));
            Machine.SetLocalName(target, "target");
            source.IRQ.Connect(target, 3);
            Reload(() => { });
            Device.IRQ.Set(true);
            Assert.That(((Device)Machine["sysbus.target"]).Inputs, Is.EqualTo(new[] { "3:False", "3:True" }));
        }

        [Test]
        public void ShouldRestoreCollections()
        {
            var device = AddDevice();
            device.ByName["a"] = new List<int> { 1, 2 };
            device.ByName["b"] = device.ByName["a"];
            device.Set.Add(Device.Colour.Blue);
            device.Waiting.Enqueue(7);
            device.Table[1, 2] = 42;
            device.Limit = 4;
            Reload(() => { });
            Assert.That(Device.ByName["a"], Is.EqualTo(new[] { 1, 2 }));
            Assert.That(Device.ByName["b"], Is.SameAs(Device.ByName["a"]));
            Assert.That(Device.Set, Does.Contain(Device.Colour.Blue));
            Assert.That(Device.Waiting, Is.EqualTo(new[] { 7 }));
            Assert.That(Device.Table[1, 2], Is.EqualTo(42));
            Assert.That(Device.Limit, Is.EqualTo(4));
            Assert.That(Device.NoLimit, Is.Null);
            Assert.That(Device.Self, Is.SameAs(Device));
        }

        [Test]
        public void ShouldLeaveOutWhatIsTransient()
        {
            var device = AddDevice();
            device.Transient = "x";
            device.Happened += () => { };
            Reload(() => { });
            Assert.That(Device.Transient, Is.Null);
            Assert.That(Device.HasSubscribers, Is.False);
            Assert.That(Device.Lock, Is.Not.Null);
        }

        [Test]
        public void ShouldCallHooksInOrder()
        {
            var device = AddDevice();
            Reload(() => { });
            Assert.That(device.Hooks, Is.EqualTo(new[] { "pre", "post" }));
            Assert.That(Device.Hooks, Is.EqualTo(new[] { "pre", "loaded", "late" }));
        }

        [Test]
        public void ShouldRestoreNamesAndSeededRandomness()
        {
            AddDevice();
            Emulation.SetSeed(7);
            Emulation.RandomGenerator.NextUlong();
            var expected = 0UL;
            Reload(() => expected = Emulation.RandomGenerator.NextUlong());
            Assert.That(Emulation.GetSeed(), Is.EqualTo(7));
            Assert.That(Emulation.RandomGenerator.NextUlong(), Is.EqualTo(expected));
            Assert.That(Machine.GetLocalName(Device), Is.EqualTo("device"));
            Assert.That(Machine.ToString(), Is.EqualTo("bench"));
        }

        [Test]
        public void ShouldRestoreTheProcessor()
        {
            AddProcessor();
            RunFor(1000);
            Reload(() => { });
            var cpu = (CountingProcessor)Machine["sysbus.cpu"];
            Assert.That(cpu.RestoredInstructions, Is.EqualTo(100));
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(200));
        }

        [Test]
        public void ShouldTellARestoredProcessorOfWritesToMemory()
        {
            AddMemory(0x20000000, 0x1000);
            AddProcessor();
            Reload(() => { });
            Bus.WriteWord(0x20000000, 1);
            Assert.That(((CountingProcessor)Machine["sysbus.cpu"]).Invalidations, Is.EqualTo(new long[] { 2 }));
        }

        [Test]
        public void ShouldRestoreAgainAndAgainFromOneSnapshot()
        {
            AddDevice();
            using(var stream = new MemoryStream())
            {
                Snapshot.Save(Emulation, stream);
                for(var i = 0; i < 3; i++)
                {
                    stream.Position = 0;
                    Snapshot.Load(stream);
                    Machine = (Machine)Emulation.Machines.Single();
                    RunFor(1000);
                    Assert.That(Device.Ticks, Is.EqualTo(1));
                }
            }
        }

        [Test]
        public void ShouldRefuseADamagedFileAndKeepTheEmulation()
        {
            AddDevice();
            var path = Path.GetTempFileName();
            try
            {
                EmulationManager.Instance.Save(path);
                var data = File.ReadAllBytes(path);
                File.WriteAllBytes(path, data.Take(data.Length / 2).ToArray());
                var before = Emulation;
                Assert.That(() => EmulationManager.Instance.Load(path), Throws.InstanceOf<RecoverableException>());
                File.WriteAllText(path, "this is no snapshot");
                Assert.That(() => EmulationManager.Instance.Load(path), Throws.InstanceOf<RecoverableException>());
                Assert.That(Emulation, Is.SameAs(before));
                Assert.That(Emulation.MachinesCount, Is.EqualTo(1));
            }
            finally
            {
                File.Delete(path);
            }
        }

        private Device AddDevice()
        {
            var device = new Device(Machine);
            Machine.SystemBus.Register(device, new BusPointRegistration(Base));
            Machine.SetLocalName(device, "device");
            return device;
        }

        private void Reload(Action between)
        {
            var path = Path.GetTempFileName();
            try
            {
                EmulationManager.Instance.Save(path);
                between();
                EmulationManager.Instance.Load(path);
                Machine = (Machine)Emulation.Machines.Single();
            }
            finally
            {
                File.Delete(path);
            }
        }

        private IBusController Bus => Machine.SystemBus;

        private Device Device => (Device)Machine["sysbus.device"];

        private const ulong Base = 0x40000000;
    }

    public sealed class Device : BasicDoubleWordPeripheral, IKnownSize, IGPIOReceiver
    {
        public Device(IMachine machine) : base(machine)
        {
            Self = this;
            timer = new LimitTimer(machine.ClockSource, 1000000, this, "timer", 1, enabled: true, eventEnabled: true);
            timer.LimitReached += () => Ticks++;
            Registers.Control.Define(this)
                .WithValueField(0, 4, out low, writeCallback: (_, value) => Log.Add(value.ToString()))
                .WithFlag(4);
        }

        public void OnGPIO(int number, bool value) => Inputs.Add($"{number}:{value}");

        public void Schedule(int value)
        {
            machine.ScheduleAction(TimeInterval.FromMicroseconds(1), _ => Scheduled = value);
        }

        public void Count()
        {
            Counts++;
            Happened?.Invoke();
            Counted?.Invoke();
        }

        public void Listen() => Counted += () => Heard++;

        public long Size => 0x400;

        public GPIO IRQ { get; } = new GPIO();

        public ulong Low => low.Value;

        public int Ticks { get; private set; }

        public int Scheduled { get; private set; }

        public List<string> Log { get; } = new List<string>();

        public List<string> Inputs { get; } = new List<string>();

        public List<string> Hooks { get; } = new List<string>();

        public Dictionary<string, List<int>> ByName { get; } = new Dictionary<string, List<int>>();

        public HashSet<Colour> Set { get; } = new HashSet<Colour>();

        public Queue<int> Waiting { get; } = new Queue<int>();

        public int[,] Table { get; } = new int[2, 3];

        public List<int>[] Lists { get; set; }

        public int Counts { get; private set; }

        public int Heard { get; private set; }

        public int? Limit { get; set; }

        public int? NoLimit { get; set; }

        public Device Self { get; }

        public object Lock => sync;

        public bool HasSubscribers => Happened != null;

        [field: Transient]
        public event Action Happened;

        public event Action Counted;

        [OutsideEmulation]
        [Transient]
        public List<int> Outside;

        [Transient]
        public string Transient;

        [PreSerialization]
        private void BeforeSave() => Hooks.Add("pre");

        [PostSerialization]
        private void AfterSave() => Hooks.Add("post");

        [PostDeserialization]
        private void AfterLoad() => Hooks.Add("loaded");

        [LatePostDeserialization]
        private void AtLast() => Hooks.Add("late");

        [Constructor]
        private readonly object sync = new object();

        private readonly LimitTimer timer;
        private readonly IValueRegisterField low;

        public enum Colour
        {
            Red,
            Blue,
        }

        private enum Registers
        {
            Control = 0,
        }
    }
}
