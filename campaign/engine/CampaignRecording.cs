// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The cuts of a campaign that were made so far. The report is made from it, and from nothing else.</summary>
    internal sealed class CampaignRecording
    {
        /// <summary>A recording without a cut.</summary>
        public CampaignRecording(CampaignFacts facts)
        {
            Facts = facts;
        }

        /// <summary>Adds a cut.</summary>
        public void Add(CutRecord record)
        {
            Records.Add(record);
        }

        /// <summary>A first cut and all that follow from it are made.</summary>
        /// <returns>Was that not known yet?</returns>
        public bool Close(int firstCut) => complete.Add(firstCut);

        /// <summary>Was the first cut made, with all that follow from it?</summary>
        public bool IsComplete(int firstCut) => complete.Contains(firstCut);

        /// <summary>Leaves out what belongs to first cuts that are not complete: they are made again.</summary>
        public void DropIncomplete()
        {
            Records.RemoveAll(x => !complete.Contains(x.Path[0]));
            if(Scene != null && !complete.Contains(Scene.Record.Path[0]))
            {
                Scene = null;
            }
        }

        /// <summary>Takes over the complete cuts of another recording of the same campaign: of a shard, a job, or an earlier session.</summary>
        public void Absorb(CampaignRecording other)
        {
            DropIncomplete();
            Records.AddRange(other.Records.Where(x => other.IsComplete(x.Path[0]) && !complete.Contains(x.Path[0])));
            complete.UnionWith(other.complete);
            // The order in which one process alone would have made them.
            var inOrder = Records.Select((x, i) => (Record: x, Index: i)).OrderBy(x => x.Record.Path[0]).ThenBy(x => x.Index).Select(x => x.Record).ToList();
            Records.Clear();
            Records.AddRange(inOrder);
            // Each has kept the scene of its own first failure.
            var first = Records.Find(x => !x.IsGood)?.Name;
            Scene = first == null ? null : new[] { Scene, other.Scene }.FirstOrDefault(x => x?.Record.Name == first);
            // They worked side by side.
            Seconds = Math.Max(Seconds, other.Seconds);
            CutsThisSession += other.CutsThisSession;
        }

        /// <summary>All that the report tells.</summary>
        public CampaignResult ToResult()
        {
            var planned = PlannedCuts;
            return new CampaignResult
            {
                Program = Facts.Program,
                ProgramPath = Facts.ProgramPath,
                Board = Facts.Board,
                Host = Facts.Host,
                Options = Facts.Options,
                IsComplete = complete.Count >= planned,
                RunWrites = Facts.RunWrites,
                Targets = Facts.Targets,
                RunInstructions = Facts.RunInstructions,
                RunMicroseconds = Facts.RunMicroseconds,
                RunSteps = Facts.RunSteps,
                LastWriteOfStep = Facts.LastWriteOfStep,
                LastMicrosecondsOfStep = Facts.LastMicrosecondsOfStep,
                Memories = Facts.Memories,
                PlannedCuts = planned,
                Cuts = Records,
                Scene = Scene,
                Seconds = Seconds,
                CutsThisSession = CutsThisSession,
            };
        }

        /// <summary>What it is of.</summary>
        public CampaignFacts Facts { get; }

        /// <summary>The cuts so far, in order.</summary>
        public List<CutRecord> Records { get; } = new List<CutRecord>();

        /// <summary>First cuts that are complete, in order.</summary>
        public IReadOnlyCollection<int> Complete => complete;

        /// <summary>Cuts in run() that the shard has.</summary>
        public int PlannedCuts => CutPlan.CountOf(Facts.CutsOfAllShards, Facts.Options.Shard, Facts.Options.ShardCount);

        /// <summary>The first failing cut, or the one of --only; null if there is none.</summary>
        public CutScene Scene { get; set; }

        /// <summary>Host time spent on cuts in the last session, in seconds.</summary>
        public double Seconds { get; set; }

        /// <summary>Cuts made in the last session.</summary>
        public int CutsThisSession { get; set; }

        private readonly SortedSet<int> complete = new SortedSet<int>();
    }
}
