// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Peripherals.Bus;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    /// <summary>Going back must leave the processor as it was: what runs from there is the same each time.</summary>
    [TestFixture]
    public class CpuCheckpointTests : CpuBench
    {
        [Test]
        public void ShouldRunOnAlike()
        {
            StartSystick();
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.Count, 1234, (15, CpuPrograms.Handler3), (16, CpuPrograms.Handler1));
            Raise(0);
            using var checkpoint = Checkpoint.Take();
            var expected = RunAndDescribe();
            for(var i = 0; i < 100; i++)
            {
                Continue((ulong)i * 7);
                checkpoint.Restore();
                Assert.That(RunAndDescribe(), Is.EqualTo(expected), $"restore {i}");
            }
            Assert.That(Log, Does.Contain(1).And.Contain(3));
        }

        // Everywhere in a program that enters and leaves an exception, with the floating-point unit in use.
        [Test]
        public void ShouldRunOnAlikeFromEachInstruction()
        {
            EnableInterrupt(0, 0x80);
            Cpu.ExactSlices = true;
            Run(CpuPrograms.FloatingPoint, 0, (16, CpuPrograms.FloatingPointHandler));
            for(var i = 0; i < 50; i++)
            {
                Continue(1);
                using var checkpoint = Checkpoint.Take();
                var expected = RunAndDescribe();
                checkpoint.Restore();
                Assert.That(RunAndDescribe(), Is.EqualTo(expected), $"instruction {i}");
                checkpoint.Restore();
            }
            Assert.That(Log, Has.Length.GreaterThan(5));
        }

        [Test]
        public void ShouldStartOverFromBeforeTheFirstInstruction()
        {
            Load(CpuPrograms.Count);
            SetVector(1, CpuPrograms.Count.Address);
            using var checkpoint = Checkpoint.Take();
            var expected = RunAndDescribe();
            checkpoint.Restore();
            SetVector(1, LoopAddress);
            Continue(100);
            checkpoint.Restore();
            Assert.That(RunAndDescribe(), Is.EqualTo(expected));
            Assert.That(Register(4), Is.GreaterThan(100));
        }

        [Test]
        public void ShouldSetTheExclusiveMonitorBack()
        {
            Run(CpuPrograms.Exclusive, 0);
            Cpu.Step(2);
            using var open = Checkpoint.Take();
            Cpu.Step(2);
            Assert.That(Register(3), Is.Zero);
            using var closed = Checkpoint.Take();
            for(var i = 0; i < 3; i++)
            {
                open.Restore();
                Cpu.Step(2);
                Assert.That(Register(3), Is.Zero, "the store succeeds each time");
                closed.Restore();
                Cpu.PC = 0x08000408;
                Cpu.Step(2);
                Assert.That(Register(3), Is.EqualTo(1), "nothing is reserved");
            }
        }

        [Test]
        public void ShouldSetMasksAndStacksBack()
        {
            Run(CpuPrograms.Idle, 10);
            Cpu.SetRegister(Basepri, 0x40);
            Cpu.SetRegister(Psp, 0x20003000);
            Cpu.SetRegister(Control, 3);
            Cpu.SetRegister(Primask, 0);
            using var unprivileged = Checkpoint.Take();
            var expected = Registers();
            Cpu.Reset();
            Cpu.PC = LoopAddress;
            Cpu.SetRegister(Primask, 1);
            Cpu.SetRegister(Faultmask, 1);
            using var masked = Checkpoint.Take();
            var expectedMasked = Registers();
            for(var i = 0; i < 3; i++)
            {
                unprivileged.Restore();
                Assert.That(Registers(), Is.EqualTo(expected));
                Continue(10);
                masked.Restore();
                Assert.That(Registers(), Is.EqualTo(expectedMasked));
                Continue(10);
            }
        }

        [Test]
        public void ShouldExecuteTheCodeOfItsTime()
        {
            Load(caller);
            Load(Returning(1));
            Run(caller, 40);
            using var one = Checkpoint.Take();
            Load(Returning(2));
            Continue(40);
            using var two = Checkpoint.Take();
            for(var i = 0; i < 100; i++)
            {
                (i % 3 == 0 ? two : one).Restore();
                Register(5, 0);
                Continue(40);
                Assert.That(Register(5), Is.EqualTo(i % 3 == 0 ? 2 : 1));
                if(i % 7 == 0)
                {
                    Load(Returning(9));
                    Continue(40);
                    Assert.That(Register(5), Is.EqualTo(9));
                }
            }
        }

        [Test]
        public void ShouldExecuteTheCodeOfItsTimeThatAProgramWrote()
        {
            Load(CpuPrograms.ReturnOne);
            Run(CpuPrograms.SelfModifying, 1);
            using var checkpoint = Checkpoint.Take();
            Continue(50);
            var expected = new[] { Register(5), Register(6) };
            for(var i = 0; i < 20; i++)
            {
                checkpoint.Restore();
                Continue(50);
                Assert.That(new[] { Register(5), Register(6) }, Is.EqualTo(expected));
            }
            Assert.That(expected, Is.EqualTo(new[] { 1, 2 }));
        }

        [Test]
        public void ShouldSetHaltAndSleepBack()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.SleepOnExit, 50, (16, CpuPrograms.Handler1));
            Assert.That(Cpu.IsSleeping, Is.True);
            using var asleep = Checkpoint.Take();
            Cpu.IsHalted = true;
            using var halted = Checkpoint.Take();
            for(var i = 0; i < 5; i++)
            {
                asleep.Restore();
                Assert.That((Cpu.IsSleeping, Cpu.IsHalted), Is.EqualTo((true, false)));
                var before = Log.Length;
                Raise(0);
                Continue(50);
                Assert.That(Log.Length, Is.EqualTo(before + 1));
                halted.Restore();
                Assert.That((Cpu.IsSleeping, Cpu.IsHalted), Is.EqualTo((true, true)));
                var count = Cpu.ExecutedInstructions;
                Raise(0);
                Continue(50);
                Assert.That(Cpu.ExecutedInstructions, Is.EqualTo(count));
                Cpu.IsHalted = false;
                Continue(50);
                Assert.That(Cpu.ExecutedInstructions, Is.GreaterThan(count));
            }
        }

        [Test]
        public void ShouldEndALockup()
        {
            SetVector(3, 0x60000000);
            Run(CpuPrograms.Count, 100);
            using var checkpoint = Checkpoint.Take();
            Cpu.PC = 0x60000000;
            Nvic.Lockup.Set(false);
            Cpu.SetRegister(Faultmask, 1);
            Load(new Program(CpuPrograms.Count.Address, new ushort[] { 0xDE00 }));
            Cpu.PC = CpuPrograms.Count.Address;
            Continue(100);
            Assert.That(Cpu.IsLockedUp, Is.True);
            checkpoint.Restore();
            Assert.That((Cpu.IsLockedUp, Nvic.Lockup.IsSet), Is.EqualTo((false, false)));
            var count = Register(4);
            Continue(100);
            Assert.That(Register(4), Is.GreaterThan(count));
        }

        [Test]
        public void ShouldSetTheMappingBack()
        {
            var page = new CpuMemoryTests.SwitchedPage(Machine);
            Machine.SystemBus.Register(page, new BusPointRegistration(0x40024000));
            Run(storer, 50);
            Assert.That(page.Writes, Is.Empty);
            using var mapped = Checkpoint.Take();
            Cpu.SetPageAccessViaIo(0x40024000);
            Continue(50);
            Assert.That(page.Writes, Is.Not.Empty);
            using var unmapped = Checkpoint.Take();
            for(var i = 0; i < 10; i++)
            {
                mapped.Restore();
                Assert.That(page.Writes, Is.Empty);
                Continue(50);
                Assert.That(page.Writes, Is.Empty);
                unmapped.Restore();
                var count = page.Writes.Count;
                Continue(50);
                Assert.That(page.Writes.Count, Is.GreaterThan(count));
            }
        }

        [Test]
        public void ShouldUnmapWhatWasMappedLater()
        {
            Run(storer, 0);
            using var checkpoint = Checkpoint.Take();
            for(var i = 0; i < 3; i++)
            {
                var memory = AddMemory(0x40024000, 0x1000);
                Continue(50);
                Assert.That(memory.ReadDoubleWord(0), Is.Not.Zero);
                checkpoint.Restore();
                memory.WriteDoubleWord(0, 0);
                Continue(50);
                Assert.That(memory.ReadDoubleWord(0), Is.Zero);
                checkpoint.Restore();
            }
        }

        [Test]
        public void ShouldRestoreAThousandTimesInTheSameMemory()
        {
            Run(CpuPrograms.Count, 100);
            using var checkpoint = Checkpoint.Take();
            var start = 0L;
            for(var i = 0; i < 1200; i++)
            {
                checkpoint.Restore();
                Continue(100);
                Ram.WriteDoubleWord(i * 4, 5);
                Checkpoint.Take().Dispose();
                if(i == 200)
                {
                    start = Environment.WorkingSet;
                }
            }
            Assert.That(Environment.WorkingSet - start, Is.LessThan(32 << 20));
        }

        private string RunAndDescribe()
        {
            Continue(2000);
            return $"{Cpu.ExecutedInstructions} {string.Join(" ", Registers())} {GetState()}";
        }

        private IEnumerable<ulong> Registers() => Cpu.GetRegisters().Select(x => Cpu.GetRegister(x.Index).RawValue).ToArray();

        private void StartSystick()
        {
            Machine.SystemBus.WriteDoubleWord(0xE000E014, 300);
            Machine.SystemBus.WriteDoubleWord(0xE000E018, 0);
            Machine.SystemBus.WriteDoubleWord(0xE000E010, 7);
        }

        private static Program Returning(int value) => new Program(0x20004000, new ushort[]
        {
            (ushort)(0x2000 | value), // movs r0, #value
            0x4770, // bx lr
        });

        private static readonly Program caller = new Program(0x08000400, new ushort[]
        {
            0x4C03, // ldr r4, [pc, #12]
            0x47A0, // blx r4
            0x0005, // movs r5, r0
            0xE7FC, // b.n 8000402
            0xBF00, // nop
            0xBF00, // nop
            0xBF00, // nop
            0xBF00, // nop
            0x4001, 0x2000, // .word 0x20004001
        });

        private static readonly Program storer = new Program(0x08000400, new ushort[]
        {
            0x4902, // ldr r1, [pc, #8]
            0x2001, // movs r0, #1
            0x6008, // str r0, [r1, #0]
            0xE7FC, // b.n 8000402
            0xBF00, // nop
            0xBF00, // nop
            0x4000, 0x4002, // .word 0x40024000
        });

        private const int Psp = 17;
        private const int Control = 18;
        private const int Basepri = 19;
        private const int Primask = 28;
        private const int Faultmask = 30;
    }
}
