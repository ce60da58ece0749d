// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

using Antmicro.Renode.Peripherals.Chip;

using Moq;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>What the models say that they keep without VDD: all that the next boot could see, and no more.</summary>
    public class RetainedStateTests : ChipTest
    {
        [SetUp]
        public void Complete()
        {
            CompleteChip();
            Unlock();
        }

        [TestCaseSource(nameof(Retained))]
        public void ShouldTellApart(string what, Action<RetainedStateTests> change)
        {
            var before = State();
            change(this);
            Assert.That(State(), Is.Not.EqualTo(before), what);
        }

        [TestCaseSource(nameof(Volatile))]
        public void ShouldNotTellApart(string what, Action<RetainedStateTests> change)
        {
            var before = State();
            change(this);
            Assert.That(State(), Is.EqualTo(before), what);
        }

        [TestCaseSource(nameof(Retained))]
        public void ShouldKeepItWithoutVdd(string what, Action<RetainedStateTests> change)
        {
            Supplies.PowerOff();
            var unchanged = State();
            Supplies.PowerOn();
            Unlock();
            change(this);
            Supplies.PowerOff();
            Assert.That(State(), Is.Not.EqualTo(unchanged), what);
        }

        [Test]
        public void ShouldLoseWhatVbatHoldsWithIt()
        {
            Supplies.RemoveCoinCell();
            Supplies.PowerOff();
            var unchanged = State();
            Supplies.PowerOn();
            Unlock();
            SetBits(PwrStatus, Bre);
            Write(Bdcr, 1);
            Write(RtcBase + 0x50, 1);
            Supplies.PowerOff();
            Assert.That(State(), Is.EqualTo(unchanged));
        }

        [Test]
        public void ShouldLeaveOutTheSectorsThatAreTold()
        {
            var memory = Machine.GetPeripheralsOfType<IHasNonVolatileMemories>().SelectMany(x => x.NonVolatileMemories).OfType<ISectoredMemory>().Single();
            var sector = memory.SectorAt(0x4000);
            string Changed(int offset)
            {
                var content = memory.GetContent();
                content[offset] ^= 1;
                memory.SetContent(content);
                return State();
            }
            var before = State();
            Assert.That(Changed(sector.Offset), Is.Not.EqualTo(before));
            memory.ToldSectors = new[] { sector };
            before = State();
            Assert.That(Changed(sector.Offset), Is.EqualTo(before));
            Assert.That(Changed(sector.Offset + sector.Size - 1), Is.EqualTo(before));
            Assert.That(Changed(sector.Offset + sector.Size), Is.Not.EqualTo(before));
        }

        [Test]
        public void ShouldTellTheTimeOfDay()
        {
            var clock = (IKeepsTime)Rtc;
            Assert.That(clock.IsCounting, Is.False);
            StartLse();
            Assert.That(clock.IsCounting, Is.True);
            var before = clock.TimeOfDay;
            RunFor(90);
            Assert.That((clock.TimeOfDay - before).TotalSeconds, Is.EqualTo(90).Within(1));
            Assert.That(clock.TimeOfDay.ToString("yyyy-MM-dd HH:mm:ss"), Is.EqualTo(Rtc.CurrentTime));
            SetBits(RtcBase + 0x0C, 1 << 7);
            Assert.That(clock.IsCounting, Is.False);
        }

        private void EraseSector(uint number)
        {
            Write(FlashControllerBase + 0x4, 0x45670123);
            Write(FlashControllerBase + 0x4, 0xCDEF89AB);
            Write(FlashControllerBase + 0x10, 0x10202 | number << 3);
            RunFor(1);
        }

        private void Unlock()
        {
            UnlockBackupDomain();
            // Write protection of the RTC is off from the second key on.
            Write(RtcBase + 0x24, 0xCA);
            Write(RtcBase + 0x24, 0x53);
        }

        private static TestCaseData Case(string what, Action<RetainedStateTests> change) => new TestCaseData(what, change).SetArgDisplayNames(what);

        // A digest: half a megabyte of flash is no good reading when a test fails.
        private string State()
        {
            using(var stream = new MemoryStream())
            using(var writer = new BinaryWriter(stream))
            {
                foreach(var model in Machine.GetPeripheralsOfType<IRetainsState>().OrderBy(x => x.GetType().Name))
                {
                    model.WriteRetainedState(writer);
                }
                return Convert.ToHexString(SHA256.HashData(stream.ToArray()));
            }
        }

        private static IEnumerable<TestCaseData> Retained
        {
            get
            {
                yield return Case("backup regulator", x => x.SetBits(PwrStatus, Bre));
                yield return Case("LSE", x => x.Write(Bdcr, 1));
                yield return Case("clock source of the RTC", x => x.Write(Bdcr, 1 << 8));
                yield return Case("first backup register", x => x.Write(RtcBase + 0x50, 0x12345678));
                yield return Case("last backup register", x => x.Write(RtcBase + 0x9C, 1));
                yield return Case("alarm A", x => x.Write(RtcBase + 0x1C, 0x80));
                yield return Case("sub-second of alarm B", x => x.Write(RtcBase + 0x48, 1));
                yield return Case("control register of the RTC", x => x.Write(RtcBase + 0x08, 1 << 18));
                yield return Case("smooth calibration", x => x.Write(RtcBase + 0x3C, 5));
                yield return Case("tamper settings", x => x.Write(RtcBase + 0x40, 1 << 1));
                yield return Case("flash", x => x.Flash.WriteByte(0x7FFFF, 1));
                yield return Case("erases of a sector", x => x.EraseSector(1));
                yield return Case("erases of another sector", x => x.EraseSector(2));
                yield return Case("option bytes", x =>
                {
                    x.Write(FlashControllerBase + 0x8, 0x08192A3B);
                    x.Write(FlashControllerBase + 0x8, 0x4C5D6E7F);
                    x.Write(FlashControllerBase + 0x14, 0x0FFEAAEE);
                    x.RunFor(1);
                });
                yield return Case("backup registers behind read protection", x =>
                {
                    x.Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>(y => y.ReadProtectionLevel == 1);
                    x.Write(RtcBase + 0x50, 7);
                });
            }
        }

        private static IEnumerable<TestCaseData> Volatile
        {
            get
            {
                yield return Case("time that passes", x => x.RunFor(3));
                yield return Case("write access to the backup domain", x => x.ClearBits(PwrControl, Dbp));
                yield return Case("wake-up pin", x => x.SetBits(PwrStatus, Ewup));
                yield return Case("clock gates", x => x.SetBits(Ahb1Enable, BackupSramEnable));
                yield return Case("main memory", x => x.Sram.WriteByte(0, (byte)~x.Sram.ReadByte(0)));
                yield return Case("write protection of the RTC", x => x.Write(RtcBase + 0x24, 0));
                yield return Case("content of backup SRAM", x => x.BackupSram.Fill(0x55));
            }
        }
    }
}
