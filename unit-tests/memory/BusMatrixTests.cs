// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

using UnitTests.Contract;

namespace UnitTests
{
    /// <summary>What an access where nothing answers does to the core: the same on every host. CpuPrograms.Fault says what the log has.</summary>
    [TestFixture]
    public class BusMatrixTests : CpuBench
    {
        [SetUp]
        public void AddMatrix()
        {
            signals = new CoreSignals(Machine, cpu, nvic);
            Bus.Register(signals, NullRegistrationPoint.Instance);
            Machine.SetLocalName(signals, "coreSignals");
            matrix = new BusMatrix(Machine, signals);
            Bus.Register(matrix, NullRegistrationPoint.Instance);
            Machine.SetLocalName(matrix, "busMatrix");
            data = Memory(DataOnly, 0x1000);
        }

        [TestCase(LoadWord, 0x60000000u)]
        [TestCase(LoadWord, 0x1FFFFFFCu)]
        [TestCase(LoadWord, 0x2001FFFCu)]
        [TestCase(LoadWord, 0x50000000u)]
        [TestCase(StoreWord, 0xC0000010u)]
        [TestCase(StoreWord, 0x00002000u)]
        public void ShouldTakeABusFaultByDataWhereNothingIs(uint instruction, uint address)
        {
            Meet(instruction, address, BusFaultEnable);
            Assert.That(Log, Is.EqualTo(new uint[] { 5, PreciseError, 0, address, FromThread, Slot }), "IPSR, CFSR, HFSR, BFAR, EXC_RETURN, stacked PC");
            Assert.That(matrix.GuestMistakeCount, Is.EqualTo(1));
            Assert.That(matrix.GuestMistakes, Does.Contain($"0x{address:X8}: nothing answers there"));
        }

