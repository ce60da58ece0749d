// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What the number of a cut counts.</summary>
    public enum CutUnit
    {
        /// <summary>Writes to backup SRAM: the cut is right after the Nth.</summary>
        Writes,
        /// <summary>Instructions of the core since the start of run(); the cut is at most one translation block later.</summary>
        Instructions,
        /// <summary>Microseconds of virtual time since the start of run().</summary>
        Time,
    }

    /// <summary>How the supplies behave at the cut.</summary>
    public enum CutSupply
    {
        /// <summary>VDD is gone at once, the coin cell holds VBAT.</summary>
        Cell,
        /// <summary>VDD is gone at once, and there is no cell: nothing survives.</summary>
        NoCell,
        /// <summary>VDD falls in a line, steeper or less steep by the seed: the core runs on down to the power-down threshold.</summary>
        SlowRamp,
        /// <summary>In half of the cuts, by the seed, the cell loses contact for a moment while VDD is off.</summary>
        VbatBounce,
    }

    /// <summary>Options of a campaign, as given on a command line.</summary>
    public sealed class CampaignOptions
    {
        /// <summary>Reads options from one string; words are parted by blanks, and may be quoted.</summary>
        /// <exception cref="RecoverableException">An option is unknown, lacks its value, or the value is out of range.</exception>
        public static CampaignOptions Parse(string text)
        {
            var result = new CampaignOptions();
            var words = new Queue<string>(Split(text ?? ""));
            while(words.Count > 0)
            {
                var word = words.Dequeue();
                var equals = word.IndexOf('=');
                var name = equals < 0 ? word : word.Substring(0, equals);
                string Value()
                {
                    if(equals >= 0)
                    {
                        return word.Substring(equals + 1);
                    }
                    return words.Count > 0 ? words.Dequeue() : throw new RecoverableException($"{name}: a value is missing");
                }
                switch(name)
                {
                case "--cut-at":
                    result.CutAt = Choice(name, Value(), ("writes", CutUnit.Writes), ("instructions", CutUnit.Instructions), ("time", CutUnit.Time));
                    break;
                case "--every":
                    result.Every = Integer(name, Value(), 1, int.MaxValue);
                    break;
                case "--supply":
                    result.Supply = Choice(name, Value(), ("cell", CutSupply.Cell), ("no-cell", CutSupply.NoCell), ("slow-ramp", CutSupply.SlowRamp), ("vbat-bounce", CutSupply.VbatBounce));
                    break;
                case "--depth":
                    result.Depth = Integer(name, Value(), 1, 3);
                    break;
                case "--sample":
                    result.Sample = Integer(name, Value(), 1, int.MaxValue);
                    break;
                case "--seed":
                    result.Seed = Integer(name, Value(), 0, int.MaxValue);
                    break;
                case "--shard":
                    result.SetShard(Value());
                    break;
                case "--only":
                    result.SetOnly(Value());
                    break;
                case "--off":
                    result.OffSeconds = Seconds(name, Value(), 0.001, 86400);
                    break;
                case "--ramp":
                    result.RampSeconds = Seconds(name, Value(), 0.00001, 3600);
                    break;
                case "--run-timeout":
                    result.RunTimeout = Seconds(name, Value(), 0.001, 86400);
                    break;
                case "--check-timeout":
                    result.CheckTimeout = Seconds(name, Value(), 0.001, 86400);
                    break;
                case "--report":
                    result.Report = Value();
                    break;
                case "--replay-as":
                    result.ReplayAs = Uri.UnescapeDataString(Value());
                    break;
                case "--resume":
                    result.Resume = true;
                    break;
                case "--overwrite":
                    result.Overwrite = true;
                    break;
                case "--reboot":
                    result.Reboot = true;
                    break;
                default:
                    throw new RecoverableException($"there is no option '{name}': say one of {string.Join(", ", Names)}");
                }
            }
            if(result.Only != null && result.Only.Length > result.Depth)
            {
                result.Depth = result.Only.Length;
            }
            if(result.Only != null && (result.Sample > 0 || result.ShardCount > 1 || result.Resume))
            {
                throw new RecoverableException("--only makes one cut: leave out --sample, --shard and --resume");
            }
            if(result.Resume && result.Overwrite)
            {
                throw new RecoverableException("--resume goes on with a report, --overwrite throws it away: give one of them");
            }
            return result;
        }

        /// <summary>The options that decide what a cut does, for a command line; ends in a blank unless it is empty.</summary>
        public string ReplayArguments()
        {
            var text = new StringBuilder();
            void Add(string name, string value) => text.Append(name).Append(' ').Append(value).Append(' ');
            if(CutAt != CutUnit.Writes)
            {
                Add("--cut-at", CutAtName);
            }
            if(Supply != CutSupply.Cell)
            {
                Add("--supply", SupplyName);
            }
            if(Seed != DefaultSeed)
            {
                Add("--seed", Number(Seed));
            }
            if(OffSeconds != DefaultOffSeconds)
            {
                Add("--off", Number(OffSeconds));
            }
            if(RampSeconds != DefaultRampSeconds)
            {
                Add("--ramp", Number(RampSeconds));
            }
            if(RunTimeout != DefaultTimeout)
            {
                Add("--run-timeout", Number(RunTimeout));
            }
            if(CheckTimeout != DefaultTimeout)
            {
                Add("--check-timeout", Number(CheckTimeout));
            }
            if(Reboot)
            {
                text.Append("--reboot ");
            }
            return text.ToString();
        }

        /// <summary>Default: writes.</summary>
        public CutUnit CutAt { get; private set; } = CutUnit.Writes;

        /// <summary>Every how many units there is a cut. Default 1.</summary>
        public int Every { get; private set; } = 1;

        /// <summary>Default: cell.</summary>
        public CutSupply Supply { get; private set; } = CutSupply.Cell;

        /// <summary>Cuts in a row, 1 to 3: the second and third are in check(), after each of its writes.</summary>
        public int Depth { get; private set; } = 1;

        /// <summary>So many cuts drawn by the seed; 0: all there are.</summary>
        public int Sample { get; private set; }

        /// <summary>Decides the sample, the content that is lost, and the bounces. Default 1.</summary>
        public int Seed { get; private set; } = DefaultSeed;

        /// <summary>Which part of the cuts, 1 to <see cref="ShardCount"/>.</summary>
        public int Shard { get; private set; } = 1;

        /// <summary>Into how many parts the cuts are split.</summary>
        public int ShardCount { get; private set; } = 1;

        /// <summary>The one cut to make, or null.</summary>
        public int[] Only { get; private set; }

        /// <summary>How long VDD is off, in virtual seconds.</summary>
        public double OffSeconds { get; private set; } = DefaultOffSeconds;

        /// <summary>How long VDD takes at most from full to 0 V on a slow ramp, in virtual seconds; a fiftieth of it at least, by the seed.</summary>
        public double RampSeconds { get; private set; } = DefaultRampSeconds;

        /// <summary>How long run() may take, in virtual seconds.</summary>
        public double RunTimeout { get; private set; } = DefaultTimeout;

        /// <summary>How long check() may take before it counts as a hang, in virtual seconds.</summary>
        public double CheckTimeout { get; private set; } = DefaultTimeout;

        /// <summary>Folder of the report; null: none is written.</summary>
        public string Report { get; private set; }

        /// <summary>Go on with the report that is in the folder.</summary>
        public bool Resume { get; private set; }

        /// <summary>Throw away the report that is in the folder.</summary>
        public bool Overwrite { get; private set; }

        /// <summary>Boot MicroPython anew after each cut, instead of going back to the state after a boot.</summary>
        public bool Reboot { get; private set; }

        /// <summary>
        /// The command that made this campaign, without the options that are known here; null: the Monitor's verb. Given by
        /// <c>--replay-as</c>, percent-encoded, for tools that offer campaigns under a command of their own.
        /// </summary>
        public string ReplayAs { get; private set; }

        /// <summary>As on the command line.</summary>
        public string CutAtName => CutAt.ToString().ToLowerInvariant();

        /// <summary>As on the command line.</summary>
        public string SupplyName => Supply switch
        {
            CutSupply.NoCell => "no-cell",
            CutSupply.SlowRamp => "slow-ramp",
            CutSupply.VbatBounce => "vbat-bounce",
            _ => "cell",
        };

        /// <summary>Can this supply lose the content? Then 'lost' is what silicon does.</summary>
        public bool MayLose => Supply == CutSupply.NoCell || Supply == CutSupply.VbatBounce;

        private static IEnumerable<string> Split(string text)
        {
            var word = new StringBuilder();
            var quote = '\0';
            var isWord = false;
            foreach(var character in text)
            {
                if(quote != '\0')
                {
                    if(character == quote)
                    {
                        quote = '\0';
                    }
                    else
                    {
                        word.Append(character);
                    }
                }
                else if(character == '\'' || character == '"')
                {
                    quote = character;
                    isWord = true;
                }
                else if(char.IsWhiteSpace(character))
                {
                    if(isWord)
                    {
                        yield return word.ToString();
                        word.Clear();
                        isWord = false;
                    }
                }
                else
                {
                    word.Append(character);
                    isWord = true;
                }
            }
            if(quote != '\0')
            {
                throw new RecoverableException($"the options end within {quote}...{quote}");
            }
            if(isWord)
            {
                yield return word.ToString();
            }
        }

        private static T Choice<T>(string name, string value, params (string Name, T Value)[] choices)
        {
            foreach(var choice in choices)
            {
                if(choice.Name == value)
                {
                    return choice.Value;
                }
            }
            throw new RecoverableException($"{name} {value}: say one of {string.Join(", ", choices.Select(x => x.Name))}");
        }

        private static int Integer(string name, string value, int lowest, int highest)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var result) && result >= lowest && result <= highest ? result
                : throw new RecoverableException($"{name} {value}: give a whole number from {lowest} to {highest}");
        }

        private static double Seconds(string name, string value, double lowest, double highest)
        {
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var result) && result >= lowest && result <= highest ? result
                : throw new RecoverableException($"{name} {value}: give seconds from {Number(lowest)} to {Number(highest)}");
        }

        private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

        private void SetShard(string value)
        {
            var parts = value.Split('/');
            if(parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            {
                throw new RecoverableException($"--shard {value}: give I/N, as 1/4");
            }
            if(shard < 1 || shard > count)
            {
                throw new RecoverableException($"--shard {value}: the first number is out of range, give 1 to {count}");
            }
            Shard = shard;
            ShardCount = count;
        }

        private void SetOnly(string value)
        {
            var parts = value.Split(',');
            var path = new int[parts.Length];
            for(var i = 0; i < parts.Length; i++)
            {
                if(!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out path[i]) || path[i] < 1 || parts.Length > 3)
                {
                    throw new RecoverableException($"--only {value}: give the number of a cut, as 17, or of cuts in a row, as 17,3");
                }
            }
            Only = path;
        }

        private const int DefaultSeed = 1;
        private const double DefaultOffSeconds = 0.01;
        private const double DefaultRampSeconds = 0.001;
        private const double DefaultTimeout = 60;

        private static readonly string[] Names =
        {
            "--cut-at", "--every", "--supply", "--depth", "--sample", "--seed", "--shard", "--only", "--off", "--ramp", "--run-timeout", "--check-timeout",
            "--report", "--resume", "--overwrite", "--reboot",
        };
    }
}
