// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

using Standalone.Host.Testers;

namespace Standalone.Host
{
    /// <summary>Runs the emulation on the calling thread, so that what happens doesn't depend on the host's speed.</summary>
    internal sealed class EmulationClock : ITestClock
    {
        public bool Run(TimeInterval limit)
        {
            Current.StartAll();
            isStopped = false;
            HostInput.Deliver();
            Current.RunUntil(() => isStopped, limit);
            return isStopped;
        }

        public void Stop()
        {
            isStopped = true;
            Current.CheckCondition();
        }

        public void Pause()
        {
            Current.PauseAll();
        }

        public TimeInterval Now => Current.MasterTimeSource.ElapsedVirtualTime;

        private static Emulation Current => EmulationManager.Instance.CurrentEmulation;

        private bool isStopped;
    }

    /// <summary>What comes from outside (sockets, terminals) and must wait until the guest can take it.</summary>
    internal static class HostInput
    {
        /// <summary>Hands something over from any thread. It is done between two instructions.</summary>
        public static void Post(Action action)
        {
            if(Emulation.IsTimeDriven)
            {
                pending.Enqueue(action);
                return;
            }
            using(EmulationManager.Instance.CurrentEmulation.ObtainPausedState())
            {
                action();
            }
        }

        /// <summary>Does what was handed over, on the thread that drives time.</summary>
        public static void Deliver()
        {
            while(pending.TryDequeue(out var action))
            {
                action();
            }
        }

        private static readonly ConcurrentQueue<Action> pending = new();
    }
}
