// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected a signal of the timer.</content>
    public partial class STM32F4_Timer
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            var channel = channels.FirstOrDefault(x => signal == $"CH{x.Number + 1}" || (signal == $"CH{x.Number + 1}N" && IsAdvanced && x.Number < 3));
            var input = signal == "ETR" ? ExternalTriggerPin : signal == "BKIN" ? BreakPin : channel != null && !signal.EndsWith("N") ? channel.Number : NoInput;
            if(channel == null && input == NoInput)
            {
                return null;
            }
            var result = new Pin(this, channel, signal.EndsWith("N") && channel != null, input, pin);
            connectedPins.Add(result);
            UpdateWatch();
            return result;
        }

        private void TellPins()
        {
            foreach(var pin in connectedPins)
            {
                pin.Tell();
            }
        }

        private void UpdateWatch()
        {
            CatchUp();
            foreach(var channel in channels)
            {
                channel.IsWatchedAtPin = connectedPins.Any(x => x.Channel == channel && x.IsWatched);
            }
            Settle();
        }

        private bool isTellingLevel;

        private readonly List<Pin> connectedPins = new List<Pin>();

        private const int NoInput = -1;

        private class Pin : IPinFunction
        {
            public Pin(STM32F4_Timer timer, TimerChannel channel, bool isComplement, int input, IPinListener listener)
            {
                this.timer = timer;
                this.isComplement = isComplement;
                this.input = input;
                this.listener = listener;
                Channel = channel;
            }

            public void HandlePinLevel(bool level)
            {
                if(input != NoInput && inputLevel != level)
                {
                    inputLevel = level;
                    timer.OnGPIO(input, level);
                }
            }

            public void HandleWatch() => timer.UpdateWatch();

            // An input that no pin is selected for is low.
            public void Disconnect()
            {
                timer.connectedPins.Remove(this);
                HandlePinLevel(false);
                timer.UpdateWatch();
            }

            /// <summary>Tells the pin of a level that it does not know.</summary>
            public void Tell()
            {
                var level = Current;
                if(level != told)
                {
                    told = level;
                    var wasTelling = timer.isTellingLevel;
                    timer.isTellingLevel = true;
                    listener.HandleFunctionLevel();
                    timer.isTellingLevel = wasTelling;
                }
            }

            public TimerChannel Channel { get; }

            public bool IsWatched => listener.IsWatched;

            public bool? Level
            {
                get
                {
                    // What nobody watches is counted when the guest looks.
                    if(Channel != null && !timer.isTellingLevel)
                    {
                        timer.isTellingLevel = true;
                        timer.CatchUp();
                        timer.Settle();
                        timer.isTellingLevel = false;
                    }
                    return told = Current;
                }
            }

            private bool? Current
            {
                get
                {
                    if(Channel == null)
                    {
                        return null;
                    }
                    return isComplement ? Channel.IsComplementDriven ? Channel.Complement.IsSet : (bool?)null
                        : Channel.IsOutputDriven ? Channel.Output.IsSet : (bool?)null;
                }
            }

            private bool inputLevel;
            private bool? told;

            private readonly STM32F4_Timer timer;
            private readonly bool isComplement;
            private readonly int input;
            private readonly IPinListener listener;
        }
    }
}
