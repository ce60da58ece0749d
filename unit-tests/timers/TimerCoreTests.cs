// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using UnitTests.Contract;

namespace UnitTests
{
    /// <summary>Timers and the core that sets them: to the instruction.</summary>
    [TestFixture]
    public class TimerCoreTests : CpuBench
    {
        [SetUp]
        public void AddTimer()
        {
            timer = new STM32F4_Timer(Machine, TimerKind.GeneralPurpose16) { Frequency = 1000000 };
            Bus.Register(timer, new BusRangeRegistration(Timer, 0x400));
        }

        [Test]
        public void ShouldStartAtTheInstructionThatStartsIt()
        {
            Run(StartAndLook);
            Assert.That(Word(0x20000800), Is.LessThanOrEqualTo(1), "the counter, right after CEN was set");
            Assert.That(timer.Counter, Is.InRange(790, 810), "a millisecond less 20000 instructions");
        }

        [Test]
        public void ShouldGoOnAtTheInstructionThatGivesItAClock()
        {
            timer.ClockEnabled = false;
            written = _ =>
            {
                timer.ClockEnabled = true;
                timer.WriteDoubleWord(0, 1);
            };
            Run(StoreToDevice);
            Assert.That(timer.Counter, Is.InRange(790, 810));
        }

        private STM32F4_Timer timer;

        private const ulong Timer = 0x40010000;

        /// <summary>Spends 20000 instructions, sets CEN, and stores what CNT is then.</summary>
        private static readonly CpuProgram StartAndLook = new CpuProgram(new Dictionary<int, uint>(), Program(0x0000, 0x4001));

        private static readonly CpuProgram StoreToDevice = new CpuProgram(new Dictionary<int, uint>(), Program(0x0000, 0x4000));

        private static ushort[] Program(ushort low, ushort high)
        {
            return new ushort[]
            {
                0x4805, // ldr r0, [pc, #20]
                0x4B06, // ldr r3, [pc, #24]
                0x3B01, // subs r3, #1
                0xD1FD, // bne.n 204
                0x2101, // movs r1, #1
                0x6001, // str r1, [r0, #0]
                0x6A42, // ldr r2, [r0, #36]
                0x4C04, // ldr r4, [pc, #16]
                0x6022, // str r2, [r4, #0]
                0xE7FE, // b.n 212
                0x0000, 0x0000,
                low, high,
                0x2710, 0x0000, // .word 10000
                0x0800, 0x2000, // .word 0x20000800
            };
        }
    }
}
