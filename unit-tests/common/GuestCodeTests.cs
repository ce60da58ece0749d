// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Diagnostics;
using System.Threading;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;

using Moq;

using NUnit.Framework;

using STM32F4_EXTI = Antmicro.Renode.Peripherals.Chip.STM32F4_EXTI;

namespace UnitTests
{
    /// <summary>The chip with its core: what only code that runs can show.</summary>
    [TestFixture]
    public class GuestCodeTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            flash = AddCodeMemory(0x10000);
            cpu = AddCpu();
            signals = AddCoreSignals(cpu);
            signals.SystemResetRequest.Connect(Supplies, 0);
            signals.InDeepSleep.Connect(Pwr, 1);
        }

        [Test]
        public void ShouldObeyDbpWithinABlockOfInstructions()
        {
            LoadProgram(DbpToggle);
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(0xAAAA5555), "the write while protected was dropped");
            Assert.That(Sram.ReadDoubleWord(4), Is.EqualTo(0x12345678), "the write after that was not");
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0xAAAA5555));
            Assert.That(BackupSram.GuestMistakeCount, Is.EqualTo(1));
        }

        [Test]
        public void ShouldTellTheCoreFromADebuggerUnderReadProtection()
        {
            Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>(x => x.ReadProtectionLevel == 1);
            LoadProgram(DbpToggle);
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(0xAAAA5555), "read while DBP was 0, over the bus");
            Assert.That(Sram.ReadDoubleWord(4), Is.EqualTo(0x12345678), "read as memory");
            Assert.That(Read(BackupSramBase), Is.Zero, "Monitor");
            Assert.That(Machine.SystemBus.ReadDoubleWord(BackupSramBase, cpu), Is.Zero, "GDB, which names the core");
            Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>();
            Assert.That(Machine.SystemBus.ReadDoubleWord(BackupSramBase, cpu), Is.EqualTo(0xAAAA5555));
        }

        [Test]
        public void ShouldFaultOnInstructionFetchFromBackupSram()
        {
            LoadProgram(Execute);
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(4), Is.EqualTo(1), "CFSR: IACCVIOL");
            Assert.That(Sram.ReadDoubleWord(8), Is.EqualTo(0x40024000), "stacked program counter");
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x47704770), "data access is allowed");
        }

        [Test]
        public void ShouldStopTheCoreWithThePowerWhileTimeGoesOn()
        {
            LoadProgram(Count);
            RunFor(0.001);
            var before = Sram.ReadDoubleWord(0);
            Supplies.PowerOff();
            var time = Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds;
            RunFor(0.5);
            Assert.That(Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds - time, Is.EqualTo(0.5).Within(0.001));
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(before));
        }

        // Renode's cores wait for the host's clock if virtual time is ahead of it, and it is a minute ahead here.
        [Test]
        public void ShouldRunOnAtOnceAfterAMinuteWithoutPower()
        {
            LoadProgram(Count);
            RunFor(0.001);
            Supplies.PowerOff();
            RunFor(60);
            Supplies.PowerOn();
            var before = Sram.ReadDoubleWord(0);
            var time = Stopwatch.StartNew();
            RunFor(0.01);
            Assert.That(Sram.ReadDoubleWord(0), Is.Not.EqualTo(before));
            Assert.That(time.Elapsed.TotalSeconds, Is.LessThan(30));
        }

        // An emulation that was started keeps the pace of the host's clock with the power off, too.
        [Test]
        public void ShouldKeepTheHostsPaceWithoutPower()
        {
            LoadProgram(Count);
            Emulation.StartAll();
            Supplies.PowerOff();
            var time = Stopwatch.StartNew();
            var before = Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds;
            while(Machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds - before < 0.5)
            {
                Thread.Sleep(1);
            }
            Assert.That(time.Elapsed.TotalSeconds, Is.GreaterThan(0.4));
            // Who pauses waits for who keeps the pace.
            for(var i = 0; i < 20; i++)
            {
                Emulation.PauseAll();
                Emulation.StartAll();
            }
            Emulation.PauseAll();
        }

        [Test]
        public void ShouldStayStoppedOverAMachineResetWithoutPower()
        {
            LoadProgram(Count);
            Supplies.PowerOff();
            var before = Sram.ReadDoubleWord(0);
            Machine.Reset();
            RunFor(0.1);
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(before));
            Assert.That(cpu.IsHalted, Is.True);
        }

        [Test]
        public void ShouldStartFromTheVectorTableWhenPowerComesBack()
        {
            LoadProgram(Count);
            RunFor(0.001);
            Supplies.PowerOff();
            // New firmware may be flashed meanwhile.
            LoadProgram(DbpToggle);
            Supplies.PowerOn();
            RunFor(0.001);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0xAAAA5555));
        }

        [Test]
        public void ShouldRestartByThePowerCycle()
        {
            LoadProgram(Count);
            RunFor(0.001);
            Supplies.PowerCycle(0.1);
            RunFor(0.2);
            Assert.That(Supplies.IsPowered, Is.True);
            var first = Sram.ReadDoubleWord(0);
            RunFor(0.01);
            Assert.That(Sram.ReadDoubleWord(0), Is.GreaterThan(first));
        }

        [Test]
        public void ShouldResetBySoftwareAndKeepRam()
        {
            LoadProgram(SystemReset);
            Sram.WriteDoubleWord(0x100, 0xCAFE);
            Write(Csr, 1 << 24);
            RunFor(0.001);
            Assert.That(Read(Csr), Is.EqualTo(0x14000000));
            Assert.That(Sram.ReadDoubleWord(0x100), Is.EqualTo(0xCAFE));
        }

        [Test]
        public void ShouldNotGoOnAfterWfiIfStandbyIsEnteredWithWakeUpFlagSet()
        {
            LoadProgram(StandbyByWakeUpFlag);
            Pwr.OnGPIO(0, true);
            RunFor(0.01);
            Assert.That(flash.ReadDoubleWord(0x8000), Is.EqualTo(3), "starts");
            Assert.That(flash.ReadDoubleWord(0x8004), Is.Zero, "instructions after WFI");
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 3, Is.EqualTo(3), "WUF, SBF");
            Assert.That(Pwr.GuestMistakes, Does.Contain("2 x PWR_CSR.WUF: Standby ends at once"));
        }

        [TestCase(0u)]
        [TestCase(4u)]
        public void ShouldEndSleepAndStopByAnEventOfExti(uint deepSleep)
        {
            var exti = new STM32F4_EXTI(Machine);
            Register(exti, "exti", ExtiBase, 0x400);
            exti.EventOutput.Connect(signals, 0);
            LoadProgram(WaitForEvents);
            Sram.WriteDoubleWord(4, deepSleep);
            var stops = 0;
            Pwr.StopLeft += () => stops++;
            Write(ExtiBase + 4, 1);
            Write(ExtiBase + 8, 1);
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(0), Is.Zero, "SEV has ended the first WFE, and nothing the second one");
            for(var i = 1; i < 4; i++)
            {
                exti.OnGPIO(0, true);
                exti.OnGPIO(0, false);
                RunFor(0.001);
                Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(i));
            }
            exti.OnGPIO(1, true);
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(0), Is.EqualTo(3), "EMR masks this line");
            Assert.That(stops, Is.EqualTo(deepSleep == 0 ? 0 : 3));
        }

        [TestCase(1)]
        [TestCase(3)]
        [TestCase(6)]
        [TestCase(77)]
        public void ShouldLetNoWriteInAfterThePowerWasCutAtOne(int number)
        {
            EnableBackupSram();
            BackupSram.Fill(0);
            var watcher = new WriteCounter { At = number, Action = Supplies.CutPowerAtOnce };
            BackupSram.Watcher = watcher;
            LoadProgram(WriteEveryWord);
            RunFor(0.001);
            Assert.That(Supplies.IsPowered, Is.False);
            Assert.That(watcher.Writes, Is.EqualTo(number), "writes that got in");
            Assert.That(WrittenWords(), Is.EqualTo(number));
            Supplies.PowerOn();
            RunFor(0.001);
            Assert.That(cpu.IsHalted, Is.False, "the core runs again");
        }

        [Test]
        public void ShouldSeeEachWriteOfTheCoreAndBeMemoryAgainAfterwards()
        {
            EnableBackupSram();
            var watcher = new WriteCounter();
            BackupSram.Watcher = watcher;
            Assert.That(BackupSram.IsDirectlyAccessible, Is.True, "the gates are open all the same");
            LoadProgram(WriteEveryWord);
            RunFor(0.001);
            Assert.That(watcher.Writes, Is.EqualTo(1020));
            Assert.That(watcher.LastOffset, Is.EqualTo(0xFEC));
            BackupSram.Watcher = null;
            BackupSram.Fill(0);
            Supplies.PressReset();
            EnableBackupSram();
            RunFor(0.001);
            Assert.That(watcher.Writes, Is.EqualTo(1020), "nobody watches any more");
            Assert.That(WrittenWords(), Is.EqualTo(1020));
        }

        [Test]
        public void ShouldLetTheCoreRunOnWhileVddFallsAndCutItOffExactly()
        {
            var counts = new int[2];
            for(var i = 0; i < counts.Length; i++)
            {
                EnableBackupSram();
                BackupSram.Fill(0);
                var watcher = new WriteCounter { At = 10, Action = () => Supplies.RampVddAtOnce(0, 4e-6) };
                BackupSram.Watcher = watcher;
                LoadProgram(WriteEveryWord);
                RunFor(0.001);
                Assert.That(Supplies.IsPowered, Is.False);
                Assert.That(WrittenWords(), Is.EqualTo(watcher.Writes).And.GreaterThan(10).And.LessThan(500));
                counts[i] = watcher.Writes;
                Supplies.PowerOn();
            }
            Assert.That(counts[0], Is.EqualTo(counts[1]));
        }

        private int WrittenWords()
        {
            var words = 0;
            while(words < 1024 && BackupSram.Peek(4 * words) != 0)
            {
                words++;
            }
            return words;
        }

        private void LoadProgram(uint[] program)
        {
            flash.WriteDoubleWord(0, 0x20010000);
            flash.WriteDoubleWord(4, ProgramStart + 1);
            flash.WriteDoubleWord(12, ProgramStart + HardFaultOffset + 1);
            for(var i = 0; i < program.Length; i++)
            {
                flash.WriteDoubleWord(0x100 + (4 * i), program[i]);
            }
        }

        private MappedMemory flash;
        private CortexM cpu;
        private CoreSignals signals;

        private const uint ProgramStart = 0x08000100;
        private const uint HardFaultOffset = 0x2C;

        // BKPSRAMEN, PWREN; in one block: DBP = 1, write A to [0], DBP = 0, write B to [0], read it; DBP = 1, write B to [4], read it.
        // What was read goes to SRAM. Literals at the end.
        private static readonly uint[] DbpToggle =
        {
            0xF44F480E, 0x600212A0, 0xF04F480D, 0x60025280, 0x490D480C, 0x1200F244, 0x0300F244, 0x4F0C4E0B, 0x5500F04F, 0x6002E7FF,
            0x6003600E, 0x680C600F, 0x6002602C, 0x684C604F, 0xE7FE606C, 0x40023830, 0x40023840, 0x40007000, 0x40024000, 0xAAAA5555, 0x12345678,
        };

        // Opens backup SRAM, writes "bx lr" to it and calls it; the HardFault handler stores CFSR and the stacked PC in SRAM.
        private static readonly uint[] Execute =
        {
            0xF44F480E, 0x600212A0, 0xF04F480D, 0x60025280, 0xF244480C, 0x60021200, 0xF04F490B, 0x4A0B5500, 0x3101600A, 0x24014788,
            0xE7FE602C, 0x5500F04F, 0x68004807, 0x98066068, 0xE7FE60A8, 0x40023830, 0x40023840, 0x40007000, 0x40024000, 0x47704770, 0xE000ED28,
        };

        // Counts the first word of SRAM up, for ever.
        private static readonly uint[] Count = { 0x5500F04F, 0x30016828, 0xE7FC6028 };

        // Writes 1020 words to backup SRAM, six in a block, four by STR and two by STM, then waits.
        private static readonly uint[] WriteEveryWord =
        {
            0x2101480A, 0x1B04F840, 0xF8403101, 0x31011B04, 0x1B04F840, 0xF8403101, 0x31011B04, 0xC0061C4A, 0x4B033102, 0xD3ED4298,
            0xBF00E7FE, 0x40024000, 0x40024FF0,
        };

        // AIRCR = VECTKEY + SYSRESETREQ, then waits.
        private static readonly uint[] SystemReset = { 0x49034802, 0xF3BF6001, 0xE7FE8F4F, 0xE000ED0C, 0x05FA0004 };

        // Counts starts at 0x08008000, up to 3: PWREN, EWUP (the pin is high, so WUF is set), PDDS, SLEEPDEEP, WFI; counts at 0x08008004 that it went on.
        private static readonly uint[] StandbyByWakeUpFlag =
        {
            0x6801480B, 0x60013101, 0xD2102903, 0xF04F4A09, 0x60135380, 0xF44F4C08, 0x60637380, 0x60232302, 0x23044D06, 0xBF30602B, 0x31016841,
            0xE7FE6041, 0x08008000, 0x40023840, 0x40007000, 0xE000ED10,
        };

        // Copies the word at 0x20000004 to SCR; for ever: SEV, WFE, stores a counter at 0x20000000, WFE, counts.
        private static readonly uint[] WaitForEvents = { 0x5000F04F, 0x68434D04, 0x2100602B, 0xBF20BF40, 0xBF206001, 0xE7F93101, 0xE000ED10 };

        private class WriteCounter : IMemoryWatcher
        {
            public void HasRead(int offset, int size)
            {
            }

            public void IsStarting(MemoryOperation operation)
            {
            }

            public void HasEnded(MemoryOperation operation)
            {
            }

            public void HasWritten(int offset, uint value, int size)
            {
                LastOffset = offset;
                if(++Writes == At)
                {
                    Action();
                }
            }

            public int Writes { get; private set; }

            public int LastOffset { get; private set; }

            public int At { get; set; }

            public Action Action { get; set; }
        }
    }
}
