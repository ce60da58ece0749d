// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>How power goes, and what else the supplies do until it is back.</summary>
    public abstract class CutSupply
    {
        internal CutSupply(string name, string help)
        {
            Name = name;
            Help = help;
        }

        /// <summary>VDD is gone at once, the coin cell holds VBAT.</summary>
        public static readonly CutSupply Cell = new SuddenCut("cell",
            "VDD is gone at once, the coin cell holds VBAT (default; a board without a cell in its holder gets one)", "VDD is gone at once, and the cell holds VBAT");

        /// <summary>VDD is gone at once, and there is no cell: nothing survives.</summary>
        public static readonly CutSupply NoCell = new SuddenCut("no-cell",
            "nothing survives: is that recognized, or is noise taken for data?", "VDD is gone at once, and there is no cell", hasCell: false);

        /// <summary>VDD falls in a line, steeper or less steep by the seed: the core runs on down to the power-down threshold.</summary>
        public static readonly CutSupply SlowRamp = new SlowRamp();

        /// <summary>In half of the cuts, by the seed, the cell loses contact for a moment while VDD is off.</summary>
        public static readonly CutSupply VbatBounce = new BouncingCell();

        /// <summary>The USB cable that feeds the board is pulled: the PC is gone at once, VDD falls in a line.</summary>
        public static readonly CutSupply UsbUnplug = new UnpluggedCable();

        /// <summary>All that can be chosen.</summary>
        public static readonly IReadOnlyList<CutSupply> All = new[] { Cell, NoCell, SlowRamp, VbatBounce, UsbUnplug };

        /// <inheritdoc/>
        public override string ToString() => Name;

        /// <summary>As on the command line.</summary>
        public string Name { get; }

        /// <summary>What it does, for the help of the command line.</summary>
        public string Help { get; }

        /// <summary>Is a cell in before the cut?</summary>
        public virtual bool HasCell => true;

        /// <summary>Can this lose the content? Then 'lost' is what silicon does.</summary>
        public virtual bool MayLose => !HasCell;

        /// <summary>Does the program run on for a while?</summary>
        public virtual bool IsGradual => false;

        /// <summary>How long VDD takes at least to fall, in virtual seconds; 0: it is gone at once.</summary>
        internal virtual double ShortestRamp(CampaignOptions options) => 0;

        /// <summary>What it does, for a report of a campaign with these options.</summary>
        internal abstract string Describe(CampaignOptions options);

        /// <summary>Takes the power away, or begins to.</summary>
        internal abstract void Cut(IBoardSupplies board, CampaignOptions options, Random noise, bool withinAccess);

        /// <summary>Brings the power back.</summary>
        internal virtual void Return(IBoardSupplies board)
        {
            board.PowerOn();
        }

        /// <summary>Lets the time pass that the board is without power.</summary>
        internal virtual void StayOff(IBoardSupplies board, double seconds, Random noise)
        {
            board.RunForSeconds(seconds);
        }
    }
}
