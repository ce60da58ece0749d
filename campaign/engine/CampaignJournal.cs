// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// The cuts of a campaign as they are made, in a file that a crash or Ctrl-C leaves readable: it is what --resume goes on from.
    /// One line a cut; a line with an equals sign says that a first cut and all that follow from it are complete.
    /// </summary>
    internal sealed class CampaignJournal : IDisposable
    {
        /// <summary>Opens the journal of a report folder, which is made if it isn't there.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="fingerprint">Of all that decides the outcome: a journal of another campaign is refused.</param>
        /// <param name="resume">Go on with the journal that is there.</param>
        /// <param name="overwrite">Throw it away.</param>
        /// <exception cref="RecoverableException">The folder can't be written, or holds what may not be overwritten or doesn't fit.</exception>
        public CampaignJournal(string folder, string fingerprint, bool resume, bool overwrite)
        {
            this.folder = folder;
            path = Path.Combine(folder, FileName);
            isOwnFolder = !Directory.Exists(folder);
            try
            {
                Directory.CreateDirectory(folder);
                CheckFree();
                if(File.Exists(path) && resume)
                {
                    Read(path, fingerprint);
                }
                else if(File.Exists(path) && !overwrite)
                {
                    throw new RecoverableException($"'{folder}' holds a campaign already: say --resume to go on with it, --overwrite to throw it away, or --report with another folder");
                }
                if(overwrite)
                {
                    // So that nobody takes the report of another campaign for that of one that ends early.
                    CampaignReport.Delete(folder);
                }
                // What was not complete is made again.
                var temporary = path + ".new";
                using(var writer = new StreamWriter(temporary))
                {
                    writer.WriteLine(Header + fingerprint);
                    foreach(var record in Records)
                    {
                        writer.WriteLine(Format(record));
                    }
                    foreach(var cut in complete)
                    {
                        writer.WriteLine(Complete + cut.ToString(CultureInfo.InvariantCulture));
                    }
                }
                File.Move(temporary, path, true);
                file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None)) { AutoFlush = true };
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException || e is ArgumentException)
            {
                throw Unwritable(e);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            try
            {
                file.Dispose();
                if(Records.Count == 0 && !CampaignReport.Exists(folder))
                {
                    // Nothing came of it.
                    File.Delete(path);
                    if(isOwnFolder)
                    {
                        Directory.Delete(folder);
                    }
                }
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                // What it is closed for has been said already.
            }
        }

        /// <summary>Adds a cut.</summary>
        public void Add(CutRecord record)
        {
            WriteLine(Format(record));
            Records.Add(record);
        }

        /// <summary>A first cut and all that follow from it are made.</summary>
        public void Close(int firstCut)
        {
            if(complete.Add(firstCut))
            {
                WriteLine(Complete + firstCut.ToString(CultureInfo.InvariantCulture));
            }
        }

        /// <summary>Was the first cut made, with all that follow from it?</summary>
        public bool IsComplete(int firstCut) => complete.Contains(firstCut);

        /// <summary>How many first cuts are complete.</summary>
        public int CompleteCount => complete.Count;

        /// <summary>The cuts so far, in order.</summary>
        public List<CutRecord> Records { get; } = new List<CutRecord>();

        private static string Format(CutRecord record)
        {
            return string.Join("\t", record.Name, record.Verdict, record.IsGood ? 1 : 0, record.StepsDone, record.Microseconds.ToString("R", CultureInfo.InvariantCulture),
                record.WritesDone, record.RecoveryWrites, record.Detail.Replace('\t', ' '));
        }

        private static CutRecord Parse(string line)
        {
            var parts = line.Split('\t');
            int Integer(int index) => int.Parse(parts[index], CultureInfo.InvariantCulture);
            return new CutRecord
            {
                Path = parts[0].Split(',').Select(x => int.Parse(x, CultureInfo.InvariantCulture)).ToArray(),
                Verdict = Enum.Parse<Verdict>(parts[1]),
                IsGood = parts[2] == "1",
                StepsDone = Integer(3),
                Microseconds = double.Parse(parts[4], CultureInfo.InvariantCulture),
                WritesDone = Integer(5),
                RecoveryWrites = Integer(6),
                Detail = parts[7],
            };
        }

        private RecoverableException Unwritable(Exception e) => new RecoverableException($"the report can't be written to '{folder}': {e.Message}");

        private void WriteLine(string line)
        {
            try
            {
                file.WriteLine(line);
            }
            catch(IOException e)
            {
                throw Unwritable(e);
            }
        }

        // The file is locked as long as a campaign writes it.
        private void CheckFree()
        {
            if(!File.Exists(path))
            {
                return;
            }
            try
            {
                new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            }
            catch(IOException)
            {
                throw new RecoverableException($"another campaign writes its report to '{folder}' now: wait for its end, or say --report with another folder");
            }
        }

        private void Read(string path, string fingerprint)
        {
            var text = File.ReadAllText(path);
            // The last line may be half of one.
            var lines = text.Substring(0, text.LastIndexOf('\n') + 1).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if(lines.Length == 0 || lines[0] != Header + fingerprint)
            {
                throw new RecoverableException($"'{Path.GetDirectoryName(path)}' holds a campaign of another program, firmware, host or other options: it can't be resumed with these");
            }
            try
            {
                foreach(var line in lines.Skip(1).Where(x => x.StartsWith(Complete, StringComparison.Ordinal)))
                {
                    complete.Add(int.Parse(line.Substring(Complete.Length), CultureInfo.InvariantCulture));
                }
                Records.AddRange(lines.Skip(1).Where(x => x.Count(y => y == '\t') == 7).Select(Parse).Where(x => complete.Contains(x.Path[0])));
            }
            catch(FormatException)
            {
                throw new RecoverableException($"'{path}' is damaged: say --overwrite to throw it away");
            }
        }

        private readonly string folder;
        private readonly string path;
        private readonly bool isOwnFolder;
        private readonly StreamWriter file;
        private readonly SortedSet<int> complete = new SortedSet<int>();

        private const string FileName = "cuts.tsv";
        private const string Header = "# renode-bkpsram campaign 1 ";
        private const string Complete = "=";
    }
}
