// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;

using NUnit.Framework;

using UnitTests.Contract;

namespace UnitTests
{
    [TestFixture]
    public class CoreSignalsTests : CpuBench
    {
        [SetUp]
        public void AddSignals()
        {
            Add(0);
        }

        [Test]
        public void ShouldTellOfSleep()
        {
            Run(CpuPrograms.Sleep, 500);
            Assert.That(signals.InSleep.IsSet);
            Assert.That(signals.InDeepSleep.IsSet, Is.False);
        }

        [Test]
        public void ShouldTellOfDeepSleep()
        {
            var probe = Watch(signals.InDeepSleep);
            Run(CpuPrograms.DeepSleep);
            Assert.That(probe.Changes, Is.EqualTo(new[] { (0, true) }));
            Assert.That(signals.InSleep.IsSet, Is.False);
            nvic.OnGPIO(0, true);
            nvic.OnGPIO(0, false);
            RunFor(1000);
            Assert.That(probe.Changes, Is.EqualTo(new[] { (0, true), (0, false) }));
            Assert.That(Log, Is.EqualTo(new uint[] { 9, 1 }));
        }

        [Test]
        public void ShouldNotTakeALoopOfNothingForSleep()
        {
            Run(new CpuProgram(new Dictionary<int, uint>(), new ushort[] { 0xE7FE }));
            Assert.That(signals.InSleep.IsSet, Is.False);
        }

        [Test]
        public void ShouldTellOfWaitingForAnEvent()
        {
            Run(CpuPrograms.Event);
            Assert.That(signals.InSleep.IsSet);
        }

        [Test]
        public void ShouldPassARequestForAResetOn()
        {
            var probe = Watch(signals.SystemResetRequest);
            Run(CpuPrograms.ResetRequest);
            // The write without key before it does nothing.
            Assert.That(probe.Changes, Is.EqualTo(new[] { (0, true) }));
            Assert.That(Log, Is.EqualTo(new uint[] { 1, 2 }));
            Assert.That(board.Resets, Is.Zero);
        }

        [Test]
        public void ShouldLeaveTheResetToTheMachineIfNobodyListens()
        {
            Run(CpuPrograms.ResetRequest, 10000);
            Assert.That(Word(0x20000800), Is.EqualTo(3));
            Assert.That(board.Resets, Is.EqualTo(2));
        }

        [Test]
        public void ShouldLeaveOtherBitsOfTheRegisterToTheCore()
        {
            Watch(signals.SystemResetRequest);
            Bus.WriteDoubleWord(0xE000ED0C, 0x05FA0304);
            Assert.That(Word(0xE000ED0C) & 0x700, Is.EqualTo(0x300), "PRIGROUP");
            Assert.That(signals.SystemResetRequest.IsSet);
        }

        [Test]
        public void ShouldLowerItsLinesAtAReset()
        {
            Watch(signals.SystemResetRequest);
            Run(CpuPrograms.DeepSleep);
            Bus.WriteDoubleWord(0xE000ED0C, 0x05FA0004);
            Machine.Reset();
            Assert.That(signals.InDeepSleep.IsSet, Is.False);
            Assert.That(signals.SystemResetRequest.IsSet, Is.False);
        }

