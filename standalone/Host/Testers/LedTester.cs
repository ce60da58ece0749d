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

        /// <summary>Waits for a state, which must then last.</summary>
        /// <param name="state">The state.</param>
        /// <param name="limit">How long to wait for it at most.</param>
        /// <param name="hold">How long it must last.</param>
        /// <param name="pauseEmulation">Pause at the end.</param>
        /// <exception cref="InvalidOperationException">It wasn't reached in time, or didn't last.</exception>
        public void AssertAndHoldState(bool state, TimeInterval limit, TimeInterval hold, bool pauseEmulation)
        {
            if(!Reaches(state, limit))
            {
                throw new InvalidOperationException("Initial LED assertion not met.");
            }
            waitsFor = x => x != state;
            var hasChanged = clock.Run(hold);
            waitsFor = null;
            if(hasChanged)
            {
                throw new InvalidOperationException("LED changed state.");
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
            waitsFor = x => x == state;
            clock.Run(limit);
            waitsFor = null;
            return led.State == state;
        }

        private void OnStateChanged(ILed changed, bool state)
        {
            if(waitsFor?.Invoke(state) == true)
            {
                clock.Stop();
            }
        }

        private Func<bool, bool> waitsFor;

        private readonly ILed led;
        private readonly ITestClock clock;
        private readonly TimeInterval timeout;
    }
}
