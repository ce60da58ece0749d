// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Option bytes take time, tell of it, and are void if the power goes within.</summary>
    [TestFixture]
    public class OptionByteWatcherTests : ChipTest
    {
        [SetUp]
        public void Watch()
        {
            var flash = new MappedMemory(Machine, 0x80000);
            Machine.SystemBus.Register(flash, new BusRangeRegistration(FlashBase, 0x80000));
            controller = new STM32F4_FlashController(Machine, flash, Supplies, BackupSram);
            Register(controller, "flashController", FlashControllerBase, 0x400);
            memory = controller.NonVolatileMemories.Single(x => x.TargetName == "option-bytes");
            memory.Watcher = recorder = new MemoryRecorder();
        }

        [Test]
        public void ShouldTakeTheTimeOfAnErase()
        {
            Program();
            Assert.That(recorder.Events, Is.EqualTo(new[] { "Replace 0 8 3BAA0000FEFFFF00 400000 us" }));
            Assert.That(Read(Status), Is.EqualTo(BSY));
            RunFor(0.41);
            Assert.That(recorder.Events.Last(), Is.EqualTo("ended"));
            Assert.That(Read(Status), Is.Zero);
            Assert.That(Read(Control) >> 16, Is.EqualTo(0xFFE));
        }

        [Test]
        public void ShouldKeepTheOldOnesIfThePowerGoesBefore()
        {
            recorder.AtStart = Supplies.CutPowerAtOnce;
            Program();
            RunFor(1);
            Supplies.PowerOn();
            Assert.That(Read(Control), Is.EqualTo(0x0FFFAAED));
        }

        [TestCase(1ul)]
        [TestCase(399999ul)]
        public void ShouldCountAsLevel1IfThePowerGoesWithin(ulong microseconds)
        {
            recorder.CallAt = microseconds;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            Program();
            RunFor(1);
            Supplies.PowerOn();
            Assert.That(controller.ReadProtectionLevel, Is.EqualTo(1));
            Assert.That(Read(Control), Is.EqualTo(0x0FFF55ED));
            Assert.That(controller.StatusLines.First().Value, Does.StartWith("level 1"));
        }

        [Test]
        public void ShouldHoldTheNewOnesIfThePowerGoesAfter()
        {
            recorder.AtEnd = Supplies.CutPowerAtOnce;
            Program();
            RunFor(1);
            Supplies.PowerOn();
            Assert.That(Read(Control), Is.EqualTo(0x0FFEAAED));
        }

        [Test]
        public void ShouldShowItsContent()
        {
            var content = memory.GetContent();
            Assert.That(content, Is.EqualTo(new byte[] { 0x3B, 0xAA, 0, 0, 0xFF, 0xFF, 0xFF, 0 }));
            content[1] = 0;
            memory.SetContent(content);
            Assert.That(controller.ReadProtectionLevel, Is.EqualTo(1));
            Assert.Throws<RecoverableException>(() => memory.SetContent(new byte[7]));
        }

        // Protects sector 0.
        private void Program()
        {
            Write(FlashControllerBase + 0x8, 0x08192A3B);
            Write(FlashControllerBase + 0x8, 0x4C5D6E7F);
            Write(Control, 0x0FFEAAEC | OPTSTRT);
        }

        private STM32F4_FlashController controller;
        private INonVolatileMemory memory;
        private MemoryRecorder recorder;

        private const ulong Status = FlashControllerBase + 0xC;
        private const ulong Control = FlashControllerBase + 0x14;
        private const uint OPTSTRT = 2;
        private const uint BSY = 1 << 16;
    }
}
