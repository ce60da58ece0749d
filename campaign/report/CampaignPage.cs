// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The report for people: one page that needs nothing else, no network and no script.</summary>
    internal static class CampaignPage
    {
        /// <summary>Writes the page.</summary>
        public static void Write(CampaignResult result, TextWriter writer)
        {
            var title = $"{CampaignText.Line(result.Program)}: {CampaignText.Headline(result)}";
            writer.Write("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\" />\n");
            writer.Write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n<meta name=\"color-scheme\" content=\"light dark\" />\n");
            writer.Write($"<title>{Text(title)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n<main>\n");
            WriteHead(result, writer);
            WriteTotals(result, writer);
            CampaignTimeline.Write(result, writer);
            CampaignMemory.Write(result, writer);
            WriteScene(result, writer);
            WriteFailures(result, writer);
            WriteOptions(result, writer);
            writer.Write("</main>\n</body>\n</html>\n");
        }

        private static void WriteHead(CampaignResult result, TextWriter writer)
        {
            var isBad = result.Failures.Any();
            var state = result.Cuts.Count == 0 ? "none" : isBad ? "bad" : "good";
            var sign = state switch
            {
                "good" => "<path d=\"M10 20.5 l7 7 L31 13.5\" />",
                "bad" => "<path d=\"M13 13 L27 27 M27 13 L13 27\" />",
                _ => "<path d=\"M12 20 H28\" />",
            };
            var headline = CampaignText.Headline(result);
            writer.Write($"<header class=\"{state}\">\n<p class=\"eyebrow\">Power-fail campaign</p>\n");
            writer.Write($"<div class=\"verdict\"><svg class=\"sign\" viewBox=\"0 0 40 40\" aria-hidden=\"true\"><circle cx=\"20\" cy=\"20\" r=\"18\" />{sign}</svg>");
            writer.Write($"<h1>{char.ToUpperInvariant(headline[0])}{Text(headline.Substring(1))}</h1></div>\n");
            if(!result.IsComplete)
            {
                writer.Write($"<p class=\"notice\"><strong>Partial.</strong> The campaign was interrupted after {CampaignText.Number(CampaignText.FirstCuts(result))} of {CampaignText.Count(result.PlannedCuts, "cut")}; the same command with <code>--resume</code> goes on.</p>\n");
            }
            writer.Write("<dl class=\"facts\">\n");
            Fact(writer, "Program", Code(result.Program));
            Fact(writer, "Board", Code(result.Board));
            Fact(writer, "Simulated by", Text(result.Host));
            Fact(writer, "Supply", $"<b>{Text(result.Options.Supply.Name)}</b>: {Text(result.Options.Supply.Describe(result.Options))}");
            Fact(writer, "Cut", Text(Unit(result)));
            Fact(writer, "Uncut run", Text($"{CampaignText.Count(result.RunWrites, CampaignText.HasOperations(result) ? "place" : "write")} in {CampaignText.Count(result.RunSteps, "step")}, {CampaignText.Time(result.RunMicroseconds)}"));
            writer.Write("</dl>\n</header>\n");
        }

        private static void WriteTotals(CampaignResult result, TextWriter writer)
        {
            var totals = result.Totals;
            writer.Write("<section aria-labelledby=\"totals\">\n<h2 id=\"totals\">Totals</h2>\n<ul class=\"tiles\">\n");
            foreach(var verdict in Enum.GetValues<Verdict>().Where(x => totals[x] > 0))
            {
                var failing = result.Failures.Count(x => x.Verdict == verdict);
                var good = totals[verdict] - failing;
                var judgement = failing == 0 ? "good" : good == 0 ? "failing" : $"{CampaignText.Number(failing)} failing, {CampaignText.Number(good)} good";
                writer.Write($"<li class=\"tile {CampaignText.Name(verdict)}{(failing > 0 ? " failing" : "")}\"><span class=\"number\">{CampaignText.Grouped(totals[verdict])}</span>");
                writer.Write($"<span class=\"name\">{CampaignText.Name(verdict)}</span><span class=\"judgement\">{judgement}</span><span class=\"meaning\">{Text(CampaignText.Meaning(verdict, result.Options))}</span></li>\n");
            }
            writer.Write("</ul>\n<p class=\"note\">");
            var none = Enum.GetValues<Verdict>().Where(x => totals[x] == 0).Select(CampaignText.Name).ToList();
            if(none.Count > 0)
            {
                writer.Write($"Never seen: {string.Join(", ", none)}. ");
            }
            var levels = result.Cuts.GroupBy(x => x.Path.Length).OrderBy(x => x.Key).Select(x => (Level: x.Key, Count: x.Count())).ToList();
            if(levels.Any(x => x.Level > 1))
            {
                writer.Write($"{string.Join(", ", levels.Select(x => $"{CampaignText.Grouped(x.Count)} {(x.Level == 1 ? $"in {CampaignText.Run(result.Options)}" : x.Level == 2 ? "in the recovery after it" : "in the recovery after that")}"))}. ");
            }
            if(result.Seconds > 0)
            {
                writer.Write($"{CampaignText.EqualStates(result)}. {CampaignText.Count(result.CutsThisSession, "cut")} in {CampaignText.Number(result.Seconds, 1)} s, {CampaignText.Number(result.Rate, 1)} a second.");
            }
            writer.Write("</p>\n</section>\n");
        }

        private static void WriteScene(CampaignResult result, TextWriter writer)
        {
            var scene = CampaignText.FirstFailure(result) ?? result.Scene;
            if(scene == null)
            {
                return;
            }
            var cut = scene.Record;
            var name = cut.IsGood ? $"Cut {cut.Name}" : $"First failing cut: {cut.Name}";
            writer.Write($"<section aria-labelledby=\"scene\">\n<h2 id=\"scene\">{name}</h2>\n");
            writer.Write($"<p class=\"lead\"><span class=\"badge {CampaignText.Name(cut.Verdict)}\">{CampaignText.Name(cut.Verdict)}</span> {Text(Sentence(cut, result))}</p>\n");
            if(!string.IsNullOrWhiteSpace(cut.Detail))
            {
                writer.Write($"<p>{Code(cut.Detail)}</p>\n");
            }
            writer.Write($"<ol class=\"story\">\n{string.Concat(CampaignStory.Tell(scene, result).Select(x => $"<li>{Text(x)}</li>\n"))}</ol>\n");
            writer.Write($"{Command(result.ReplayCommand(cut))}\n");
            if(scene.Before == null || scene.After == null)
            {
                writer.Write("<p class=\"note\">What was seen at this cut was not kept when the campaign went on later: the command above shows it again.</p>\n</section>\n");
                return;
            }
            CampaignSupply.Write(scene, result, writer);
            WriteLastWrites(scene, result, writer);
            CampaignHexDiff.Write(scene, writer);
            writer.Write($"<h3>What {CampaignText.Check(result.Options)} printed</h3>\n");
            var output = CampaignText.Clean(scene.Output).TrimEnd();
            if(output.Length == 0)
            {
                writer.Write("<p class=\"note\">Nothing.</p>\n");
            }
            else
            {
                var isLong = output.Length > MostOutput;
                writer.Write($"<pre class=\"output\" tabindex=\"0\" role=\"region\" aria-label=\"Output of {CampaignText.Check(result.Options)}\">{Text(isLong ? output.Substring(0, MostOutput) : output)}</pre>\n");
                if(isLong)
                {
                    writer.Write($"<p class=\"note\">The first {CampaignText.Grouped(MostOutput)} of {CampaignText.Grouped(output.Length)} characters; campaign.json has all of them.</p>\n");
                }
            }
            writer.Write("</section>\n");
        }

        private static void WriteLastWrites(CutScene scene, CampaignResult result, TextWriter writer)
        {
            var writes = scene.LastWrites ?? Array.Empty<MemoryWrite>();
            var function = scene.Record.Path.Length > 1 ? CampaignText.Check(result.Options) : CampaignText.Run(result.Options);
            writer.Write("<h3>Last writes before it</h3>\n");
            if(writes.Count == 0)
            {
                writer.Write("<p class=\"note\">No write got in.</p>\n");
                return;
            }
            writer.Write($"<p class=\"note\">The last {(writes.Count == 1 ? "write" : CampaignText.Count(writes.Count, "write"))} to {CampaignText.TargetsIn(result)} that got in, oldest first; numbers and times count from the start of {function}.</p>\n");
            writer.Write("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Last writes\">\n<table class=\"writes\">\n");
            var hasPlaces = CampaignText.HasOperations(result) || result.Targets.Count > 1;
            writer.Write($"<thead><tr><th scope=\"col\">Write</th>{(hasPlaces ? "<th scope=\"col\">Of</th><th scope=\"col\">Place</th>" : "")}<th scope=\"col\">Offset</th><th scope=\"col\">Value</th><th scope=\"col\" class=\"bytes\">Bytes</th><th scope=\"col\">PC</th><th scope=\"col\">Time, µs</th></tr></thead>\n<tbody>\n");
            for(var i = 0; i < writes.Count; i++)
            {
                var write = writes[i];
                var isLast = i == writes.Count - 1;
                writer.Write($"<tr{(isLast ? " class=\"last\"" : "")}><td>{CampaignText.Number(write.Number)}</td>{(hasPlaces ? $"<td>{Text(write.Target)}</td><td>{Text(write.What)}</td>" : "")}<td>0x{Hex(write.Offset, 3)}</td><td>{CampaignText.Value(write)}</td>");
                writer.Write($"<td class=\"bytes\">{CampaignText.Number(write.Size)}</td><td>0x{Hex(write.ProgramCounter, 8)}</td><td>{write.Microseconds.ToString("0.000", CultureInfo.InvariantCulture)}</td></tr>\n");
            }
            var end = $"Power is cut {(result.Options.Supply.IsGradual ? "in a slope" : "here")}, {CampaignText.Number(scene.Record.Microseconds, 3)} µs after the start";
            writer.Write($"<tr class=\"cut\"><td colspan=\"{(hasPlaces ? 8 : 6)}\">{end}</td></tr>\n</tbody>\n</table>\n</div>\n");
        }

        private static void WriteFailures(CampaignResult result, TextWriter writer)
        {
            var failures = result.Failures.ToList();
            if(failures.Count == 0)
            {
                return;
            }
            writer.Write($"<section aria-labelledby=\"failures\">\n<h2 id=\"failures\">{(failures.Count == 1 ? "The failure" : $"All {CampaignText.Grouped(failures.Count)} failures")}</h2>\n");
            var ranges = CampaignText.Ranges(failures.Select(x => x.Path[0]).Distinct().OrderBy(x => x), CampaignTimeline.Stride(result)).ToList();
            writer.Write($"<p class=\"note\">Failing cuts in {CampaignText.Run(result.Options)}: {string.Join(", ", ranges.Take(MostRanges).Select(x => x.First == x.Last ? CampaignText.Number(x.First) : $"{CampaignText.Number(x.First)}–{CampaignText.Number(x.Last)}"))}{(ranges.Count > MostRanges ? $", and {CampaignText.Grouped(ranges.Count - MostRanges)} more ranges" : "")}.");
            if(failures.Count > MostFailures)
            {
                writer.Write($" The first {MostFailures} are listed; campaign.json has all of them.");
            }
            writer.Write("</p>\n<ol class=\"failures\">\n");
            foreach(var cut in failures.Take(MostFailures))
            {
                writer.Write($"<li><p><span class=\"cutname\">Cut {cut.Name}</span> <span class=\"badge {CampaignText.Name(cut.Verdict)}\">{CampaignText.Name(cut.Verdict)}</span> <span class=\"where\">{Text($"{CampaignText.PlaceOf(cut)} {CampaignText.WhenIn(cut, result)}".Trim())}</span></p>");
                if(!string.IsNullOrWhiteSpace(cut.Detail))
                {
                    writer.Write($"<p class=\"detail\">{Text(CampaignText.Line(cut.Detail))}</p>");
                }
                writer.Write($"{Command(result.ReplayCommand(cut))}</li>\n");
            }
            writer.Write("</ol>\n</section>\n");
        }

        private static void WriteOptions(CampaignResult result, TextWriter writer)
        {
            var options = result.Options;
            writer.Write("<section aria-labelledby=\"how\">\n<h2 id=\"how\">How it was run</h2>\n");
            writer.Write($"{Command(result.CampaignCommand())}\n<dl class=\"facts short\">\n");
            Fact(writer, "Cuts planned", Text($"{CampaignText.Grouped(result.PlannedCuts)} in {CampaignText.Run(options)}{(options.Depth > 1 ? $", and up to {CampaignText.Number(options.Depth)} in a row" : "")}"));
            Fact(writer, "Sample", options.Sample > 0 ? Text($"{CampaignText.Grouped(options.Sample)} drawn by the seed") : "none: every one there is");
            Fact(writer, "Seed", CampaignText.Number(options.Seed));
            Fact(writer, "Shard", $"{CampaignText.Number(options.Shard)} of {CampaignText.Number(options.ShardCount)}");
            Fact(writer, "Power is off for", $"{CampaignText.Number(options.OffSeconds, 6)} s");
            Fact(writer, $"Time for {CampaignText.Run(options)}", $"up to {CampaignText.Number(options.RunTimeout, 6)} s");
            Fact(writer, $"Time for {CampaignText.Check(options)}", $"up to {CampaignText.Number(options.CheckTimeout, 6)} s");
            Fact(writer, "After each cut", options.Reboot ? "the firmware boots anew" : "back to the state after a boot");
            Fact(writer, $"Instructions of {CampaignText.Run(options)}", CampaignText.Grouped(result.RunInstructions));
            writer.Write("</dl>\n<p class=\"note\">Times are virtual. campaign.json, written with this page, has every cut.</p>\n</section>\n");
        }

        private static string Unit(CampaignResult result)
        {
            var options = result.Options;
            var places = CampaignText.HasOperations(result);
            var to = CampaignText.TargetsIn(result);
            var step = options.Every > 1 ? $"every {CampaignText.Grouped(options.Every)} " : "each ";
            var unit = options.CutAt switch
            {
                CutUnit.Instructions => options.Every > 1 ? "instructions" : "instruction",
                CutUnit.Time => options.Every > 1 ? "microseconds" : "microsecond",
                _ when places => options.Every > 1 ? $"places of writes to {to}" : $"write to {to}; before, within and after each that takes time",
                _ => options.Every > 1 ? $"writes to {to}" : $"write to {to}",
            };
            if(options.Only != null)
            {
                return $"after {CampaignText.OneUnit(result)} {CampaignText.Number(options.Only[0])} {string.Concat(options.Only.Skip(1).Select(x => $", then after write {CampaignText.Number(x)} of {CampaignText.Check(options)}"))}";
            }
            return options.Sample > 0 ? $"after {CampaignText.Grouped(options.Sample)} of the {CampaignText.Unit(result)}, drawn by the seed" : $"after {step}{unit}";
        }

        private static string Sentence(CutRecord cut, CampaignResult result)
        {
            var text = $"{CampaignText.Meaning(cut.Verdict, result.Options)}.";
            return CampaignText.Capital(text);
        }

        private static void Fact(TextWriter writer, string name, string html) => writer.Write($"<div><dt>{Text(name)}</dt><dd>{html}</dd></div>\n");

        private static string Code(string text) => $"<code>{Text(CampaignText.Line(text))}</code>";

        // Behind the prompt of the shell, or of the Monitor.
        private static string Command(string command)
        {
            var place = command.StartsWith("emulation ", StringComparison.Ordinal) ? " monitor" : "";
            return $"<p class=\"command{place}\">{Code(command)}</p>";
        }

        private static string Text(string text) => CampaignText.Escape(text);

        private static string Hex(long value, int digits) => value.ToString("X" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

        private const int MostFailures = 200;
        private const int MostRanges = 60;
        private const int MostOutput = 20000;

        private const string Style = @":root {
  --page: #f3f5f8; --panel: #ffffff; --ink: #17202b; --soft: #556171; --line: #d8dee6; --tint: #eef1f5;
  --good: #0b7a5f; --bad: #bb2a24; --badtint: #fbeceb; --changed: #a81f1a;
  --consistent: #0b7a5f; --old: #2a63b8; --new: #0f7f96; --lost: #65707f; --corrupt: #c4302a; --hang: #7b46ba; --exception: #b35c06;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --panel: #171e26; --ink: #e3e9f0; --soft: #98a5b4; --line: #2b3541; --tint: #1f2832;
    --good: #3fc39c; --bad: #ff7a70; --badtint: #37201f; --changed: #ff958c;
    --consistent: #3fc39c; --old: #6fa3f0; --new: #3fbcd4; --lost: #93a0b0; --corrupt: #ff6f66; --hang: #b58bf0; --exception: #eda04a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
header, section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 1.5rem 1.75rem; margin: 0 0 1.25rem; }
header { border-top: 4px solid var(--soft); }
header.good { border-top-color: var(--good); }
header.bad { border-top-color: var(--bad); }
h1 { font-size: 1.75rem; line-height: 1.2; font-weight: 650; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.125rem; font-weight: 650; margin: 0 0 0.9rem; }
h3 { font-size: 0.95rem; font-weight: 650; margin: 1.75rem 0 0.6rem; }
p { margin: 0 0 0.75rem; }
section > :last-child { margin-bottom: 0; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 0.875em; }
code { overflow-wrap: anywhere; }
.eyebrow { color: var(--soft); font-size: 0.8rem; font-weight: 600; letter-spacing: 0.07em; text-transform: uppercase; margin: 0 0 0.6rem; }
.verdict { display: flex; align-items: center; gap: 0.9rem; margin: 0 0 1.25rem; }
.sign { width: 2.5rem; height: 2.5rem; flex: none; fill: none; stroke: var(--soft); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.good .sign { stroke: var(--good); }
.bad .sign { stroke: var(--bad); }
.notice { background: var(--tint); border-left: 4px solid var(--exception); padding: 0.6rem 0.9rem; }
.note { color: var(--soft); font-size: 0.9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0.9rem 2rem; margin: 0; }
.facts dt { color: var(--soft); font-size: 0.8rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts + .note { margin-top: 1.1rem; }
.tiles { list-style: none; margin: 0 0 1rem; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: 0.75rem; }
.tile { --c: var(--soft); border: 1px solid var(--line); border-left: 5px solid var(--c); border-radius: 5px; padding: 0.7rem 0.9rem 0.8rem; display: grid; grid-template-columns: 1fr auto; gap: 0 0.5rem; align-content: start; }
.tile .number { grid-column: 1 / 3; font-size: 1.7rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile .name { font-weight: 650; color: var(--c); }
.tile .judgement { font-size: 0.8rem; align-self: center; color: var(--soft); text-align: right; }
.tile.failing .judgement { color: var(--bad); font-weight: 650; }
.tile .meaning { grid-column: 1 / 3; color: var(--soft); font-size: 0.85rem; line-height: 1.35; margin-top: 0.25rem; }
.consistent { --c: var(--consistent); } .old { --c: var(--old); } .new { --c: var(--new); } .lost { --c: var(--lost); }
.corrupt { --c: var(--corrupt); } .hang { --c: var(--hang); } .exception { --c: var(--exception); }
.badge { display: inline-block; border: 1.5px solid var(--c); color: var(--c); border-radius: 4px; padding: 0 0.45em; font-size: 0.85rem; font-weight: 650; line-height: 1.45; }
.chart { display: grid; grid-template-columns: max-content 1fr; column-gap: 0.75rem; margin: 0 0 1rem; }
.chart h3 { grid-column: 1 / 3; margin: 1.25rem 0 0.5rem; }
.chart h3:first-child { margin-top: 0; }
.chart .steps { grid-column: 2; }
.steps, .axis { position: relative; height: 1.35rem; font-size: 0.75rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.steps i { font-style: normal; }
.steps span, .axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis { grid-column: 2; margin-top: 0.2rem; }
.axis span:first-child { transform: none; }
.axis span.end { transform: translateX(-100%); }
.lanes { display: grid; grid-auto-rows: 1.75rem; font-size: 0.875rem; line-height: 1.75rem; }
.lanes span { color: var(--c); font-weight: 650; text-align: right; white-space: nowrap; }
.lanes span.failing::before { content: '\00D7\00A0'; }
.plot { display: block; width: 100%; background: var(--tint); border-radius: 3px; }
.plot g { fill: var(--c); }
.plot g.failing, .plot .thin { stroke: var(--c); }
.plot rect, .plot line { vector-effect: non-scaling-stroke; }
.plot .lane { stroke: var(--panel); stroke-width: 3; }
.plot .step { stroke: var(--soft); stroke-width: 1; stroke-opacity: 0.55; }
.plot .first { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
.life { margin: 0 0 1rem; }
.liferow { display: flex; align-items: center; margin: 0 0 3px; font-size: 0.85rem; }
.liferow > span { flex: 0 0 8.25rem; white-space: nowrap; padding-left: 0.75rem; }
.liferow > span:first-child { flex-basis: 9.5rem; padding: 0 0.75rem 0 0; text-align: right; font-variant-numeric: tabular-nums; }
.liferow i { font-style: normal; color: var(--soft); font-size: 0.75rem; }
.liferow > .lane { flex: 1 1 0; min-width: 0; margin: 0; }
.liferow .plot { height: 2.2rem; }
.was { font-weight: 650; }
.was svg { width: 1rem; height: 1rem; margin-right: 0.4rem; vertical-align: -0.15rem; fill: none; stroke: currentColor; }
.was.torn, .was.unstable, .was.lost { color: var(--bad); }
.was .fill { fill: var(--soft); stroke: none; }
.was .tear { stroke-width: 1.6; }
.plot .fill { fill: var(--soft); fill-opacity: 0.55; }
.plot .programming, .plot .writing { fill: var(--old); }
.plot .erasing { fill: var(--panel); stroke: var(--old); stroke-width: 1.5; }
.story { margin: 0 0 1rem; padding: 0 0 0 1.3rem; }
.story li { margin: 0 0 0.3rem; padding-left: 0.2rem; overflow-wrap: anywhere; }
.story li::marker { color: var(--soft); font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.supply { margin: 0 0 1rem; padding-left: 2.5rem; position: relative; }
.supply .volts { position: absolute; left: 0; top: 0; width: 2.1rem; height: 12rem; font-size: 0.75rem; color: var(--soft); text-align: right; }
.supply .volts span, .levelname { position: absolute; right: 0; transform: translateY(-50%); white-space: nowrap; }
.supply .curve { position: relative; height: 12rem; }
.supply .plot { height: 12rem; }
.supply polyline { fill: none; stroke: var(--ink); stroke-width: 2; vector-effect: non-scaling-stroke; }
.supply .vbat { stroke: var(--old); stroke-dasharray: 2 3; }
.supply .level { stroke: var(--soft); stroke-dasharray: 6 4; stroke-width: 1; }
.levelname { right: 0.4rem; font-size: 0.75rem; color: var(--soft); background: var(--tint); padding: 0 0.25rem; }
.supply .axis { margin: 0; }
.supply .marks { color: var(--ink); }
.supply .marks span:first-child { transform: translateX(-50%); }
.supply .marks .low { transform: none; padding-left: 0.2rem; }
.supply .spans { border-top: 1px solid var(--line); }
.supply .spans span, .supply .spans span:first-child { transform: translateX(-50%); text-align: center; overflow: hidden; text-overflow: ellipsis; }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; width: 100%; }
.writes { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.writes th { text-align: right; font-size: 0.8rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); padding: 0.3rem 0.75rem; }
.writes td { text-align: right; padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); white-space: nowrap; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 0.85rem; }
.writes .last td { font-weight: 700; }
.writes .cut td { text-align: left; white-space: normal; color: var(--bad); border-bottom: 0; border-top: 2px dashed var(--bad); font: 600 0.875rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; padding-top: 0.4rem; }
.hex { font: 0.82rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; border: 1px solid var(--line); border-radius: 5px; padding: 0.5rem 0; margin: 0 0 0.75rem; overflow: auto; max-height: 42rem; width: fit-content; max-width: 100%; }
.hex .rows { display: inline-block; min-width: 100%; }
.hex .row { display: grid; grid-template-columns: 3.5em 4.4em max-content max-content; column-gap: 1em; padding: 0 0.9rem; white-space: pre; color: var(--soft); }
.hex .before, .hex .after { color: var(--ink); }
.hex .after { background: var(--badtint); padding-bottom: 0.15rem; margin-bottom: 0.3rem; }
.hex i { font-style: normal; color: var(--soft); }
.hex b { color: var(--changed); font-weight: 700; text-decoration: underline; text-underline-offset: 0.18em; }
.hex .before b { color: inherit; }
.hex .gap { padding: 0.1rem 0.9rem; color: var(--soft); border-top: 1px dotted var(--line); border-bottom: 1px dotted var(--line); margin: 0.25rem 0; }
.output { background: var(--tint); border-radius: 5px; padding: 0.75rem 0.9rem; margin: 0 0 0.75rem; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.command { margin: 0 0 1rem; }
.command code { display: block; background: var(--tint); border-radius: 5px; padding: 0.45rem 0.7rem; -webkit-user-select: all; user-select: all; }
.command code::before { content: '$ '; color: var(--soft); -webkit-user-select: none; user-select: none; }
.command.monitor code::before { content: '(monitor) '; }
.failures { list-style: none; margin: 0; padding: 0; }
.failures li { border-top: 1px solid var(--line); padding: 0.75rem 0 0.25rem; }
.failures p { margin: 0 0 0.4rem; }
.cutname { font-weight: 650; font-variant-numeric: tabular-nums; margin-right: 0.35rem; }
.where { color: var(--soft); font-size: 0.9rem; margin-left: 0.35rem; }
.detail { font-size: 0.9rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--old); outline-offset: 2px; }
@media (max-width: 40rem) {
  main { padding: 0.75rem 0.6rem 2rem; }
  header, section { padding: 1.1rem 1rem; margin-bottom: 0.75rem; }
  h1 { font-size: 1.35rem; }
  .sign { width: 2rem; height: 2rem; }
  .facts { grid-template-columns: 1fr; gap: 0.7rem; }
  .facts.short { grid-template-columns: 1fr 1fr; }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(8.75rem, 1fr)); gap: 0.5rem; }
  .chart { column-gap: 0.5rem; }
  .liferow { font-size: 0.75rem; }
  .liferow > span { flex-basis: 6.6rem; padding-left: 0.4rem; }
  .liferow > span:first-child { flex-basis: 4.6rem; padding-right: 0.4rem; white-space: normal; line-height: 1.2; }
  .liferow i { display: none; }
  .was svg { margin-right: 0.2rem; }
  .supply { padding-left: 1.9rem; }
  .supply .volts { width: 1.6rem; }
  .steps.many span, .steps i, .axis .half, .writes .bytes { display: none; }
  .tile .judgement { grid-column: 1 / 3; text-align: left; }
  .writes th, .writes td { padding-left: 0.3rem; padding-right: 0.3rem; }
  .writes th { font-size: 0.75rem; }
  .writes td { font-size: 0.7rem; }
  .hex { font-size: 0.625rem; }
  .hex .row { column-gap: 0.6em; padding: 0 0.3rem; grid-template-columns: max-content 0.7em max-content max-content; }
  .hex i + i { font-size: 0; }
  .hex i + i::before { font-size: 0.625rem; content: ' '; }
  .hex .before i + i::before { content: '\2212'; }
  .hex .after i + i::before { content: '+'; }
  .hex .after i:first-child::before { content: '\00A0\00A0\00A0'; }
}
@media print {
  body { background: none; }
  .hex, .output { max-height: none; overflow: visible; }
  header, section { break-inside: auto; border-color: #999; }
}
";
    }
}
