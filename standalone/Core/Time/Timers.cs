// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Timers
{
    public interface ITimer : IHasFrequency
    {
        ulong Value { get; set; }

        bool Enabled { get; set; }
    }

    /// <summary>Counts to a limit (ascending from 0, or descending to 0), then tells and starts over or stops.</summary>
    public class LimitTimer : ITimer, IPeripheral
    {
        /// <param name="frequency">Hertz, before the divider.</param>
        /// <param name="autoUpdate">Whether setting <see cref="Limit"/> starts the count over.</param>
        public LimitTimer(IClockSource clockSource, ulong frequency, IPeripheral owner, string localName, ulong limit = ulong.MaxValue, Direction direction = Direction.Descending,
            bool enabled = false, WorkMode workMode = WorkMode.Periodic, bool eventEnabled = false, bool autoUpdate = false, ulong divider = 1)
        {
            if(limit == 0)
            {
                throw new ConstructionException("Limit must be greater than 0");
            }
            if(divider == 0)
            {
                throw new ConstructionException("Divider must be greater than 0");
            }
            if(frequency == 0)
            {
                throw new ConstructionException("Frequency must be greater than 0");
            }
            this.clockSource = clockSource;
            LocalName = localName;
            initialFrequency = frequency;
            initialDivider = divider;
            initialEventEnabled = eventEnabled;
            initialAutoUpdate = autoUpdate;
            initialEntry = new ClockEntry(limit, frequency / divider, OnLimitReached, owner ?? this, localName, enabled, direction, workMode);
            Restore();
        }

        public virtual void Reset() => Restore();

        /// <summary>Starts the count over.</summary>
        public void ResetValue() => Change(x => x.With(value: x.Direction == Direction.Ascending ? 0 : x.Period));

        public void ClearInterrupt() => RawInterrupt = false;

        /// <summary>Counts up by hand, wrapping at the limit.</summary>
        /// <returns>How many times the limit was reached.</returns>
        public ulong Increment(ulong incrementBy)
        {
            var next = Value + incrementBy;
            var limit = Limit;
            Value = next % limit;
            return next / limit;
        }

        public ulong Decrement(ulong decrementBy)
        {
            var limit = Limit;
            var value = Value;
            var wraps = (limit - 1 - value + decrementBy) / limit;
            Value = value + limit * wraps - decrementBy;
            return wraps;
        }

        public string LocalName { get; }

        public virtual bool Enabled
        {
            get => Entry.Enabled;
            set => Change(x => x.With(enabled: value));
        }

        public ulong Value
        {
            get => Entry.Value;
            set
            {
                if(value > initialEntry.Period)
                {
                    throw new ArgumentException("Value cannot be larger than limit");
                }
                Change(x => x.With(value: value));
            }
        }

        public ulong Limit
        {
            get => Entry.Period;
            set => Change(x => AutoUpdate ? x.With(period: value, value: x.Direction == Direction.Ascending ? 0 : value) : x.With(period: value));
        }

        public ulong Frequency
        {
            get => frequency;
            set
            {
                if(value == 0)
                {
                    throw new ArgumentException("Frequency must be greater than 0");
                }
                frequency = value;
                Change(x => x.With(frequency: frequency / divider));
            }
        }

        public ulong Divider
        {
            get => divider;
            set
            {
                if(value == 0)
                {
                    throw new ArgumentException("Divider must be greater than 0");
                }
                if(value == divider)
                {
                    return;
                }
                divider = value;
                Change(x => x.With(frequency: frequency / divider));
            }
        }

        public Direction Direction
        {
            get => Entry.Direction;
            set => Change(x => x.With(direction: value));
        }

        public WorkMode Mode
        {
            get => Entry.WorkMode;
            set => Change(x => x.With(workMode: value));
        }

        public bool AutoUpdate { get; set; }

        public bool EventEnabled { get; set; }

        /// <summary>Whether the limit was reached since <see cref="ClearInterrupt"/>.</summary>
        public bool RawInterrupt { get; private set; }

        public bool Interrupt => RawInterrupt && EventEnabled;

        public event Action LimitReached;

        protected LimitTimer(IClockSource clockSource, ulong frequency, ulong limit = ulong.MaxValue, Direction direction = Direction.Descending, bool enabled = false,
            WorkMode workMode = WorkMode.Periodic, bool eventEnabled = false, bool autoUpdate = false, ulong divider = 1)
            : this(clockSource, frequency, null, null, limit, direction, enabled, workMode, eventEnabled, autoUpdate, divider)
        {
        }

        protected void ClearSubscriptions() => LimitReached = null;

        protected virtual void OnLimitReached()
        {
            RawInterrupt = true;
            if(EventEnabled)
            {
                LimitReached?.Invoke();
            }
        }

        private void Restore()
        {
            frequency = initialFrequency;
            divider = initialDivider;
            EventEnabled = initialEventEnabled;
            AutoUpdate = initialAutoUpdate;
            RawInterrupt = false;
            clockSource.ExchangeClockEntryWith(OnLimitReached, _ => initialEntry, () => initialEntry);
        }

        private void Change(Func<ClockEntry, ClockEntry> visitor) => clockSource.ExchangeClockEntryWith(OnLimitReached, visitor);

        private ClockEntry Entry => clockSource.GetClockEntry(OnLimitReached);

        private ulong frequency;
        private ulong divider;

        private readonly IClockSource clockSource;
        private readonly ClockEntry initialEntry;
        private readonly ulong initialFrequency;
        private readonly ulong initialDivider;
        private readonly bool initialEventEnabled;
        private readonly bool initialAutoUpdate;
    }

    /// <summary>Counts up to its limit and over, and tells when it passes the compare value.</summary>
    public class ComparingTimer : ITimer, IPeripheral
    {
        public ComparingTimer(IClockSource clockSource, ulong frequency, IPeripheral owner, string localName, ulong limit = ulong.MaxValue, Direction direction = Direction.Ascending,
            bool enabled = false, WorkMode workMode = WorkMode.OneShot, bool eventEnabled = false, ulong compare = ulong.MaxValue, ulong divider = 1, ulong step = 1)
        {
            if(compare > limit)
            {
                throw new ConstructionException($"Compare value ({compare}) cannot be higher than limit ({limit}).");
            }
            if(divider == 0 || frequency == 0 || limit == 0)
            {
                throw new ArgumentException("Divider, frequency and limit cannot be zero.");
            }
            this.clockSource = clockSource;
            this.limit = limit;
            this.owner = owner ?? this;
            this.localName = localName;
            initialFrequency = frequency;
            initialDivider = divider;
            initialStep = step;
            initialCompare = compare;
            initialEnabled = enabled;
            initialEventEnabled = eventEnabled;
            Restore();
        }

        public virtual void Reset() => Restore();

        public bool Enabled
        {
            get => Entry.Enabled;
            set => clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => x.With(enabled: value));
        }

        public bool EventEnabled { get; set; }

        public ulong Frequency
        {
            get => frequency;
            set
            {
                if(value == 0)
                {
                    throw new ArgumentException("Frequency cannot be zero.");
                }
                frequency = value;
                clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => x.With(frequency: frequency / divider));
            }
        }

        public ulong Divider
        {
            get => divider;
            set
            {
                if(value == 0)
                {
                    throw new ArgumentException("Divider cannot be zero.");
                }
                divider = value;
                clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => x.With(frequency: frequency / divider));
            }
        }

        public ulong Step
        {
            get => Entry.Step;
            set => clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => x.With(step: value));
        }

        public ulong Value
        {
            get => segmentStart + Entry.Value;
            set
            {
                if(value > limit)
                {
                    throw new ArgumentException("Value cannot be larger than limit");
                }
                clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => Segment(x, value, x.Enabled));
            }
        }

        public ulong Compare
        {
            get => compare;
            set
            {
                if(value > limit)
                {
                    throw new InvalidOperationException($"Compare value ({value}) cannot be higher than limit ({limit}).");
                }
                clockSource.ExchangeClockEntryWith(OnSegmentEnd, x =>
                {
                    compare = value;
                    return Segment(x, segmentStart + x.Value, x.Enabled);
                });
            }
        }

        public event Action CompareReached;

        protected virtual void OnCompareReached()
        {
            if(EventEnabled)
            {
                CompareReached?.Invoke();
            }
        }

        // the count is run in segments: from a start to the compare value, or from there to the limit
        private ClockEntry Segment(ClockEntry entry, ulong start, bool enabled)
        {
            segmentStart = start;
            return entry.With(period: (compare > start ? compare : limit) - start, value: 0, enabled: enabled);
        }

        private void OnSegmentEnd()
        {
            var reached = segmentStart + Entry.Period;
            var isCompare = reached == compare;
            clockSource.ExchangeClockEntryWith(OnSegmentEnd, x => Segment(x, reached >= limit ? 0 : reached, true));
            if(isCompare)
            {
                OnCompareReached();
            }
        }

        private void Restore()
        {
            frequency = initialFrequency;
            divider = initialDivider;
            compare = initialCompare;
            segmentStart = 0;
            EventEnabled = initialEventEnabled;
            var entry = new ClockEntry(compare, frequency / divider, OnSegmentEnd, owner, localName, initialEnabled, Direction.Ascending, WorkMode.OneShot, initialStep);
            clockSource.ExchangeClockEntryWith(OnSegmentEnd, _ => entry, () => entry);
        }

        private ClockEntry Entry => clockSource.GetClockEntry(OnSegmentEnd);

        private ulong frequency;
        private ulong divider;
        private ulong compare;
        private ulong segmentStart;

        private readonly IClockSource clockSource;
        private readonly IPeripheral owner;
        private readonly string localName;
        private readonly ulong limit;
        private readonly ulong initialFrequency;
        private readonly ulong initialDivider;
        private readonly ulong initialStep;
        private readonly ulong initialCompare;
        private readonly bool initialEnabled;
        private readonly bool initialEventEnabled;
    }
}
