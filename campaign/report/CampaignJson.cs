// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The report for programs: docs/campaigns-report.md names every field.</summary>
    internal static class CampaignJson
    {
        /// <summary>Writes the report; each cut is a line, so that no more than one is held in memory.</summary>
        public static void Write(CampaignResult result, TextWriter writer)
        {
            var good = result.Cuts.Count(x => x.IsGood);
            writer.Write("{\n");
            writer.Write($"  \"schema\": {Text(Schema)},\n");
            writer.Write($"  \"program\": {Text(result.Program)},\n");
            writer.Write($"  \"board\": {Text(result.Board)},\n");
            writer.Write($"  \"host\": {Text(result.Host)},\n");
            writer.Write($"  \"options\": {Options(result.Options)},\n");
            writer.Write($"  \"complete\": {Truth(result.IsComplete)},\n");
            writer.Write($"  \"run\": {Run(result)},\n");
            writer.Write($"  \"memories\": {Lines(result.Memories.Select(Memory), "    ")},\n");
            writer.Write($"  \"planned\": {Number(result.PlannedCuts)},\n");
            writer.Write($"  \"totals\": {Object(result.Totals.OrderBy(x => x.Key).Select(x => (CampaignText.Name(x.Key), Number(x.Value))).ToArray())},\n");
            writer.Write($"  \"good\": {Number(good)},\n");
            writer.Write($"  \"failed\": {Number(result.Cuts.Count - good)},\n");
            writer.Write($"  \"equalStates\": {Number(result.EqualStates)},\n");
            writer.Write($"  \"seconds\": {Number(result.Seconds)},\n");
            writer.Write($"  \"cutsThisSession\": {Number(result.CutsThisSession)},\n");
            writer.Write($"  \"rate\": {Number(result.Rate)},\n");
            writer.Write("  \"cuts\": [");
            var separator = "\n    ";
            foreach(var cut in result.Cuts)
            {
                writer.Write(separator);
                writer.Write(Cut(cut, result));
                separator = ",\n    ";
            }
            writer.Write(result.Cuts.Count > 0 ? "\n  ],\n" : "],\n");
            writer.Write($"  \"firstFailure\": {Scene(CampaignText.FirstFailure(result), result)},\n");
            writer.Write($"  \"onlyCut\": {Scene(result.Options.Only != null ? result.Scene : null, result)}\n");
            writer.Write("}\n");
        }

        private static string Options(CampaignOptions options)
        {
            return Object(
                ("cutAt", Text(options.CutAtName)),
                ("every", Number(options.Every)),
                ("supply", Text(options.Supply.Name)),
                ("targets", options.Targets == null ? "null" : Texts(options.Targets)),
                ("depth", Number(options.Depth)),
                ("sample", Number(options.Sample)),
                ("seed", Number(options.Seed)),
                ("shard", Number(options.Shard)),
                ("shardCount", Number(options.ShardCount)),
                ("only", options.Only == null ? "null" : Numbers(options.Only)),
                ("offSeconds", Number(options.OffSeconds)),
                ("rampSeconds", Number(options.RampSeconds)),
                ("runTimeoutSeconds", Number(options.RunTimeout)),
                ("checkTimeoutSeconds", Number(options.CheckTimeout)),
                ("reboot", Truth(options.Reboot)));
        }

        private static string Run(CampaignResult result)
        {
            return Object(
                ("writes", Number(result.RunWrites)),
                ("targets", Texts(result.Targets)),
                ("instructions", result.RunInstructions.ToString(CultureInfo.InvariantCulture)),
                ("microseconds", Number(result.RunMicroseconds)),
                ("steps", Number(result.RunSteps)),
                ("lastWriteOfStep", Numbers(result.LastWriteOfStep ?? Array.Empty<int>())),
                ("microsecondsOfStep", $"[{string.Join(", ", result.LastMicrosecondsOfStep.Select(Number))}]"));
        }

        private static string Memory(MemoryPicture memory)
        {
            var rows = memory.Rows.Select(x => Object(
                ("sector", Optional(x.Sector)),
                ("count", Number(x.Count)),
                ("offset", Number(x.Offset)),
                ("size", Number(x.Size)),
                ("states", $"[{string.Join(", ", x.Spans.Select(y => Object(("state", Text(CampaignMemory.Name(y.State))), ("from", Number(y.From)), ("to", Number(y.To)), ("bytes", Number(y.Bytes)))))}]")));
            return Object(("target", Text(memory.Target)), ("size", Number(memory.Size)), ("sectors", Lines(rows, "      ")));
        }

        private static string Cut(CutRecord cut, CampaignResult result)
        {
            var fields = new List<(string, string)>
            {
                ("cut", Numbers(cut.Path)),
                ("verdict", Text(CampaignText.Name(cut.Verdict))),
                ("good", Truth(cut.IsGood)),
                ("detail", Text(cut.Detail)),
                ("target", Text(cut.Target)),
                ("place", Text(cut.Place)),
                ("state", Text(cut.State)),
                ("stepsDone", Number(cut.StepsDone)),
                ("microseconds", Number(cut.Microseconds)),
                ("writesDone", Number(cut.WritesDone)),
                ("recoveryWrites", Number(cut.RecoveryWrites)),
            };
            if(!cut.IsGood)
            {
                fields.Add(("replay", Text(result.ReplayCommand(cut))));
            }
            return Object(fields.ToArray());
        }

        private static string Scene(CutScene scene, CampaignResult result)
        {
            if(scene == null)
            {
                return "null";
            }
            var writes = (scene.LastWrites ?? Array.Empty<MemoryWrite>()).Select(x => "\n      " + Object(
                ("number", Number(x.Number)),
                ("target", Text(x.Target)),
                ("place", Text(x.What)),
                ("offset", Number(x.Offset)),
                ("value", Number(x.Value)),
                ("size", Number(x.Size)),
                ("pc", Number(x.ProgramCounter)),
                ("microseconds", Number(x.Microseconds)),
                ("duration", Number(x.Duration)),
                ("sector", Optional(x.Sector))));
            var left = scene.Left.Select(x => Object(
                ("target", Text(x.Target)),
                ("offset", Number(x.Offset)),
                ("size", Number(x.Size)),
                ("state", Text(CampaignMemory.Name(x.State))),
                ("bytes", Number(x.Bytes)),
                ("changed", Number(x.Changed)),
                ("unstable", Number(x.Unstable))));
            var torn = scene.Torn.Select(x => Object(
                ("target", Text(x.Target)),
                ("offset", Number(x.Operation.Offset)),
                ("size", Number(x.Operation.Size)),
                ("share", Number(x.Operation.Share)),
                ("kept", Number(x.Operation.Kept)),
                ("done", Number(x.Operation.Done)),
                ("between", Number(x.Operation.Between))));
            var list = string.Join(",", writes);
            var fields = new[]
            {
                ("cut", Numbers(scene.Record.Path)),
                ("verdict", Text(CampaignText.Name(scene.Record.Verdict))),
                ("detail", Text(scene.Record.Detail)),
                ("replay", Text(result.ReplayCommand(scene.Record))),
                ("story", Lines(CampaignStory.Tell(scene, result).Select(Text), "      ")),
                ("lastWrites", list.Length > 0 ? $"[{list}\n    ]" : "[]"),
                ("target", Text(scene.Target)),
                ("offset", Number(scene.Offset)),
                ("before", Hex(scene.Before)),
                ("after", Hex(scene.After)),
                ("left", Lines(left, "      ")),
                ("torn", Lines(torn, "      ")),
                ("supply", Supply(scene.Supply)),
                ("output", Text(scene.Output)),
            };
            return "{\n" + string.Join(",\n", fields.Select(x => $"    {Text(x.Item1)}: {x.Item2}")) + "\n  }";
        }

        private static string Supply(SupplyCurve curve)
        {
            if(curve == null)
            {
                return "null";
            }
            var points = curve.Points.Select(x => Object(("microseconds", Number(x.Microseconds)), ("vdd", Number(x.Vdd)), ("vbat", Number(x.Vbat))));
            return Object(
                ("coreStopped", Number(curve.CoreStopped)),
                ("powerDown", Number(curve.PowerDown)),
                ("powerOn", Number(curve.PowerOn)),
                ("brownOut", Number(curve.BrownOut)),
                ("brownOutEnd", Number(curve.BrownOutEnd)),
                ("points", Lines(points, "      ")));
        }

        /// <summary>An object in one line.</summary>
        public static string Object(params (string Name, string Value)[] fields) => "{" + string.Join(", ", fields.Select(x => $"{Text(x.Name)}: {x.Value}")) + "}";

        private static string Numbers(IEnumerable<int> numbers) => "[" + string.Join(", ", numbers.Select(x => Number(x))) + "]";

        // One a line.
        private static string Lines(IEnumerable<string> items, string indent)
        {
            var list = items.ToList();
            return list.Count == 0 ? "[]" : $"[\n{string.Join(",\n", list.Select(x => indent + x))}\n{indent.Substring(2)}]";
        }

        private static string Optional(int? number) => number == null ? "null" : Number(number.Value);

        private static string Texts(IEnumerable<string> texts) => "[" + string.Join(", ", texts.Select(Text)) + "]";

        private static string Number(double value) => CampaignText.Number(value, 6);

        /// <summary>A truth value.</summary>
        public static string Truth(bool value) => value ? "true" : "false";

        private static string Hex(byte[] content) => content == null ? "null" : Text(Convert.ToHexString(content).ToLowerInvariant());

        /// <summary>A string. JSON has an escape for every character but half a one.</summary>
        public static string Text(string text)
        {
            var result = new StringBuilder("\"");
            for(var i = 0; i < (text ?? "").Length; i++)
            {
                var character = text[i];
                if(char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    result.Append(character).Append(text[++i]);
                    continue;
                }
                switch(character)
                {
                case '"':
                case '\\':
                    result.Append('\\').Append(character);
                    break;
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                default:
                    if(char.IsSurrogate(character))
                    {
                        result.Append('\uFFFD');
                    }
                    else if(char.IsControl(character))
                    {
                        result.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        result.Append(character);
                    }
                    break;
                }
            }
            return result.Append('"').ToString();
        }

        private const string Schema = "renode-bkpsram/campaign/2";
    }
}
