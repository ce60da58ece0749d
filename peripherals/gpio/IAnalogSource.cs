// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What puts volts on a pin that need not be a logic level.</summary>
    internal interface IAnalogSource
    {
        /// <summary>Volts at a time.</summary>
        /// <param name="seconds">Virtual time of the machine, in seconds.</param>
        double VoltsAt(double seconds);

        /// <summary>Do the volts change without anybody telling the pin?</summary>
        bool Varies { get; }

        /// <summary>What a digital input makes of the volts now.</summary>
        bool IsHigh { get; }
    }

    /// <summary>A converter that samples pins when it is asked, and has to know what was there before.</summary>
    internal interface IAnalogListener
    {
        /// <summary>Volts at a pin are about to change.</summary>
        void HandlePinChanging();
    }
}
