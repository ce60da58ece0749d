// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>VDD is gone at once, and at times the cell loses contact for a moment, too.</summary>
    internal sealed class BouncingCell : SuddenCut
    {
        public BouncingCell() : base("vbat-bounce",
            "in half of the cuts, by the seed, the cell loses contact for a moment while VDD is off",
            "VDD is gone at once; in half of the cuts the cell loses contact for a moment while it is off")
        {
        }

        public override bool MayLose => true;

        internal override void StayOff(IBoardSupplies board, double seconds, Random noise)
        {
            var left = seconds;
            if(noise.Next(2) == 0)
            {
                var before = noise.NextDouble() * left / 2;
                board.RunForSeconds(before);
                board.HasCell = false;
                board.RunForSeconds(left / 10);
                board.HasCell = true;
                left -= before + (left / 10);
            }
            board.RunForSeconds(left);
        }
    }
}
