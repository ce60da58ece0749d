// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>An input of a timer with its digital filter (RM0090 18.4.7, ICxF): a level counts once it has held for so many samples.</summary>
    internal class TimerInput
    {
        /// <summary>The pin changes.</summary>
        /// <param name="level">Its level now.</param>
        /// <param name="now">Clocks of the timer until now.</param>
        /// <param name="delay">Clocks that the filter takes.</param>
        /// <returns>Does the timer see it at once?</returns>
        public bool Drive(bool level, ulong now, ulong delay)
        {
            if(level == Level)
            {
                // A pulse shorter than the filter.
                IsPending = false;
                return false;
            }
            if(delay == 0)
            {
                Level = level;
                return true;
            }
            if(!IsPending)
            {
                IsPending = true;
                Due = now + delay;
            }
            return false;
        }

        /// <summary>Time has passed.</summary>
        /// <returns>Does the timer see another level now?</returns>
        public bool Settle(ulong now)
        {
            if(!IsPending || Due > now)
            {
                return false;
            }
            IsPending = false;
            Level = !Level;
            return true;
        }

        public void Reset()
        {
            IsPending = false;
        }

        /// <summary>Clocks of the timer that a filter takes, by its four bits.</summary>
        /// <param name="filter">ICxF or ETF.</param>
        /// <param name="samplingDivider">Clocks of the timer in a period of the sampling clock (CKD).</param>
        public static ulong DelayOf(uint filter, ulong samplingDivider)
        {
            return filter < 4 ? Samples[filter] : Samples[filter] * Dividers[filter] * samplingDivider;
        }

        /// <summary>What the timer sees.</summary>
        public bool Level { get; private set; }

        /// <summary>Is there another level at the pin that the filter holds back?</summary>
        public bool IsPending { get; private set; }

        /// <summary>When it passes, in clocks of the timer.</summary>
        public ulong Due { get; private set; }

        private static readonly ulong[] Samples = { 0, 2, 4, 8, 6, 8, 6, 8, 6, 8, 5, 6, 8, 5, 6, 8 };
        private static readonly ulong[] Dividers = { 1, 1, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 16, 32, 32, 32 };
    }
}
