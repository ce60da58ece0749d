// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    /// <summary>A machine without a processor, on which a test mounts the device that it is about.</summary>
    public abstract class Bench
    {
        [SetUp]
        public void NewMachine()
        {
            EmulationManager.Instance.Clear();
            Machine = new Machine();
            EmulationManager.Instance.CurrentEmulation.TryAddMachine(Machine, "bench");
        }

        [TearDown]
        public void EndMachine()
        {
            EmulationManager.Instance.Clear();
        }

        /// <summary>Mounts a device at <see cref="Base"/>.</summary>
        protected T Mount<T>(T device, ulong offset = 0) where T : IBusPeripheral
        {
            Machine.SystemBus.Register(device, new BusRangeRegistration(new Antmicro.Renode.Core.Range(Base + offset, 0x400)));
            return device;
        }

        protected uint Read(int offset)
        {
            return Machine.SystemBus.ReadDoubleWord(Base + (ulong)offset);
        }

        protected void Write(int offset, uint value)
        {
            Machine.SystemBus.WriteDoubleWord(Base + (ulong)offset, value);
        }

        /// <summary>Writes as drivers do, after reading: some of Renode's models see a change only against the last read value.</summary>
        protected void Modify(int offset, uint value)
        {
            Read(offset);
            Write(offset, value);
        }

        protected void RunMicroseconds(double time)
        {
            EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromNanoseconds((ulong)(time * 1000)));
        }

        /// <summary>Skips a test of what Renode's own model does not do, or does wrong.</summary>
        protected static void OnlyOnOurModel(string reason)
        {
#if !STANDALONE
            Assert.Ignore("Renode's model differs: " + reason);
#endif
        }

        protected Machine Machine { get; private set; }

        protected const ulong Base = 0x40000000;

        /// <summary>Notes what comes over a line.</summary>
        protected class Probe : IGPIOReceiver
        {
            public static Probe On(IGPIO line)
            {
                var probe = new Probe();
                line.Connect(probe, 0);
                probe.Changes.Clear();
                return probe;
            }

            public void OnGPIO(int number, bool value)
            {
                Changes.Add(value);
            }

            public void Reset()
            {
            }

            public List<bool> Changes { get; } = new List<bool>();
        }
    }
}
