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

        /// <summary>Takes the state of the board, and what the guest knows.</summary>
        public ICampaignState TakeState()
        {
            var memory = Guest.Remember();
            if(Board.HasCheapStates)
            {
                return new State(Board.TakeState(), memory);
            }
            // What the guest has on the board must not get into a snapshot.
            Guest.Detach();
            var state = new State(Board.TakeState(), memory);
            Guest.Attach();
            Guest.Recall(memory);
            return state;
        }

        /// <summary>Goes back to a state.</summary>
        public void Restore(ICampaignState state)
        {
            Board.Restore(((State)state).Board);
            if(Board.HasCheapStates)
            {
                Watch.Attach();
            }
            else
            {
                Attach();
            }
            Guest.Recall(((State)state).Memory);
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

        private sealed class State : ICampaignState
        {
            public State(ICampaignState board, object memory)
            {
                Board = board;
                Memory = memory;
            }

            public void Dispose()
            {
                Board.Dispose();
            }

            public ICampaignState Board { get; }

            public object Memory { get; }
        }
    }
}
