// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected D+ and D-.</content>
    public sealed partial class STM32F4_OTG
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "DM" && signal != "DP")
            {
                return null;
            }
            var result = new Pin(this, signal);
            connectedPins.Add(result);
            Update();
            return result;
        }

        // A platform without such pins, or without ports, leaves the controller to itself.
        private bool HasBothPins
        {
            get
            {
                if(hasPins == null)
                {
                    hasPins = machine.GetPeripheralsOfType<STM32F4_GPIOPort>().Any(x => x.HasSignal(this, "DP"));
                }
                return !hasPins.Value || (connectedPins.Any(x => x.Signal == "DM") && connectedPins.Any(x => x.Signal == "DP"));
            }
        }

        private bool? hasPins;

        private readonly List<Pin> connectedPins = new List<Pin>();

        private sealed class Pin : IPinFunction
        {
            public Pin(STM32F4_OTG otg, string signal)
            {
                this.otg = otg;
                Signal = signal;
            }

            public void HandlePinLevel(bool level)
            {
            }

            public void HandleWatch()
            {
            }

            public void Disconnect()
            {
                otg.connectedPins.Remove(this);
                otg.Update();
            }

            public string Signal { get; }

            // The transceiver's levels are none of the port's.
            public bool? Level => null;

            private readonly STM32F4_OTG otg;
        }
    }
}
