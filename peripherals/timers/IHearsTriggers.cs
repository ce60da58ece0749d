// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A receiver of a timer's triggers that says which of them matter now: a timer need not come at the time of others.</summary>
    internal interface IHearsTriggers : IGPIOReceiver
    {
        /// <summary>Does a change at this input do anything now?</summary>
        bool Hears(int input);
    }

    internal static class TriggerLines
    {
        /// <summary>Does any receiver act on a change of the line? Those that do not say so, do.</summary>
        public static bool IsHeard(this GPIO line) => line.IsConnected && line.Endpoints.Any(x => !(x.Receiver is IHearsTriggers receiver) || receiver.Hears(x.Number));

        /// <summary>Timers that are connected with this receiver count up to now, and look anew whom they have to tell what.</summary>
        public static void TellSources(IMachine machine, IGPIOReceiver receiver)
        {
            foreach(var timer in machine.GetPeripheralsOfType<STM32F4_Timer>().Where(x => x != receiver && x.IsConnectedWith(receiver)).ToArray())
            {
                timer.HandleListeners();
            }
        }
    }
}
