// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>VDD is gone at once.</summary>
    internal class SuddenCut : CutSupply
    {
        public SuddenCut(string name, string help, string description, bool hasCell = true) : base(name, help)
        {
            this.description = description;
            HasCell = hasCell;
        }

        public override bool HasCell { get; }

        internal override string Describe(CampaignOptions options) => description;

        internal override void Cut(IBoardSupplies board, CampaignOptions options, Random noise, bool withinAccess)
        {
            board.PowerOff(withinAccess);
        }

        private readonly string description;
    }
}
