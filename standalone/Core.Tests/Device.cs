// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Standalone.Core.Tests
{
    /// <summary>State of many kinds, in registers, collections and time.</summary>
    public sealed class Device : BasicDoubleWordPeripheral, IKnownSize, IGPIOReceiver
    {
        public Device(IMachine machine) : base(machine)
        {
            timer = new LimitTimer(machine.ClockSource, 1000000, this, "timer", 1, enabled: true, eventEnabled: true);
            timer.LimitReached += () => Ticks++;
            Registers.Control.Define(this)
                .WithValueField(0, 4)
                .WithFlag(4);
        }

        public void OnGPIO(int number, bool value) => Inputs.Add($"{number}:{value}");

        public void Schedule(int value)
        {
            machine.ScheduleAction(TimeInterval.FromMicroseconds(1), _ => Scheduled = value);
        }

        public void Count()
        {
            Counts++;
            Happened?.Invoke();
            Counted?.Invoke();
        }

        public void Listen() => Counted += () => Heard++;

        /// <summary>All that it holds, as text.</summary>
        public string Describe()
        {
            var byName = ByName.OrderBy(x => x.Key).Select(x => $"{x.Key}={string.Join(",", x.Value ?? new List<int>())}");
            return $"{RegistersCollection.Read(0):X} {string.Join(" ", byName)} [{string.Join(",", Set)}] [{string.Join(",", Waiting)}] [{string.Join(",", Table.Cast<int>())}] "
                + $"[{string.Join(",", Inputs)}] {Ticks} {timer.Value} {Scheduled} {Counts} {Heard} {Limit} {IRQ.IsSet}";
        }

        public long Size => 0x400;

        public GPIO IRQ { get; } = new GPIO();

        public int Ticks { get; private set; }

        public int Scheduled { get; private set; }

        public List<string> Inputs { get; } = new List<string>();

        public Dictionary<string, List<int>> ByName { get; } = new Dictionary<string, List<int>>();

        public HashSet<Colour> Set { get; } = new HashSet<Colour>();

        public Queue<int> Waiting { get; } = new Queue<int>();

        public int[,] Table { get; } = new int[2, 3];

        public List<int>[] Lists { get; set; }

        public int Counts { get; private set; }

        public int Heard { get; private set; }

        public int? Limit { get; set; }

        [field: Transient]
        public event Action Happened;

        public event Action Counted;

        [OutsideEmulation]
        [Transient]
        public List<int> Outside;

        [Transient]
        public string Transient;

        private readonly LimitTimer timer;

        public enum Colour
        {
            Red,
            Blue,
        }

        private enum Registers
        {
            Control = 0,
        }
    }
}
