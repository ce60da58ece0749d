// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class CpuExceptionTests : CpuBench
    {
        [Test]
        public void ShouldEnterAndLeaveAnInterrupt()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.Count, 100, (16, CpuPrograms.LogException));
            var registers = Enumerable.Range(0, 4).Append(12).Append(14).ToArray();
            foreach(var i in registers)
            {
                Register(i, 0x100u + (uint)i);
            }
            Raise(0);
            Continue(100);
            Assert.That(Log, Is.EqualTo(new uint[] { 16, 0xFFFFFFF9, InitialStack - 0x20 }));
            Assert.That(registers.Select(Register), Is.EqualTo(registers.Select(x => 0x100u + (uint)x)));
            Assert.That(Register(13), Is.EqualTo(InitialStack));
            Assert.That(Register(4), Is.GreaterThan(80));
        }

        [Test]
        public void ShouldStackRegistersInOrder()
        {
            EnableInterrupt(0, 0);
            Run(CpuPrograms.Idle, 10);
            for(var i = 0; i < 4; i++)
            {
                Register(i, 0x10u + (uint)i);
            }
            Register(12, 0x1C);
            Register(14, 0x1E);
            Raise(0);
            Continue(10);
            Assert.That(Enumerable.Range(0, 7).Select(x => Word(InitialStack - 0x20 + 4 * (uint)x)), Is.EqualTo(new uint[] { 0x10, 0x11, 0x12, 0x13, 0x1C, 0x1E, CpuPrograms.Idle.Address }));
            Assert.That(Word(InitialStack - 4) & 0x01000200, Is.EqualTo(0x01000000));
        }

        [Test]
        public void ShouldAlignTheStackOnEntryAndUndoIt()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.LogException));
            Register(13, InitialStack - 4);
            Raise(0);
            Continue(50);
            Assert.That(Log[2], Is.EqualTo(InitialStack - 0x28));
            Assert.That(Word(InitialStack - 0x28 + 0x1C) & 0x200, Is.EqualTo(0x200));
            Assert.That(Register(13), Is.EqualTo(InitialStack - 4));
        }

        [Test]
        public void ShouldTakeTheMoreUrgentOfTwoFirst()
        {
            EnableInterrupt(0, 0x80);
            EnableInterrupt(1, 0x40);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.Handler1), (17, CpuPrograms.Handler2));
            Raise(0);
            Raise(1);
            Continue(100);
            Assert.That(Log, Is.EqualTo(new uint[] { 2, 1 }));
        }

        [TestCase(0x40, new uint[] { 0x10, 2, 0x11 }, TestName = "ShouldPreemptALessUrgentHandler")]
        [TestCase(0x80, new uint[] { 0x10, 0x11, 2 }, TestName = "ShouldNotPreemptAHandlerOfTheSamePriority")]
        [TestCase(0xC0, new uint[] { 0x10, 0x11, 2 }, TestName = "ShouldNotPreemptAMoreUrgentHandler")]
        public void ShouldPreemptByPriority(byte priority, uint[] expected)
        {
            EnableInterrupt(0, 0x80);
            EnableInterrupt(1, priority);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.HandlerPending), (17, CpuPrograms.Handler2));
            Raise(0);
            Continue(100);
            Assert.That(Log, Is.EqualTo(expected));
            Assert.That(Register(13), Is.EqualTo(InitialStack));
        }

        [Test]
        public void ShouldIgnoreSubPrioritiesForPreemption()
        {
            // PRIGROUP 6: bit 7 alone decides
            Machine.SystemBus.WriteDoubleWord(0xE000ED0C, 0x05FA0600);
            EnableInterrupt(0, 0x70);
            EnableInterrupt(1, 0x10);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.HandlerPending), (17, CpuPrograms.Handler2));
            Raise(0);
            Continue(100);
            Assert.That(Log, Is.EqualTo(new uint[] { 0x10, 0x11, 2 }));
        }

        [Test]
        public void ShouldChainHandlersOnOneFrame()
        {
            EnableInterrupt(0, 0x80);
            EnableInterrupt(1, 0x80);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.LogException), (17, CpuPrograms.LogException));
            Raise(0);
            Raise(1);
            Continue(100);
            Assert.That(Log, Is.EqualTo(new uint[] { 16, 0xFFFFFFF9, InitialStack - 0x20, 17, 0xFFFFFFF9, InitialStack - 0x20 }));
            Assert.That(Register(13), Is.EqualTo(InitialStack));
        }

        [Test]
        public void ShouldTakeAnInterruptAgainWhileItsLineIsHigh()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.Handler1));
            Nvic.OnGPIO(0, true);
            Continue(12);
            Nvic.OnGPIO(0, false);
            Continue(50);
            Assert.That(Log.Length, Is.InRange(2, 4));
            var count = Log.Length;
            Continue(100);
            Assert.That(Log.Length, Is.EqualTo(count));
        }

        [Test]
        public void ShouldHoldBackAnInterruptByPrimask()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.MaskedByPrimask, 100, (16, CpuPrograms.Handler1));
            Assert.That(Log, Is.EqualTo(new uint[] { 8, 1, 9 }));
        }

        [Test]
        public void ShouldHoldBackAnInterruptByBasepri()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.MaskedByBasepri, 100, (16, CpuPrograms.Handler1));
            // BASEPRI_MAX does not lower the bar from 0x40 to 0x50
            Assert.That(Log, Is.EqualTo(new uint[] { 8, 0x40, 1, 9 }));
        }

        [Test]
        public void ShouldPassBasepriIfMoreUrgent()
        {
            EnableInterrupt(0, 0x30);
            Run(CpuPrograms.MaskedByBasepri, 100, (16, CpuPrograms.Handler1));
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 8, 0x40, 9 }));
        }

        [Test]
        public void ShouldCallTheSupervisor()
        {
            Run(CpuPrograms.SupervisorCall, 50, (11, CpuPrograms.LogException));
            Assert.That(Log, Is.EqualTo(new uint[] { 11, 0xFFFFFFF9, InitialStack - 0x20, 5 }));
            // the stacked address is that of the next instruction
            Assert.That(Word(InitialStack - 0x20 + 0x18), Is.EqualTo(CpuPrograms.SupervisorCall.Address + 4));
        }

        [Test]
        public void ShouldTakePendSVAfterABarrier()
        {
            Run(CpuPrograms.PendSV, 50, (14, CpuPrograms.Handler1));
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 9 }));
        }

        [Test]
        public void ShouldKeepFloatingPointRegistersOverAnInterrupt()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.FloatingPoint, 200, (16, CpuPrograms.FloatingPointHandler));
            Assert.That(Log, Is.EqualTo(new uint[]
            {
                // handler: EXC_RETURN for a frame with FPU state; a new context
                0xFFFFFFE9, 0, 0,
                // program: FPSCR, S0, S15, S16, CONTROL.FPCA
                0xA0000000, 0x3F800000, 0x40000000, 0x40400000, 4,
            }));
            Assert.That(Register(13), Is.EqualTo(InitialStack));
        }

        [Test]
        public void ShouldUseTheProcessStackAndDropPrivileges()
        {
            Run(CpuPrograms.Unprivileged, 100, (11, CpuPrograms.LogException));
            Assert.That(Log, Is.EqualTo(new uint[] { 11, 0xFFFFFFFD, InitialStack, 3, 0x20004000 }));
            Assert.That((uint)Cpu.GetRegister(16), Is.EqualTo(InitialStack));
            Assert.That((uint)Cpu.GetRegister(17), Is.EqualTo(0x20004000));
            Assert.That(Word(0x20004000 - 0x20 + 0x18), Is.EqualTo(CpuPrograms.Unprivileged.Address + 18));
        }

        [TestCase(0x3E7u, 10u)]
        [TestCase(0x1387u, 2u)]
        public void ShouldCountTimeWithSysTick(uint reload, uint expected)
        {
            Machine.SystemBus.WriteDoubleWord(0xE000E014, reload);
            Machine.SystemBus.WriteDoubleWord(0xE000E018, 0);
            Machine.SystemBus.WriteDoubleWord(0xE000E010, 7);
            Run(CpuPrograms.Count, 10050, (15, CpuPrograms.Handler1));
            Assert.That(Log.Length, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldShowTheCountOfSysTick()
        {
            Machine.SystemBus.WriteDoubleWord(0xE000E014, 999);
            Machine.SystemBus.WriteDoubleWord(0xE000E018, 0);
            Machine.SystemBus.WriteDoubleWord(0xE000E010, 5);
            Run(CpuPrograms.Idle, 300);
            Assert.That(Word(0xE000E018), Is.EqualTo(700).Within(2));
            Assert.That(Word(0xE000E010), Is.EqualTo(5));
            Continue(1000);
            Assert.That(Word(0xE000E010), Is.EqualTo(0x10005));
            Assert.That(Word(0xE000E010), Is.EqualTo(5), "COUNTFLAG is cleared by reading it");
            Assert.That(Log, Is.Empty);
        }

        [Test]
        public void ShouldScaleSysTickWithItsFrequency()
        {
            Nvic.Frequency = SystickFrequency / 10;
            Machine.SystemBus.WriteDoubleWord(0xE000E014, 99);
            Machine.SystemBus.WriteDoubleWord(0xE000E018, 0);
            Machine.SystemBus.WriteDoubleWord(0xE000E010, 7);
            Run(CpuPrograms.Count, 10050, (15, CpuPrograms.Handler1));
            Assert.That(Log.Length, Is.EqualTo(10));
        }

        [Test]
        public void ShouldSleepUntilAnInterrupt()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.WaitForInterrupt, 1000, (16, CpuPrograms.Handler1));
            Assert.That(Cpu.IsSleeping);
            Assert.That(Register(4), Is.Zero);
            Raise(0);
            Continue(1000);
            Assert.That(Register(4), Is.EqualTo(1));
            Assert.That(Log, Is.EqualTo(new uint[] { 1 }));
            Assert.That(Cpu.IsSleeping);
        }

        [Test]
        public void ShouldWakeByAnInterruptThatPrimaskHoldsBack()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.WaitForInterrupt, 10, (16, CpuPrograms.Handler1));
            Cpu.SetRegister(28, 1);
            Raise(0);
            Continue(1);
            Assert.That(Log, Is.Empty);
            Assert.That(Register(4), Is.GreaterThan(0));
        }

        [Test]
        public void ShouldStopSysTickInDeepSleep()
        {
            EnableInterrupt(0, 0x80);
            Machine.SystemBus.WriteDoubleWord(0xE000ED10, 4);
            Machine.SystemBus.WriteDoubleWord(0xE000E014, 99);
            Machine.SystemBus.WriteDoubleWord(0xE000E010, 7);
            Run(CpuPrograms.WaitForInterrupt, 1000, (16, CpuPrograms.Handler1));
            Assert.That(Cpu.IsSleeping);
            var count = Machine.SystemBus.ReadDoubleWord(0xE000E018);
            Continue(100);
            Assert.That(Machine.SystemBus.ReadDoubleWord(0xE000E018), Is.EqualTo(count));
            Raise(0);
            Continue(3);
            Assert.That(Machine.SystemBus.ReadDoubleWord(0xE000E018), Is.Not.EqualTo(count));
        }

        [Test]
        public void ShouldGoOnAtOnceIfAnEventWasSent()
        {
            Run(CpuPrograms.WaitForEvent, 100);
            Assert.That(Log, Is.EqualTo(new uint[] { 1 }));
            Assert.That(Cpu.IsSleeping);
        }

        [Test]
        public void ShouldSleepOnExit()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.SleepOnExit, 100, (16, CpuPrograms.Handler1));
            Raise(0);
            Continue(100);
            Assert.That(Log, Is.EqualTo(new uint[] { 1 }));
            Assert.That(Cpu.IsSleeping);
            Assert.That(Register(6), Is.Zero);
        }

        [Test]
        public void ShouldMoveTheVectorTable()
        {
            EnableInterrupt(0, 0x80);
            Run(CpuPrograms.Count, 10, (16, CpuPrograms.Handler1));
            Load(CpuPrograms.Handler2);
            Machine.SystemBus.WriteDoubleWord(0x20000200 + 16 * 4, CpuPrograms.Handler2.Address | 1);
            Machine.SystemBus.WriteDoubleWord(0xE000ED08, 0x20000200);
            Raise(0);
            Continue(50);
            Assert.That(Log, Is.EqualTo(new uint[] { 2 }));
        }
    }
}
