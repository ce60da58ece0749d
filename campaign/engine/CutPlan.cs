// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The cuts in run() that a campaign makes: those of its strategy, or the part of them that is this shard's, and this job's.</summary>
    internal sealed class CutPlan
    {
        /// <summary>Chooses the cuts.</summary>
        /// <param name="options">The options.</param>
        /// <param name="run">What is cut, for messages: <c>run() of program.py</c>.</param>
        /// <param name="count">How many units of the options' kind an uncut run() has.</param>
        /// <exception cref="RecoverableException">That leaves no cut, or too many.</exception>
        public CutPlan(CampaignOptions options, string run, long count)
        {
            var unit = options.CutAt == CutUnit.Time ? "microseconds" : options.CutAtName;
            if(options.Only != null)
            {
                if(options.Only[0] > count)
                {
                    throw new RecoverableException($"--only {options.Only[0]} is out of range: {run} has {count} {unit}");
                }
            }
            else if(count > int.MaxValue)
            {
                throw new RecoverableException($"{run} has {count} {unit}, more than can be counted here: let it do less");
            }
            else if(options.Every > count)
            {
                throw new RecoverableException($"--every {options.Every} leaves no cut: {run} has {count} {unit}");
            }
            else if(options.Sample == 0 && count / options.Every / options.ShardCount > MostCuts)
            {
                throw new RecoverableException($"{run} has {count / options.Every} {unit}, too many for a cut at each: give --sample or --every");
            }
            var all = CutStrategy.Of(options).First(options, count).Select(x => checked((int)x)).ToList();
            CutsOfAllShards = all.Count;
            var shard = Part(all, options.Shard, options.ShardCount).ToList();
            if(shard.Count == 0)
            {
                throw new RecoverableException($"--shard {options.Shard}/{options.ShardCount}: there are only {all.Count} cuts, so this shard is empty: use fewer shards");
            }
            Cuts = Part(shard, options.Job, options.JobCount).ToList();
        }

        /// <summary>How many of a number of cuts are one shard's.</summary>
        public static int CountOf(int cutsOfAllShards, int shard, int shardCount) => ((cutsOfAllShards - shard) / shardCount) + 1;

        /// <summary>The cuts, in order.</summary>
        public IReadOnlyList<int> Cuts { get; }

        /// <summary>How many there are in all shards.</summary>
        public int CutsOfAllShards { get; }

        private static IEnumerable<int> Part(IEnumerable<int> cuts, int part, int count) => cuts.Where((_, i) => i % count == part - 1);

        private const int MostCuts = 200000;
    }
}
