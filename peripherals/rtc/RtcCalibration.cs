// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What RTC_CALR, RTC_CALIBR and RTC_PRER say of the calibration.</summary>
    internal struct RtcCalibrationSetting
    {
        /// <summary>CALM: pulses that are left out of each window of 2^20, 0 to 511.</summary>
        public uint Minus;

        /// <summary>CALP: one pulse more after each 2^11.</summary>
        public bool Plus;

        /// <summary>Minutes of each 64 that are corrected by the coarse calibration, 0 to 62; 0 also while it is off.</summary>
        public uint CoarseMinutes;

        /// <summary>DCS: one cycle of ck_apre less in a minute, instead of two more.</summary>
        public bool CoarseNegative;

        /// <summary>RTC clocks in a cycle of ck_apre.</summary>
        public uint CyclesPerFraction;
    }

    /// <summary>
    /// Digital calibration of the RTC (RM0090 26.3.10 and 26.3.11): where in its window each pulse is left out or inserted, and
    /// so how many clocks the calendar sees of those that the oscillator gives.
    /// </summary>
    internal class RtcCalibration
    {
        /// <summary>Passes clocks of the oscillator through.</summary>
        /// <returns>The clocks that reach the calendar; less than none where the coarse calibration takes a cycle of ck_apre back.</returns>
        public long Calibrate(ulong cycles, RtcCalibrationSetting setting)
        {
            var whole = cycles / Window;
            var end = windowPosition + (cycles % Window);
            var result = (long)(whole * (ulong)((long)Window + Correction(Window, setting))) + (long)(end - windowPosition);
            result += Correction(end % Window, setting) - Correction(windowPosition, setting);
            if(end >= Window)
            {
                result += Correction(Window, setting);
            }
            windowPosition = end % Window;
            return result + CalibrateCoarsely((ulong)result, setting);
        }

        /// <summary>Clocks of the oscillator that bring no more than so many clocks to the calendar, but nearly so many. At least 1.</summary>
        public ulong CyclesAtMost(ulong calibrated, RtcCalibrationSetting setting)
        {
            if(setting.Minus == 0 && !setting.Plus && setting.CoarseMinutes == 0)
            {
                return calibrated == 0 ? 1 : calibrated;
            }
            // No setting gains more than one clock in 2048 and, with the coarse one, two cycles of ck_apre in a minute.
            var surplus = (calibrated / 2000) + 2;
            if(setting.CoarseMinutes != 0)
            {
                surplus += ((calibrated / (FractionsPerMinute * setting.CyclesPerFraction)) + 1) * 2 * setting.CyclesPerFraction;
            }
            return calibrated > surplus ? calibrated - surplus : 1;
        }

        /// <summary>The 64 minutes of the coarse calibration begin when the calendar is started.</summary>
        public void RestartCoarse()
        {
            fractions = 0;
            coarseCycles = 0;
        }

        // Pulses that were inserted, less those left out, among the first ones of a window.
        private static long Correction(ulong pulses, RtcCalibrationSetting setting)
        {
            var correction = setting.Plus ? (long)(pulses / PulsesPerInsertion) : 0;
            for(var bit = 0; bit < 9; bit++)
            {
                if((setting.Minus >> bit & 1) != 0)
                {
                    // Bit 0 leaves out the middle pulse; each higher bit twice as many, between those of the lower ones.
                    var distance = Window >> bit;
                    correction -= (long)((pulses + (distance / 2) - 1) / distance);
                }
            }
            return correction;
        }

        private long CalibrateCoarsely(ulong cycles, RtcCalibrationSetting setting)
        {
            if(setting.CoarseMinutes == 0)
            {
                return 0;
            }
            var before = CoarseMinutes(fractions, setting);
            coarseCycles += cycles;
            fractions += coarseCycles / setting.CyclesPerFraction;
            coarseCycles %= setting.CyclesPerFraction;
            return (long)(CoarseMinutes(fractions, setting) - before) * (setting.CoarseNegative ? -1 : 2) * setting.CyclesPerFraction;
        }

        private static ulong CoarseMinutes(ulong fractions, RtcCalibrationSetting setting)
        {
            var minutes = fractions / FractionsPerMinute;
            var rest = minutes % MinutesPerTurn;
            return (minutes / MinutesPerTurn * setting.CoarseMinutes) + (rest < setting.CoarseMinutes ? rest : setting.CoarseMinutes);
        }

        private ulong windowPosition;
        private ulong fractions;
        private ulong coarseCycles;

        private const ulong Window = 1 << 20;
        private const ulong PulsesPerInsertion = 1 << 11;
        private const ulong FractionsPerMinute = 15360;
        private const ulong MinutesPerTurn = 64;
    }
}
