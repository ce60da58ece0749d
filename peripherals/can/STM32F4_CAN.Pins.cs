// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected CAN_RX or CAN_TX.</content>
    public partial class STM32F4_CAN
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "RX" && signal != "TX")
            {
                return null;
            }
            var result = new Pin(this, signal == "TX", pin);
            (signal == "TX" ? txPins : rxPins).Add(result);
            return result;
        }

        // Something outside holds CAN_RX high while the bus is idle.
        private bool RxHasTransceiver => frameSent != null || AlwaysAcknowledged;

        private bool IsRecessive => RxHasTransceiver || rxPins.All(x => x.IsHigh);

        // Bits that leave through CAN_TX come back at CAN_RX.
        private bool SeesItself
        {
            get
            {
                if(txPins.Count == 0 || rxPins.Count == 0)
                {
                    return false;
                }
                hasEcho = false;
                foreach(var pin in txPins)
                {
                    pin.SendFrame();
                }
                return RxHasTransceiver || hasEcho;
            }
        }

        private bool hasEcho;

        private readonly List<Pin> rxPins = new List<Pin>();
        private readonly List<Pin> txPins = new List<Pin>();

        private class Pin : IFrameReceiver
        {
            public Pin(STM32F4_CAN can, bool isOutput, IPinListener listener)
            {
                this.can = can;
                this.isOutput = isOutput;
                this.listener = listener;
            }

            public void HandlePinLevel(bool level)
            {
                IsHigh = level;
                if(!isOutput)
                {
                    can.Proceed();
                }
            }

            public void HandleFrame(WireFrame frame)
            {
                can.hasEcho |= !isOutput;
            }

            public void SendFrame() => listener.SendFrame(new WireFrame(0, 1, (uint)can.BitRate));

            public void HandleWatch()
            {
            }

            public void Disconnect()
            {
                can.txPins.Remove(this);
                can.rxPins.Remove(this);
                can.Proceed();
            }

            public bool IsHigh { get; private set; }

            // Idle is recessive.
            public bool? Level => isOutput ? true : (bool?)null;

            private readonly STM32F4_CAN can;
            private readonly bool isOutput;
            private readonly IPinListener listener;
        }
    }
}
