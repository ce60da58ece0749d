// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

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

    /// <summary>Where in a write the power can be cut.</summary>
    public enum CutMoment
    {
        /// <summary>Right after one that is done at once.</summary>
        Written,
        /// <summary>Before one that takes time: nothing of it is done.</summary>
        Before,
        /// <summary>When a part of it is done, decided by the seed.</summary>
        Within,
        /// <summary>Right after it.</summary>
        After,
    }

    /// <summary>A place where the power can be cut: a write of the core that got into a memory, or a moment of one that takes time.</summary>
    public struct MemoryWrite
    {
        /// <summary>Which place it was, counted from 1 at the start of run() or of check().</summary>
        public int Number;
        /// <summary>Name of the memory.</summary>
        public string Target;
        /// <summary>Which moment of the write it is.</summary>
        public CutMoment Moment;
        /// <summary>What the write does; only if it takes time.</summary>
        public MemoryOperationKind Kind;
        /// <summary>Offset in bytes from the start of the memory.</summary>
        public int Offset;
        /// <summary>The value; its first 4 bytes if it is longer, 0xFFFFFFFF of an erase.</summary>
        public uint Value;
        /// <summary>All of a value of more than 4 bytes, or null.</summary>
        public byte[] Data;
        /// <summary>Bytes.</summary>
        public int Size;
        /// <summary>Program counter, as the host tells it within an access.</summary>
        public uint ProgramCounter;
        /// <summary>Virtual time since the start of run() or check(), in microseconds.</summary>
        public double Microseconds;
        /// <summary>Virtual microseconds that it takes; 0: it is done at once.</summary>
        public double Duration;
        /// <summary>Steps that were complete then.</summary>
        public int StepsDone;
        /// <summary>Number of the sector that it begins in; null if the memory has none, or nobody has asked.</summary>
        public int? Sector;

        /// <summary>What it is, in a word or two: <c>write</c>, <c>within erase</c>.</summary>
        public string What => Moment == CutMoment.Written ? "write" : $"{Moment} {Kind}".ToLowerInvariant();
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
        /// <summary>Name of the memory whose write was cut; empty if the cut was between two instructions.</summary>
        public string Target = "";
        /// <summary>The moment of the write: <c>write</c> is right after one that is done at once, else as <c>within erase</c>.</summary>
        public string Place = "";
        /// <summary>Checksum of all that the last cut left; the same means that check() finds the same.</summary>
        public string State = "";
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
        public IReadOnlyList<MemoryWrite> LastWrites;
        /// <summary>Name of the memory that is shown.</summary>
        public string Target = "";
        /// <summary>Offset in it of what is shown: the 4096 bytes, or fewer, around the write.</summary>
        public int Offset;
        /// <summary>Those bytes before the step that was cut began; of a second cut, when power was back from the first.</summary>
        public byte[] Before;
        /// <summary>The same when the power was back, before any code ran.</summary>
        public byte[] After;
        /// <summary>What check() printed, and its traceback.</summary>
        public string Output = "";
        /// <summary>What was left of each row of <see cref="CampaignResult.Memories"/>.</summary>
        public IReadOnlyList<MemoryLeft> Left = new MemoryLeft[0];
        /// <summary>What was interrupted and not erased since, by memory, oldest first.</summary>
        public IReadOnlyList<(string Target, TornOperation Operation)> Torn = new (string, TornOperation)[0];
        /// <summary>How the supplies went and came back; null if that was not measured.</summary>
        public SupplyCurve Supply;

        internal const int MostBytes = 4096;
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
        /// <summary>Places in an uncut run() where a write can be cut: one of each that is done at once, three of each that takes time.</summary>
        public int RunWrites;
        /// <summary>Names of the memories whose writes are cut.</summary>
        public IReadOnlyList<string> Targets = new string[0];
        /// <summary>Instructions of an uncut run().</summary>
        public ulong RunInstructions;
        /// <summary>Virtual time of an uncut run(), in microseconds.</summary>
        public double RunMicroseconds;
        /// <summary>Steps of an uncut run().</summary>
        public int RunSteps;
        /// <summary>Last write (number, from 1) of each step of an uncut run(), in order.</summary>
        public IReadOnlyList<int> LastWriteOfStep;
        /// <summary>When that was, in virtual microseconds since the start of run().</summary>
        public IReadOnlyList<double> LastMicrosecondsOfStep = new double[0];
        /// <summary>The targets in the course of an uncut run().</summary>
        public IReadOnlyList<MemoryPicture> Memories = new MemoryPicture[0];
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

        /// <summary>Cuts that left what another had left at as many steps: one verdict holds for all of them.</summary>
        public int EqualStates => Cuts.Count - Cuts.Select(x => x.State.Length == 0 ? x.Name : $"{x.State} {x.StepsDone}").Distinct().Count();

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
