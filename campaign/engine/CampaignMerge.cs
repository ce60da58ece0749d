// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Makes one report of those of shards, or of jobs that worked on one.</summary>
    internal static class CampaignMerge
    {
        /// <summary>Reads the recordings of folders, and writes a report of all of them to that of the options.</summary>
        /// <param name="folders">Report folders of shards of one campaign; none: the jobs of the report's own folder are merged.</param>
        /// <param name="options">Where to, and what is to become of a report that is there.</param>
        /// <returns>The summary; if shards are missing, it says which.</returns>
        /// <exception cref="RecoverableException">The folders don't go together, or can't be read.</exception>
        public static string Run(IReadOnlyList<string> folders, CampaignOptions options)
        {
            if(options.Report == null)
            {
                throw new RecoverableException("--report is missing: where is the merged report to go?");
            }
            var parts = folders.Count > 0 ? folders.Select(CampaignJournal.Read).ToList() : new List<CampaignRecording> { CampaignJournal.Read(options.Report) };
            var merged = Merge(folders, parts, out var note);
            merged.Facts.Options.Report = options.Report;
            merged.Facts.Options.Resume = options.Resume || folders.Count == 0;
            merged.Facts.Options.Overwrite = options.Overwrite;
            using(var journal = new CampaignJournal(merged.Facts))
            {
                journal.Take(merged);
                var result = journal.Recording.ToResult();
                CampaignReport.Write(result, options.Report);
                journal.RemoveJobs();
                return CampaignReport.Summary(result) + note;
            }
        }

        private static CampaignRecording Merge(IReadOnlyList<string> folders, IReadOnlyList<CampaignRecording> parts, out string note)
        {
            var first = parts[0].Facts;
            for(var i = 1; i < parts.Count; i++)
            {
                if(parts[i].Facts.Fingerprint != first.Fingerprint)
                {
                    throw new RecoverableException($"'{folders[i]}' and '{folders[0]}' hold campaigns of different programs, firmware, hosts or options: shards of one can be merged");
                }
            }
            var options = first.Options;
            note = "";
            if(parts.Any(x => x.Facts.Options.Shard != options.Shard || x.Facts.Options.ShardCount != options.ShardCount))
            {
                note = Missing(parts);
                options.Shard = 1;
                options.ShardCount = 1;
            }
            var merged = new CampaignRecording(first);
            foreach(var part in parts)
            {
                merged.Absorb(part);
            }
            return merged;
        }

        private static string Missing(IReadOnlyList<CampaignRecording> parts)
        {
            var count = parts[0].Facts.Options.ShardCount;
            if(parts.Any(x => x.Facts.Options.ShardCount != count))
            {
                return "";
            }
            var missing = Enumerable.Range(1, count).Except(parts.Select(x => x.Facts.Options.Shard)).Select(x => $"{x}/{count}").ToList();
            return missing.Count == 0 ? "" : $"\n  missing: shard{(missing.Count == 1 ? "" : "s")} {string.Join(", ", missing)}";
        }
    }
}
