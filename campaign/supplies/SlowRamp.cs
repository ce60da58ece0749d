// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>VDD falls in a line.</summary>
    internal class SlowRamp : CutSupply
    {
        public SlowRamp() : this("slow-ramp",
            "VDD falls from the Nth write on; the program runs on until the brown-out or power-down threshold")
        {
        }

        protected SlowRamp(string name, string help) : base(name, help)
        {
        }

        public override bool IsGradual => true;

        internal override double ShortestRamp(CampaignOptions options) => options.RampSeconds * ShortestShare;

        internal override string Describe(CampaignOptions options)
        {
            return $"VDD falls to 0 V in a line, in up to {CampaignText.Number(options.RampSeconds, 6)} s; the cell holds VBAT";
        }

        internal override void Cut(IBoardSupplies board, CampaignOptions options, Random noise, bool withinAccess)
        {
            // Of one length, all ramps that start in a burst of writes would end between two of them.
            board.RampDown(options.RampSeconds * (ShortestShare + ((1 - ShortestShare) * noise.NextDouble())), withinAccess);
        }

        private const double ShortestShare = 0.02;
    }
}
