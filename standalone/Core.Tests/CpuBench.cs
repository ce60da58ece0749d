// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    /// <summary>A Cortex-M4 with flash, memory, a recording device and a vector table in which every handler is an endless loop.</summary>
    public abstract class CpuBench : Bench
    {
        [SetUp]
        public void CreateProcessor()
        {
            Flash = AddMemory(0x08000000, 0x10000);
            Ram = AddMemory(0x20000000, 0x10000);
            Nvic = new NVIC(Machine, SystickFrequency, 0xF0);
            Machine.SystemBus.Register(Nvic, new BusPointRegistration(0xE000E000));
            Device = new RecordingDevice();
            Machine.SystemBus.Register(Device, new BusPointRegistration(0x40000000));
            Cpu = new CortexM("cortex-m4", Machine, Nvic) { InitVectorTableOffset = 0x08000000 };
            Device.Cpu = Cpu;
            Machine.SystemBus.Register(Cpu, new CPURegistrationPoint());
            Machine.SetLocalName(Cpu, "cpu");
            Flash.WriteDoubleWord(0, InitialStack);
            Flash.WriteWord(LoopAddress - 0x08000000, EndlessLoop);
            for(var i = 1; i < 80; i++)
            {
                SetVector(i, LoopAddress);
            }
        }

        internal void Load(Program program)
        {
            for(var i = 0; i < program.Code.Length; i++)
            {
                Machine.SystemBus.WriteWord(program.Address + 2 * (ulong)i, program.Code[i]);
            }
        }

        /// <summary>Loads a program with its handlers, by exception number, and runs it from reset.</summary>
        internal void Run(Program program, ulong instructions, params (int Exception, Program Handler)[] handlers)
        {
            Load(program);
            SetVector(1, program.Address);
            foreach(var (exception, handler) in handlers)
            {
                Load(handler);
                SetVector(exception, handler.Address);
            }
            Register(7, LogAddress);
            Continue(instructions);
        }

        protected void Continue(ulong instructions) => RunFor(instructions * 10);

        protected void SetVector(int exception, uint address) => Flash.WriteDoubleWord(4 * exception, address | 1);

        protected void EnableInterrupt(int number, byte priority)
        {
            Machine.SystemBus.WriteDoubleWord(0xE000E100 + 4 * (ulong)(number / 32), 1u << (number % 32));
            Machine.SystemBus.WriteByte(0xE000E400 + (ulong)number, priority);
        }

        protected void Raise(int number)
        {
            Nvic.OnGPIO(number, true);
            Nvic.OnGPIO(number, false);
        }

        protected uint Register(int number) => (uint)Cpu.GetRegister(number);

        protected void Register(int number, uint value) => Cpu.SetRegister(number, value);

        protected uint Word(uint address) => Machine.SystemBus.ReadDoubleWord(address);

        /// <summary>What the program logged.</summary>
        protected uint[] Log => Enumerable.Range(0, (int)(Register(7) - LogAddress) / 4).Select(x => Word(LogAddress + 4 * (uint)x)).ToArray();

        protected MappedMemory Flash { get; private set; }

        protected MappedMemory Ram { get; private set; }

        protected NVIC Nvic { get; set; }

        protected CortexM Cpu { get; set; }

        protected RecordingDevice Device { get; private set; }

        protected const uint InitialStack = 0x20008000;
        protected const uint LogAddress = 0x20001000;
        protected const uint LoopAddress = 0x08000F00;
        protected const ulong SystickFrequency = 100000000;

        private const ushort EndlessLoop = 0xE7FE;
    }

    /// <summary>Notes each access with the program counter, and does more on request.</summary>
    public sealed class RecordingDevice : IDoubleWordPeripheral, IKnownSize
    {
        public uint ReadDoubleWord(long offset)
        {
            Accesses.Add((offset, null, (uint)Cpu.PC));
            OnAccess?.Invoke(offset);
            return 0x1000u + (uint)offset;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Accesses.Add((offset, value, (uint)Cpu.PC));
            OnAccess?.Invoke(offset);
        }

        public void Reset()
        {
        }

        public CortexM Cpu { get; set; }

        public Action<long> OnAccess { get; set; }

        /// <summary>Offset, value (null for a read) and program counter.</summary>
        public List<(long Offset, uint? Value, uint PC)> Accesses { get; } = new List<(long Offset, uint? Value, uint PC)>();

        public long Size => 0x1000;
    }
}
