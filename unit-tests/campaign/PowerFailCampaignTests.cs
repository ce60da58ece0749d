// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The engine on a board, with a guest, that are no more than what it asks of them.</summary>
    [TestFixture]
    public class PowerFailCampaignTests
    {
        [SetUp]
        public void MakeBoard()
        {
            board = new FakeBoard();
            guest = new FakeGuest(board);
            slow = new List<int>();
        }

        [TestCase(true)]
        [TestCase(false)]
        public void ShouldCutRightAfterEachWrite(bool hasCheapStates)
        {
            board.HasCheapStates = hasCheapStates;
            Assert.That(Tell(Make("")), Is.EqualTo("1 Corrupt 0, 2 New 0, 3 Corrupt 1, 4 New 1"));
            Assert.That(made.Select(x => x.WritesDone), Is.EqualTo(new[] { 1, 2, 3, 4 }));
            Assert.That(made.Select(x => x.IsGood), Is.EqualTo(new[] { false, true, false, true }));
            Assert.That(made.Select(x => x.Microseconds), Is.EqualTo(new[] { 400.0, 800, 1400, 1800 }));
        }

        [Test]
        public void ShouldMeasureTheRunWithoutACut()
        {
            using(var campaign = Campaign(""))
            {
                Assert.That(campaign.Rehearsal.Writes.Select(x => (x.Number, x.Offset, x.Value, x.StepsDone)), Is.EqualTo(new[] { (1, 0, 1u, 0), (2, 1, 1u, 0), (3, 0, 2u, 1), (4, 1, 2u, 1) }));
                Assert.That(campaign.Rehearsal.Steps, Is.EqualTo(2));
                Assert.That(campaign.Rehearsal.LastWriteOfStep, Is.EqualTo(new[] { 2, 4 }));
                Assert.That(campaign.Rehearsal.Microseconds, Is.EqualTo(2100));
                Assert.That(campaign.Rehearsal.Instructions, Is.EqualTo(2100));
                Assert.That(campaign.Rehearsal.Lead, Is.EqualTo(10));
                Assert.That(campaign.Plan.CutsOfAllShards, Is.EqualTo(4));
            }
        }

        [Test]
        public void ShouldShowTheFirstFailure()
        {
            using(var campaign = Campaign(""))
            {
                campaign.Cuts(x => x == 1).ToList();
                var scene = campaign.Scene;
                Assert.That(scene.Record.Name, Is.EqualTo("3"));
                Assert.That(scene.LastWrites.Select(x => x.Number), Is.EqualTo(new[] { 1, 2, 3 }));
                Assert.That(scene.LastWrites.Last().ProgramCounter, Is.EqualTo(0x08001234));
                Assert.That(scene.Before.Take(2), Is.EqualTo(new[] { 1, 1 }));
                Assert.That(scene.After.Take(2), Is.EqualTo(new[] { 2, 1 }));
                Assert.That(scene.Output, Is.EqualTo("said"));
            }
        }

        [Test]
        public void ShouldCutTheRecoveryAsWell()
        {
            guest.CheckWrites = 2;
            Assert.That(Tell(Make("--depth 2 --only 2")), Is.EqualTo("2 New 0, 2,1 New 0, 2,2 New 0"));
            Assert.That(Tell(Make("--depth 3 --only 2")), Is.EqualTo("2 New 0, 2,1 New 0, 2,1,1 New 0, 2,1,2 New 0, 2,2 New 0, 2,2,1 New 0, 2,2,2 New 0"));
            Assert.That(made[0].RecoveryWrites, Is.EqualTo(2));
            Assert.That(Tell(Make("--only 2,1")), Is.EqualTo("2 New 0, 2,1 New 0"));
            Assert.That(Make("--depth 2").Count, Is.EqualTo(12));
            Assert.That(Make("--depth 2 --sample 4").Count, Is.EqualTo(8));
        }

        [Test]
        public void ShouldBootOnceForAllCutsThatLeaveTheSameBehind()
        {
            Make("");
            Assert.That(guest.Boots, Is.EqualTo(2));
        }

        [Test]
        public void ShouldBootAnewIfToldTo()
        {
            Make("--reboot");
            Assert.That(guest.Boots, Is.EqualTo(1 + 4));
            Assert.That(Tell(made), Is.EqualTo("1 Corrupt 0, 2 New 0, 3 Corrupt 1, 4 New 1"));
        }

        [Test]
        public void ShouldBootAnewWhereLoadingTouchesTheTarget()
        {
            guest.OnLoad = () => board.Read(0);
            Make("");
            Assert.That(guest.Boots, Is.EqualTo(1 + 4));
        }

        [Test]
        public void ShouldBootAnewWhereModelsKeepSomethingElse()
        {
            guest.OnStep = step => board.Retain((byte)step);
            Make("");
            // Before the first step is complete, and after it.
            Assert.That(guest.Boots, Is.EqualTo(1 + 2));
        }

        [Test]
        public void ShouldBootAnewWhereTheClockWasSet()
        {
            guest.OnStep = step => board.SetClock(1000 * step);
            Make("");
            Assert.That(guest.Boots, Is.EqualTo(1 + 2));
        }

        [Test]
        public void ShouldJudgeOnceWhatTheCheckSeesAlike()
        {
            var checks = 0;
            guest.RunsFromTargets = false;
            guest.CheckReads = true;
            guest.Answer = steps =>
            {
                checks++;
                return board.GetContent()[0] == steps ? "old" : "new";
            };
            // The second byte of each step is one that nobody looks at.
            Assert.That(Tell(Make("")), Is.EqualTo("1 New 0, 2 New 0, 3 New 1, 4 New 1"));
            Assert.That(checks, Is.EqualTo(2));
            Assert.That(made.Select(x => x.State).Distinct().Count(), Is.EqualTo(4), "they are others all the same");
            Make("--reboot");
            Assert.That(checks, Is.EqualTo(2 + 4));
        }

        [TestCase(1, "", 1)]
        // Erased, half of the first, the first, half of the second, the second.
        [TestCase(0, "", 5)]
        [TestCase(1, "--reboot", 10)]
        public void ShouldBootOnceForAllCutsThatTheBootSeesAlike(int offset, string options, int boots)
        {
            board.MakeFlash();
            guest.IsSlow = true;
            guest.RunsFromTargets = false;
            guest.Answer = _ => board.ReadSlow(0) == 0x22 ? "new" : "old";
            guest.OnLoad = () => board.ReadSlow(offset);
            Assert.That(Tell(Make(options)), Is.EqualTo("1 Old 0, 2 Old 0, 3 Old 0, 4 Old 0, 5 Old 0, 6 Old 1, 7 Old 1, 8 Old 1, 9 Old 1, 10 New 1"));
            Assert.That(guest.Boots, Is.EqualTo(1 + boots));
        }

        [Test]
        public void ShouldTellTheSameStatesWhetherItBootsAnewOrNot()
        {
            var states = new[] { "", " --reboot" }.Select(x =>
            {
                MakeBoard();
                board.MakeFlash();
                guest.IsSlow = true;
                guest.RunsFromTargets = false;
                guest.CheckReads = true;
                guest.Answer = _ => "old";
                return string.Join(" ", Make("--target flash" + x).Select(y => y.State));
            }).ToArray();
            Assert.That(states[0], Is.EqualTo(states[1]));
        }

        [Test]
        public void ShouldBootAnewWhereTheBootSeesWhatReadsDifferentlyEachTime()
        {
            board.MakeFlash();
            board.IsUnstable = true;
            guest.IsSlow = true;
            guest.RunsFromTargets = false;
            guest.OnLoad = () => board.ReadSlow(0);
            Make("--target flash");
            var boots = guest.Boots;
            board.IsUnstable = false;
            Make("--target flash");
            Assert.That(guest.Boots - boots, Is.LessThan(boots));
        }

        [Test]
        public void ShouldKeepABootAsLongAsRecoveriesGoBackToIt()
        {
            // Each recovery leaves another register behind, more than boots that are remembered.
            guest.Steps = 1;
            guest.CheckWrites = 12;
            guest.OnCheckWrite = x => board.Retain((byte)(x + 1));
            Assert.That(Make("--depth 2").Count, Is.EqualTo(2 * 13));
            Assert.That(guest.Boots, Is.GreaterThan(12));
        }

        [Test]
        public void ShouldForgetAllStates()
        {
            guest.CheckWrites = 2;
            guest.OnStep = step => board.Retain((byte)step);
            Make("--depth 2");
            Assert.That(board.LiveStates, Is.Zero);
            Assert.That(guest.Attached, Is.Zero);
        }

        [Test]
        public void ShouldLetTheProgramRunOnWhileVddFalls()
        {
            // At most 2.5 ms: beyond the next write.
            var cuts = Make("--supply slow-ramp --ramp 0.0025 --sample 4");
            Assert.That(cuts.Select(x => x.WritesDone - x.Path[0]).Max(), Is.GreaterThan(0));
            Assert.That(cuts.All(x => x.WritesDone >= x.Path[0]), Is.True);
            // What counts is what was complete when the power was gone.
            Assert.That(cuts.Any(x => x.StepsDone > (x.Path[0] - 1) / 2), Is.True);
            Assert.That(cuts.All(x => x.StepsDone <= x.WritesDone / 2), Is.True);
        }

        [Test]
        public void ShouldPullTheUsbCableBeforeVddFalls()
        {
            guest.Answer = _ => "old";
            var cuts = Make("--supply usb-unplug --ramp 0.0025 --reboot");
            Assert.That(board.Pulls, Is.EqualTo(cuts.Count));
            Assert.That(board.WasPoweredAtPull, Is.True);
            Assert.That(board.IsPlugged, Is.True, "plugged in for the boot that follows");
            Assert.That(cuts.Select(x => x.WritesDone - x.Path[0]).Max(), Is.GreaterThan(0), "the program runs on while VDD falls");
        }

        [Test]
        public void ShouldFindNoiseWithoutACellTheSameWhicheverCutsCameBefore()
        {
            guest.Answer = _ => "lost";
            Assert.That(Make("--supply no-cell").All(x => x.Verdict == Verdict.Lost && x.IsGood), Is.True);
            byte[] Left(string options)
            {
                MakeBoard();
                guest.Answer = _ => string.Join(" ", board.GetContent());
                using(var campaign = Campaign("--supply no-cell " + options))
                {
                    return Assert.Throws<RecoverableException>(() => campaign.Cuts(x => x < 3 && options.Length == 0).ToList()).Message.Select(x => (byte)x).ToArray();
                }
            }
            Assert.That(Left("--only 3"), Is.EqualTo(Left("")));
            Assert.That(Left("--only 3 --seed 2"), Is.Not.EqualTo(Left("")));
        }

        [Test]
        public void ShouldLoseTheContentInSomeCutsIfTheCellBounces()
        {
            guest.Steps = 20;
            // The program never writes there.
            guest.Answer = _ => board.GetContent()[7] == 0 ? "old" : "lost";
            var cuts = Make("--supply vbat-bounce");
            Assert.That(cuts.Count, Is.EqualTo(40));
            Assert.That(cuts.Count(x => x.Verdict == Verdict.Lost), Is.InRange(10, 30));
            Assert.That(cuts.All(x => x.IsGood), Is.True);
            Assert.That(board.HasCell, Is.True);
        }

        [Test]
        public void ShouldCutAtTimesAndInstructions()
        {
            Assert.That(Tell(Make("--cut-at time --every 500")), Is.EqualTo("500 Corrupt 0, 1000 Old 1, 1500 Corrupt 1, 2000 Old 2"));
            Assert.That(made.Select(x => x.Microseconds), Is.EqualTo(new[] { 500.0, 1000, 1500, 2000 }));
            Assert.That(Tell(Make("--cut-at instructions --every 700")), Is.EqualTo("700 Corrupt 0, 1400 Corrupt 1, 2100 Old 2"));
        }

        [Test]
        public void ShouldMakeTheCutsOfAShardAndAJob()
        {
            guest.Steps = 6;
            Assert.That(Make("--shard 2/3").Select(x => x.Path[0]), Is.EqualTo(new[] { 2, 5, 8, 11 }));
            Assert.That(Make("--shard 2/3 --job 1/2").Select(x => x.Path[0]), Is.EqualTo(new[] { 2, 8 }));
            Assert.That(Make("--shard 2/3 --job 2/2").Select(x => x.Path[0]), Is.EqualTo(new[] { 5, 11 }));
            Assert.That(Make("--job 13/13"), Is.Empty);
        }

        [TestCase(GuestOutcome.Running, Verdict.Hang, "the check is Running")]
        [TestCase(GuestOutcome.Raised, Verdict.Exception, "ValueError: no")]
        [TestCase(GuestOutcome.Left, Verdict.Exception, "the check is Left")]
        public void ShouldTellHowACheckEnded(object outcome, Verdict verdict, string detail)
        {
            guest.CheckOutcome = (GuestOutcome)outcome;
            var cut = Make("--only 2 --check-timeout 0.05").Single();
            Assert.That((cut.Verdict, cut.Detail, cut.IsGood), Is.EqualTo((verdict, detail, false)));
        }

        [Test]
        public void ShouldTellOfFirmwareThatDoesNotComeUpAgain()
        {
            guest.BootsUp = x => x == 1;
            var cut = Make("--only 2").Single();
            Assert.That((cut.Verdict, cut.Detail), Is.EqualTo((Verdict.Hang, "the fake shows no prompt within 60 s of virtual time")));
        }

        [TestCase(GuestOutcome.Running, Verdict.Hang, "loading the program does not end within 60 s of virtual time")]
        [TestCase(GuestOutcome.Raised, Verdict.Exception, "loading the program: ValueError: no")]
        public void ShouldTellOfAProgramThatCanNotBeLoadedAgain(object outcome, Verdict verdict, string detail)
        {
            guest.LoadOutcome = x => x == 1 ? GuestOutcome.Returned : (GuestOutcome)outcome;
            var cut = Make("--only 2 --depth 2").Single();
            Assert.That((cut.Verdict, cut.Detail), Is.EqualTo((verdict, detail)));
        }

        [Test]
        public void ShouldSayWhatCanNotBeCut()
        {
            Assert.That(Refusal("", x => x.Steps = 0), Does.Contain("fake.py: the run writes nothing"));
            Assert.That(Refusal("--run-timeout 0.05", x => x.IsEndless = true), Does.Contain("fake.py: the run is Running"));
            Assert.That(Refusal("", x => x.RunOutcome = GuestOutcome.Raised), Does.Contain("fake.py: the run is Raised"));
            Assert.That(Refusal("", x => x.RunOutcome = GuestOutcome.Left), Does.Contain("fake.py: the run is Left"));
            Assert.That(Refusal("", x => x.BootsUp = _ => false), Does.Contain("no prompt").And.Contain("on any UART of 'fake': is it a fake?"));
            Assert.That(Refusal("--only 5", x => { }), Does.Contain("--only 5 is out of range: the run of fake.py has 4 writes"));
            Assert.That(Refusal("--every 5", x => { }), Does.Contain("--every 5 leaves no cut"));
            Assert.That(Refusal("--shard 5/5", x => { }), Does.Contain("there are only 4 cuts, so this shard is empty"));
            board.HasCell = false;
            board.HasNoHolder = true;
            Assert.That(Assert.Throws<RecoverableException>(() => Campaign("")).Message, Does.Contain("board 'fake' has no place for a coin cell").And.Contain("--supply no-cell"));
        }

        [Test]
        public void ShouldSayThatAProgramDoesNotDoTheSameEachTime()
        {
            using(var campaign = Campaign(""))
            {
                guest.Steps = 1;
                var exception = Assert.Throws<RecoverableException>(() => campaign.Cuts(_ => false).ToList());
                Assert.That(exception.Message, Does.Contain("write 3 did not come again at cut 3"));
            }
        }

        [Test]
        public void ShouldSayThatAnAnswerIsNone()
        {
            guest.Answer = _ => "perhaps";
            Assert.That(Assert.Throws<RecoverableException>(() => Make("")).Message, Does.Contain("check() returned perhaps at cut 1: let it return 'old'"));
            guest.CheckWrites = 2;
            guest.Answer = _ => "old";
            Assert.That(Assert.Throws<RecoverableException>(() => Make("--only 1,3")).Message, Does.Contain("check() after cut 1 makes 2 writes"));
        }

        [Test]
        public void ShouldCutBeforeWithinAndAfterAWriteThatTakesTime()
        {
            guest.IsSlow = true;
            guest.Steps = 1;
            guest.Answer = _ => { slow.Add(board.Memories[1].GetContent()[0]); return "old"; };
            Make("--target flash");
            Assert.That(made.Select(x => $"{x.Name} {x.Target} {x.Place}"), Is.EqualTo(new[] { "1 flash before replace", "2 flash within replace", "3 flash after replace" }));
            Assert.That(slow, Is.EqualTo(new[] { 0x00, 0x01, 0x11 }));
            Assert.That(made.Select(x => x.WritesDone), Is.EqualTo(new[] { 1, 2, 3 }));
            Assert.That(made[0].Microseconds, Is.EqualTo(900));
            Assert.That(made[1].Microseconds, Is.GreaterThan(900).And.LessThan(1000));
            Assert.That(made[2].Microseconds, Is.EqualTo(1000));
        }

        [Test]
        public void ShouldCutWithinAtAShareThatTheSeedDecides()
        {
            guest.IsSlow = true;
            var first = Make("--target flash --only 2").Single().Microseconds;
            Assert.That(Make("--target flash --only 2").Single().Microseconds, Is.EqualTo(first));
            Assert.That(Make("--target flash").Single(x => x.Name == "2").Microseconds, Is.EqualTo(first), "whichever cuts came before");
            Assert.That(Make("--target flash --only 2 --seed 2").Single().Microseconds, Is.Not.EqualTo(first));
        }

        [Test]
        public void ShouldCutAllThatTheRunWritesUnlessToldOtherwise()
        {
            guest.IsSlow = true;
            guest.Steps = 1;
            Assert.That(Make("").Select(x => $"{x.Target} {x.Place}"), Is.EqualTo(new[] { "bkpsram write", "bkpsram write", "flash before replace", "flash within replace", "flash after replace" }));
            Assert.That(Make("--target bkpsram").Select(x => x.Place), Is.EqualTo(new[] { "write", "write" }));
            Assert.That(Make("--target flash,bkpsram").Count, Is.EqualTo(5));
        }

        [Test]
        public void ShouldShowTheMemoryThatWasCut()
        {
            guest.IsSlow = true;
            guest.Steps = 2;
            using(var campaign = Campaign("--target flash --only 5"))
            {
                campaign.Cuts(_ => false).ToList();
                Assert.That(campaign.Scene.Target, Is.EqualTo("flash"));
                Assert.That(campaign.Scene.Before, Is.EqualTo(new[] { 0x11, 0, 0, 0, 0, 0, 0, 0 }));
                Assert.That(campaign.Scene.After, Is.EqualTo(new[] { 0x12, 0, 0, 0, 0, 0, 0, 0 }));
                Assert.That(campaign.Scene.LastWrites.Select(x => $"{x.Number} {x.What}"), Is.EqualTo(new[] { "1 before replace", "2 within replace", "3 after replace", "4 before replace", "5 within replace" }));
            }
        }

        [Test]
        public void ShouldShowTheMemoryThatWasWrittenLastIfTheCutIsAtATime()
        {
            guest.IsSlow = true;
            guest.Answer = _ => "corrupt";
            using(var campaign = Campaign("--cut-at time --only 950"))
            {
                campaign.Cuts(_ => false).ToList();
                Assert.That(campaign.Scene.Target, Is.EqualTo("flash"));
                Assert.That(campaign.Scene.After[0], Is.EqualTo(0x01), "half done");
            }
        }

        [Test]
        public void ShouldTellWhatEachPartOfAMemoryIsAtEachTime()
        {
            board.MakeFlash();
            guest.IsSlow = true;
            guest.Steps = 1;
            using(var campaign = Campaign(""))
            {
                Assert.That(campaign.Memories.Select(Tell), Is.EqualTo(new[]
                {
                    "bkpsram 16 | 0+16: Unchanged 0-400, Writing 400-400 1, Written 400-800 1, Writing 800-800 2, Written 800-1300 2",
                    "flash 8 | sector 0, 0+4: Erased 0-900, Programming 900-1000 1, Programmed 1000-1300 1",
                }));
                Assert.That(campaign.Rehearsal.LastMicrosecondsOfStep, Is.EqualTo(new[] { 1000 }));
            }
        }

        [Test]
        public void ShouldTellOfALongRunNoMoreThanAReportCanTake()
        {
            board.MakeFlash();
            guest.IsSlow = true;
            guest.Steps = 5000;
            using(var campaign = Campaign(""))
            {
                Assert.That(campaign.Memories.Sum(x => x.Rows.Sum(y => y.Spans.Count)), Is.InRange(3, 600));
                foreach(var row in campaign.Memories.SelectMany(x => x.Rows))
                {
                    Assert.That(row.Spans[0].From, Is.Zero);
                    Assert.That(row.Spans.Last().To, Is.EqualTo(campaign.Rehearsal.Microseconds));
                    Assert.That(row.Spans.Zip(row.Spans.Skip(1), (x, y) => x.To == y.From), Has.All.True, "no gaps");
                }
            }
        }

        [Test]
        public void ShouldShowSeveralPartsInOneRowIfThereAreTooMany()
        {
            var places = Enumerable.Range(0, 100).Select(x => new MemoryWrite { Number = x + 1, Target = "flash", Offset = 4 * x, Size = 1, Moment = CutMoment.Written }).ToArray();
            // Sixteen rows at most: of 100 sectors, eight together.
            var rows = MemoryHistory.Rows(places, 400, x => new MemorySector { Number = x / 4, Offset = x & ~3, Size = 4 }, true);
            Assert.That(rows.Select(x => (x.Sector, x.Count, x.Offset, x.Size)).Take(2), Is.EqualTo(new (int?, int, int, int)[] { (0, 8, 0, 32), (8, 8, 32, 32) }));
            Assert.That(rows.Count, Is.EqualTo(13));
            Assert.That(rows.Sum(x => x.Count), Is.EqualTo(100));
        }

        [TestCase(false, MemoryState.Torn)]
        [TestCase(true, MemoryState.Unstable)]
        public void ShouldShowATornSectorAsTorn(bool isUnstable, MemoryState state)
        {
            board.MakeFlash();
            board.IsUnstable = isUnstable;
            guest.IsSlow = true;
            guest.Steps = 1;
            using(var campaign = Campaign("--target flash --only 2"))
            {
                campaign.Cuts(_ => false).ToList();
                var left = campaign.Scene.Left.Single();
                Assert.That((left.Target, left.Offset, left.Size, left.State, left.Bytes, left.Changed, left.Unstable), Is.EqualTo(("flash", 0, 4, state, 1, 1, isUnstable ? 1 : 0)));
                var torn = campaign.Scene.Torn.Single();
                Assert.That((torn.Target, torn.Operation.Offset, torn.Operation.Share, torn.Operation.Between), Is.EqualTo(("flash", 0, 0.5, 1)));
                Assert.That(campaign.Scene.LastWrites.Last().Sector, Is.Zero);
                Assert.That(campaign.Scene.LastWrites.Last().Duration, Is.EqualTo(100));
            }
        }

        [Test]
        public void ShouldTellAPartThatIsLeftAsItWasMeantToBeFromOneThatIsNot()
        {
            MemoryState Left(string options)
            {
                MakeBoard();
                guest.Answer = _ => "lost";
                using(var campaign = Campaign(options))
                {
                    campaign.Cuts(_ => false).ToList();
                    return campaign.Scene.Left.Single().State;
                }
            }
            Assert.That(Left("--only 1"), Is.EqualTo(MemoryState.Written));
            Assert.That(Left("--only 1 --supply no-cell"), Is.EqualTo(MemoryState.Lost));
            Assert.That(Left("--cut-at time --only 200"), Is.EqualTo(MemoryState.Unchanged));
        }

        [TestCase("cell", true)]
        [TestCase("cell", false)]
        [TestCase("slow-ramp", true)]
        [TestCase("slow-ramp", false)]
        [TestCase("vbat-bounce", true)]
        [TestCase("usb-unplug", true)]
        public void ShouldMeasureTheSupplyOfTheCutThatIsShown(string supply, bool hasCheapStates)
        {
            board.HasCheapStates = hasCheapStates;
            var curve = Curve($"--supply {supply} --ramp 0.0025 --only 3");
            Assert.That(curve.Points.Count, Is.InRange(4, 40));
            Assert.That(curve.Points.Select(x => x.Microseconds), Is.Ordered);
            Assert.That(curve.Points[0].Microseconds, Is.Negative);
            Assert.That(curve.Points[0].Vdd, Is.EqualTo(3.3));
            var cut = curve.Points.First(x => x.Microseconds == 0);
            Assert.That(cut.Vdd, Is.EqualTo(3.3));
            Assert.That(curve.Points.Select(x => x.Vdd), Has.Member(0.0));
            Assert.That(curve.Points.Last().Vdd, Is.EqualTo(3.3), "it is back");
            Assert.That(curve.Points.Last(x => x.Vdd == 0).Microseconds, Is.GreaterThan(10000), "off as long as --off says");
            Assert.That((curve.PowerDown, curve.PowerOn, curve.BrownOut), Is.EqualTo((1.68, 1.72, 0)));
            if(supply == "slow-ramp" || supply == "usb-unplug")
            {
                var gone = curve.Points.First(x => x.Vdd == 0).Microseconds;
                Assert.That(gone, Is.InRange(50, 2600), "by the seed");
                Assert.That(curve.CoreStopped, Is.GreaterThan(0).And.LessThanOrEqualTo(gone));
            }
            else
            {
                Assert.That(curve.CoreStopped, Is.Zero);
                Assert.That(curve.Points.Count(x => x.Microseconds == 0), Is.EqualTo(2), "a step");
            }
        }

        [Test]
        public void ShouldMeasureTheCellThatLosesContact()
        {
            var curves = Enumerable.Range(1, 8).Select(x => { MakeBoard(); guest.Steps = 4; return Curve($"--supply vbat-bounce --only {x}"); }).ToList();
            var bounces = curves.Where(x => x.Points.Any(y => y.Vbat == 0)).ToList();
            Assert.That(bounces.Count, Is.InRange(1, 7));
            foreach(var points in bounces.Select(x => x.Points))
            {
                Assert.That(points.SkipWhile(x => x.Vbat > 0).SkipWhile(x => x.Vbat == 0).First().Vbat, Is.EqualTo(2.76).Within(0.001), "and finds it again, while VDD is off");
            }
        }

        [Test]
        public void ShouldMeasureASecondCut()
        {
            guest.CheckWrites = 2;
            var curve = Curve("--only 2,1");
            Assert.That(curve.Points.First(x => x.Microseconds == 0).Vdd, Is.EqualTo(3.3));
            Assert.That(curve.Points.Last().Vdd, Is.EqualTo(3.3));
        }

        [TestCase("")]
        [TestCase("--supply no-cell")]
        [TestCase("--supply vbat-bounce")]
        [TestCase("--supply slow-ramp --ramp 0.0025")]
        [TestCase("--depth 2")]
        public void ShouldFindTheSameThoughACutWasMeasured(string options)
        {
            guest.CheckWrites = 2;
            // The first of them is the first failure, which is measured; if none fails, none is.
            guest.Answer = _ => "corrupt";
            var measured = Make(options).Select(x => $"{x.Name} {x.State} {x.StepsDone} {x.Microseconds} {x.WritesDone}").ToList();
            MakeBoard();
            guest.CheckWrites = 2;
            guest.Answer = _ => "old";
            Assert.That(Make(options).Select(x => $"{x.Name} {x.State} {x.StepsDone} {x.Microseconds} {x.WritesDone}"), Is.EqualTo(measured));
        }

        [Test]
        public void ShouldMakeNoCutTwiceIfNoneFails()
        {
            guest.Answer = _ => "old";
            Make("");
            var restores = board.Restores;
            MakeBoard();
            guest.Answer = _ => "corrupt";
            Make("");
            Assert.That(board.Restores, Is.EqualTo(restores + 1));
        }

        [Test]
        public void ShouldCutTheRecoveryAtTheSameTargets()
        {
            guest.IsSlow = true;
            guest.CheckWrites = 2;
            Assert.That(Make("--target flash --depth 2").Select(x => x.Name), Is.EqualTo(new[] { "1", "2", "3", "4", "5", "6" }), "check() writes the other memory alone");
        }

        [Test]
        public void ShouldJudgeEqualStatesOnce()
        {
            guest.IsSlow = true;
            guest.Steps = 3;
            var asked = 0;
            guest.Answer = _ => { asked++; return "old"; };
            Make("");
            Assert.That(made.Count, Is.EqualTo(15));
            // The write to backup SRAM that comes before the slow one leaves what that begins with.
            Assert.That(asked, Is.EqualTo(12));
            Assert.That(made.Select(x => (x.State, x.StepsDone)).Distinct().Count(), Is.EqualTo(12));
            Assert.That(made[1].State, Is.EqualTo(made[2].State));
            asked = 0;
            Make("--reboot");
            Assert.That(asked, Is.EqualTo(15), "each cut on its own");
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldLookAtBackupSramThatIsNoTargetOnlyIfTheCheckDoes(bool reads)
        {
            // Without a cell it is noise, another one after each cut.
            guest.IsSlow = true;
            guest.CheckReads = reads;
            var asked = 0;
            guest.Answer = _ => { asked++; return "old"; };
            Make("--target flash --supply no-cell --cut-at time --every 100");
            Assert.That(made.Count, Is.GreaterThan(20));
            Assert.That(made.Select(x => (x.State, x.StepsDone)).Distinct().Count(), Is.EqualTo(asked));
            Assert.That(asked, reads ? Is.EqualTo(made.Count) : Is.LessThan(8));
        }

        [Test]
        public void ShouldMakeTheCutsThatFollowFromEqualStates()
        {
            guest.IsSlow = true;
            guest.Steps = 1;
            guest.CheckWrites = 2;
            var cuts = Make("--depth 2");
            Assert.That(cuts.Count, Is.EqualTo(5 * 3));
            Assert.That(cuts.Select(x => x.Name), Is.EqualTo(new[] { "1", "1,1", "1,2", "2", "2,1", "2,2", "3", "3,1", "3,2", "4", "4,1", "4,2", "5", "5,1", "5,2" }));
        }

        [Test]
        public void ShouldLookAtAClockThatTellsStatesApart()
        {
            guest.Steps = 1;
            guest.IsSlow = true;
            guest.OnStep = step => board.SetClock(1000 * step);
            var same = Make("--cut-at time --every 1050");
            Assert.That(same.Single().State, Is.Not.EqualTo(Make("--cut-at time --every 1150").Single().State));
        }

        [Test]
        public void ShouldSayWhatIsNoTarget()
        {
            Assert.That(Refusal("--target spi-flash", x => { }), Is.EqualTo("--target spi-flash: board 'fake' has none, it has bkpsram, flash"));
            Assert.That(Refusal("--target flash", x => { }), Is.EqualTo("--target flash: the run of fake.py never writes it"));
            Assert.That(Assert.Throws<RecoverableException>(() => CampaignOptions.Parse("--target sram")).Message, Does.Contain("there is no 'sram', say one or several of bkpsram,backup-registers,flash"));
        }

        private static string Tell(MemoryPicture memory)
        {
            var rows = memory.Rows.Select(x => $"{(x.Sector != null ? $"sector {x.Sector}, " : "")}{x.Offset}+{x.Size}: {string.Join(", ", x.Spans.Select(y => $"{y.State} {y.From}-{y.To}{(y.Bytes > 0 ? $" {y.Bytes}" : "")}"))}");
            return $"{memory.Target} {memory.Size} | {string.Join(" | ", rows)}";
        }

        private static string Tell(IEnumerable<CutRecord> records) => string.Join(", ", records.Select(x => $"{x.Name} {x.Verdict} {x.StepsDone}"));

        private string Refusal(string options, Action<FakeGuest> change)
        {
            MakeBoard();
            change(guest);
            var message = Assert.Throws<RecoverableException>(() => Campaign(options)).Message;
            Assert.That(board.LiveStates, Is.Zero);
            return message;
        }

        private SupplyCurve Curve(string options)
        {
            using(var campaign = Campaign(options))
            {
                campaign.Cuts(_ => false).ToList();
                return campaign.Scene.Supply;
            }
        }

        private PowerFailCampaign Campaign(string options) => new PowerFailCampaign(board, guest, "fake.py", CampaignOptions.Parse(options));

        private List<CutRecord> Make(string options)
        {
            using(var campaign = Campaign(options))
            {
                made = campaign.Cuts(_ => false).ToList();
            }
            return made;
        }

        private FakeBoard board;
        private FakeGuest guest;
        private List<CutRecord> made;
        private List<int> slow;
    }
}
