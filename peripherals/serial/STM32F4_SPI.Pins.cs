// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected MOSI or MISO: what comes back if no device is attached.</content>
    public partial class STM32F4_SPI
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "MOSI" && signal != "MISO")
            {
                return null;
            }
            var result = new Pin(this, signal == "MISO", pin);
            connectedPins.Add(result);
            return result;
        }

        private ushort ExchangeByPins(ushort frame)
        {
            looped = null;
            var sent = new WireFrame(InOrderOfTheWire(frame), FrameLength, 0);
            foreach(var pin in connectedPins.Where(x => !x.IsInput).ToArray())
            {
                pin.Listener.SendFrame(sent);
            }
            if(looped != null)
            {
                return InOrderOfTheWire(looped.Value);
            }
            mistakes.Report("SPI_DR", "sent with no device attached: the level of MISO comes back");
            return (ushort)(connectedPins.Any(x => x.IsInput && x.IsHigh) ? FrameMask : 0);
        }

        // What has come from MOSI over a wire to MISO.
        private ushort? looped;

        private readonly List<Pin> connectedPins = new List<Pin>();

        private sealed class Pin : IFrameReceiver
        {
            public Pin(STM32F4_SPI spi, bool isInput, IPinListener listener)
            {
                this.spi = spi;
                IsInput = isInput;
                Listener = listener;
            }

            public void HandlePinLevel(bool level) => IsHigh = level;

            public void HandleFrame(WireFrame frame)
            {
                // The clock of another one does not reach it.
                if(IsInput && frame.BitRate == 0)
                {
                    spi.looped = (ushort)frame.Data;
                }
            }

            public void HandleWatch()
            {
            }

            public void Disconnect() => spi.connectedPins.Remove(this);

            public IPinListener Listener { get; }

            public bool IsInput { get; }

            public bool IsHigh { get; private set; }

            public bool? Level => null;

            private readonly STM32F4_SPI spi;
        }
    }
}
