// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Which cuts are made: a table of names and functions. The first that the options ask for is the one.</summary>
    internal sealed class CutStrategy
    {
        private CutStrategy(string name, Func<CampaignOptions, bool> isAskedFor, FirstCuts first, DeeperCuts deeper)
        {
            Name = name;
            IsAskedFor = isAskedFor;
            First = first;
            Deeper = deeper;
        }

        /// <summary>The one that the options ask for.</summary>
        public static CutStrategy Of(CampaignOptions options) => All.First(x => x.IsAskedFor(options));

        /// <summary>All there are.</summary>
        public static readonly IReadOnlyList<CutStrategy> All = new[]
        {
            new CutStrategy("only", x => x.Only != null, OnlyFirst, OnlyDeeper),
            new CutStrategy("sample", x => x.Sample > 0, Draw, DrawDeeper),
            // Each is every first.
            new CutStrategy("every", x => true, Every, AllDeeper),
        };

        /// <summary>What it is called.</summary>
        public string Name { get; }

        /// <summary>Do the options ask for it?</summary>
        public Func<CampaignOptions, bool> IsAskedFor { get; }

        /// <summary>Which cuts are made in run().</summary>
        public FirstCuts First { get; }

        /// <summary>Which cuts are made in the check() after a cut, if that is not as deep as it may be.</summary>
        public DeeperCuts Deeper { get; }

        /// <param name="options">The options.</param>
        /// <param name="count">How many units an uncut run() has.</param>
        /// <returns>Numbers from 1 up, in rising order.</returns>
        public delegate IEnumerable<long> FirstCuts(CampaignOptions options, long count);

        /// <param name="options">The options.</param>
        /// <param name="path">The cuts before, in a row.</param>
        /// <param name="count">How many writes check() made.</param>
        /// <param name="random">Seeded by the path.</param>
        public delegate IEnumerable<int> DeeperCuts(CampaignOptions options, IReadOnlyList<int> path, int count, Random random);

        private static IEnumerable<long> OnlyFirst(CampaignOptions options, long count) => new[] { (long)options.Only[0] };

        private static IEnumerable<int> OnlyDeeper(CampaignOptions options, IReadOnlyList<int> path, int count, Random random)
        {
            if(path.Count >= options.Only.Length)
            {
                return AllDeeper(options, path, count, random);
            }
            var next = options.Only[path.Count];
            return next <= count ? new[] { next }
                : throw new RecoverableException($"--only {string.Join(",", options.Only)} is out of range: check() after cut {string.Join(",", path)} makes {count} writes");
        }

        private static IEnumerable<long> Draw(CampaignOptions options, long count)
        {
            var places = count / options.Every;
            if(options.Sample >= places)
            {
                return Every(options, count);
            }
            var random = new Random(options.Seed);
            var drawn = new SortedSet<long>();
            while(drawn.Count < options.Sample)
            {
                drawn.Add(random.NextInt64(1, places + 1));
            }
            return drawn.Select(x => x * options.Every);
        }

        private static IEnumerable<int> DrawDeeper(CampaignOptions options, IReadOnlyList<int> path, int count, Random random)
        {
            return count > 0 ? new[] { 1 + random.Next(count) } : Enumerable.Empty<int>();
        }

        private static IEnumerable<long> Every(CampaignOptions options, long count)
        {
            for(long i = options.Every; i <= count; i += options.Every)
            {
                yield return i;
            }
        }

        private static IEnumerable<int> AllDeeper(CampaignOptions options, IReadOnlyList<int> path, int count, Random random) => Enumerable.Range(1, count);
    }
}
