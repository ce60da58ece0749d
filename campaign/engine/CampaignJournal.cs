// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// A recording in a file, cut by cut, that a crash or Ctrl-C leaves readable: it is what --resume goes on from, and what is merged.
    /// The jobs of one campaign have each their own, in a folder within that of the report, until they are merged into the report's.
    /// </summary>
    internal sealed class CampaignJournal : IDisposable
    {
        /// <summary>Opens the journal of a report folder, which is made if it isn't there.</summary>
        /// <param name="facts">What campaign it is: a journal of another one is refused. The options say where it is, and what is to become of one that is there.</param>
        /// <exception cref="RecoverableException">The folder can't be written, or holds what may not be overwritten or doesn't fit.</exception>
        public CampaignJournal(CampaignFacts facts)
        {
            var options = facts.Options;
            var isHelper = options.Job > 1;
            folder = isHelper ? JobFolder(options.Report, options.Job) : options.Report;
            path = Path.Combine(folder, FileName);
            isOwnFolder = !Directory.Exists(folder);
            Recording = new CampaignRecording(facts);
            try
            {
                Directory.CreateDirectory(folder);
                CheckFree();
                if(!isHelper && options.Overwrite)
                {
                    // So that nobody takes the report of another campaign for that of one that ends early.
                    CampaignReport.Delete(folder);
                    JobFolders(folder).ToList().ForEach(RemoveJob);
                }
                else if(options.Resume || isHelper)
                {
                    TakeOver(facts);
                }
                else if(File.Exists(path))
                {
                    throw new RecoverableException($"'{folder}' holds a campaign already: say --resume to go on with it, --overwrite to throw it away, or --report with another folder");
                }
                Rewrite(path, Recording);
                if(options.JobCount > 1 && !isHelper)
                {
                    DealOut(options.JobCount);
                }
                file = OpenFile();
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException || e is ArgumentException)
            {
                throw Unwritable(e);
            }
        }

        /// <summary>Reads the recording of a report folder, with those of jobs that were not merged into it.</summary>
        /// <exception cref="RecoverableException">There is none, or it is damaged.</exception>
        public static CampaignRecording Read(string folder)
        {
            var path = Path.Combine(folder, FileName);
            if(!File.Exists(path))
            {
                throw new RecoverableException($"'{folder}' holds no campaign: there is no {FileName} in it");
            }
            var recording = JournalFormat.Read(path);
            foreach(var job in JobFolders(folder).Select(x => Path.Combine(x, FileName)).Where(File.Exists))
            {
                var part = JournalFormat.Read(job);
                if(part.Facts.Fingerprint == recording.Facts.Fingerprint)
                {
                    recording.Absorb(part);
                }
            }
            return recording;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            try
            {
                file.Dispose();
                if(Recording.Complete.Count == 0 && Recording.Records.Count == 0 && !CampaignReport.Exists(folder) && !JobFolders(folder).Any())
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
            WriteLine(JournalFormat.Line(record));
            Recording.Add(record);
        }

        /// <summary>A first cut and all that follow from it are made.</summary>
        public void Close(int firstCut)
        {
            if(Recording.Close(firstCut))
            {
                WriteLine(JournalFormat.Complete(firstCut));
            }
        }

        /// <summary>Keeps what was seen at the first failing cut, or at that of --only.</summary>
        public void Keep(CutScene scene)
        {
            Recording.Scene = scene;
            WriteLine(JournalFormat.Line(scene));
        }

        /// <summary>The session ends.</summary>
        public void End(double seconds, int cuts)
        {
            Recording.Seconds = seconds;
            Recording.CutsThisSession = cuts;
            WriteLine(JournalFormat.Session(Recording));
        }

        /// <summary>Takes over the complete cuts of others at once, and what their sessions took.</summary>
        public void Take(CampaignRecording other)
        {
            Recording.Absorb(other);
            file.Dispose();
            Rewrite(path, Recording);
            file = OpenFile();
            End(Recording.Seconds, Recording.CutsThisSession);
        }

        /// <summary>Removes the journals of jobs: what is in them is in this one.</summary>
        public void RemoveJobs()
        {
            JobFolders(folder).ToList().ForEach(RemoveJob);
        }

        /// <summary>The cuts so far, those of earlier sessions as well.</summary>
        public CampaignRecording Recording { get; private set; }

        private static IEnumerable<string> JobFolders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder, JobPrefix + "*") : new string[0];

        private static string JobFolder(string folder, int job) => Path.Combine(folder, $"{JobPrefix}{job}");

        private static void RemoveJob(string folder)
        {
            File.Delete(Path.Combine(folder, FileName));
            if(!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }

        private static void Rewrite(string path, CampaignRecording recording)
        {
            var temporary = path + ".new";
            File.WriteAllText(temporary, string.Concat(JournalFormat.Lines(recording).Select(x => x + "\n")));
            File.Move(temporary, path, true);
        }

        private RecoverableException Unwritable(Exception e) => new RecoverableException($"the report can't be written to '{folder}': {e.Message}");

        private void TakeOver(CampaignFacts facts)
        {
            if(!File.Exists(path))
            {
                return;
            }
            var earlier = Read(folder);
            if(earlier.Facts.Fingerprint != facts.Fingerprint || earlier.Facts.Options.Shard != facts.Options.Shard || earlier.Facts.Options.ShardCount != facts.Options.ShardCount)
            {
                throw new RecoverableException($"'{folder}' holds a campaign of another program, firmware, host or other options: it can't be resumed with these");
            }
            Recording.Absorb(earlier);
            Recording.Seconds = 0;
            Recording.CutsThisSession = 0;
        }

        // Each job is told which cuts there are already.
        private void DealOut(int jobs)
        {
            RemoveJobs();
            for(var job = 2; job <= jobs; job++)
            {
                var part = new CampaignRecording(Recording.Facts);
                foreach(var cut in Recording.Complete)
                {
                    part.Close(cut);
                }
                Directory.CreateDirectory(JobFolder(folder, job));
                Rewrite(Path.Combine(JobFolder(folder, job), FileName), part);
            }
        }

        private StreamWriter OpenFile() => new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None)) { AutoFlush = true };

        private void WriteLine(string line)
        {
            try
            {
                file.Write(line + "\n");
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

        private StreamWriter file;

        private readonly string folder;
        private readonly string path;
        private readonly bool isOwnFolder;

        private const string FileName = "cuts.tsv";
        private const string JobPrefix = "job-";
    }
}
