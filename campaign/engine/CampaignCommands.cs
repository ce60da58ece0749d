// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Monitor verbs of power-fail campaigns: <c>emulation RunPowerFailCampaign @program.py "--sample 100"</c>. A tool that wants
    /// to show progress uses three others: prepare, continue as long as there is something left, finish. And those of a test that is made again for each cut:
    /// count, plan; arm, finish.
    /// </summary>
    public static class CampaignCommands
    {
        /// <summary>Makes a whole campaign of a program or of firmware, on the machine that has backup SRAM.</summary>
        /// <param name="emulation">The emulation, with a board and its firmware loaded.</param>
        /// <param name="program">A MicroPython program that defines run() and check(); or the firmware that is loaded, if the options say what it prints.</param>
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
            session = new CampaignSession(emulation, program, CampaignOptions.Parse(options));
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

        /// <summary>Makes one report of those of shards, or of jobs that worked on one.</summary>
        /// <param name="emulation">The emulation; it may be empty.</param>
        /// <param name="folders">Report folders, parted by blanks, each quoted if it has one in its name; none: that of --report, whose jobs are merged.</param>
        /// <param name="options">--report and where to, --overwrite or --resume if there is one already.</param>
        /// <returns>The summary.</returns>
        public static string MergePowerFailCampaigns(this Emulation emulation, string folders, string options)
        {
            return CampaignMerge.Run(OptionReader.Split(folders).ToList(), CampaignOptions.Parse(options));
        }

        /// <summary>Counts the places where power can be cut, in what is done with the board from now on.</summary>
        /// <param name="emulation">The emulation, with a board loaded.</param>
        /// <param name="options">Which memories, which cuts, which supply: <c>--target</c>, <c>--sample</c>, <c>--supply</c> and their like.</param>
        /// <exception cref="RecoverableException">An option makes no sense here, or the board lacks what it names.</exception>
        public static void CountPowerCuts(this Emulation emulation, string options = "")
        {
            Replace(new TestCuts(emulation, options));
        }

        /// <summary>Ends the count.</summary>
        /// <returns>Numbers of the cuts to make, parted by blanks.</returns>
        /// <exception cref="RecoverableException">There are none; one line says why.</exception>
        public static string PlanPowerCuts(this Emulation emulation)
        {
            var result = Cuts.Plan();
            Replace(null);
            return string.Join(" ", result.Cuts);
        }

        /// <summary>Cuts the power at one of those places, in what is done with the board from now on.</summary>
        /// <param name="emulation">The emulation, with the same board in the same state as when the count began.</param>
        /// <param name="number">Number of the place, from 1.</param>
        /// <param name="options">The same as for the count.</param>
        public static void ArmPowerCut(this Emulation emulation, int number, string options = "")
        {
            Replace(new TestCuts(emulation, options));
            Cuts.Arm(number);
        }

        /// <summary>Brings the power back after the cut.</summary>
        /// <returns>Where the cut was.</returns>
        /// <exception cref="RecoverableException">It did not come: the test does not do the same each time.</exception>
        public static string FinishPowerCut(this Emulation emulation)
        {
            try
            {
                return Cuts.Finish(emulation);
            }
            finally
            {
                Replace(null);
            }
        }

        private static TestCuts Cuts => testCuts ?? throw new RecoverableException("no cut is armed or counted: say CountPowerCuts or ArmPowerCut first");

        private static void Replace(TestCuts next)
        {
            testCuts?.Dispose();
            testCuts = next;
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
        private static CampaignSession session;
        private static TestCuts testCuts;
    }
}
