// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>Light-emitting diode on a pin, connected to its input 0.</summary>
    public class LED : IGPIOReceiver, ILed
    {
        /// <param name="invert">It lights when the pin is low.</param>
        public LED(bool invert = false)
        {
            inverted = invert;
            Reset();
        }

        public void OnGPIO(int number, bool value)
        {
            if(number != 0)
            {
                this.Log(LogLevel.Error, "A LED has only input 0; a signal came for {0}. Check the platform description", number);
                return;
            }
            if((value ^ inverted) == State)
            {
                return;
            }
            State = value ^ inverted;
            StateChanged?.Invoke(this, State);
        }

        public void Reset()
        {
            // The pin is low after a reset.
            State = inverted;
        }

        /// <summary>It is lit.</summary>
        public bool State { get; private set; }

        [field: Transient]
        public event Action<ILed, bool> StateChanged;

        private readonly bool inverted;
    }
}
