// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>What a boot and a check have looked at decides whether another cut would be judged alike.</summary>
    [TestFixture]
    public class LookedAtTests
    {
        [SetUp]
        public void MakeBoard()
        {
            board = new FakeBoard();
            board.MakeFlash();
            flash = board.Memories.OfType<ISectoredMemory>().Single();
            flash.ToldSectors = new[] { flash.SectorAt(0), flash.SectorAt(4) };
            left = new CutRemains(board);
            lookedAt = new LookedAt(left);
        }

        [Test]
        public void ShouldCompareWhatWasRead()
        {
            lookedAt.Read("flash", 3, 2);
            lookedAt.Read("bkpsram", 8, 1);
            lookedAt.Close(true);
            Assert.That(lookedAt.IsSameIn(left), Is.True);
            Assert.That(lookedAt.IsSameIn(After(() => Program(2, 0))), Is.True, "nobody has looked");
            Assert.That(lookedAt.IsSameIn(After(() => Program(3, 0))), Is.False);
            Assert.That(lookedAt.IsSameIn(After(() => Program(4, 0))), Is.False);
            Assert.That(lookedAt.IsSameIn(After(() => board.Write(7, 1))), Is.True);
            Assert.That(lookedAt.IsSameIn(After(() => board.Write(8, 1))), Is.False);
        }

        [Test]
        public void ShouldLeaveOutWhatWasWrittenBefore()
        {
            lookedAt.Write("bkpsram", 8, 4);
            lookedAt.Read("bkpsram", 8, 4);
            lookedAt.Close(true);
            Assert.That(lookedAt.IsSameIn(After(() => board.Write(8, 1))), Is.True);
        }

        [Test]
        public void ShouldLeaveOutWhatWasErasedBefore()
        {
            lookedAt.Erase("flash", 4, 4);
            lookedAt.Program("flash", 4, 4);
            lookedAt.Read("flash", 4, 4);
            lookedAt.Close(false);
            var other = After(() => Program(5, 0));
            Assert.That(lookedAt.IsUnclear, Is.False);
            Assert.That(lookedAt.IsSameIn(other), Is.True);
            Assert.That(lookedAt.StillIn(other).Select(x => (x.Target, x.Offset)), Is.EqualTo(new[] { ("bkpsram", 0), ("flash", 0) }));
        }

        [Test]
        public void ShouldBeUnclearWhereBitsWereClearedThatNobodyKnows()
        {
            lookedAt.Program("flash", 4, 1);
            Assert.That(lookedAt.IsUnclear, Is.True);
        }

        [Test]
        public void ShouldNotMindWhatIsWrittenElsewhere()
        {
            flash.ToldSectors = new[] { flash.SectorAt(0) };
            lookedAt = new LookedAt(new CutRemains(board));
            lookedAt.Program("flash", 4, 1);
            lookedAt.Erase("spi-flash", 0, 4096);
            Assert.That(lookedAt.IsUnclear, Is.False);
        }

        [Test]
        public void ShouldBeUnclearWhereCellsWereReadThatAreHalfDone()
        {
            board.IsUnstable = true;
            lookedAt = new LookedAt(After(() => Tear(5)));
            lookedAt.Read("flash", 4, 1);
            Assert.That(lookedAt.IsUnclear, Is.False);
            lookedAt.Read("flash", 4, 4);
            Assert.That(lookedAt.IsUnclear, Is.True);
        }

        [Test]
        public void ShouldNotTakeCellsForTheSameThatAreHalfDone()
        {
            board.IsUnstable = true;
            lookedAt.Read("flash", 5, 1);
            lookedAt.Close(true);
            // To what it is already.
            Assert.That(lookedAt.IsSameIn(After(() => Tear(5, 0xFF))), Is.False);
        }

        [Test]
        public void ShouldGoOnAfterAnotherCut()
        {
            lookedAt.Read("flash", 0, 1);
            lookedAt.Close(false);
            var other = After(() => Program(1, 0x12));
            var copy = lookedAt.CopyFor(other);
            copy.Read("flash", 1, 1);
            copy.Close(true);
            Assert.That(copy.IsSameIn(other), Is.True);
            Assert.That(copy.IsSameIn(left), Is.False, "the second byte is that of the other cut");
            Assert.That(lookedAt.IsSameIn(left), Is.True, "and of no matter here");
        }

        private CutRemains After(System.Action action)
        {
            using(var before = board.TakeState())
            {
                action();
                var result = new CutRemains(board);
                board.Restore(before);
                return result;
            }
        }

        private void Program(int offset, byte value)
        {
            board.WriteSlowly(offset, value);
            board.RunForMicroseconds(200);
        }

        private void Tear(int offset, byte value = 0)
        {
            board.WriteSlowly(offset, value);
            board.RunForMicroseconds(50);
            board.PowerOff(false);
        }

        private FakeBoard board;
        private ISectoredMemory flash;
        private CutRemains left;
        private LookedAt lookedAt;
    }
}
