// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// All options of a campaign. The parser reads them here; campaign/options.json, which the command line tool and its help are made from,
    /// and the table in docs/campaigns.md are written from it, and a unit test sees that they are.
    /// </summary>
    internal static class OptionTable
    {
        /// <summary>All, in the order of the help.</summary>
        public static readonly IReadOnlyList<CampaignOption> All = new[]
        {
            new CampaignOption("--supply", "KIND", "how power goes", (x, v) => x.Supply = OptionReader.Choice("--supply", v, CutSupply.All.Select(y => (y.Name, y))))
            {
                Choices = CutSupply.All.Select(x => new KeyValuePair<string, string>(x.Name, x.Help)).ToArray(),
                Write = x => x.Supply == CutSupply.Cell ? null : x.Supply.Name,
                IsReplayed = true,
                NamesReport = true,
            },
            new CampaignOption("--target", "NAME[,NAME]", "memories whose writes are cut: bkpsram, backup-registers, flash, option-bytes, spi-flash (default: all that run() writes)",
                (x, v) => x.Targets = OptionReader.Names("--target", v, CampaignOptions.TargetNames))
            {
                Write = x => x.Targets == null ? null : string.Join(",", x.Targets),
                IsReplayed = true,
                NamesReport = true,
            },
            new CampaignOption("--ramp", "S", "virtual seconds of a slow ramp from full VDD to 0 V, at most (default 0.001): each has its own, by the seed, a fiftieth of that at least",
                (x, v) => x.RampSeconds = OptionReader.Seconds("--ramp", v, 0.00001, 3600))
            {
                Write = x => Unless(x.RampSeconds, CampaignOptions.DefaultRampSeconds),
                IsReplayed = true,
            },
            new CampaignOption("--cut-at", "UNIT", "what the number of a cut counts", (x, v) => x.CutAt = OptionReader.Choice("--cut-at", v, Units))
            {
                Choices = CampaignOption.ChoicesOf(("writes", "right after the Nth write; before, within and after each that takes time, which counts as three (default)"), ("instructions", "after the Nth instruction of the core"),
                    ("time", "after N microseconds of virtual time")),
                Write = x => x.CutAt == CutUnit.Writes ? null : x.CutAtName,
                IsReplayed = true,
                NamesReport = true,
            },
            new CampaignOption("--every", "N", "not a cut at each, but at every Nth", (x, v) => x.Every = OptionReader.Integer("--every", v, 1, int.MaxValue))
            {
                Write = x => Unless(x.Every, 1),
                NamesReport = true,
            },
            new CampaignOption("--sample", "K", "K of them, drawn at random; with --depth 2, one second cut for each", (x, v) => x.Sample = OptionReader.Integer("--sample", v, 1, int.MaxValue))
            {
                Write = x => Unless(x.Sample, 0),
                NamesReport = true,
            },
            new CampaignOption("--seed", "S", "of all that is random: the sample, the content that is lost, ramps and bounces (default 1)",
                (x, v) => x.Seed = OptionReader.Integer("--seed", v, 0, int.MaxValue))
            {
                Write = x => Unless(x.Seed, CampaignOptions.DefaultSeed),
                IsReplayed = true,
                NamesReport = true,
            },
            new CampaignOption("--depth", "D", "2: the power fails again at each write of check(), during recovery; 3: and again", (x, v) => x.Depth = OptionReader.Integer("--depth", v, 1, 3))
            {
                Write = x => x.Only != null && x.Depth == x.Only.Length ? null : Unless(x.Depth, 1),
                NamesReport = true,
            },
            new CampaignOption("--shard", "I/N", "the Ith of N parts, for the jobs of a CI matrix: --shard ${CI_NODE_INDEX}/${CI_NODE_TOTAL}; 'campaign merge' makes one report of theirs",
                (x, v) => (x.Shard, x.ShardCount) = OptionReader.Part("--shard", v))
            {
                Write = x => x.ShardCount == 1 ? null : $"{x.Shard}/{x.ShardCount}",
                NamesReport = true,
            },
            new CampaignOption("--only", "N[,M]", "that cut alone, told in detail: the last writes, the memory before and after, what check() printed; with a larger --depth all that follow from it, too",
                (x, v) => x.Only = OptionReader.Path("--only", v))
            {
                Write = x => x.Only == null ? null : string.Join(",", x.Only),
                NamesReport = true,
            },
            new CampaignOption("--off", "S", "virtual seconds that VDD is off, after what would have been left of run() (default 0.01)",
                (x, v) => x.OffSeconds = OptionReader.Seconds("--off", v, 0.001, 86400))
            {
                Write = x => Unless(x.OffSeconds, CampaignOptions.DefaultOffSeconds),
                IsReplayed = true,
            },
            new CampaignOption("--run-timeout", "S", "virtual seconds that run() may take (default 60)", (x, v) => x.RunTimeout = OptionReader.Seconds("--run-timeout", v, 0.001, 86400))
            {
                Write = x => Unless(x.RunTimeout, CampaignOptions.DefaultTimeout),
                IsReplayed = true,
            },
            new CampaignOption("--check-timeout", "S", "virtual seconds that check() may take before it is a hang (default 60)",
                (x, v) => x.CheckTimeout = OptionReader.Seconds("--check-timeout", v, 0.001, 86400))
            {
                Write = x => Unless(x.CheckTimeout, CampaignOptions.DefaultTimeout),
                IsReplayed = true,
            },
            new CampaignOption("--reboot", null, "boot MicroPython anew after each cut, instead of going back to the state after a boot: slower, same verdicts", (x, v) => x.Reboot = true)
            {
                Write = x => x.Reboot ? "" : null,
                IsReplayed = true,
            },
            OfFirmware("--from", "REGEX", "the line that the firmware prints when what is to be cut begins; default: --input, or power-on", (x, v) => x.From = Pattern("--from", v), x => x.From?.ToString()),
            OfFirmware("--until", "REGEX", "the line that it prints when that is over", (x, v) => x.Until = Pattern("--until", v), x => x.Until?.ToString()),
            OfFirmware("--from-symbol", "NAME", "in place of --from: the function that it calls then, by the symbols of its ELF file", (x, v) => x.FromSymbol = v, x => x.FromSymbol),
            OfFirmware("--until-symbol", "NAME", "the same in place of --until", (x, v) => x.UntilSymbol = v, x => x.UntilSymbol),
            OfFirmware("--step", "REGEX", "a line between them that completes a step, from which on nothing less will do; its first group, if it has one, is what --good has to tell", (x, v) => x.Step = Pattern("--step", v), x => x.Step?.ToString()),
            OfFirmware("--good", "REGEX", "the line that it prints after a cut if all is well", (x, v) => x.Good = Pattern("--good", v), x => x.Good?.ToString()),
            OfFirmware("--bad", "REGEX", "the line that it prints if it isn't; none of these within --check-timeout is a hang", (x, v) => x.Bad = Pattern("--bad", v), x => x.Bad?.ToString()),
            OfFirmware("--lost", "REGEX", "the line that it prints if it finds nothing", (x, v) => x.Lost = Pattern("--lost", v), x => x.Lost?.ToString()),
            OfFirmware("--prompt", "REGEX", "what it shows, on a line that is not whole, when it waits for input", (x, v) => x.Prompt = Pattern("--prompt", v), x => x.Prompt?.ToString()),
            OfFirmware("--input", "TEXT", "a line that is typed at the first prompt, before the run; give it again for more lines", (x, v) => x.Input = Lines(x.Input, v), x => Joined(x.Input)),
            OfFirmware("--ask", "TEXT", "a line that is typed at the first prompt after a cut, for firmware that tells what is left only if it is asked; more as with --input", (x, v) => x.Ask = Lines(x.Ask, v), x => Joined(x.Ask)),
            CampaignOption.OfTool("--jobs", "N", "on N cores of this machine (default 1); one report, the same as of one job"),
            new CampaignOption("--report", "DIR", "folder of the report: campaign.json, campaign.html, campaign.xml (JUnit), cuts.tsv; default: a folder under build/campaign/, written anew each time",
                (x, v) => x.Report = v),
            new CampaignOption("--resume", null, "go on with the report that is in the folder; begins if there is none", (x, v) => x.Resume = true),
            new CampaignOption("--overwrite", null, "throw away the report that is in the folder; without one of these two, a folder that holds one is refused", (x, v) => x.Overwrite = true),
            CampaignOption.OfTool("--board", "NAME", "as for ./build.sh run"),
            CampaignOption.OfTool("--firmware", "FILE", "MicroPython image; default: the one that is built for the board. Without a program: any firmware, ELF, HEX, DfuSe or raw, which is cut by what it prints"),
            CampaignOption.OfTool("--host", "HOST", "standalone or renode; default: Renode if it is there"),
            CampaignOption.OfTool("--help", null, "this text"),
            new CampaignOption("--replay-as", "TEXT", "the command that stands before a cut's own options, percent-encoded, for tools that offer campaigns under a command of their own",
                (x, v) => x.ReplayAs = Uri.UnescapeDataString(v)) { IsHidden = true },
            new CampaignOption("--job", "K/J", "the Kth of J processes that make one report between them; the first opens it", (x, v) => (x.Job, x.JobCount) = OptionReader.Part("--job", v)) { IsHidden = true },
        };

        /// <summary>Options as on a command line, without those that are at their defaults.</summary>
        /// <param name="options">The options.</param>
        /// <param name="isWanted">Which are to be written; those that decide nothing about the cuts never are.</param>
        public static string Write(CampaignOptions options, Func<CampaignOption, bool> isWanted)
        {
            var words = new List<string>();
            foreach(var option in All.Where(x => x.Write != null && isWanted(x)))
            {
                var value = option.Write(options);
                if(value != null)
                {
                    words.Add(option.Value == null ? option.Name : OptionReader.Write(option.Name, value));
                }
            }
            return string.Join(" ", words);
        }

        private static CampaignOption OfFirmware(string name, string value, string help, Action<FirmwareOptions, string> set, Func<FirmwareOptions, string> write)
        {
            return new CampaignOption(name, value, help, (x, v) => set(x.Firmware, v)) { Write = x => write(x.Firmware), IsReplayed = true, IsOfFirmware = true };
        }

        private static Regex Pattern(string name, string value) => OptionReader.Pattern(name, value);

        private static IReadOnlyList<string> Lines(IReadOnlyList<string> before, string text) => before.Concat(text.Split('\n')).ToArray();

        private static string Joined(IReadOnlyList<string> lines) => lines.Count == 0 ? null : string.Join("\n", lines);

        private static string Unless(double value, double defaultValue) => value == defaultValue ? null : OptionReader.Number(value);

        private static readonly (string, CutUnit)[] Units = { ("writes", CutUnit.Writes), ("instructions", CutUnit.Instructions), ("time", CutUnit.Time) };
    }
}
