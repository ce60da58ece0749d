// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>How long oscillators and PLLs take from where they are switched on until they are ready, in microseconds of virtual time; 0 is at once.</summary>
    internal sealed class ClockStartUp
    {
        /// <summary>Creates it with all sources off.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="owner">The clock controller.</param>
        public ClockStartUp(IMachine machine, IPeripheral owner)
        {
            this.machine = machine;
            this.owner = owner;
        }

        /// <summary>Sets what a source takes.</summary>
        public void Take(ClockSources source, uint microseconds)
        {
            if(microseconds == 0)
            {
                return;
            }
            var timer = new LimitTimer(machine.ClockSource, 1000000, owner, $"start-up of {source}", microseconds, workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += () =>
            {
                End(source);
                GotReady?.Invoke();
            };
            timers.Add(source, timer);
        }

        /// <summary>Tells what oscillates now: what does so for the first time starts, what doesn't is no longer ready.</summary>
        /// <param name="running">All sources that are on, and could oscillate.</param>
        /// <param name="atOnce">Those of them that need no time, as there is no crystal to wait for.</param>
        public void Follow(ClockSources running, ClockSources atOnce)
        {
            Ready &= running;
            if(running == (Ready | starting))
            {
                return;
            }
            foreach(var (source, timer) in timers)
            {
                if(!running.HasFlag(source))
                {
                    if(starting.HasFlag(source))
                    {
                        timer.Enabled = false;
                    }
                }
                else if(!(Ready | starting | atOnce).HasFlag(source))
                {
                    VirtualClock.Synchronize(machine);
                    timer.ResetValue();
                    timer.Enabled = true;
                    starting |= source;
                    reads = 0;
                    continue;
                }
            }
            starting &= running;
            Ready |= running & ~starting;
        }

        /// <summary>A source is ready, however long ago it was switched on.</summary>
        public void End(ClockSources source)
        {
            if(starting.HasFlag(source))
            {
                starting &= ~source;
                timers[source].Enabled = false;
            }
            Ready |= source;
        }

        /// <summary>Firmware asks whether HSE is ready. What counts its questions instead of time gets the answer before it gives up.</summary>
        public void CountQuestion()
        {
            if(starting.HasFlag(ClockSources.Hse) && ++reads >= MaximumReads)
            {
                End(ClockSources.Hse);
                GotReady?.Invoke();
            }
        }

        /// <summary>All that was ready when it was last told what oscillates.</summary>
        public ClockSources Ready { get; private set; }

        /// <summary>A source got ready by the time that has passed.</summary>
        public event Action GotReady;

        private ClockSources starting;
        private int reads;

        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly Dictionary<ClockSources, LimitTimer> timers = new Dictionary<ClockSources, LimitTimer>();

        // Old libraries give up after 0x500 reads. On silicon these take a millisecond, as the core runs at 16 MHz.
        private const int MaximumReads = 1000;
    }
}
