// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core.Snapshots;

namespace Antmicro.Renode.Peripherals.CPU
{
    // What a checkpoint holds of the engine. Translations, address cache and the marks in it stay: they depend on memory, not on time.
    public sealed unsafe partial class CortexM
    {
        object ICheckpointed.TakeState(object previous)
        {
            return new EngineState(engine)
            {
                Segments = segments.Select(x => (x.Address, x.Size, x.Host, x.IsEnabled)).ToArray(),
                StepOverBlock = stepOverBlock,
                SkipHooksAt = skipHooksAt,
                StoppedAtHook = stoppedAtHook,
                PendingFault = pendingFault,
            };
        }

        void ICheckpointed.RestoreState(object state)
        {
            var saved = (EngineState)state;
            saved.WriteTo(engine);
            stepOverBlock = saved.StepOverBlock;
            skipHooksAt = saved.SkipHooksAt;
            stoppedAtHook = saved.StoppedAtHook;
            pendingFault = saved.PendingFault;
            RestoreSegments(saved.Segments);
        }

        bool ICheckpointed.IsRestoredFirst => true;

        private void RestoreSegments((ulong Address, ulong Size, ulong Host, bool IsEnabled)[] saved)
        {
            // Some may have been split since, and stay so: nothing is to be translated anew for that.
            var covering = FindCovering(saved);
            if(covering.Contains(-1) || segments.Sum(x => (long)x.Size) != saved.Sum(x => (long)x.Size))
            {
                // known ones are used on, so that only the others are mapped anew
                var restored = saved.Select(x => segments.Find(y => (y.Address, y.Size, y.Host) == (x.Address, x.Size, x.Host))
                    ?? new MappedRange { Address = x.Address, Size = x.Size, Host = x.Host, IsEnabled = x.IsEnabled }).ToArray();
                segments.Clear();
                segments.AddRange(restored);
                mappingIsStale = true;
                lastSegment = null;
                Unicorn.RemoveAllTranslations(engine);
                covering = FindCovering(saved);
            }
            for(var i = 0; i < segments.Count; i++)
            {
                if(segments[i].IsEnabled != saved[covering[i]].IsEnabled)
                {
                    Switch(segments[i], saved[covering[i]].IsEnabled);
                }
            }
        }

        /// <summary>For each segment the saved one that it is, or is a part of; else -1.</summary>
        private int[] FindCovering((ulong Address, ulong Size, ulong Host, bool IsEnabled)[] saved)
        {
            return segments.Select(x => Array.FindIndex(saved, y => x.Address >= y.Address && x.Address - y.Address < y.Size && x.Host - y.Host == x.Address - y.Address)).ToArray();
        }

        /// <summary>All registers, shown or not, among them the exclusive monitor.</summary>
        private sealed class EngineState : IDisposable
        {
            public EngineState(IntPtr engine)
            {
                Unicorn.Check(Unicorn.uc_context_alloc(engine, out context), "keep the registers");
                Unicorn.Check(Unicorn.uc_context_save(engine, context), "keep the registers");
            }

            ~EngineState()
            {
                Free();
            }

            public void Dispose()
            {
                Free();
                GC.SuppressFinalize(this);
            }

            public void WriteTo(IntPtr engine)
            {
                Unicorn.Check(Unicorn.uc_context_restore(engine, context), "restore the registers");
                GC.KeepAlive(this);
            }

            public (ulong Address, ulong Size, ulong Host, bool IsEnabled)[] Segments { get; init; }

            public bool StepOverBlock { get; init; }

            public uint? SkipHooksAt { get; init; }

            public uint? StoppedAtHook { get; init; }

            public Fault? PendingFault { get; init; }

            private void Free()
            {
                if(context != IntPtr.Zero)
                {
                    Unicorn.uc_context_free(context);
                    context = IntPtr.Zero;
                }
            }

            private IntPtr context;
        }
    }
}
