// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Shadow registers of the calendar (RM0090 26.3.6): what the guest reads, in the VDD domain.</summary>
    internal class RtcShadow
    {
        /// <summary>As after a reset: the registers hold their reset values until they have followed the calendar once.</summary>
        public void Reset(TimeInterval now)
        {
            Desynchronize(now);
            IsReset = true;
        }

        /// <summary>RSF is cleared: the registers follow the calendar anew.</summary>
        public void Desynchronize(TimeInterval now)
        {
            ClearedAt = now;
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
        /// <param name="hasFollowed">Have the registers followed the calendar since RSF was cleared?</param>
        public void Sample(RtcInstant calendar, bool isDate, bool isTime, bool bypassed, bool hasFollowed)
        {
            IsReset = IsReset && !bypassed && !hasFollowed;
            var shown = IsReset ? new RtcInstant { Date = DateAtReset } : calendar;
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

        /// <summary>When RSF was cleared, in virtual time.</summary>
        public TimeInterval ClearedAt { get; private set; }

        /// <summary>Do the registers hold their reset values still?</summary>
        public bool IsReset { get; set; } = true;

        /// <summary>What the register that is read shows.</summary>
        public RtcInstant Sampled;

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
