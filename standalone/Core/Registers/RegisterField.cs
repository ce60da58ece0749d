// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Core.Structure.Registers
{
    /// <summary>A field of a register. Setting <see cref="Value"/> from code bypasses modes and callbacks.</summary>
    public interface IRegisterField<T>
    {
        T Value { get; set; }

        int Width { get; }

        Action<T, T> ReadCallback { get; }

        Action<T, T> WriteCallback { get; }

        Action<T, T> ChangeCallback { get; }

        Func<T, T> ValueProviderCallback { get; }
    }

    public interface IFlagRegisterField : IRegisterField<bool>
    {
    }

    public interface IValueRegisterField : IRegisterField<ulong>
    {
    }

    public interface IEnumRegisterField<T> : IRegisterField<T> where T : struct, IConvertible
    {
    }

    public abstract partial class PeripheralRegister
    {
        // There are thousands, which checkpoints need not look at as long as nothing in them changes.
        [FixedArrays]
        private abstract class RegisterField
        {
            protected RegisterField(PeripheralRegister parent, int position, int width, FieldMode mode, string name)
            {
                Parent = parent;
                Position = position;
                Width = width;
                Mode = mode;
                Name = name;
                Mask = BitHelper.CalculateQuadWordMask(width, position);
            }

            public abstract void CallReadHandler(ulong oldValue, ulong newValue);

            public abstract void CallWriteHandler(ulong oldValue, ulong newValue);

            public abstract void CallChangeHandler(ulong oldValue, ulong newValue);

            public abstract ulong CallValueProvider(ulong value);

            public int Position { get; }

            public int Width { get; }

            public FieldMode Mode { get; }

            public string Name { get; }

            public ulong Mask { get; }

            protected readonly PeripheralRegister Parent;
        }

        private abstract class RegisterField<T> : RegisterField, IRegisterField<T>
        {
            protected RegisterField(PeripheralRegister parent, int position, int width, FieldMode mode, string name)
                : base(parent, position, width, mode, name)
            {
            }

            public override void CallReadHandler(ulong oldValue, ulong newValue)
            {
                ReadCallback?.Invoke(Extract(oldValue), Extract(newValue));
            }

            public override void CallWriteHandler(ulong oldValue, ulong newValue)
            {
                WriteCallback?.Invoke(Extract(oldValue), Extract(newValue));
            }

            public override void CallChangeHandler(ulong oldValue, ulong newValue)
            {
                ChangeCallback?.Invoke(Extract(oldValue), Extract(newValue));
            }

            public override ulong CallValueProvider(ulong value)
            {
                return ValueProviderCallback == null ? value : Insert(value, ValueProviderCallback(Extract(value)));
            }

            public T Value
            {
                get => Extract(Parent.UnderlyingValue);
                set => Parent.UnderlyingValue = Insert(Parent.UnderlyingValue, value);
            }

            public Action<T, T> ReadCallback { get; init; }

            public Action<T, T> WriteCallback { get; init; }

            public Action<T, T> ChangeCallback { get; init; }

            public Func<T, T> ValueProviderCallback { get; init; }

            protected abstract T FromBits(ulong value);

            protected abstract ulong ToBits(T value);

            private T Extract(ulong register) => FromBits((register & Mask) >> Position);

            private ulong Insert(ulong register, T value)
            {
                var bits = ToBits(value);
                if((bits & ~BitHelper.CalculateQuadWordMask(Width, 0)) != 0)
                {
                    throw new Exceptions.ConstructionException($"Value {value} does not fit into field {Name ?? $"at bit {Position}"} of {Width} bits.");
                }
                return (register & ~Mask) | (bits << Position);
            }
        }

        private sealed class FlagField : RegisterField<bool>, IFlagRegisterField
        {
            public FlagField(PeripheralRegister parent, int position, FieldMode mode, string name) : base(parent, position, 1, mode, name)
            {
            }

            protected override bool FromBits(ulong value) => value != 0;

            protected override ulong ToBits(bool value) => value ? 1UL : 0;
        }

        private sealed class ValueField : RegisterField<ulong>, IValueRegisterField
        {
            public ValueField(PeripheralRegister parent, int position, int width, FieldMode mode, string name) : base(parent, position, width, mode, name)
            {
            }

            protected override ulong FromBits(ulong value) => value;

            protected override ulong ToBits(ulong value) => value;
        }

        private sealed class EnumField<TEnum> : RegisterField<TEnum>, IEnumRegisterField<TEnum> where TEnum : struct, IConvertible
        {
            public EnumField(PeripheralRegister parent, int position, int width, FieldMode mode, string name) : base(parent, position, width, mode, name)
            {
            }

            protected override TEnum FromBits(ulong value) => (TEnum)Enum.ToObject(typeof(TEnum), value);

            protected override ulong ToBits(TEnum value) => unchecked((ulong)value.ToInt64(null));
        }
    }
}
