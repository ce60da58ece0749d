// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Reflection;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The whole emulation at one moment.</summary>
    internal abstract class EmulationState : ICampaignState
    {
        /// <summary>
        /// Takes the state of the current emulation, which must be paused. Renode has snapshots in files; a host with checkpoints in
        /// memory (the standalone host's <c>Checkpoint</c>) is much faster with those.
        /// </summary>
        public static EmulationState Take() => takeCheckpoint == null ? new Snapshot() : new InMemory((IDisposable)takeCheckpoint.Invoke(null, null));

        /// <summary>Goes back. The objects of the emulation may be others afterwards: look them up again.</summary>
        public abstract void Restore();

        /// <summary>Forgets the state.</summary>
        public abstract void Dispose();

        /// <summary>Are states kept in memory, and cheap? Then the objects of the emulation stay the same as well.</summary>
        public static bool IsCheap => takeCheckpoint != null;

        private static readonly Type checkpointType = typeof(EmulationManager).Assembly.GetType("Antmicro.Renode.Core.Snapshots.Checkpoint");
        private static readonly MethodInfo takeCheckpoint = checkpointType?.GetMethod("Take", Type.EmptyTypes);
        private static readonly MethodInfo restoreCheckpoint = checkpointType?.GetMethod("Restore", Type.EmptyTypes);

        private sealed class InMemory : EmulationState
        {
            public InMemory(IDisposable checkpoint)
            {
                this.checkpoint = checkpoint;
                restore = (Action)restoreCheckpoint.CreateDelegate(typeof(Action), checkpoint);
            }

            public override void Restore() => restore();

            public override void Dispose() => checkpoint.Dispose();

            private readonly IDisposable checkpoint;
            private readonly Action restore;
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
