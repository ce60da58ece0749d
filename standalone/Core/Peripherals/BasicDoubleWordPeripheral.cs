// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Bus.Wrappers;

namespace Antmicro.Renode.Peripherals
{
    /// <summary>A peripheral that is a collection of 32-bit registers.</summary>
    public abstract class BasicDoubleWordPeripheral : IDoubleWordPeripheral, IProvidesRegisterCollection<DoubleWordRegisterCollection>, IHasMappedRegisters
    {
        public BasicDoubleWordPeripheral(IMachine machine)
        {
            this.machine = machine;
            sysbus = machine.GetSystemBus(this);
            RegistersCollection = new DoubleWordRegisterCollection(this);
            mapper = new RegisterMapper(GetType());
        }

        public virtual void Reset() => RegistersCollection.Reset();

        public virtual uint ReadDoubleWord(long offset) => RegistersCollection.Read(offset);

        public virtual void WriteDoubleWord(long offset, uint value) => RegistersCollection.Write(offset, value);

        /// <summary>Name of the register at an offset, for the log.</summary>
        public virtual string OffsetToString(long offset) => mapper.ToString(offset);

        public DoubleWordRegisterCollection RegistersCollection { get; private set; }

        protected readonly IMachine machine;
        protected readonly IBusController sysbus;
        protected readonly RegisterMapper mapper;
    }

    public static class BasicDoubleWordPeripheralExtensions
    {
        /// <summary>Declares the register at the offset that the enumeration constant stands for.</summary>
        /// <param name="softResettable">False if <see cref="PeripheralRegister.Reset"/> leaves the register alone.</param>
        public static DoubleWordRegister Define(this Enum o, DoubleWordRegisterCollection c, uint resetValue = 0, bool softResettable = true, string name = "")
        {
            return c.DefineRegister(Convert.ToInt64(o), resetValue, softResettable);
        }

        public static DoubleWordRegister Define(this Enum o, IProvidesRegisterCollection<DoubleWordRegisterCollection> p, uint resetValue = 0, bool softResettable = true, string name = "")
        {
            return o.Define(p.RegistersCollection, resetValue, softResettable, name);
        }

        public static void DefineMany(this Enum o, DoubleWordRegisterCollection c, uint count, Action<DoubleWordRegister, int> setup, uint stepInBytes = 4, uint resetValue = 0, bool softResettable = true, string name = "")
        {
            for(var i = 0; i < count; i++)
            {
                setup(c.DefineRegister(Convert.ToInt64(o) + i * stepInBytes, resetValue, softResettable), i);
            }
        }

        public static void DefineMany(this Enum o, IProvidesRegisterCollection<DoubleWordRegisterCollection> p, uint count, Action<DoubleWordRegister, int> setup, uint stepInBytes = 4, uint resetValue = 0, bool softResettable = true, string name = "")
        {
            o.DefineMany(p.RegistersCollection, count, setup, stepInBytes, resetValue, softResettable, name);
        }
    }
}
