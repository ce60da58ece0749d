// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.CAN;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CAN;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Tools.Network
{
    /// <summary>What `emulation` offers in the Monitor for CAN.</summary>
    public static class CANHubExtensions
    {
        /// <summary>Creates a hub.</summary>
        /// <param name="emulation">The emulation.</param>
        /// <param name="name">Its name.</param>
        /// <param name="loopback">Does a node get its own frames, too?</param>
        public static void CreateCANHub(this Emulation emulation, string name, bool loopback = false)
        {
            emulation.ExternalsManager.AddExternal(new CANHub(loopback), name);
        }
    }

    /// <summary>Brings each frame from one node to all others, on machines of one emulation.</summary>
    public sealed class CANHub : IExternal, IConnectable<ICAN>
    {
        /// <param name="loopback">Does a node get its own frames, too?</param>
        public CANHub(bool loopback = false)
        {
            this.loopback = loopback;
        }

        public void AttachTo(ICAN iface)
        {
            if(handlers.ContainsKey(iface))
            {
                throw new RecoverableException("Cannot attach to the provided CAN peripheral as it is already registered in this hub.");
            }
            void Handler(CANMessageFrame message) => Transmit(iface, message);
            handlers.Add(iface, Handler);
            iface.FrameSent += Handler;
        }

        public void DetachFrom(ICAN iface)
        {
            if(handlers.Remove(iface, out var handler))
            {
                iface.FrameSent -= handler;
            }
        }

        private void Transmit(ICAN sender, CANMessageFrame message)
        {
            this.Log(LogLevel.Debug, "Received from {0}: {1}", sender.GetName(), message);
            var sent = sender.GetMachine().ElapsedVirtualTime.TimeElapsed;
            foreach(var receiver in handlers.Keys.Where(x => loopback || x != sender).ToArray())
            {
                var machine = receiver.GetMachine();
                var reached = machine.ElapsedVirtualTime.TimeElapsed;
                if(sent > reached)
                {
                    // A machine that has its turn later.
                    machine.ScheduleAction(sent - reached, _ => receiver.OnFrameReceived(message));
                }
                else
                {
                    machine.LocalTimeSource.ExecuteInNearestSyncedState(_ => receiver.OnFrameReceived(message));
                }
            }
        }

        private readonly bool loopback;
        private readonly Dictionary<ICAN, Action<CANMessageFrame>> handlers = new Dictionary<ICAN, Action<CANMessageFrame>>();
    }
}
