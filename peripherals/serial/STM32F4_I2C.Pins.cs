// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected SCL or SDA.</content>
    public partial class STM32F4_I2C
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "SCL" && signal != "SDA")
            {
                return null;
            }
            var result = new Pin(this, signal);
            pins.Add(result);
            return result;
        }

        // Without a resistor to VDD a line is low, as if somebody held it.
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
            mistakes.Report("I2C_CR1.START", $"waits, because {string.Join(" and ", pins.Where(x => !x.IsHigh).Select(x => x.Signal).Distinct())} is low (BUSY): nothing pulls it up, or something holds it");
        }

        private void ReportMissingPins()
        {
            mistakes.Report("I2C_DR", $"address reaches nobody, because no pin has {string.Join(" and ", Signals.Where(x => pins.All(y => y.Signal != x)))} for its alternate function");
        }

        // A signal without a pin is high within the chip.
        private bool IsBusHeld => pins.Any(x => !x.IsHigh);

        private bool HasPins => Signals.All(x => pins.Any(y => y.Signal == x));

        private readonly List<Pin> pins = new List<Pin>();

        private static readonly string[] Signals = { "SCL", "SDA" };

        private class Pin : IPinFunction
        {
            public Pin(STM32F4_I2C i2c, string signal)
            {
                this.i2c = i2c;
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

            // A line that nobody has told of yet is as it was.
            public bool IsHigh { get; private set; } = true;

            // Transfers take no time: at rest the output, an open drain, is off.
            public bool? Level => null;

            private readonly STM32F4_I2C i2c;
        }
    }
}
