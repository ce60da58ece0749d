// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class CpuContract : CpuBench
    {
        [Test]
        public void ShouldStartFromTheVectorTable()
        {
            Run(CpuPrograms.Boot);
            Assert.That(Log, Is.EqualTo(new uint[] { Stack, 0, 0, 0, 0 }));
        }

        [Test]
        public void ShouldExecuteAHundredInstructionsPerMicrosecond()
        {
            Run(CpuPrograms.Idle, 1000);
            Assert.That(cpu.ExecutedInstructions, Is.InRange(99500, 100500));
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.InRange(199500, 200500));
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed, Is.EqualTo(TimeInterval.FromMilliseconds(2)));
        }

        // Renode's SysTick lasts one clock less than the architecture's, in which RVR + 1 clocks make a period.
        [Test]
        public void ShouldTickWithThePeriodOfSysTick()
        {
            Run(CpuPrograms.SysTick, 10500);
            Assert.That(Word(0x20000800), Is.EqualTo(10));
            RunFor(100000);
            Assert.That(Word(0x20000800), Is.EqualTo(110));
            nvic.Frequency = 2000000;
            RunFor(100000);
            Assert.That(Word(0x20000800), Is.InRange(309, 311));
        }

        [Test]
        public void ShouldCountSysTickDown()
        {
            Run(CpuPrograms.SysTick, 10300);
            Assert.That(Bus.ReadDoubleWord(0xE000E014), Is.EqualTo(999));
            Assert.That(Bus.ReadDoubleWord(0xE000E018), Is.InRange(685, 702));
            Assert.That(Bus.ReadDoubleWord(0xE000E010) & 0x10007, Is.EqualTo(0x10007));
            Assert.That(Bus.ReadDoubleWord(0xE000E010) & 0x10007, Is.EqualTo(0x7), "COUNTFLAG is cleared by reading");
        }

        // 1, 2: SysTick; 3: PendSV; 4: main.
        [TestCase(0xF0u, new uint[] { 1, 2, 3, 4 })]
        [TestCase(0x20u, new uint[] { 1, 2, 3, 4 })]
        [TestCase(0x10u, new uint[] { 1, 3, 2, 4 })]
        public void ShouldChainPendSV(uint priority, uint[] expected)
        {
            Bus.WriteDoubleWord(0x20000804, priority);
            Run(CpuPrograms.TailChain);
            Assert.That(Log, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldMaskByBasePriority()
        {
            Run(CpuPrograms.BasePriority);
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 9, 2, 0x90, 0x40 }));
        }

        [Test]
        public void ShouldMaskAll()
        {
            NotOnRelease1161("what is pending while FAULTMASK is cleared waits for the next exception");
            Run(CpuPrograms.Masks);
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 9, 2, 3, 9, 4 }));
        }

        [Test]
        public void ShouldNestByPriority()
        {
            Run(CpuPrograms.Nesting);
            Assert.That(Log, Is.EqualTo(new uint[] { 10, 20, 0xFFFFFFF1, 11, 30, 1 }));
        }

        [Test]
        public void ShouldStackAFrame()
        {
            Run(CpuPrograms.Frame);
            Assert.That(Log.Take(8), Is.EqualTo(new uint[] { 0xFFFFFFF9, 11, 0x10, 0x11, 0x12, 0x13, 0x13, 0x14141414 }));
            Assert.That(Log[8], Is.EqualTo(AddressAfter(CpuPrograms.Frame, 0xDF05)));
            Assert.That(Log[9] & 0xFF0001FF, Is.EqualTo(0x61000000), "Z, C and Thumb bit, thread mode");
            Assert.That(Log.Skip(10), Is.EqualTo(new uint[] { Stack - 32, 0x55, Stack }));
        }

        [Test]
        public void ShouldStackAFrameOnTheProcessStack()
        {
            Run(CpuPrograms.ProcessFrame);
            Assert.That(Log.Take(8), Is.EqualTo(new uint[] { 0xFFFFFFFD, 11, 0x10, 0x11, 0x12, 0x13, 0x13, 0x14141414 }));
            Assert.That(Log.Skip(10), Is.EqualTo(new uint[] { 0x20000C00 - 32, 0x55, 0x20000C00 }));
        }

        [Test]
        public void ShouldReturnToAnUnalignedStack()
        {
            Run(CpuPrograms.UnalignedFrame);
            Assert.That(Log.Skip(11), Is.EqualTo(new uint[] { 0x55, Stack - 4 }));
        }

        [Test]
        public void ShouldKeepFloatingPointRegistersOverAnInterrupt()
        {
            var values = Enumerable.Range(0, 32).Select(i => 0x3F800000u + (uint)i * 0x1234).ToArray();
            for(var i = 0; i < 32; i++)
            {
                Bus.WriteDoubleWord(0x20000400 + (ulong)i * 4, values[i]);
            }
            Run(CpuPrograms.FloatingPoint);
            Assert.That(Enumerable.Range(0, 32).Select(i => Word(0x20000500 + (ulong)i * 4)), Is.EqualTo(values));
            Assert.That(Log, Is.EqualTo(new uint[] { 0xFFFFFFE9, 0, 0xA0000000, 4 }));
        }

        [Test]
        public void ShouldSleepUntilAnInterrupt()
        {
            Run(CpuPrograms.Sleep, 10500);
            Assert.That(Word(0x20000800), Is.EqualTo(10));
            Assert.That(Word(0x20000804), Is.EqualTo(10));
        }

        [Test]
        public void ShouldWakeFromAMaskedInterrupt()
        {
            Run(CpuPrograms.MaskedSleep);
            Assert.That(Log, Is.Empty);
            nvic.OnGPIO(0, true);
            nvic.OnGPIO(0, false);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 9, 2 }));
        }

        [Test]
        public void ShouldGoOnAfterAnEvent()
        {
            Run(CpuPrograms.Event);
            Assert.That(Log, Is.EqualTo(new uint[] { 1 }));
        }

        [Test]
        public void ShouldTellOfSleep()
        {
            var changes = new List<(bool, bool)>();
            cpu.AddHookAtWfiStateChange(sleeps => changes.Add((sleeps, nvic.DeepSleepEnabled)));
            Run(CpuPrograms.DeepSleep);
            Assert.That(changes, Is.EqualTo(new[] { (true, true) }));
            Assert.That(Log, Is.Empty);
            nvic.OnGPIO(0, true);
            nvic.OnGPIO(0, false);
            RunFor(1000);
            Assert.That(changes, Is.EqualTo(new[] { (true, true), (false, true) }));
            Assert.That(Log, Is.EqualTo(new uint[] { 9, 1 }));
        }

        [Test]
        public void ShouldLetAHookChangeAWrite()
        {
            var seen = new List<(uint, long)>();
            Bus.SetHookBeforePeripheralWrite<uint>(nvic, (value, offset) =>
            {
                seen.Add((value, offset));
                return value & ~4u;
            }, new Antmicro.Renode.Core.Range(0xD0C, 4));
            Run(CpuPrograms.ResetRequest);
            Assert.That(seen, Is.EqualTo(new[] { (4u, 0xD0CL), (0x05FA0004u, 0xD0CL) }));
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 2 }));
            Assert.That(board.Resets, Is.Zero);
        }

        [Test]
        public void ShouldResetOnRequestIfNobodyListens()
        {
            Run(CpuPrograms.ResetRequest, 10000);
            Assert.That(Word(0x20000800), Is.EqualTo(3));
            Assert.That(board.Resets, Is.EqualTo(2));
            // What comes after the request may still be executed.
            Assert.That(Log.Where(x => x == 1).Count(), Is.EqualTo(3));
        }

        // What a fetch from nowhere does differs: the core faults, as on silicon, on one host; Renode stops the core, and time with it.
        [Test]
        public void ShouldStartAnewAfterAReset()
        {
            Run(CpuPrograms.Idle);
            Load(CpuPrograms.Boot);
            Machine.Reset();
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { Stack, 0, 0, 0, 0 }));
            Assert.That(cpu.ExecutedInstructions, Is.InRange(0, 100500), "counted from the reset on");
        }

        [Test]
        public void ShouldReadNothingWhereNothingIs()
        {
            Run(CpuPrograms.DataNowhere);
            Assert.That(Log, Is.EqualTo(new uint[] { 0, 1 }));
        }

        [Test]
        public void ShouldFaultOnAnUndefinedInstruction()
        {
            NotOnRelease1161("a fault is left to its own handler (CoreSignals mends it)");
            Run(CpuPrograms.Undefined);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, 0x00010000, 0x40000000, 0xFFFFFFF9 }));
        }

        [Test]
        public void ShouldTellOfTheBeginOfExceptionsByTheirKind()
        {
            var kinds = new List<ulong>();
            cpu.AddHookAtInterruptBegin(kinds.Add);
            Run(CpuPrograms.Undefined);
            Assert.That(kinds, Is.EqualTo(new ulong[] { 1, 5 }), "undefined instruction; the exception that handles it");
        }

        [Test]
        public void ShouldKeepNvicRegisters()
        {
            Load(CpuPrograms.Idle);
            Bus.WriteByte(0xE000E405, 0xFF);
            Assert.That(Bus.ReadDoubleWord(0xE000E404), Is.EqualTo(0xF000));
            Bus.WriteDoubleWord(0xE000E100, 0x30);
            Bus.WriteDoubleWord(0xE000E180, 0x10);
            Assert.That(Bus.ReadDoubleWord(0xE000E100), Is.EqualTo(0x20));
            Assert.That(Bus.ReadDoubleWord(0xE000E180), Is.EqualTo(0x20));
            Bus.WriteDoubleWord(0xE000E200, 0x3);
            Bus.WriteDoubleWord(0xE000E280, 0x1);
            Assert.That(Bus.ReadDoubleWord(0xE000E200), Is.EqualTo(0x2));
            Bus.WriteDoubleWord(0xE000ED08, 0x20000200);
            Assert.That(Bus.ReadDoubleWord(0xE000ED08), Is.EqualTo(0x20000200));
            Assert.That(Bus.ReadDoubleWord(0xE000ED00) & 0xFF0FFFF0, Is.EqualTo(0x410FC240));
        }

        [Test]
        public void ShouldKeepThePriorityBitsOfHandlersThatTheChipHas()
        {
            NotOnRelease1161("SHPR1 to SHPR3 keep all bits");
            Load(CpuPrograms.Idle);
            Bus.WriteByte(0xE000ED23, 0x5F);
            Assert.That(Bus.ReadDoubleWord(0xE000ED20), Is.EqualTo(0x50000000));
        }

        [Test]
        public void ShouldServeALineUntilItFalls()
        {
            // The handler's third write lowers the line.
            var line = new GPIO();
            line.Connect(nvic, 5);
            var writes = 0;
            written = _ =>
            {
                if(++writes == 3)
                {
                    line.Unset();
                }
            };
            Run(CpuPrograms.Lines);
            Assert.That(Word(0x20000800), Is.Zero);
            line.Set();
            RunFor(1000);
            Assert.That(Word(0x20000800), Is.EqualTo(3));
            line.Set();
            line.Unset();
            RunFor(1000);
            Assert.That(Word(0x20000800), Is.EqualTo(4), "a pulse is served once");
        }

        [Test]
        public void ShouldRememberAPulseWhileMasked()
        {
            Run(CpuPrograms.HeldLine);
            nvic.OnGPIO(0, true);
            nvic.OnGPIO(0, false);
            Bus.WriteDoubleWord(0x20000804, 1);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { 9, 1 }));
        }

        [Test]
        public void ShouldMoveTheVectorTable()
        {
            Bus.WriteDoubleWord(0x20000200 + 15 * 4, CpuPrograms.VectorTable.Handlers[14] | 1);
            Run(CpuPrograms.VectorTable);
            Assert.That(Log, Is.EqualTo(new uint[] { 2, 4 }));
        }

        [Test]
        public void ShouldAccessMemoryUnaligned()
        {
            Run(CpuPrograms.Unaligned);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x55443322, 0x5544, 0xFFFFFF88, 0xCCDD2211, 0x8877AABB }));
        }

        [Test]
        public void ShouldAccessDevicesInEveryWidth()
        {
            var device = new Narrow();
            Bus.Unregister(board);
            Bus.Register(device, new BusPointRegistration(Device));
            Run(CpuPrograms.Narrow);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x56, 0x1234, 0x12345678, 0x1234AB78 }));
        }

        [Test]
        public void ShouldStoreExclusively()
        {
            Run(CpuPrograms.Exclusive);
            Assert.That(Log, Is.EqualTo(new uint[] { 0, 1, 1, 1 }));
        }

        [Test]
        public void ShouldTellDevicesWhoAccessesThem()
        {
            ICPU current = null;
            ulong pc = 0;
            written = _ =>
            {
                Bus.TryGetCurrentCPU(out current);
                pc = current?.PC.RawValue ?? 0;
            };
            Run(CpuPrograms.Store);
            Assert.That(board.ReadDoubleWord(4), Is.EqualTo(5));
            Assert.That(current, Is.SameAs(cpu));
            Assert.That(pc, Is.EqualTo(Word(0x20000800)));
        }

        [Test]
        public void ShouldExecuteWhatTheHostWrote()
        {
            Bus.WriteDoubleWord(0x20000900, 0x47702007); // movs r0, #7; bx lr
            Run(CpuPrograms.Patch);
            Assert.That(Word(0x20000800), Is.EqualTo(7));
            Bus.WriteDoubleWord(0x20000900, 0x47702008);
            RunFor(1000);
            Assert.That(Word(0x20000800), Is.EqualTo(8));
            Bus.WriteBytes(new byte[] { 9 }, 0x20000900);
            RunFor(1000);
            Assert.That(Word(0x20000800), Is.EqualTo(9));
        }

        [Test]
        public void ShouldExecuteWhatTheGuestWrote()
        {
            Run(CpuPrograms.SelfModify);
            Assert.That(Log, Is.EqualTo(new uint[] { 7, 8 }));
        }

        [Test]
        public void ShouldReachBits()
        {
            Run(CpuPrograms.BitBand);
            Assert.That(Log, Is.EqualTo(new uint[] { 1 << 9, 1, 1 << 3 }));
        }

        [Test]
        public void ShouldDivide()
        {
            Run(CpuPrograms.Divide);
            Assert.That(Log, Is.EqualTo(new[] { 14u, 0u, unchecked((uint)-14) }));
        }

        [Test]
        public void ShouldSwitchMappedMemoryToDeviceAccessAtOnce()
        {
            var memory = new Switchable(Machine);
            Bus.Register(memory, new BusPointRegistration(0x40010000));
            written = _ =>
            {
                if(board.ReadDoubleWord(0) != 0)
                {
                    cpu.SetPageAccessViaIo(0x40010000);
                }
                else
                {
                    cpu.ClearPageAccessViaIo(0x40010000);
                }
            };
            Run(CpuPrograms.Switch);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x11223344, Switchable.FromDevice, 0x11223344 }));
            Assert.That(memory.Writes, Is.EqualTo(new uint[] { 1 }));
        }

        [Test]
        public void ShouldKeepDeviceAccessWhenThePeripheralIsEnabled()
        {
            var memory = new Switchable(Machine);
            Bus.Register(memory, new BusPointRegistration(0x40010000));
            cpu.SetPageAccessViaIo(0x40010000);
            Bus.SetPeripheralEnabled(memory, true);
            Run(CpuPrograms.Switch);
            Assert.That(Log, Is.EqualTo(new[] { Switchable.FromDevice, Switchable.FromDevice, Switchable.FromDevice }));
            Assert.That(memory.Writes, Is.EqualTo(new uint[] { 1 }));
        }

        // The bus refuses accesses to a disabled peripheral; those that never reach the bus it cannot refuse.
        [Test]
        public void ShouldReachTheMappedMemoryOfADisabledPeripheral()
        {
            var memory = new Switchable(Machine);
            Bus.Register(memory, new BusPointRegistration(0x40010000));
            Bus.SetPeripheralEnabled(memory, false);
            Run(CpuPrograms.Switch);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x11223344, 0x11223344, 1 }));
        }

        [Test]
        public void ShouldBeHaltedAndReleased()
        {
            Run(CpuPrograms.Idle);
            cpu.IsHalted = true;
            var executed = cpu.ExecutedInstructions;
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.EqualTo(executed));
            cpu.IsHalted = false;
            RunFor(1000);
            Assert.That(cpu.ExecutedInstructions, Is.GreaterThan(executed));
        }

        [Test]
        public void ShouldRepeatARun()
        {
            var runs = Enumerable.Range(0, 2).Select(_ =>
            {
                if(cpu.ExecutedInstructions > 0)
                {
                    EndMachine();
                    NewMachine();
                    NewCore();
                }
                Run(CpuPrograms.SysTick, 12345);
                return (cpu.ExecutedInstructions, cpu.PC.RawValue, Word(0x20000800), Bus.ReadDoubleWord(0xE000E018));
            }).ToArray();
            Assert.That(runs[1], Is.EqualTo(runs[0]));
        }

        private uint AddressAfter(CpuProgram program, ushort opcode)
        {
            return Code + 2 * ((uint)Array.IndexOf(program.Code, opcode) + 1);
        }

        [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
        private class Narrow : Board
        {
            public Narrow()
            {
                Registers.First.Define(this, 0x12345678).WithValueField(0, 32);
            }
        }

        private class Switchable : IDoubleWordPeripheral, IMapped, IKnownSize
        {
            public Switchable(IMachine machine)
            {
                content = new MappedMemory(machine, 0x1000);
                content.WriteDoubleWord(0, 0x11223344);
            }

            public uint ReadDoubleWord(long offset)
            {
                return FromDevice;
            }

            public void WriteDoubleWord(long offset, uint value)
            {
                Writes.Add(value);
            }

            public void Reset()
            {
            }

            public IEnumerable<IMappedSegment> MappedSegments => content.MappedSegments;

            public long Size => 0x1000;

            public List<uint> Writes { get; } = new List<uint>();

            public const uint FromDevice = 0xD0;

            private readonly MappedMemory content;
        }
    }
}
