// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using System.Xml;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>What a campaign writes down: JSON, the page, JUnit XML, and the summary.</summary>
    [TestFixture]
    public class CampaignReportTests
    {
        [SetUp]
        public void MakeFolder()
        {
            folder = Path.Combine(Path.GetTempPath(), "campaign-report-" + Guid.NewGuid().ToString("N"));
        }

        [TearDown]
        public void RemoveFolder()
        {
            if(Directory.Exists(folder))
            {
                Directory.Delete(folder, true);
            }
            File.Delete(folder);
        }

        [Test]
        public void ShouldTellEveryFieldInJson()
        {
            var root = Json(Failing());
            Assert.That(Names(root), Is.EquivalentTo(new[]
            {
                "schema", "program", "board", "host", "options", "complete", "run", "memories", "planned", "totals", "good", "failed", "equalStates", "seconds",
                "cutsThisSession", "rate", "cuts", "firstFailure", "onlyCut",
            }));
            Assert.That(root.GetProperty("schema").GetString(), Is.EqualTo("renode-bkpsram/campaign/2"));
            Assert.That(Names(root.GetProperty("options")), Is.EquivalentTo(new[]
            {
                "cutAt", "every", "supply", "targets", "depth", "sample", "seed", "shard", "shardCount", "only", "offSeconds", "rampSeconds", "runTimeoutSeconds",
                "checkTimeoutSeconds", "reboot",
            }));
            Assert.That(root.GetProperty("options").GetRawText(), Does.Contain("\"supply\": \"slow-ramp\"").And.Contain("\"depth\": 2").And.Contain("\"rampSeconds\": 0.00002"));
            Assert.That(root.GetProperty("run").GetRawText(), Is.EqualTo("{\"writes\": 12, \"targets\": [\"bkpsram\"], \"instructions\": 18446744073709551615, \"microseconds\": 1234.5, \"steps\": 3, \"lastWriteOfStep\": [4, 8, 12], \"microsecondsOfStep\": [50, 100, 150.125]}"));
            Assert.That(root.GetProperty("totals").GetRawText(), Is.EqualTo("{\"consistent\": 0, \"old\": 9, \"new\": 3, \"lost\": 0, \"corrupt\": 2, \"hang\": 0, \"exception\": 0}"));
            Assert.That(root.GetProperty("good").GetInt32(), Is.EqualTo(12));
            Assert.That(root.GetProperty("failed").GetInt32(), Is.EqualTo(2));
            Assert.That(root.GetProperty("planned").GetInt32(), Is.EqualTo(12));
            Assert.That(root.GetProperty("complete").GetBoolean(), Is.True);
            Assert.That(root.GetProperty("rate").GetDouble(), Is.EqualTo(7));
        }

        [Test]
        public void ShouldTellEachCutInJson()
        {
            var cuts = Json(Failing()).GetProperty("cuts").EnumerateArray().ToList();
            Assert.That(cuts, Has.Count.EqualTo(14));
            Assert.That(cuts[0].GetRawText(), Is.EqualTo("{\"cut\": [1], \"verdict\": \"old\", \"good\": true, \"detail\": \"\", \"target\": \"bkpsram\", \"place\": \"write\", \"state\": \"\", \"stepsDone\": 0, \"microseconds\": 12.5, \"writesDone\": 2, \"recoveryWrites\": 5}"));
            var failure = cuts.Single(x => x.GetProperty("cut").GetRawText() == "[6, 2]");
            Assert.That(failure.GetProperty("verdict").GetString(), Is.EqualTo("corrupt"));
            Assert.That(failure.GetProperty("good").GetBoolean(), Is.False);
            Assert.That(failure.GetProperty("replay").GetString(), Is.EqualTo("./build.sh campaign programs/counter.py --supply slow-ramp --ramp 0.00002 --only 6,2"));
        }

        [Test]
        public void ShouldTellTheFirstFailureInJson()
        {
            var root = Json(Failing());
            var first = root.GetProperty("firstFailure");
            Assert.That(Names(first), Is.EquivalentTo(new[]
            {
                "cut", "verdict", "detail", "replay", "story", "lastWrites", "target", "offset", "before", "after", "left", "torn", "supply", "output",
            }));
            Assert.That(first.GetProperty("cut").GetRawText(), Is.EqualTo("[6]"));
            Assert.That(first.GetProperty("lastWrites").GetArrayLength(), Is.EqualTo(2));
            Assert.That(first.GetProperty("lastWrites")[1].GetRawText(),
                Is.EqualTo("{\"number\": 6, \"target\": \"bkpsram\", \"place\": \"write\", \"offset\": 4095, \"value\": 4294967295, \"size\": 1, \"pc\": 134217728, \"microseconds\": 75.125, \"duration\": 0, \"sector\": null}"));
            Assert.That(first.GetProperty("before").GetString(), Has.Length.EqualTo(8192));
            Assert.That(first.GetProperty("after").GetString(), Does.EndWith("00ff"));
            Assert.That(root.GetProperty("onlyCut").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }

        [Test]
        public void ShouldTellTheFirstFailureThatWasNotKept()
        {
            var result = Failing();
            result.Scene = null;
            var first = Json(result).GetProperty("firstFailure");
            Assert.That(first.GetProperty("cut").GetRawText(), Is.EqualTo("[6]"));
            Assert.That(first.GetProperty("before").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(first.GetProperty("lastWrites").GetArrayLength(), Is.Zero);
            Assert.That(Page(result).OuterXml, Does.Contain("was not kept"));
            Assert.That(CampaignReport.Summary(result), Does.Contain("cut 6 failed"));
        }

        [Test]
        public void ShouldTellTheOnlyCutThoughItIsGood()
        {
            var result = Passing("--only 3", 3);
            result.Cuts = result.Cuts.Skip(2).ToList();
            result.Scene = new CutScene { Record = result.Cuts[0], Target = "bkpsram", LastWrites = Array.Empty<MemoryWrite>(), Before = new byte[4096], After = new byte[4096] };
            var root = Json(result);
            Assert.That(root.GetProperty("firstFailure").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(root.GetProperty("onlyCut").GetProperty("verdict").GetString(), Is.EqualTo("new"));
            Assert.That(Text(result), Does.Contain("Cut 3").And.Contain("No write got in").And.Contain("All 4096 bytes are as they were").And.Not.Contain("failing"));
            Assert.That(CampaignReport.Summary(result), Does.Contain("consistent at the one cut"));
        }

        [TestCase("a \"b\" <c> & 'd'.py")]
        [TestCase("back\\slash $(reboot) `x`.py")]
        [TestCase("control \u0000\u0001\u001b[31m\u007f\u0085.py")]
        [TestCase("half \ud83d of a pair \udd0c.py")]
        [TestCase("whole \ud83d\udd0c, ü, \uffff, \ufffe, \u2028.py")]
        [TestCase("lines\nof\r\ntext\t]]>.py")]
        [TestCase("</script><script>alert(1)</script>")]
        [TestCase("")]
        [TestCase(null)]
        public void ShouldEscape(string text)
        {
            var result = Failing();
            result.Program = text;
            result.ProgramPath = text ?? "";
            result.Board = text;
            result.Host = text;
            result.Scene.Output = text;
            foreach(var cut in result.Cuts)
            {
                cut.Detail = text;
            }
            var root = Json(result);
            Assert.That(root.GetProperty("program").GetString(), Is.EqualTo(Regex.Replace(text ?? "", "(?<!\ud83d)\udd0c|\ud83d(?!\udd0c)", "\ufffd")));
            Assert.That(Junit(result).SelectNodes("//failure").Count, Is.EqualTo(2));
            var page = Page(result);
            Assert.That(page.SelectNodes("//*[local-name()='script']").Count, Is.Zero);
            Assert.That(CampaignReport.Summary(result).Where(x => char.IsControl(x) && x != '\n'), Is.Empty);
            Assert.That(CampaignReport.Summary(result).Split('\n'), Has.Length.EqualTo(4));
            if(text == "a \"b\" <c> & 'd'.py")
            {
                Assert.That(page.SelectSingleNode("//*[local-name()='dd']").InnerText, Is.EqualTo(text));
            }
        }

        [Test]
        public void ShouldStandOddNumbers()
        {
            var result = Passing("", 2);
            result.Seconds = double.NaN;
            result.RunMicroseconds = double.PositiveInfinity;
            result.RunWrites = 0;
            result.LastWriteOfStep = null;
            result.Cuts[0].Microseconds = 1e12;
            var root = Json(result);
            Assert.That(root.GetProperty("seconds").GetDouble(), Is.Zero);
            Assert.That(root.GetProperty("cuts")[0].GetProperty("microseconds").GetRawText(), Is.EqualTo("1000000000000"));
            Assert.That(Page(result), Is.Not.Null);
        }

        [Test]
        public void ShouldWriteNumbersTheSameInEveryLanguage()
        {
            var culture = CultureInfo.CurrentCulture;
            var format = (NumberFormatInfo)NumberFormatInfo.InvariantInfo.Clone();
            format.NumberDecimalSeparator = ",";
            format.NegativeSign = "minus";
            try
            {
                var expected = Files(Failing());
                CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = format };
                Assert.That(Files(Failing()), Is.EqualTo(expected));
            }
            finally
            {
                CultureInfo.CurrentCulture = culture;
            }
        }

        [Test]
        public void ShouldWriteATestCaseForEachCut()
        {
            var document = Junit(Failing());
            var suite = (XmlElement)document.SelectSingleNode("/testsuites/testsuite");
            // 11 good first cuts (the good second cut counts with the first), 2 failures.
            Assert.That(suite.GetAttribute("tests"), Is.EqualTo("13"));
            Assert.That(suite.SelectNodes("testcase").Count, Is.EqualTo(13));
            Assert.That(suite.GetAttribute("failures"), Is.EqualTo("2"));
            Assert.That(suite.GetAttribute("skipped"), Is.EqualTo("0"));
            Assert.That(suite.GetAttribute("time"), Is.EqualTo("2"));
            Assert.That(document.DocumentElement.GetAttribute("tests"), Is.EqualTo("13"));
            var time = suite.SelectNodes("testcase").Cast<XmlElement>().Sum(x => double.Parse(x.GetAttribute("time"), CultureInfo.InvariantCulture));
            Assert.That(time, Is.EqualTo(2).Within(0.001));
            var failure = (XmlElement)suite.SelectSingleNode("testcase[@name='Cut 6,2']/failure");
            Assert.That(failure.GetAttribute("message"), Is.EqualTo("corrupt"));
            Assert.That(failure.GetAttribute("type"), Is.EqualTo("corrupt"));
            Assert.That(failure.InnerText, Does.Contain("(7, 8) was never stored").And.Contain("--only 6,2"));
            Assert.That(suite.SelectSingleNode("testcase[@name='Cut 7, and 1 good cut of its recovery']"), Is.Not.Null);
            Assert.That(Property(suite, "good-cuts-grouped-by"), Is.EqualTo("cut"));
            Assert.That(Property(suite, "verdict-corrupt"), Is.EqualTo("2"));
            Assert.That(suite.SelectNodes("testcase").Cast<XmlElement>().Select(x => x.GetAttribute("name")), Is.Unique);
        }

        [Test]
        public void ShouldGroupManyGoodCutsByStep()
        {
            var result = Passing("", 2400);
            result.Cuts[99].Verdict = Verdict.Hang;
            result.Cuts[99].IsGood = false;
            var suite = (XmlElement)Junit(result).SelectSingleNode("/testsuites/testsuite");
            Assert.That(suite.SelectNodes("testcase").Count, Is.EqualTo(5), "three steps, what is after them, and the failure");
            Assert.That(suite.SelectSingleNode("testcase[@name='Step 1: 798 good cuts, 1 to 799']"), Is.Not.Null);
            Assert.That(suite.SelectSingleNode("testcase[@name='Cut 100']/failure"), Is.Not.Null);
            Assert.That(Property(suite, "good-cuts-grouped-by"), Is.EqualTo("step"));
        }

        [Test]
        public void ShouldTellThatItIsPartial()
        {
            var result = Passing("", 30);
            result.IsComplete = false;
            result.PlannedCuts = 100;
            var suite = (XmlElement)Junit(result).SelectSingleNode("/testsuites/testsuite");
            Assert.That(suite.GetAttribute("skipped"), Is.EqualTo("1"));
            Assert.That(suite.GetAttribute("tests"), Is.EqualTo("31"));
            Assert.That(suite.SelectSingleNode("testcase[@name='70 cuts not made']/skipped"), Is.Not.Null);
            Assert.That(Text(result), Does.Contain("Consistent at every one of 30 cuts made so far").And.Contain("after 30 of 100 cuts"));
            Assert.That(CampaignReport.Summary(result), Does.EndWith("partial: 30 of 100 cuts made; --resume goes on"));
            Assert.That(Json(result).GetProperty("complete").GetBoolean(), Is.False);
        }

        [Test]
        public void ShouldReportBeforeTheFirstCut()
        {
            var result = Passing("", 10);
            result.Cuts = Array.Empty<CutRecord>();
            result.IsComplete = false;
            Assert.That(Text(result), Does.Contain("No cut was made"));
            Assert.That(Json(result).GetProperty("cuts").GetArrayLength(), Is.Zero);
            Assert.That(Junit(result).SelectNodes("//testcase").Count, Is.EqualTo(1));
            Assert.That(CampaignReport.Summary(result), Does.Contain("no cut was made"));
        }

        [Test]
        public void ShouldSummarize()
        {
            Assert.That(CampaignReport.Summary(Failing()), Is.EqualTo(
                "counter.py on black_f407vet6: 2 of 14 cuts are not consistent (14 cuts in 2 s, 7 a second)\n" +
                "  old 9, new 3, corrupt 2\n" +
                "  cut 6 failed, the first of 2: corrupt: (7, 8) was never stored\n" +
                "    ./build.sh campaign programs/counter.py --supply slow-ramp --ramp 0.00002 --only 6"));
            Assert.That(CampaignReport.Summary(Passing("", 812)), Does.StartWith("counter.py on black_f407vet6: consistent at every one of 812 cuts"));
        }

        [Test]
        public void ShouldSayWhenConsistentMeansLost()
        {
            var result = Passing("--supply no-cell", 20);
            result.Cuts[4].Verdict = Verdict.Lost;
            Assert.That(Text(result), Does.Contain("Consistent, or known to be lost, at every one of 20 cuts"));
            foreach(var cut in result.Cuts)
            {
                cut.Verdict = Verdict.Lost;
            }
            Assert.That(Text(result), Does.Contain("Content lost, and known to be, at every one of 20 cuts"));
        }

        [Test]
        public void ShouldShowFailuresOnThePage()
        {
            var page = Page(Failing());
            var text = Text(Failing());
            Assert.That(text, Does.Contain("2 of 14 cuts are not consistent").And.Contain("First failing cut: 6").And.Contain("2 bytes differ"));
            var commands = page.SelectNodes("//*[local-name()='code']").Cast<XmlNode>().Select(x => x.InnerText).ToList();
            Assert.That(commands, Does.Contain("./build.sh campaign programs/counter.py --supply slow-ramp --ramp 0.00002 --only 6"));
            Assert.That(commands, Does.Contain("./build.sh campaign programs/counter.py --supply slow-ramp --ramp 0.00002 --only 6,2"));
            Assert.That(commands, Does.Contain("./build.sh campaign programs/counter.py --supply slow-ramp --ramp 0.00002 --depth 2"));
            Assert.That(page.SelectNodes("//*[local-name()='svg' and @class='plot']").Count, Is.EqualTo(2), "run() and recovery");
            Assert.That(page.SelectNodes("//*[local-name()='b' and text()='FF']").Count, Is.EqualTo(1), "the changed byte");
            Assert.That(text, Does.Contain("0xFFF").And.Contain("0x08000000").And.Contain("wrong <sum>"));
        }

        [Test]
        public void ShouldShowCommandsOfTheMonitor()
        {
            var result = Failing();
            result.Options = CampaignOptions.Parse("--depth 2");
            var page = Page(result);
            var commands = page.SelectNodes("//*[@class='command monitor']/*").Cast<XmlNode>().Select(x => x.InnerText).ToList();
            Assert.That(commands, Does.Contain(result.ReplayCommand(result.Cuts[5])));
            Assert.That(commands.Last(), Is.EqualTo(result.ReplayCommand(result.Cuts[0]).Replace("--only 1", "--depth 2")));
        }

        [Test]
        public void ShouldNeedNothingBesideThePage()
        {
            Write(Failing());
            var text = File.ReadAllText(Path.Combine(folder, "campaign.html"));
            Assert.That(Regex.Matches(text, "https?://[^\"]*").Select(x => x.Value).Distinct(), Is.EqualTo(new[] { "http://www.w3.org/1999/xhtml" }), "the name of HTML, no address");
            Assert.That(text, Does.Not.Contain("<script").And.Not.Contain("<link").And.Not.Contain("url(").And.Not.Contain(" src="));
        }

        // The three that make a page large: verdicts that alternate, all of them failing, all content lost.
        [TestCase(10000)]
        [TestCase(60000)]
        public void ShouldKeepThePageSmall(int count)
        {
            var result = Passing("", count);
            var verdicts = Enum.GetValues<Verdict>();
            for(var i = 0; i < count; i++)
            {
                // Some runs of each length, so that they don't merge in columns either.
                result.Cuts[i].Verdict = verdicts[i / 50 * 3 % 7];
                result.Cuts[i].IsGood = i % 10 == 0 && i / 50 % 2 == 0;
                result.Cuts[i].Detail = new string('x', 100);
            }
            var after = new byte[4096];
            new Random(1).NextBytes(after);
            result.Scene = new CutScene { Record = result.Failures.First(), Target = "bkpsram", Before = new byte[4096], After = after, Output = new string('y', 1000000) };
            Write(result);
            Assert.That(new FileInfo(Path.Combine(folder, "campaign.html")).Length, Is.LessThan(500 * 1024));
            Assert.That(Page(result).SelectNodes("//*[@class='failures']/*").Count, Is.EqualTo(200));
        }

        [Test]
        public void ShouldMergeEqualVerdictsOnThePage()
        {
            var result = Passing("", 9999);
            var rects = Page(result).SelectNodes("//*[local-name()='rect']");
            Assert.That(rects.Count, Is.EqualTo(6), "old and new in each of three steps");
            Write(result);
            Assert.That(new FileInfo(Path.Combine(folder, "campaign.html")).Length, Is.LessThan(20000));
        }

        [Test]
        public void ShouldDrawShardsAndSamples([Values("--shard 2/4", "--sample 25", "--every 4", "--cut-at time --sample 25", "--cut-at instructions --every 4")] string options)
        {
            var result = Passing(options, 100);
            result.Cuts = result.Cuts.Where((_, i) => i % 4 == 1).ToList();
            result.RunInstructions = 100;
            var rects = Page(result).SelectNodes("//*[local-name()='rect']").Cast<XmlElement>().ToList();
            Assert.That(rects, Is.Not.Empty);
            foreach(var rect in rects)
            {
                var x = double.Parse(rect.GetAttribute("x"), CultureInfo.InvariantCulture);
                var width = double.Parse(rect.GetAttribute("width"), CultureInfo.InvariantCulture);
                Assert.That(x, Is.InRange(0, 1000));
                Assert.That(width, Is.GreaterThan(0));
                Assert.That(x + width, Is.LessThan(1000.01));
            }
        }

        [Test]
        public void ShouldNeverShowAHalfWrittenFile()
        {
            Write(Failing());
            var isDone = false;
            var reader = Task.Run(() =>
            {
                var reads = 0;
                while(!Volatile.Read(ref isDone) || reads < 10)
                {
                    JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "campaign.json"))).Dispose();
                    Parse(File.ReadAllText(Path.Combine(folder, "campaign.xml")));
                    Parse(File.ReadAllText(Path.Combine(folder, "campaign.html")));
                    reads++;
                }
                return reads;
            });
            for(var i = 0; i < 50; i++)
            {
                Write(Passing("", 300 + i));
            }
            Volatile.Write(ref isDone, true);
            Assert.That(reader.Result, Is.GreaterThanOrEqualTo(10));
            Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "campaign.json", "campaign.html", "campaign.xml" }));
        }

        [Test]
        public void ShouldLeaveTheOldReportIfTheNewOneFails()
        {
            Write(Failing());
            var before = Contents();
            var result = Passing("", 50);
            result.Cuts = new BrokenList(result.Cuts);
            Assert.Throws<InvalidOperationException>(() => CampaignReport.Write(result, folder));
            Assert.That(Contents(), Is.EqualTo(before));
            Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(3), "no temporary file is left");
        }

        [Test]
        public void ShouldSayInOneLineThatItCannotWrite()
        {
            File.WriteAllText(folder, "a file where the folder would be");
            AssertOneLine(folder);
            AssertOneLine(Path.Combine(folder, "below"));
            AssertOneLine("");
            AssertOneLine("zero\0byte");
            File.Delete(folder);
            Directory.CreateDirectory(Path.Combine(folder, "campaign.xml"));
            AssertOneLine(folder);
            Assert.That(Directory.GetFiles(folder), Is.Empty, "not a part of it is written");
        }

        [Test]
        public void ShouldTellWhichMemoryAndMomentOfAWriteWasCut()
        {
            var result = Failing();
            result.Targets = new[] { "bkpsram", "flash" };
            result.Cuts[5].Target = "flash";
            result.Cuts[5].Place = "within erase";
            result.Cuts[5].Detail = "";
            result.Scene.Target = "flash";
            result.Scene.Offset = 0x8000;
            result.Scene.LastWrites = new[]
            {
                new MemoryWrite { Target = "flash", Number = 5, Moment = CutMoment.Before, Kind = MemoryOperationKind.Erase, Offset = 0x8000, Value = uint.MaxValue, Size = 0x4000 },
                new MemoryWrite { Target = "flash", Number = 6, Moment = CutMoment.Within, Kind = MemoryOperationKind.Erase, Offset = 0x8000, Value = uint.MaxValue, Size = 0x4000 },
            };
            var page = Text(result);
            Assert.That(page, Does.Contain("each write to backup SRAM and flash; before, within and after each that takes time").And.Contain("Flash before and after").And.Contain("within erase").And.Contain("8FF"));
            var cut = Json(result).GetProperty("cuts")[5];
            Assert.That(cut.GetProperty("target").GetString(), Is.EqualTo("flash"));
            Assert.That(cut.GetProperty("place").GetString(), Is.EqualTo("within erase"));
            Assert.That(Json(result).GetProperty("firstFailure").GetProperty("offset").GetInt32(), Is.EqualTo(0x8000));
            Assert.That(Json(result).GetProperty("firstFailure").GetProperty("lastWrites")[1].GetProperty("place").GetString(), Is.EqualTo("within erase"));
            Assert.That(CampaignReport.Summary(result), Does.Contain("cut 6 failed, the first of 2: corrupt, within erase of flash, within step 2 of 3"));
        }

        [Test]
        public void ShouldSayHowManyCutsLeftTheSame()
        {
            var result = Passing("", 12);
            Assert.That(CampaignReport.Summary(result), Does.Not.Contain("left"), "without their states, nobody knows");
            for(var i = 0; i < 12; i++)
            {
                result.Cuts[i].State = "same";
            }
            Assert.That(result.EqualStates, Is.EqualTo(8), "after another number of steps check() is asked something else");
            Assert.That(CampaignReport.Summary(result), Does.Contain("4 states left behind; 8 cuts left one that another had left too, and got its verdict"));
            Assert.That(Json(result).GetProperty("equalStates").GetInt32(), Is.EqualTo(8));
            Assert.That(Text(result), Does.Contain("4 states left behind"));
        }

        [Test]
        public void ShouldTellTheMemoriesInJson()
        {
            var memories = Json(Torn()).GetProperty("memories");
            Assert.That(memories.GetArrayLength(), Is.EqualTo(2));
            Assert.That(memories[1].GetProperty("size").GetInt32(), Is.EqualTo(0x80000));
            Assert.That(Regex.Replace(memories[1].GetProperty("sectors")[0].GetRawText(), "\\s+", " "), Is.EqualTo(
                "{\"sector\": 2, \"count\": 1, \"offset\": 32768, \"size\": 16384, \"states\": [{\"state\": \"programmed\", \"from\": 0, \"to\": 10, \"bytes\": 4096}, " +
                "{\"state\": \"erasing\", \"from\": 10, \"to\": 100.5, \"bytes\": 0}, {\"state\": \"erased\", \"from\": 100.5, \"to\": 1234.5, \"bytes\": 0}]}"));
            Assert.That(memories[0].GetProperty("sectors")[0].GetProperty("sector").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }

        [Test]
        public void ShouldTellWhatTheCutLeftInJson()
        {
            var first = Json(Torn()).GetProperty("firstFailure");
            Assert.That(first.GetProperty("left")[0].GetRawText(), Is.EqualTo("{\"target\": \"flash\", \"offset\": 32768, \"size\": 16384, \"state\": \"unstable\", \"bytes\": 16000, \"changed\": 9000, \"unstable\": 700}"));
            Assert.That(first.GetProperty("torn")[0].GetRawText(), Is.EqualTo("{\"target\": \"flash\", \"offset\": 32768, \"size\": 16384, \"share\": 0.25, \"kept\": 7000, \"done\": 1, \"between\": 9000}"));
            var supply = first.GetProperty("supply");
            Assert.That(supply.GetProperty("coreStopped").GetDouble(), Is.EqualTo(332.9));
            Assert.That(supply.GetProperty("points")[1].GetRawText(), Is.EqualTo("{\"microseconds\": 0, \"vdd\": 3.3, \"vbat\": 3.06}"));
            Assert.That(first.GetProperty("story").EnumerateArray().Select(x => x.GetString()), Is.EqualTo(CampaignStory.Tell(Torn().Scene, Torn())));
        }

        [Test]
        public void ShouldTellTheStoryInJunitAndOnThePage()
        {
            var result = Torn();
            var story = CampaignStory.Tell(result.Scene, result);
            Assert.That(story[0], Does.Contain("erasing sector 2 of flash"));
            var failures = Junit(result).SelectNodes("//failure").Cast<XmlNode>().Select(x => x.InnerText).ToList();
            Assert.That(failures[0].Split('\n').Skip(1).SkipLast(1), Is.EqualTo(story));
            Assert.That(failures[1].Split('\n'), Has.Length.EqualTo(2), "the others have none");
            Assert.That(Page(result).SelectNodes("//*[@class='story']/*").Cast<XmlNode>().Select(x => x.InnerText), Is.EqualTo(story));
        }

        [Test]
        public void ShouldDrawTheMemoriesAndWhatWasLeft()
        {
            var page = Page(Torn());
            var rows = page.SelectNodes("//*[@class='lane']/*[local-name()='svg']").Cast<XmlElement>().ToList();
            Assert.That(rows.Select(x => x.GetAttribute("aria-label")), Is.EqualTo(new[]
            {
                "0x000 to 0x03F: unchanged 0 µs to 60 µs; writing 60 µs to 60 µs, 4 bytes; written 60 µs to 1.23 ms, 4 bytes",
                "sector 2: programmed 0 µs to 10 µs, 4096 bytes; erasing 10 µs to 100.5 µs; erased 100.5 µs to 1.23 ms",
            }));
            Assert.That(rows[1].SelectNodes("*[@class='erasing']").Count, Is.EqualTo(1));
            Assert.That(((XmlElement)rows[1].SelectSingleNode("*[@class='first']")).GetAttribute("x1"), Is.EqualTo("60.85"), "75.125 of 1234.5 us");
            Assert.That(((XmlElement)rows[1].SelectSingleNode("*[@class='fill']")).GetAttribute("d"), Is.EqualTo("M0 40V30.4L8.1 30.4L81.41 40L81.41 40L1000 40V40Z"));
            Assert.That(page.SelectNodes("//*[@class='was unstable']").Cast<XmlNode>().Select(x => x.InnerText), Is.EqualTo(new[] { "unstable" }));
            Assert.That(page.SelectSingleNode("//*[@aria-labelledby='memory']").InnerText, Does.Contain("sector 2 16 KB").And.Contain("after cut 6").And.Contain("unstable, torn, with cells that read differently each time"));
        }

        [Test]
        public void ShouldDrawTheSupply()
        {
            var page = Page(Torn());
            var supply = (XmlElement)page.SelectSingleNode("//*[@class='supply']");
            var vdd = ((XmlElement)supply.SelectSingleNode(".//*[@class='vdd']")).GetAttribute("points").Split(' ').Select(x => x.Split(',').Select(y => double.Parse(y, CultureInfo.InvariantCulture)).ToArray()).ToList();
            Assert.That(vdd.Select(x => x[0]), Is.Ordered);
            Assert.That(vdd.Select(x => x[0]), Has.All.InRange(0, 1000));
            Assert.That(vdd[0][1], Is.EqualTo(38).Within(0.1), "3.3 V");
            Assert.That(vdd.Last()[1], Is.EqualTo(38).Within(0.1));
            Assert.That(vdd.Max(x => x[1]), Is.EqualTo(192), "0 V");
            Assert.That(supply.InnerText, Does.Contain("off below 1.68 V").And.Contain("brown-out 2.19 V").And.Contain("core stops").And.Contain("10.8 ms"));
            Assert.That(supply.SelectNodes(".//*[@class='erasing']").Count, Is.EqualTo(1), "what was under way");
            Assert.That(((XmlElement)supply.SelectSingleNode(".//*[@role='img']")).GetAttribute("aria-label"), Does.Contain("12.2 ms after it VDD 0 V, VBAT 2.76 V").Or.Contain("VDD 0 V, VBAT 2.76 V"));
            Assert.That(Page(Failing()).SelectSingleNode("//*[@class='supply']"), Is.Null, "it was not measured");
        }

        [Test]
        public void ShouldDrawNoMoreOfAPictureThanThereIsRoomFor()
        {
            var result = Torn();
            // As much as there is at most.
            var spans = Enumerable.Range(0, 37).Select(x => new MemorySpan { From = x * 33, To = (x + 1) * 33, State = x % 2 == 0 ? MemoryState.Programming : MemoryState.Programmed, Bytes = x + 1 }).ToArray();
            result.Memories = new[]
            {
                new MemoryPicture { Target = "flash", Size = 0x80000, HasSectors = true, Rows = Enumerable.Range(0, 16).Select(x => new MemoryRow { Sector = x, Offset = x * 0x4000, Size = 0x4000, Spans = spans }).ToArray() },
            };
            result.LastMicrosecondsOfStep = Enumerable.Range(1, 10000).Select(x => x / 10.0).ToArray();
            Write(result);
            var with = new FileInfo(Path.Combine(folder, "campaign.html")).Length;
            result.Memories = Array.Empty<MemoryPicture>();
            Write(result);
            Assert.That(with - new FileInfo(Path.Combine(folder, "campaign.html")).Length, Is.LessThan(160 * 1024));
        }

        [Test]
        public void ShouldTellWhatIsDocumented()
        {
            var root = Json(Torn());
            var only = Torn();
            only.Options = CampaignOptions.Parse("--only 6");
            var sections = new Dictionary<string, List<JsonElement>>
            {
                ["campaign.json"] = new List<JsonElement> { root },
                ["options"] = new List<JsonElement> { root.GetProperty("options"), Json(only).GetProperty("options") },
                ["run"] = new List<JsonElement> { root.GetProperty("run") },
                ["memories"] = root.GetProperty("memories").EnumerateArray().ToList(),
                ["cuts"] = root.GetProperty("cuts").EnumerateArray().ToList(),
                ["firstFailure, onlyCut"] = new List<JsonElement> { root.GetProperty("firstFailure"), Json(only).GetProperty("onlyCut"), Json(NotKept()).GetProperty("firstFailure") },
            };
            var documented = Documented();
            Assert.That(documented.Keys, Is.EquivalentTo(sections.Keys));
            foreach(var section in sections)
            {
                var isRoot = section.Key == "campaign.json";
                var fields = section.Value.SelectMany(x => Fields(x, "", !isRoot)).ToList();
                Assert.That(documented[section.Key].Keys, Is.EquivalentTo(fields.Select(x => x.Name).Distinct()), section.Key);
                foreach(var (name, value) in fields)
                {
                    var type = documented[section.Key][name];
                    Assert.That(IsOfType(value, type), Is.True, $"{section.Key}, {name} is to be {type}: {value.GetRawText()}");
                }
            }
        }

        private static CampaignResult NotKept()
        {
            var result = Torn();
            result.Scene = null;
            return result;
        }

        // What stands in the tables: by heading, names of fields and their types.
        private static Dictionary<string, Dictionary<string, string>> Documented()
        {
            var result = new Dictionary<string, Dictionary<string, string>>();
            var heading = "";
            foreach(var line in File.ReadAllLines(Path.Combine(Fact.Root, "docs/campaigns-report.md")))
            {
                heading = line.StartsWith("#", StringComparison.Ordinal) ? line.TrimStart('#', ' ') : heading;
                var row = Regex.Match(line, @"^\| (`[^|]*`) \| ([^|]*)\|");
                if(row.Success && heading.Length > 0 && !heading.StartsWith("Report", StringComparison.Ordinal))
                {
                    result.TryAdd(heading, new Dictionary<string, string>());
                    foreach(Match name in Regex.Matches(row.Groups[1].Value, "`([^`]*)`"))
                    {
                        result[heading].Add(name.Groups[1].Value, row.Groups[2].Value.Trim());
                    }
                }
            }
            return result;
        }

        private static IEnumerable<(string Name, JsonElement Value)> Fields(JsonElement element, string prefix, bool isDeep)
        {
            foreach(var field in element.EnumerateObject())
            {
                var name = prefix + field.Name;
                yield return (name, field.Value);
                var inner = !isDeep ? Enumerable.Empty<(string, JsonElement)>()
                    : field.Value.ValueKind == JsonValueKind.Object ? Fields(field.Value, name + ".", true)
                    : field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().Where(x => x.ValueKind == JsonValueKind.Object).SelectMany(x => Fields(x, name + "[].", true))
                    : Enumerable.Empty<(string, JsonElement)>();
                foreach(var item in inner)
                {
                    yield return item;
                }
            }
        }

        private static bool IsOfType(JsonElement value, string type)
        {
            if(type.EndsWith(" or null", StringComparison.Ordinal) || type.EndsWith(", or null", StringComparison.Ordinal))
            {
                return value.ValueKind == JsonValueKind.Null || IsOfType(value, Regex.Replace(type, ",? or null$", ""));
            }
            if(type.StartsWith("array of ", StringComparison.Ordinal))
            {
                return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(x => IsOfType(x, Regex.Replace(type.Substring("array of ".Length), "s$", "")));
            }
            return type switch
            {
                "" => true,
                "string" => value.ValueKind == JsonValueKind.String,
                "boolean" => value.ValueKind == JsonValueKind.True || value.ValueKind == JsonValueKind.False,
                "integer" => value.ValueKind == JsonValueKind.Number && !value.GetRawText().Contains('.'),
                "number" => value.ValueKind == JsonValueKind.Number,
                "array" => value.ValueKind == JsonValueKind.Array,
                "object" => value.ValueKind == JsonValueKind.Object,
                _ => throw new ArgumentException($"'{type}' is no type"),
            };
        }

        private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(x => x.Name);

        private static string Property(XmlNode suite, string name) => ((XmlElement)suite.SelectSingleNode($"properties/property[@name='{name}']")).GetAttribute("value");

        private static XmlDocument Parse(string text)
        {
            var document = new XmlDocument { XmlResolver = null };
            document.LoadXml(text.Replace("<!DOCTYPE html>", ""));
            return document;
        }

        private static CampaignResult Passing(string options, int count)
        {
            var step = count / 3;
            return new CampaignResult
            {
                Program = "counter.py",
                ProgramPath = "programs/counter.py",
                Board = "black_f407vet6",
                Host = "standalone host",
                Options = CampaignOptions.Parse("--replay-as ./build.sh%20campaign%20programs/counter.py " + options),
                IsComplete = true,
                Targets = new[] { "bkpsram" },
                RunWrites = count,
                RunInstructions = ulong.MaxValue,
                RunMicroseconds = 1234.5,
                RunSteps = 3,
                LastWriteOfStep = new[] { step, 2 * step, 3 * step },
                LastMicrosecondsOfStep = new[] { 50, 100, 150.125 },
                PlannedCuts = count,
                Cuts = Enumerable.Range(1, count).Select(x => Cut(Math.Min(3, x / Math.Max(1, step)), x % Math.Max(1, step) == 0 ? Verdict.New : Verdict.Old, x)).ToList(),
                Seconds = 2,
                CutsThisSession = count,
            };
        }

        private static CampaignResult Failing()
        {
            var result = Passing("--depth 2 --supply slow-ramp --ramp 0.00002", 12);
            var cuts = result.Cuts.ToList();
            cuts[5].Verdict = Verdict.Corrupt;
            cuts[5].IsGood = false;
            cuts[5].Detail = "(7, 8) was never stored";
            cuts.Insert(6, Cut(1, Verdict.Corrupt, 6, 2));
            cuts[6].IsGood = false;
            cuts[6].Detail = "(7, 8) was never stored";
            cuts.Insert(8, Cut(1, Verdict.Old, 7, 1));
            result.Cuts = cuts;
            result.CutsThisSession = cuts.Count;
            var before = new byte[4096];
            var after = new byte[4096];
            after[0] = (byte)'<';
            after[4095] = 0xFF;
            result.Scene = new CutScene
            {
                Record = cuts[5],
                Target = "bkpsram",
                LastWrites = new[]
                {
                    new MemoryWrite { Target = "bkpsram", Number = 5, Offset = 0, Value = '<', Size = 4, ProgramCounter = 0x08001234, Microseconds = 60 },
                    new MemoryWrite { Target = "bkpsram", Number = 6, Offset = 4095, Value = uint.MaxValue, Size = 1, ProgramCounter = 0x08000000, Microseconds = 75.125 },
                },
                Before = before,
                After = after,
                Output = "wrong <sum>\n",
            };
            return result;
        }

        // The same, with a flash whose erase was cut.
        private static CampaignResult Torn()
        {
            var result = Failing();
            result.Targets = new[] { "bkpsram", "flash" };
            var record = result.Scene.Record;
            record.Target = "flash";
            record.Place = "within erase";
            record.Microseconds = 75.125;
            result.Scene.Target = "flash";
            result.Scene.Offset = 0x8000;
            result.Scene.LastWrites = new[]
            {
                result.Scene.LastWrites[0],
                new MemoryWrite { Target = "flash", Number = 6, Moment = CutMoment.Within, Kind = MemoryOperationKind.Erase, Offset = 0x8000, Value = uint.MaxValue, Size = 0x4000, Microseconds = 10, Duration = 90.5, Sector = 2 },
            };
            result.Scene.Left = new[] { new MemoryLeft { Target = "flash", Offset = 0x8000, Size = 0x4000, State = MemoryState.Unstable, Bytes = 16000, Changed = 9000, Unstable = 700 } };
            result.Scene.Torn = new[] { ("flash", new TornOperation(0x8000, 0x4000, 0.25, 7000, 1, 9000)) };
            result.Scene.Supply = new SupplyCurve
            {
                CoreStopped = 332.9,
                PowerDown = 1.68,
                PowerOn = 1.72,
                BrownOut = 2.19,
                BrownOutEnd = 2.29,
                Points = new[]
                {
                    new SupplyPoint { Microseconds = -500, Vdd = 3.3, Vbat = 3.06 },
                    new SupplyPoint { Microseconds = 0, Vdd = 3.3, Vbat = 3.06 },
                    new SupplyPoint { Microseconds = 678.2, Vdd = 0, Vbat = 2.76 },
                    new SupplyPoint { Microseconds = 11478.2, Vdd = 0, Vbat = 2.76 },
                    new SupplyPoint { Microseconds = 11478.2, Vdd = 3.3, Vbat = 3.06 },
                    new SupplyPoint { Microseconds = 12478.2, Vdd = 3.3, Vbat = 3.06 },
                },
            };
            MemorySpan Span(double from, double to, MemoryState state, int bytes) => new MemorySpan { From = from, To = to, State = state, Bytes = bytes };
            result.Memories = new[]
            {
                new MemoryPicture
                {
                    Target = "bkpsram",
                    Size = 4096,
                    Rows = new[] { new MemoryRow { Offset = 0, Size = 64, Spans = new[] { Span(0, 60, MemoryState.Unchanged, 0), Span(60, 60, MemoryState.Writing, 4), Span(60, 1234.5, MemoryState.Written, 4) } } },
                },
                new MemoryPicture
                {
                    Target = "flash",
                    Size = 0x80000,
                    HasSectors = true,
                    Rows = new[]
                    {
                        new MemoryRow { Sector = 2, Offset = 0x8000, Size = 0x4000, Spans = new[] { Span(0, 10, MemoryState.Programmed, 4096), Span(10, 100.5, MemoryState.Erasing, 0), Span(100.5, 1234.5, MemoryState.Erased, 0) } },
                    },
                },
            };
            return result;
        }

        private static CutRecord Cut(int stepsDone, Verdict verdict, params int[] path)
        {
            return new CutRecord { Path = path, Verdict = verdict, IsGood = true, StepsDone = stepsDone, Microseconds = path.Last() * 12.5, WritesDone = path.Last() + 1, RecoveryWrites = 5, Target = "bkpsram", Place = "write" };
        }

        private void AssertOneLine(string path)
        {
            var exception = Assert.Throws<RecoverableException>(() => CampaignReport.Write(Failing(), path));
            Assert.That(exception.Message, Does.StartWith("the report can't be written to '").And.Not.Contain("\n"));
        }

        private void Write(CampaignResult result) => CampaignReport.Write(result, folder);

        private string[] Contents() => new[] { "campaign.json", "campaign.html", "campaign.xml" }.Select(x => File.ReadAllText(Path.Combine(folder, x))).ToArray();

        private string[] Files(CampaignResult result)
        {
            Write(result);
            return Contents().Append(CampaignReport.Summary(result)).ToArray();
        }

        private JsonElement Json(CampaignResult result)
        {
            Write(result);
            return JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "campaign.json"))).RootElement;
        }

        private XmlDocument Junit(CampaignResult result)
        {
            Write(result);
            return Parse(File.ReadAllText(Path.Combine(folder, "campaign.xml")));
        }

        private XmlDocument Page(CampaignResult result)
        {
            Write(result);
            return Parse(File.ReadAllText(Path.Combine(folder, "campaign.html")));
        }

        // What is to be read on the page.
        private string Text(CampaignResult result) => Page(result).SelectSingleNode("//*[local-name()='body']").InnerText;

        private string folder;

        // Fails when it has given some of what it has.
        private sealed class BrokenList : IReadOnlyList<CutRecord>
        {
            public BrokenList(IReadOnlyList<CutRecord> cuts)
            {
                this.cuts = cuts;
            }

            public IEnumerator<CutRecord> GetEnumerator()
            {
                enumerations++;
                for(var i = 0; i < cuts.Count; i++)
                {
                    // The first ones count; then it is written.
                    if(enumerations > 9 && i > 20)
                    {
                        throw new InvalidOperationException("no more");
                    }
                    yield return cuts[i];
                }
            }

            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

            public CutRecord this[int index] => cuts[index];

            public int Count => cuts.Count;

            private readonly IReadOnlyList<CutRecord> cuts;
            private int enumerations;
        }
    }
}