        [Test]
        public void ShouldStartAtZeroWhateverIsLoadedElsewhere()
        {
            Run(CpuPrograms.Boot);
            Machine.Reset();
            Bus.WriteDoubleWord(Ram, 4);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { Stack, 0, 0, 0, 0 }));
        }

        [Test]
        public void ShouldStartAtTheBootAddressAfterEachReset()
        {
            EndMachine();
            NewMachine();
            NewCore();
            Add(Elsewhere);
            Load(CpuPrograms.Boot);
            // The same program, with another stack; the core sees memory there only once the signals have been made.
            var other = Memory(Elsewhere, 0x1000);
            other.WriteDoubleWord(0, Stack + 0x100);
            other.WriteDoubleWord(4, Code | 1);
            for(var i = 0; i < 3; i++)
            {
                Bus.WriteDoubleWord(Ram, 4);
                RunFor(1000);
                Assert.That(Log.FirstOrDefault(), Is.EqualTo(Stack + 0x100), $"start {i}");
                Machine.Reset();
            }
        }

        // The thread of one of Renode's cores may be there as soon as time goes on, however long the start takes: here, until it has done something.
        [Test]
        public void ShouldNotRunBeforeItHasReadTheVectorTable()
        {
            if(typeof(CortexM).GetProperty("TimeHandle") == null)
            {
                Assert.Ignore("The standalone host's core has no thread of its own");
            }
            Run(CpuPrograms.Boot);
            Emulation.StartAll();
            var reads = 0;
            var early = 0ul;
            Bus.SetHookAfterPeripheralRead<uint>(rom, (value, _) =>
            {
                var before = cpu.ExecutedInstructions;
                ((dynamic)cpu).TimeHandle.RequestStart();
                SpinWait.SpinUntil(() => cpu.ExecutedInstructions != before, 200);
                reads++;
                early += cpu.ExecutedInstructions - before;
                return value;
            }, new Antmicro.Renode.Core.Range(0, 8));
            Machine.Reset();
            Emulation.PauseAll();
            Assert.That(reads, Is.GreaterThanOrEqualTo(2), "stack and entry");
            Assert.That(early, Is.Zero);
            Assert.That(Word(FaultStatus), Is.Zero);
        }

        [Test]
        public void ShouldSeeAFaultWithoutHandlerBecomeAHardFault()
        {
            Run(CpuPrograms.Undefined);
            Assert.That(Log, Is.EqualTo(new uint[] { 3, 0x00010000, 0x40000000, 0xFFFFFFF9 }), "IPSR, CFSR: UNDEFINSTR, HFSR: FORCED, EXC_RETURN");
            Bus.WriteDoubleWord(HardFaultStatus, 1 << 30);
            Assert.That(Word(HardFaultStatus), Is.Zero);
        }

        [Test]
        public void ShouldLeaveAFaultToItsHandlerIfItIsEnabled()
        {
            Bus.WriteDoubleWord(HandlerControl, 1 << 18);
            Load(CpuPrograms.Undefined);
            rom.WriteDoubleWord(6 * 4, CpuPrograms.Undefined.Handlers[3] | 1);
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { 6, 0x00010000, 0, 0xFFFFFFF9 }));
        }

        [Test]
        public void ShouldMakeAFaultAHardFaultWhileItsHandlerIsMasked()
        {
            Bus.WriteDoubleWord(HandlerControl, 1 << 18);
            Load(CpuPrograms.Undefined);
            rom.WriteWord(Code + 2, 0xDE00);  // udf #0
            rom.WriteWord(Code, 0xB672);      // cpsid i
            RunFor(1000);
            Assert.That(Log.Take(3), Is.EqualTo(new uint[] { 3, 0x00010000, 0x40000000 }));
        }

        [Test]
        public void ShouldLockUpByAFaultInTheHandlerOfHardFault()
        {
            Load(CpuPrograms.Undefined);
            rom.WriteWord(CpuPrograms.Undefined.Handlers[3], 0xDE00);
            RunFor(1000);
            var instructions = cpu.ExecutedInstructions;
            RunFor(1000);
            Assert.That(Log, Is.Empty);
            Assert.That(cpu.ExecutedInstructions - instructions, Is.Zero);
            Assert.That(signals.IsLockedUp);
            Load(CpuPrograms.Boot);
            Machine.Reset();
            Assert.That(signals.IsLockedUp, Is.False);
            Bus.WriteDoubleWord(Ram, 4);
            cpu.IsHalted = false;
            RunFor(1000);
            Assert.That(Log, Is.EqualTo(new uint[] { Stack, 0, 0, 0, 0 }), "a reset ends it");
        }

        // Renode's SysTick lasts one clock less than the architecture's, in which RVR + 1 clocks make a period.
        [TestCase(7u, 100)]
        [TestCase(3u, 12)]
        public void ShouldLetSysTickCountHclkOrAnEighthOfIt(uint control, int expected)
        {
            Run(CpuPrograms.SysTick, 100);
            Bus.WriteDoubleWord(SysTickControl, control);
            Bus.WriteDoubleWord(SysTickControl + 8, 0);
            var before = Word(0x20000800);
            RunFor(100500);
            Assert.That(Word(0x20000800) - before, Is.EqualTo(expected));
            Assert.That(Word(SysTickControl) & 7, Is.EqualTo(control));
        }

        [Test]
        public void ShouldLetSysTickCountAnEighthAfterAReset()
        {
            Assert.That(Word(SysTickControl), Is.Zero);
            Assert.That(nvic.Divider, Is.EqualTo(8));
            Bus.WriteDoubleWord(SysTickControl, 4);
            Assert.That(nvic.Divider, Is.EqualTo(1));
            Machine.Reset();
            Assert.That(Word(SysTickControl), Is.Zero);
            Assert.That(nvic.Divider, Is.EqualTo(8));
        }

        [Test]
        public void ShouldTellThatTraceIsOn()
        {
            var changes = 0;
            signals.TraceEnabledChanged += () => changes++;
            Bus.WriteDoubleWord(DebugControl, 1 << 24);
            Assert.That(signals.TraceEnabled);
            Machine.Reset();
            Assert.That(Word(DebugControl) & (1 << 24), Is.Not.Zero, "no reset of the system clears it");
            Bus.WriteDoubleWord(DebugControl, 0);
            Assert.That(signals.TraceEnabled, Is.False);
            Assert.That(Word(DebugControl), Is.Zero);
            Assert.That(changes, Is.EqualTo(2));
        }

        [Test]
        public void ShouldNeedACoreAndItsInterruptController()
        {
            Assert.That(() => new CoreSignals(Machine, null, nvic), Throws.TypeOf<ConstructionException>());
            Assert.That(() => new CoreSignals(Machine, cpu, null), Throws.TypeOf<ConstructionException>());
        }

        private void Add(uint bootAddress)
        {
            signals = new CoreSignals(Machine, cpu, nvic, bootAddress);
            Bus.Register(signals, NullRegistrationPoint.Instance);
            Machine.SetLocalName(signals, "coreSignals");
        }

        private static Probe Watch(GPIO line)
        {
            var result = new Probe();
            line.Connect(result, 0);
            result.Changes.Clear();
            return result;
        }

        private CoreSignals signals;

        private const uint Elsewhere = 0x08000000;
        private const ulong SysTickControl = 0xE000E010;
        private const ulong DebugControl = 0xE000EDFC;
        private const ulong HandlerControl = 0xE000ED24;
        private const ulong FaultStatus = 0xE000ED28;
        private const ulong HardFaultStatus = 0xE000ED2C;
    }
}
