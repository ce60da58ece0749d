// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Option bytes on a chip: read protection of flash and backup SRAM, and what the others do to resets.</summary>
    [TestFixture]
    public class ReadProtectionTests : ChipTest
    {
        [SetUp]
        public void AddFlash()
        {
            flash = new MappedMemory(Machine, FlashSize);
            Register(flash, "flash", FlashBase, FlashSize);
            controller = new STM32F4_FlashController(Machine, flash, Supplies, BackupSram);
            Register(controller, "flashController", ControllerBase, 0x400);
            Machine.SystemBus.Register(controller, new BusMultiRegistration(Options, 0x100, "optionBytes"));
            flash.WriteBytes(0, Enumerable.Repeat((byte)0x5A, FlashSize).ToArray(), 0, FlashSize);
            EnableBackupSram();
            BackupSram.Fill(0x42);
        }

        [TestCase(0xAAu, 0)]
        [TestCase(0xCCu, 2)]
        [TestCase(0x00u, 1)]
        [TestCase(0xFFu, 1)]
        [TestCase(0x55u, 1)]
        public void ShouldTellTheLevelByRdp(uint rdp, int level)
        {
            Program(rdp);
            Assert.That(controller.ReadProtectionLevel, Is.EqualTo(level));
            Assert.That(Read(Options) >> 8, Is.EqualTo(rdp));
            Assert.That(Supplies.Status, Does.Contain($"level {level}"));
        }

        [Test]
        public void ShouldProtectOnlyWhenProgrammed()
        {
            UnlockOptions();
            Write(OptionControl, 0x0FFF55EC);
            Assert.That(controller.ReadProtectionLevel, Is.Zero);
            Assert.That(Read(FlashBase), Is.EqualTo(0x5A5A5A5A));
        }

        [TestCase(0x55u)]
        [TestCase(0xCCu)]
        public void ShouldRefuseDebuggersReadsAtLevel(uint rdp)
        {
            Program(rdp);
            Assert.That(Read(FlashBase), Is.Zero);
            Assert.That(Machine.SystemBus.ReadWord(FlashBase + 2), Is.Zero);
            Assert.That(Machine.SystemBus.ReadByte(FlashBase + 5), Is.Zero);
            Assert.That(Machine.SystemBus.ReadQuadWord(FlashBase + 8), Is.Zero);
            Assert.That(Read(BackupSramBase), Is.Zero);
            Assert.That(Machine.SystemBus.ReadBytes(BackupSramBase, 16), Has.All.Zero);
            Write(BackupSramBase, 1);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242), "nothing is written, and a person with the lid off sees all");
            Assert.That(BackupSram.GuestMistakeCount, Is.Zero, "it is not the guest's mistake");
            Assert.That(flash.ReadDoubleWord(0), Is.EqualTo(0x5A5A5A5A), "raising the level erases nothing");
        }

        [Test]
        public void ShouldHideBackupRegistersFromDebuggersAndNotTheRestOfTheRtc()
        {
            Write(RtcBase + 0x50, 0x12345678);
            Write(RtcBase + 0x9C, 0x87654321);
            Program(0x55);
            Assert.That(Read(RtcBase + 0x50), Is.Zero);
            Assert.That(Machine.SystemBus.ReadByte(RtcBase + 0x9F), Is.Zero);
            Assert.That(Read(RtcBase + 0x10), Is.EqualTo(0x007F00FF));
            Assert.That(Rtc.BackupRegisterValues[0], Is.EqualTo(0x12345678));
            Program(0xAA);
            Assert.That(Read(RtcBase + 0x50), Is.EqualTo(0x12345678), "not erased");
            Assert.That(Read(RtcBase + 0x9C), Is.EqualTo(0x87654321), "not erased");
        }

        [Test]
        public void ShouldLetDebuggersReadAgainAtLevel0()
        {
            Program(0x55);
            Program(0xAA);
            Assert.That(Read(FlashBase), Is.EqualTo(0xFFFFFFFF));
            Write(BackupSramBase, 7);
            Assert.That(Read(BackupSramBase), Is.EqualTo(7));
        }

        [Test]
        public void ShouldEraseFlashAndBackupSramFromLevel1To0()
        {
            // With a protected sector, too: the protection ends with the level.
            Program(0xAA, 0x07F0);
            Program(0x55, 0x07F0);
            Program(0xAA, 0x0FFF, user: 0xE0);
            Assert.That(flash.ReadBytes(0, FlashSize), Has.All.EqualTo(0xFF));
            Assert.That(Enumerable.Range(0, 1024).Select(x => BackupSram.Peek(4 * x)), Has.All.Zero);
            Assert.That(controller.ReadProtectionLevel, Is.Zero);
            Assert.That(Read(Options + 8), Is.EqualTo(0x07F0), "the other option bytes stay");
            Assert.That(Read(Options), Is.EqualTo(0xAAEC));
            Assert.That(Read(OptionControl) & 0x0FFFFFFC, Is.EqualTo(0x07F0AAEC));
        }

        [Test]
        public void ShouldEraseNothingFromLevel1ToLevel1()
        {
            Program(0x55);
            Program(0x77);
            Assert.That(flash.ReadBytes(0, FlashSize), Has.All.EqualTo(0x5A));
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242));
        }

        [Test]
        public void ShouldNeverLeaveLevel2()
        {
            Program(0xCC);
            foreach(var rdp in new uint[] { 0xAA, 0x55 })
            {
                Program(rdp, 0);
                Assert.That(controller.ReadProtectionLevel, Is.EqualTo(2));
                Assert.That(Read(Options + 8), Is.EqualTo(0xFFF));
                Assert.That(Read(OptionControl) >> 8, Is.EqualTo(0x0FFFCC));
            }
            Assert.That(controller.GuestMistakes, Does.Contain("read protection level 2 is final"));
            Assert.That(flash.ReadDoubleWord(0), Is.EqualTo(0x5A5A5A5A));
            Supplies.RemoveCoinCell();
            Supplies.PowerCycle(1);
            RunFor(2);
            Assert.That(controller.ReadProtectionLevel, Is.EqualTo(2));
        }

        [Test]
        public void ShouldKeepOptionBytesWithoutAnySupply()
        {
            Program(0x55, 0x0ABC, user: 0x24);
            Supplies.RemoveCoinCell();
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Read(OptionControl), Is.EqualTo(0x0ABC5525));
            Assert.That(Read(FlashBase), Is.Zero);
        }

        // USER bits: nRST_STDBY 7, nRST_STOP 6, WDG_SW 5, BOR_LEV 3:2.
        [TestCase(0xECu, 0, false, false, false)]
        [TestCase(0xE8u, 1, false, false, false)]
        [TestCase(0xE4u, 2, false, false, false)]
        [TestCase(0xE0u, 3, false, false, false)]
        [TestCase(0xCCu, 0, true, false, false)]
        [TestCase(0xACu, 0, false, true, false)]
        [TestCase(0x6Cu, 0, false, false, true)]
        public void ShouldLoadUserOptionsAtTheNextReset(uint user, int brownOutLevel, bool hardwareWatchdog, bool resetsOnStop, bool resetsOnStandby)
        {
            Program(0xAA, user: user);
            Assert.That((controller.BrownOutLevel, controller.HardwareWatchdog, controller.ResetsOnStop, controller.ResetsOnStandby),
                Is.EqualTo((0, false, false, false)), "before the reset");
            Supplies.PressReset();
            Assert.That((controller.BrownOutLevel, controller.HardwareWatchdog, controller.ResetsOnStop, controller.ResetsOnStandby),
                Is.EqualTo((brownOutLevel, hardwareWatchdog, resetsOnStop, resetsOnStandby)));
        }

        [Test]
        public void ShouldResetAtTheProgrammedBrownOutLevel()
        {
            Program(0xAA, user: 0xE0);
            Supplies.PressReset();
            Supplies.Vdd = 2.82;
            Assert.That(Supplies.IsInBrownOut, Is.True);
        }

        private void UnlockOptions()
        {
            Write(ControllerBase + 8, 0x08192A3B);
            Write(ControllerBase + 8, 0x4C5D6E7F);
        }

        private void Program(uint readProtection, uint notWriteProtected = 0xFFF, uint user = 0xEC)
        {
            if((Read(OptionControl) & 1) != 0)
            {
                UnlockOptions();
            }
            Write(OptionControl, notWriteProtected << 16 | readProtection << 8 | user);
            Write(OptionControl, Read(OptionControl) | 2);
            // Until BSY is 0.
            RunFor(0.5);
        }

        private MappedMemory flash;
        private STM32F4_FlashController controller;

        private const int FlashSize = 0x80000;
        private const ulong ControllerBase = 0x40023C00;
        private const ulong OptionControl = ControllerBase + 0x14;
        private const ulong Options = 0x1FFFC000;
    }
}
