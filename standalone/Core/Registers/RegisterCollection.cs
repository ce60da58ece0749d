// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;

namespace Antmicro.Renode.Core.Structure.Registers
{
    public interface IRegisterCollection
    {
        void Reset();
    }

    public interface IRegisterCollection<T> : IRegisterCollection where T : struct
    {
    }

    public interface IProvidesRegisterCollection<out T> where T : IRegisterCollection
    {
        T RegistersCollection { get; }
    }

    /// <summary>Registers by offset in bytes. An access to an offset that has none is logged and reads 0.</summary>
    public abstract class BaseRegisterCollection<T, R> : IRegisterCollection<T> where R : PeripheralRegister, IPeripheralRegister<T> where T : struct
    {
        public T Read(long offset)
        {
            if(TryRead(offset, out var result))
            {
                return result;
            }
            parent.LogUnhandledRead(offset);
            return default;
        }

        public bool TryRead(long offset, out T result)
        {
            var register = Find(offset);
            result = register == null ? default : register.Read();
            return register != null;
        }

        public void Write(long offset, T value)
        {
            if(!TryWrite(offset, value))
            {
                parent.LogUnhandledWrite(offset, Convert.ToUInt64(value));
            }
        }

        public bool TryWrite(long offset, T value)
        {
            var register = Find(offset);
            register?.Write(offset, value);
            return register != null;
        }

        public void Reset()
        {
            foreach(var variants in registers.Values)
            {
                foreach(var variant in variants)
                {
                    variant.Register.Reset();
                }
            }
        }

        public R DefineRegister(long offset, T resetValue = default, bool softResettable = true)
        {
            return AddRegister(offset, Create(parent, resetValue, softResettable));
        }

        public R AddRegister(long offset, R register) => AddConditionalRegister(offset, register, null);

        public R AddConditionalRegister(long offset, R register, Func<bool> condition)
        {
            if(!registers.TryGetValue(offset, out var variants))
            {
                variants = Array.Empty<Variant>();
            }
            if(variants.Length > 0 && (condition == null || Array.Exists(variants, x => x.Condition == null)))
            {
                throw new Exceptions.ConstructionException($"At offset 0x{offset:x}: a register is already defined.");
            }
            registers[offset] = [.. variants, new Variant { Register = register, Condition = condition }];
            return register;
        }

        protected BaseRegisterCollection(IPeripheral parent, IDictionary<long, R> registersMap)
        {
            this.parent = parent;
            if(registersMap == null)
            {
                return;
            }
            foreach(var item in registersMap)
            {
                AddRegister(item.Key, item.Value);
            }
        }

        protected abstract R Create(IPeripheral owner, T resetValue, bool softResettable);

        private R Find(long offset)
        {
            if(!registers.TryGetValue(offset, out var variants))
            {
                return null;
            }
            foreach(var variant in variants)
            {
                if(variant.Condition == null || variant.Condition())
                {
                    return variant.Register;
                }
            }
            return null;
        }

        private readonly IPeripheral parent;
        // The arrays are replaced, never written to.
        private readonly Dictionary<long, Variant[]> registers = new Dictionary<long, Variant[]>();

        [FixedArrays]
        private sealed class Variant
        {
            public R Register { get; init; }

            public Func<bool> Condition { get; init; }
        }
    }

    public sealed class DoubleWordRegisterCollection : BaseRegisterCollection<uint, DoubleWordRegister>
    {
        public DoubleWordRegisterCollection(IPeripheral parent, IDictionary<long, DoubleWordRegister> registersMap = null) : base(parent, registersMap)
        {
        }

        protected override DoubleWordRegister Create(IPeripheral owner, uint resetValue, bool softResettable) => new DoubleWordRegister(owner, resetValue, softResettable);
    }
}
