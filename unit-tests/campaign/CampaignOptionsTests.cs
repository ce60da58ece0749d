// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    [TestFixture]
    public class CampaignOptionsTests
    {
        [Test]
        public void ShouldCutAtEveryWriteWithTheCellInUnlessToldOtherwise()
        {
            var options = CampaignOptions.Parse("");
            Assert.That(options.CutAt, Is.EqualTo(CutUnit.Writes));
            Assert.That(options.Supply, Is.EqualTo(CutSupply.Cell));
            Assert.That(options.Every, Is.EqualTo(1));
            Assert.That(options.Depth, Is.EqualTo(1));
            Assert.That(options.Sample, Is.Zero);
            Assert.That((options.Shard, options.ShardCount), Is.EqualTo((1, 1)));
            Assert.That(options.Report, Is.Null);
            Assert.That(options.ReplayArguments(), Is.Empty);
            Assert.That(CampaignOptions.Parse(null).Seed, Is.EqualTo(1));
        }

        [Test]
        public void ShouldTakeValuesAfterABlankOrAnEqualsSignAndQuoted()
        {
            var options = CampaignOptions.Parse("--cut-at=time --every 250  --supply=slow-ramp --ramp '0.5' --report \"a folder/b\" --shard 2/7");
            Assert.That(options.CutAt, Is.EqualTo(CutUnit.Time));
            Assert.That(options.Every, Is.EqualTo(250));
            Assert.That(options.Supply, Is.EqualTo(CutSupply.SlowRamp));
            Assert.That(options.RampSeconds, Is.EqualTo(0.5));
            Assert.That(options.Report, Is.EqualTo("a folder/b"));
            Assert.That((options.Shard, options.ShardCount), Is.EqualTo((2, 7)));
        }

        [Test]
        public void ShouldReplayWithWhatDecidesTheOutcomeAndNoMore()
        {
            var options = CampaignOptions.Parse("--supply no-cell --seed 7 --sample 10 --shard 1/2 --report x --off 0.25 --depth 2 --replay-as tool%20program.py");
            Assert.That(options.ReplayAs, Is.EqualTo("tool program.py"));
            Assert.That(options.ReplayArguments(), Is.EqualTo("--supply no-cell --seed 7 --off 0.25 "));
            var again = CampaignOptions.Parse(options.ReplayArguments() + "--only 3,4");
            Assert.That(again.Only, Is.EqualTo(new[] { 3, 4 }));
            Assert.That(again.Depth, Is.EqualTo(2));
            Assert.That(again.Supply, Is.EqualTo(CutSupply.NoCell));
        }

        [Test]
        public void ShouldWriteAllThatDecidesTheCuts()
        {
            var text = "--supply vbat-bounce --ramp 0.5 --cut-at time --every 3 --sample 9 --seed 2 --depth 3 --shard 2/5 --off 1.5 --run-timeout 7 --check-timeout 8 --reboot";
            var options = CampaignOptions.Parse(text + " --report x --resume");
            Assert.That(options.AllArguments(true), Is.EqualTo(text));
            Assert.That(options.AllArguments(false), Is.EqualTo(text.Replace(" --shard 2/5", "")));
            Assert.That(CampaignOptions.Parse("--only 3,4").AllArguments(true), Is.EqualTo("--only 3,4"));
            Assert.That(CampaignOptions.Parse("--only 3 --depth 2").AllArguments(true), Is.EqualTo("--depth 2 --only 3"));
        }

        [Test]
        public void ShouldTakeWhatFirmwarePrints()
        {
            Assert.That(CampaignOptions.Parse("").Firmware.IsGiven, Is.False);
            var text = "--from '^it is \\d+$' --until-symbol rest --good ok --prompt '> ' --input 'save 1' --ask%=a%0Ab";
            var options = CampaignOptions.Parse(text).Firmware;
            Assert.That(options.IsGiven, Is.True);
            Assert.That((options.From.ToString(), options.UntilSymbol, options.Good.ToString()), Is.EqualTo(("^it is \\d+$", "rest", "ok")));
            Assert.That(options.Input, Is.EqualTo(new[] { "save 1" }));
            Assert.That(options.Ask, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(CampaignOptions.Parse(text).AllArguments(true), Is.EqualTo(text));
        }

        [TestCase("it's")]
        [TestCase("a \"b\" %41")]
        [TestCase("^(state) \\d+ $")]
        [TestCase("--from")]
        [TestCase("a=b")]
        public void ShouldWriteAValueAsItReadsIt(string value)
        {
            var written = OptionReader.Write("--good", value);
            var options = CampaignOptions.Parse("--until x " + written);
            Assert.That(options.Firmware.Good.ToString(), Is.EqualTo(value));
            Assert.That(CampaignOptions.Parse(options.AllArguments(true)).Firmware.Good.ToString(), Is.EqualTo(value));
        }

        [Test]
        public void ShouldNameEachOptionOnce()
        {
            Assert.That(OptionTable.All.Select(x => x.Name), Is.Unique);
            Assert.That(OptionTable.All.Select(x => x.Help), Has.All.Not.Empty);
            Assert.That(OptionTable.All.Where(x => x.IsReplayed), Has.All.Matches<CampaignOption>(x => x.Write != null));
        }

        [TestCaseSource(nameof(MadeFiles))]
        public void ShouldBeInTheFilesThatAreMadeFromTheTable(string path, Func<string, string> make)
        {
            var file = Path.Combine(Fact.Root, path);
            var text = File.ReadAllText(file);
            var expected = make(text);
            if(Environment.GetEnvironmentVariable("UPDATE_OPTIONS") != null)
            {
                File.WriteAllText(file, expected);
                return;
            }
            Assert.That(text, Is.EqualTo(expected), $"{path} is not up to date: run this test with UPDATE_OPTIONS=1");
        }

        [TestCase("--nonsense", "there is no option '--nonsense'")]
        [TestCase("program.py", "there is no option 'program.py'")]
        [TestCase("--every 0", "--every 0: give a whole number from 1")]
        [TestCase("--every 1.5", "give a whole number")]
        [TestCase("--sample -3", "give a whole number")]
        [TestCase("--depth 4", "from 1 to 3")]
        [TestCase("--depth", "--depth: a value is missing")]
        [TestCase("--shard 0/4", "give 1 to 4")]
        [TestCase("--shard 1/0", "give I/N")]
        [TestCase("--shard one", "give I/N")]
        [TestCase("--supply grid", "say one of cell, no-cell, slow-ramp, vbat-bounce, usb-unplug")]
        [TestCase("--cut-at reads", "say one of writes, instructions, time")]
        [TestCase("--off 0", "give seconds from 0.001")]
        [TestCase("--ramp NaN", "give seconds from")]
        [TestCase("--only 0", "give the number of a cut")]
        [TestCase("--only 1,2,3,4", "give the number of a cut")]
        [TestCase("--only 3 --sample 2", "leave out --sample, --shard and --resume")]
        [TestCase("--only 3 --resume", "leave out --sample, --shard and --resume")]
        [TestCase("--resume --overwrite", "give one of them")]
        [TestCase("--jobs 2", "--jobs is an option of './build.sh campaign'")]
        [TestCase("--reboot=1", "--reboot takes no value")]
        [TestCase("--job 3/2", "give 1 to 2")]
        [TestCase("--from 'a(' --until b --good c", "--from 'a(' is no regular expression: ")]
        [TestCase("--until '*' --good c", "--until '*' is no regular expression: ")]
        [TestCase("--good ''", "--good: a value is missing")]
        [TestCase("--from a --from-symbol b --until c --good d", "--from and --from-symbol both say where the run begins")]
        [TestCase("--until a --until-symbol b --good c", "--until and --until-symbol both say where the run ends")]
        [TestCase("--from a --good b", "--until is missing")]
        [TestCase("--from a --until b --bad c", "--good is missing")]
        [TestCase("--until a --good b --input c", "--input needs --prompt")]
        [TestCase("--until a --good b --ask c", "--ask needs --prompt")]
        [TestCase("--until a --good b --prompt c", "--prompt is for --input or --ask")]
        [TestCase("--report 'half", "the options end within '")]
        public void ShouldSayInOneLineWhatIsWrong(string text, string message)
        {
            var exception = Assert.Throws<RecoverableException>(() => CampaignOptions.Parse(text));
            Assert.That(exception.Message, Does.Contain(message).And.Not.Contain("\n"));
        }

        public static IEnumerable<TestCaseData> MadeFiles
        {
            get
            {
                yield return new TestCaseData("campaign/options.json", (Func<string, string>)(_ => OptionPage.Json())).SetArgDisplayNames("options.json");
                yield return new TestCaseData("docs/campaigns.md", (Func<string, string>)WithTable).SetArgDisplayNames("campaigns.md");
            }
        }

        private static string WithTable(string page)
        {
            var marked = new Regex(@"(<!-- options: [^\n]* -->\n)(?:\|[^\n]*\n|\n)*(<!-- end of options -->\n)");
            Assert.That(marked.Matches(page).Count, Is.EqualTo(1));
            return marked.Replace(page, x => $"{x.Groups[1].Value}\n{OptionPage.Table()}\n{x.Groups[2].Value}");
        }
    }
}
