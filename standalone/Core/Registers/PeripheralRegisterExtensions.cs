// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Core.Structure.Registers
{
    /// <summary>
    /// The fluent way to declare a register's fields. Callbacks get (old, new); those of the forms that make several fields
    /// at once get the field's index first.
    /// </summary>
    public static class PeripheralRegisterExtensions
    {
        public static IfWrapper<T> If<T>(this T register, bool condition) where T : PeripheralRegister => new IfWrapper<T>(register, condition);

        public static T For<T>(this T register, Action<T, int> callback, int start, int end, int step = 1) where T : PeripheralRegister
        {
            for(var i = start; i < end; i += step)
            {
                callback(register, i);
            }
            return register;
        }

        public static T WithFlag<T>(this T register, int position, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<bool, bool> readCallback = null,
            Action<bool, bool> writeCallback = null, Action<bool, bool> changeCallback = null, Func<bool, bool> valueProviderCallback = null,
            Action<bool, bool> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            register.DefineFlagField(position, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static T WithFlag<T>(this T register, int position, out IFlagRegisterField flagField, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<bool, bool> readCallback = null,
            Action<bool, bool> writeCallback = null, Action<bool, bool> changeCallback = null, Func<bool, bool> valueProviderCallback = null,
            Action<bool, bool> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            flagField = register.DefineFlagField(position, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static T WithValueField<T>(this T register, int position, int width, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<ulong, ulong> readCallback = null,
            Action<ulong, ulong> writeCallback = null, Action<ulong, ulong> changeCallback = null, Func<ulong, ulong> valueProviderCallback = null,
            Action<ulong, ulong> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            register.DefineValueField(position, width, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static T WithValueField<T>(this T register, int position, int width, out IValueRegisterField valueField, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<ulong, ulong> readCallback = null,
            Action<ulong, ulong> writeCallback = null, Action<ulong, ulong> changeCallback = null, Func<ulong, ulong> valueProviderCallback = null,
            Action<ulong, ulong> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            valueField = register.DefineValueField(position, width, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static TRegister WithEnumField<TRegister, T>(this TRegister register, int position, int width, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<T, T> readCallback = null,
            Action<T, T> writeCallback = null, Action<T, T> changeCallback = null, Func<T, T> valueProviderCallback = null,
            Action<T, T> shadowReloadCallback = null, bool softResettable = true, string name = null) where TRegister : PeripheralRegister where T : struct, IConvertible
        {
            register.DefineEnumField<T>(position, width, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static TRegister WithEnumField<TRegister, T>(this TRegister register, int position, int width, out IEnumRegisterField<T> enumField, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<T, T> readCallback = null,
            Action<T, T> writeCallback = null, Action<T, T> changeCallback = null, Func<T, T> valueProviderCallback = null,
            Action<T, T> shadowReloadCallback = null, bool softResettable = true, string name = null) where TRegister : PeripheralRegister where T : struct, IConvertible
        {
            enumField = register.DefineEnumField<T>(position, width, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
            return register;
        }

        public static T WithFlags<T>(this T register, int position, int count, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, bool, bool> readCallback = null,
            Action<int, bool, bool> writeCallback = null, Action<int, bool, bool> changeCallback = null, Func<int, bool, bool> valueProviderCallback = null,
            Action<int, bool, bool> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            return register.WithFlags(position, count, out IFlagRegisterField[] _, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
        }

        public static T WithFlags<T>(this T register, int position, int count, out IFlagRegisterField[] flagFields, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, bool, bool> readCallback = null,
            Action<int, bool, bool> writeCallback = null, Action<int, bool, bool> changeCallback = null, Func<int, bool, bool> valueProviderCallback = null,
            Action<int, bool, bool> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            flagFields = new IFlagRegisterField[count];
            for(var i = 0; i < count; i++)
            {
                var index = i;
                flagFields[i] = register.DefineFlagField(position + i, mode,
                    readCallback == null ? null : (x, y) => readCallback(index, x, y),
                    writeCallback == null ? null : (x, y) => writeCallback(index, x, y),
                    changeCallback == null ? null : (x, y) => changeCallback(index, x, y),
                    valueProviderCallback == null ? null : x => valueProviderCallback(index, x),
                    null, softResettable, name == null ? null : $"{name}_{i}");
            }
            return register;
        }

        public static T WithValueFields<T>(this T register, int position, int width, int count, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, ulong, ulong> readCallback = null,
            Action<int, ulong, ulong> writeCallback = null, Action<int, ulong, ulong> changeCallback = null, Func<int, ulong, ulong> valueProviderCallback = null,
            Action<int, ulong, ulong> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            return register.WithValueFields(position, width, count, out IValueRegisterField[] _, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
        }

        public static T WithValueFields<T>(this T register, int position, int width, int count, out IValueRegisterField[] valueFields, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, ulong, ulong> readCallback = null,
            Action<int, ulong, ulong> writeCallback = null, Action<int, ulong, ulong> changeCallback = null, Func<int, ulong, ulong> valueProviderCallback = null,
            Action<int, ulong, ulong> shadowReloadCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            valueFields = new IValueRegisterField[count];
            for(var i = 0; i < count; i++)
            {
                var index = i;
                valueFields[i] = register.DefineValueField(position + i * width, width, mode,
                    readCallback == null ? null : (x, y) => readCallback(index, x, y),
                    writeCallback == null ? null : (x, y) => writeCallback(index, x, y),
                    changeCallback == null ? null : (x, y) => changeCallback(index, x, y),
                    valueProviderCallback == null ? null : x => valueProviderCallback(index, x),
                    null, softResettable, name == null ? null : $"{name}_{i}");
            }
            return register;
        }

        public static TRegister WithEnumFields<TRegister, T>(this TRegister register, int position, int width, int count, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, T, T> readCallback = null,
            Action<int, T, T> writeCallback = null, Action<int, T, T> changeCallback = null, Func<int, T, T> valueProviderCallback = null,
            Action<int, T, T> shadowReloadCallback = null, bool softResettable = true, string name = null) where TRegister : PeripheralRegister where T : struct, IConvertible
        {
            return register.WithEnumFields(position, width, count, out IEnumRegisterField<T>[] _, mode, readCallback, writeCallback, changeCallback, valueProviderCallback, shadowReloadCallback, softResettable, name);
        }

        public static TRegister WithEnumFields<TRegister, T>(this TRegister register, int position, int width, int count, out IEnumRegisterField<T>[] enumFields, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<int, T, T> readCallback = null,
            Action<int, T, T> writeCallback = null, Action<int, T, T> changeCallback = null, Func<int, T, T> valueProviderCallback = null,
            Action<int, T, T> shadowReloadCallback = null, bool softResettable = true, string name = null) where TRegister : PeripheralRegister where T : struct, IConvertible
        {
            enumFields = new IEnumRegisterField<T>[count];
            for(var i = 0; i < count; i++)
            {
                var index = i;
                enumFields[i] = register.DefineEnumField<T>(position + i * width, width, mode,
                    readCallback == null ? null : (x, y) => readCallback(index, x, y),
                    writeCallback == null ? null : (x, y) => writeCallback(index, x, y),
                    changeCallback == null ? null : (x, y) => changeCallback(index, x, y),
                    valueProviderCallback == null ? null : x => valueProviderCallback(index, x),
                    null, softResettable, name == null ? null : $"{name}_{i}");
            }
            return register;
        }

        /// <summary>A flag that keeps its value when written while <paramref name="writabilityCondition"/> is false.</summary>
        public static T WithConditionallyWritableFlag<T>(this T register, int position, out IFlagRegisterField flagField, Func<bool> writabilityCondition, Action<bool, bool> readCallback = null,
            Action<bool, bool> writeCallback = null, Action<bool, bool> changeCallback = null, Func<bool, bool> valueProviderCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            IFlagRegisterField field = null;
            field = register.DefineFlagField(position, readCallback: readCallback, writeCallback: writeCallback, changeCallback: (oldValue, newValue) =>
            {
                if(writabilityCondition())
                {
                    changeCallback?.Invoke(oldValue, newValue);
                    return;
                }
                field.Value = oldValue;
            }, valueProviderCallback: valueProviderCallback, softResettable: softResettable, name: name);
            flagField = field;
            return register;
        }

        /// <summary>A value that stays when written while <paramref name="writabilityCondition"/> is false.</summary>
        public static T WithConditionallyWritableValueField<T>(this T register, int position, int width, out IValueRegisterField valueField, Func<bool> writabilityCondition, Action<ulong, ulong> readCallback = null,
            Action<ulong, ulong> writeCallback = null, Action<ulong, ulong> changeCallback = null, Func<ulong, ulong> valueProviderCallback = null, bool softResettable = true, string name = null) where T : PeripheralRegister
        {
            IValueRegisterField field = null;
            field = register.DefineValueField(position, width, readCallback: readCallback, writeCallback: writeCallback, changeCallback: (oldValue, newValue) =>
            {
                if(writabilityCondition())
                {
                    changeCallback?.Invoke(oldValue, newValue);
                    return;
                }
                field.Value = oldValue;
            }, valueProviderCallback: valueProviderCallback, softResettable: softResettable, name: name);
            valueField = field;
            return register;
        }

        public static T WithTag<T>(this T register, string name, int position, int width, bool silent = false) where T : PeripheralRegister
        {
            register.Tag(name, position, width, silent: silent);
            return register;
        }

        public static T WithTags<T>(this T register, string name, int position, int width, int count, bool silent = false) where T : PeripheralRegister
        {
            for(var i = 0; i < count; i++)
            {
                register.Tag(name == null ? null : $"{name}_{i}", position + i * width, width, silent: silent);
            }
            return register;
        }

        public static T WithTaggedFlag<T>(this T register, string name, int position, bool silent = false) where T : PeripheralRegister
        {
            register.TaggedFlag(name, position, silent);
            return register;
        }

        public static T WithTaggedFlags<T>(this T register, string name, int position, int count) where T : PeripheralRegister
        {
            for(var i = 0; i < count; i++)
            {
                register.TaggedFlag(name == null ? null : $"{name}_{i}", position + i);
            }
            return register;
        }

        public static T WithReservedBits<T>(this T register, int position, int width, uint? allowedValue = null, bool silent = false) where T : PeripheralRegister
        {
            register.Reserved(position, width, allowedValue, silent);
            return register;
        }

        /// <summary>Bits that keep what is written and mean nothing.</summary>
        public static T WithIgnoredBits<T>(this T register, int position, int width) where T : PeripheralRegister
        {
            register.DefineValueField(position, width, name: "ignored");
            return register;
        }
    }

    public sealed class IfWrapper<T>
    {
        public IfWrapper(T value, bool condition)
        {
            this.value = value;
            this.condition = condition;
        }

        public IfWrapper<T> Then(Action<T> action)
        {
            if(condition)
            {
                action(value);
            }
            return this;
        }

        public T Else(Action<T> action)
        {
            if(!condition)
            {
                action(value);
            }
            return value;
        }

        public T EndIf() => value;

        private readonly T value;
        private readonly bool condition;
    }

    public static class DoubleWordRegisterExtensions
    {
        public static DoubleWordRegister WithBeforeReadCallback(this DoubleWordRegister register, Action<uint> beforeReadCallback)
        {
            register.DefineBeforeReadCallback(beforeReadCallback);
            return register;
        }

        public static DoubleWordRegister WithReadCallback(this DoubleWordRegister register, Action<uint, uint> readCallback)
        {
            register.DefineReadCallback(readCallback);
            return register;
        }

        public static DoubleWordRegister WithWriteCallback(this DoubleWordRegister register, Action<uint, uint> writeCallback)
        {
            register.DefineWriteCallback(writeCallback);
            return register;
        }

        public static DoubleWordRegister WithChangeCallback(this DoubleWordRegister register, Action<uint, uint> changeCallback)
        {
            register.DefineChangeCallback(changeCallback);
            return register;
        }

        public static DoubleWordRegister DefinedFor(this DoubleWordRegister register, DoubleWordRegisterCollection collection, Enum offset)
        {
            return collection.AddRegister(Convert.ToInt64(offset), register);
        }
    }

    public static class WordRegisterExtensions
    {
        public static WordRegister WithBeforeReadCallback(this WordRegister register, Action<ushort> beforeReadCallback)
        {
            register.DefineBeforeReadCallback(beforeReadCallback);
            return register;
        }

        public static WordRegister WithReadCallback(this WordRegister register, Action<ushort, ushort> readCallback)
        {
            register.DefineReadCallback(readCallback);
            return register;
        }

        public static WordRegister WithWriteCallback(this WordRegister register, Action<ushort, ushort> writeCallback)
        {
            register.DefineWriteCallback(writeCallback);
            return register;
        }

        public static WordRegister WithChangeCallback(this WordRegister register, Action<ushort, ushort> changeCallback)
        {
            register.DefineChangeCallback(changeCallback);
            return register;
        }

        public static WordRegister DefinedFor(this WordRegister register, WordRegisterCollection collection, Enum offset)
        {
            return collection.AddRegister(Convert.ToInt64(offset), register);
        }
    }

    public static class ByteRegisterExtensions
    {
        public static ByteRegister WithBeforeReadCallback(this ByteRegister register, Action<byte> beforeReadCallback)
        {
            register.DefineBeforeReadCallback(beforeReadCallback);
            return register;
        }

        public static ByteRegister WithReadCallback(this ByteRegister register, Action<byte, byte> readCallback)
        {
            register.DefineReadCallback(readCallback);
            return register;
        }

        public static ByteRegister WithWriteCallback(this ByteRegister register, Action<byte, byte> writeCallback)
        {
            register.DefineWriteCallback(writeCallback);
            return register;
        }

        public static ByteRegister WithChangeCallback(this ByteRegister register, Action<byte, byte> changeCallback)
        {
            register.DefineChangeCallback(changeCallback);
            return register;
        }

        public static ByteRegister DefinedFor(this ByteRegister register, ByteRegisterCollection collection, Enum offset)
        {
            return collection.AddRegister(Convert.ToInt64(offset), register);
        }
    }
}
