// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What the program's check found after a cut.</summary>
    public enum Verdict
    {
        /// <summary>check() returned True or 'consistent': good, without saying which state it is.</summary>
        Consistent,
        /// <summary>The state of the last step that was complete before the cut.</summary>
        Old,
        /// <summary>The state of the step that was cut.</summary>
        New,
        /// <summary>The program saw that nothing is there.</summary>
        Lost,
        /// <summary>Something is there that was never meant to be.</summary>
        Corrupt,
        /// <summary>MicroPython did not come up, or check() did not end.</summary>
        Hang,
        /// <summary>check(), or loading the program again, raised.</summary>
        Exception,
    }

    /// <summary>A write of the core that got into backup SRAM.</summary>
    public struct BackupWrite
    {
        /// <summary>Which write it was, counted from 1 at the start of run() or of check().</summary>
        public int Number;
        /// <summary>Offset in bytes, 0 to 4095.</summary>
        public int Offset;
        /// <summary>The value.</summary>
        public uint Value;
        /// <summary>Bytes: 1, 2 or 4.</summary>
        public int Size;
        /// <summary>Program counter, as the host tells it within an access.</summary>
        public uint ProgramCounter;
        /// <summary>Virtual time since the start of run() or check(), in microseconds.</summary>
        public double Microseconds;
        /// <summary>Steps that were complete then.</summary>
        public int StepsDone;
    }

    /// <summary>One cut, or several in a row, and what came of it.</summary>
    public sealed class CutRecord
    {
        /// <summary>
        /// Where the power was cut: the first number counts in run(), each further one in the check() after it; in the unit of
        /// <see cref="CampaignOptions.CutAt"/>, and in writes from the second on.
        /// </summary>
        public int[] Path;
        /// <summary>What check() found after the last cut.</summary>
        public Verdict Verdict;
        /// <summary>What was raised, or what did not come, in one line; empty for the other verdicts.</summary>
        public string Detail = "";
        /// <summary>Steps of run() that were complete at the first cut; on a slow ramp, when the power was gone.</summary>
        public int StepsDone;
        /// <summary>Virtual time of the last cut since the start of run() or check(), in microseconds.</summary>
        public double Microseconds;
        /// <summary>How many writes got in before the power was gone: more than the last number of the path on a slow ramp.</summary>
        public int WritesDone;
        /// <summary>How many writes check() made when it was not cut.</summary>
        public int RecoveryWrites;
        /// <summary>Is the verdict what the program's author wants to see on this supply?</summary>
        public bool IsGood;

        /// <summary>The path as in the option --only: <c>17</c>, <c>17,3</c>.</summary>
        public string Name => string.Join(",", Path);
    }

    /// <summary>What is kept of a failing cut for the report: the first one, or the one of --only.</summary>
    public sealed class CutScene
    {
        /// <summary>The cut.</summary>
        public CutRecord Record;
        /// <summary>The last writes that got in, oldest first.</summary>
        public IReadOnlyList<BackupWrite> LastWrites;
        /// <summary>Backup SRAM before the step that was cut began, 4096 bytes; of a second cut, when power was back from the first.</summary>
        public byte[] Before;
        /// <summary>Backup SRAM when the power was back, before any code ran, 4096 bytes.</summary>
        public byte[] After;
        /// <summary>What check() printed, and its traceback.</summary>
        public string Output = "";
    }

    /// <summary>All that a report tells.</summary>
    public sealed class CampaignResult
    {
        /// <summary>File name of the program.</summary>
        public string Program;
        /// <summary>Path of the program, for the replay command in the Monitor.</summary>
        public string ProgramPath;
        /// <summary>Name of the machine.</summary>
        public string Board;
        /// <summary>What simulated it.</summary>
        public string Host;
        /// <summary>The options.</summary>
        public CampaignOptions Options;
        /// <summary>False: it was interrupted, and goes on with --resume.</summary>
        public bool IsComplete;
        /// <summary>Writes to backup SRAM of an uncut run().</summary>
        public int RunWrites;
        /// <summary>Instructions of an uncut run().</summary>
        public ulong RunInstructions;
        /// <summary>Virtual time of an uncut run(), in microseconds.</summary>
        public double RunMicroseconds;
        /// <summary>Steps of an uncut run().</summary>
        public int RunSteps;
        /// <summary>Last write (number, from 1) of each step of an uncut run(), in order.</summary>
        public IReadOnlyList<int> LastWriteOfStep;
        /// <summary>First-level cuts that this campaign is to make, in its shard.</summary>
        public int PlannedCuts;
        /// <summary>The cuts that were made, in order.</summary>
        public IReadOnlyList<CutRecord> Cuts;
        /// <summary>The first failing cut, or the one of --only; null if there is none.</summary>
        public CutScene Scene;
        /// <summary>Host time spent on cuts in this session, in seconds.</summary>
        public double Seconds;
        /// <summary>Cuts made in this session.</summary>
        public int CutsThisSession;

        /// <summary>Cuts a second of host time in this session.</summary>
        public double Rate => Seconds > 0 ? CutsThisSession / Seconds : 0;

        /// <summary>Cuts whose verdict is not good.</summary>
        public IEnumerable<CutRecord> Failures => Cuts.Where(x => !x.IsGood);

        /// <summary>How often each verdict came.</summary>
        public IReadOnlyDictionary<Verdict, int> Totals => Enum.GetValues<Verdict>().ToDictionary(x => x, x => Cuts.Count(y => y.Verdict == x));

        /// <summary>The command line that makes one cut again, alone.</summary>
        public string ReplayCommand(CutRecord cut) => Command($"{Options.ReplayArguments()}--only {cut.Name}");

        /// <summary>The command line that makes the whole campaign again.</summary>
        public string CampaignCommand() => Command(Options.AllArguments(true));

        private string Command(string arguments)
        {
            return (Options.ReplayAs != null ? $"{Options.ReplayAs} {arguments}" : $"emulation RunPowerFailCampaign @{ProgramPath.Replace(" ", "\\ ")} \"{arguments}\"").TrimEnd();
        }
    }
}
