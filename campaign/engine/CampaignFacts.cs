// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a campaign is of, and what its uncut run was: the same in all its shards, jobs and sessions, but for the shard.</summary>
    public sealed class CampaignFacts
    {
        /// <summary>Of all that decides the outcome of a cut and which cuts there are: program, firmware, host, options; not the shard.</summary>
        public string Fingerprint = "";
        /// <summary>File name of the program.</summary>
        public string Program = "";
        /// <summary>Its path, for the replay command in the Monitor.</summary>
        public string ProgramPath = "";
        /// <summary>Name of the machine.</summary>
        public string Board = "";
        /// <summary>What simulated it.</summary>
        public string Host = "";
        /// <summary>The options, with those of the shard.</summary>
        public CampaignOptions Options = new CampaignOptions();
        /// <summary>Cuts in run(), of all shards.</summary>
        public int CutsOfAllShards;
        /// <summary>Places in an uncut run() where a write can be cut.</summary>
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
        public IReadOnlyList<int> LastWriteOfStep = new int[0];
        /// <summary>When that was, in virtual microseconds since the start.</summary>
        public IReadOnlyList<double> LastMicrosecondsOfStep = new double[0];
        /// <summary>The targets in the course of an uncut run().</summary>
        public IReadOnlyList<MemoryPicture> Memories = new MemoryPicture[0];
    }
}
