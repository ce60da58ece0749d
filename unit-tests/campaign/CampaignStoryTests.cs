// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>A cut told in sentences.</summary>
    [TestFixture]
    public class CampaignStoryTests
    {
        [Test]
        public void ShouldTellOfATornErase()
        {
            Assert.That(Tell(TornErase(), Result("")), Is.EqualTo(new[]
            {
                "run() was in step 2 of 3 and was erasing sector 1 of flash, 0x004000 to 0x007FFF, which takes 250 ms (place 5).",
                "The power was cut 101 ms after the start of run(), when 40 % of the time for that was over. Supply cell: VDD is gone at once, and the cell holds VBAT.",
                "VDD came back 12.5 ms after the cut.",
                "The erase was torn: of 16380 bytes that it was to change, 10 are as they were to be, 270 as before, 16100 in between. 8000 bytes there read differently each time, until the next erase.",
                "Left different from before the step that was cut: 16110 bytes of flash (sector 1).",
                "When the power was back, the verdict of check() was corrupt: something is there that was never meant to be.",
                "The last that it printed: \"two\" / \"three\" / \"four\".",
            }));
        }

        [TestCase(CutMoment.Before, "run() was in step 2 of 3 and was about to erase sector 1 of flash, 0x004000 to 0x007FFF: nothing of that was done (place 5).")]
        [TestCase(CutMoment.After, "run() was in step 2 of 3 and had just erased sector 1 of flash, 0x004000 to 0x007FFF, which takes 250 ms (place 5).")]
        public void ShouldTellOfAnEraseThatIsWhole(CutMoment moment, string sentence)
        {
            var scene = TornErase();
            scene.LastWrites = new[] { Erase(moment, 5) };
            scene.Record.Place = $"{moment} erase".ToLowerInvariant();
            scene.Torn = new (string, TornOperation)[0];
            var story = Tell(scene, Result(""));
            Assert.That(story[0], Is.EqualTo(sentence));
            Assert.That(story, Has.None.Contains("torn").And.None.Contains("of the time"));
        }

        [Test]
        public void ShouldTellOfAWriteThatIsDoneAtOnce()
        {
            Assert.That(Tell(Written(), Result("")), Is.EqualTo(new[]
            {
                "run() was in step 2 of 3 and had just written 4 bytes at 0x010 of backup SRAM: 0x00000007 (write 5).",
                "The power was cut 75.1 µs after the start of run(). Supply cell: VDD is gone at once, and the cell holds VBAT.",
                "Left different from before the step that was cut: 3 bytes of backup SRAM (0x010 to 0x011, 0x020).",
                "When the power was back, the verdict of check() was exception: ValueError: no.",
            }));
        }

        [Test]
        public void ShouldTellOfTheBytesOfSeveralSectors()
        {
            var scene = TornErase();
            scene.Left = scene.Left.Append(new MemoryLeft { Target = "flash", Offset = 0x8000, Size = 0x8000, State = MemoryState.Programmed, Changed = 1 }).ToArray();
            Assert.That(Tell(scene, Result("")), Has.Member("Left different from before the step that was cut: 16111 bytes of flash (sector 1: 16110, 2 sectors from 2 on: 1)."));
        }

        [Test]
        public void ShouldTellOfNoChange()
        {
            var scene = Written();
            scene.After = scene.Before;
            scene.Left = new MemoryLeft[0];
            Assert.That(Tell(scene, Result("")), Has.Member("All was left as it was before the step that was cut."));
        }

        [Test]
        public void ShouldTellOfContentThatIsLost()
        {
            var scene = Written();
            scene.Left[0].State = MemoryState.Lost;
            scene.Supply = Curve(0, (0, 3.3, 3.0), (0, 0, 2.7), (5000, 0, 2.7), (5000, 0, 0), (6000, 0, 0), (6000, 0, 2.7), (12500, 0, 2.7), (12500, 3.3, 3.0), (13500, 3.3, 3.0));
            var story = Tell(scene, Result("--supply vbat-bounce"));
            Assert.That(story, Has.Member("VDD came back 12.5 ms after the cut, and VBAT was below 1.65 V for 1 ms of that."));
            Assert.That(story, Has.Member("What is in backup SRAM now was never written: the content is lost."));
            Assert.That(story, Has.None.Contains("Left different").And.None.Contains("as it was"));
        }

        [Test]
        public void ShouldTellWhatRanOnWhileVddFell()
        {
            var scene = Written();
            scene.Record.WritesDone = 7;
            scene.LastWrites = scene.LastWrites.Concat(new[] { Erase(CutMoment.Before, 6), Erase(CutMoment.Within, 7) }).ToArray();
            scene.Supply = Curve(332.9, (-10, 3.3, 3.0), (0, 3.3, 3.0), (678, 0, 2.7), (12500, 0, 2.7), (12500, 3.3, 3.0), (13500, 3.3, 3.0));
            var result = Result("--supply slow-ramp");
            Assert.That(Tell(scene, result)[2], Is.EqualTo("It ran on for 332.9 µs, until VDD was below 1.68 V, and got 2 further places in; then it was erasing sector 1 of flash, 0x004000 to 0x007FFF."));
            scene.Supply.BrownOut = 2.19;
            Assert.That(Tell(scene, result)[2], Does.Contain("until VDD was below 2.19 V"));
            scene.Record.WritesDone = 5;
            scene.LastWrites = scene.LastWrites.Take(1).ToArray();
            Assert.That(Tell(scene, result)[2], Does.EndWith(", and got no further write in."));
        }

        [Test]
        public void ShouldTellOfACutBetweenWrites()
        {
            var scene = Written();
            scene.Record.Place = "";
            scene.Record.Target = "";
            scene.Record.Path = new[] { 750 };
            var result = Result("--cut-at time");
            Assert.That(Tell(scene, result)[0], Is.EqualTo("run() was in step 2 of 3, between two writes; the last before it had written 4 bytes at 0x010 of backup SRAM: 0x00000007."));
            scene.LastWrites = new[] { Erase(CutMoment.Within, 4) };
            Assert.That(Tell(scene, result)[0], Does.Contain("was erasing sector 1 of flash"));
            scene.LastWrites = new MemoryWrite[0];
            Assert.That(Tell(scene, result)[0], Is.EqualTo("run() was in step 2 of 3 and had written nothing yet."));
        }

        [Test]
        public void ShouldTellOfCutsInARow()
        {
            var scene = Written();
            scene.Record.Path = new[] { 17, 5 };
            var story = Tell(scene, Result("--depth 2"));
            Assert.That(story[0], Is.EqualTo("The power had failed before: at place 17 of run(), within step 2 of 3."));
            Assert.That(story[1], Does.StartWith("check() was at work on what that had left and had just written 4 bytes"));
            Assert.That(story[2], Does.Contain("after the start of check()"));
            Assert.That(story[3], Does.Contain("different from when the power was back from the cut before"));
            scene.Record.Path = new[] { 17, 3, 5 };
            Assert.That(Tell(scene, Result("--depth 3"))[0], Does.EndWith("within step 2 of 3, and then after write 3 of check()."));
        }

        [Test]
        public void ShouldTellOfFirmwareInItsWords()
        {
            var story = Tell(Written(), Result("--until x --good y"));
            Assert.That(story[0], Does.StartWith("The run was in step 2 of 3"));
            Assert.That(story[1], Does.Contain("after the start of the run"));
            Assert.That(story.Last(), Does.Contain("the verdict of the boot was exception"));
            Assert.That(story, Has.None.Contains("()"));
        }

        [Test]
        public void ShouldTellWhatIsKnownOfACutThatWasNotKept()
        {
            var scene = new CutScene { Record = TornErase().Record };
            Assert.That(Tell(scene, Result("")), Is.EqualTo(new[]
            {
                "run() was in step 2 of 3, within erase of flash.",
                "The power was cut 101 ms after the start of run(). Supply cell: VDD is gone at once, and the cell holds VBAT.",
                "When the power was back, the verdict of check() was corrupt: something is there that was never meant to be.",
            }));
        }

        [TestCase(0, 0, "run() had done no step")]
        [TestCase(1, 1, "run() had done its one step")]
        [TestCase(3, 3, "run() had done all of its 3 steps")]
        public void ShouldTellOfTheEnd(int done, int steps, string begin)
        {
            var scene = Written();
            scene.Record.StepsDone = done;
            var result = Result("");
            result.RunSteps = steps;
            Assert.That(Tell(scene, result)[0], Does.StartWith(begin + " and had just written"));
        }

        [Test]
        public void ShouldKeepSentencesShort()
        {
            var scene = Written();
            scene.Output = new string('x', 5000) + "\n\n\n";
            for(var i = 0; i < scene.After.Length; i += 2)
            {
                scene.After[i] = 1;
            }
            var story = Tell(scene, Result(""));
            Assert.That(story.Select(x => x.Length), Has.All.LessThan(300));
            Assert.That(story, Has.Some.Contains("and 2041 more)"));
        }

        private static IReadOnlyList<string> Tell(CutScene scene, CampaignResult result) => CampaignStory.Tell(scene, result);

        private static CampaignResult Result(string options)
        {
            return new CampaignResult
            {
                Options = CampaignOptions.Parse(options),
                Targets = new[] { "bkpsram", "flash" },
                RunSteps = 3,
                Memories = new[]
                {
                    new MemoryPicture { Target = "bkpsram", Size = 4096, Rows = new[] { new MemoryRow { Offset = 0, Size = 64 } } },
                    new MemoryPicture
                    {
                        Target = "flash",
                        Size = 0x80000,
                        HasSectors = true,
                        Rows = new[] { new MemoryRow { Sector = 1, Offset = 0x4000, Size = 0x4000 }, new MemoryRow { Sector = 2, Count = 2, Offset = 0x8000, Size = 0x8000 } },
                    },
                },
            };
        }

        private static CutScene TornErase()
        {
            return new CutScene
            {
                Record = new CutRecord { Path = new[] { 5 }, Verdict = Verdict.Corrupt, StepsDone = 1, Microseconds = 101000, WritesDone = 5, Target = "flash", Place = "within erase" },
                Target = "flash",
                Offset = 0x4000,
                Before = new byte[4096],
                After = Enumerable.Repeat((byte)0x5A, 4096).ToArray(),
                LastWrites = new[] { Erase(CutMoment.Before, 4), Erase(CutMoment.Within, 5) },
                Left = new[] { new MemoryLeft { Target = "flash", Offset = 0x4000, Size = 0x4000, State = MemoryState.Unstable, Bytes = 16000, Changed = 16110, Unstable = 8000 } },
                // Of an earlier cut, elsewhere, and this one.
                Torn = new[] { ("flash", new TornOperation(0x8000, 4, 0.9, 1, 1, 2)), ("flash", new TornOperation(0x4000, 16380, 0.4, 270, 10, 16100)) },
                Supply = Curve(0, (-10, 3.3, 3.0), (0, 3.3, 3.0), (0, 0, 2.7), (12500, 0, 2.7), (12500, 3.3, 3.0), (13500, 3.3, 3.0)),
                Output = "one\n\ntwo\r\nthree\n  four\n",
            };
        }

        private static MemoryWrite Erase(CutMoment moment, int number)
        {
            return new MemoryWrite { Target = "flash", Number = number, Moment = moment, Kind = MemoryOperationKind.Erase, Offset = 0x4000, Size = 0x4000, Value = uint.MaxValue, Microseconds = 1000, Duration = 250000, Sector = 1 };
        }

        private static CutScene Written()
        {
            var after = new byte[4096];
            after[0x10] = 7;
            after[0x11] = 1;
            after[0x20] = 2;
            return new CutScene
            {
                Record = new CutRecord { Path = new[] { 5 }, Verdict = Verdict.Exception, Detail = "ValueError: no", StepsDone = 1, Microseconds = 75.125, WritesDone = 5, Target = "bkpsram", Place = "write" },
                Target = "bkpsram",
                Before = new byte[4096],
                After = after,
                LastWrites = new[] { new MemoryWrite { Target = "bkpsram", Number = 5, Offset = 0x10, Value = 7, Size = 4, Microseconds = 75.125 } },
                Left = new[] { new MemoryLeft { Target = "bkpsram", Offset = 0, Size = 64, State = MemoryState.Written, Bytes = 3, Changed = 3 } },
            };
        }

        private static SupplyCurve Curve(double coreStopped, params (double Microseconds, double Vdd, double Vbat)[] points)
        {
            return new SupplyCurve
            {
                CoreStopped = coreStopped,
                PowerDown = 1.68,
                PowerOn = 1.72,
                Points = points.Select(x => new SupplyPoint { Microseconds = x.Microseconds, Vdd = x.Vdd, Vbat = x.Vbat }).ToArray(),
            };
        }
    }
}
