// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class MachineContract : ContractBench
    {
        [Test]
        public void ShouldFindPeripheralsByName()
        {
            var board = Mount("board");
            Assert.That(Machine["sysbus.board"], Is.SameAs(board));
            Assert.That(Machine.TryGetByName<Board>("sysbus.board", out var found), Is.True);
            Assert.That(found, Is.SameAs(board));
            Assert.That(Machine.TryGetByName<Board>("sysbus.other", out _), Is.False);
            Assert.That(Machine.TryGetLocalName(board, out var name), Is.True);
            Assert.That(name, Is.EqualTo("board"));
            Assert.That(Machine.GetPeripheralsOfType<Board>(), Is.EqualTo(new[] { board }));
            Assert.That(() => Machine.SetLocalName(Mount(null, 0x1000), "board"), Throws.InstanceOf<RecoverableException>());
        }

        [Test]
        public void ShouldResetEveryPeripheralOnceThenTell()
        {
            var first = Mount("first");
            var second = Mount("second", 0x1000);
            var seen = new List<int>();
            Machine.MachineReset += _ => seen.Add(first.Resets + second.Resets);
            Machine.Reset();
            Assert.That(seen, Is.EqualTo(new[] { 2 }));
            Assert.That((first.Resets, second.Resets), Is.EqualTo((1, 1)));
        }

        [Test]
        public void ShouldResetOnRequestWhileTimeGoesOn()
        {
            var board = Mount("board");
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(100), _ => Machine.RequestReset());
            RunFor(1000);
            Assert.That(board.Resets, Is.EqualTo(1));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed, Is.EqualTo(TimeInterval.FromMilliseconds(1)), "a reset leaves time alone");
        }

        [Test]
        public void ShouldTellOfNewPeripherals()
        {
            var seen = new List<(IPeripheral, PeripheralsChangedEventArgs.PeripheralChangeType)>();
            Machine.PeripheralsChanged += (_, args) => seen.Add((args.Peripheral, args.Operation));
            var board = Mount(null);
            Assert.That(seen, Is.EqualTo(new[] { ((IPeripheral)board, PeripheralsChangedEventArgs.PeripheralChangeType.Addition) }));
        }

        [Test]
        public void ShouldRegisterAtAPlaceOfAnyType()
        {
            var clock = new Clock(Machine);
            Bus.Register(clock, new BusPointRegistration(0x40000000));
            Machine.SetLocalName(clock, "clock");
            var board = Mount("board", 0x1000);
            clock.Register(board, new GateRegistrationPoint(Gate.B));
            Assert.That(clock.Gates[Gate.B], Is.SameAs(board));
            Assert.That(Machine.GetParentPeripherals(board), Is.EquivalentTo(new IPeripheral[] { Machine.SystemBus, clock }));
            Assert.That(Machine["sysbus.board"], Is.SameAs(board));
        }

        [Test]
        public void ShouldActInTheNearestSyncedState()
        {
            var order = new List<string>();
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(100), _ =>
            {
                Machine.LocalTimeSource.ExecuteInNearestSyncedState(__ => order.Add("synced"));
                order.Add("scheduled");
            });
            RunFor(1000);
            Assert.That(order, Is.EqualTo(new[] { "scheduled", "synced" }));
        }

        [Test]
        public void ShouldRepeatRandomNumbersOfASeed()
        {
            Emulation.SetSeed(77);
            var first = Enumerable.Range(0, 5).Select(_ => Emulation.RandomGenerator.Next()).ToArray();
            Emulation.SetSeed(77);
            Assert.That(Enumerable.Range(0, 5).Select(_ => Emulation.RandomGenerator.Next()), Is.EqualTo(first));
            Emulation.SetSeed(78);
            Assert.That(Enumerable.Range(0, 5).Select(_ => Emulation.RandomGenerator.Next()), Is.Not.EqualTo(first));
            Assert.That(Emulation.GetSeed(), Is.EqualTo(78));
            Assert.That(Emulation.RandomGenerator.GetCurrentSeed(), Is.EqualTo(78));
        }

        [Test]
        public void ShouldPauseForAWhile()
        {
            using(Machine.ObtainPausedState(true))
            {
                Assert.That(Machine.IsPaused, Is.True);
            }
            RunFor(10);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.Ticks, Is.EqualTo(10000));
        }

        private Board Mount(string name, ulong offset = 0x8000)
        {
            var board = new Board();
            Bus.Register(board, new BusPointRegistration(0x40000000 + offset));
            if(name != null)
            {
                Machine.SetLocalName(board, name);
            }
            return board;
        }

        private enum Gate
        {
            A,
            B,
        }

        private class GateRegistrationPoint : ITheOnlyPossibleRegistrationPoint
        {
            public GateRegistrationPoint(Gate name)
            {
                Name = name;
            }

            public Gate Name { get; }

            public string PrettyString => Name.ToString();
        }

        private class Clock : Board, IRegisterablePeripheral<IPeripheral, GateRegistrationPoint>
        {
            public Clock(IMachine machine)
            {
                this.machine = machine;
            }

            public void Register(IPeripheral peripheral, GateRegistrationPoint registrationPoint)
            {
                Gates.Add(registrationPoint.Name, peripheral);
                machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
            }

            public void Unregister(IPeripheral peripheral)
            {
                machine.UnregisterAsAChildOf(this, peripheral);
            }

            public Dictionary<Gate, IPeripheral> Gates { get; } = new Dictionary<Gate, IPeripheral>();

            private readonly IMachine machine;
        }
    }
}
