// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The report for CI: JUnit XML as GitLab and Jenkins read it.</summary>
    internal static class CampaignJUnit
    {
        /// <summary>Writes the report.</summary>
        public static void Write(CampaignResult result, TextWriter writer)
        {
            var isGrouped = result.Cuts.Where(x => x.IsGood).Select(x => x.Path[0]).Distinct().Skip(MostGoodCases).Any();
            var cases = Cases(result, isGrouped).OrderBy(x => x.First).ThenBy(x => x.Failure != null).ToList();
            var failures = cases.Count(x => x.Failure != null);
            var missing = Math.Max(0, result.PlannedCuts - CampaignText.FirstCuts(result));
            if(result.IsComplete)
            {
                missing = 0;
            }
            var counts = $"tests=\"{cases.Count + (missing > 0 ? 1 : 0)}\" failures=\"{failures}\" errors=\"0\" skipped=\"{(missing > 0 ? 1 : 0)}\" time=\"{Seconds(result.Seconds)}\"";
            var name = Attribute($"Power-fail campaign of {result.Program}");
            writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            writer.Write($"<testsuites name=\"{name}\" {counts}>\n");
            writer.Write($"  <testsuite name=\"{name}\" {counts}>\n");
            WriteProperties(result, isGrouped, writer);
            var first = CampaignText.FirstFailure(result);
            var share = result.Cuts.Count > 0 ? result.Seconds / result.Cuts.Count : 0;
            var className = Attribute($"campaign.{result.Board}.{Path.GetFileNameWithoutExtension(result.Program ?? "")}");
            foreach(var item in cases)
            {
                writer.Write($"    <testcase classname=\"{className}\" name=\"{Attribute(item.Name)}\" time=\"{Seconds(item.Cuts * share)}\"");
                if(item.Failure == null)
                {
                    writer.Write(" />\n");
                    continue;
                }
                var verdict = CampaignText.Name(item.Failure.Verdict);
                writer.Write($">\n      <failure message=\"{verdict}\" type=\"{verdict}\">");
                var story = item.Failure == first?.Record ? "\n" + string.Join("\n", CampaignStory.Tell(first, result)) : "";
                writer.Write(CampaignText.Escape($"Cut {item.Failure.Name}: {CampaignText.Reason(item.Failure, result)}{story}\nReplay: {result.ReplayCommand(item.Failure)}"));
                writer.Write("</failure>\n    </testcase>\n");
            }
            if(missing > 0)
            {
                writer.Write($"    <testcase classname=\"{className}\" name=\"{CampaignText.Count(missing, "cut")} not made\" time=\"0\">\n");
                writer.Write("      <skipped message=\"interrupted: --resume goes on\" />\n    </testcase>\n");
            }
            writer.Write("  </testsuite>\n</testsuites>\n");
        }

        private static IEnumerable<Case> Cases(CampaignResult result, bool isGrouped)
        {
            foreach(var failure in result.Failures)
            {
                yield return new Case { Name = $"Cut {failure.Name}", First = failure.Path[0], Cuts = 1, Failure = failure };
            }
            var good = result.Cuts.Where(x => x.IsGood);
            if(isGrouped)
            {
                foreach(var step in good.GroupBy(x => x.StepsDone))
                {
                    var first = step.Min(x => x.Path[0]);
                    var where = step.Key < result.RunSteps ? $"Step {CampaignText.Number(step.Key + 1)}" : "After the last step";
                    yield return new Case
                    {
                        Name = $"{where}: {CampaignText.Count(step.Count(), "good cut")}, {CampaignText.Range(first, step.Max(x => x.Path[0]))}",
                        First = first,
                        Cuts = step.Count(),
                    };
                }
                yield break;
            }
            // A failure within a recovery is a case of its own, so that of the first cut tells only about those that are good.
            foreach(var cut in good.GroupBy(x => x.Path[0]))
            {
                var deeper = cut.Count(x => x.Path.Length > 1);
                var name = cut.Any(x => x.Path.Length == 1) ? $"Cut {cut.Key}" : $"After cut {cut.Key}";
                yield return new Case { Name = deeper > 0 ? $"{name}, and {CampaignText.Count(deeper, "good cut")} of its recovery" : name, First = cut.Key, Cuts = cut.Count() };
            }
        }

        private static void WriteProperties(CampaignResult result, bool isGrouped, TextWriter writer)
        {
            var options = result.Options;
            var properties = new List<(string, string)>
            {
                ("board", result.Board),
                ("host", result.Host),
                ("cut-at", options.CutAtName),
                ("every", CampaignText.Number(options.Every)),
                ("supply", options.Supply.Name),
                ("targets", string.Join(",", result.Targets)),
                ("equal-states", CampaignText.Number(result.EqualStates)),
                ("depth", CampaignText.Number(options.Depth)),
                ("sample", CampaignText.Number(options.Sample)),
                ("seed", CampaignText.Number(options.Seed)),
                ("shard", $"{CampaignText.Number(options.Shard)}/{CampaignText.Number(options.ShardCount)}"),
                ("complete", result.IsComplete ? "true" : "false"),
                ("cuts", CampaignText.Number(result.Cuts.Count)),
                ("failed-cuts", CampaignText.Number(result.Failures.Count())),
                ("good-cuts-grouped-by", isGrouped ? "step" : "cut"),
            };
            properties.AddRange(result.Totals.OrderBy(x => x.Key).Select(x => ("verdict-" + CampaignText.Name(x.Key), CampaignText.Number(x.Value))));
            writer.Write("    <properties>\n");
            foreach(var (name, value) in properties)
            {
                writer.Write($"      <property name=\"{name}\" value=\"{Attribute(value)}\" />\n");
            }
            writer.Write("    </properties>\n");
        }

        private static string Attribute(string text) => CampaignText.Escape(CampaignText.Line(text));

        private static string Seconds(double value) => CampaignText.Number(value, 6);

        // More than that makes the pages of a CI server slow.
        private const int MostGoodCases = 2000;

        private sealed class Case
        {
            public string Name;
            public int First;
            public int Cuts;
            public CutRecord Failure;
        }
    }
}
