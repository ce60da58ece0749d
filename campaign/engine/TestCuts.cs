// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Cuts the power in what a test does with the board, where a campaign would: the test counts the places first, and then does the same again for each cut.
    /// </summary>
    internal sealed class TestCuts : IDisposable
    {
        /// <summary>Counts the places where power can be cut, from now on.</summary>
        /// <param name="emulation">The emulation, with a board loaded.</param>
        /// <param name="options">Those of a campaign that say which cuts are made, and how power goes.</param>
        /// <exception cref="RecoverableException">The board has no such memory or supply; one line says so.</exception>
        public TestCuts(Emulation emulation, string options)
        {
            this.options = CampaignOptions.Parse(options);
            if(this.options.CutAt != CutUnit.Writes || this.options.Depth > 1 || this.options.Firmware.IsGiven || this.options.Report != null)
            {
                throw new RecoverableException($"'{options}': a test takes --target, --supply, --ramp, --off, --seed, --every, --sample, --shard and --only N");
            }
            wasStarted = emulation.IsStarted;
            board = new CampaignBoard(CampaignBoard.Find(emulation), keepsState: false);
            board.CheckTargets(this.options);
            board.FitCell(this.options.Supply);
            watch = new WriteWatch(board) { Targets = this.options.Targets };
            watch.Attach();
            watch.Start(0, 0, () => 0);
            GoOn(emulation);
        }

        /// <summary>Nothing is counted any more.</summary>
        public void Dispose()
        {
            board.Dispose();
        }

        /// <summary>Ends the count.</summary>
        /// <returns>The cuts that the options ask for, by their numbers.</returns>
        /// <exception cref="RecoverableException">Nothing was written, or the options leave no cut.</exception>
        public CutPlan Plan()
        {
            watch.End();
            if(watch.Writes == 0)
            {
                throw new RecoverableException($"the test wrote nothing to {string.Join(", ", options.Targets ?? board.Memories.Select(x => x.TargetName))}: there is nothing to cut");
            }
            return new CutPlan(options, "the test", watch.Writes);
        }

        /// <summary>Cuts the power at a place.</summary>
        /// <param name="number">Its number from 1, by the count that begins now.</param>
        public void Arm(int number)
        {
            var seed = unchecked((options.Seed * 31) + number);
            noise = new Random(seed);
            board.Seed(seed);
            wanted = number;
            watch.At(number, noise, (place, _) =>
            {
                hit = place;
                options.Supply.Cut(board, options, noise, true);
            });
        }

        /// <summary>Lets VDD be off for the time of --off, and brings it back.</summary>
        /// <param name="emulation">The emulation.</param>
        /// <returns>Where the cut was, in words.</returns>
        /// <exception cref="RecoverableException">It never came.</exception>
        public string Finish(Emulation emulation)
        {
            if(!board.IsCurrent)
            {
                throw new RecoverableException("the board that was to be cut is gone: the test reset the emulation, or loaded a state");
            }
            wasStarted = emulation.IsStarted;
            emulation.PauseAll();
            if(hit == null)
            {
                throw new RecoverableException($"place {wanted} did not come again: the test made {watch.Writes} writes now, so it does not do the same each time");
            }
            board.RunUntil(() => !board.IsPowered, options.RampSeconds + CampaignStage.Slice, CampaignStage.Slice);
            options.Supply.StayOff(board, options.OffSeconds, noise);
            watch.End();
            options.Supply.Return(board);
            GoOn(emulation);
            var place = hit.Value;
            return $"cut {wanted}: {place.What} of {place.Target}, 0x{place.Offset:X}";
        }

        private void GoOn(Emulation emulation)
        {
            if(wasStarted)
            {
                emulation.StartAll();
            }
        }

        private bool wasStarted;
        private int wanted;
        private MemoryWrite? hit;
        private Random noise;

        private readonly CampaignOptions options;
        private readonly CampaignBoard board;
        private readonly WriteWatch watch;
    }
}
