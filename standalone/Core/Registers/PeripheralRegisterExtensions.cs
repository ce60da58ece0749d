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

    public static class DoubleWordRegisterExtensions
    {
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
    }
}
