// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What the core does, as far as the clocks of the peripherals depend on it (RM0090 5.3, 7.3.15 to 7.3.19).</summary>
    internal enum CoreActivity
    {
        /// <summary>A clock runs if its bit in RCC_xxxENR is set.</summary>
        Running,
        /// <summary>Its bit in RCC_xxxLPENR has to be set, too.</summary>
        Sleeping,
        /// <summary>All clocks of the 1.2 V domain stand still.</summary>
        Stopped,
    }

    /// <summary>
    /// Clock gates of the peripherals that are registered with <see cref="STM32F4_RCC"/>. A peripheral without clock is off the
    /// bus, unless it handles that itself (<see cref="IClockGated"/>); a timer stops counting.
    /// </summary>
    internal class ClockGates
    {
        public ClockGates(IBusController sysbus, IClockSource clockSource)
        {
            this.sysbus = sysbus;
            this.clockSource = clockSource;
        }

        /// <summary>Makes a gate, on or off after reset.</summary>
        public void Define(int number)
        {
            gates.Add(number, new Gate());
        }

        public void Add(int number, IPeripheral peripheral)
        {
            gates[number].Peripherals.Add(peripheral);
            if(peripheral is LimitTimer)
            {
                // Each compare channel of a timer is a timer of its own, which nobody else tells of its clock. Its clock entry leads to it.
                counters[peripheral] = clockSource.GetAllClockEntries().Where(x => x.Owner == peripheral).Select(x => x.Handler.Target).OfType<LimitTimer>()
                    .OrderBy(x => x != peripheral).ToArray();
            }
            Switch(peripheral, IsOpen(gates[number]));
        }

        public bool Remove(IPeripheral peripheral)
        {
            var count = gates.Values.Count(x => x.Peripherals.Remove(peripheral));
            if(count > 0)
            {
                Switch(peripheral, true);
                counters.Remove(peripheral);
            }
            return count > 0;
        }

        /// <summary>Sets the bit of RCC_xxxENR.</summary>
        public void Enable(int number, bool value)
        {
            gates[number].Enabled = value;
            Apply(gates[number]);
        }

        /// <summary>Sets the bit of RCC_xxxLPENR.</summary>
        public void EnableInSleep(int number, bool value)
        {
            gates[number].EnabledInSleep = value;
            Apply(gates[number]);
        }

        /// <summary>A peripheral was reset: what its timer did before is over.</summary>
        public void Forget(IPeripheral peripheral)
        {
            stoppedTimers.ExceptWith(CountersOf(peripheral));
        }

        /// <summary>Everything was reset.</summary>
        public void Reset()
        {
            stoppedTimers.Clear();
            activity = CoreActivity.Running;
            standsStill = false;
        }

        /// <summary>Registered peripherals by gate.</summary>
        public IEnumerable<(int Number, IPeripheral Peripheral)> Peripherals => gates.SelectMany(x => x.Value.Peripherals.Select(y => (x.Key, y)));

        /// <summary>Peripherals behind one gate.</summary>
        public IReadOnlyList<IPeripheral> PeripheralsOf(int number) => gates[number].Peripherals;

        /// <summary>What counts in a registered timer: its counter, then its compare channels. Nothing, if it is no timer.</summary>
        public IReadOnlyList<LimitTimer> CountersOf(IPeripheral peripheral)
        {
            return counters.TryGetValue(peripheral, out var result) ? result : Array.Empty<LimitTimer>();
        }

        public bool Exists(int number) => gates.ContainsKey(number);

        public CoreActivity Activity
        {
            get => activity;
            set
            {
                if(activity == value)
                {
                    return;
                }
                // A core idles a thousand times a second: only gates that differ are touched.
                var affected = gates.Values.Where(x => x.Peripherals.Count > 0 && x.Enabled && (!x.EnabledInSleep || value == CoreActivity.Stopped || activity == CoreActivity.Stopped)).ToList();
                activity = value;
                foreach(var gate in affected)
                {
                    Apply(gate);
                }
            }
        }

        /// <summary>Has the clock of the whole system stopped?</summary>
        public bool StandsStill
        {
            get => standsStill;
            set
            {
                standsStill = value;
                foreach(var gate in gates.Values.Where(x => x.Peripherals.Count > 0 && x.Enabled))
                {
                    Apply(gate);
                }
            }
        }

        private bool IsOpen(Gate gate)
        {
            return gate.Enabled && !standsStill && activity != CoreActivity.Stopped && (gate.EnabledInSleep || activity == CoreActivity.Running);
        }

        private void Apply(Gate gate)
        {
            var isOpen = IsOpen(gate);
            foreach(var peripheral in gate.Peripherals)
            {
                Switch(peripheral, isOpen);
            }
        }

        private void Switch(IPeripheral peripheral, bool value)
        {
            if(peripheral is IClockGated gated)
            {
                gated.ClockEnabled = value;
                return;
            }
            sysbus.SetPeripheralEnabled(peripheral, value);
            foreach(var counter in CountersOf(peripheral))
            {
                if(!value && counter.Enabled)
                {
                    counter.Enabled = false;
                    stoppedTimers.Add(counter);
                }
                else if(value && stoppedTimers.Remove(counter))
                {
                    counter.Enabled = true;
                }
            }
        }

        private CoreActivity activity;
        private bool standsStill;

        private readonly IBusController sysbus;
        private readonly IClockSource clockSource;
        private readonly Dictionary<int, Gate> gates = new Dictionary<int, Gate>();
        private readonly Dictionary<IPeripheral, LimitTimer[]> counters = new Dictionary<IPeripheral, LimitTimer[]>();
        private readonly HashSet<LimitTimer> stoppedTimers = new HashSet<LimitTimer>();

        private class Gate
        {
            public bool Enabled;
            public bool EnabledInSleep = true;

            public readonly List<IPeripheral> Peripherals = new List<IPeripheral>();
        }
    }
}
