// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>What a campaign leaves on the disk while it runs, what can be made of it later, and what is refused.</summary>
    [TestFixture]
    public class CampaignJournalTests
    {
        [SetUp]
        public void MakeFolder()
        {
            folder = Path.Combine(Path.GetTempPath(), "campaign-journal-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
        }

        [TearDown]
        public void RemoveFolder()
        {
            Directory.Delete(folder, true);
        }

        [Test]
        public void ShouldReadWhatItWrote()
        {
            WriteAll(Report("a"), "", 1, 2, 3, 4, 5, 6);
            var recording = CampaignJournal.Read(Report("a"));
            var facts = recording.Facts;
            Assert.That((facts.Fingerprint, facts.Program, facts.ProgramPath, facts.Board, facts.Host), Is.EqualTo(("abc", "p.py", "some where/p.py", "board", "host 1.0, \"x\"\tü")));
            Assert.That((facts.CutsOfAllShards, facts.RunWrites, facts.RunInstructions, facts.RunMicroseconds, facts.RunSteps), Is.EqualTo((6, 6, ulong.MaxValue, 0.1 + 0.2, 2)));
            Assert.That(facts.LastWriteOfStep, Is.EqualTo(new[] { 3, 6 }));
            Assert.That(facts.Options.AllArguments(true), Is.EqualTo("--supply slow-ramp --depth 2"));
            Assert.That(facts.Options.ReplayAs, Is.EqualTo("./tool p.py"));
            Assert.That(recording.Records.Select(Tell), Is.EqualTo(Enumerable.Range(1, 6).SelectMany(Cuts).Select(Tell)));
            Assert.That(recording.Complete, Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
            Assert.That((recording.Seconds, recording.CutsThisSession), Is.EqualTo((1.5, 12)));
            Assert.That(recording.Scene.Record, Is.SameAs(recording.Records[4]));
            Assert.That(recording.Scene.Before, Is.EqualTo(new byte[] { 0, 255 }));
            Assert.That(recording.Scene.Output, Is.EqualTo("first\n\tsecond \u0001 ü"));
            Assert.That(recording.Scene.LastWrites.Single(), Is.EqualTo(new MemoryWrite { Target = "bkpsram", Number = 3, Offset = 4095, Value = uint.MaxValue, Size = 4, ProgramCounter = 0x08000000, Microseconds = 0.1, StepsDone = 1, Moment = CutMoment.Within, Kind = MemoryOperationKind.Erase, Duration = 250000.5, Sector = 3 }));
            Assert.That(facts.LastMicrosecondsOfStep, Is.EqualTo(new[] { 0.1, 0.2 }));
            Assert.That(facts.Memories.Select(x => (x.Target, x.Size, x.HasSectors)), Is.EqualTo(new[] { ("bkpsram", 4096, false), ("flash", 0x80000, true) }));
            Assert.That(facts.Memories.SelectMany(x => x.Rows).Select(x => (x.Sector, x.Count, x.Offset, x.Size)), Is.EqualTo(new (int?, int, int, int)[] { (null, 1, 64, 64), (2, 3, 0x8000, 0xC000) }));
            Assert.That(facts.Memories[1].Rows[0].Spans, Is.EqualTo(new[]
            {
                new MemorySpan { From = 0, To = 0.1, State = MemoryState.Erasing, Bytes = 5 },
                new MemorySpan { From = 0.1, To = 0.1 + 0.2, State = MemoryState.Erased },
            }));
            var left = recording.Scene.Left.Single();
            Assert.That((left.Target, left.Offset, left.Size, left.State, left.Bytes, left.Changed, left.Unstable), Is.EqualTo(("flash", 0x8000, 0xC000, MemoryState.Unstable, 1, 2, 3)));
            var (target, torn) = recording.Scene.Torn.Single();
            Assert.That((target, torn.Offset, torn.Size, torn.Share, torn.Kept, torn.Done, torn.Between), Is.EqualTo(("flash", 0x8000, 4, 0.1, 1, 2, 3)));
            var supply = recording.Scene.Supply;
            Assert.That((supply.CoreStopped, supply.PowerDown, supply.PowerOn, supply.BrownOut, supply.BrownOutEnd), Is.EqualTo((0.3, 1.68, 1.72, 2.19, 2.29)));
            Assert.That(supply.Points, Is.EqualTo(new[] { new SupplyPoint { Microseconds = -0.1, Vdd = 3.3, Vbat = 3.06 }, new SupplyPoint { Microseconds = 0.2, Vbat = 2.76 } }));
            Assert.That(recording.Scene.Target, Is.EqualTo("flash"));
            Assert.That(recording.Scene.Offset, Is.EqualTo(8192));
            Assert.That(recording.Facts.Targets, Is.EqualTo(new[] { "bkpsram", "flash" }));
        }

        [Test]
        public void ShouldMakeTheSameReportOfWhatItRead()
        {
            var written = WriteAll(Report("a"), "", 1, 2, 3, 4, 5, 6);
            Assert.That(Json(CampaignJournal.Read(Report("a"))), Is.EqualTo(Json(written)));
        }

        [Test]
        public void ShouldReadWhatACrashLeaves()
        {
            WriteAll(Report("a"), "", 1, 2, 3, 4, 5, 6);
            var whole = File.ReadAllBytes(Journal("a"));
            var head = Encoding.UTF8.GetString(whole).IndexOf("\n1\t", StringComparison.Ordinal) + 1;
            for(var length = head; length < whole.Length; length++)
            {
                File.WriteAllBytes(Journal("a"), whole.Take(length).ToArray());
                var recording = CampaignJournal.Read(Report("a"));
                // Whole first cuts, with all that follow from them, or none of them.
                Assert.That(recording.Complete, Is.EqualTo(Enumerable.Range(1, recording.Complete.Count)));
                Assert.That(recording.Records.Select(Tell), Is.EqualTo(recording.Complete.SelectMany(Cuts).Select(Tell)), $"after {length} bytes");
                Assert.That(recording.Scene == null || recording.Records.Contains(recording.Scene.Record), Is.True);
            }
            for(var length = 0; length < head; length += 7)
            {
                File.WriteAllBytes(Journal("a"), whole.Take(length).ToArray());
                AssertRefused(() => CampaignJournal.Read(Report("a")), "say --overwrite to throw it away");
            }
        }

        [TestCase("", "no record of a campaign")]
        [TestCase("something else\n", "no record of a campaign")]
        [TestCase("# renode-bkpsram campaign 1 0123456789abcdef\n1\tOld\n=1\n", "no record of a campaign, or one of another version")]
        [TestCase("# renode-bkpsram campaign 4 0123456789abcdef\n", "is damaged")]
        [TestCase("\u0000\u0001\u0002\n\n\n", "no record of a campaign")]
        public void ShouldRefuseAForeignFile(string text, string reason)
        {
            Directory.CreateDirectory(Report("a"));
            File.WriteAllText(Journal("a"), text);
            AssertRefused(() => CampaignJournal.Read(Report("a")), reason);
            AssertRefused(() => Open("--resume").Dispose(), reason);
            // That is how one gets rid of it.
            Open("--overwrite").Dispose();
        }

        [TestCase("1\t", "x\t")]
        [TestCase("\tOld\t", "\tOlder\t")]
        [TestCase("=1\n", "=one\n")]
        [TestCase("run\t6", "run\tsix")]
        [TestCase("cuts\t6", "cuts")]
        [TestCase("options\t", "options\t--nonsense")]
        [TestCase(":Erasing:", ":Eating:")]
        [TestCase("2:3:32768:49152;", "2:3;")]
        [TestCase("memories\t", "memory\t")]
        [TestCase("0.3:1.68:", "0.3;1.68:")]
        [TestCase("1\tOld\t1\t", "1\tOld\n1\t")]
        public void ShouldRefuseADamagedFile(string part, string damage)
        {
            WriteAll(Report("a"), "", 1, 2, 3, 4, 5, 6);
            var text = File.ReadAllText(Journal("a"));
            Assert.That(text, Does.Contain(part));
            var at = text.IndexOf(part, part == "1\t" ? text.IndexOf("\n1\t", StringComparison.Ordinal) : 0, StringComparison.Ordinal);
            File.WriteAllText(Journal("a"), text.Substring(0, at) + damage + text.Substring(at + part.Length));
            if(damage == "x\t")
            {
                // A line that nobody knows tells of something that another version does.
                Assert.That(CampaignJournal.Read(Report("a")).Records.Select(x => x.Name), Has.None.EqualTo("1"));
                return;
            }
            AssertRefused(() => CampaignJournal.Read(Report("a")), "is damaged: say --overwrite to throw it away");
        }

        [Test]
        public void ShouldGoOnWhereItWasLeft()
        {
            WriteAll(Report("a"), "", 1, 2);
            File.AppendAllText(Journal("a"), JournalFormat.Line(Cuts(3)[0]) + "\n3,");
            using(var journal = Open("--resume"))
            {
                Assert.That(journal.Recording.Complete, Is.EqualTo(new[] { 1, 2 }));
                Assert.That(journal.Recording.CutsThisSession, Is.Zero);
                Add(journal, 3, 4, 5, 6);
            }
            Assert.That(CampaignJournal.Read(Report("a")).Records.Select(Tell), Is.EqualTo(Enumerable.Range(1, 6).SelectMany(Cuts).Select(Tell)));
        }

        [Test]
        public void ShouldNotGoOnWithAnotherCampaign()
        {
            WriteAll(Report("a"), "", 1, 2);
            AssertRefused(() => Open("--resume", "other").Dispose(), "holds a campaign of another program, firmware, host or other options: it can't be resumed with these");
            AssertRefused(() => Open("--resume --shard 1/2").Dispose(), "can't be resumed");
            AssertRefused(() => Open("").Dispose(), "holds a campaign already: say --resume to go on with it, --overwrite to throw it away");
            Assert.That(CampaignJournal.Read(Report("a")).Complete.Count, Is.EqualTo(2));
        }

        [Test]
        public void ShouldBeWrittenByOneAtATime()
        {
            using(Open(""))
            {
                AssertRefused(() => Open("--resume").Dispose(), "another campaign writes its report to");
                AssertRefused(() => Open("--overwrite").Dispose(), "another campaign writes its report to");
            }
        }

        [Test]
        public void ShouldLeaveNothingIfNothingCameOfIt()
        {
            Open("").Dispose();
            Assert.That(Directory.Exists(Report("a")), Is.False);
        }

        [Test]
        public void ShouldSayThatItCanNotWrite()
        {
            File.WriteAllText(Report("a"), "a file");
            AssertRefused(() => Open("").Dispose(), "the report can't be written to");
        }

        [Test]
        public void ShouldDealWhatIsDoneToTheJobsAndMergeTheirs()
        {
            var alone = WriteAll(Report("alone"), "", 1, 2, 3, 4, 5, 6);
            WriteAll(Report("a"), "", 1, 2);
            using(var first = Open("--resume --job 1/3"))
            using(var second = Open("--job 2/3"))
            using(var third = Open("--job 3/3"))
            {
                Assert.That(second.Recording.Complete, Is.EqualTo(new[] { 1, 2 }));
                Assert.That(third.Recording.Records, Is.Empty);
                Add(third, 5);
                Add(first, 3, 6);
                Add(second, 4);
                second.End(3, 2);
                third.End(1.5, 2);
                first.End(2, 4);
            }
            var summary = CampaignMerge.Run(new string[0], CampaignOptions.Parse($"--report {Report("a")}"));
            Assert.That(summary, Does.Contain("(8 cuts in 3 s"));
            Assert.That(File.ReadAllText(Path.Combine(Report("a"), "campaign.json")), Is.EqualTo(Json(alone, 3, 8)));
            Assert.That(Directory.GetDirectories(Report("a")), Is.Empty);
            Assert.That(CampaignJournal.Read(Report("a")).Complete.Count, Is.EqualTo(6));
        }

        [TestCase("--resume")]
        [TestCase("--resume --job 1/2")]
        public void ShouldTakeOverWhatJobsLeftThatWereNotMerged(string options)
        {
            using(var first = Open("--job 1/2"))
            using(var second = Open("--job 2/2"))
            {
                Add(first, 1);
                Add(second, 2, 4);
            }
            using(var journal = Open(options))
            {
                Assert.That(journal.Recording.Complete, Is.EqualTo(new[] { 1, 2, 4 }));
                Assert.That(journal.Recording.Records.Select(x => x.Path[0]), Is.Ordered);
            }
        }

        [Test]
        public void ShouldMergeShardsIntoTheReportOfAll()
        {
            var alone = WriteAll(Report("alone"), "", 1, 2, 3, 4, 5, 6);
            WriteAll(Report("1"), "--shard 1/2", 1, 3, 5);
            WriteAll(Report("2"), "--shard 2/2", 2, 4, 6);
            var summary = Merge("2", "1");
            Assert.That(summary, Does.Not.Contain("missing").And.Not.Contain("partial"));
            Assert.That(File.ReadAllText(Path.Combine(Report("merged"), "campaign.json")), Is.EqualTo(Json(alone, 1.5, 12)));
            Assert.That(File.Exists(Path.Combine(Report("merged"), "campaign.html")), Is.True);
            Assert.That(File.Exists(Path.Combine(Report("merged"), "campaign.xml")), Is.True);
        }

        [Test]
        public void ShouldSayWhichShardsAreMissing()
        {
            WriteAll(Report("1"), "--shard 1/3", 1, 4);
            WriteAll(Report("3"), "--shard 3/3", 3, 6);
            Assert.That(Merge("1", "3"), Does.Contain("partial: 4 of 6 first cuts made").And.Contain("missing: shard 2/3"));
            Assert.That(File.ReadAllText(Path.Combine(Report("merged"), "campaign.json")), Does.Contain("\"complete\": false").And.Contain("\"planned\": 6"));
        }

        [Test]
        public void ShouldMergeTheSameShardTwiceAsOnce()
        {
            WriteAll(Report("1"), "--shard 1/2", 1, 3, 5);
            WriteAll(Report("same"), "--shard 1/2", 1, 3, 5);
            Merge("1", "same");
            Assert.That(CampaignJournal.Read(Report("merged")).Records.Count, Is.EqualTo(6));
        }

        [Test]
        public void ShouldNotMergeWhatDoesNotGoTogether()
        {
            WriteAll(Report("1"), "--shard 1/2", 1, 3, 5);
            WriteAll(Report("2"), "--shard 2/2", 2, 4, 6);
            File.WriteAllText(Journal("2"), File.ReadAllText(Journal("2")).Replace("campaign 4 abc", "campaign 4 other"));
            AssertRefused(() => Merge("1", "2"), "hold campaigns of different programs, firmware, hosts or options");
            AssertRefused(() => Merge("1", "none"), "holds no campaign: there is no cuts.tsv in it");
            AssertRefused(() => CampaignMerge.Run(new[] { Report("1") }, CampaignOptions.Parse("")), "--report is missing");
            Assert.That(Directory.Exists(Report("merged")), Is.False);
            Merge("1");
            AssertRefused(() => Merge("1"), "holds a campaign already");
        }

        private static string Tell(CutRecord x) => $"{x.Name} {x.Verdict} {x.IsGood} {x.StepsDone} {x.Microseconds:R} {x.WritesDone} {x.RecoveryWrites} {x.Target} {x.Place} {x.State} {x.Detail}";

        // A first cut, and one in its recovery; that of the third fails.
        private static CutRecord[] Cuts(int first)
        {
            return new[]
            {
                new CutRecord { Path = new[] { first }, Verdict = first == 3 ? Verdict.Exception : Verdict.Old, IsGood = first != 3, Detail = first == 3 ? "ValueError: no" : "", StepsDone = first / 3, Microseconds = first / 3.0, WritesDone = first, RecoveryWrites = 1, Target = "flash", Place = "within erase", State = "0123" },
                new CutRecord { Path = new[] { first, 1 }, Verdict = Verdict.New, IsGood = true, StepsDone = first / 3, Microseconds = 0.1, WritesDone = 1, RecoveryWrites = 1 },
            };
        }

        private static void Add(CampaignJournal journal, params int[] firstCuts)
        {
            foreach(var first in firstCuts)
            {
                foreach(var record in Cuts(first))
                {
                    journal.Add(record);
                    if(!record.IsGood)
                    {
                        journal.Keep(new CutScene
                        {
                            Record = record,
                            Target = "flash",
                            Offset = 8192,
                            Before = new byte[] { 0, 255 },
                            After = new byte[] { 1, 255 },
                            Output = "first\n\tsecond \u0001 ü",
                            LastWrites = new[] { new MemoryWrite { Target = "bkpsram", Number = 3, Offset = 4095, Value = uint.MaxValue, Size = 4, ProgramCounter = 0x08000000, Microseconds = 0.1, StepsDone = 1, Moment = CutMoment.Within, Kind = MemoryOperationKind.Erase, Duration = 250000.5, Sector = 3 } },
                            Left = new[] { new MemoryLeft { Target = "flash", Offset = 0x8000, Size = 0xC000, State = MemoryState.Unstable, Bytes = 1, Changed = 2, Unstable = 3 } },
                            Torn = new[] { ("flash", new TornOperation(0x8000, 4, 0.1, 1, 2, 3)) },
                            Supply = new SupplyCurve
                            {
                                CoreStopped = 0.3,
                                PowerDown = 1.68,
                                PowerOn = 1.72,
                                BrownOut = 2.19,
                                BrownOutEnd = 2.29,
                                Points = new[] { new SupplyPoint { Microseconds = -0.1, Vdd = 3.3, Vbat = 3.06 }, new SupplyPoint { Microseconds = 0.2, Vbat = 2.76 } },
                            },
                        });
                    }
                }
                journal.Close(first);
            }
        }

        private static void AssertRefused(TestDelegate code, string reason)
        {
            var exception = Assert.Throws<RecoverableException>(code);
            Assert.That(exception.Message, Does.Contain(reason).And.Not.Contain("\n"));
        }

        private static CampaignFacts Facts(string report, string options, string fingerprint)
        {
            return new CampaignFacts
            {
                Fingerprint = fingerprint,
                Program = "p.py",
                ProgramPath = "some where/p.py",
                Board = "board",
                Host = "host 1.0, \"x\"\tü",
                Options = CampaignOptions.Parse($"--depth 2 --supply slow-ramp --replay-as ./tool%20p.py --report {report} {options}"),
                CutsOfAllShards = 6,
                Targets = new[] { "bkpsram", "flash" },
                RunWrites = 6,
                RunInstructions = ulong.MaxValue,
                RunMicroseconds = 0.1 + 0.2,
                RunSteps = 2,
                LastWriteOfStep = new[] { 3, 6 },
                LastMicrosecondsOfStep = new[] { 0.1, 0.2 },
                Memories = new[]
                {
                    new MemoryPicture { Target = "bkpsram", Size = 4096, Rows = new[] { new MemoryRow { Offset = 64, Size = 64, Spans = new[] { new MemorySpan { To = 0.1 + 0.2, State = MemoryState.Unchanged } } } } },
                    new MemoryPicture
                    {
                        Target = "flash",
                        Size = 0x80000,
                        HasSectors = true,
                        Rows = new[]
                        {
                            new MemoryRow
                            {
                                Sector = 2,
                                Count = 3,
                                Offset = 0x8000,
                                Size = 0xC000,
                                Spans = new[] { new MemorySpan { To = 0.1, State = MemoryState.Erasing, Bytes = 5 }, new MemorySpan { From = 0.1, To = 0.1 + 0.2, State = MemoryState.Erased } },
                            },
                        },
                    },
                },
            };
        }

        private static string Json(CampaignRecording recording, double seconds = 1.5, int cuts = 12)
        {
            recording.Seconds = seconds;
            recording.CutsThisSession = cuts;
            var writer = new StringWriter { NewLine = "\n" };
            CampaignJson.Write(recording.ToResult(), writer);
            return writer.ToString();
        }

        private CampaignJournal Open(string options, string fingerprint = "abc") => new CampaignJournal(Facts(Report("a"), options, fingerprint));

        private CampaignRecording WriteAll(string report, string options, params int[] firstCuts)
        {
            using(var journal = new CampaignJournal(Facts(report, options, "abc")))
            {
                Add(journal, firstCuts);
                journal.End(1.5, 2 * firstCuts.Length);
                return journal.Recording;
            }
        }

        private string Merge(params string[] names) => CampaignMerge.Run(names.Select(Report).ToList(), CampaignOptions.Parse($"--report {Report("merged")}"));

        private string Report(string name) => Path.Combine(folder, name);

        private string Journal(string name) => Path.Combine(folder, name, "cuts.tsv");

        private string folder;
    }
}
