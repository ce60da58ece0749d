// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>One campaign of a program or of firmware from its preparation to its report, with the emulation's board.</summary>
    internal sealed class CampaignSession : IDisposable
    {
        /// <summary>Boots, runs the program without a cut, and opens the report.</summary>
        /// <exception cref="RecoverableException">No campaign can be made of this; one line says why.</exception>
        public CampaignSession(Emulation emulation, string path, CampaignOptions options)
        {
            this.options = options;
            var program = Path.GetFileName(path);
            var image = Read(path);
            Check(program, image);
            board = new CampaignBoard(CampaignBoard.Find(emulation));
            try
            {
                var guest = options.Firmware.IsGiven ? (IGuest)new FirmwareGuest(board, program, image, options.Firmware) : new MicroPythonGuest(board, program, ReadProgram(path, image));
                campaign = new PowerFailCampaign(board, guest, program, options);
                var facts = MakeFacts(path, program, image);
                // Only now: a program that can't be cut leaves no report, and none is overwritten for it.
                journal = options.Report == null ? null : new CampaignJournal(facts);
                recording = journal?.Recording ?? new CampaignRecording(facts);
            }
            catch
            {
                Dispose();
                throw;
            }
            secondsBefore = recording.Seconds;
            cutsBefore = recording.CutsThisSession;
            cuts = campaign.Cuts(recording.IsComplete).GetEnumerator();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            cuts?.Dispose();
            campaign?.Dispose();
            board.Dispose();
            journal?.Dispose();
        }

        /// <summary>Makes a cut.</summary>
        /// <returns>False: there is none left.</returns>
        public bool MoveNext()
        {
            if(isThrough)
            {
                return false;
            }
            var time = Stopwatch.StartNew();
            var isCut = cuts.MoveNext();
            seconds += time.Elapsed.TotalSeconds;
            if(last != null && (!isCut || last.Path[0] != cuts.Current.Path[0]))
            {
                Close(last.Path[0]);
            }
            if(!isCut)
            {
                isThrough = true;
                return false;
            }
            last = cuts.Current;
            made++;
            if(journal == null)
            {
                recording.Add(last);
            }
            else
            {
                journal.Add(last);
            }
            if(campaign.Scene?.Record == last && (options.Only != null || recording.Scene == null))
            {
                Keep(campaign.Scene);
            }
            return true;
        }

        /// <summary>Writes the report, complete or partial; that of several jobs is written when they are merged.</summary>
        /// <returns>The summary.</returns>
        public string Finish()
        {
            recording.Seconds = secondsBefore + seconds;
            recording.CutsThisSession = cutsBefore + made;
            journal?.End(recording.Seconds, recording.CutsThisSession);
            var result = recording.ToResult();
            if(options.Report != null && options.JobCount == 1)
            {
                CampaignReport.Write(result, options.Report);
            }
            return CampaignReport.Summary(result);
        }

        /// <summary>Is the board still the emulation's?</summary>
        public bool IsCurrent => board.IsCurrent;

        /// <summary>First cuts made, first cuts planned, all cuts made, failures.</summary>
        public string Progress => string.Join(" ", campaign.Plan.Cuts.Count(recording.IsComplete), campaign.Plan.Cuts.Count, recording.Records.Count, recording.Records.Count(x => !x.IsGood));

        private static byte[] Read(string path)
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                throw new RecoverableException($"'{path}' can't be read: {e.Message}");
            }
        }

        private void Check(string program, byte[] image)
        {
            if(options.Firmware.IsGiven && program.EndsWith(".py", StringComparison.OrdinalIgnoreCase))
            {
                throw new RecoverableException($"{program} is a program for MicroPython, which says itself what is cut: leave out {string.Join(", ", options.Firmware.Given)}, or give firmware in its place");
            }
            if(!options.Firmware.IsGiven && ElfSymbols.IsElf(image))
            {
                throw new RecoverableException($"{program} is firmware, not a program for MicroPython: say where it is cut and what it says then, with --until and --good at least");
            }
        }

        private static string ReadProgram(string path, byte[] bytes)
        {
            string source;
            try
            {
                source = new UTF8Encoding(false, true).GetString(bytes).Replace("\r\n", "\n").TrimStart('\uFEFF');
            }
            catch(ArgumentException)
            {
                throw new RecoverableException($"program '{path}' is no text in UTF-8: give a MicroPython program");
            }
            var control = source.FirstOrDefault(x => (x < ' ' && !" \t\n\r\f".Contains(x)) || x == '\x7F');
            if(control != '\0' || source.Contains('\0'))
            {
                throw new RecoverableException($"program '{path}' has a control character in it, which MicroPython's REPL takes for a command: write it as \\x{(int)control:x2}");
            }
            return source;
        }

        private CampaignFacts MakeFacts(string path, string program, byte[] content)
        {
            var host = EmulationManager.Instance.VersionString;
            return new CampaignFacts
            {
                Fingerprint = Fingerprint(Convert.ToHexString(SHA256.HashData(content)), board.Name, host, campaign.StateBefore, options.AllArguments(false)),
                Program = program,
                ProgramPath = path,
                Board = board.Name,
                Host = host,
                Options = options,
                CutsOfAllShards = campaign.Plan.CutsOfAllShards,
                RunWrites = campaign.Rehearsal.Writes.Count,
                Targets = campaign.Rehearsal.Targets,
                RunInstructions = campaign.Rehearsal.Instructions,
                RunMicroseconds = campaign.Rehearsal.Microseconds,
                RunSteps = campaign.Rehearsal.Steps,
                LastWriteOfStep = campaign.Rehearsal.LastWriteOfStep,
                LastMicrosecondsOfStep = campaign.Rehearsal.LastMicrosecondsOfStep,
                Memories = campaign.Memories,
            };
        }

        private static string Fingerprint(params string[] parts)
        {
            var hash = 14695981039346656037UL;
            foreach(var character in string.Join("\0", parts))
            {
                hash = unchecked((hash ^ character) * 1099511628211UL);
            }
            return hash.ToString("x16", CultureInfo.InvariantCulture);
        }

        private void Close(int firstCut)
        {
            if(journal == null)
            {
                recording.Close(firstCut);
            }
            else
            {
                journal.Close(firstCut);
            }
        }

        private void Keep(CutScene scene)
        {
            if(journal == null)
            {
                recording.Scene = scene;
            }
            else
            {
                journal.Keep(scene);
            }
        }

        private bool isThrough;
        private int made;
        private double seconds;
        private CutRecord last;

        private readonly CampaignOptions options;
        private readonly CampaignBoard board;
        private readonly PowerFailCampaign campaign;
        private readonly CampaignJournal journal;
        private readonly CampaignRecording recording;
        private readonly IEnumerator<CutRecord> cuts;
        private readonly double secondsBefore;
        private readonly int cutsBefore;
    }
}
