// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    /// <summary>A machine with memory, fresh for each test.</summary>
    public abstract class Bench
    {
        [SetUp]
        public void NewMachine()
        {
            EmulationManager.Instance.Clear();
            Emulation.IsTimeDriven = false;
            Machine = new Machine();
            Emulation.AddMachine(Machine, "bench");
        }

        [TearDown]
        public void EndMachine() => EmulationManager.Instance.Clear();

        protected static Emulation Emulation => EmulationManager.Instance.CurrentEmulation;

        protected MappedMemory AddMemory(ulong address, long size)
        {
            var memory = new MappedMemory(Machine, size);
            Machine.SystemBus.Register(memory, new BusPointRegistration(address));
            return memory;
        }

        protected CountingProcessor AddProcessor(uint performance = 100)
        {
            var cpu = new CountingProcessor(Machine) { PerformanceInMips = performance };
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            return cpu;
        }

        /// <summary>Time, randomness, and what memories and devices hold.</summary>
        protected string GetState()
        {
            var memories = Machine.GetPeripheralsOfType<MappedMemory>().Select(x => Convert.ToHexString(SHA256.HashData(x.ReadBytes(0, (int)x.Size))));
            var devices = Machine.GetPeripheralsOfType<Device>().Select(x => x.Describe());
            return $"{Machine.ElapsedVirtualTime.TimeElapsed.Ticks} {Emulation.RandomGenerator.GetCurrentSeed()} {string.Join(" ", memories.Concat(devices))}";
        }

        protected static void RunFor(ulong nanoseconds) => Emulation.RunFor(TimeInterval.FromNanoseconds(nanoseconds));

        protected Machine Machine { get; set; }
    }

    /// <summary>Stands for a processor: it executes nothing, but counts as one would, in blocks.</summary>
    public sealed class CountingProcessor : IExecutionEngine
    {
        public CountingProcessor(IMachine machine)
        {
            Bus = machine.SystemBus;
        }

        public ulong ExecuteSlice(ulong maxInstructions)
        {
            Slices.Add(maxInstructions);
            limit = maxInstructions;
            stop = false;
            IsExecuting = true;
            while(!stop && InstructionsInSlice < limit && !IsHalted && !IsSleeping)
            {
                InstructionsInSlice += BlockSize;
                OnBlock?.Invoke(this);
            }
            IsExecuting = false;
            var result = InstructionsInSlice;
            ExecutedInstructions += result;
            InstructionsInSlice = 0;
            return result;
        }

        public void LimitSlice(ulong instructions) => limit = Math.Min(limit, InstructionsInSlice + instructions);

        public void RequestStop() => stop = true;

        public void OrderTranslationBlocksInvalidation(IntPtr start, IntPtr end) => Invalidations.Add((long)end - start);

        public ulong Step(int count = 1) => throw new NotSupportedException();

        public void SyncTime()
        {
        }

        public void Reset()
        {
            IsHalted = false;
            IsSleeping = false;
        }

        /// <summary>Called after each block, inside the slice.</summary>
        public Action<CountingProcessor> OnBlock { get; set; }

        public uint BlockSize { get; set; } = 1;

        public List<ulong> Slices { get; } = new List<ulong>();

        public List<long> Invalidations { get; } = new List<long>();

        public ulong InstructionsInSlice { get; private set; }

        public bool IsSleeping { get; set; }

        public bool IsExecuting { get; private set; }

        public uint PerformanceInMips { get; set; }

        public bool ExactSlices { get; set; }

        public bool IsHalted { get; set; }

        public ulong ExecutedInstructions { get; private set; }

        public bool OnPossessedThread => IsExecuting;

        public RegisterValue PC { get; set; } = 0x08000123u;

        public IBusController Bus { get; }

        public string Model => "counter";

        public string Architecture => "none";

        public event Action<HaltArguments> Halted
        {
            add { }
            remove { }
        }

        private ulong limit;
        private bool stop;
    }
}
