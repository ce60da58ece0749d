// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Bus;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    // FaultHandler logs: exception, stacked PC, CFSR, HFSR, MMFAR, BFAR
    [TestFixture]
    public class CpuFaultTests : CpuBench
    {
        [Test]
        public void ShouldRaiseUsageFaultByAnUndefinedInstruction()
        {
            EnableFaults();
            Run(CpuPrograms.Undefined, 100, (6, CpuPrograms.FaultHandler));
            AssertFault(6, CpuPrograms.Undefined.Address + 2, 1 << 16, 0);
            Assert.That(Register(6), Is.EqualTo(1));
        }

        [Test]
        public void ShouldEscalateToHardFaultIfNotEnabled()
        {
            Run(CpuPrograms.Undefined, 100, (3, CpuPrograms.FaultHandler));
            AssertFault(3, CpuPrograms.Undefined.Address + 2, 1 << 16, 1 << 30);
        }

        [Test]
        public void ShouldTrapDivisionByZero()
        {
            EnableFaults();
            Run(CpuPrograms.DivisionByZero, 100, (6, CpuPrograms.FaultHandler));
            AssertFault(6, CpuPrograms.DivisionByZero.Address + 20, 1 << 25, 0);
            Assert.That(Register(6), Is.Zero);
        }

        [Test]
        public void ShouldTrapUnalignedAccess()
        {
            EnableFaults();
            Run(CpuPrograms.Unaligned, 100, (6, CpuPrograms.FaultHandler));
            AssertFault(6, CpuPrograms.Unaligned.Address + 18, 1 << 24, 0);
            Assert.That(Register(6), Is.Zero);
        }

        [Test]
        public void ShouldAllowUnalignedAccessByDefault()
        {
            var program = CpuPrograms.Unaligned with { Code = (ushort[])CpuPrograms.Unaligned.Code.Clone() };
            // leave CCR alone
            program.Code[3] = 0xBF00;
            Machine.SystemBus.WriteDoubleWord(0x20002000, 0x44332211);
            Machine.SystemBus.WriteDoubleWord(0x20002004, 0x88776655);
            Run(program, 100);
            Assert.That(Register(5), Is.EqualTo(0x55443322));
        }

        [Test]
        public void ShouldFaultOnFloatingPointWhileItIsDisabled()
        {
            EnableFaults();
            Run(CpuPrograms.FloatingPointDisabled, 100, (6, CpuPrograms.FaultHandler));
            AssertFault(6, CpuPrograms.FloatingPointDisabled.Address + 2, 1 << 19, 0);
        }

        [Test]
        public void ShouldRaiseAPreciseBusFaultByALoad()
        {
            Machine.SystemBus.UnhandledAccessBehaviour = UnhandledAccessBehaviour.ThrowException;
            EnableFaults();
            Run(CpuPrograms.BusError, 100, (5, CpuPrograms.FaultHandler));
            AssertFault(5, CpuPrograms.BusError.Address + 6, 0x8200, 0);
            Assert.That(Log[5], Is.EqualTo(0x60000010));
            Assert.That(Register(5), Is.EqualTo(3), "the load must not have changed its register");
            Assert.That(Register(6), Is.Zero);
        }

        [Test]
        public void ShouldRaiseAPreciseBusFaultByAStore()
        {
            Machine.SystemBus.UnhandledAccessBehaviour = UnhandledAccessBehaviour.ThrowException;
            EnableFaults();
            Run(CpuPrograms.BusErrorStore, 100, (5, CpuPrograms.FaultHandler));
            AssertFault(5, CpuPrograms.BusErrorStore.Address + 4, 0x8200, 0);
            Assert.That(Word(InitialStack - 0x20 + 4), Is.EqualTo(0x60000020), "the base register must not have been written back");
        }

        [Test]
        public void ShouldReadZeroWhereNothingIs()
        {
            Run(CpuPrograms.BusError, 100);
            Assert.That(Register(5), Is.Zero);
            Assert.That(Register(6), Is.EqualTo(1));
        }

        [Test]
        public void ShouldFaultOnABreakpointWithoutDebugger()
        {
            Run(CpuPrograms.Breakpoint, 100, (3, CpuPrograms.FaultHandler));
            AssertFault(3, CpuPrograms.Breakpoint.Address, 0, 1u << 31);
        }

        [TestCase(0x40000001u)]
        [TestCase(0x40024001u)]
        [TestCase(0xE0000001u)]
        public void ShouldFaultOnFetchFromAnExecuteNeverRegion(uint target)
        {
            AddMemory(0x40024000, 0x1000);
            Machine.SystemBus.WriteDoubleWord(0x40024000, 0xE7FEE7FE);
            EnableFaults();
            Register(0, target);
            Run(CpuPrograms.JumpThroughRegister, 100, (4, CpuPrograms.FaultHandler));
            AssertFault(4, target & ~1u, 1, 0);
        }

        [Test]
        public void ShouldFaultOnLeavingThumbState()
        {
            EnableFaults();
            Register(0, 0x08000400);
            Run(CpuPrograms.JumpThroughRegister, 100, (6, CpuPrograms.FaultHandler));
            AssertFault(6, 0x08000400, 1 << 17, 0);
        }

        [Test]
        public void ShouldHaltOnFetchFromNowhere()
        {
            Register(0, 0x00100001);
            Run(CpuPrograms.JumpThroughRegister, 100);
            Assert.That(Cpu.IsHalted);
            Assert.That((uint)Cpu.PC, Is.EqualTo(0x00100000));
        }

        [Test]
        public void ShouldLockUpByAFaultInHardFault()
        {
            Run(CpuPrograms.Undefined, 100, (3, CpuPrograms.Undefined));
            Assert.That(Cpu.IsLockedUp);
            Assert.That(Nvic.Lockup.IsSet);
            Machine.Reset();
            Assert.That(Cpu.IsLockedUp, Is.False);
        }

        [Test]
        public void ShouldSurviveAFaultingVectorTable()
        {
            Machine.SystemBus.UnhandledAccessBehaviour = UnhandledAccessBehaviour.ThrowException;
            Cpu.InitVectorTableOffset = 0x60000000;
            Continue(100);
            Assert.That(Cpu.IsLockedUp);
        }

        private void EnableFaults() => Machine.SystemBus.WriteDoubleWord(0xE000ED24, 7 << 16);

        private void AssertFault(uint exception, uint address, uint faultStatus, uint hardFaultStatus)
        {
            Assert.That(Log.Length, Is.EqualTo(6));
            Assert.Multiple(() =>
            {
                Assert.That(Log[0], Is.EqualTo(exception), "exception");
                Assert.That(Log[1], Is.EqualTo(address), "stacked PC");
                Assert.That(Log[2], Is.EqualTo(faultStatus), "CFSR");
                Assert.That(Log[3], Is.EqualTo(hardFaultStatus), "HFSR");
            });
        }
    }
}
