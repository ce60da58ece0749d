// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The USB cable is pulled, which alone fed the board: the PC is gone at once, VDD falls as its capacitor empties.</summary>
    internal sealed class UnpluggedCable : SlowRamp
    {
        public UnpluggedCable() : base("usb-unplug",
            "the USB cable, which alone feeds the board, is pulled: the PC is gone at once, and VDD falls as on slow-ramp, by the board's capacitor")
        {
        }

        internal override string Describe(CampaignOptions options)
        {
            return $"the USB cable is pulled: the PC is gone at once, and the board's capacitor holds VDD up for up to {CampaignText.Number(options.RampSeconds, 6)} s; the cell holds VBAT";
        }

        internal override void Cut(IBoardSupplies board, CampaignOptions options, Random noise, bool withinAccess)
        {
            board.PullCable();
            base.Cut(board, options, noise, withinAccess);
        }

        internal override void Return(IBoardSupplies board)
        {
            board.PlugCable();
        }
    }
}
