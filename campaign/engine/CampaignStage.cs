// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Who takes part in a campaign: the board, the guest on it, the watch over the targets, and the options.</summary>
    internal sealed class CampaignStage
    {
        /// <summary>Puts them together; nobody listens yet.</summary>
        public CampaignStage(ICampaignBoard board, IGuest guest, string program, CampaignOptions options)
        {
            Board = board;
            Guest = guest;
            Program = program;
            Options = options;
            Watch = new WriteWatch(board);
        }

        /// <summary>The guest listens, and the targets are watched.</summary>
        public void Attach()
        {
            Guest.Attach();
            Watch.Attach();
        }

        /// <summary>Goes back to a state of the board.</summary>
        public void Restore(ICampaignState state)
        {
            Board.Restore(state);
            if(Board.HasCheapStates)
            {
                Watch.Attach();
            }
            else
            {
                Attach();
            }
            Guest.Forget();
        }

        /// <summary>The board.</summary>
        public ICampaignBoard Board { get; }

        /// <summary>The guest.</summary>
        public IGuest Guest { get; }

        /// <summary>The watch over the targets.</summary>
        public WriteWatch Watch { get; }

        /// <summary>File name of the program.</summary>
        public string Program { get; }

        /// <summary>The options.</summary>
        public CampaignOptions Options { get; }

        /// <summary>Virtual seconds that a boot may take.</summary>
        public const double BootTimeout = 60;

        /// <summary>Virtual seconds between two looks at code that runs.</summary>
        public const double Slice = 0.001;

        /// <summary>How many of the last writes before a cut are kept.</summary>
        public const int LastWritesKept = 12;
    }
}
