// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Shadow registers of the calendar (RM0090 26.3.6): what the guest reads, in the VDD domain.</summary>
    /// <remarks>
    /// We choose: while RTCCLK runs undisturbed they are as new as the calendar; after Stop, and after a change of RTCCLK, they show the
    /// time from before it until two RTC clocks have passed, and RSF, if it was set, stays so.
    /// </remarks>
    internal class RtcShadow
    {
        /// <summary>As after a reset: the registers hold their reset values until they have followed the calendar once.</summary>
        public void Reset(TimeInterval now)
        {
            Desynchronize(now);
            IsReset = true;
            stale = null;
        }

        /// <summary>The calendar is not copied any more: the core enters Stop.</summary>
        public void Hold(RtcInstant calendar)
        {
            stale = stale ?? calendar;
            releasedAt = null;
        }

        /// <summary>The next copy comes two RTC clocks from now: the core has left Stop, or RTCCLK is another.</summary>
        public void Release(TimeInterval now)
        {
            releasedAt = now;
        }

        /// <summary>RSF is cleared: the registers follow the calendar anew.</summary>
        public void Desynchronize(TimeInterval now)
        {
            clearedAt = now;
            lockedTime = null;
            lockedDate = null;
        }

        /// <summary>
        /// One of the registers is read: <see cref="Sampled"/> becomes what it shows. Reading RTC_SSR or RTC_TR locks the later ones of
        /// SSR, TR, DR until RTC_DR is read.
        /// </summary>
        /// <param name="calendar">What the calendar holds now.</param>
        /// <param name="isDate">It is RTC_DR.</param>
        /// <param name="isTime">It is RTC_TR; else, and if it is not RTC_DR, RTC_SSR.</param>
        /// <param name="bypassed">RTC_CR.BYPSHAD.</param>
        /// <param name="now">Virtual time.</param>
        /// <param name="frequency">RTCCLK in Hz, 0 if it stands still.</param>
        public void Sample(RtcInstant calendar, bool isDate, bool isTime, bool bypassed, TimeInterval now, ulong frequency)
        {
            IsReset = IsReset && !bypassed && !HasFollowed(now, frequency);
            stale = releasedAt != null && HasCopied(releasedAt.Value, now, frequency) ? null : stale;
            var shown = bypassed ? calendar : IsReset ? new RtcInstant { Date = DateAtReset } : stale ?? calendar;
            Sampled = shown;
            if(bypassed)
            {
                return;
            }
            if(isDate)
            {
                Sampled.Date = lockedDate ?? shown.Date;
                lockedTime = null;
                lockedDate = null;
                return;
            }
            lockedDate = lockedDate ?? shown.Date;
            if(isTime)
            {
                Sampled.Time = lockedTime ?? shown.Time;
            }
            else
            {
                lockedTime = lockedTime ?? shown.Time;
            }
        }

        /// <summary>Have the registers followed the calendar since RSF was cleared?</summary>
        public bool HasFollowed(TimeInterval now, ulong frequency) => HasCopied(clearedAt, now, frequency);

        /// <summary>Do the registers hold their reset values still?</summary>
        public bool IsReset { get; set; } = true;

        /// <summary>What the register that is read shows.</summary>
        public RtcInstant Sampled;

        private static bool HasCopied(TimeInterval since, TimeInterval now, ulong frequency)
        {
            return frequency != 0 && (now - since).Ticks >= 2 * TimeInterval.TicksPerSecond / frequency;
        }

        private TimeInterval clearedAt;
        private TimeInterval? releasedAt;
        private RtcInstant? stale;
        private uint? lockedTime;
        private uint? lockedDate;

        private const uint DateAtReset = 0x2101;
    }

    /// <summary>Date and time as RTC_SSR, RTC_TR and RTC_DR hold them.</summary>
    internal struct RtcInstant
    {
        public uint SubSecond;
        public uint Time;
        public uint Date;
    }
}
