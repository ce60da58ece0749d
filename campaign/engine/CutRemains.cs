// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a cut has left where no two cuts need leave the same: backup SRAM, and the sectors that the run writes.</summary>
    internal sealed class CutRemains
    {
        /// <summary>Of a board whose power is back, and has done nothing yet.</summary>
        public CutRemains(ICampaignBoard board)
        {
            backupSram = new Area(board.BackupSram, board.BackupSram.GetContent());
            Areas = board.Memories.OfType<ISectoredMemory>().SelectMany(x => x.ToldSectors.Select(y => new Area(x, x.TakeSector(y)))).Prepend(backupSram).ToArray();
        }

        /// <summary>Writes all of it but backup SRAM, always in the same order.</summary>
        public void WriteSectors(BinaryWriter writer)
        {
            foreach(var area in Areas.Where(x => x.State != null))
            {
                area.State.Write(writer);
            }
        }

        /// <summary>The content of backup SRAM.</summary>
        public byte[] BackupSram => backupSram.Content;

        /// <summary>All parts, in the same order after each cut of a campaign.</summary>
        public IReadOnlyList<Area> Areas { get; }

        private readonly Area backupSram;

        /// <summary>Backup SRAM, or a sector.</summary>
        public sealed class Area
        {
            /// <summary>A memory as a whole.</summary>
            public Area(INonVolatileMemory memory, byte[] content)
            {
                Target = memory.TargetName;
                Content = content;
            }

            /// <summary>A sector.</summary>
            public Area(ISectoredMemory memory, SectorState state) : this(memory, state.Content)
            {
                State = state;
                Offset = state.Sector.Offset;
            }

            /// <summary>Is any of these bytes one that does not read the same each time?</summary>
            /// <param name="start">The first, from the start of the part.</param>
            /// <param name="count">How many.</param>
            public bool IsUnstable(int start, int count) => State != null && State.IsUnstable(start, count);

            /// <summary>Name of the memory.</summary>
            public string Target { get; }

            /// <summary>Where it is in the memory, in bytes from its start.</summary>
            public int Offset { get; }

            /// <summary>Its bytes.</summary>
            public byte[] Content { get; }

            /// <summary>All of a sector; null: it is none.</summary>
            public SectorState State { get; }
        }
    }
}
