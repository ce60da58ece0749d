// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The backup registers tell of each access, and can be cut after a write.</summary>
    [TestFixture]
    public class RtcBackupMemoryTests : ChipTest
    {
        [SetUp]
        public void Watch()
        {
            UnlockBackupDomain();
            memory = Rtc.NonVolatileMemories.Single();
            memory.Watcher = recorder = new MemoryRecorder();
        }

        [Test]
        public void ShouldTellOfAccessesToBackupRegistersAlone()
        {
            Write(First, 0x12345678);
            Read(Last);
            Write(Last, 1);
            Read(RtcBase + 8);
            Write(RtcBase + 0x24, 0xCA);
            Assert.That(recorder.Events, Is.EqualTo(new[] { "written 0 4 12345678", "read 4C 4", "written 4C 4 1" }));
        }

        [Test]
        public void ShouldNotTellOfWritesThatDoNotGetIn()
        {
            ClearBits(PwrBase, 1 << 8);
            Write(First, 1);
            Assert.That(recorder.Events, Is.Empty);
        }

        [Test]
        public void ShouldTakeNoWriteAfterACut()
        {
            recorder.AtWrite = Supplies.CutPowerAtOnce;
            Write(First, 1);
            Write(First, 2);
            Assert.That(recorder.Events.Count, Is.EqualTo(1));
            Assert.That(Rtc.BackupRegisterValues[0], Is.EqualTo(1));
        }

        [Test]
        public void ShouldShowItsContent()
        {
            Write(First, 0x12345678);
            var content = memory.GetContent();
            Assert.That(content.Length, Is.EqualTo(80));
            Assert.That(content.Take(5), Is.EqualTo(new byte[] { 0x78, 0x56, 0x34, 0x12, 0 }));
            content[79] = 0xAB;
            memory.SetContent(content);
            Assert.That(Rtc.BackupRegisterValues[19], Is.EqualTo(0xAB000000));
            Assert.Throws<RecoverableException>(() => memory.SetContent(new byte[79]));
        }

        private INonVolatileMemory memory;
        private MemoryRecorder recorder;

        private const ulong First = RtcBase + 0x50;
        private const ulong Last = RtcBase + 0x9C;
    }
}
