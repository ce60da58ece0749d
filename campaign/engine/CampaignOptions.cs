// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What the number of a cut counts.</summary>
    public enum CutUnit
    {
        /// <summary>Writes to the targets: the cut is right after the Nth, or before, within or after one that takes time.</summary>
        Writes,
        /// <summary>Instructions of the core since the start of run(); the cut is at most one translation block later.</summary>
        Instructions,
        /// <summary>Microseconds of virtual time since the start of run().</summary>
        Time,
    }

    /// <summary>Options of a campaign, as given on a command line.</summary>
    public sealed class CampaignOptions
    {
        /// <summary>Reads options from one string; words are parted by blanks, and may be quoted.</summary>
        /// <exception cref="RecoverableException">An option is unknown, lacks its value, or the value is out of range.</exception>
        public static CampaignOptions Parse(string text)
        {
            var result = new CampaignOptions();
            OptionReader.Read(text, result);
            if(result.Only != null && result.Only.Length > result.Depth)
            {
                result.Depth = result.Only.Length;
            }
            if(result.Only != null && (result.Sample > 0 || result.ShardCount > 1 || result.JobCount > 1 || result.Resume))
            {
                throw new RecoverableException("--only makes one cut: leave out --sample, --shard and --resume");
            }
            if(result.Resume && result.Overwrite)
            {
                throw new RecoverableException("--resume goes on with a report, --overwrite throws it away: give one of them");
            }
            result.Firmware.Check();
            return result;
        }

        /// <summary>Options at their defaults.</summary>
        internal CampaignOptions()
        {
            Firmware = new FirmwareOptions(this);
        }

        /// <summary>The options that decide what a cut does, for a command line; ends in a blank unless it is empty.</summary>
        public string ReplayArguments()
        {
            var text = OptionTable.Write(this, x => x.IsReplayed);
            return text.Length > 0 ? text + " " : "";
        }

        /// <summary>All options that decide which cuts are made and what they do, for a command line.</summary>
        /// <param name="withShard">Of this shard alone?</param>
        public string AllArguments(bool withShard)
        {
            return OptionTable.Write(this, x => withShard || x.Name != "--shard");
        }

        /// <summary>Default: writes.</summary>
        public CutUnit CutAt { get; internal set; } = CutUnit.Writes;

        /// <summary>Every how many units there is a cut. Default 1.</summary>
        public int Every { get; internal set; } = 1;

        /// <summary>Names of the memories whose writes are cut; null: all that run() writes.</summary>
        public IReadOnlyList<string> Targets { get; internal set; }

        /// <summary>Default: cell.</summary>
        public CutSupply Supply { get; internal set; } = CutSupply.Cell;

        /// <summary>Cuts in a row, 1 to 3: the second and third are in check(), after each of its writes.</summary>
        public int Depth { get; internal set; } = 1;

        /// <summary>So many cuts drawn by the seed; 0: all there are.</summary>
        public int Sample { get; internal set; }

        /// <summary>Decides the sample, the content that is lost, and the bounces. Default 1.</summary>
        public int Seed { get; internal set; } = DefaultSeed;

        /// <summary>Which part of the cuts, 1 to <see cref="ShardCount"/>.</summary>
        public int Shard { get; internal set; } = 1;

        /// <summary>Into how many parts the cuts are split.</summary>
        public int ShardCount { get; internal set; } = 1;

        /// <summary>The one cut to make, or null.</summary>
        public int[] Only { get; internal set; }

        /// <summary>How long VDD is off, in virtual seconds.</summary>
        public double OffSeconds { get; internal set; } = DefaultOffSeconds;

        /// <summary>How long VDD takes at most from full to 0 V on a slow ramp, in virtual seconds; a fiftieth of it at least, by the seed.</summary>
        public double RampSeconds { get; internal set; } = DefaultRampSeconds;

        /// <summary>How long run() may take, in virtual seconds.</summary>
        public double RunTimeout { get; internal set; } = DefaultTimeout;

        /// <summary>How long check() may take before it counts as a hang, in virtual seconds.</summary>
        public double CheckTimeout { get; internal set; } = DefaultTimeout;

        /// <summary>What to look for in firmware that is no MicroPython.</summary>
        public FirmwareOptions Firmware { get; }

        /// <summary>Folder of the report; null: none is written.</summary>
        public string Report { get; internal set; }

        /// <summary>Go on with the report that is in the folder.</summary>
        public bool Resume { get; internal set; }

        /// <summary>Throw away the report that is in the folder.</summary>
        public bool Overwrite { get; internal set; }

        /// <summary>Boot MicroPython anew after each cut, instead of going back to the state after a boot.</summary>
        public bool Reboot { get; internal set; }

        /// <summary>
        /// The command that made this campaign, without the options that are known here; null: the Monitor's verb. Given by
        /// <c>--replay-as</c>, percent-encoded, for tools that offer campaigns under a command of their own.
        /// </summary>
        public string ReplayAs { get; internal set; }

        /// <summary>Which of the processes that make one report between them, 1 to <see cref="JobCount"/>: it makes a part of the shard's cuts.</summary>
        public int Job { get; internal set; } = 1;

        /// <summary>How many such processes there are. If more than one, none writes the report: they are merged.</summary>
        public int JobCount { get; internal set; } = 1;

        /// <summary>As on the command line.</summary>
        public string CutAtName => CutAt.ToString().ToLowerInvariant();

        internal static readonly string[] TargetNames = { "bkpsram", "backup-registers", "flash", "option-bytes", "spi-flash" };
        internal const int DefaultSeed = 1;
        internal const double DefaultOffSeconds = 0.01;
        internal const double DefaultRampSeconds = 0.001;
        internal const double DefaultTimeout = 60;
    }
}
