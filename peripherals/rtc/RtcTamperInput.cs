// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// One tamper detector of the RTC (RM0090 26.3.13): on an edge at once and without a clock, or on a level that is seen in
    /// several samples in a row.
    /// </summary>
    internal class RtcTamperInput
    {
        /// <summary>Looks at the pin again, after it or the configuration has changed, or a sample was due.</summary>
        /// <param name="pin">Level of the pin.</param>
        /// <param name="samples">Samples in a row that make an event; 0 for edge detection.</param>
        /// <param name="period">Clocks from one sample to the next.</param>
        /// <param name="now">Clocks counted so far.</param>
        /// <returns>True if this is a tamper event.</returns>
        public bool Update(bool pin, int samples, uint period, ulong now)
        {
            // Edges: TRG 0 is the rising one. Levels: TRG 0 is the low one.
            var isActive = Enabled.Value && pin != (samples == 0 ? Trigger.Value : !Trigger.Value);
            if(!isActive)
            {
                wasActive = false;
                due = null;
                return false;
            }
            if(samples == 0)
            {
                // A pin that has its level already when the detector is enabled makes an event, too.
                var isEvent = !wasActive;
                wasActive = true;
                due = null;
                return isEvent;
            }
            if(!wasActive)
            {
                wasActive = true;
                due = ((now / period) + (ulong)samples) * period;
            }
            if(due == null || now < due)
            {
                return false;
            }
            due = null;
            return true;
        }

        /// <summary>Forgets what it has seen, and is disabled.</summary>
        public void Reset()
        {
            wasActive = false;
            due = null;
        }

        /// <summary>Clocks until the last of the samples; null if none is awaited.</summary>
        public ulong? CyclesLeft(ulong now) => due == null ? (ulong?)null : due <= now ? 0 : due - now;

        /// <summary>Has the detector fired, and is its pin at the tampering level still?</summary>
        public bool IsHeld => wasActive && due == null;

        /// <summary>TAMPxE.</summary>
        public IFlagRegisterField Enabled;

        /// <summary>TAMPxTRG.</summary>
        public IFlagRegisterField Trigger;

        /// <summary>TAMPxF.</summary>
        public IFlagRegisterField Flag;

        private bool wasActive;
        private ulong? due;
    }
}
