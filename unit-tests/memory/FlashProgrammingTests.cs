// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Flash as the core programs and erases it: rules, times, and what a reset or a power cut leaves within.</summary>
    [TestFixture]
    public class FlashProgrammingTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            AddCore(FlashSize);
        }

        // Every vector is 0xFFFFFFFF: that of HardFault, too.
        [Test]
        public void ShouldLockUpACoreThatFindsErasedFlash()
        {
            RunFor(0.001);
            Assert.That(signals.IsLockedUp);
            Supplies.PressReset();
            RunFor(0.001);
            Assert.That(signals.IsLockedUp);
            Supplies.PowerCycle(1);
            RunFor(2);
            Assert.That(signals.IsLockedUp);
            LoadStore(Nop, Target, 0);
            Supplies.PressReset();
            RunFor(0.001);
            Assert.That(signals.IsLockedUp, Is.False);
            Assert.That((uint)cpu.PC.RawValue, Is.EqualTo(ProgramStart + 6));
        }

        [TestCase(StoreByte, 0u, 0xFFFFFF78)]
        [TestCase(StoreHalfWord, 1u, 0xFFFF5678)]
        [TestCase(StoreWord, 2u, 0x12345678u)]
        [TestCase(StoreWord, 3u, 0x12345678u)]
        public void ShouldProgramUnitsOfPsize(ushort store, uint parallelism, uint expected)
        {
            Program(PG | parallelism << 8, store, Target, 0x12345678);
            Assert.That(flash.ReadDoubleWord(Target), Is.EqualTo(expected));
            Assert.That(Read(Status), Is.Zero);
            Assert.That(controller.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldOnlyClearBits()
        {
            flash.WriteDoubleWord(Target, 0xF0F0FF00);
            Program(PG | Words, StoreWord, Target, 0x3C3C3CFF);
            Assert.That(flash.ReadDoubleWord(Target), Is.EqualTo(0x30303C00));
        }

        [TestCase(StoreByte, 1u)]
        [TestCase(StoreByte, 2u)]
        [TestCase(StoreHalfWord, 0u)]
        [TestCase(StoreHalfWord, 2u)]
        [TestCase(StoreHalfWord, 3u)]
        [TestCase(StoreWord, 0u)]
        [TestCase(StoreWord, 1u)]
        public void ShouldRefuseAnotherWidth(ushort store, uint parallelism)
        {
            Program(PG | parallelism << 8, store, Target, 0);
            AssertRefused(PGPERR, "FLASH_CR.PSIZE says");
        }

        [Test]
        public void ShouldRefuseToCrossARow()
        {
            Program(PG | Words, StoreWord, Target + 14, 0);
            Assert.That(flash.ReadBytes(0x10000, 0x100), Has.All.EqualTo(0xFF));
            Assert.That(Read(Status) & ~PGPERR, Is.EqualTo(PGAERR).Or.Zero);
            Assert.That(Read(Status), Is.Not.Zero, "a host may make an access of each byte of it");
        }

        [Test]
        public void ShouldRefuseToProgramWithoutPg()
        {
            Program(Words, StoreWord, Target, 0);
            AssertRefused(PGSERR, "FLASH_CR.PG is 0");
        }

        [Test]
        public void ShouldRefuseToProgramWhileLocked()
        {
            LoadStore(StoreWord, Target, 0);
            RunFor(0.001);
            AssertRefused(PGSERR, "FLASH_CR.PG is 0");
        }

        [Test]
        public void ShouldRefuseToProgramAtTheAliasToo()
        {
            Unlock();
            LoadStore(StoreWord, Target, 0, atAlias: true);
            RunFor(0.001);
            AssertRefused(PGSERR, "FLASH_CR.PG is 0");
        }

        [Test]
        public void ShouldRefuseToProgramAProtectedSector()
        {
            Write(FlashControllerBase + 0x8, 0x08192A3B);
            Write(FlashControllerBase + 0x8, 0x4C5D6E7F);
            Write(FlashControllerBase + 0x14, 0x0FEFAAEE);
            Program(PG | Words, StoreWord, Target, 0);
            AssertRefused(WRPERR, "write-protected");
        }

        [Test]
        public void ShouldInterruptOnARefusedWriteIfAsked()
        {
            Program(Words | ERRIE, StoreWord, Target, 0);
            Assert.That(Read(Status), Is.EqualTo(PGSERR | OPERR));
            Assert.That(controller.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldTellTheEndOfAProgramIfAsked()
        {
            Program(PG | Words | EOPIE, StoreWord, Target, 0);
            Assert.That(Read(Status), Is.EqualTo(EOP));
            Assert.That(controller.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldLetTheMonitorWriteWhatItLikes()
        {
            flash.WriteDoubleWord(Target, 0);
            Write(FlashBase + Target, 0x12345678);
            Assert.That(flash.ReadDoubleWord(Target), Is.EqualTo(0x12345678));
            Assert.That(Read(Status), Is.Zero);
        }

        [TestCase(0u, 0.4)]
        [TestCase(1u, 0.3)]
        [TestCase(2u, 0.25)]
        [TestCase(3u, 0.23)]
        public void ShouldStopACoreThatRunsFromFlashWhileItErases(uint parallelism, double seconds)
        {
            Unlock();
            LoadErase(flash, 0, SER | 1 << 3 | STRT | parallelism << 8);
            RunFor(seconds - 0.01);
            var loops = Sram.ReadDoubleWord(Results + 8);
            Assert.That(loops, Is.LessThan(4));
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.Zero);
            Assert.That(Read(Status) & BSY, Is.EqualTo(BSY));
            RunFor(0.02);
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.EqualTo(1));
            Assert.That(Sram.ReadDoubleWord(Results + 8), Is.LessThan(loops + 4));
            Assert.That(Read(Status), Is.Zero);
        }

        [Test]
        public void ShouldLetACoreThatRunsFromRamSeeThatFlashIsBusy()
        {
            Unlock();
            LoadErase(Sram, (uint)SramBase, SER | 1 << 3 | STRT | Words);
            RunFor(0.24);
            Assert.That(Sram.ReadDoubleWord(Results), Is.EqualTo(BSY));
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.Zero);
            Assert.That(Sram.ReadDoubleWord(Results + 8), Is.GreaterThan(1000));
            RunFor(0.02);
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.EqualTo(1));
        }

        // 3.6.6: a core may run from one bank while the other one is erased.
        [TestCase(16u, true, TestName = "Should Let A Core Run From The Other Bank")]
        [TestCase(1u, false, TestName = "Should Stop A Core That Runs From The Same Of Two Banks")]
        public void ShouldReadWhileWriteInTwoBanks(uint sector, bool runsOn)
        {
            BuildChip(line: ChipLine.F42x_F43x);
            AddCore(0x200000);
            Unlock();
            LoadErase(flash, 0, SER | sector << 3 | STRT | Words);
            RunFor(0.24);
            Assert.That(Read(Status) & BSY, Is.EqualTo(BSY));
            Assert.That(Sram.ReadDoubleWord(Results + 8), runsOn ? Is.GreaterThan(1000) : Is.LessThan(4));
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.Zero);
            RunFor(0.02);
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.EqualTo(1));
        }

        [Test]
        public void ShouldLeaveAnEraseHalfDoneWhenThePowerIsCut([Values(0.05, 0.125, 0.2)] double seconds)
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            Unlock();
            LoadErase(flash, 0, SER | 1 << 3 | STRT | Words);
            RunFor(seconds);
            Supplies.PowerOff();
            var ones = flash.ReadBytes(0x4000, 0x4000).Sum(x => System.Numerics.BitOperations.PopCount(x));
            Assert.That(ones / (8.0 * 0x4000), Is.EqualTo(seconds / 0.25).Within(0.01));
            RunFor(1);
            Assert.That(flash.ReadBytes(0x4000, 0x4000).Sum(x => System.Numerics.BitOperations.PopCount(x)), Is.EqualTo(ones));
            Assert.That(flash.ReadBytes(0x8000, 0x4000), Has.All.EqualTo(0xFF), "the sector beside it");
            Assert.That(controller.Sectors.Split('\n')[1], Is.EqualTo(" 1  0x004000   16 KB  torn        1 erases"));
            Assert.That(controller.Sectors.Split('\n')[2], Is.EqualTo(" 2  0x008000   16 KB  erased      0 erases"));
        }

        [Test]
        public void ShouldLeaveTheSameWheneverTheOperationBegan()
        {
            var left = new List<byte[]>();
            foreach(var wait in new[] { 0.01, 0.0223 })
            {
                flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
                LoadErase(flash, 0, SER | 1 << 3 | STRT | Words);
                Supplies.PowerOff();
                RunFor(wait);
                Supplies.PowerOn();
                Unlock();
                RunFor(0.125);
                Supplies.PowerOff();
                left.Add(flash.ReadBytes(0x4000, 0x4000));
                Assert.That(controller.Sectors.Split('\n')[1], Does.Contain("torn"));
                DisposeChip();
                CreateChip();
                AddCore();
            }
            Assert.That(left[1].Zip(left[0], (x, y) => x == y ? 0 : 1).Sum(), Is.Zero);
        }

        [Test]
        public void ShouldStartAtOnceAfterAResetWithinAnErase()
        {
            Unlock();
            LoadErase(flash, 0, SER | 1 << 3 | STRT | Words);
            RunFor(0.1);
            // The new program doesn't erase.
            flash.WriteWord(0x106, Nop);
            Sram.WriteDoubleWord(Results + 4, 0);
            Machine.Reset();
            RunFor(0.001);
            Assert.That(Sram.ReadDoubleWord(Results + 4), Is.EqualTo(1));
            Assert.That(Read(Status), Is.Zero);
        }

        [Test]
        public void ShouldTellOfASectorThatIsWornOut()
        {
            Unlock();
            for(var i = 0; i < 10000; i++)
            {
                Write(FlashControllerBase + 0x10, SER | 1 << 3 | STRT);
            }
            Assert.That(controller.GuestMistakeCount, Is.Zero);
            Write(FlashControllerBase + 0x10, SER | 1 << 3 | STRT);
            Assert.That(controller.GuestMistakes, Does.Contain("sector 1: erased more often"));
        }

        [Test]
        public void ShouldKeepAnEraseThatWasOverWhenThePowerWasCut()
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            Unlock();
            LoadErase(flash, 0, SER | 1 << 3 | STRT | Words);
            RunFor(0.26);
            Supplies.PowerOff();
            Assert.That(flash.ReadBytes(0x4000, 0x4000), Has.All.EqualTo(0xFF));
        }

        private void AddCore(int size)
        {
            flash = new MappedMemory(Machine, size);
            Machine.SystemBus.Register(flash, new BusRangeRegistration(0, (ulong)size));
            Machine.SystemBus.Register(flash, new BusRangeRegistration(FlashBase, (ulong)size));
            Machine.SetLocalName(flash, "flash");
            flash.WriteBytes(0, Enumerable.Repeat((byte)0xFF, size).ToArray(), 0, size);
            controller = new STM32F4_FlashController(Machine, flash, Supplies, BackupSram);
            Register(controller, "flashController", FlashControllerBase, 0x400);
            cpu = AddCpu();
            signals = AddCoreSignals(cpu);
            signals.SystemResetRequest.Connect(Supplies, 0);
        }

        private void AssertRefused(uint flag, string reason)
        {
            Assert.That(flash.ReadDoubleWord(Target), Is.EqualTo(0xFFFFFFFF));
            Assert.That(Read(Status), Is.EqualTo(flag));
            Assert.That(controller.GuestMistakes, Does.Contain(reason));
        }

        private void Program(uint control, ushort store, uint offset, uint value)
        {
            Unlock();
            Write(FlashControllerBase + 0x10, control);
            LoadStore(store, offset, value);
            RunFor(0.001);
        }

        private void Unlock()
        {
            Write(FlashControllerBase + 0x4, 0x45670123);
            Write(FlashControllerBase + 0x4, 0xCDEF89AB);
        }

        // ldr r0, address; ldr r1, value; the store; b .
        private void LoadStore(ushort store, uint offset, uint value, bool atAlias = false)
        {
            Load(flash, 0, new ushort[] { 0x4801, 0x4902, store, 0xE7FE }, (atAlias ? 0 : (uint)FlashBase) + offset, value);
        }

        // Writes CR, stores SR, counts while BSY is 1, and then tells that it isn't.
        private void LoadErase(MappedMemory memory, uint address, uint control)
        {
            Sram.WriteDoubleWord(Results + 4, 0);
            Sram.WriteDoubleWord(Results + 8, 0);
            Load(memory, address, new ushort[] { 0x4806, 0x4907, 0x4B07, 0x6101, 0x68C2, 0x601A, 0x3501, 0x609D, 0x68C2, 0x0C52, 0xD2FA, 0x2401, 0x605C, 0xE7FE },
                (uint)FlashControllerBase, control, (uint)SramBase + Results);
        }

        private void Load(MappedMemory memory, uint address, ushort[] code, params uint[] literals)
        {
            flash.WriteDoubleWord(0, 0x20001000);
            flash.WriteDoubleWord(4, address + ProgramStart + 1);
            for(var i = 0; i < code.Length; i++)
            {
                memory.WriteWord(ProgramStart + (2 * i), code[i]);
            }
            for(var i = 0; i < literals.Length; i++)
            {
                memory.WriteDoubleWord(ProgramStart + (2 * code.Length) + (4 * i), literals[i]);
            }
        }

        private MappedMemory flash;
        private STM32F4_FlashController controller;
        private CortexM cpu;
        private CoreSignals signals;

        private const int FlashSize = 0x80000;
        private const uint Target = 0x10020;
        private const int ProgramStart = 0x100;
        private const uint Results = 0x1000;
        private const ulong Status = FlashControllerBase + 0xC;
        private const ushort StoreByte = 0x7001;
        private const ushort StoreHalfWord = 0x8001;
        private const ushort StoreWord = 0x6001;
        private const ushort Nop = 0xBF00;
        private const uint PG = 1;
        private const uint SER = 2;
        private const uint Words = 2 << 8;
        private const uint STRT = 1 << 16;
        private const uint EOPIE = 1 << 24;
        private const uint ERRIE = 1 << 25;
        private const uint EOP = 1;
        private const uint OPERR = 1 << 1;
        private const uint WRPERR = 1 << 4;
        private const uint PGAERR = 1 << 5;
        private const uint PGPERR = 1 << 6;
        private const uint PGSERR = 1 << 7;
        private const uint BSY = 1 << 16;
    }
}
