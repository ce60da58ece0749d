// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests.Contract
{
    /// <summary>
    /// What the plugin takes for granted of its host. These tests run on Renode and on the standalone host; a failure on either
    /// says where the two differ.
    /// </summary>
    public abstract class ContractBench
    {
        [SetUp]
        public void NewMachine()
        {
            EmulationManager.Instance.Clear();
            Machine = new Machine();
            Emulation.TryAddMachine(Machine, "contract");
        }

        [TearDown]
        public void EndMachine()
        {
            DroppedMachine.ReleaseAll(Emulation);
            EmulationManager.Instance.Clear();
        }

        protected void RunFor(double microseconds)
        {
            Emulation.RunFor(TimeInterval.FromNanoseconds((ulong)(microseconds * 1000)));
        }

        /// <summary>For what release 1.16.1 does otherwise, and no model here depends on.</summary>
        /// <param name="what">What it does instead.</param>
        protected static void NotOnRelease1161(string what)
        {
            // It can't be told by its version: what was built from later source says 1.16.1 as well.
            if(typeof(NVIC).GetProperty("Lockup") == null)
            {
                Assert.Ignore($"Renode 1.16.1: {what}");
            }
        }

        protected static Emulation Emulation => EmulationManager.Instance.CurrentEmulation;

        protected Machine Machine { get; private set; }

        protected IBusController Bus => Machine.SystemBus;

        /// <summary>A peripheral whose registers a test defines.</summary>
        protected class Board : IDoubleWordPeripheral, IProvidesRegisterCollection<DoubleWordRegisterCollection>, IKnownSize
        {
            public Board()
            {
                RegistersCollection = new DoubleWordRegisterCollection(this);
            }

            public uint ReadDoubleWord(long offset)
            {
                return RegistersCollection.Read(offset);
            }

            public void WriteDoubleWord(long offset, uint value)
            {
                RegistersCollection.Write(offset, value);
            }

            public virtual void Reset()
            {
                RegistersCollection.Reset();
                Resets++;
            }

            public DoubleWordRegisterCollection RegistersCollection { get; }

            public long Size => 0x100;

            public int Resets { get; private set; }
        }

        /// <summary>Notes what comes over lines: number and level.</summary>
        protected class Probe : IGPIOReceiver
        {
            public void OnGPIO(int number, bool value)
            {
                Changes.Add((number, value));
            }

            public void Reset()
            {
            }

            public List<(int Number, bool Value)> Changes { get; } = new List<(int Number, bool Value)>();
        }
    }
}
