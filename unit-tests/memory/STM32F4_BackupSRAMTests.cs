// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_BackupSRAMTests : ChipTest
    {
        [Test]
        public void ShouldReadZeroAndIgnoreWritesWithoutClock()
        {
            BackupSram.Poke(0, 0x12345678);
            UnlockBackupDomain();
            Assert.That(Read(BackupSramBase), Is.Zero);
            Write(BackupSramBase, 0xFFFFFFFF);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldBeReadableButNotWritableWhileTheDomainIsProtected()
        {
            BackupSram.Poke(0, 0x12345678);
            SetBits(Ahb1Enable, BackupSramEnable);
            Assert.That(Read(BackupSramBase), Is.EqualTo(0x12345678));
            Write(BackupSramBase, 0xFFFFFFFF);
            Machine.SystemBus.WriteWord(BackupSramBase, 0xFFFF);
            Machine.SystemBus.WriteByte(BackupSramBase, 0xFF);
            Assert.That(Read(BackupSramBase), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldBeWritableWithClockAndDbp()
        {
            EnableBackupSram(regulator: false);
            Write(BackupSramBase, 0xCAFEBABE);
            Assert.That(Read(BackupSramBase), Is.EqualTo(0xCAFEBABE));
        }

        [Test]
        public void ShouldReachEveryWord()
        {
            EnableBackupSram(regulator: false);
            for(var i = 0u; i < 1024; i++)
            {
                Write(BackupSramBase + (4 * i), i * 0x01010101);
            }
            Assert.That(Enumerable.Range(0, 1024).Select(i => Read(BackupSramBase + (4 * (ulong)i))), Is.EqualTo(Enumerable.Range(0, 1024).Select(i => (uint)i * 0x01010101)));
        }

        [Test]
        public void ShouldAcceptBytesHalfWordsAndUnalignedWords()
        {
            EnableBackupSram(regulator: false);
            BackupSram.Fill(0);
            Machine.SystemBus.WriteByte(BackupSramBase + 1, 0x11);
            Machine.SystemBus.WriteWord(BackupSramBase + 3, 0x3322);
            Write(BackupSramBase + 6, 0x77665544);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x22001100));
            Assert.That(BackupSram.Peek(4), Is.EqualTo(0x55440033));
            Assert.That(Read(BackupSramBase + 5), Is.EqualTo(0x66554400));
            Assert.That(Machine.SystemBus.ReadWord(BackupSramBase + 7), Is.EqualTo(0x6655));
            Assert.That(Machine.SystemBus.ReadByte(BackupSramBase + 9), Is.EqualTo(0x77));
        }

        [Test]
        public void ShouldStayWithinItsEnd()
        {
            EnableBackupSram(regulator: false);
            BackupSram.Fill(0);
            Write(BackupSramBase + 0xFFE, 0x44332211);
            Assert.That(BackupSram.Peek(0xFFC), Is.EqualTo(0x22110000));
            Assert.That(Read(BackupSramBase + 0xFFE), Is.EqualTo(0x2211));
        }

        [Test]
        public void ShouldBeReachedThroughTheBitBandAlias()
        {
            EnableBackupSram(regulator: false);
            BackupSram.Fill(0);
            Write(0x42480000, 1);
            Write(AliasOf(BackupSramBase + 0xFFC, 31), 1);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(1));
            Assert.That(BackupSram.Peek(0xFFC), Is.EqualTo(0x80000000));
            Assert.That(Read(0x42480000), Is.EqualTo(1));
        }

        [Test]
        public void ShouldCloseAgainWithEachGate()
        {
            EnableBackupSram();
            Write(BackupSramBase, 1);
            Assert.That(BackupSram.IsDirectlyAccessible, Is.True);
            ClearBits(PwrControl, Dbp);
            Assert.That(BackupSram.IsDirectlyAccessible, Is.False);
            Write(BackupSramBase, 2);
            SetBits(PwrControl, Dbp);
            Assert.That(BackupSram.IsDirectlyAccessible, Is.True);
            ClearBits(Ahb1Enable, BackupSramEnable);
            Assert.That(BackupSram.IsDirectlyAccessible, Is.False);
            Write(BackupSramBase, 3);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(1));
        }

        [Test]
        public void ShouldStayWritableWhilePwrenIsOff()
        {
            // DBP is a state of the domain; PWREN clocks only the registers.
            EnableBackupSram();
            ClearBits(Apb1Enable, PwrEnable);
            Write(BackupSramBase, 5);
            Assert.That(Read(BackupSramBase), Is.EqualTo(5));
        }

        [Test]
        public void ShouldCountMistakesByKind()
        {
            Read(BackupSramBase);
            Read(BackupSramBase);
            Write(BackupSramBase, 1);
            SetBits(Ahb1Enable, BackupSramEnable);
            Write(BackupSramBase, 1);
            Assert.That(BackupSram.GuestMistakeCount, Is.EqualTo(4));
            Assert.That(BackupSram.GuestMistakes.Split('\n'), Has.Length.EqualTo(3));
            Assert.That(BackupSram.GuestMistakes, Does.Contain("2 x Backup SRAM: read as 0, because RCC_AHB1ENR.BKPSRAMEN is off"));
            Assert.That(BackupSram.GuestMistakes, Does.Contain("1 x Backup SRAM: write ignored, because PWR_CR.DBP is 0"));
        }

        [Test]
        public void ShouldCallALossWithoutBreAMistakeOnceItWasUsed()
        {
            EnableBackupSram(regulator: false);
            Supplies.PowerOff();
            Assert.That(BackupSram.GuestMistakes, Does.Contain("content did not survive, because the backup regulator was off (PWR_CSR.BRE = 0)"));
        }

        [Test]
        public void ShouldCallALossBeforeBrrAMistake()
        {
            BuildChip(regulatorDelay: 1000000, regulatorReads: 1000000);
            EnableBackupSram();
            BackupSram.Fill(0x55);
            Supplies.PowerOff();
            Assert.That(BackupSram.GuestMistakes, Does.Contain("content did not survive, because the backup regulator was not ready yet (PWR_CSR.BRR = 0)"));
            Assert.That(BackupSram.Peek(0), Is.Not.EqualTo(0x55555555));
        }

        [Test]
        public void ShouldNotBlameFirmwareThatNeverUsedIt()
        {
            Supplies.PowerOff();
            Supplies.PowerOn();
            Supplies.PowerOff();
            Assert.That(BackupSram.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldStartWithNoise()
        {
            AssertIsNoise();
        }

        [Test]
        public void ShouldHaveTheSameNoiseWithTheSameSeed()
        {
            var first = BackupSram.Dump();
            BuildChip(seed: 1);
            Assert.That(BackupSram.Dump(), Is.EqualTo(first));
            BuildChip(seed: 2);
            Assert.That(BackupSram.Dump(), Is.Not.EqualTo(first));
        }

        [Test]
        public void ShouldHaveOtherNoiseAfterEachLoss()
        {
            var first = BackupSram.Dump();
            Supplies.PowerOff();
            Supplies.PowerOn();
            var second = BackupSram.Dump();
            Supplies.PowerOff();
            Assert.That(new[] { first, second, BackupSram.Dump() }, Is.Unique);
            AssertIsNoise();
        }

        [Test]
        public void ShouldLoadAndSaveFilesWithoutTheGates()
        {
            var path = Path.GetTempFileName();
            try
            {
                var content = Enumerable.Range(0, 4096).Select(x => (byte)(x * 7)).ToArray();
                File.WriteAllBytes(path, content);
                BackupSram.Load(path);
                Assert.That(BackupSram.Peek(4), Is.EqualTo(0x312A231C));
                BackupSram.Poke(0, 0x44434241);
                BackupSram.Save(path);
                Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 0x41, 0x42, 0x43, 0x44 }.Concat(content.Skip(4))));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [Test]
        public void ShouldKeepWhatAShortFileDoesNotCover()
        {
            var path = Path.GetTempFileName();
            try
            {
                BackupSram.Fill(0xEE);
                File.WriteAllBytes(path, new byte[] { 1, 2 });
                BackupSram.Load(path);
                Assert.That(BackupSram.Peek(0), Is.EqualTo(0xEEEE0201));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [Test]
        public void ShouldRefuseATooLongFile()
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, new byte[4097]);
                var exception = Assert.Throws<RecoverableException>(() => BackupSram.Load(path));
                Assert.That(exception.Message, Does.Contain("4097").And.Not.Contain("\n"));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [TestCase(-1)]
        [TestCase(0xFFD)]
        [TestCase(0x1000)]
        public void ShouldRefuseOffsetsOutsideOnPeekAndPoke(int offset)
        {
            Assert.Throws<RecoverableException>(() => BackupSram.Peek(offset));
            Assert.Throws<RecoverableException>(() => BackupSram.Poke(offset, 0));
        }

        [Test]
        public void ShouldDumpAsText()
        {
            BackupSram.Fill(0);
            BackupSram.Poke(0x10, 0x44434241);
            var lines = BackupSram.Dump(0x10, 20).Split('\n');
            Assert.That(lines, Has.Length.EqualTo(2));
            Assert.That(lines[0], Is.EqualTo("010  41 42 43 44 00 00 00 00 00 00 00 00 00 00 00 00  ABCD............"));
            Assert.That(lines[1], Is.EqualTo("020  00 00 00 00                                      ...."));
            Assert.That(BackupSram.Dump().Split('\n'), Has.Length.EqualTo(256));
            Assert.Throws<RecoverableException>(() => BackupSram.Dump(4096));
            Assert.Throws<RecoverableException>(() => BackupSram.Dump(0, 0));
        }

        [Test]
        public void ShouldMapFourKilobytes()
        {
            Assert.That(BackupSram.MappedSegments.Select(x => (x.StartingOffset, x.Size)), Is.EqualTo(new[] { (0ul, 0x1000ul) }));
        }

        [Test]
        public void ShouldSayWhetherItWouldSurvive()
        {
            Assert.That(BackupSram.WouldSurvivePowerCut, Is.False);
            EnableBackupSram();
            Assert.That(BackupSram.WouldSurvivePowerCut, Is.True);
            Supplies.RemoveCoinCell();
            Assert.That(BackupSram.WouldSurvivePowerCut, Is.False);
        }

        [Test]
        public void ShouldNeedSuppliesAndPowerController()
        {
            Assert.That(() => new STM32F4_BackupSRAM(Machine, null, Pwr), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_BackupSRAM(Machine, Supplies, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldTellItsStatus()
        {
            Assert.That(Status(), Is.EqualTo(("clock off (BKPSRAMEN = 0): reads 0, ignores writes", "backup SRAM would be lost: the backup regulator is off (BRE = 0)")));
            SetBits(Ahb1Enable, BackupSramEnable);
            Assert.That(Status().Access, Is.EqualTo("readable, ignores writes"));
            EnableBackupSram();
            Assert.That(Status(), Is.EqualTo(("accessible", "backup SRAM would be kept")));
            Supplies.RemoveCoinCell();
            Assert.That(Status().AfterPowerCut, Is.EqualTo("backup SRAM would be lost: no supply on VBAT"));
        }

        [Test]
        public void ShouldTellThatTheRegulatorIsNotReady()
        {
            BuildChip(regulatorDelay: 1000000, regulatorReads: 1000000);
            EnableBackupSram();
            Assert.That(Status().AfterPowerCut, Is.EqualTo("backup SRAM would be lost: the backup regulator is not ready (BRR = 0)"));
        }

        [Test]
        public void ShouldTellItsWatcherOfEachAccessThatGetsThrough()
        {
            var watcher = new Recorder();
            BackupSram.Watcher = watcher;
            Write(BackupSramBase, 1);
            Read(BackupSramBase);
            SetBits(Ahb1Enable, BackupSramEnable);
            Write(BackupSramBase, 1);
            Assert.That(watcher.Accesses, Is.Empty, "without clock, and write-protected");
            UnlockBackupDomain();
            Write(BackupSramBase + 0x10, 0x44332211);
            Machine.SystemBus.WriteWord(BackupSramBase + 0x16, 0x6655);
            Machine.SystemBus.WriteByte(BackupSramBase + 0xFFF, 0x77);
            Machine.SystemBus.ReadByte(BackupSramBase + 1);
            Machine.SystemBus.ReadWord(BackupSramBase + 2);
            Read(BackupSramBase + 0xFFC);
            Assert.That(watcher.Accesses, Is.EqualTo(new[] { "w10 44332211 4", "w16 6655 2", "wFFF 77 1", "r1 1", "r2 2", "rFFC 4" }));
            Assert.That(BackupSram.Watcher, Is.SameAs(watcher));
            // Meanwhile it is no ordinary memory, and holds the same.
            Assert.That((BackupSram.Peek(0x10), BackupSram.Peek(0x14) >> 16, BackupSram.Peek(0xFFC) >> 24), Is.EqualTo((0x44332211u, 0x6655u, 0x77u)));
            Assert.That(Machine.SystemBus.ReadWord(BackupSramBase + 0x11), Is.EqualTo(0x3322));
            Assert.That(Machine.SystemBus.ReadByte(BackupSramBase + 0x13), Is.EqualTo(0x44));
            Assert.That(Read(BackupSramBase + 0x10), Is.EqualTo(0x44332211));
            Write(BackupSramBase + 0xFFE, 0x04030201);
            Assert.That(Read(BackupSramBase + 0xFFE), Is.EqualTo(0x0201), "what is beyond the end reads 0");
        }

        [Test]
        public void ShouldTakeWholeContentsOnly()
        {
            var content = Enumerable.Range(0, 4096).Select(x => (byte)(x * 3)).ToArray();
            BackupSram.SetContent(content);
            Assert.That(BackupSram.GetContent(), Is.EqualTo(content));
            Assert.Throws<RecoverableException>(() => BackupSram.SetContent(new byte[4095]));
            Assert.Throws<RecoverableException>(() => BackupSram.SetContent(new byte[4097]));
            Assert.That(BackupSram.GetContent(), Is.EqualTo(content));
            BackupSram.Erase();
            Assert.That(BackupSram.GetContent(), Has.All.Zero);
        }

        [Test]
        public void ShouldLoadAWholeFile()
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, Enumerable.Repeat((byte)0x3C, 4096).ToArray());
                BackupSram.Load(path);
                Assert.That(BackupSram.GetContent(), Has.All.EqualTo(0x3C));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [Test]
        public void ShouldPeekAndPokeTheLastWord()
        {
            BackupSram.Poke(0xFFC, 0xFEDCBA98);
            Assert.That(BackupSram.Peek(0xFFC), Is.EqualTo(0xFEDCBA98));
            Assert.That(BackupSram.Size, Is.EqualTo(0x1000));
        }

        [Test]
        public void ShouldDumpWhatCanBePrintedAndStopAtTheEnd()
        {
            BackupSram.Fill(0);
            BackupSram.Poke(0xFFC, 0x7F7E201F);
            Assert.That(BackupSram.Dump(0xFFC, 100), Is.EqualTo("FFC  1F 20 7E 7F                                      . ~."));
            Assert.That(BackupSram.Dump(0xFFF), Is.EqualTo("FFF  7F                                               ."));
            Assert.That(BackupSram.Dump(0, 1), Does.StartWith("000  00 "));
            Assert.Throws<RecoverableException>(() => BackupSram.Dump(-1));
        }

        [Test]
        public void ShouldNotWriteWhatComesAfterACut()
        {
            EnableBackupSram();
            BackupSram.Poke(0, 1);
            Supplies.CutPowerAtOnce();
            Write(BackupSramBase, 2);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(1));
        }

        [Test]
        public void ShouldKeepItsContentOverEveryOtherReset()
        {
            EnableBackupSram(regulator: false);
            BackupSram.Fill(0xA5);
            Supplies.PressReset();
            Assert.That(BackupSram.GetContent(), Has.All.EqualTo(0xA5));
            UnlockBackupDomain();
            SetBits(Bdcr, 1 << 16);
            ClearBits(Bdcr, 1 << 16);
            Assert.That(BackupSram.GetContent(), Has.All.EqualTo(0xA5));
            Assert.That(BackupSram.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldBlameEachUseThatWasLostOnce()
        {
            EnableBackupSram(regulator: false);
            Supplies.PowerOff();
            Supplies.PowerOn();
            Supplies.PowerOff();
            Assert.That(BackupSram.GuestMistakeCount, Is.EqualTo(1), "it was not used again");
        }

        [Test]
        public void ShouldLoseTheContentWithTheCell()
        {
            EnableBackupSram();
            BackupSram.Fill(0xA5);
            Supplies.PowerOff();
            Assert.That(BackupSram.GetContent(), Has.All.EqualTo(0xA5));
            Supplies.RemoveCoinCell();
            Assert.That(BackupSram.GetContent(), Has.Some.Not.EqualTo(0xA5));
            Assert.That(BackupSram.GuestMistakeCount, Is.Zero, "the guest could do nothing about it");
        }

        private (string Access, string AfterPowerCut) Status()
        {
            var lines = BackupSram.StatusLines.ToDictionary(x => x.Key, x => x.Value);
            return (lines["Backup SRAM"], lines["After a power cut"]);
        }

        private void AssertIsNoise()
        {
            var words = Enumerable.Range(0, 1024).Select(i => BackupSram.Peek(4 * i)).ToArray();
            Assert.That(words.Distinct().Count(), Is.GreaterThan(1000));
            Assert.That(words.Count(x => x == 0), Is.LessThan(4));
        }

        private class Recorder : IMemoryWatcher
        {
            public void HasRead(int offset, int size)
            {
                Accesses.Add($"r{offset:X} {size}");
            }

            public void HasWritten(int offset, uint value, int size)
            {
                Accesses.Add($"w{offset:X} {value:X} {size}");
            }

            public void IsStarting(MemoryOperation operation) => Accesses.Add("starting");

            public void HasEnded(MemoryOperation operation) => Accesses.Add("ended");

            public List<string> Accesses { get; } = new List<string>();
        }
    }
}
