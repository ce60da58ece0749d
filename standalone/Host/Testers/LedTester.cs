// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;

using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Time;

namespace Standalone.Host.Testers
{
    /// <summary>Waits in virtual time for an LED to be on or off.</summary>
    internal sealed class LedTester
    {
        /// <param name="led">The LED.</param>
        /// <param name="clock">Virtual time.</param>
        /// <param name="timeout">How long to wait if a call doesn't say.</param>
        public LedTester(ILed led, ITestClock clock, TimeInterval timeout)
        {
            this.led = led;
            this.clock = clock;
            this.timeout = timeout;
            led.StateChanged += OnStateChanged;
        }

        /// <summary>Waits for a state.</summary>
        /// <exception cref="InvalidOperationException">It wasn't reached in time.</exception>
        public void AssertState(bool state, TimeInterval? limit, bool pauseEmulation)
        {
            if(!Reaches(state, limit ?? timeout))
            {
                throw new InvalidOperationException("LED assertion not met.");
            }
            if(pauseEmulation)
            {
                clock.Pause();
            }
        }

        private bool Reaches(bool state, TimeInterval limit)
        {
            if(led.State == state || limit == TimeInterval.Empty)
            {
                return led.State == state;
            }
            waitsFor = state;
            clock.Run(limit);
            waitsFor = null;
            return led.State == state;
        }

        private void OnStateChanged(ILed changed, bool state)
        {
            if(waitsFor == state)
            {
                clock.Stop();
            }
        }

        private bool? waitsFor;

        private readonly ILed led;
        private readonly ITestClock clock;
        private readonly TimeInterval timeout;
    }
}
