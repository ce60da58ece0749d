// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected SCL or SDA, and those that could and are lines of the board.</content>
    public partial class STM32F4_I2C
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "SCL" && signal != "SDA")
            {
                return null;
            }
            var result = new Pin(this, signal, pin);
            pins.Add(result);
            return result;
        }

        /// <inheritdoc/>
        void IBoardBus.HandleLine(string signal, IBoardLine line)
        {
            if(ChildCollection.Count > 0 && Signals.Contains(signal))
            {
                lines.Follow(signal == "SCL", line);
            }
        }

        private void HandleLines()
        {
            if(start.Value && !IsBusHeld)
            {
                FollowRequests();
                Update();
            }
        }

        private void ReportHeldLine()
        {
            var held = Signals.Where(x => pins.Any(y => y.Signal == x && y.IsHeld)).ToList();
            mistakes.Report("I2C_CR1.START", $"waits, because {Join(held)} {(held.Count > 1 ? "are" : "is")} held low (BUSY)");
        }

        // Where an address gets no further than the chip.
        private bool ReportOpenLine()
        {
            var missing = Signals.Where(x => pins.All(y => y.Signal != x)).ToList();
            if(missing.Count > 0)
            {
                mistakes.Report("I2C_DR", $"address reaches nobody, because no pin has {Join(missing)} for its alternate function");
                return true;
            }
            var open = Signals.Where(x => pins.All(y => y.Signal != x || !y.IsHigh)).ToList();
            if(open.Count > 0)
            {
                mistakes.Report("I2C_DR", $"address reaches nobody, because nothing pulls up {Join(open)}");
                return true;
            }
            return false;
        }

        private static string Join(IEnumerable<string> signals) => string.Join(" and ", signals);

        // A line that floats is seen high, as MicroPython's recorded test of the Pyboard (pyb_f405.py) has it on Y9 and Y10; so is a signal without a pin.
        private bool IsBusHeld => pins.Any(x => x.IsHeld);

        private readonly List<Pin> pins = new List<Pin>();

        private static readonly string[] Signals = { "SCL", "SDA" };

        private class Pin : IPinFunction
        {
            public Pin(STM32F4_I2C i2c, string signal, IPinListener listener)
            {
                this.i2c = i2c;
                this.listener = listener;
                Signal = signal;
            }

            public void HandlePinLevel(bool level)
            {
                IsHigh = level;
                i2c.HandleLines();
            }

            public void HandleWatch()
            {
            }

            public void Disconnect()
            {
                i2c.pins.Remove(this);
                i2c.HandleLines();
            }

            public string Signal { get; }

            public bool IsHigh { get; private set; }

            public bool IsHeld => !IsHigh && !listener.IsFloating;

            // Transfers take no time: at rest the output, an open drain, is off.
            public bool? Level => null;

            private readonly STM32F4_I2C i2c;
            private readonly IPinListener listener;
        }
    }
}
