// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    /// <summary>The same with accelerated stores and without.</summary>
    [TestFixture(true)]
    [TestFixture(false)]
    public class CpuMemoryTests : CpuBench
    {
        public CpuMemoryTests(bool acceleratesStores)
        {
            this.acceleratesStores = acceleratesStores;
        }

        [SetUp]
        public void ChooseStores()
        {
            Cpu.AcceleratesStores = acceleratesStores;
            Assert.That(Cpu.AcceleratesStores, Is.EqualTo(acceleratesStores), "Debian 12's library can be accelerated");
        }

        // Its private calls are those of one version.
        [TestCase(0x020000u)]
        [TestCase(0x020100u)]
        [TestCase(0x020104u)]
        public void ShouldNotAccelerateAnotherVersion(uint version)
        {
            Assert.That(StoreAccelerator.TryCreate(IntPtr.Zero, version), Is.Null);
        }

        [TestCase(0x010003u, "1.0.3")]
        [TestCase(0x020101u, "2.1.1")]
        [TestCase(0x020104u, "2.1.4")]
        public void ShouldSayWhichVersionItNeeds(uint version, string name)
        {
            Assert.That(() => Unicorn.RequireSupported(version), Throws.InstanceOf<ConstructionException>().With.Message.Contains(name).And.Message.Contains("libunicorn2"));
        }

        [Test]
        public void ShouldRunOnTheVersionThatIsHere()
        {
            Assert.That(() => Unicorn.RequireSupported(Unicorn.Version), Throws.Nothing);
        }

        [Test]
        public void ShouldNoticeCodeWrittenAfterDataBesideIt()
        {
            Load(CpuPrograms.ReturnOne);
            Run(CpuPrograms.StoreBesideCode, 1000);
            Assert.That(new[] { Register(5), Register(6) }, Is.EqualTo(new uint[] { 1, 2 }));
        }

        [Test]
        public void ShouldTellTheProgramCounterOfEachAccess()
        {
            Register(2, 7);
            Register(3, 8);
            Run(CpuPrograms.StoreAndLoad, 20);
            var start = CpuPrograms.StoreAndLoad.Address;
            Assert.That(Device.Accesses, Is.EqualTo(new (long, uint?, uint)[]
            {
                (0, 7, start + 6), (4, 8, start + 8), (8, null, start + 10), (16, null, start + 12), (20, null, start + 12),
            }));
            Assert.That(new[] { Register(4), Register(5), Register(6) }, Is.EqualTo(new uint[] { 0x1008, 0x1010, 0x1014 }));
        }

        [Test]
        public void ShouldSwitchAPageInTheMiddleOfABlock()
        {
            var page = new SwitchedPage(Machine);
            Machine.SystemBus.Register(page, new BusPointRegistration(0x40024000));
            Device.OnAccess = offset =>
            {
                if(offset == 0)
                {
                    Cpu.SetPageAccessViaIo(0x40024000);
                }
                else
                {
                    Cpu.ClearPageAccessViaIo(0x40024000);
                }
            };
            Run(CpuPrograms.SwitchPage, 30);
            Assert.That(page.Writes, Is.EqualTo(new uint[] { 0x22 }), "only the second store goes over the bus");
            Assert.That(Register(5), Is.EqualTo(0x55), "read over the bus");
            Assert.That(Register(6), Is.EqualTo(0x11), "read from memory again");
        }

        [Test]
        public void ShouldKeepAPageOnTheBusThatIsMappedLater()
        {
            Cpu.SetPageAccessViaIo(0x40024000);
            var page = new SwitchedPage(Machine);
            Machine.SystemBus.Register(page, new BusPointRegistration(0x40024000));
            Run(CpuPrograms.SwitchPage, 30);
            Assert.That(page.Writes, Is.EqualTo(new uint[] { 0x11, 0x22 }));
        }

        [Test]
        public void ShouldReadAPageOverTheBusAndFetchFromItAsMemory()
        {
            // movs r0, #7; bx lr
            Flash.WriteDoubleWord(0x8000, 0x47702007);
            var reads = new List<long>();
            Machine.SystemBus.SetHookAfterPeripheralRead<uint>(Flash, (value, offset) =>
            {
                reads.Add(offset);
                return (value & 0x00FFFFFF) | (uint)reads.Count << 24;
            });
            Cpu.SendReadsToBus(new ulong[] { 0x08008000 });
            Run(CpuPrograms.ReadOften, 40);
            Assert.That(Register(0), Is.EqualTo(7), "executed from there");
            Assert.That(new[] { Register(2), Register(3), Register(6) }, Is.EqualTo(new uint[] { 0x01702007, 0x02702007, 0x05702007 }));
            Assert.That(Register(4), Is.EqualTo(0x00037020), "two words that are aligned");
            Assert.That(reads, Is.EqualTo(new long[] { 0x8000, 0x8000, 0x8000, 0x8004, 0x8000 }));
            Cpu.SendReadsToBus(new ulong[0]);
            Cpu.PC = CpuPrograms.ReadOften.Address;
            Continue(40);
            Assert.That(reads.Count, Is.EqualTo(5), "not over the bus any more");
            Assert.That(Register(6), Is.EqualTo(0x05702007), "as it was read last");
        }

        [Test]
        public void ShouldExecuteWhatAProgramWroteOverItself()
        {
            Load(CpuPrograms.ReturnOne);
            Run(CpuPrograms.SelfModifying, 50);
            Assert.That(new[] { Register(5), Register(6) }, Is.EqualTo(new uint[] { 1, 2 }));
        }

        [Test]
        public void ShouldNoticeCodeWrittenAfterItsMemoryWasUsedForDataLong()
        {
            // long enough for stores to that memory to be taken for stores to data
            Run(CpuPrograms.Count, 500000);
            Load(CpuPrograms.ReturnOne);
            Load(CpuPrograms.SelfModifying);
            Cpu.PC = CpuPrograms.SelfModifying.Address;
            Continue(50);
            Assert.That(new[] { Register(5), Register(6) }, Is.EqualTo(new uint[] { 1, 2 }));
        }

        [Test]
        public void ShouldExecuteWhatTheHostWroteOverTheProgram()
        {
            Load(CpuPrograms.ReturnOne);
            Run(CpuPrograms.CallReturnOne, 50);
            Assert.That(Register(0), Is.EqualTo(1));
            Machine.SystemBus.WriteWord(0x20003000, 0x2007); // movs r0, #7
            Continue(50);
            Assert.That(Register(0), Is.EqualTo(7));
        }

        [Test]
        public void ShouldReadModifyAndWriteThroughTheBitBandAlias()
        {
            Machine.SystemBus.Register(new Antmicro.Renode.Peripherals.Miscellaneous.BitBanding(Machine, 0x20000000), new BusRangeRegistration(0x22000000, 0x200000));
            Machine.SystemBus.WriteDoubleWord(0x20002000, 0x40);
            Run(CpuPrograms.BitBand, 30);
            Assert.That(Word(0x20002000), Is.EqualTo(0x60));
            Assert.That(new[] { Register(3), Register(4) }, Is.EqualTo(new uint[] { 1, 1 }));
        }

        [Test]
        public void ShouldStoreConditionally()
        {
            Register(1, 0x40000000);
            Register(2, 1);
            Register(3, 2);
            Run(CpuPrograms.IfThenStore, 20);
            Assert.That(Device.Accesses.Select(x => (x.Offset, x.Value)), Is.EqualTo(new (long, uint?)[] { (4, 2) }));
            Assert.That(Register(6), Is.EqualTo(1));
        }

        [Test]
        public void ShouldAccessMemoryExclusively()
        {
            Machine.SystemBus.WriteDoubleWord(0x20002000, 41);
            Run(CpuPrograms.Exclusive, 30);
            Assert.That(Word(0x20002000), Is.EqualTo(42));
        }

        [Test]
        public void ShouldCountInstructionsAsTimePasses()
        {
            Run(CpuPrograms.Count, 100000);
            Assert.That(Cpu.ExecutedInstructions, Is.EqualTo(100000).Within(2));
            // two instructions a round, one of them counts
            Assert.That(Register(4), Is.EqualTo(50000).Within(2));
        }

        [Test]
        public void ShouldBeTheSameRunTwice()
        {
            var results = new List<string>();
            for(var i = 0; i < 2; i++)
            {
                NewMachine();
                CreateProcessor();
                EnableInterrupt(0, 0x80);
                Machine.SystemBus.WriteDoubleWord(0xE000E014, 777);
                Machine.SystemBus.WriteDoubleWord(0xE000E010, 7);
                Run(CpuPrograms.Count, 123456, (15, CpuPrograms.Handler1), (16, CpuPrograms.Handler2));
                Raise(0);
                Continue(5000);
                results.Add(string.Join(" ", Enumerable.Range(0, 16).Select(x => $"{Register(x):x}")) + $" {Cpu.ExecutedInstructions}");
            }
            Assert.That(results[1], Is.EqualTo(results[0]));
        }

        [Test]
        public void ShouldStepExactly()
        {
            Run(CpuPrograms.Count, 0);
            Cpu.PC = CpuPrograms.Count.Address;
            Assert.That(Cpu.Step(), Is.EqualTo(CpuPrograms.Count.Address + 2));
            Assert.That(Register(4), Is.EqualTo(1));
            Assert.That(Cpu.Step(3), Is.EqualTo(CpuPrograms.Count.Address));
            Assert.That(Register(4), Is.EqualTo(2));
        }

        [Test]
        public void ShouldCallAHookBeforeItsInstruction()
        {
            var seen = new List<uint>();
            Load(CpuPrograms.Count);
            Cpu.AddHook(CpuPrograms.Count.Address + 2, (cpu, address) => seen.Add(Register(4)));
            Run(CpuPrograms.Count, 6);
            Assert.That(seen, Is.EqualTo(new uint[] { 1, 2, 3 }));
            Cpu.RemoveAllHooks();
            Continue(100);
            Assert.That(seen.Count, Is.EqualTo(3));
        }

        [Test]
        public void ShouldNotExecuteWhileHalted()
        {
            Run(CpuPrograms.Count, 100);
            var count = Register(4);
            Cpu.IsHalted = true;
            Continue(1000);
            Assert.That(Register(4), Is.EqualTo(count));
            Cpu.IsHalted = false;
            Continue(100);
            Assert.That(Register(4), Is.GreaterThan(count));
        }

        [Test]
        public void ShouldStartOverAfterAResetOnRequest()
        {
            var resets = 0;
            Machine.MachineReset += _ => resets++;
            Run(CpuPrograms.ResetRequest, 10);
            Assert.That(resets, Is.GreaterThan(0));
        }

        [Test]
        public void ShouldSurviveManyProcessors()
        {
            for(var i = 0; i < 100; i++)
            {
                NewMachine();
                CreateProcessor();
                Run(CpuPrograms.FloatingPoint, 3000);
                Assert.That(Log.Length, Is.EqualTo(5));
            }
        }

        [Test]
        public void ShouldRefuseBadArguments()
        {
            Assert.That(() => new CortexM("cortex-m55", Machine, new NVIC(Machine)), Throws.InstanceOf<ConstructionException>().With.Message.Contains("cortex-m55"));
            Assert.That(() => new CortexM("cortex-m4", Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        private readonly bool acceleratesStores;

        private sealed class Line : IGPIOReceiver
        {
            public void OnGPIO(int number, bool value) => IsHigh = value;

            public void Reset()
            {
            }

            public bool IsHigh { get; private set; }
        }

        /// <summary>Memory that can be told from itself when accessed over the bus.</summary>
        internal sealed class SwitchedPage : IDoubleWordPeripheral, IMapped, IKnownSize
        {
            public SwitchedPage(IMachine machine)
            {
                memory = new MappedMemory(machine, 0x1000);
            }

            public uint ReadDoubleWord(long offset) => 0x55;

            public void WriteDoubleWord(long offset, uint value) => Writes.Add(value);

            public void Reset()
            {
            }

            public List<uint> Writes { get; } = new List<uint>();

            public IEnumerable<IMappedSegment> MappedSegments => memory.MappedSegments;

            public long Size => 0x1000;

            private readonly MappedMemory memory;
        }
    }
}
