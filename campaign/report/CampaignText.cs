// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Words, numbers and escapes that the parts of a report share.</summary>
    internal static class CampaignText
    {
        /// <summary>A verdict as it is written in reports.</summary>
        public static string Name(Verdict verdict) => verdict.ToString().ToLowerInvariant();

        /// <summary>What a verdict means, in a few words.</summary>
        public static string Meaning(Verdict verdict, CampaignOptions options) => verdict switch
        {
            Verdict.Consistent => options.Firmware.IsGiven ? "it says that all is well" : "check() is content",
            Verdict.Old => "the state before the step that was cut",
            Verdict.New => "the state after the step that was cut",
            Verdict.Lost => $"nothing is there, and {(options.Firmware.IsGiven ? "it" : "the program")} knows",
            Verdict.Corrupt => "something is there that was never meant to be",
            Verdict.Hang => options.Firmware.IsGiven ? "it says nothing of its state" : "no prompt, or check() does not end",
            _ => "check() raises, or the program can't be loaded",
        };

        /// <summary>What is cut.</summary>
        public static string Run(CampaignOptions options) => options.Firmware.IsGiven ? "the run" : "run()";

        /// <summary>What says then what is left.</summary>
        public static string Check(CampaignOptions options) => options.Firmware.IsGiven ? "the boot" : "check()";

        /// <summary>How bad it is: a higher number is worse.</summary>
        public static int Severity(CutRecord cut)
        {
            var order = cut.Verdict switch
            {
                Verdict.Consistent => 0,
                Verdict.Old => 1,
                Verdict.New => 2,
                Verdict.Lost => 3,
                Verdict.Exception => 4,
                Verdict.Hang => 5,
                _ => 6,
            };
            return cut.IsGood ? order : order + 10;
        }

        /// <summary>The verdict, and why, in one line.</summary>
        public static string Reason(CutRecord cut, CampaignResult result)
        {
            if(!string.IsNullOrWhiteSpace(cut.Detail))
            {
                return $"{Name(cut.Verdict)}: {Line(cut.Detail)}";
            }
            var place = PlaceOf(cut);
            return $"{Name(cut.Verdict)}, {(place.Length > 0 ? place + ", " : "")}{WhenIn(cut, result)}: {Meaning(cut.Verdict, result.Options)}";
        }

        /// <summary>The moment of a write that takes time at which it was cut; empty for one that is done at once.</summary>
        public static string PlaceOf(CutRecord cut) => cut.Place.IndexOf(' ') < 0 ? "" : $"{cut.Place} of {TargetName(cut.Target)}";

        /// <summary>Where in the run the first cut of a path was.</summary>
        public static string WhenIn(CutRecord cut, CampaignResult result)
        {
            return cut.StepsDone < result.RunSteps ? $"within step {Number(cut.StepsDone + 1)} of {Number(result.RunSteps)}" : $"after {Count(cut.StepsDone, "step")}";
        }

        /// <summary>What came of it all, in one sentence without a full stop.</summary>
        public static string Headline(CampaignResult result)
        {
            var cuts = result.Cuts.Count;
            var failures = result.Failures.Count();
            if(cuts == 0)
            {
                return "no cut was made";
            }
            var so = result.IsComplete ? "" : " made so far";
            if(failures > 0)
            {
                return $"{Number(failures)} of {Count(cuts, "cut")}{so} {(failures == 1 ? "is" : "are")} not consistent";
            }
            var where = cuts == 1 ? $"at the one cut{so}" : $"at every one of {Count(cuts, "cut")}{so}";
            var lost = result.Totals[Verdict.Lost];
            return lost == 0 ? $"consistent {where}" : lost == cuts ? $"content lost, and known to be, {where}" : $"consistent, or known to be lost, {where}";
        }

        /// <summary>How many first cuts were made.</summary>
        public static int FirstCuts(CampaignResult result) => result.Cuts.Select(x => x.Path[0]).Distinct().Count();

        /// <summary>
        /// The scene of the first failing cut, or null. What was seen there is missing if it was not kept, which is when a campaign
        /// went on after that cut.
        /// </summary>
        public static CutScene FirstFailure(CampaignResult result)
        {
            if(result.Scene != null && !result.Scene.Record.IsGood)
            {
                return result.Scene;
            }
            var first = result.Failures.FirstOrDefault();
            return first == null ? null : new CutScene { Record = first };
        }

        /// <summary>What the numbers of the cuts count.</summary>
        public static string Unit(CampaignResult result) => result.Options.CutAt switch
        {
            CutUnit.Instructions => "instructions",
            CutUnit.Time => "microseconds",
            _ => $"writes to {TargetsIn(result)}",
        };

        /// <summary>A memory, as people call it.</summary>
        public static string TargetName(string target) => target switch
        {
            "bkpsram" => "backup SRAM",
            "backup-registers" => "backup registers",
            "option-bytes" => "option bytes",
            "spi-flash" => "SPI flash",
            _ => target,
        };

        /// <summary>The memories whose writes are cut.</summary>
        public static string TargetsIn(CampaignResult result)
        {
            var names = result.Targets.Select(TargetName).ToList();
            return names.Count == 0 ? "memory" : names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} and {names.Last()}";
        }

        /// <summary>Have the targets writes that take time, and that count as three?</summary>
        public static bool HasOperations(CampaignResult result) => result.Targets.Any(x => x != "bkpsram" && x != "backup-registers");

        /// <summary>How many cuts were spared, because others had left the same.</summary>
        public static string EqualStates(CampaignResult result)
        {
            return $"{Count(result.Cuts.Count - result.EqualStates, "state")} left behind; {Count(result.EqualStates, "cut")} left one that another had left too, and got its verdict";
        }

        /// <summary>What is written, in hexadecimal digits; the begin of it, if it is long.</summary>
        public static string Value(MemoryWrite write)
        {
            return write.Moment != CutMoment.Written && write.Kind == MemoryOperationKind.Erase ? "erased"
                : $"0x{write.Value.ToString("X" + (2 * Math.Min(sizeof(uint), Math.Max(1, write.Size))), CultureInfo.InvariantCulture)}{(write.Size > sizeof(uint) ? "..." : "")}";
        }

        /// <summary>A part of a memory that a row of its picture is.</summary>
        public static string Row(MemoryRow row, MemoryPicture picture)
        {
            return row.Sector == null ? $"{Offset(row.Offset, picture.Size)} to {Offset(row.Offset + row.Size - 1, picture.Size)}"
                : row.Count == 1 ? $"sector {Number(row.Sector.Value)}"
                : $"{Number(row.Count)} sectors from {Number(row.Sector.Value)} on";
        }

        /// <summary>An offset in a memory of so many bytes.</summary>
        public static string Offset(int offset, int size) => "0x" + offset.ToString(size > 0 && size <= 0x1000 ? "X3" : "X6", CultureInfo.InvariantCulture);

        /// <summary>A number of bytes, for people.</summary>
        public static string Bytes(int size) => size >= 1024 && size % 1024 == 0 ? $"{Number(size / 1024)} KB" : Count(size, "byte");

        /// <summary>A span of time, for people.</summary>
        public static string Time(double microseconds)
        {
            return microseconds < 1000 ? $"{Number(microseconds, 1)} µs"
                : microseconds < 1000000 ? $"{Number(microseconds / 1000, 2)} ms"
                : $"{Number(microseconds / 1000000, 3)} s";
        }

        /// <summary>The next of the numbers 1, 2 and 5 and their tenfolds, for the marks of an axis.</summary>
        public static double RoundUp(double value)
        {
            var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
            return new[] { 1, 2, 5, 10 }.Select(x => x * power).First(x => x >= value);
        }

        /// <summary>A text as a sentence begins, except that run() and check() keep their names.</summary>
        public static string Capital(string text)
        {
            return text.StartsWith("run()", StringComparison.Ordinal) || text.StartsWith("check()", StringComparison.Ordinal) ? text : char.ToUpperInvariant(text[0]) + text.Substring(1);
        }

        /// <summary>What the number of a cut in run() counts, one of them.</summary>
        public static string OneUnit(CampaignResult result) => result.Options.CutAt switch
        {
            CutUnit.Instructions => "instruction",
            CutUnit.Time => "microsecond",
            _ => HasOperations(result) ? "place" : "write",
        };

        /// <summary>How many units an uncut run() has.</summary>
        public static double RunLength(CampaignResult result) => result.Options.CutAt switch
        {
            CutUnit.Instructions => result.RunInstructions,
            CutUnit.Time => Finite(result.RunMicroseconds),
            _ => result.RunWrites,
        };

        /// <summary>A number of things.</summary>
        public static string Count(int number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

        /// <summary>A number, the same in every language.</summary>
        public static string Number(double value, int digits = 0)
        {
            return Finite(value).ToString(digits == 0 ? "0" : "0." + new string('#', digits), CultureInfo.InvariantCulture);
        }

        /// <summary>A number for people: from 100 000 on, its digits are in groups.</summary>
        public static string Grouped(double value) => Math.Abs(value) < 100000 ? Number(Math.Round(value)) : Finite(value).ToString("#,0", Spaces);

        /// <summary>Text in one line; what a terminal might take for a command is left out.</summary>
        public static string Line(string text)
        {
            return string.Join(" ", Clean(text).Split((char[])null, StringSplitOptions.RemoveEmptyEntries));
        }

        /// <summary>What was raised or answered, in one line of a length that a report can take.</summary>
        public static string Detail(string text)
        {
            var line = string.Join(" ", text.Split((char[])null, StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= LongestDetail ? line : line.Substring(0, LongestDetail) + "...";
        }

        /// <summary>The end of a long text.</summary>
        public static string End(string text) => text.Length <= LongestOutput ? text : "..." + text.Substring(text.Length - LongestOutput);

        /// <summary>Text for the content of an element, or an attribute, of XML or HTML.</summary>
        public static string Escape(string text) => SecurityElement.Escape(Clean(text)).Replace("\r\n", "\n").Replace("\r", "\n");

        /// <summary>Text without the characters that XML 1.0 doesn't know, and without halves of characters.</summary>
        public static string Clean(string text)
        {
            var result = new StringBuilder();
            for(var i = 0; i < (text ?? "").Length; i++)
            {
                var character = text[i];
                if(char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    result.Append(character).Append(text[++i]);
                }
                else if((character >= ' ' || character == '\t' || character == '\n' || character == '\r') && !char.IsSurrogate(character) && character < '\uFFFE'
                    && !(character >= '\x7F' && character <= '\x9F'))
                {
                    result.Append(character);
                }
            }
            return result.ToString();
        }

        /// <summary>Numbers that come one after the other become one range.</summary>
        public static IEnumerable<(int First, int Last)> Ranges(IEnumerable<int> numbers, int stride)
        {
            var isOpen = false;
            var first = 0;
            var last = 0;
            foreach(var number in numbers)
            {
                if(isOpen && number - last <= stride)
                {
                    last = number;
                    continue;
                }
                if(isOpen)
                {
                    yield return (first, last);
                }
                isOpen = true;
                first = last = number;
            }
            if(isOpen)
            {
                yield return (first, last);
            }
        }

        /// <summary>A range in words.</summary>
        public static string Range(int first, int last) => first == last ? Number(first) : $"{Number(first)} to {Number(last)}";

        private static double Finite(double value) => double.IsFinite(value) ? value : 0;

        private const int LongestDetail = 300;
        private const int LongestOutput = 20000;

        private static readonly NumberFormatInfo Spaces = new NumberFormatInfo { NumberGroupSeparator = "\u00A0" };
    }
}
