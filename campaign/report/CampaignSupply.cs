// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// VDD and VBAT around the cut that is shown. It takes microseconds to go and milliseconds to come back: each stretch between two events has
    /// a width of its own, and says below how long it is.
    /// </summary>
    internal static class CampaignSupply
    {
        /// <summary>Writes the part of the section of a cut.</summary>
        public static void Write(CutScene scene, CampaignResult result, TextWriter writer)
        {
            var curve = scene.Supply;
            if(curve == null || curve.Points.Count < 2)
            {
                return;
            }
            var write = CampaignStory.UnderWay(scene);
            var function = scene.Record.Path.Length > 1 ? CampaignText.Check(result.Options) : CampaignText.Run(result.Options);
            // Times of the write count from the cut, too.
            var begun = write == null ? (double?)null : write.Value.Microseconds - scene.Record.Microseconds;
            var stretches = Stretches(curve, begun);
            var total = stretches.Sum(x => x.Weight);
            double At(double time) => X(time, stretches) / total;

            writer.Write("<h3>The supply</h3>\n<div class=\"supply\">\n<div class=\"volts\" aria-hidden=\"true\">");
            foreach(var volts in new[] { 3, 2, 1, 0 })
            {
                writer.Write($"<span style=\"top:{Percent(Y(volts) / Height)}\">{volts} V</span>");
            }
            writer.Write("</div>\n<div class=\"curve\">");
            writer.Write($"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{CampaignText.Escape(Describe(curve))}\">");
            foreach(var (_, level) in Levels(curve))
            {
                writer.Write($"<line class=\"level\" x1=\"0\" x2=\"{Width}\" y1=\"{Number(Y(level))}\" y2=\"{Number(Y(level))}\" />");
            }
            if(begun != null)
            {
                var from = At(begun.Value);
                var to = At(Math.Max(0, curve.CoreStopped));
                writer.Write($"<rect class=\"{(write.Value.Kind == MemoryOperationKind.Erase ? "erasing" : "programming")}\" x=\"{Number(from * Width)}\" y=\"4\" width=\"{Number(Math.Max(LeastWidth, (to - from) * Width))}\" height=\"10\" />");
            }
            var lead = new SupplyPoint { Microseconds = stretches[0].From, Vdd = curve.Points[0].Vdd, Vbat = curve.Points[0].Vbat };
            var points = curve.Points.Where(x => x.Microseconds > lead.Microseconds).Prepend(lead).ToList();
            if(points.Any(x => Math.Abs(x.Vbat - x.Vdd) > Millivolt))
            {
                writer.Write($"<polyline class=\"vbat\" points=\"{string.Join(" ", points.Select(x => $"{Number(At(x.Microseconds) * Width)},{Number(Y(x.Vbat))}"))}\" />");
            }
            // Two at one time are a step, in their order.
            writer.Write($"<polyline class=\"vdd\" points=\"{string.Join(" ", points.Select(x => $"{Number(At(x.Microseconds) * Width)},{Number(Y(x.Vdd))}"))}\" />");
            WriteMark(At(0), "first", writer);
            if(curve.CoreStopped > 0)
            {
                WriteMark(At(curve.CoreStopped), "step", writer);
            }
            writer.Write("</svg>");
            foreach(var (name, level) in Levels(curve))
            {
                writer.Write($"<span class=\"levelname\" style=\"top:{Percent(Y(level) / Height)}\">{name} {CampaignText.Number(level, 2)} V</span>");
            }
            writer.Write("</div>\n<div class=\"axis marks\" aria-hidden=\"true\">");
            writer.Write($"<span style=\"left:{Percent(At(0))}\">cut{(curve.CoreStopped > 0 ? "" : ", core stops")}</span>");
            if(curve.CoreStopped > 0)
            {
                writer.Write($"<span class=\"low\" style=\"left:{Percent(At(curve.CoreStopped))}\">core stops</span>");
            }
            writer.Write("</div>\n<div class=\"axis spans\" aria-hidden=\"true\">");
            var x = 0.0;
            foreach(var stretch in stretches)
            {
                writer.Write($"<span style=\"left:{Percent((x + (stretch.Weight / 2)) / total)};width:{Percent(stretch.Weight / total)}\">{CampaignText.Time(stretch.To - stretch.From)}</span>");
                x += stretch.Weight;
            }
            writer.Write("</div>\n</div>\n<p class=\"note\">");
            writer.Write($"Measured in virtual time: VDD the solid line{(points.Any(p => Math.Abs(p.Vbat - p.Vdd) > Millivolt) ? ", VBAT the dotted one" : ", and VBAT with it")}. Each stretch says below how long it is; they are not drawn to one scale. The dashed upright line is the cut, {CampaignText.Time(scene.Record.Microseconds)} after the start of {function}.");
            if(begun != null)
            {
                writer.Write($" The bar on top is what was under way: {CampaignText.Escape(write.Value.What.Replace("within ", ""))} of {CampaignText.TargetName(write.Value.Target)}.");
            }
            writer.Write("</p>\n");
        }

        // What happens between two events, each with its share of the width: where the volts change, more.
        private static List<Stretch> Stretches(SupplyCurve curve, double? begun)
        {
            // Of what is before it, enough to see the write begin.
            var begin = begun < 0 ? begun.Value * LeadOfWrite : curve.Points[0].Microseconds;
            var result = new List<Stretch> { new Stretch { From = begin < 0 ? begin : -1, To = 0, Weight = LeadWeight } };
            for(var i = 1; i < curve.Points.Count; i++)
            {
                var (from, to) = (curve.Points[i - 1], curve.Points[i]);
                if(to.Microseconds <= Math.Max(0, from.Microseconds))
                {
                    continue;
                }
                var isMoving = Math.Abs(from.Vdd - to.Vdd) > Millivolt || Math.Abs(from.Vbat - to.Vbat) > Millivolt;
                var last = result[result.Count - 1];
                if(isMoving && last.IsMoving)
                {
                    last.To = to.Microseconds;
                }
                else
                {
                    result.Add(new Stretch { From = Math.Max(0, from.Microseconds), To = to.Microseconds, IsMoving = isMoving, Weight = isMoving ? MovingWeight : FlatWeight });
                }
            }
            return result;
        }

        private static double X(double time, IReadOnlyList<Stretch> stretches)
        {
            var x = 0.0;
            foreach(var stretch in stretches)
            {
                if(time <= stretch.To || stretch == stretches[stretches.Count - 1])
                {
                    return x + (stretch.Weight * Math.Min(1, (time - stretch.From) / (stretch.To - stretch.From)));
                }
                x += stretch.Weight;
            }
            return x;
        }

        private static IEnumerable<(string Name, double Level)> Levels(SupplyCurve curve)
        {
            yield return ("off below", curve.PowerDown);
            if(curve.BrownOut > 0)
            {
                yield return ("brown-out", curve.BrownOut);
            }
        }

        private static string Describe(SupplyCurve curve)
        {
            return "Supply around the cut: " + string.Join("; ", curve.Points.Select(x => $"{(x.Microseconds < 0 ? $"{CampaignText.Time(-x.Microseconds)} before it" : $"{CampaignText.Time(x.Microseconds)} after it")} VDD {CampaignText.Number(x.Vdd, 2)} V, VBAT {CampaignText.Number(x.Vbat, 2)} V"));
        }

        private static void WriteMark(double share, string name, TextWriter writer)
        {
            writer.Write($"<line class=\"{name}\" x1=\"{Number(share * Width)}\" x2=\"{Number(share * Width)}\" y1=\"0\" y2=\"{Height}\" />");
        }

        private static double Y(double volts) => Height - Bottom - (volts / HighestVolts * (Height - Top - Bottom));

        private static string Number(double value) => CampaignText.Number(value, 2);

        private static string Percent(double share) => CampaignText.Number(share * 100, 2) + "%";

        private const int Width = 1000;
        private const int Height = 200;
        private const int Top = 24;
        private const int Bottom = 8;
        private const double HighestVolts = 3.6;
        private const double Millivolt = 0.001;
        private const double LeastWidth = 3;
        private const double LeadOfWrite = 1.5;
        private const double LeadWeight = 2;
        private const double MovingWeight = 3;
        private const double FlatWeight = 2;

        private sealed class Stretch
        {
            public double From;
            public double To;
            public double Weight;
            public bool IsMoving;
        }
    }
}
