// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A cut in plain sentences: what was being written, how the power went, what was left, and what the program said to it.</summary>
    internal static class CampaignStory
    {
        /// <summary>The sentences, in order.</summary>
        public static IReadOnlyList<string> Tell(CutScene scene, CampaignResult result)
        {
            var isKept = scene.Before != null && scene.After != null;
            var story = new List<string>();
            if(scene.Record.Path.Length > 1)
            {
                story.Add(TellCutsBefore(scene.Record, result));
            }
            story.Add(isKept ? TellWrite(scene, result) : $"{Who(scene.Record, result)}{Where(scene.Record)}.");
            story.Add(TellPower(scene, result));
            if(isKept)
            {
                story.Add(TellWhatRanOn(scene, result));
                story.Add(TellReturn(scene));
                story.Add(TellTorn(scene, result));
                story.Add(TellChanges(scene, result));
                story.Add(TellLoss(scene));
            }
            story.Add(TellVerdict(scene.Record, result));
            story.Add(TellOutput(scene));
            return story.Where(x => x.Length > 0).ToArray();
        }

        /// <summary>The write that was under way when the power was gone; null: none.</summary>
        public static MemoryWrite? UnderWay(CutScene scene)
        {
            var last = (scene.LastWrites ?? Array.Empty<MemoryWrite>()).LastOrDefault();
            return last.Target != null && last.Moment == CutMoment.Within ? last : (MemoryWrite?)null;
        }

        private static string TellCutsBefore(CutRecord cut, CampaignResult result)
        {
            var check = CampaignText.Check(result.Options);
            var deeper = string.Concat(cut.Path.Skip(1).SkipLast(1).Select(x => $", and then after write {CampaignText.Number(x)} of {check}"));
            return $"The power had failed before: at {CampaignText.OneUnit(result)} {CampaignText.Number(cut.Path[0])} of {CampaignText.Run(result.Options)}, {CampaignText.WhenIn(cut, result)}{deeper}.";
        }

        private static string TellWrite(CutScene scene, CampaignResult result)
        {
            var who = Who(scene.Record, result);
            var write = PlaceOfCut(scene);
            if(write == null)
            {
                return scene.LastWrites != null && scene.LastWrites.Count > 0 && scene.Record.Place.Length == 0
                    ? $"{who}, between two writes; the last before it had {Done(scene.LastWrites.Last(), result)}."
                    : $"{who}{(scene.Record.Place.Length > 0 ? Where(scene.Record) : " and had written nothing yet")}.";
            }
            var takes = write.Value.Duration > 0 ? $", which takes {CampaignText.Time(write.Value.Duration)}" : "";
            var what = write.Value.Moment switch
            {
                CutMoment.Before => $"was about to {Verb(write.Value, "")}{Object(write.Value, result)}: nothing of that was done",
                CutMoment.Within => $"was {Verb(write.Value, "ing")}{Object(write.Value, result)}{takes}",
                _ => $"had just {Done(write.Value, result)}{takes}",
            };
            return $"{who} and {what} ({(write.Value.Duration > 0 ? "place" : "write")} {CampaignText.Number(write.Value.Number)}).";
        }

        private static string TellPower(CutScene scene, CampaignResult result)
        {
            var supply = result.Options.Supply;
            var write = PlaceOfCut(scene);
            var share = "";
            if(write != null && write.Value.Moment == CutMoment.Within && write.Value.Duration > 0)
            {
                share = $", when {Percent((scene.Record.Microseconds - write.Value.Microseconds) / write.Value.Duration)} of the time for that was over";
            }
            return $"The power was cut {CampaignText.Time(scene.Record.Microseconds)} after the start of {Function(scene.Record, result)}{share}. Supply {supply.Name}: {supply.Describe(result.Options)}.";
        }

        // Only where VDD takes its time.
        private static string TellWhatRanOn(CutScene scene, CampaignResult result)
        {
            if(!result.Options.Supply.IsGradual)
            {
                return "";
            }
            var counted = result.Options.CutAt == CutUnit.Writes || scene.Record.Path.Length > 1;
            var more = counted ? Math.Max(0, scene.Record.WritesDone - scene.Record.Path.Last()) : 0;
            var ran = scene.Supply == null ? "It ran on while VDD fell"
                : $"It ran on for {CampaignText.Time(scene.Supply.CoreStopped)}, until VDD was below {Volts(Math.Max(scene.Supply.PowerDown, scene.Supply.BrownOut))}";
            var places = CampaignText.HasOperations(result);
            var writes = !counted ? "" : more == 0 ? ", and got no further write in" : $", and got {CampaignText.Count(more, places ? "further place" : "further write")} in";
            var last = UnderWay(scene);
            var cut = PlaceOfCut(scene);
            var then = last != null && (cut == null || cut.Value.Number != last.Value.Number) ? $"; then it was {Verb(last.Value, "ing")}{Object(last.Value, result)}" : "";
            return $"{ran}{writes}{then}.";
        }

        private static string TellReturn(CutScene scene)
        {
            var points = scene.Supply?.Points;
            if(points == null || points.Count < 2)
            {
                return "";
            }
            var off = points.TakeWhile(x => x.Microseconds <= 0 || x.Vdd < scene.Supply.PowerOn || x.Microseconds <= scene.Supply.CoreStopped).ToList();
            var back = off.Count > 0 ? off.Last().Microseconds : 0;
            var gone = 0.0;
            for(var i = 1; i < points.Count; i++)
            {
                var isGone = points[i - 1].Vbat < LowestVbat && points[i].Vbat < LowestVbat;
                gone += isGone ? points[i].Microseconds - points[i - 1].Microseconds : 0;
            }
            var battery = gone > 0 ? $", and VBAT was below {Volts(LowestVbat)} for {CampaignText.Time(gone)} of that" : "";
            return $"VDD came back {CampaignText.Time(back)} after the cut{battery}.";
        }

        private static string TellTorn(CutScene scene, CampaignResult result)
        {
            var write = UnderWay(scene);
            if(write == null)
            {
                return "";
            }
            var (target, offset, end) = (write.Value.Target, write.Value.Offset, write.Value.Offset + write.Value.Size);
            var torn = scene.Torn.Where(x => x.Target == target && x.Operation.Offset < end && x.Operation.Offset + x.Operation.Size > offset).Select(x => x.Operation).ToList();
            if(torn.Count == 0)
            {
                return "";
            }
            var kept = torn.Sum(x => x.Kept);
            var done = torn.Sum(x => x.Done);
            var between = torn.Sum(x => x.Between);
            var name = write.Value.Kind == MemoryOperationKind.Erase ? "erase" : "program";
            var unstable = scene.Left.Where(x => x.Target == target && x.Offset < end && x.Offset + x.Size > offset).Sum(x => x.Unstable);
            var chance = unstable > 0 ? $" {CampaignText.Count(unstable, "byte")} there read{(unstable == 1 ? "s" : "")} differently each time, until the next erase." : "";
            return $"The {name} was torn: of {CampaignText.Count(kept + done + between, "byte")} that it was to change, {Number(done)} {Are(done)} as they were to be, {Number(kept)} as before, {Number(between)} in between.{chance}";
        }

        private static string TellChanges(CutScene scene, CampaignResult result)
        {
            var earlier = scene.Record.Path.Length > 1 ? "when the power was back from the cut before" : "before the step that was cut";
            var parts = new List<string>();
            foreach(var target in scene.Left.Where(x => x.State != MemoryState.Lost).GroupBy(x => x.Target))
            {
                var changed = target.Where(x => x.Changed > 0).ToList();
                if(changed.Count > 0)
                {
                    var places = target.Key == scene.Target && IsWhole(scene, target.Key, result) ? Ranges(scene)
                        : changed.Select(x => $"{Row(x, result)}{(changed.Count > 1 ? $": {Number(x.Changed)}" : "")}").ToList();
                    parts.Add(Changed(changed.Sum(x => x.Changed), target.Key, places));
                }
            }
            if(scene.Left.Count == 0 && !scene.Before.AsSpan().SequenceEqual(scene.After))
            {
                // Nobody has looked at more than what is shown.
                parts.Add(Changed(scene.Before.Where((x, i) => x != scene.After[i]).Count(), scene.Target, Ranges(scene)));
            }
            return parts.Count > 0 ? $"Left different from {earlier}: {string.Join("; ", parts)}."
                : scene.Left.Any(x => x.State == MemoryState.Lost) ? ""
                : $"All was left as it was {earlier}.";
        }

        private static string Changed(int count, string target, IReadOnlyList<string> places) => $"{CampaignText.Count(count, "byte")} of {CampaignText.TargetName(target)} ({Some(places)})";

        private static string TellLoss(CutScene scene)
        {
            var lost = scene.Left.Where(x => x.State == MemoryState.Lost).Select(x => CampaignText.TargetName(x.Target)).Distinct().ToList();
            return lost.Count == 0 ? "" : $"What is in {string.Join(" and ", lost)} now was never written: the content is lost.";
        }

        private static string TellVerdict(CutRecord cut, CampaignResult result)
        {
            var why = string.IsNullOrWhiteSpace(cut.Detail) ? CampaignText.Meaning(cut.Verdict, result.Options) : CampaignText.Line(cut.Detail);
            return $"When the power was back, the verdict of {CampaignText.Check(result.Options)} was {CampaignText.Name(cut.Verdict)}: {why.TrimEnd('.')}.";
        }

        private static string TellOutput(CutScene scene)
        {
            var lines = (scene.Output ?? "").Split('\n').Select(CampaignText.Line).Where(x => x.Length > 0).TakeLast(MostLines).Select(Shorten).ToList();
            return lines.Count == 0 ? "" : $"The last that it printed: {string.Join(" / ", lines.Select(x => $"\"{x}\""))}.";
        }

        // The place at which it was cut; between two writes the one that is under way, or null.
        private static MemoryWrite? PlaceOfCut(CutScene scene)
        {
            var writes = scene.LastWrites ?? Array.Empty<MemoryWrite>();
            if(scene.Record.Place.Length == 0)
            {
                return UnderWay(scene);
            }
            var place = writes.LastOrDefault(x => x.Number == scene.Record.Path.Last() && x.Target == scene.Record.Target);
            return place.Target == null ? (MemoryWrite?)null : place;
        }

        private static string Who(CutRecord cut, CampaignResult result)
        {
            if(cut.Path.Length > 1)
            {
                return $"{CampaignText.Capital(CampaignText.Check(result.Options))} was at work on what that had left";
            }
            var run = CampaignText.Capital(CampaignText.Run(result.Options));
            return cut.StepsDone < result.RunSteps ? $"{run} was in step {CampaignText.Number(cut.StepsDone + 1)} of {CampaignText.Number(result.RunSteps)}"
                : $"{run} had done {(result.RunSteps == 0 ? "no step" : result.RunSteps == 1 ? "its one step" : $"all of its {CampaignText.Number(result.RunSteps)} steps")}";
        }

        private static string Function(CutRecord cut, CampaignResult result) => cut.Path.Length > 1 ? CampaignText.Check(result.Options) : CampaignText.Run(result.Options);

        private static string Where(CutRecord cut) => CampaignText.PlaceOf(cut).Length > 0 ? $", {CampaignText.PlaceOf(cut)}" : cut.Target.Length > 0 ? $", right after a write to {CampaignText.TargetName(cut.Target)}" : "";

        private static string Verb(MemoryWrite write, string ending)
        {
            var stem = write.Moment == CutMoment.Written ? "writ" : write.Kind switch
            {
                MemoryOperationKind.Erase => "eras",
                MemoryOperationKind.Program => "programm",
                _ => "replac",
            };
            return ending.Length > 0 ? stem + ending : write.Kind == MemoryOperationKind.Program ? "program" : stem + "e";
        }

        private static string Done(MemoryWrite write, CampaignResult result)
        {
            var verb = write.Moment == CutMoment.Written ? "written" : write.Kind switch
            {
                MemoryOperationKind.Erase => "erased",
                MemoryOperationKind.Program => "programmed",
                _ => "replaced",
            };
            return verb + Object(write, result);
        }

        private static string Object(MemoryWrite write, CampaignResult result)
        {
            var memory = CampaignText.TargetName(write.Target);
            var picture = result.Memories.FirstOrDefault(x => x.Target == write.Target);
            string At(int offset) => CampaignText.Offset(offset, picture?.Size ?? 0);
            var sector = write.Sector == null ? "" : $"sector {CampaignText.Number(write.Sector.Value)} of ";
            if(write.Moment != CutMoment.Written && write.Kind == MemoryOperationKind.Erase)
            {
                // What is erased is a sector, or begins with it.
                return $" {(sector.Length > 0 ? sector + memory : memory)}, {At(write.Offset)} to {At(write.Offset + write.Size - 1)},".TrimEnd(',');
            }
            return $" {CampaignText.Count(write.Size, "byte")} at {At(write.Offset)} of {(sector.Length > 0 ? $"{memory}, in sector {CampaignText.Number(write.Sector.Value)}" : memory)}: {CampaignText.Value(write)}".TrimEnd();
        }

        private static string Row(MemoryLeft left, CampaignResult result)
        {
            var picture = result.Memories.FirstOrDefault(x => x.Target == left.Target);
            var row = picture?.Rows.FirstOrDefault(x => x.Offset == left.Offset);
            return row != null ? CampaignText.Row(row, picture) : $"{CampaignText.Offset(left.Offset, 0)} to {CampaignText.Offset(left.Offset + left.Size - 1, 0)}";
        }

        private static bool IsWhole(CutScene scene, string target, CampaignResult result) => scene.Before.Length == (result.Memories.FirstOrDefault(x => x.Target == target)?.Size ?? -1);

        private static List<string> Ranges(CutScene scene)
        {
            var size = scene.Offset + scene.Before.Length;
            var length = Math.Min(scene.Before.Length, scene.After.Length);
            var changed = Enumerable.Range(0, length).Where(x => scene.Before[x] != scene.After[x]).Select(x => scene.Offset + x);
            return CampaignText.Ranges(changed, 1).Select(x => x.First == x.Last ? CampaignText.Offset(x.First, size) : $"{CampaignText.Offset(x.First, size)} to {CampaignText.Offset(x.Last, size)}").ToList();
        }

        private static string Some(IReadOnlyList<string> places)
        {
            return $"{string.Join(", ", places.Take(MostPlaces))}{(places.Count > MostPlaces ? $" and {CampaignText.Number(places.Count - MostPlaces)} more" : "")}";
        }

        private static string Percent(double share) => $"{CampaignText.Number(100 * Math.Clamp(share, 0, 1), share < 0.1 ? 1 : 0)} %";

        private static string Volts(double volts) => $"{CampaignText.Number(volts, 2)} V";

        private static string Number(int count) => CampaignText.Number(count);

        private static string Are(int count) => count == 1 ? "is" : "are";

        private static string Shorten(string line) => line.Length <= LongestLine ? line : line.Substring(0, LongestLine) + "...";

        private const int MostLines = 3;
        private const int MostPlaces = 6;
        private const int LongestLine = 160;
        // Below it VBAT holds nothing.
        private const double LowestVbat = 1.65;
    }
}
