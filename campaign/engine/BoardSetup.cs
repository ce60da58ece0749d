// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a board has to have before the power is cut.</summary>
    internal static class BoardSetup
    {
        /// <summary>Has the board the memories of --target?</summary>
        /// <exception cref="RecoverableException">It has not; one line says which it has.</exception>
        public static void CheckTargets(this ICampaignBoard board, CampaignOptions options)
        {
            var names = board.Memories.Select(x => x.TargetName).ToList();
            var missing = (options.Targets ?? Array.Empty<string>()).FirstOrDefault(x => !names.Contains(x));
            if(missing != null)
            {
                throw new RecoverableException($"--target {missing}: board '{board.Name}' has none, it has {string.Join(", ", names)}");
            }
        }

        /// <summary>Puts a cell in, or takes it out, as the supply has it.</summary>
        /// <exception cref="RecoverableException">There is no place for one.</exception>
        public static void FitCell(this ICampaignBoard board, CutSupply supply)
        {
            if(board.HasCell == supply.HasCell)
            {
                return;
            }
            try
            {
                board.HasCell = supply.HasCell;
            }
            catch(RecoverableException) when(supply.HasCell)
            {
                throw new RecoverableException($"board '{board.Name}' has no place for a coin cell: VBAT is tied to VDD, and backup SRAM dies with it. Say --supply no-cell");
            }
        }
    }
}
