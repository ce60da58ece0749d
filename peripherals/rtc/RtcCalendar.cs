// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Date and time of the RTC, and their BCD form in RTC_TR, RTC_DR and RTC_ALRMxR (RM0090 26.6).</summary>
    internal class RtcCalendar
    {
        /// <summary>RTC_TR.</summary>
        public uint GetTime(bool twelveHours)
        {
            var hours = hour;
            var afternoon = 0u;
            if(twelveHours)
            {
                afternoon = hour >= 12 ? AfternoonBit : 0;
                hours = hour % 12 == 0 ? 12 : hour % 12;
            }
            return afternoon | ToBcd(hours) << 16 | ToBcd(minute) << 8 | ToBcd(second);
        }

        /// <summary>Sets the time from the form of RTC_TR. In the 12-hour format 12 AM is midnight.</summary>
        public void SetTime(uint value, bool twelveHours = false)
        {
            hour = HourOf(value, twelveHours);
            minute = FromBcd(value >> 8, 0x7);
            second = FromBcd(value, 0x7);
        }

        /// <summary>RTC_DR.</summary>
        public uint GetDate() => ToBcd(Year) << 16 | (uint)weekDay << 13 | ToBcd(month) << 8 | ToBcd(day);

        /// <summary>Sets the date from the form of RTC_DR.</summary>
        public void SetDate(uint value)
        {
            Year = FromBcd(value >> 16, 0xF);
            weekDay = (int)(value >> 13) & 0x7;
            month = FromBcd(value >> 8, 0x1);
            day = FromBcd(value, 0x3);
        }

        /// <summary>Adds to the hour alone, as daylight saving does.</summary>
        public void AddHours(int hours)
        {
            hour = (hour + 24 + hours) % 24;
        }

        /// <summary>Counts on by so many seconds, in one step.</summary>
        public void AddSeconds(ulong seconds)
        {
            if(seconds == 0)
            {
                return;
            }
            // The calendar has two digits of year: a century is a full turn. Its year 0 is a leap year, 2100 is not.
            var before = AsDateTime();
            var sinceTurn = (ulong)(before - FirstDay).TotalSeconds + seconds;
            var after = FirstDay.AddSeconds(sinceTurn % SecondsPerCentury);
            var days = (int)((sinceTurn / SecondsPerDay - (ulong)(before - FirstDay).TotalDays) % 7);
            weekDay = weekDay == 0 ? 0 : ((weekDay - 1 + days) % 7) + 1;
            Year = after.Year % 100;
            month = after.Month;
            day = after.Day;
            hour = after.Hour;
            minute = after.Minute;
            second = after.Second;
        }

        /// <summary>Does the current second match an alarm setting in the form of RTC_ALRMxR?</summary>
        public bool Matches(ulong setting, bool twelveHours = false)
        {
            return MatchesDay(setting, day, weekDay) && MatchesTime(setting, twelveHours, hour, minute, second);
        }

        /// <summary>Looks for the next later second that matches an alarm setting.</summary>
        /// <returns>False if there is none.</returns>
        public bool TryGetSecondsToMatch(ulong setting, out ulong seconds, bool twelveHours = false)
        {
            seconds = 0;
            if(!IsPossibleTime(setting, twelveHours))
            {
                return false;
            }
            var start = AsDateTime().AddSeconds(1);
            for(var days = 0; days <= LongestGapInDays; days++)
            {
                var date = start.Date.AddDays(days);
                var daysFromNow = (int)(date - AsDateTime().Date).TotalDays;
                if(!MatchesDay(setting, date.Day, weekDay == 0 ? 0 : ((weekDay - 1 + daysFromNow) % 7) + 1))
                {
                    continue;
                }
                var earliest = days == 0 ? start.TimeOfDay : TimeSpan.Zero;
                if(TryFindTime(setting, twelveHours, earliest, out var time))
                {
                    seconds = (ulong)(date + time - AsDateTime()).TotalSeconds;
                    return true;
                }
            }
            return false;
        }

        /// <summary>As a date; of what is none, what comes next to it.</summary>
        public DateTime AsDateTime()
        {
            var possibleMonth = Math.Clamp(month, 1, 12);
            var possibleYear = 2000 + Math.Min(Year, 99);
            return new DateTime(possibleYear, possibleMonth, Math.Clamp(day, 1, DateTime.DaysInMonth(possibleYear, possibleMonth)))
                .AddHours(Math.Min(hour, 23)).AddMinutes(Math.Min(minute, 59)).AddSeconds(Math.Min(second, 59));
        }

        /// <inheritdoc/>
        public override string ToString() => $"20{Year:00}-{month:00}-{day:00} {hour:00}:{minute:00}:{second:00}";

        /// <summary>0 to 99.</summary>
        public int Year { get; private set; }

        /// <summary>0 to 23.</summary>
        public int Hour => hour;

        private static bool IsPossibleTime(ulong setting, bool twelveHours)
        {
            return (IsMasked(setting, 23) || HourOf((uint)setting, twelveHours) < 24)
                && (IsMasked(setting, 15) || FromBcd((uint)setting >> 8, 0x7) < 60)
                && (IsMasked(setting, 7) || FromBcd((uint)setting, 0x7) < 60);
        }

        private static bool TryFindTime(ulong setting, bool twelveHours, TimeSpan earliest, out TimeSpan time)
        {
            for(var hours = earliest.Hours; hours < 24; hours++)
            {
                if(!IsMasked(setting, 23) && hours != HourOf((uint)setting, twelveHours))
                {
                    continue;
                }
                for(var minutes = 0; minutes < 60; minutes++)
                {
                    if(!IsMasked(setting, 15) && minutes != FromBcd((uint)setting >> 8, 0x7))
                    {
                        continue;
                    }
                    for(var seconds = 0; seconds < 60; seconds++)
                    {
                        time = new TimeSpan(hours, minutes, seconds);
                        if(time >= earliest && (IsMasked(setting, 7) || seconds == FromBcd((uint)setting, 0x7)))
                        {
                            return true;
                        }
                    }
                }
            }
            time = TimeSpan.Zero;
            return false;
        }

        private static bool MatchesDay(ulong setting, int day, int weekDay)
        {
            var isWeekDay = (setting & WeekDaySelectBit) != 0;
            return IsMasked(setting, 31) || (isWeekDay ? (int)(setting >> 24 & 0xF) == weekDay : FromBcd((uint)(setting >> 24), 0x3) == day);
        }

        private static bool MatchesTime(ulong setting, bool twelveHours, int hour, int minute, int second)
        {
            return (IsMasked(setting, 23) || HourOf((uint)setting, twelveHours) == hour)
                && (IsMasked(setting, 15) || FromBcd((uint)setting >> 8, 0x7) == minute)
                && (IsMasked(setting, 7) || FromBcd((uint)setting, 0x7) == second);
        }

        private static bool IsMasked(ulong setting, int bit) => (setting >> bit & 1) != 0;

        private static int HourOf(uint value, bool twelveHours)
        {
            var hours = FromBcd(value >> 16, 0x3);
            return twelveHours ? (hours % 12) + ((value & AfternoonBit) != 0 ? 12 : 0) : hours;
        }

        private static uint ToBcd(int value) => (uint)(value / 10 << 4 | value % 10);

        private static int FromBcd(uint value, uint tensMask) => (int)((value >> 4 & tensMask) * 10 + (value & 0xF));

        private int month = 1;
        private int day = 1;
        private int weekDay = 1;
        private int hour;
        private int minute;
        private int second;

        private const uint AfternoonBit = 1 << 22;
        private const ulong WeekDaySelectBit = 1 << 30;
        private const int LongestGapInDays = 366;
        // 2000 to 2099: every fourth year is a leap year.
        private const ulong SecondsPerDay = 24 * 3600;
        private const ulong SecondsPerCentury = 36525 * SecondsPerDay;

        private static readonly DateTime FirstDay = new DateTime(2000, 1, 1);
    }
}
