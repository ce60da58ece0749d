// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The cycle counter: HCLK, whatever that is, and nothing while the core sleeps (ARMv7-M C1.8).</summary>
    [TestFixture]
    public class STM32F4_DWTTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            flash = AddCodeMemory(0x1000);
            cpu = AddCpu();
            signals = AddCoreSignals(cpu);
            signals.InSleep.Connect(Rcc, 0);
            signals.InDeepSleep.Connect(Pwr, 1);
            debugComponent = new STM32F4_DBGMCU(Machine, Supplies, Rcc, Rtc);
            Register(debugComponent, "dbgmcu", DebugComponentBase, 0x400);
            dwt = new STM32F4_DWT(Machine, Supplies, Rcc, signals, debugComponent);
            Register(dwt, "dwt", DwtBase, 0x1000);
            // A loop of nothing, unless a test has a program.
            Load(0xE7FEE7FE);
        }

        [Test]
        public void ShouldNeedSuppliesAndClocks()
        {
            Assert.That(() => new STM32F4_DWT(Machine, null, Rcc), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_DWT(Machine, Supplies, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldTellWhatItHas()
        {
            Start();
            Assert.That(Read(DwtBase), Is.EqualTo(0x40000001), "four comparators, and the cycle counter");
            Assert.That(Read(DwtBase + 0xFE0), Is.EqualTo(0x02));
            Assert.That(Read(DwtBase + 0xFF0), Is.EqualTo(0x0D));
            Write(DwtBase + 0x50, 0x12345678);
            Assert.That(Read(DwtBase + 0x50), Is.EqualTo(0x12345678), "COMP3");
        }

        [Test]
        public void ShouldCountHclkWhateverThatIs()
        {
            RunFor(0.001);
            Assert.That(dwt.CycleCount, Is.Zero, "nobody has started it");
            Start();
            RunFor(0.001);
            Assert.That(Read(CycleCounter), Is.EqualTo(16000).Within(2), "HSI");
            SetBits(RccBase + 8, 8 << 4);
            RunFor(0.001);
            Assert.That(Read(CycleCounter), Is.EqualTo(24000).Within(4), "HSI / 2");
            SetBits(RccBase, 1 << 16);
            RunFor(0.01);
            Write(RccBase + 8, 1);
            var before = Read(CycleCounter);
            RunFor(0.001);
            Assert.That(Read(CycleCounter) - before, Is.EqualTo(8000).Within(4), "HSE");
            Write(DwtBase, 0);
            var after = Read(CycleCounter);
            RunFor(0.001);
            Assert.That(Read(CycleCounter), Is.EqualTo(after));
        }

        [Test]
        public void ShouldLoseNoPartOfACycle()
        {
            Start();
            for(var i = 0; i < 1000; i++)
            {
                // 1.6 cycles
                RunFor(0.0000001);
                Read(CycleCounter);
            }
            Assert.That(Read(CycleCounter), Is.EqualTo(1600).Within(1));
        }

        [Test]
        public void ShouldCountForHours()
        {
            // No core, else it takes as long as it says.
            cpu.IsHalted = true;
            Start();
            RunFor(3000);
            Assert.That(Read(CycleCounter), Is.EqualTo(3000ul * 16000000 % (1ul << 32)).Within(4));
        }

        [Test]
        public void ShouldCountOnFromWhatIsWritten()
        {
            Start();
            RunFor(0.001);
            Write(CycleCounter, 0xFFFFFFF0);
            Assert.That(Read(CycleCounter), Is.EqualTo(0xFFFFFFF0));
            RunFor(0.000002);
            Assert.That(Read(CycleCounter), Is.EqualTo(16).Within(2), "over the end");
        }

        [Test]
        public void ShouldCountToTheInstruction()
        {
            Load(CountAndSleep);
            Start();
            RunFor(0.001);
            // 2001 instructions of 10 ns at 16 MHz.
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(320).Within(2));
        }

        [TestCase(0u, 0)]
        [TestCase(1u, 16000)]
        public void ShouldStandStillInSleepUnlessADebuggerKeepsTheClock(uint debugControl, int expected)
        {
            Write(DebugComponentBase + 4, debugControl);
            Load(CountAndSleep);
            Start();
            RunFor(0.001);
            Assert.That(signals.InSleep.IsSet);
            var before = Read(CycleCounter);
            // Renode tells of the sleep at the end of the time slice in which it has begun: 100 us.
            Assert.That(before, expected == 0 ? Is.InRange(300, 1610) : Is.InRange(15980, 16010));
            RunFor(0.001);
            Assert.That(Read(CycleCounter) - before, Is.EqualTo(expected).Within(2));
        }

        [Test]
        public void ShouldStandStillInStop()
        {
            Start();
            Pwr.OnGPIO(1, true);
            var before = Read(CycleCounter);
            RunFor(0.001);
            Assert.That(Read(CycleCounter), Is.EqualTo(before));
            Pwr.OnGPIO(1, false);
            RunFor(0.001);
            Assert.That(Read(CycleCounter) - before, Is.EqualTo(16000).Within(2));
        }

        [Test]
        public void ShouldDoNothingWithoutTrcena()
        {
            Write(DwtBase, 1);
            Assert.That(dwt.GuestMistakes, Does.Contain("1 x DWT_CTRL: write ignored, because DEMCR.TRCENA is 0"));
            Start();
            RunFor(0.001);
            Write(DebugControl, 0);
            Assert.That(Read(DwtBase), Is.Zero);
            RunFor(0.001);
            Assert.That(dwt.CycleCount, Is.EqualTo(16000).Within(2));
            Write(DebugControl, TraceEnable);
            RunFor(0.001);
            Assert.That(Read(CycleCounter), Is.EqualTo(32000).Within(4));
        }

        [Test]
        public void ShouldGoOnThroughASystemReset()
        {
            Start();
            RunFor(0.001);
            Supplies.PressReset();
            RunFor(0.001);
            Assert.That(Read(DebugControl) & TraceEnable, Is.EqualTo(TraceEnable));
            Assert.That(Read(CycleCounter), Is.EqualTo(32000).Within(4));
        }

        [Test]
        public void ShouldBeOffAfterThePowerWas()
        {
            Start();
            Write(DwtBase + 0x20, 5);
            RunFor(0.001);
            Supplies.PowerOff();
            Supplies.PowerOn();
            RunFor(0.001);
            Assert.That(Read(DebugControl) & TraceEnable, Is.Zero);
            Write(DebugControl, TraceEnable);
            Assert.That(Read(DwtBase), Is.EqualTo(0x40000000));
            Assert.That(Read(CycleCounter), Is.Zero);
            Assert.That(Read(DwtBase + 0x20), Is.Zero);
        }

        private void Start()
        {
            Write(DebugControl, TraceEnable);
            Write(DwtBase, 1);
        }

        private void Load(params uint[] program)
        {
            flash.WriteDoubleWord(0, 0x20010000);
            flash.WriteDoubleWord(4, 0x08000101);
            for(var i = 0; i < program.Length; i++)
            {
                flash.WriteDoubleWord(0x100 + (4 * i), program[i]);
            }
        }

        private MappedMemory flash;
        private CortexM cpu;
        private CoreSignals signals;
        private STM32F4_DBGMCU debugComponent;
        private STM32F4_DWT dwt;

        private const ulong CycleCounter = DwtBase + 4;
        private const ulong DebugControl = 0xE000EDFC;
        private const uint TraceEnable = 1 << 24;

        // Reads CYCCNT, spends 2000 instructions, stores at 0x20000000 what CYCCNT has counted; then WFI.
        private static readonly uint[] CountAndSleep =
        {
            0xF04F4807, 0xF44F5400, 0x6841737A, 0xD1FD3B01, 0x1A526842, 0xBF306022, 0x60626842, 0xBF00E7FB, 0xE0001000,
        };
    }
}
