// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>HSE stops while the chip runs from it (RM0090 7.2.7).</summary>
    [TestFixture]
    public class ClockFailureTests : ChipTest
    {
        [SetUp]
        public void BuildWithCore()
        {
            Build(clocksTakeTime: false);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldStandStillUntilHseIsBack(bool pll)
        {
            Start(pll);
            RunFor(0.001);
            Rcc.HseFails = true;
            Assert.That(Rcc.StandsStill, Is.True);
            Assert.That(Rcc.SystemClockFrequency, Is.Zero);
            Read(SysTick);
            var before = Count;
            var timerBefore = timer.Counter;
            var cyclesBefore = Dwt.CycleCount;
            var timeBefore = Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds;
            RunFor(0.1);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds - timeBefore, Is.EqualTo(0.1).Within(0.001));
            Assert.That(Count, Is.EqualTo(before));
            Assert.That(timer.Counter, Is.EqualTo(timerBefore));
            Assert.That(Dwt.CycleCount, Is.EqualTo(cyclesBefore));
            Assert.That(Read(SysTick) & 0x10000, Is.Zero, "COUNTFLAG");
            Rcc.HseFails = false;
            Assert.That(Rcc.StandsStill, Is.False);
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(pll ? 168000000 : 8000000));
            RunFor(0.001);
            Assert.That(Count, Is.GreaterThan(before));
            Assert.That(timer.Counter, Is.GreaterThan(timerBefore));
            Assert.That(Dwt.CycleCount, Is.GreaterThan(cyclesBefore));
        }

        [Test]
        public void ShouldGoOnWhenHseAndPllHaveStarted()
        {
            Build(clocksTakeTime: true);
            Start(pll: true);
            Rcc.HseFails = true;
            var before = Count;
            RunFor(0.001);
            Rcc.HseFails = false;
            RunFor(0.00059);
            Assert.That(Count, Is.EqualTo(before));
            RunFor(0.0005);
            Assert.That(Count, Is.GreaterThan(before));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(168000000));
        }

        [Test]
        public void ShouldBeResetByTheIndependentWatchdog()
        {
            Start(pll: true);
            Write(Csr, 1 << 24);
            Write(IndependentWatchdogBase, 0xCCCC);
            Rcc.HseFails = true;
            RunFor(0.6);
            Assert.That(Read(Csr) >> 29 & 1, Is.EqualTo(1), "IWDGRSTF");
            Assert.That(Rcc.StandsStill, Is.False);
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            var before = Count;
            RunFor(0.001);
            Assert.That(Count, Is.GreaterThan(before));
        }

        [Test]
        public void ShouldStartFromHsiAfterAPowerCycle()
        {
            Start(pll: false);
            Rcc.HseFails = true;
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Rcc.StandsStill, Is.False);
            var before = Count;
            RunFor(0.001);
            Assert.That(Count, Is.Not.EqualTo(before));
        }

        [Test]
        public void ShouldRunOnFromHsi()
        {
            SetBits(RccBase, 1 << 16);
            Rcc.HseFails = true;
            Assert.That(Rcc.StandsStill, Is.False);
            var before = Count;
            RunFor(0.001);
            Assert.That(Count, Is.GreaterThan(before));
        }

        [Test]
        public void ShouldNotTakeThatForADebugger()
        {
            Start(pll: false);
            SetBits(DebugComponentBase + 8, 1 << 12);
            Rcc.HseFails = true;
            RunFor(0.01);
            Assert.That(cpu.IsHalted, Is.True);
            Assert.That(IndependentWatchdog.IsHeldByDebugger, Is.False);
            Rcc.HseFails = false;
            cpu.IsHalted = true;
            RunFor(0.01);
            Assert.That(IndependentWatchdog.IsHeldByDebugger, Is.True);
        }

        [Test]
        public void ShouldLeaveACoreHaltedThatADebuggerHas()
        {
            Start(pll: false);
            cpu.IsHalted = true;
            Rcc.HseFails = true;
            Rcc.HseFails = false;
            Assert.That(cpu.IsHalted, Is.True);
        }

        [Test]
        public void ShouldSleepOnAfterwardsAsBefore()
        {
            ClearBits(RccBase + 0x60, 1 << 3);
            Start(pll: false);
            Rcc.OnGPIO(0, true);
            Assert.That(timer.ClockEnabled, Is.False, "TIM5LPEN");
            Rcc.HseFails = true;
            Rcc.HseFails = false;
            Assert.That(timer.ClockEnabled, Is.False);
            Rcc.OnGPIO(0, false);
            Assert.That(timer.ClockEnabled, Is.True);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldTakeTheNmiWithTheClockSecuritySystem(bool pll)
        {
            Start(pll);
            SetBits(RccBase, 1 << 19);
            RunFor(0.001);
            Rcc.HseFails = true;
            Assert.That(Rcc.StandsStill, Is.False);
            var before = Count;
            RunFor(0.001);
            Assert.That(Count, Is.GreaterThan(before));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            Assert.That(Sram.ReadDoubleWord(4), Is.EqualTo(0x80), "RCC_CIR as the handler has seen it");
            Assert.That(Sram.ReadDoubleWord(8), Is.EqualTo(1), "NMIs");
            Assert.That(Read(RccBase + 0x0C), Is.Zero);
        }

        private void Build(bool clocksTakeTime)
        {
            BuildChip(clocksTakeTime: clocksTakeTime, withNvic: true);
            CompleteChip();
            Machine.SystemBus.Register(Flash, new BusRangeRegistration(0, (ulong)Flash.Size));
            cpu = new CortexM("cortex-m4", Machine, Nvic);
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            Nvic.IRQ.Connect(cpu, 0);
            timer = new STM32F4_Timer(Machine, TimerKind.GeneralPurpose32);
            Register(timer, "timer5", 0x40000C00, 0x400);
            Rcc.Register(timer, new ClockGateRegistrationPoint(Alias.TIM5));
            // New RAM holds noise.
            Sram.WriteDoubleWord(0, 0);
            Sram.WriteDoubleWord(8, 0);
            Flash.WriteDoubleWord(0, 0x20010000);
            Flash.WriteDoubleWord(4, 0x08000101);
            Flash.WriteDoubleWord(8, 0x0800010F);
            for(var i = 0; i < Program.Length; i++)
            {
                Flash.WriteDoubleWord(0x100 + (4 * i), Program[i]);
            }
        }

        /// <summary>From HSE, or by the PLL at 168 MHz; TIM5, SysTick and CYCCNT count.</summary>
        private void Start(bool pll)
        {
            SetBits(RccBase, 1 << 16);
            RunFor(0.001);
            if(pll)
            {
                Write(RccBase + 4, 8 | (336 << 6) | (1 << 22) | (7u << 24));
                SetBits(RccBase, 1 << 24);
                RunFor(0.001);
            }
            Write(RccBase + 8, pll ? 2u : 1);
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(pll ? 168000000 : 8000000));
            SetBits(Apb1Enable, 1 << 3);
            Write(0x40000C00, 1);
            Write(SysTick + 4, 999);
            Write(SysTick + 8, 0);
            Write(SysTick, 5);
            Write(DwtBase, 1);
        }

        private uint Count => Sram.ReadDoubleWord(0);

        private CortexM cpu;
        private STM32F4_Timer timer;

        private const ulong SysTick = 0xE000E010;

        // Counts at 0x20000000, for ever. NMI: stores RCC_CIR at 0x20000004, clears CSSF, counts at 0x20000008.
        private static readonly uint[] Program =
        {
            0x5500F04F, 0x30016828, 0xE7FB6028, 0x4806BF00, 0xF04F6801, 0x60515200, 0x0100F441, 0x68916001, 0x60913101, 0xBF004770, 0x4002380C,
        };
    }
}
