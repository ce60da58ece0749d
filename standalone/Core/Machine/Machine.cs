// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Core
{
    public sealed class Machine : IMachine, IDisposable
    {
        public Machine(bool createLocalTimeSource = true)
        {
            clock = new MachineClock();
            localTimeSource = new MachineTimeSource(this);
            bus = new SystemBus(this);
            nodes.Add(new Node { Peripheral = bus, Point = NullRegistrationPoint.Instance });
            names.Add(bus, SystemBusName);
        }

        public void Dispose()
        {
            foreach(var peripheral in Distinct().OfType<IDisposable>().ToArray())
            {
                peripheral.Dispose();
            }
        }

        public IBusController GetSystemBus(IBusPeripheral peripheral) => bus;

        public void RegisterAsAChildOf(IPeripheral peripheralParent, IPeripheral peripheralChild, IRegistrationPoint registrationPoint)
        {
            if(!IsRegistered(peripheralParent))
            {
                throw new RegistrationException($"Cannot register {peripheralChild.GetType().Name}: its parent {peripheralParent.GetType().Name} is not registered itself.");
            }
            nodes.Add(new Node { Peripheral = peripheralChild, Parent = peripheralParent, Point = registrationPoint });
            PeripheralsChanged?.Invoke(this, PeripheralsChangedEventArgs.Create(peripheralChild, PeripheralsChangedEventArgs.PeripheralChangeType.Addition));
        }

        public void UnregisterAsAChildOf(IPeripheral peripheralParent, IPeripheral peripheralChild)
        {
            if(nodes.RemoveAll(x => x.Parent == peripheralParent && x.Peripheral == peripheralChild) == 0)
            {
                throw new RegistrationException($"{peripheralChild.GetType().Name} is not registered in {peripheralParent.GetType().Name}.");
            }
            if(!IsRegistered(peripheralChild))
            {
                foreach(var child in GetChildrenPeripherals(peripheralChild).ToArray())
                {
                    UnregisterAsAChildOf(peripheralChild, child);
                }
                names.Remove(peripheralChild);
            }
            PeripheralsChanged?.Invoke(this, PeripheralsChangedEventArgs.Create(peripheralChild, PeripheralsChangedEventArgs.PeripheralChangeType.CompleteRemoval));
        }

        public bool IsRegistered(IPeripheral peripheral) => nodes.Exists(x => x.Peripheral == peripheral);

        public IEnumerable<PeripheralTreeEntry> GetRegisteredPeripherals()
        {
            var result = new List<PeripheralTreeEntry>();
            AddTree(result, nodes[0], 0);
            return result;
        }

        public IEnumerable<IPeripheral> GetChildrenPeripherals(IPeripheral peripheral) => nodes.Where(x => x.Parent == peripheral).Select(x => x.Peripheral).Distinct().ToArray();

        public IEnumerable<IPeripheral> GetParentPeripherals(IPeripheral peripheral)
        {
            return nodes.Where(x => x.Peripheral == peripheral && x.Parent != null).Select(x => x.Parent).Distinct().ToArray();
        }

        public IEnumerable<IRegistrationPoint> GetPeripheralRegistrationPoints(IPeripheral parentPeripheral, IPeripheral childPeripheral)
        {
            return nodes.Where(x => x.Parent == parentPeripheral && x.Peripheral == childPeripheral).Select(x => x.Point).ToArray();
        }

        public IEnumerable<T> GetPeripheralsOfType<T>() => Distinct().OfType<T>().ToArray();

        public IEnumerable<IPeripheral> GetPeripheralsOfType(Type t) => Distinct().Where(t.IsInstanceOfType).ToArray();

        public void SetLocalName(IPeripheral peripheral, string name)
        {
            if(string.IsNullOrEmpty(name))
            {
                throw new RecoverableException("The name of the peripheral cannot be null nor empty.");
            }
            if(!IsRegistered(peripheral))
            {
                throw new RecoverableException($"Cannot name {peripheral.GetType().Name} '{name}': it is not registered.");
            }
            if(nodes.Exists(x => x.Peripheral == peripheral && nodes.Exists(y => y.Parent == x.Parent && y.Peripheral != peripheral && names.TryGetValue(y.Peripheral, out var other) && other == name)))
            {
                throw new RecoverableException($"Given name '{name}' is already used.");
            }
            names[peripheral] = name;
            PeripheralsChanged?.Invoke(this, PeripheralsChangedEventArgs.Create(peripheral, PeripheralsChangedEventArgs.PeripheralChangeType.NameChanged));
        }

        public string GetLocalName(IPeripheral peripheral) => names.TryGetValue(peripheral, out var result) ? result : throw new KeyNotFoundException($"{peripheral.GetType().Name} has no name.");

        public bool TryGetLocalName(IPeripheral peripheral, out string name) => names.TryGetValue(peripheral, out name);

        public bool TryGetAnyName(IPeripheral peripheral, out string name)
        {
            name = null;
            var node = nodes.Find(x => x.Peripheral == peripheral);
            if(node == null)
            {
                return false;
            }
            var own = names.TryGetValue(peripheral, out var local) ? local : UnnamedPeripheral;
            name = node.Parent != null && TryGetAnyName(node.Parent, out var parent) ? parent + PathSeparator + own : own;
            return true;
        }

        public string GetAnyNameOrTypeName(IPeripheral peripheral) => TryGetAnyName(peripheral, out var name) ? name : peripheral.GetType().Name;

        public IEnumerable<string> GetAllNames() => Distinct().Select(GetAnyNameOrTypeName).ToArray();

        public bool TryGetByName<T>(string name, out T peripheral) where T : class, IPeripheral => TryGetByName(name, out peripheral, out _);

        public bool TryGetByName<T>(string name, out T peripheral, out string longestMatch) where T : class, IPeripheral
        {
            var parts = name.Split(PathSeparator);
            IPeripheral current = bus;
            var index = parts[0] == SystemBusName ? 1 : 0;
            longestMatch = index == 1 ? SystemBusName : string.Empty;
            for(; index < parts.Length; index++)
            {
                current = nodes.Find(x => x.Parent == current && names.TryGetValue(x.Peripheral, out var local) && local == parts[index])?.Peripheral;
                if(current == null)
                {
                    peripheral = null;
                    return false;
                }
                longestMatch = string.Join(PathSeparator, parts.Take(index + 1));
            }
            peripheral = current as T;
            return peripheral != null;
        }

        public void PostCreationActions()
        {
        }

        public void Start() => paused = false;

        public void Pause()
        {
            paused = true;
            RequestStop();
        }

        public IDisposable ObtainPausedState(bool internalPause = false) => new PausedState(this);

        public void Reset()
        {
            IsHalted = false;
            foreach(var peripheral in Distinct().ToArray())
            {
                peripheral.Reset();
                PeripheralReset?.Invoke(this, peripheral);
            }
            MachineReset?.Invoke(this);
        }

        public void RequestReset() => localTimeSource.ExecuteInNearestSyncedState(_ => Reset());

        public void ScheduleAction(TimeInterval delay, Action<TimeInterval> action, string name = null)
        {
            var scheduled = new ScheduledAction(this, action);
            clock.AddClockEntry(new ClockEntry(delay.Ticks, TimeInterval.TicksPerSecond, scheduled.Run, this, name, workMode: WorkMode.OneShot));
        }

        public IManagedThread ObtainManagedThread(Action action, uint frequency, string name = "managed thread", IEmulationElement owner = null, Func<bool> stopCondition = null)
        {
            return new ManagedThread(this, action, 1, frequency, name, owner ?? this, stopCondition);
        }

        public override string ToString() => EmulationManager.Instance.CurrentEmulation[this] ?? nameof(Machine);

        public IPeripheral this[string name] => TryGetByName<IPeripheral>(name, out var result) ? result : throw new RecoverableException($"There is no peripheral named '{name}'.");

        public IClockSource ClockSource => clock;

        public TimeSourceBase LocalTimeSource => localTimeSource;

        public TimeStamp ElapsedVirtualTime => new TimeStamp(clock.CurrentValue, localTimeSource);

        public IBusController SystemBus => bus;

        /// <summary>True also while the emulation as a whole does not run.</summary>
        public bool IsPaused => paused || pauseDepth > 0 || !EmulationManager.Instance.CurrentEmulation.IsRunning;

        /// <summary>Halts or releases all processors.</summary>
        public bool IsHalted
        {
            get => isHalted;
            set
            {
                isHalted = value;
                RequestStop();
            }
        }

        [field: Transient]
        public event Action<IMachine> MachineReset;

        [field: Transient]
        public event Action<IMachine, IPeripheral> PeripheralReset;

        [field: Transient]
        public event Action<IMachine, PeripheralsChangedEventArgs> PeripheralsChanged;

        public const string SystemBusName = "sysbus";
        public const string UnnamedPeripheral = "[no-name]";
        public const char PathSeparator = '.';

        internal void AddProcessor(ICPU cpu)
        {
            if(cpu is IExecutionEngine engine)
            {
                engines.Add(engine);
            }
        }

        internal void RemoveProcessor(ICPU cpu) => engines.Remove(cpu as IExecutionEngine);

        /// <summary>
        /// Executes exactly that many instructions, with the timers that come due on the way, halted or not. Ends early only if
        /// the processor cannot execute at all.
        /// </summary>
        /// <returns>How many instructions were executed.</returns>
        internal ulong AdvanceInstructions(IExecutionEngine engine, ulong count)
        {
            if(clock.Running != null)
            {
                throw new RecoverableException("The processor is running: pause the emulation first.");
            }
            var executed = 0UL;
            while(executed < count)
            {
                clock.RunDue();
                RunPendingActions();
                var step = clock.Execute(engine, Math.Min(count - executed, clock.InstructionsTo(clock.LimitWithin(ulong.MaxValue), engine.PerformanceInMips)));
                executed += step;
                if(step == 0)
                {
                    if(!engine.IsSleeping || clock.LimitWithin(ulong.MaxValue) == ulong.MaxValue)
                    {
                        break;
                    }
                    clock.Settle(clock.LimitWithin(ulong.MaxValue));
                }
            }
            clock.RunDue();
            RunPendingActions();
            return executed;
        }

        /// <summary>Runs to a point in virtual time, or until <see cref="RequestStop"/>.</summary>
        internal void RunUntil(ulong target)
        {
            stopRequested = false;
            var idleTurns = 0;
            while(true)
            {
                clock.RunDue();
                RunPendingActions();
                var now = clock.Settled;
                if(now >= target || stopRequested || paused)
                {
                    return;
                }
                var limit = clock.LimitWithin(target);
                if(limit <= now)
                {
                    continue;
                }
                var engine = isHalted ? null : engines.Find(x => !x.IsHalted);
                if(engine == null)
                {
                    clock.Settle(limit);
                    continue;
                }
                if(clock.Execute(engine, clock.InstructionsTo(limit, engine.PerformanceInMips)) > 0)
                {
                    idleTurns = 0;
                }
                else if(engine.IsSleeping || engine.IsHalted || ++idleTurns > MaximumIdleTurns)
                {
                    // what a slice did before it fell asleep may have set a nearer limit or asked for a stop
                    idleTurns = 0;
                    if(!stopRequested && pending.Count == 0)
                    {
                        clock.Settle(clock.LimitWithin(target));
                    }
                }
            }
        }

        /// <summary>Ends <see cref="RunUntil"/> after the instruction that is being executed.</summary>
        internal void RequestStop()
        {
            stopRequested = true;
            clock.Running?.RequestStop();
        }

        internal ICPU CurrentProcessor => clock.Running;

        /// <summary>Paused by itself: its time stands still while that of others goes on.</summary>
        internal bool IsHeld => paused;

        internal MachineClock Clock => clock;

        internal List<IExecutionEngine> Engines => engines;

        private void RunPendingActions()
        {
            while(pending.Count > 0)
            {
                pending.Dequeue()(ElapsedVirtualTime);
            }
        }

        private IEnumerable<IPeripheral> Distinct() => nodes.Select(x => x.Peripheral).Distinct();

        private void AddTree(List<PeripheralTreeEntry> result, Node node, int level)
        {
            names.TryGetValue(node.Peripheral, out var name);
            result.Add(new PeripheralTreeEntry(node.Peripheral, node.Parent, node.Peripheral.GetType(), node.Point, name, level));
            if(nodes.Find(x => x.Peripheral == node.Peripheral) != node)
            {
                return;
            }
            foreach(var child in nodes.Where(x => x.Parent == node.Peripheral))
            {
                AddTree(result, child, level + 1);
            }
        }

        private volatile bool stopRequested;
        private bool isHalted;
        private bool paused;

        [Transient]
        private int pauseDepth;
        private readonly MachineClock clock;
        private readonly MachineTimeSource localTimeSource;
        private readonly SystemBus bus;
        private readonly List<Node> nodes = new List<Node>();
        private readonly List<IExecutionEngine> engines = new List<IExecutionEngine>();
        private readonly Dictionary<IPeripheral, string> names = new Dictionary<IPeripheral, string>();
        private readonly Queue<Action<TimeStamp>> pending = new Queue<Action<TimeStamp>>();

        // a processor that neither sleeps nor executes must not stop time
        private const int MaximumIdleTurns = 16;

        private sealed class PausedState : IDisposable
        {
            public PausedState(Machine machine)
            {
                this.machine = machine;
                inner = EmulationManager.Instance.CurrentEmulation.ObtainPausedState();
                machine.pauseDepth++;
            }

            public void Dispose()
            {
                if(inner != null)
                {
                    machine.pauseDepth--;
                    inner.Dispose();
                    inner = null;
                }
            }

            private IDisposable inner;

            private readonly Machine machine;
        }

        private sealed class Node
        {
            public IPeripheral Peripheral;
            public IPeripheral Parent;
            public IRegistrationPoint Point;
        }

        private sealed class MachineTimeSource : TimeSourceBase
        {
            public MachineTimeSource(Machine machine)
            {
                this.machine = machine;
            }

            public override void ExecuteInNearestSyncedState(Action<TimeStamp> what)
            {
                machine.pending.Enqueue(what);
                machine.clock.Running?.RequestStop();
            }

            public override TimeInterval Quantum
            {
                get => EmulationManager.Instance.CurrentEmulation.MasterTimeSource.Quantum;
                set => EmulationManager.Instance.CurrentEmulation.MasterTimeSource.Quantum = value;
            }

            public override TimeInterval ElapsedVirtualTime => machine.clock.CurrentValue;

            private readonly Machine machine;
        }

        private sealed class ScheduledAction
        {
            public ScheduledAction(Machine machine, Action<TimeInterval> action)
            {
                this.machine = machine;
                this.action = action;
            }

            public void Run()
            {
                machine.clock.TryRemoveClockEntry(Run);
                action(machine.clock.CurrentValue);
            }

            private readonly Machine machine;
            private readonly Action<TimeInterval> action;
        }

        private sealed class ManagedThread : IManagedThread
        {
            public ManagedThread(Machine machine, Action action, ulong period, ulong frequency, string name, IEmulationElement owner, Func<bool> stopCondition)
            {
                this.machine = machine;
                this.action = action;
                this.period = period;
                this.stopCondition = stopCondition;
                machine.clock.AddClockEntry(new ClockEntry(period, frequency, Run, owner, name, false));
            }

            public void Start() => StartAt(0);

            public void Restart() => StartAt(0);

            public void StartDelayed(TimeInterval delay)
            {
                Stop();
                machine.ScheduleAction(delay, _ => Start());
            }

            public void Stop() => machine.clock.ExchangeClockEntryWith(Run, x => x.With(enabled: false));

            public void Dispose() => machine.clock.TryRemoveClockEntry(Run);

            public uint Frequency
            {
                get => (uint)machine.clock.GetClockEntry(Run).Frequency;
                set => machine.clock.ExchangeClockEntryWith(Run, x => x.With(frequency: value));
            }

            private void StartAt(ulong value) => machine.clock.ExchangeClockEntryWith(Run, x => x.With(enabled: true, value: value, period: period));

            private void Run()
            {
                if(stopCondition != null && stopCondition())
                {
                    Stop();
                    return;
                }
                action();
            }

            private readonly Machine machine;
            private readonly Action action;
            private readonly ulong period;
            private readonly Func<bool> stopCondition;
        }
    }

    /// <summary>A machine's clock: moves with the instructions that are executed.</summary>
    internal sealed class MachineClock : BaseClockSource
    {
        public void RunDue()
        {
            RunDueEntries(settled);
            now = settled;
        }

        public void Settle(ulong time)
        {
            if(time > settled)
            {
                settled = time;
                residue = 0;
            }
        }

        /// <summary>Executes at most about that many instructions and moves the clock by those that were.</summary>
        public ulong Execute(IExecutionEngine engine, ulong instructions)
        {
            running = engine;
            try
            {
                var executed = engine.ExecuteSlice(instructions);
                var parts = executed * 1000 + residue;
                settled += parts / engine.PerformanceInMips;
                residue = parts % engine.PerformanceInMips;
                return executed;
            }
            finally
            {
                running = null;
            }
        }

        /// <summary>Instructions that have to be executed for the clock to reach the time.</summary>
        public ulong InstructionsTo(ulong time, uint performance)
        {
            var parts = (UInt128)(time - Math.Min(time, Now)) * performance;
            var count = (parts - UInt128.Min(parts, residue) + 999) / 1000;
            return count > long.MaxValue ? long.MaxValue : Math.Max(1, (ulong)count);
        }

        /// <summary>The nearest of a target and the next handler's time.</summary>
        public ulong LimitWithin(ulong target)
        {
            currentTarget = target;
            return Math.Min(target, NearestLimit);
        }

        public IExecutionEngine Running => running;

        /// <summary>Time up to which everything was executed.</summary>
        public ulong Settled => settled;

        public bool IsHandling => Handling;

        protected override void OnEntriesChanged()
        {
            if(running != null && !Handling)
            {
                running.LimitSlice(InstructionsTo(Math.Min(currentTarget, NearestLimit), running.PerformanceInMips));
            }
        }

        protected override ulong Now
        {
            get
            {
                if(Handling)
                {
                    return now;
                }
                return running == null ? settled : settled + (running.InstructionsInSlice * 1000 + residue) / running.PerformanceInMips;
            }
        }

        [Transient]
        private IExecutionEngine running;

        private ulong settled;
        private ulong currentTarget;

        // part of a nanosecond, in 1/MIPS of it
        private ulong residue;
    }
}
