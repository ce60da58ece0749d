// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class SnapshotContract : ContractBench
    {
        [SetUp]
        public void OnlyOnRenode()
        {
            if(ChipTest.IsStandalone)
            {
                Assert.Ignore("Snapshots in files are Renode's; the standalone host has checkpoints in memory");
            }
        }

        [Test]
        public void ShouldGoOnFromASnapshotAsIfNothingHappened()
        {
            Build();
            RunFor(12345);
            EmulationManager.Instance.Save(path);
            RunFor(10000);
            var first = State(Machine);
            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(Emulation.TryGetMachineByName("contract", out var loaded), Is.True);
            Assert.That(loaded.SystemBus.ReadDoubleWord(Counter), Is.EqualTo(12));
            Assert.That(loaded["sysbus.nvic"], Is.InstanceOf<NVIC>());
            RunFor(10000);
            Assert.That(State(loaded), Is.EqualTo(first));
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private static (uint Ticks, uint Stored, ulong Time) State(IMachine machine)
        {
            return (machine.SystemBus.ReadDoubleWord(Counter), machine.SystemBus.ReadDoubleWord(Device), machine.ElapsedVirtualTime.TimeElapsed.Ticks);
        }

        private void Build()
        {
            var rom = new MappedMemory(Machine, 0x1000);
            Bus.Register(rom, new BusPointRegistration(0));
            Bus.Register(new MappedMemory(Machine, 0x10000), new BusPointRegistration(0x20000000));
            var nvic = new NVIC(Machine, 1000000, 0xF0);
            Bus.Register(nvic, new BusPointRegistration(0xE000E000));
            Machine.SetLocalName(nvic, "nvic");
            var cpu = new CortexM("cortex-m4", Machine, nvic);
            Bus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            nvic.IRQ.Connect(cpu, 0);
            var memory = new ArrayMemory(0x100);
            Bus.Register(memory, new BusPointRegistration(Device));
            memory.WriteDoubleWord(0, 0x12345678);

            rom.WriteDoubleWord(0, 0x20001000);
            rom.WriteDoubleWord(4, 0x201);
            foreach(var (number, address) in CpuPrograms.SysTick.Handlers)
            {
                rom.WriteDoubleWord(number * 4, address | 1);
            }
            for(var i = 0; i < CpuPrograms.SysTick.Code.Length; i++)
            {
                rom.WriteWord(0x200 + i * 2, CpuPrograms.SysTick.Code[i]);
            }
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"contract-{Guid.NewGuid()}.save");

        private const ulong Counter = 0x20000800;
        private const ulong Device = 0x50000000;
    }
}
