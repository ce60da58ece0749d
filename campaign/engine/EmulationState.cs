// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The whole emulation at one moment.</summary>
    internal abstract class EmulationState : ICampaignState
    {
        /// <summary>
        /// Takes the state of the current emulation, which must be paused: in memory where the host's cores can be kept there, which is much faster; else in
        /// a file, as Renode's own snapshots are.
        /// </summary>
        public static EmulationState Take() => IsCheap ? new InMemory() : TakeToFile();

        /// <summary>Takes the state of the current emulation, which must be paused, as a snapshot of Renode.</summary>
        public static EmulationState TakeToFile() => new Snapshot();

        /// <summary>Goes back. The objects of the emulation may be others afterwards, unless <see cref="IsCheap"/>: look them up again.</summary>
        public abstract void Restore();

        /// <summary>Forgets the state.</summary>
        public abstract void Dispose();

        /// <summary>Are states kept in memory, and cheap? Then the objects of the emulation stay the same as well.</summary>
        public static bool IsCheap => Checkpoint.IsOffered;

        private sealed class InMemory : EmulationState
        {
            public override void Restore() => checkpoint.Restore();

            public override void Dispose() => checkpoint.Dispose();

            private readonly Checkpoint checkpoint = Checkpoint.Take();
        }

        private sealed class Snapshot : EmulationState
        {
            public Snapshot()
            {
                path = Path.Combine(Path.GetTempPath(), $"campaign-{Environment.ProcessId}-{++count}.save");
                EmulationManager.Instance.Save(path);
            }

            public override void Restore()
            {
                DroppedMachine.ReleaseAll(EmulationManager.Instance.CurrentEmulation);
                EmulationManager.Instance.Load(path);
            }

            public override void Dispose() => File.Delete(path);

            private readonly string path;

            private static int count;
        }
    }
}
