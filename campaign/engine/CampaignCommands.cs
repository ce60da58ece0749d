// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Monitor verbs of power-fail campaigns: <c>emulation RunPowerFailCampaign @program.py "--sample 100"</c>. A tool that wants
    /// to show progress uses the three others: prepare, continue as long as there is something left, finish.
    /// </summary>
    public static class CampaignCommands
    {
        /// <summary>Makes a whole campaign of a program, on the machine that has backup SRAM.</summary>
        /// <param name="emulation">The emulation, with a board and its firmware loaded.</param>
        /// <param name="program">A MicroPython program that defines run() and check().</param>
        /// <param name="options">Options as on the command line of <c>./build.sh campaign</c>.</param>
        /// <returns>The summary: how many cuts, which verdicts, the first failing one.</returns>
        /// <exception cref="RecoverableException">The campaign can't be made; one line says why.</exception>
        public static string RunPowerFailCampaign(this Emulation emulation, ReadFilePath program, string options = "")
        {
            PreparePowerFailCampaign(emulation, program, options);
            try
            {
                while(session.MoveNext())
                {
                }
            }
            catch
            {
                Abandon();
                throw;
            }
            return FinishPowerFailCampaign(emulation);
        }

        /// <summary>Boots, runs the program without a cut, and opens the report; makes no cut yet.</summary>
        /// <returns>What there is to do, as <see cref="ContinuePowerFailCampaign"/> tells it.</returns>
        public static string PreparePowerFailCampaign(this Emulation emulation, ReadFilePath program, string options = "")
        {
            Abandon();
            session = new Session(emulation, program, CampaignOptions.Parse(options));
            return session.Progress;
        }

        /// <summary>Makes cuts for a while, one at least.</summary>
        /// <param name="emulation">The emulation.</param>
        /// <param name="seconds">Seconds of host time after which it returns; the cut that is being made is completed.</param>
        /// <returns>First cuts made, first cuts planned, all cuts made, failures: four numbers; equal ones at first mean that it is through.</returns>
        public static string ContinuePowerFailCampaign(this Emulation emulation, double seconds)
        {
            CheckSession();
            try
            {
                var time = Stopwatch.StartNew();
                while(session.MoveNext() && time.Elapsed.TotalSeconds < seconds)
                {
                }
            }
            catch
            {
                Abandon();
                throw;
            }
            return session.Progress;
        }

        /// <summary>Writes the report, complete or partial, and puts the emulation back to where it was.</summary>
        /// <returns>The summary.</returns>
        public static string FinishPowerFailCampaign(this Emulation emulation)
        {
            CheckSession();
            try
            {
                return session.Finish();
            }
            finally
            {
                Abandon();
            }
        }

        private static void CheckSession()
        {
            if(session != null && !session.IsCurrent)
            {
                Abandon();
            }
            if(session == null)
            {
                throw new RecoverableException("there is no campaign: say PreparePowerFailCampaign first");
            }
        }

        private static void Abandon()
        {
            var last = session;
            session = null;
            last?.Dispose();
        }

        // Not part of the emulation: it outlives each state that the emulation goes back to.
        private static Session session;

        private sealed class Session : IDisposable
        {
            public Session(Emulation emulation, string path, CampaignOptions options)
            {
                this.options = options;
                this.path = path;
                program = Path.GetFileName(path);
                var source = ReadProgram(path);
                machineName = emulation.Names.FirstOrDefault(x => emulation[x].GetPeripheralsOfType<STM32F4_BackupSRAM>().Any())
                    ?? throw new RecoverableException(emulation.Names.Any() ? $"board '{emulation.Names.First()}' has no backup SRAM: use one of the F2, F405/407, F42x, F446, F469 or F7 lines"
                        : "there is no machine: load a board first");
                campaign = new PowerFailCampaign(machineName, program, source, options);
                try
                {
                    // Only now: a program that can't be cut leaves no report, and none is overwritten for it.
                    if(options.Report != null)
                    {
                        journal = new CampaignJournal(options.Report, Fingerprint(source), options.Resume, options.Overwrite);
                    }
                }
                catch
                {
                    campaign.Dispose();
                    throw;
                }
                cuts = campaign.Cuts(x => journal != null && journal.IsComplete(x)).GetEnumerator();
                doneBefore = journal?.CompleteCount ?? 0;
            }

            public void Dispose()
            {
                cuts.Dispose();
                campaign.Dispose();
                journal?.Dispose();
            }

            public bool MoveNext()
            {
                if(isThrough)
                {
                    return false;
                }
                var time = Stopwatch.StartNew();
                var isCut = cuts.MoveNext();
                seconds += time.Elapsed.TotalSeconds;
                if(!isCut || (records.Count > 0 && records[^1].Path[0] != cuts.Current.Path[0]))
                {
                    Close();
                }
                if(!isCut)
                {
                    isThrough = true;
                    return false;
                }
                records.Add(cuts.Current);
                journal?.Add(cuts.Current);
                return true;
            }

            public string Finish()
            {
                var all = journal?.Records ?? records;
                var first = all.FirstOrDefault(x => !x.IsGood);
                if(first != null && options.Only == null && campaign.Scene?.Record.Name != first.Name)
                {
                    // It was in a session before this one.
                    campaign.Revisit(first.Path);
                }
                var result = new CampaignResult
                {
                    Program = program,
                    ProgramPath = path,
                    Board = machineName,
                    Host = EmulationManager.Instance.VersionString,
                    Options = options,
                    IsComplete = isThrough || doneBefore + closed >= campaign.PlannedCuts,
                    RunWrites = campaign.RunWrites,
                    RunInstructions = campaign.RunInstructions,
                    RunMicroseconds = campaign.RunMicroseconds,
                    RunSteps = campaign.RunSteps,
                    LastWriteOfStep = campaign.LastWriteOfStep,
                    PlannedCuts = campaign.PlannedCuts,
                    Cuts = all,
                    Scene = campaign.Scene,
                    Seconds = seconds,
                    CutsThisSession = records.Count,
                };
                if(options.Report != null)
                {
                    CampaignReport.Write(result, options.Report);
                }
                return CampaignReport.Summary(result);
            }

            public bool IsCurrent => campaign.IsCurrent;

            public string Progress => string.Join(" ", doneBefore + closed, campaign.PlannedCuts, journal?.Records.Count ?? records.Count,
                (journal?.Records ?? records).Count(x => !x.IsGood));

            private static string ReadProgram(string path)
            {
                string source;
                try
                {
                    source = new UTF8Encoding(false, true).GetString(File.ReadAllBytes(path)).Replace("\r\n", "\n").TrimStart('\uFEFF');
                }
                catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
                {
                    throw new RecoverableException($"program '{path}' can't be read: {e.Message}");
                }
                catch(ArgumentException)
                {
                    throw new RecoverableException($"program '{path}' is no text in UTF-8: give a MicroPython program");
                }
                var control = source.FirstOrDefault(x => x < ' ' && !" \t\n\r\f".Contains(x) || x == '\x7F', ' ');
                if(control != ' ')
                {
                    throw new RecoverableException($"program '{path}' has a control character in it, which MicroPython's REPL takes for a command: write it as \\x{(int)control:x2}");
                }
                return source;
            }

            private void Close()
            {
                if(records.Count > 0)
                {
                    closed++;
                    journal?.Close(records[^1].Path[0]);
                }
            }

            private string Fingerprint(string source)
            {
                var hash = 14695981039346656037UL;
                foreach(var character in string.Join("\0", source, machineName, EmulationManager.Instance.VersionString, campaign.Firmware, options.ReplayArguments(), string.Join(",", options.Only ?? Array.Empty<int>()), options.Depth, options.Every, options.Sample, options.Shard, options.ShardCount))
                {
                    hash = unchecked((hash ^ character) * 1099511628211UL);
                }
                return hash.ToString("x16", CultureInfo.InvariantCulture);
            }

            private bool isThrough;
            private int closed;
            private double seconds;

            private readonly int doneBefore;
            private readonly string path;
            private readonly string program;
            private readonly string machineName;
            private readonly CampaignOptions options;
            private readonly PowerFailCampaign campaign;
            private readonly CampaignJournal journal;
            private readonly IEnumerator<CutRecord> cuts;
            private readonly List<CutRecord> records = new List<CutRecord>();
        }
    }
}
