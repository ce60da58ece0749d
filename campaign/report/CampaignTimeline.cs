// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Verdicts over the number of the cut: the part of the page that shows where it goes wrong. Each verdict has a lane of its own,
    /// so that it can be read without colours.
    /// </summary>
    internal static class CampaignTimeline
    {
        /// <summary>Writes the section.</summary>
        public static void Write(CampaignResult result, TextWriter writer)
        {
            if(result.Cuts.Count == 0)
            {
                return;
            }
            var stride = Stride(result);
            var end = Math.Max(1, Math.Max(CampaignText.RunLength(result), result.Cuts.Max(x => x.Path[0])));
            var boundaries = Boundaries(result).ToList();
            writer.Write("<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline</h2>\n<div class=\"chart\">\n");
            var isCoarse = false;
            var isFirst = true;
            foreach(var level in result.Cuts.GroupBy(x => x.Path.Length).OrderBy(x => x.Key))
            {
                var points = level.GroupBy(x => x.Path[0]).OrderBy(x => x.Key)
                    .Select(x => new Point { Cut = x.Key, Worst = x.MaxBy(CampaignText.Severity), Count = x.Count() });
                var spans = Merge(points, stride).ToList();
                if(spans.Count > MostSpans)
                {
                    isCoarse = true;
                    spans = Coarse(spans, end).ToList();
                }
                var title = level.Key switch
                {
                    1 => $"Power fails in {CampaignText.Run(result.Options)}",
                    2 => "It fails again in the recovery: the worst verdict of all such cuts",
                    _ => "And once more in the recovery from that: the worst verdict",
                };
                if(!isFirst || result.Cuts.Any(x => x.Path.Length > 1))
                {
                    writer.Write($"<h3>{title}</h3>\n");
                }
                if(isFirst)
                {
                    WriteSteps(boundaries, end, writer);
                }
                isFirst = false;
                WriteLanes(spans, boundaries, end, title, CampaignText.FirstFailure(result)?.Record, level.Key, result, writer);
            }
            WriteAxis(end, writer);
            writer.Write("</div>\n<p class=\"note\">");
            writer.Write($"Left to right: {CampaignText.Unit(result)} since the start of {CampaignText.Run(result.Options)}. ");
            if(boundaries.Count > 0)
            {
                writer.Write(boundaries.Count <= MostLabels ? "Upright lines end the steps, whose numbers are above. " : "Upright lines end the steps. ");
            }
            if(isCoarse)
            {
                writer.Write($"There are too many to draw: a mark is at least {CampaignText.Grouped(end / Columns)} of them wide, and tells that its verdict came there, maybe among others. ");
            }
            if(result.Failures.Any())
            {
                writer.Write("A × is before the verdicts that are failures, and a dashed line at the first of them.");
            }
            writer.Write("</p>\n</section>\n");
        }

        /// <summary>How far apart cuts are that have nothing between them.</summary>
        public static int Stride(CampaignResult result)
        {
            var stride = (long)result.Options.Every * result.Options.ShardCount;
            return result.Options.Sample > 0 ? result.Options.Every : (int)Math.Min(int.MaxValue, Math.Max(1, stride));
        }

        // Where steps end, in units of the cuts: known for writes, and by the cuts themselves for the others.
        private static IEnumerable<(double At, int Step)> Boundaries(CampaignResult result)
        {
            if(result.Options.CutAt == CutUnit.Writes)
            {
                return (result.LastWriteOfStep ?? Array.Empty<int>()).Select((x, i) => ((double)x, i + 1));
            }
            var known = result.Cuts.Where(x => x.StepsDone > 0).GroupBy(x => x.StepsDone).OrderBy(x => x.Key).Select(x => (x.Min(y => (double)y.Path[0]) - 1, x.Key)).ToList();
            if(known.Count > 0 && known.Last().Key == result.RunSteps - 1)
            {
                known.Add((CampaignText.RunLength(result), result.RunSteps));
            }
            return known;
        }

        // Cuts that follow each other with one verdict are one span.
        private static IEnumerable<Span> Merge(IEnumerable<Point> points, int stride)
        {
            Span span = null;
            foreach(var point in points)
            {
                if(span != null && point.Cut - span.LastCut <= stride && IsAlike(span.Worst, point.Worst))
                {
                    span.LastCut = point.Cut;
                    span.To = point.Cut;
                    span.Count += point.Count;
                    continue;
                }
                if(span != null)
                {
                    yield return span;
                }
                var from = Math.Max(span?.To ?? 0, point.Cut - (double)stride);
                span = new Span { From = from, To = point.Cut, FirstCut = point.Cut, LastCut = point.Cut, Worst = point.Worst, Count = point.Count };
            }
            if(span != null)
            {
                yield return span;
            }
        }

        // Too many spans to draw: as many columns as can be told apart, and in each the verdicts that came in it.
        private static IEnumerable<Span> Coarse(IReadOnlyList<Span> spans, double end)
        {
            var width = end / Columns;
            foreach(var lane in spans.GroupBy(x => (x.Worst.Verdict, x.Worst.IsGood)))
            {
                Span open = null;
                foreach(var span in lane)
                {
                    var first = Math.Clamp(Math.Floor(span.From / width), 0, Columns - 1);
                    var last = Math.Clamp(Math.Ceiling(span.To / width), first + 1, Columns);
                    if(open != null && first * width <= open.To)
                    {
                        open.To = last * width;
                        open.LastCut = span.LastCut;
                        open.Count += span.Count;
                        continue;
                    }
                    if(open != null)
                    {
                        yield return open;
                    }
                    open = new Span { From = first * width, To = last * width, FirstCut = span.FirstCut, LastCut = span.LastCut, Worst = span.Worst, Count = span.Count, IsCoarse = true };
                }
                yield return open;
            }
        }

        private static bool IsAlike(CutRecord one, CutRecord other) => one.Verdict == other.Verdict && one.IsGood == other.IsGood;

        private static void WriteSteps(IReadOnlyList<(double At, int Step)> boundaries, double end, TextWriter writer)
        {
            if(boundaries.Count == 0 || boundaries.Count > MostLabels)
            {
                return;
            }
            writer.Write($"<div class=\"steps{(boundaries.Count > MostLabelsOnPhone ? " many" : "")}\" aria-hidden=\"true\">");
            var from = 0.0;
            var before = 0;
            foreach(var (at, step) in boundaries)
            {
                // A step that no cut fell into has no room, nor can its share be told from the next one's.
                if(at > from && step == before + 1)
                {
                    writer.Write($"<span style=\"left:{Percent((from + at) / 2 / end)}\">{(boundaries.Count <= MostWords ? "<i>step </i>" : "")}{CampaignText.Number(step)}</span>");
                }
                from = at;
                before = step;
            }
            writer.Write("</div>\n");
        }

        private static void WriteLanes(IReadOnlyList<Span> spans, IReadOnlyList<(double At, int Step)> boundaries, double end, string title, CutRecord first, int level, CampaignResult result, TextWriter writer)
        {
            var lanes = spans.GroupBy(x => (x.Worst.Verdict, x.Worst.IsGood)).OrderBy(x => !x.Key.IsGood).ThenBy(x => x.Key.Verdict).ToList();
            writer.Write("<div class=\"lanes\">");
            foreach(var lane in lanes)
            {
                writer.Write($"<span class=\"{CampaignText.Name(lane.Key.Verdict)}{(lane.Key.IsGood ? "" : " failing")}\">{CampaignText.Name(lane.Key.Verdict)}</span>");
            }
            var height = lanes.Count * LaneHeight;
            var description = string.Join("; ", lanes.Select(x => $"{CampaignText.Name(x.Key.Verdict)}{(x.Key.IsGood ? "" : " (failure)")} in {CampaignText.Count(x.Count(), "stretch").Replace("stretchs", "stretches")}"));
            writer.Write($"</div>\n<svg class=\"plot\" style=\"height:{CampaignText.Number(lanes.Count * 1.75, 2)}rem\" viewBox=\"0 0 {Width} {height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{CampaignText.Escape($"{title}: {description}")}\">\n");
            for(var i = 1; i < lanes.Count; i++)
            {
                writer.Write($"<line class=\"lane\" x1=\"0\" x2=\"{Width}\" y1=\"{i * LaneHeight}\" y2=\"{i * LaneHeight}\" />");
            }
            var every = (boundaries.Count + MostLines - 1) / MostLines;
            foreach(var (at, step) in boundaries.Where(x => x.At < end && x.Step % every == 0))
            {
                writer.Write($"<line class=\"step\" x1=\"{X(at / end)}\" x2=\"{X(at / end)}\" y1=\"0\" y2=\"{height}\" />");
            }
            writer.Write("\n");
            for(var i = 0; i < lanes.Count; i++)
            {
                var (verdict, isGood) = lanes[i].Key;
                writer.Write($"<g class=\"{CampaignText.Name(verdict)}{(isGood ? "" : " failing")}\">");
                foreach(var span in lanes[i])
                {
                    var what = span.FirstCut == span.LastCut ? $"Cut {CampaignText.Number(span.FirstCut)}" : $"Cuts {CampaignText.Range(span.FirstCut, span.LastCut)}";
                    var many = span.IsCoarse ? ", among others" : level > 1 ? $", {CampaignText.Count(span.Count, "further cut")}" : "";
                    var thin = isGood && (span.To - span.From) / end < ThinnestShare ? " class=\"thin\"" : "";
                    writer.Write($"<rect{thin} x=\"{X(span.From / end)}\" y=\"{i * LaneHeight + LaneInset}\" width=\"{X((span.To - span.From) / end)}\" height=\"{LaneHeight - (2 * LaneInset)}\"><title>{what}{many}: {CampaignText.Name(verdict)}</title></rect>");
                }
                writer.Write("</g>\n");
            }
            if(first != null && first.Path.Length == level)
            {
                var middle = (first.Path[0] - (Math.Min(Stride(result), first.Path[0]) / 2.0)) / end;
                writer.Write($"<line class=\"first\" x1=\"{X(middle)}\" x2=\"{X(middle)}\" y1=\"0\" y2=\"{height}\" />");
            }
            writer.Write("</svg>\n");
        }

        private static void WriteAxis(double end, TextWriter writer)
        {
            // Round numbers, about eight of them.
            var tick = CampaignText.RoundUp(Math.Max(end / MostTicks, 1));
            writer.Write("<div class=\"axis\" aria-hidden=\"true\"><span style=\"left:0\">0</span>");
            var index = 0;
            for(var at = tick; at < end - (tick * 0.6); at += tick)
            {
                writer.Write($"<span{(index++ % 2 == 0 ? " class=\"half\"" : "")} style=\"left:{Percent(at / end)}\">{CampaignText.Grouped(at)}</span>");
            }
            writer.Write($"<span class=\"end\" style=\"left:100%\">{CampaignText.Grouped(end)}</span></div>\n");
        }

        private static string X(double share) => CampaignText.Number(share * Width, 3);

        private static string Percent(double share) => CampaignText.Number(share * 100, 2) + "%";

        private const int Width = 1000;
        private const int LaneHeight = 20;
        private const int LaneInset = 4;
        private const int Columns = 500;
        private const int MostSpans = 1000;
        private const int MostLabels = 40;
        private const int MostLabelsOnPhone = 9;
        private const int MostWords = 12;
        private const int MostLines = 200;
        private const int MostTicks = 8;
        private const double ThinnestShare = 0.003;

        private sealed class Point
        {
            public int Cut;
            public CutRecord Worst;
            public int Count;
        }

        private sealed class Span
        {
            public double From;
            public double To;
            public int FirstCut;
            public int LastCut;
            public CutRecord Worst;
            public int Count;
            public bool IsCoarse;
        }
    }
}
