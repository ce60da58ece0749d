// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Time
{
    /// <summary>A counter that runs on virtual time and calls its handler when it reaches its period (or, descending, zero).</summary>
    public struct ClockEntry
    {
        /// <param name="period">Counts until the handler is called.</param>
        /// <param name="frequency">Counts per second; the counter stands still at 0.</param>
        /// <param name="step">How far one count moves the value.</param>
        public ClockEntry(ulong period, ulong frequency, Action handler, IEmulationElement owner, string localName, bool enabled = true,
            Direction direction = Direction.Ascending, WorkMode workMode = WorkMode.Periodic, ulong step = 1)
        {
            Value = direction == Direction.Ascending ? 0 : period;
            Period = period;
            Frequency = frequency;
            Handler = handler;
            Owner = owner;
            LocalName = localName;
            Enabled = enabled;
            Direction = direction;
            WorkMode = workMode;
            Step = step;
            Residue = 0;
        }

        public ClockEntry With(ulong? period = null, ulong? frequency = null, Action handler = null, bool? enabled = null,
            ulong? value = null, Direction? direction = null, WorkMode? workMode = null, ulong? step = null)
        {
            return new ClockEntry(period ?? Period, frequency ?? Frequency, handler ?? Handler, Owner, LocalName, enabled ?? Enabled,
                direction ?? Direction, workMode ?? WorkMode, step ?? Step)
            {
                Value = value ?? Value,
                Residue = frequency != null || value != null ? 0 : Residue,
            };
        }

        public ulong Value;

        // elapsed part of the current count, in 1e-9 counts
        internal ulong Residue;

        public ulong Period { get; }

        public ulong Frequency { get; }

        public Action Handler { get; }

        public bool Enabled { get; }

        public Direction Direction { get; }

        public WorkMode WorkMode { get; }

        public IEmulationElement Owner { get; }

        public string LocalName { get; }

        public ulong Step { get; }
    }

    /// <summary>Clock entries, each known by its handler.</summary>
    public interface IClockSource
    {
        void ExecuteInLock(Action action);

        void AddClockEntry(ClockEntry entry);

        void ExchangeClockEntryWith(Action handler, Func<ClockEntry, ClockEntry> visitor, Func<ClockEntry> factoryIfNonExistent = null);

        bool TryRemoveClockEntry(Action handler);

        ClockEntry GetClockEntry(Action handler);

        IEnumerable<ClockEntry> GetAllClockEntries();

        TimeInterval CurrentValue { get; }
    }

    /// <summary>
    /// A clock that is moved by <see cref="Advance"/>. Values are computed when asked for; handlers run in the order of their
    /// times, and while one runs the clock shows exactly its time.
    /// </summary>
    public class BaseClockSource : IClockSource
    {
        /// <summary>Moves the clock forward and calls the handlers that come due.</summary>
        public void Advance(TimeInterval time, bool immediately = false)
        {
            var target = now + time.Ticks;
            RunDueEntries(target);
            now = target;
        }

        public void ExecuteInLock(Action action) => action();

        public void AddClockEntry(ClockEntry entry)
        {
            if(entries.Any(x => x.Data.Handler == entry.Handler))
            {
                throw new ArgumentException("A clock entry with this handler already exists.");
            }
            var added = new Entry();
            entries.Add(added);
            Store(added, entry);
        }

        public void ExchangeClockEntryWith(Action handler, Func<ClockEntry, ClockEntry> visitor, Func<ClockEntry> factoryIfNonExistent = null)
        {
            var entry = Find(handler);
            if(entry != null)
            {
                Store(entry, visitor(Current(entry)));
            }
            else if(factoryIfNonExistent != null)
            {
                AddClockEntry(factoryIfNonExistent());
            }
            else
            {
                throw new KeyNotFoundException("No clock entry has this handler.");
            }
        }

        public bool TryRemoveClockEntry(Action handler)
        {
            var entry = Find(handler);
            if(entry == null)
            {
                return false;
            }
            entries.Remove(entry);
            nearestIsValid = false;
            return true;
        }

        public ClockEntry GetClockEntry(Action handler)
        {
            return Current(Find(handler) ?? throw new KeyNotFoundException("No clock entry has this handler."));
        }

        public IEnumerable<ClockEntry> GetAllClockEntries() => entries.Select(Current).ToArray();

        public TimeInterval CurrentValue => TimeInterval.FromTicks(Now);

        /// <summary>Time until the next handler is due.</summary>
        public TimeInterval NearestLimitIn
        {
            get
            {
                var limit = NearestLimit;
                return TimeInterval.FromTicks(limit == Never ? Never : limit > Now ? limit - Now : 0);
            }
        }

        public bool HasEntries => entries.Count > 0;

        /// <summary>Calls the handlers that are due at <paramref name="target"/> or before, each at its own time.</summary>
        protected void RunDueEntries(ulong target)
        {
            while(NearestLimit <= target)
            {
                var entry = nearestEntry;
                var before = now;
                now = Math.Max(now, entry.FiresAt);
                handling = true;
                try
                {
                    Fire(entry);
                }
                finally
                {
                    handling = false;
                }
                if(now < before)
                {
                    throw new InvalidOperationException("The clock went backwards.");
                }
            }
        }

        /// <summary>Called when the time of the next handler may have come nearer.</summary>
        protected virtual void OnEntriesChanged()
        {
        }

        /// <summary>Nanoseconds since the clock was started.</summary>
        protected virtual ulong Now => now;

        /// <summary>Whether a handler runs, and the clock therefore shows that handler's time.</summary>
        protected bool Handling => handling;

        /// <summary>Time of the next handler in nanoseconds, <see cref="Never"/> if there is none.</summary>
        protected ulong NearestLimit
        {
            get
            {
                if(!nearestIsValid)
                {
                    nearestLimit = Never;
                    nearestEntry = null;
                    foreach(var entry in entries)
                    {
                        if(entry.FiresAt < nearestLimit)
                        {
                            nearestLimit = entry.FiresAt;
                            nearestEntry = entry;
                        }
                    }
                    nearestIsValid = true;
                }
                return nearestLimit;
            }
        }

        protected ulong now;

        protected const ulong Never = ulong.MaxValue;

        private static void ScheduleFrom(Entry entry, ulong time)
        {
            entry.Since = time;
            var data = entry.Data;
            var rate = data.Frequency * data.Step;
            if(!data.Enabled || rate == 0)
            {
                entry.FiresAt = Never;
                return;
            }
            var left = data.Direction == Direction.Descending ? data.Value : data.Period > data.Value ? data.Period - data.Value : 0;
            var parts = (UInt128)left * Billion;
            // an entry that is already past its limit fires next, but never twice at one time
            var delay = parts <= data.Residue ? 1 : (parts - data.Residue + rate - 1) / rate;
            entry.FiresAt = delay >= Never - time ? Never : time + (ulong)delay;
        }

        private void Fire(Entry entry)
        {
            var data = entry.Data;
            var time = now;
            var left = data.Direction == Direction.Descending ? data.Value : data.Period > data.Value ? data.Period - data.Value : 0;
            var parts = (UInt128)(time - entry.Since) * (data.Frequency * data.Step) + data.Residue;
            var needed = (UInt128)left * Billion;
            // what the rounding to whole nanoseconds added is part of the next round, so that the rate is exact
            var residue = parts > needed && parts - needed < Billion * (UInt128)data.Step ? (ulong)(parts - needed) : 0;
            data = data.With(enabled: data.WorkMode == WorkMode.Periodic, value: data.Direction == Direction.Descending ? data.Period : 0);
            data.Residue = data.WorkMode == WorkMode.Periodic ? residue : 0;
            entry.Data = data;
            ScheduleFrom(entry, time);
            nearestIsValid = false;
            data.Handler();
        }

        private ClockEntry Current(Entry entry)
        {
            var data = entry.Data;
            var time = Now;
            if(!data.Enabled || time <= entry.Since)
            {
                return data;
            }
            if(time > entry.FiresAt)
            {
                // its handler is yet to be called; until then the value does not wrap
                time = entry.FiresAt;
            }
            var parts = (UInt128)(time - entry.Since) * (data.Frequency * data.Step) + data.Residue;
            var counts = parts / Billion;
            data.Residue = (ulong)(parts - counts * Billion);
            if(data.Direction == Direction.Ascending)
            {
                data.Value = counts >= ulong.MaxValue - data.Value ? ulong.MaxValue : data.Value + (ulong)counts;
                if(data.Value >= data.Period && data.Period > 0)
                {
                    data.Value = Math.Max(entry.Data.Value, data.Period - 1);
                }
            }
            else
            {
                data.Value = counts >= data.Value ? 0 : data.Value - (ulong)counts;
            }
            return data;
        }

        private void Store(Entry entry, ClockEntry data)
        {
            entry.Data = data;
            ScheduleFrom(entry, Now);
            nearestIsValid = false;
            OnEntriesChanged();
        }

        private Entry Find(Action handler)
        {
            foreach(var entry in entries)
            {
                if(entry.Data.Handler == handler)
                {
                    return entry;
                }
            }
            return null;
        }

        private bool handling;
        private bool nearestIsValid;
        private ulong nearestLimit;
        private Entry nearestEntry;

        private readonly List<Entry> entries = new List<Entry>();

        private const ulong Billion = 1000000000;

        private sealed class Entry
        {
            public ClockEntry Data;
            public ulong Since;
            public ulong FiresAt;
        }
    }
}