        [TestCase(LoadWord, 0x20000100u)]
        [TestCase(StoreWord, 0x20000100u)]
        [TestCase(LoadWord, 0x40000000u)]
        [TestCase(LoadWord, DataOnly)]
        public void ShouldNotFaultWhereSomethingIs(uint instruction, uint address)
        {
            Meet(instruction, address, BusFaultEnable);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x77 }));
            Assert.That(matrix.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldBecomeAHardFaultWithoutAHandlerOfItsOwn()
        {
            Meet(LoadWord, 0x60000000, 0);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, PreciseError, Forced, 0x60000000, FromThread, Slot }));
            Assert.That(signals.IsLockedUp, Is.False);
        }

        [Test]
        public void ShouldBecomeAHardFaultInAHandlerOfPriorityZero()
        {
            // SysTick's handler goes to the slot, which faults.
            var program = With(LoadWord);
            program.Handlers[15] = Slot;
            program.Code[(Slot - Code) / 2 - 1] = 0xE7FE; // b .
            Load(program);
            Bus.WriteDoubleWord(Address, 0x60000000);
            RunFor(100);
            Bus.WriteDoubleWord(0xE000ED04, 1 << 26);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, PreciseError, Forced, 0x60000000, FromHandler, Slot }));
            Assert.That(Bus.ReadDoubleWord(0xE000ED20) >> 24, Is.Zero, "its priority");
        }

        [Test]
        public void ShouldBecomeAHardFaultWhileInterruptsAreMasked()
        {
            Load(With(0x6826B672)); // cpsid i; ldr r6, [r4]
            Bus.WriteDoubleWord(Address, 0x60000000);
            Bus.WriteDoubleWord(HandlersEnabled, BusFaultEnable);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, PreciseError, Forced, 0x60000000, FromThread, Slot + 2 }));
        }

        [TestCase(0x00100001u)]
        [TestCase(0x30000001u)]
        [TestCase(DataOnly + 1)]
        public void ShouldTakeABusFaultByAJumpWhereNoCodeCanBe(uint target)
        {
            matrix.DataOnlyMemories = new IMemory[] { data };
            data.WriteDoubleWord(0, 0xE7FEE7FE);
            Meet(Jump, target, BusFaultEnable);
            Assert.That(Log, Is.EqualTo(new uint[] { 5, FetchError, 0, 0, FromThread, target & ~1u }));
            Assert.That(matrix.GuestMistakes, Does.Contain("IBUSERR"));
        }

        [Test]
        public void ShouldReadAndWriteWhereNoCodeCanBe()
        {
            matrix.DataOnlyMemories = new IMemory[] { data };
            Meet(0x60266826, DataOnly, BusFaultEnable); // ldr r6, [r4]; str r6, [r4]
            Assert.That(Log, Is.EqualTo(new uint[] { 0x77 }));
        }

        [Test]
        public void ShouldRunCodeInOtherMemories()
        {
            data.WriteDoubleWord(0, 0xE7FEE7FE); // b .
            Meet(Jump, DataOnly + 1, BusFaultEnable);
            Assert.That((Log.Count, cpu.PC.RawValue), Is.EqualTo((0, (ulong)DataOnly)));
        }

        [Test]
        public void ShouldTakeAHardFaultIfTheFrameCannotBeStacked()
        {
            Meet(0xDF0046A5, 0x1FFF0000, 0, stackIsGone: true); // mov sp, r4; svc 0
            Assert.That(Log.Take(3), Is.EqualTo(new uint[] { 3, StackingError, Forced }));
        }

        [Test]
        public void ShouldTakeTheBusFaultOfALostFrameIfItIsMoreUrgent()
        {
            Bus.WriteByte(0xE000ED1F, 0x80); // SVCall
            Meet(0xDF0046A5, 0x1FFF0000, BusFaultEnable, stackIsGone: true);
            Assert.That(Log.Take(3), Is.EqualTo(new uint[] { 5, StackingError, 0 }));
        }

        [Test]
        public void ShouldTakeAHardFaultOfAStackThatHasRunOut()
        {
            Meet(0xB44046A5, 0x1FFF0000, 0, stackIsGone: true); // mov sp, r4; push {r6}
            Assert.That(Log.Take(4), Is.EqualTo(new uint[] { 3, PreciseError | StackingError, Forced, 0x1FFEFFFC }));
            Assert.That(signals.IsLockedUp, Is.True, "its handler met another");
        }

        [Test]
        public void ShouldTakeAHardFaultIfTheFrameCannotBeUnstacked()
        {
            NotOnRelease1161("the core unstacks past the bus");
            var program = With(0xBF00DF00); // svc 0
            program.Handlers[11] = Code + 2 * (uint)program.Code.Length;
            // ldr r0, [r7]; mov sp, r0; bx lr
            Load(new CpuProgram(program.Handlers, program.Code.Concat(new ushort[] { 0x6838, 0x4685, 0x4770 }).ToArray()));
            Bus.WriteDoubleWord(Address, 0x1FFF0000);
            Bus.WriteDoubleWord(FaultAgain, 1);
            RunFor(1000);
            Assert.That(Log.Take(3), Is.EqualTo(new uint[] { 3, UnstackingError, Forced }));
        }

        [Test]
        public void ShouldLockUpByAFaultInHardFault()
        {
            Bus.WriteDoubleWord(FaultAgain, 1);
            Meet(LoadWord, 0x60000000, 0);
            Assert.That(signals.IsLockedUp);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, PreciseError, Forced, 0x60000000, FromThread }));
            var executed = cpu.ExecutedInstructions;
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(executed));
            Bus.WriteDoubleWord(FaultAgain, 0);
            Machine.Reset();
            // In release 1.16.1 a halted core stays so; ResetController, which is not here, lets it run.
            cpu.IsHalted = true;
            cpu.IsHalted = false;
            Bus.WriteDoubleWord(Ram, 4);
            RunFor(1000);
            Assert.That(signals.IsLockedUp, Is.False);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, PreciseError, Forced, 0x60000000, FromThread, Slot }), "the status registers were reset");
        }

        [Test]
        public void ShouldTellOfEightPlacesAndThenOfElsewhere()
        {
            // bus fault handler: steps over the load
            var program = new CpuProgram(new System.Collections.Generic.Dictionary<int, uint> { [5] = 0x212 }, new ushort[]
            {
                0x4806, // ldr r0, [pc, #24]
                0xF44F, 0x3100, // mov.w r1, #131072
                0x6001, // str r1, [r0, #0]
                0x4C05, // ldr r4, [pc, #20]
                0x6826, // ldr r6, [r4, #0]
                0x3404, // adds r4, #4
                0xE7FC, // b.n 20a
                0xBF00, // nop
                // vector5:
                0x9806, // ldr r0, [sp, #24]
                0x3002, // adds r0, #2
                0x9006, // str r0, [sp, #24]
                0x4770, // bx lr
                0xBF00, // nop
                0xED24, 0xE000, // .word 0xe000ed24
                0x0000, 0x6000, // .word 0x60000000
            });
            Run(program, 100);
            Assert.That(matrix.GuestMistakeCount, Is.GreaterThan(20));
            Assert.That(matrix.GuestMistakes.Split('\n').Length, Is.EqualTo(9));
            Assert.That(matrix.GuestMistakes, Does.Contain("elsewhere"));
        }

        [TestCase(LoadWord, 0x60000000u, PreciseError)]
        [TestCase(Jump, DataOnly + 1, FetchError)]
        public void ShouldFaultInAMachineFromASnapshot(uint instruction, uint address, uint status)
        {
            if(ChipTest.IsStandalone)
            {
                Assert.Ignore("Snapshots in files are Renode's; the standalone host has checkpoints in memory");
            }
            // Has a hook into this test.
            Bus.Unregister(board);
            matrix.DataOnlyMemories = new IMemory[] { data };
            var program = With(instruction);
            program.Handlers[15] = Slot;
            program.Code[(Slot - Code) / 2 - 1] = 0xE7FD; // b .-2
            Load(program);
            Bus.WriteDoubleWord(Address, address);
            RunFor(100);
            var path = Path.Combine(Path.GetTempPath(), $"faults-{Guid.NewGuid()}.save");
            try
            {
                EmulationManager.Instance.Save(path);
                EmulationManager.Instance.Clear();
                EmulationManager.Instance.Load(path);
            }
            finally
            {
                File.Delete(path);
            }
            Assert.That(Emulation.TryGetMachineByName("contract", out var loaded), Is.True);
            // A core that has not run since takes no notice.
            RunFor(10);
            loaded.SystemBus.WriteDoubleWord(0xE000ED04, 1 << 26);
            RunFor(1000);
            Assert.That((loaded.SystemBus.ReadDoubleWord(Ram + 4), loaded.SystemBus.ReadDoubleWord(Ram + 8)), Is.EqualTo((3u, status)));
            Assert.That(((BusMatrix)loaded["sysbus.busMatrix"]).GuestMistakeCount, Is.EqualTo(1));
        }

        private void Meet(uint instructions, uint address, uint enabled, bool stackIsGone = false)
        {
            Load(With(instructions));
            Bus.WriteDoubleWord(Address, address);
            Bus.WriteDoubleWord(HandlersEnabled, enabled);
            if(stackIsGone)
            {
                // The frame is not there to be looked at.
                Bus.WriteDoubleWord(FaultAgain, 1);
            }
            RunFor(1000);
        }

        private static CpuProgram With(uint instructions)
        {
            var code = CpuPrograms.Fault.Code.ToArray();
            code[(Slot - Code) / 2] = (ushort)instructions;
            code[(Slot - Code) / 2 + 1] = (ushort)(instructions >> 16);
            return new CpuProgram(CpuPrograms.Fault.Handlers.ToDictionary(x => x.Key, x => x.Value), code);
        }

        private CoreSignals signals;
        private BusMatrix matrix;
        private MappedMemory data;

        private const uint LoadWord = 0xBF006826; // ldr r6, [r4]; nop
        private const uint StoreWord = 0xBF006026; // str r6, [r4]; nop
        private const uint Jump = 0xBF004720; // bx r4; nop
        private const uint Slot = 0x20C;
        private const uint DataOnly = 0x10000000;
        private const ulong Address = 0x20000800;
        private const ulong HandlersEnabled = 0x20000804;
        private const ulong FaultAgain = 0x20000808;
        private const uint BusFaultEnable = 1 << 17;
        private const uint PreciseError = 0x8200;
        private const uint FetchError = 0x100;
        private const uint StackingError = 0x1000;
        private const uint UnstackingError = 0x800;
        private const uint Forced = 1 << 30;
        private const uint FromThread = 0xFFFFFFF9;
        private const uint FromHandler = 0xFFFFFFF1;
    }
}
