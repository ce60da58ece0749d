// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

using Antmicro.Migrant;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Core
{
    /// <summary>
    /// All machines and their common virtual time. Time moves either because a caller drives it (<see cref="RunFor"/>,
    /// <see cref="RunUntil"/>), which depends on nothing of the host, or by itself after <see cref="StartAll"/>.
    /// </summary>
    public sealed class Emulation : IDisposable
    {
        public Emulation()
        {
            MasterTimeSource = new MasterTime(this);
            CurrentLogger = new SourceMap(this);
        }

        public void Dispose()
        {
            PauseAll();
            foreach(var machine in machines.Values.OfType<IDisposable>().ToArray())
            {
                machine.Dispose();
            }
            machines.Clear();
            runningMachines = null;
        }

        /// <summary>
        /// Starts the emulation. Time then runs by itself on a thread of its own, unless <see cref="IsTimeDriven"/>.
        /// </summary>
        public void StartAll()
        {
            lock(stateLock)
            {
                if(IsStarted)
                {
                    return;
                }
                IsStarted = true;
                if(!IsTimeDriven)
                {
                    runner = new Thread(RunFreely) { IsBackground = true, Name = "emulation" };
                    runner.Start();
                }
            }
            IsStartedChanged?.Invoke(this, true);
        }

        /// <summary>Stops the emulation after the instruction being executed; also ends <see cref="RunFor"/> and <see cref="RunUntil"/>.</summary>
        public void PauseAll()
        {
            RequestPause();
            Thread toJoin;
            lock(stateLock)
            {
                if(!IsStarted)
                {
                    return;
                }
                IsStarted = false;
                toJoin = runner;
                runner = null;
            }
            InterruptRun();
            // Who holds a paused state (each command of the Monitor does) would wait for ever: the thread ends when that is over.
            if(toJoin != null && toJoin != Thread.CurrentThread && !Monitor.IsEntered(runLock))
            {
                toJoin.Join();
            }
            IsStartedChanged?.Invoke(this, false);
        }

        /// <summary>Runs for a span of virtual time on the calling thread, as fast as the host can.</summary>
        /// <exception cref="RecoverableException">The emulation is started already.</exception>
        public void RunFor(TimeInterval period)
        {
            if(IsStarted)
            {
                throw new RecoverableException("This action is not available when emulation is already started");
            }
            RunUntil(null, period);
        }

        /// <summary>As <see cref="RunFor"/>, also for an emulation that is started and time-driven.</summary>
        public void Advance(TimeInterval period) => RunUntil(null, period);

        /// <summary>
        /// Runs on the calling thread until the condition holds or the time-out (in virtual time) passes. The condition is asked
        /// between slices; call <see cref="CheckCondition"/> when it may have come true inside one.
        /// </summary>
        /// <returns>Whether the condition holds; without one, whether all the time passed.</returns>
        public bool RunUntil(Func<bool> condition, TimeInterval timeout)
        {
            if(IsStarted && !IsTimeDriven)
            {
                throw new RecoverableException("The emulation is running by itself: pause it first.");
            }
            if(condition != null && condition())
            {
                return true;
            }
            var ownsPause = Monitor.IsEntered(runLock);
            var end = timeout.Ticks > ulong.MaxValue - elapsed ? ulong.MaxValue : elapsed + timeout.Ticks;
            advancing = true;
            try
            {
                var slice = DrivenSlice;
                while(elapsed < end)
                {
                    if(!ownsPause)
                    {
                        WaitWhilePaused();
                    }
                    lock(runLock)
                    {
                        var instructions = ExecutedInstructions;
                        var step = machines.Count > 1 ? QuantumTicks : slice;
                        RunMachines(end - elapsed < step ? end : elapsed + step);
                        // Cores that sleep, or have no power, go from event to event: no reason to look up often.
                        slice = ExecutedInstructions == instructions ? Math.Min(2 * slice, LongestSlice) : DrivenSlice;
                        if(condition != null && condition())
                        {
                            return true;
                        }
                    }
                    if(pauseRequested)
                    {
                        return false;
                    }
                }
                return condition == null;
            }
            finally
            {
                advancing = false;
                pauseRequested = false;
            }
        }

        /// <summary>Ends the current slice after the instruction being executed, so that the condition of <see cref="RunUntil"/> is asked again.</summary>
        public void CheckCondition()
        {
            foreach(var machine in machines.Values)
            {
                machine.RequestStop();
            }
        }

        /// <summary>Ends <see cref="RunFor"/>, <see cref="Advance"/> or <see cref="RunUntil"/> after the instruction being executed. The emulation stays started.</summary>
        public void RequestPause()
        {
            if(advancing)
            {
                pauseRequested = true;
                CheckCondition();
            }
        }

        /// <summary>No instruction is executed until the result is disposed of. May be nested.</summary>
        public IDisposable ObtainPausedState() => new PausedState(this);

        public IDisposable ObtainSafeState() => new PausedState(this);

        public void AddMachine(IMachine machine, string name = "")
        {
            if(!TryAddMachine(machine, name))
            {
                throw new RecoverableException($"A machine named '{name}' already exists.");
            }
        }

        public bool TryAddMachine(IMachine machine, string name)
        {
            if(string.IsNullOrEmpty(name))
            {
                name = Enumerable.Range(0, int.MaxValue).Select(x => $"machine-{x}").First(x => !machines.ContainsKey(x));
            }
            if(machines.ContainsKey(name))
            {
                return false;
            }
            var added = (Machine)machine;
            added.Clock.Settle(elapsed);
            machines.Add(name, added);
            runningMachines = null;
            MachineAdded?.Invoke(machine);
            return true;
        }

        public void RemoveMachine(string name)
        {
            if(!TryRemoveMachine(name))
            {
                throw new RecoverableException($"There is no machine named '{name}'.");
            }
        }

        public void RemoveMachine(IMachine machine) => RemoveMachine(this[machine]);

        public bool TryRemoveMachine(string name)
        {
            if(!machines.Remove(name, out var machine))
            {
                return false;
            }
            runningMachines = null;
            machine.Dispose();
            MachineRemoved?.Invoke(machine);
            return true;
        }

        public bool TryGetMachine(string key, out IMachine machine) => TryGetMachineByName(key, out machine);

        public bool TryGetMachineByName(string name, out IMachine machine)
        {
            var found = machines.TryGetValue(name, out var result);
            machine = result;
            return found;
        }

        public bool TryGetMachineName(IMachine machine, out string name)
        {
            name = machines.FirstOrDefault(x => x.Value == machine).Key;
            return name != null;
        }

        public bool TryGetMachineForPeripheral(IPeripheral p, out IMachine machine)
        {
            machine = machines.Values.FirstOrDefault(x => x.IsRegistered(p));
            return machine != null;
        }

        public bool TryGetEmulationElementName(object obj, out string name) => TryGetEmulationElementName(obj, out name, out _);

        /// <summary>The name of a peripheral in its machine, of a machine, or of an external.</summary>
        public bool TryGetEmulationElementName(object obj, out string name, out string containerName)
        {
            name = null;
            containerName = null;
            if(obj is IMachine machine)
            {
                return TryGetMachineName(machine, out name);
            }
            if(obj is IPeripheral peripheral && TryGetMachineForPeripheral(peripheral, out var owner))
            {
                TryGetMachineName(owner, out containerName);
                return owner.TryGetAnyName(peripheral, out name);
            }
            return obj is IExternal external && ExternalsManager.TryGetName(external, out name);
        }

        public int GetSeed() => RandomGenerator.GetCurrentSeed();

        public void SetSeed(int seed) => RandomGenerator.ResetSeed(seed);

        public bool AdvanceImmediately { get; set; }

        /// <summary>True: time moves only while a caller drives it, also when started. For runs that must not depend on the host.</summary>
        public static bool IsTimeDriven { get; set; }

        [field: OutsideEmulation]
        public bool IsStarted { get; private set; }

        internal bool IsRunning => IsStarted || advancing;

        /// <summary>Whether a caller is driving time at this moment.</summary>
        internal bool IsAdvancing => advancing;

        public PseudorandomNumberGenerator RandomGenerator { get; } = new PseudorandomNumberGenerator();

        public IEnumerable<IMachine> Machines => machines.Values;

        public IEnumerable<string> Names => machines.Keys;

        public int MachinesCount => machines.Count;

        public ExternalsManager ExternalsManager { get; } = new ExternalsManager();

        public Connector Connector { get; } = new Connector();

        public TimeSourceBase MasterTimeSource { get; }

        public ILogger CurrentLogger { get; }

        public IMachine this[string key] => machines[key];

        public string this[IMachine machine] => TryGetMachineName(machine, out var result) ? result : null;

        [field: Transient]
        public event Action<IMachine> MachineAdded;

        [field: Transient]
        public event Action<IMachine> MachineRemoved;

        [field: Transient]
        public event Action<Emulation, bool> IsStartedChanged;

        /// <summary>An error in a model ended a run that nobody waits for.</summary>
        [field: Transient]
        public event Action<Exception> RunFailed;

        private void RunMachines(ulong target)
        {
            // a list of its own, as machines may come and go on the way
            var running = runningMachines ??= machines.Values.ToArray();
            var reached = ulong.MaxValue;
            foreach(var machine in running)
            {
                machine.RunUntil(target);
            }
            // a machine that was stopped early sets the pace
            foreach(var machine in runningMachines ??= machines.Values.ToArray())
            {
                if(!machine.IsHeld)
                {
                    reached = Math.Min(reached, machine.Clock.Settled);
                }
            }
            elapsed = Math.Max(elapsed, Math.Min(target, reached));
        }

        private void RunFreely()
        {
            var host = Stopwatch.StartNew();
            var start = elapsed;
            try
            {
                while(IsRunner)
                {
                    WaitWhilePaused();
                    lock(runLock)
                    {
                        if(Volatile.Read(ref pauseCount) == 0 && IsRunner)
                        {
                            RunMachines(elapsed + FreeSlice);
                        }
                    }
                    var ahead = (long)(elapsed - start) - host.Elapsed.Ticks * 100;
                    if(AdvanceImmediately || ahead < -MaximumLag)
                    {
                        // no catching up: lost time stays lost
                        host.Restart();
                        start = elapsed;
                    }
                    else if(ahead > 1000000)
                    {
                        wake.WaitOne(TimeSpan.FromTicks(ahead / 100));
                    }
                }
            }
            catch(Exception e)
            {
                Logger.Log(LogLevel.Error, "The emulation stopped: {0}", e);
                RunFailed?.Invoke(e);
                ThreadPool.QueueUserWorkItem(_ => PauseAll());
            }
        }

        // Another one may have taken over.
        private bool IsRunner => IsStarted && Volatile.Read(ref runner) == Thread.CurrentThread;

        private void WaitWhilePaused()
        {
            lock(pauseLock)
            {
                while(pauseCount > 0)
                {
                    Monitor.Wait(pauseLock);
                }
            }
        }

        private void InterruptRun()
        {
            wake.Set();
            CheckCondition();
        }

        private ulong ExecutedInstructions
        {
            get
            {
                var result = 0UL;
                foreach(var machine in machines.Values)
                {
                    foreach(var engine in machine.Engines)
                    {
                        result += engine.ExecutedInstructions;
                    }
                }
                return result;
            }
        }

        internal ulong QuantumTicks { get; set; } = 100 * TimeInterval.TicksPerMicrosecond;

        [OutsideEmulation]
        private volatile bool advancing;
        [OutsideEmulation]
        private volatile bool pauseRequested;
        private Thread runner;
        // in their order; null when to be made anew
        private Machine[] runningMachines;
        [OutsideEmulation]
        private int pauseCount;
        private ulong elapsed;

        private readonly object stateLock = new object();
        private readonly object runLock = new object();
        private readonly AutoResetEvent wake = new AutoResetEvent(false);
        private readonly object pauseLock = new object();
        private readonly Dictionary<string, Machine> machines = new Dictionary<string, Machine>();

        private const ulong FreeSlice = 10 * TimeInterval.TicksPerMillisecond;
        private const ulong DrivenSlice = 10 * TimeInterval.TicksPerMillisecond;
        private const ulong LongestSlice = 86400 * TimeInterval.TicksPerSecond;
        private const long MaximumLag = 100 * (long)TimeInterval.TicksPerMillisecond;

        private sealed class PausedState : IDisposable
        {
            public PausedState(Emulation emulation)
            {
                this.emulation = emulation;
                lock(emulation.pauseLock)
                {
                    emulation.pauseCount++;
                }
                if(!Monitor.IsEntered(emulation.runLock))
                {
                    emulation.InterruptRun();
                }
                Monitor.Enter(emulation.runLock);
            }

            public void Dispose()
            {
                if(disposed)
                {
                    return;
                }
                disposed = true;
                Monitor.Exit(emulation.runLock);
                lock(emulation.pauseLock)
                {
                    emulation.pauseCount--;
                    Monitor.PulseAll(emulation.pauseLock);
                }
            }

            private bool disposed;

            private readonly Emulation emulation;
        }

        private sealed class MasterTime : TimeSourceBase
        {
            public MasterTime(Emulation emulation)
            {
                this.emulation = emulation;
            }

            public override void ExecuteInNearestSyncedState(Action<TimeStamp> what)
            {
                var machine = emulation.machines.Values.FirstOrDefault();
                if(machine == null)
                {
                    what(new TimeStamp(ElapsedVirtualTime, this));
                    return;
                }
                machine.LocalTimeSource.ExecuteInNearestSyncedState(what);
            }

            public override TimeInterval Quantum
            {
                get => TimeInterval.FromTicks(emulation.QuantumTicks);
                set => emulation.QuantumTicks = Math.Max(1, value.Ticks);
            }

            public override TimeInterval ElapsedVirtualTime
            {
                get
                {
                    foreach(var machine in emulation.machines.Values)
                    {
                        if(machine.CurrentProcessor != null || machine.Clock.IsHandling)
                        {
                            return machine.Clock.CurrentValue;
                        }
                    }
                    return TimeInterval.FromTicks(emulation.elapsed);
                }
            }

            private readonly Emulation emulation;
        }
    }

    /// <summary>Holds the one emulation there is.</summary>
    [OutsideEmulation]
    public sealed class EmulationManager
    {
        public static EmulationManager Instance { get; } = new EmulationManager();

        /// <summary>Throws the emulation away and starts an empty one.</summary>
        public void Clear() => CurrentEmulation = new Emulation();

        /// <exception cref="RecoverableException">Always: snapshots in files are Renode's; <see cref="Checkpoint"/> keeps state in memory.</exception>
        public void Save(string path) => throw new RecoverableException("Save is not offered by the standalone host: Renode has it");

        /// <exception cref="RecoverableException">Always, as <see cref="Save"/>.</exception>
        public void Load(Utilities.ReadFilePath path) => throw new RecoverableException("Load is not offered by the standalone host: Renode has it");

        public string VersionString => $"standalone host of renode-bkpsram, {typeof(EmulationManager).Assembly.GetName().Version}";

        public Emulation CurrentEmulation
        {
            get => currentEmulation;
            set
            {
                var old = currentEmulation;
                currentEmulation = value;
                old?.Dispose();
                EmulationChanged?.Invoke();
            }
        }

        public event Action EmulationChanged;

        private EmulationManager()
        {
            currentEmulation = new Emulation();
        }

        private Emulation currentEmulation;
    }
}
