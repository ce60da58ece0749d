// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// The memories in the course of the run without a cut, and what the cut that is shown has left of them: the part of the page that shows
    /// what was where. How full a row is, is a height, and what is done to it is a bar of its own, so that it can be read without colours.
    /// </summary>
    internal static class CampaignMemory
    {
        /// <summary>Writes the section.</summary>
        public static void Write(CampaignResult result, TextWriter writer)
        {
            if(result.Memories.All(x => x.Rows.Count == 0))
            {
                return;
            }
            var scene = CampaignText.FirstFailure(result) ?? result.Scene;
            var left = scene?.Left ?? Array.Empty<MemoryLeft>();
            writer.Write("<section aria-labelledby=\"memory\">\n<h2 id=\"memory\">Memory over time</h2>\n");
            foreach(var memory in result.Memories.Where(x => x.Rows.Count > 0))
            {
                WriteMemory(memory, left.Where(x => x.Target == memory.Target).ToDictionary(x => x.Offset), scene?.Record, result, writer);
            }
            WriteNote(result, scene, writer);
            writer.Write("</section>\n");
        }

        /// <summary>A state as it is written in reports.</summary>
        public static string Name(MemoryState state) => state.ToString().ToLowerInvariant();

        private static void WriteMemory(MemoryPicture memory, IReadOnlyDictionary<int, MemoryLeft> left, CutRecord cut, CampaignResult result, TextWriter writer)
        {
            var name = CampaignText.TargetName(memory.Target);
            writer.Write($"<h3>{CampaignText.Escape(CampaignText.Capital(name))}, {CampaignText.Bytes(memory.Size)}</h3>\n<div class=\"life\">\n");
            var end = Math.Max(1, memory.Rows.Max(x => x.Spans.Count > 0 ? x.Spans[x.Spans.Count - 1].To : 0));
            if(left.Count > 0)
            {
                writer.Write($"<div class=\"liferow\" aria-hidden=\"true\"><span></span><span class=\"lane\"></span><span>after cut {cut.Name}</span></div>\n");
            }
            foreach(var row in memory.Rows)
            {
                var label = CampaignText.Row(row, memory);
                writer.Write($"<div class=\"liferow\"><span class=\"part\">{label}{(row.Sector != null ? $"<i> {CampaignText.Bytes(row.Size)}</i>" : "")}</span>");
                WriteRow(row, memory, label, end, cut, result, writer);
                if(left.TryGetValue(row.Offset, out var after))
                {
                    writer.Write($"<span class=\"was {Name(after.State)}\">{Sign(after)}{Name(after.State)}</span>");
                }
                writer.Write("</div>\n");
            }
            WriteAxis(end, left.Count > 0, writer);
            writer.Write("</div>\n");
        }

        private static void WriteRow(MemoryRow row, MemoryPicture memory, string label, double end, CutRecord cut, CampaignResult result, TextWriter writer)
        {
            writer.Write($"<div class=\"lane\"><svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{CampaignText.Escape($"{label}: {Describe(row)}")}\">");
            foreach(var at in Steps(result, end))
            {
                writer.Write($"<line class=\"step\" x1=\"{X(at / end)}\" x2=\"{X(at / end)}\" y1=\"0\" y2=\"{Height}\" />");
            }
            WriteFill(row, end, writer);
            foreach(var span in row.Spans.Where(x => IsActivity(x.State)))
            {
                // Too short a time to be seen is widened, and still within the picture.
                var width = Math.Max(LeastWidth, (span.To - span.From) / end * Width);
                var from = Math.Min(span.From / end * Width, Width - width);
                writer.Write($"<rect class=\"{Name(span.State)}\" x=\"{CampaignText.Number(from, 2)}\" y=\"{BarTop}\" width=\"{CampaignText.Number(width, 2)}\" height=\"{BarHeight}\" />");
            }
            if(cut != null && cut.Path.Length == 1 && cut.Microseconds <= end)
            {
                writer.Write($"<line class=\"first\" x1=\"{X(cut.Microseconds / end)}\" x2=\"{X(cut.Microseconds / end)}\" y1=\"0\" y2=\"{Height}\" />");
            }
            writer.Write("</svg></div>");
        }

        // How full it is, as one shape.
        private static void WriteFill(MemoryRow row, double end, TextWriter writer)
        {
            if(row.Spans.All(x => x.Bytes == 0) || row.Size == 0)
            {
                return;
            }
            var before = row.Spans[0].Bytes;
            var path = $"M0 {Height}V{Y(before, row)}";
            foreach(var span in row.Spans)
            {
                if(span.Bytes != before || span.To >= end)
                {
                    path += $"L{X(span.From / end)} {Y(before, row)}";
                    before = span.Bytes;
                    path += $"L{X(span.To / end)} {Y(before, row)}";
                }
            }
            writer.Write($"<path class=\"fill\" d=\"{path}V{Height}Z\" />");
        }

        private static void WriteNote(CampaignResult result, CutScene scene, TextWriter writer)
        {
            var states = result.Memories.SelectMany(x => x.Rows).SelectMany(x => x.Spans).Select(x => x.State).Distinct().ToList();
            writer.Write("<p class=\"note\">");
            writer.Write($"Left to right: virtual time of {CampaignText.Run(result.Options)} without a cut; of each memory the parts that it writes. ");
            if(result.Memories.Any(x => x.HasSectors))
            {
                writer.Write("The filled area is how much of a sector is programmed; where there is none, it is erased. ");
            }
            if(result.Memories.Any(x => !x.HasSectors))
            {
                writer.Write($"{(result.Memories.Any(x => x.HasSectors) ? "Elsewhere it" : "The filled area")} is how many bytes are other than before. ");
            }
            if(states.Contains(MemoryState.Programming) || states.Contains(MemoryState.Writing))
            {
                writer.Write("A solid bar on top: it is written. ");
            }
            if(states.Contains(MemoryState.Erasing))
            {
                writer.Write("A hollow bar: it is erased. ");
            }
            if(result.LastMicrosecondsOfStep.Count > 0)
            {
                writer.Write("Thin upright lines end the steps. ");
            }
            if(scene != null && scene.Record.Path.Length == 1)
            {
                writer.Write($"The dashed line is cut {scene.Record.Name}. ");
            }
            var left = (scene?.Left ?? Array.Empty<MemoryLeft>()).Select(x => x.State).Distinct().ToList();
            if(left.Count > 0)
            {
                writer.Write($"On the right, what that cut left: {string.Join("; ", left.OrderBy(x => x).Select(x => $"{Name(x)}, {Meaning(x)}"))}.");
            }
            writer.Write("</p>\n");
        }

        private static string Meaning(MemoryState state) => state switch
        {
            MemoryState.Unchanged => "as before the run",
            MemoryState.Written => "other than before it",
            MemoryState.Lost => "what nobody has written",
            MemoryState.Erased => "0xFF alone",
            MemoryState.Programmed => "not 0xFF alone",
            MemoryState.Torn => "an erase or a write was interrupted",
            _ => "torn, with cells that read differently each time",
        };

        // A square, filled as far as the memory is, with a sign of its own for what is broken.
        private static string Sign(MemoryLeft left)
        {
            var full = left.Bytes == 0 || left.Size == 0 ? 0 : Math.Max(2, 12.0 * left.Bytes / left.Size);
            var sign = left.State switch
            {
                MemoryState.Torn => "<path class=\"tear\" d=\"M2 10 L5 6 L8 10 L11 6 L14 10\" />",
                MemoryState.Unstable => "<path class=\"tear\" d=\"M4 5h1M8 5h1M12 5h1M4 8h1M8 8h1M12 8h1M4 11h1M8 11h1M12 11h1\" />",
                MemoryState.Lost => "<path class=\"tear\" d=\"M4 4 L12 12 M12 4 L4 12\" />",
                _ => "",
            };
            var fill = sign.Length > 0 ? "" : $"<rect class=\"fill\" x=\"2\" y=\"{CampaignText.Number(14 - full, 1)}\" width=\"12\" height=\"{CampaignText.Number(full, 1)}\" />";
            return $"<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><rect x=\"1.5\" y=\"1.5\" width=\"13\" height=\"13\" />{fill}{sign}</svg>";
        }

        private static void WriteAxis(double end, bool hasLeft, TextWriter writer)
        {
            var unit = end < 10000 ? 1 : end < 10000000 ? 1000 : 1000000;
            var name = unit == 1 ? "µs" : unit == 1000 ? "ms" : "s";
            var tick = CampaignText.RoundUp(end / MostTicks);
            writer.Write("<div class=\"liferow\" aria-hidden=\"true\"><span></span><div class=\"axis lane\"><span style=\"left:0\">0</span>");
            var index = 0;
            for(var at = tick; at < end - (tick * 0.8); at += tick)
            {
                writer.Write($"<span{(index++ % 2 == 0 ? " class=\"half\"" : "")} style=\"left:{CampaignText.Number(at / end * 100, 2)}%\">{CampaignText.Number(at / unit, 3)}</span>");
            }
            writer.Write($"<span class=\"end\" style=\"left:100%\">{CampaignText.Number(end / unit, 1)} {name}</span></div>{(hasLeft ? "<span></span>" : "")}</div>\n");
        }

        private static IEnumerable<double> Steps(CampaignResult result, double end)
        {
            var steps = result.LastMicrosecondsOfStep.Where(x => x > 0 && x < end).Distinct().ToList();
            var every = Math.Max(1, (steps.Count + MostLines - 1) / MostLines);
            return steps.Where((_, i) => i % every == 0);
        }

        private static string Describe(MemoryRow row)
        {
            var words = row.Spans.Take(MostWords).Select(x => $"{Name(x.State)} {CampaignText.Time(x.From)} to {CampaignText.Time(x.To)}{(x.Bytes > 0 ? $", {CampaignText.Count(x.Bytes, "byte")}" : "")}");
            return string.Join("; ", words) + (row.Spans.Count > MostWords ? $"; and {CampaignText.Number(row.Spans.Count - MostWords)} more, which campaign.json has" : "");
        }

        private static bool IsActivity(MemoryState state) => state == MemoryState.Writing || state == MemoryState.Programming || state == MemoryState.Erasing;

        private static string X(double share) => CampaignText.Number(share * Width, 2);

        // Of a byte in 128 KB something is to be seen.
        private static string Y(int bytes, MemoryRow row) => CampaignText.Number(bytes == 0 ? Height : Height - ((Height - FillTop) * (LeastFill + ((1 - LeastFill) * bytes / row.Size))), 2);

        private const int Width = 1000;
        private const int Height = 40;
        private const int BarTop = 4;
        private const int BarHeight = 8;
        private const int FillTop = 16;
        private const double LeastFill = 0.2;
        private const double LeastWidth = 4;
        private const int MostTicks = 6;
        private const int MostLines = 60;
        private const int MostWords = 8;
    }
}
