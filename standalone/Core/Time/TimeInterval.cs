// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Globalization;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Time
{
    /// <summary>A span of virtual time; one tick is one nanosecond.</summary>
    [Convertible]
    public struct TimeInterval : IComparable<TimeInterval>, IEquatable<TimeInterval>
    {
        public static explicit operator TimeInterval(string s)
        {
            return TryParse(s, out var result) ? result : throw new RecoverableException($"'{s}' is no time interval: write it as hh:mm:ss.fraction.");
        }

        /// <summary>Reads <c>[[hours:]minutes:]seconds[.fraction]</c>.</summary>
        public static bool TryParse(string input, out TimeInterval output)
        {
            output = Empty;
            var match = Regex.Match(input.Trim(), @"^(?:(?:(\d+):)?(\d+):)?(\d+)(?:\.(\d+))?$");
            if(!match.Success)
            {
                return false;
            }
            ulong Number(int group) => match.Groups[group].Success ? ulong.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
            var fraction = match.Groups[4].Success ? ulong.Parse(match.Groups[4].Value.PadRight(9, '0').Substring(0, 9), CultureInfo.InvariantCulture) : 0;
            output = FromTicks(((Number(1) * 60 + Number(2)) * 60 + Number(3)) * TicksPerSecond + fraction);
            return true;
        }

        public static TimeInterval FromTicks(ulong ticks) => new TimeInterval(ticks);

        public static TimeInterval FromNanoseconds(ulong v) => new TimeInterval(v * TicksPerNanosecond);

        public static TimeInterval FromMicroseconds(ulong v) => new TimeInterval(v * TicksPerMicrosecond);

        public static TimeInterval FromMilliseconds(ulong v) => new TimeInterval(v * TicksPerMillisecond);

        public static TimeInterval FromMilliseconds(float v) => new TimeInterval((ulong)(v * TicksPerMillisecond));

        public static TimeInterval FromSeconds(ulong v) => new TimeInterval(v * TicksPerSecond);

        public static TimeInterval FromSeconds(float v) => new TimeInterval((ulong)(v * TicksPerSecond));

        public static TimeInterval FromSeconds(double v) => new TimeInterval((ulong)(v * TicksPerSecond));

        public static TimeInterval FromMinutes(ulong v) => FromSeconds(v * 60);

        public static TimeInterval FromTimeSpan(TimeSpan span) => new TimeInterval((ulong)span.Ticks * 100);

        public static TimeInterval Min(TimeInterval t1, TimeInterval t2) => t1.ticks <= t2.ticks ? t1 : t2;

        public static readonly TimeInterval Empty = FromTicks(0);
        public static readonly TimeInterval Maximal = FromTicks(ulong.MaxValue);

        public TimeSpan ToTimeSpan() => TimeSpan.FromTicks((long)(ticks / 100));

        public int CompareTo(TimeInterval other) => ticks.CompareTo(other.ticks);

        public bool Equals(TimeInterval other) => ticks == other.ticks;

        public override bool Equals(object obj) => obj is TimeInterval other && Equals(other);

        public override int GetHashCode() => ticks.GetHashCode();

        public override string ToString()
        {
            var seconds = ticks / TicksPerSecond;
            return $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}.{ticks % TicksPerSecond:000000000}";
        }

        public ulong Ticks => ticks;

        public ulong TotalNanoseconds => ticks / TicksPerNanosecond;

        public double TotalMicroseconds => ticks / (double)TicksPerMicrosecond;

        public double TotalMilliseconds => ticks / (double)TicksPerMillisecond;

        public double TotalSeconds => ticks / (double)TicksPerSecond;

        public static TimeInterval operator +(TimeInterval t1, TimeInterval t2) => new TimeInterval(checked(t1.ticks + t2.ticks));

        public static TimeInterval operator -(TimeInterval t1, TimeInterval t2) => new TimeInterval(checked(t1.ticks - t2.ticks));

        public static TimeInterval operator *(TimeInterval t, double n) => new TimeInterval(checked((ulong)(t.ticks * n)));

        public static TimeInterval operator *(TimeInterval t, ulong n) => new TimeInterval(checked(t.ticks * n));

        public static TimeInterval operator /(TimeInterval t, double n) => new TimeInterval((ulong)(t.ticks / n));

        public static TimeInterval operator /(TimeInterval t, ulong n) => new TimeInterval(t.ticks / n);

        public static bool operator <(TimeInterval t1, TimeInterval t2) => t1.ticks < t2.ticks;

        public static bool operator >(TimeInterval t1, TimeInterval t2) => t1.ticks > t2.ticks;

        public static bool operator <=(TimeInterval t1, TimeInterval t2) => t1.ticks <= t2.ticks;

        public static bool operator >=(TimeInterval t1, TimeInterval t2) => t1.ticks >= t2.ticks;

        public static bool operator ==(TimeInterval t1, TimeInterval t2) => t1.ticks == t2.ticks;

        public static bool operator !=(TimeInterval t1, TimeInterval t2) => t1.ticks != t2.ticks;

        public const ulong TicksPerNanosecond = 1;
        public const ulong TicksPerMicrosecond = 1000 * TicksPerNanosecond;
        public const ulong TicksPerMillisecond = 1000 * TicksPerMicrosecond;
        public const ulong TicksPerSecond = 1000 * TicksPerMillisecond;

        private TimeInterval(ulong ticks)
        {
            this.ticks = ticks;
        }

        private readonly ulong ticks;
    }

    public interface ITimeDomain
    {
    }

    /// <summary>A point in the virtual time of a domain.</summary>
    public struct TimeStamp
    {
        public TimeStamp(TimeInterval interval, ITimeDomain domain)
        {
            TimeElapsed = interval;
            Domain = domain;
        }

        public override string ToString() => $"[Domain = {Domain}, TimeElapsed = {TimeElapsed}]";

        public TimeInterval TimeElapsed { get; private set; }

        public ITimeDomain Domain { get; private set; }

        public static TimeStamp operator +(TimeStamp ts, TimeInterval ti) => new TimeStamp(ts.TimeElapsed + ti, ts.Domain);

        public static TimeStamp operator -(TimeStamp ts, TimeInterval ti) => new TimeStamp(ts.TimeElapsed - ti, ts.Domain);
    }

    public enum WorkMode
    {
        OneShot = 0,
        Periodic = 1,
    }

    public enum Direction
    {
        Ascending,
        Descending,
    }
}
