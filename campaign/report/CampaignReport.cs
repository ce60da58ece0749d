// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a campaign leaves behind: three files for programs and people, and a few lines for a terminal.</summary>
    public static class CampaignReport
    {
        /// <summary>Writes campaign.json, campaign.html and campaign.xml. All three are complete before the first of them is put in place.</summary>
        /// <param name="result">What there is to tell.</param>
        /// <param name="folder">Where to; it is made if it is not there.</param>
        /// <exception cref="RecoverableException">A file can't be written; what was there before is left as it was.</exception>
        public static void Write(CampaignResult result, string folder)
        {
            var temporary = new List<string>();
            try
            {
                Directory.CreateDirectory(folder);
                foreach(var (name, write) in Files)
                {
                    var path = Path.Combine(folder, name);
                    if(Directory.Exists(path))
                    {
                        throw new IOException($"{name} is a folder");
                    }
                    temporary.Add(path + TemporarySuffix);
                    using(var writer = new StreamWriter(path + TemporarySuffix, false, new UTF8Encoding(false)) { NewLine = "\n" })
                    {
                        write(result, writer);
                    }
                }
                foreach(var (name, _) in Files)
                {
                    File.Move(Path.Combine(folder, name + TemporarySuffix), Path.Combine(folder, name), true);
                }
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException || e is ArgumentException || e is NotSupportedException)
            {
                throw new RecoverableException($"the report can't be written to '{CampaignText.Line(folder)}': {CampaignText.Line(e.Message)}", e);
            }
            finally
            {
                temporary.ForEach(Remove);
            }
        }

        /// <summary>Is there any of a report in the folder?</summary>
        public static bool Exists(string folder) => Files.Any(x => File.Exists(Path.Combine(folder, x.Name)));

        /// <summary>Removes what there is of a report.</summary>
        public static void Delete(string folder)
        {
            foreach(var (name, _) in Files)
            {
                File.Delete(Path.Combine(folder, name));
            }
        }

        /// <summary>A few lines for a terminal, without a line break at the end.</summary>
        public static string Summary(CampaignResult result)
        {
            var lines = new List<string>();
            var failures = result.Failures.Count();
            var rate = result.Seconds > 0 ? $" ({CampaignText.Count(result.CutsThisSession, "cut")} in {CampaignText.Number(result.Seconds, 1)} s, {CampaignText.Number(result.Rate, 1)} a second)" : "";
            lines.Add($"{CampaignText.Line(result.Program)} on {CampaignText.Line(result.Board)}: {CampaignText.Headline(result)}{rate}");
            if(result.Cuts.Count > 0)
            {
                var totals = result.Totals;
                lines.Add("  " + string.Join(", ", Enum.GetValues<Verdict>().Where(x => totals[x] > 0).Select(x => $"{CampaignText.Name(x)} {CampaignText.Number(totals[x])}")));
            }
            if(result.EqualStates > 0)
            {
                lines.Add($"  {CampaignText.EqualStates(result)}");
            }
            var first = CampaignText.FirstFailure(result)?.Record;
            if(first != null)
            {
                var others = failures > 1 ? $", the first of {CampaignText.Number(failures)}" : "";
                lines.Add($"  cut {first.Name} failed{others}: {CampaignText.Reason(first, result)}");
                lines.Add($"    {CampaignText.Line(result.ReplayCommand(first))}");
            }
            if(result.Options.Only != null && result.Scene != null)
            {
                lines.AddRange(Tell(result.Scene, result));
            }
            if(!result.IsComplete)
            {
                lines.Add($"  partial: {CampaignText.Number(CampaignText.FirstCuts(result))} of {CampaignText.Count(result.PlannedCuts, result.Options.Depth > 1 ? "first cut" : "cut")} made; --resume goes on");
            }
            return string.Join("\n", lines);
        }

        // A single cut is made to look at it.
        private static IEnumerable<string> Tell(CutScene scene, CampaignResult result)
        {
            foreach(var sentence in CampaignStory.Tell(scene, result))
            {
                yield return $"  {CampaignText.Line(sentence)}";
            }
            yield return "  last writes before the cut:";
            foreach(var write in scene.LastWrites ?? Array.Empty<MemoryWrite>())
            {
                yield return $"    {write.Number,6}  {(write.Target == "bkpsram" ? "" : $"{write.Target}, {write.What}  ")}0x{write.Offset:X3} = {CampaignText.Value(write)}  PC 0x{write.ProgramCounter:X8}  {CampaignText.Number(write.Microseconds, 3)} us";
            }
            if(scene.Before == null || scene.After == null)
            {
                yield break;
            }
            var name = CampaignText.TargetName(scene.Target);
            yield return scene.Before.SequenceEqual(scene.After) ? $"  {name} is as it was before" : $"  {name}, - before and + after:";
            for(var i = 0; i < scene.Before.Length; i += HexText.BytesPerLine)
            {
                var count = Math.Min(HexText.BytesPerLine, scene.Before.Length - i);
                var before = scene.Before.AsSpan(i, count).ToArray();
                var after = scene.After.AsSpan(i, count).ToArray();
                if(!before.SequenceEqual(after))
                {
                    var offset = (scene.Offset + i).ToString("X3");
                    yield return $"    {offset} - {HexText.Line(before)}";
                    yield return $"    {new string(' ', offset.Length)} + {HexText.Line(after)}";
                }
            }
            if(scene.Output.Length > 0)
            {
                yield return $"  {CampaignText.Check(result.Options)} printed:";
                foreach(var line in scene.Output.Split('\n'))
                {
                    yield return "    " + CampaignText.Clean(line);
                }
            }
        }

        private static void Remove(string path)
        {
            try
            {
                File.Delete(path);
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                // It never got there, or can't be helped.
            }
        }

        private const string TemporarySuffix = ".part";

        private static readonly (string Name, Action<CampaignResult, TextWriter> Write)[] Files =
        {
            ("campaign.json", CampaignJson.Write),
            ("campaign.html", CampaignPage.Write),
            ("campaign.xml", CampaignJUnit.Write),
        };
    }
}
