// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace UnitTests.Contract
{
    /// <summary>A core with memory at 0 and in SRAM, and a device of a few registers.</summary>
    public abstract class CpuBench : ContractBench
    {
        [SetUp]
        public void NewCore()
        {
            rom = Memory(0x00000000, 0x1000);
            Memory(Ram, 0x10000);
            written = null;
            board = new Board();
            Registers.First.DefineMany(board, 4, (register, i) => register.WithValueField(0, 32, writeCallback: (_, __) => written?.Invoke(i)));
            Bus.Register(board, new BusPointRegistration(Device));
            Bus.Register(new BitBanding(Machine, Ram), new BusRangeRegistration(new Antmicro.Renode.Core.Range(0x22000000, 0x200000)));
            Bus.Register(new BitBanding(Machine, Device), new BusRangeRegistration(new Antmicro.Renode.Core.Range(0x42000000, 0x2000)));
            nvic = new NVIC(Machine, 1000000, 0xF0);
            Bus.Register(nvic, new BusPointRegistration(0xE000E000));
            cpu = new CortexM("cortex-m4", Machine, nvic);
            Bus.Register(cpu, new CPURegistrationPoint());
            nvic.IRQ.Connect(cpu, 0);
            Machine.SetLocalName(nvic, "nvic");
            Machine.SetLocalName(cpu, "cpu");
        }

        private protected void Run(CpuProgram program, double microseconds = 1000)
        {
            Load(program);
            RunFor(microseconds);
        }

        private protected void Load(CpuProgram program)
        {
            rom.WriteDoubleWord(0, Stack);
            rom.WriteDoubleWord(4, Code | 1);
            rom.WriteWord(IdleHandler, 0xBF00); // nop
            rom.WriteWord(IdleHandler + 2, 0xE7FD); // b .-2
            for(var i = 2u; i < 64; i++)
            {
                rom.WriteDoubleWord(i * 4, (program.Handlers.TryGetValue((int)i, out var handler) ? handler : IdleHandler) | 1);
            }
            for(var i = 0; i < program.Code.Length; i++)
            {
                rom.WriteWord(Code + i * 2, program.Code[i]);
            }
            Bus.WriteDoubleWord(Ram, 4);
        }

        protected MappedMemory Memory(ulong address, uint size)
        {
            var memory = new MappedMemory(Machine, size);
            Bus.Register(memory, new BusPointRegistration(address));
            return memory;
        }

        protected uint Word(ulong address)
        {
            return Bus.ReadDoubleWord(address);
        }

        /// <summary>What the program has logged.</summary>
        protected List<uint> Log => Enumerable.Range(1, (int)(Word(Ram) / 4) - 1).Select(i => Word(Ram + (ulong)i * 4)).ToList();

        protected Action<int> written;
        protected MappedMemory rom;
        protected Board board;
        protected NVIC nvic;
        protected CortexM cpu;

        protected const ulong Ram = 0x20000000;
        protected const ulong Device = 0x40000000;
        protected const uint Stack = 0x20001000;
        protected const uint Code = 0x200;
        protected const uint IdleHandler = 0x180;

        protected enum Registers
        {
            First = 0x0,
        }
    }
}
