// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Core
{
    /// <summary>A board: its processors, bus and peripherals, their names and their time.</summary>
    public interface IMachine : IEmulationElement, IHaltable
    {
        IBusController GetSystemBus(IBusPeripheral peripheral);

        void RegisterAsAChildOf(IPeripheral peripheralParent, IPeripheral peripheralChild, IRegistrationPoint registrationPoint);

        void UnregisterAsAChildOf(IPeripheral peripheralParent, IPeripheral peripheralChild);

        bool IsRegistered(IPeripheral peripheral);

        /// <summary>The tree of peripherals, parents first; the bus is its root.</summary>
        IEnumerable<PeripheralTreeEntry> GetRegisteredPeripherals();

        IEnumerable<IPeripheral> GetChildrenPeripherals(IPeripheral peripheral);

        IEnumerable<IPeripheral> GetParentPeripherals(IPeripheral peripheral);

        IEnumerable<IRegistrationPoint> GetPeripheralRegistrationPoints(IPeripheral parentPeripheral, IPeripheral childPeripheral);

        IEnumerable<T> GetPeripheralsOfType<T>();

        IEnumerable<IPeripheral> GetPeripheralsOfType(Type t);

        void SetLocalName(IPeripheral peripheral, string name);

        string GetLocalName(IPeripheral peripheral);

        bool TryGetLocalName(IPeripheral peripheral, out string name);

        /// <summary>A full name, as <c>sysbus.usart1</c>.</summary>
        bool TryGetAnyName(IPeripheral peripheral, out string name);

        string GetAnyNameOrTypeName(IPeripheral peripheral);

        IEnumerable<string> GetAllNames();

        /// <summary>Finds a peripheral by its full name, or by a name without the leading <c>sysbus.</c></summary>
        bool TryGetByName<T>(string name, out T peripheral) where T : class, IPeripheral;

        bool TryGetByName<T>(string name, out T peripheral, out string longestMatch) where T : class, IPeripheral;

        void Start();

        void Pause();

        /// <summary>To be called when all peripherals of a platform exist.</summary>
        void PostCreationActions();

        IDisposable ObtainPausedState(bool internalPause = false);

        /// <summary>Resets every peripheral. Memories keep their content.</summary>
        void Reset();

        /// <summary>Resets as soon as the instruction being executed is done.</summary>
        void RequestReset();

        /// <summary>Calls back once, after a delay in virtual time.</summary>
        void ScheduleAction(TimeInterval delay, Action<TimeInterval> action, string name = null);

        IManagedThread ObtainManagedThread(Action action, uint frequency, string name = "managed thread", IEmulationElement owner = null, Func<bool> stopCondition = null);

        IPeripheral this[string name] { get; }

        IClockSource ClockSource { get; }

        TimeSourceBase LocalTimeSource { get; }

        TimeStamp ElapsedVirtualTime { get; }

        IBusController SystemBus { get; }

        bool IsPaused { get; }

        event Action<IMachine> MachineReset;

        event Action<IMachine, IPeripheral> PeripheralReset;

        event Action<IMachine, PeripheralsChangedEventArgs> PeripheralsChanged;
    }

    /// <summary>Work that is repeated in virtual time.</summary>
    public interface IManagedThread : IDisposable
    {
        void Start();

        void StartDelayed(TimeInterval delay);

        void Stop();

        void Restart();

        uint Frequency { get; set; }
    }

    public sealed class PeripheralTreeEntry
    {
        public PeripheralTreeEntry(IPeripheral peripheral, IPeripheral parent, Type type, IRegistrationPoint registrationPoint, string name, int level)
        {
            Peripheral = peripheral;
            Parent = parent;
            Type = type;
            RegistrationPoint = registrationPoint;
            Name = name;
            Level = level;
        }

        public IPeripheral Peripheral { get; }

        public IPeripheral Parent { get; }

        public Type Type { get; }

        public IRegistrationPoint RegistrationPoint { get; }

        public string Name { get; }

        public int Level { get; }
    }

    public class PeripheralsChangedEventArgs
    {
        public static PeripheralsChangedEventArgs Create(IPeripheral peripheral, PeripheralChangeType operation) => new PeripheralsChangedEventArgs(peripheral, operation);

        public IPeripheral Peripheral { get; }

        public PeripheralChangeType Operation { get; }

        protected PeripheralsChangedEventArgs(IPeripheral peripheral, PeripheralChangeType operation)
        {
            Peripheral = peripheral;
            Operation = operation;
        }

        public enum PeripheralChangeType
        {
            Addition,
            Removal,
            Moved,
            CompleteRemoval,
            NameChanged,
        }
    }
}
