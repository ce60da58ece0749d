// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected a signal of the interface, and a frame as they show it.</content>
    public partial class STM32F4_SPI
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "SCK" && signal != "MISO" && signal != "MOSI" && signal != "NSS")
            {
                return null;
            }
            var result = new Pin(this, signal, pin);
            pins.Add(result);
            UpdateWatch();
            return result;
        }

        private ushort ExchangeAtPins(ushort sent)
        {
            if(!isWatched)
            {
                // A level that nothing on the board changes meanwhile.
                return (ushort)(DataIn ? FrameMask : 0);
            }
            var answer = 0;
            for(var i = FrameLength - 1; i >= 0; i--)
            {
                var bit = ((sent >> i) & 1) != 0;
                // CPHA says which edge samples; the other one, before or after it, shifts (RM0090 28.3.1).
                if(!phase.Value)
                {
                    SetPins(ref dataOut, bit, "MOSI");
                    answer = (answer << 1) | (DataIn ? 1 : 0);
                    SetPins(ref clock, !polarity.Value, "SCK");
                    SetPins(ref clock, polarity.Value, "SCK");
                }
                else
                {
                    SetPins(ref clock, !polarity.Value, "SCK");
                    SetPins(ref dataOut, bit, "MOSI");
                    answer = (answer << 1) | (DataIn ? 1 : 0);
                    SetPins(ref clock, polarity.Value, "SCK");
                }
            }
            return (ushort)answer;
        }

        // The clock rests at CPOL; without SPE the interface leaves the pins alone.
        private void UpdatePins()
        {
            clock = polarity.Value;
            foreach(var pin in pins.ToArray())
            {
                pin.Tell();
            }
        }

        private void SetPins(ref bool level, bool value, string signal)
        {
            if(level == value)
            {
                return;
            }
            level = value;
            for(var i = 0; i < pins.Count; i++)
            {
                if(pins[i].Signal == signal)
                {
                    pins[i].Tell();
                }
            }
        }

        private void UpdateWatch()
        {
            isWatched = pins.Any(x => x.IsWatched && (x.Signal == "SCK" || x.Signal == "MOSI"));
        }

        // With one data line it is MOSI's pin, of a master. A pin that isn't selected is no input, which reads low.
        private bool DataIn => pins.Any(x => x.Signal == (oneLine.Value ? "MOSI" : "MISO") && x.InputLevel);

        // NSS is high when no pin is selected for it.
        private bool IsDeselected => pins.All(x => x.Signal != "NSS" || x.InputLevel);

        private bool clock;
        private bool dataOut;
        private bool isWatched;

        private readonly List<Pin> pins = new List<Pin>();

        private class Pin : IPinFunction
        {
            public Pin(STM32F4_SPI spi, string signal, IPinListener listener)
            {
                this.spi = spi;
                this.listener = listener;
                Signal = signal;
            }

            public void HandlePinLevel(bool level)
            {
                InputLevel = level;
                if(Signal == "NSS")
                {
                    spi.HandleSelect();
                }
            }

            public void HandleWatch() => spi.UpdateWatch();

            public void Disconnect()
            {
                spi.pins.Remove(this);
                spi.UpdateWatch();
            }

            public void Tell()
            {
                var before = told;
                if(Level != before)
                {
                    listener.HandleFunctionLevel();
                }
            }

            public string Signal { get; }

            public bool InputLevel { get; private set; }

            public bool IsWatched => listener.IsWatched;

            public bool? Level
            {
                get
                {
                    switch(Signal)
                    {
                    case "SCK":
                        return told = spi.IsMaster ? spi.clock : (bool?)null;
                    case "MOSI":
                        return told = spi.IsSending ? spi.dataOut : (bool?)null;
                    case "NSS":
                        // SSOE holds it low as long as SPE is set (28.3.1).
                        return told = spi.IsMaster && spi.selectOutput.Value && !spi.softwareSelect.Value ? false : (bool?)null;
                    default:
                        return null;
                    }
                }
            }

            private bool? told;

            private readonly STM32F4_SPI spi;
            private readonly IPinListener listener;
        }
    }
}
