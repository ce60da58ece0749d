// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;

namespace Antmicro.Renode.Core.Structure
{
    /// <summary>Where in its parent a peripheral sits.</summary>
    public interface IRegistrationPoint
    {
        string PrettyString { get; }
    }

    public interface ITheOnlyPossibleRegistrationPoint : IRegistrationPoint
    {
    }

    public interface IRegistered<out TPeripheral, TRegistrationPoint> where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
    {
        TPeripheral Peripheral { get; }

        TRegistrationPoint RegistrationPoint { get; }
    }

    public class Registered<TPeripheral, TRegistrationPoint> : IRegistered<TPeripheral, TRegistrationPoint> where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
    {
        public Registered(TPeripheral peripheral, TRegistrationPoint registrationPoint)
        {
            Peripheral = peripheral;
            RegistrationPoint = registrationPoint;
        }

        public TPeripheral Peripheral { get; }

        public TRegistrationPoint RegistrationPoint { get; }
    }

    public static class Registered
    {
        public static Registered<TPeripheral, TRegistrationPoint> Create<TPeripheral, TRegistrationPoint>(TPeripheral peripheral, TRegistrationPoint registrationPoint)
            where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
        {
            return new Registered<TPeripheral, TRegistrationPoint>(peripheral, registrationPoint);
        }
    }

    public interface ICovariantRegisterablePeripheral<out TPeripheral, out TRegistrationPoint> : IEmulationElement where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
    {
    }

    /// <summary>A peripheral that others can be attached to.</summary>
    public interface IRegisterablePeripheral<TPeripheral, TRegistrationPoint> : ICovariantRegisterablePeripheral<TPeripheral, TRegistrationPoint>
        where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
    {
        void Register(TPeripheral peripheral, TRegistrationPoint registrationPoint);

        void Unregister(TPeripheral peripheral);
    }

    public interface IPeripheralContainer<TPeripheral, TRegistrationPoint> : IRegisterablePeripheral<TPeripheral, TRegistrationPoint>
        where TPeripheral : IPeripheral where TRegistrationPoint : IRegistrationPoint
    {
        IEnumerable<TRegistrationPoint> GetRegistrationPoints(TPeripheral peripheral);

        IEnumerable<IRegistered<TPeripheral, TRegistrationPoint>> Children { get; }
    }

    public sealed class NullRegistrationPoint : ITheOnlyPossibleRegistrationPoint
    {
        public static NullRegistrationPoint Instance { get; } = new NullRegistrationPoint();

        public override string ToString() => PrettyString;

        public string PrettyString => "[-]";

        private NullRegistrationPoint()
        {
        }
    }

    public class NumberRegistrationPoint<T> : IRegistrationPoint
    {
        public NumberRegistrationPoint(T address)
        {
            Address = address;
        }

        public override string ToString() => $"Address: {Address}";

        public override bool Equals(object obj) => obj is NumberRegistrationPoint<T> other && Equals(Address, other.Address);

        public override int GetHashCode() => Address == null ? 0 : Address.GetHashCode();

        public T Address { get; private set; }

        public string PrettyString => ToString();
    }

    /// <summary>A peripheral with room for exactly one child.</summary>
    public abstract class NullRegistrationPointPeripheralContainer<TPeripheral> : IPeripheralContainer<TPeripheral, NullRegistrationPoint>, IPeripheral
        where TPeripheral : class, IPeripheral
    {
        public virtual void Register(TPeripheral peripheral, NullRegistrationPoint registrationPoint)
        {
            if(RegisteredPeripheral != null)
            {
                throw new RegistrationException("Cannot register more than one peripheral.");
            }
            Machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
            RegisteredPeripheral = peripheral;
        }

        public virtual void Unregister(TPeripheral peripheral)
        {
            if(RegisteredPeripheral == null || RegisteredPeripheral != peripheral)
            {
                throw new RegistrationException("The peripheral was never registered here.");
            }
            Machine.UnregisterAsAChildOf(this, peripheral);
            RegisteredPeripheral = null;
        }

        public IEnumerable<NullRegistrationPoint> GetRegistrationPoints(TPeripheral peripheral) => Children.Select(x => x.RegistrationPoint);

        public abstract void Reset();

        public IEnumerable<IRegistered<TPeripheral, NullRegistrationPoint>> Children
        {
            get
            {
                if(RegisteredPeripheral != null)
                {
                    yield return Registered.Create(RegisteredPeripheral, NullRegistrationPoint.Instance);
                }
            }
        }

        protected NullRegistrationPointPeripheralContainer(IMachine machine)
        {
            Machine = machine;
        }

        protected TPeripheral RegisteredPeripheral { get; private set; }

        protected readonly IMachine Machine;
    }

    /// <summary>A peripheral with numbered children.</summary>
    public abstract class SimpleContainer<T> : IPeripheralContainer<T, NumberRegistrationPoint<int>>, IPeripheral where T : IPeripheral
    {
        public virtual void Register(T peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            if(ChildCollection.ContainsKey(registrationPoint.Address))
            {
                throw new RegistrationException("The registration point is already in use.");
            }
            ChildCollection.Add(registrationPoint.Address, peripheral);
            machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
        }

        public virtual void Unregister(T peripheral)
        {
            var keys = ChildCollection.Where(x => x.Value.Equals(peripheral)).Select(x => x.Key).ToArray();
            if(keys.Length == 0)
            {
                throw new RegistrationException("The peripheral was never registered here.");
            }
            foreach(var key in keys)
            {
                ChildCollection.Remove(key);
            }
            machine.UnregisterAsAChildOf(this, peripheral);
        }

        public abstract void Reset();

        public virtual IEnumerable<NumberRegistrationPoint<int>> GetRegistrationPoints(T peripheral)
        {
            return ChildCollection.Where(x => x.Value.Equals(peripheral)).Select(x => new NumberRegistrationPoint<int>(x.Key)).ToArray();
        }

        public virtual IEnumerable<IRegistered<T, NumberRegistrationPoint<int>>> Children
        {
            get => ChildCollection.Select(x => Registered.Create(x.Value, new NumberRegistrationPoint<int>(x.Key))).ToArray();
        }

        protected SimpleContainer(IMachine machine)
        {
            this.machine = machine;
        }

        protected bool TryGetByAddress(int address, out T peripheral) => ChildCollection.TryGetValue(address, out peripheral);

        protected readonly Dictionary<int, T> ChildCollection = new Dictionary<int, T>();
        protected readonly IMachine machine;
    }
}
