// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>States of an emulation that are kept in memory, on both hosts.</summary>
    [TestFixture]
    public class CheckpointTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            flash = AddCodeMemory(0x10000);
            cpu = AddCpu();
            var signals = AddCoreSignals(cpu);
            signals.SystemResetRequest.Connect(Supplies, 0);
            signals.InDeepSleep.Connect(Pwr, 1);
            LoadProgram(Count);
        }

        [Test]
        public void ShouldGoBackAgainAndAgain()
        {
            RunFor(0.001);
            using(var checkpoint = Checkpoint.Take())
            {
                var before = State;
                RunFor(0.001);
                var after = State;
                Assert.That(after, Is.Not.EqualTo(before));
                for(var i = 0; i < 50; i++)
                {
                    checkpoint.Restore();
                    Assert.That(State, Is.EqualTo(before));
                    RunFor(0.001);
                    Assert.That(State, Is.EqualTo(after));
                }
            }
        }

        // A Renode that has other names for what is private gets snapshots in files, which are slow.
        [Test]
        public void ShouldBeWhatCampaignsHaveOnThisHost()
        {
            Assert.That(EmulationState.IsCheap, Is.True);
        }

        [Test]
        public void ShouldGoBetweenMomentsInAnyOrder()
        {
            var checkpoints = new List<Checkpoint>();
            var states = new List<string>();
            for(var i = 0; i < 4; i++)
            {
                RunFor(0.0007);
                checkpoints.Add(Checkpoint.Take());
                states.Add(State);
            }
            foreach(var i in new[] { 3, 0, 2, 1, 1, 0, 3 })
            {
                checkpoints[i].Restore();
                Assert.That(State, Is.EqualTo(states[i]));
                RunFor(0.0007);
                Assert.That(State, Is.EqualTo(i == 3 ? State : states[i + 1]));
            }
            checkpoints.ForEach(x => x.Dispose());
        }

        [Test]
        public void ShouldRunTheCodeOfThatMoment()
        {
            RunFor(0.001);
            using(var checkpoint = Checkpoint.Take())
            {
                var before = Sram.ReadDoubleWord(0);
                LoadProgram(new[] { Stop, Stop, Stop });
                RunFor(0.001);
                Assert.That(Sram.ReadDoubleWord(0), Is.LessThanOrEqualTo(before + 1), "that of another");
                checkpoint.Restore();
                RunFor(0.001);
                Assert.That(Sram.ReadDoubleWord(0), Is.GreaterThan(before + 100));
            }
        }

        [Test]
        public void ShouldBringAccessToBackupSramBack()
        {
            LoadProgram(CountInBackupSram);
            EnableBackupSram();
            RunFor(0.001);
            using(var open = Checkpoint.Take())
            {
                var before = BackupSram.Peek(0);
                ClearBits(PwrControl, Dbp);
                RunFor(0.001);
                var mistakes = BackupSram.GuestMistakeCount;
                using(var closed = Checkpoint.Take())
                {
                    var kept = BackupSram.Peek(0);
                    Assert.That(mistakes, Is.GreaterThan(0));
                    open.Restore();
                    Assert.That(BackupSram.Peek(0), Is.EqualTo(before));
                    Assert.That(BackupSram.GuestMistakeCount, Is.Zero);
                    RunFor(0.001);
                    Assert.That(BackupSram.Peek(0), Is.GreaterThan(before + 100), "the core writes it again");
                    Assert.That(BackupSram.GuestMistakeCount, Is.Zero);
                    closed.Restore();
                    RunFor(0.001);
                    Assert.That(BackupSram.Peek(0), Is.EqualTo(kept), "it may not, again");
                    Assert.That(BackupSram.GuestMistakeCount, Is.GreaterThan(mistakes));
                }
            }
        }

        [Test]
        public void ShouldBringTheMemoryMapBack()
        {
            RunFor(0.001);
            using(var without = Checkpoint.Take())
            {
                var before = State;
                Machine.SystemBus.Register(flash, new BusRangeRegistration(0x10010000, 0x10000));
                Assert.That(Read(0x10010004), Is.EqualTo(0x08000101));
                using(var with = Checkpoint.Take())
                {
                    without.Restore();
                    Assert.That(Machine.SystemBus.WhatPeripheralIsAt(0x10010004), Is.Null);
                    Assert.That(Read(0x10010004), Is.Zero);
                    RunFor(0.001);
                    with.Restore();
                    Assert.That(State, Is.EqualTo(before));
                    Assert.That(Read(0x10010004), Is.EqualTo(0x08000101));
                    LoadProgram(CountThere);
                    Supplies.PressReset();
                    RunFor(0.001);
                    Assert.That(flash.ReadDoubleWord(0x8000), Is.GreaterThan(100), "the core reaches it");
                }
            }
        }

        [Test]
        public void ShouldBringRandomNumbersBack()
        {
            OnNamedThread(() =>
            {
                Emulation.SetSeed(5);
                Emulation.RandomGenerator.NextUlong();
                using(var checkpoint = Checkpoint.Take())
                {
                    var expected = Emulation.RandomGenerator.NextUlong();
                    for(var i = 0; i < 3; i++)
                    {
                        Emulation.SetSeed(i);
                        Emulation.RandomGenerator.NextUlong();
                        checkpoint.Restore();
                        Assert.That(Emulation.RandomGenerator.NextUlong(), Is.EqualTo(expected));
                    }
                }
            });
        }

        [Test]
        public void ShouldBringTheClockAndThePowerBack()
        {
            RunFor(0.5);
            using(var checkpoint = Checkpoint.Take())
            {
                var before = $"{((IKeepsTime)Rtc).TimeOfDay.Ticks} {State}";
                Supplies.PowerOff();
                RunFor(1.7);
                Supplies.PowerOn();
                RunFor(0.2);
                Assert.That(before, Is.Not.EqualTo($"{((IKeepsTime)Rtc).TimeOfDay.Ticks} {State}"));
                checkpoint.Restore();
                Assert.That(before, Is.EqualTo($"{((IKeepsTime)Rtc).TimeOfDay.Ticks} {State}"));
                var count = Sram.ReadDoubleWord(0);
                RunFor(0.001);
                Assert.That(Sram.ReadDoubleWord(0), Is.GreaterThan(count + 100));
            }
        }

        // Renode has random numbers for threads with a name alone.
        private static void OnNamedThread(Action action)
        {
            Exception failure = null;
            var thread = new Thread(() =>
            {
                try
                {
                    action();
                }
                catch(Exception e)
                {
                    failure = e;
                }
            })
            {
                Name = "test",
            };
            thread.Start();
            thread.Join();
            if(failure != null)
            {
                ExceptionDispatchInfo.Capture(failure).Throw();
            }
        }

        private void LoadProgram(uint[] program)
        {
            flash.WriteDoubleWord(0, 0x20010000);
            flash.WriteDoubleWord(4, 0x08000101);
            for(var i = 0; i < program.Length; i++)
            {
                flash.WriteDoubleWord(0x100 + (4 * i), program[i]);
            }
        }

        private string State => $"{Machine.ElapsedVirtualTime.TimeElapsed.Ticks} {cpu.ExecutedInstructions} {cpu.PC.RawValue:x} {Sram.ReadDoubleWord(0):x}";

        private MappedMemory flash;
        private CortexM cpu;

        // Counts the first word of SRAM up, for ever.
        private static readonly uint[] Count = { 0x5500F04F, 0x30016828, 0xE7FC6028 };

        // The same, of backup SRAM at 0x40024000: movw r5, movt r5.
        private static readonly uint[] CountInBackupSram = { 0x0500F244, 0x0502F2C4, 0x30016828, 0xE7FC6028 };

        // The same, of 0x10018000.
        private static readonly uint[] CountThere = { 0x0500F248, 0x0501F2C1, 0x30016828, 0xE7FC6028 };

        private const uint Stop = 0xE7FEE7FE;
    }
}
