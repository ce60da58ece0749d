// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;

using NUnit.Framework;

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
        [TestCase("--supply grid", "say one of cell, no-cell, slow-ramp, vbat-bounce")]
        [TestCase("--cut-at reads", "say one of writes, instructions, time")]
        [TestCase("--off 0", "give seconds from 0.001")]
        [TestCase("--ramp NaN", "give seconds from")]
        [TestCase("--only 0", "give the number of a cut")]
        [TestCase("--only 1,2,3,4", "give the number of a cut")]
        [TestCase("--only 3 --sample 2", "leave out --sample, --shard and --resume")]
        [TestCase("--only 3 --resume", "leave out --sample, --shard and --resume")]
        [TestCase("--resume --overwrite", "give one of them")]
        [TestCase("--report 'half", "the options end within '")]
        public void ShouldSayInOneLineWhatIsWrong(string text, string message)
        {
            var exception = Assert.Throws<RecoverableException>(() => CampaignOptions.Parse(text));
            Assert.That(exception.Message, Does.Contain(message).And.Not.Contain("\n"));
        }
    }
}
