// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Core.Structure.Registers
{
    public interface IPeripheralRegister<T>
    {
        T Read();

        void Write(long offset, T value);

        T Value { get; set; }
    }

    /// <summary>
    /// A register made of declared fields. A read lets the value providers speak first, then applies the read modes and calls
    /// back; a write applies the write modes of all fields, then calls back: fields' write, fields' change, the register's own.
    /// </summary>
    public abstract partial class PeripheralRegister
    {
        /// <summary>Restores the reset value, except for fields that a soft reset leaves alone.</summary>
        public void Reset()
        {
            BitHelper.UpdateWithMasked(ref UnderlyingValue, resetValue, resettableMask);
        }

        public void Reserved(int position, int width, ulong? allowedValue = null, bool silent = false)
        {
            Tag("RESERVED", position, width, allowedValue, false, silent);
        }

        /// <summary>Names bits that are not modelled: a write that would change them is logged.</summary>
        public void Tag(string name, int position, int width, ulong? allowedValue = null, bool isFlag = false, bool silent = false)
        {
            CheckRange(position, width, name);
            if(allowedValue != null && (allowedValue.Value & ~BitHelper.CalculateQuadWordMask(width, 0)) != 0)
            {
                throw new ArgumentException($"The allowed value 0x{allowedValue:X} of {name} needs more than {width} bits.");
            }
            tags = [.. tags, new TagInfo { Name = name, Position = position, Width = width, AllowedValue = allowedValue, Silent = silent }];
        }

        public void TaggedFlag(string name, int position, bool silent = false) => Tag(name, position, 1, isFlag: true, silent: silent);

        public IFlagRegisterField DefineFlagField(int position, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<bool, bool> readCallback = null,
            Action<bool, bool> writeCallback = null, Action<bool, bool> changeCallback = null, Func<bool, bool> valueProviderCallback = null,
            Action<bool, bool> shadowReloadCallback = null, bool softResettable = true, string name = null)
        {
            var field = new FlagField(this, position, mode, name)
            {
                ReadCallback = readCallback,
                WriteCallback = writeCallback,
                ChangeCallback = changeCallback,
                ValueProviderCallback = valueProviderCallback,
            };
            Add(field, softResettable);
            return field;
        }

        public IValueRegisterField DefineValueField(int position, int width, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<ulong, ulong> readCallback = null,
            Action<ulong, ulong> writeCallback = null, Action<ulong, ulong> changeCallback = null, Func<ulong, ulong> valueProviderCallback = null,
            Action<ulong, ulong> shadowReloadCallback = null, bool softResettable = true, string name = null)
        {
            var field = new ValueField(this, position, width, mode, name)
            {
                ReadCallback = readCallback,
                WriteCallback = writeCallback,
                ChangeCallback = changeCallback,
                ValueProviderCallback = valueProviderCallback,
            };
            Add(field, softResettable);
            return field;
        }

        public IEnumRegisterField<TEnum> DefineEnumField<TEnum>(int position, int width, FieldMode mode = FieldMode.Read | FieldMode.Write, Action<TEnum, TEnum> readCallback = null,
            Action<TEnum, TEnum> writeCallback = null, Action<TEnum, TEnum> changeCallback = null, Func<TEnum, TEnum> valueProviderCallback = null,
            Action<TEnum, TEnum> shadowReloadCallback = null, bool softResettable = true, string name = null) where TEnum : struct, IConvertible
        {
            var field = new EnumField<TEnum>(this, position, width, mode, name)
            {
                ReadCallback = readCallback,
                WriteCallback = writeCallback,
                ChangeCallback = changeCallback,
                ValueProviderCallback = valueProviderCallback,
            };
            Add(field, softResettable);
            return field;
        }

        public int RegisterWidth { get; }

        protected PeripheralRegister(IPeripheral parent, ulong resetValue, bool softResettable, int width)
        {
            this.parent = parent;
            this.resetValue = resetValue;
            RegisterWidth = width;
            UnderlyingValue = resetValue;
            resettableMask = softResettable ? ulong.MaxValue : 0;
        }

        protected ulong ReadInner()
        {
            foreach(var field in fields)
            {
                UnderlyingValue = field.CallValueProvider(UnderlyingValue);
            }
            var before = UnderlyingValue;
            var changed = 0UL;
            foreach(var field in fields)
            {
                if(field.Mode.IsFlagSet(FieldMode.ReadToClear) && (UnderlyingValue & field.Mask) != 0)
                {
                    UnderlyingValue &= ~field.Mask;
                    changed |= field.Mask;
                }
                else if(field.Mode.IsFlagSet(FieldMode.ReadToSet) && (~UnderlyingValue & field.Mask) != 0)
                {
                    UnderlyingValue |= field.Mask;
                    changed |= field.Mask;
                }
            }
            foreach(var field in fields)
            {
                field.CallReadHandler(before, UnderlyingValue);
            }
            CallFieldChangeHandlers(changed, before);
            CallReadHandlers(before, UnderlyingValue);
            if(changed != 0)
            {
                CallChangeHandlers(before, UnderlyingValue);
            }
            return before & ~unreadableMask;
        }

        protected void WriteInner(long offset, ulong value)
        {
            var before = UnderlyingValue;
            var result = before;
            var changed = 0UL;
            foreach(var field in fields)
            {
                var next = Apply(field.Mode.WriteBits(), before, value);
                // a toggle or a clear that hits no bit is no change, so comparing covers all modes
                if(((next ^ before) & field.Mask) != 0)
                {
                    result = (result & ~field.Mask) | (next & field.Mask);
                    changed |= field.Mask;
                }
            }
            UnderlyingValue = result;
            foreach(var field in fields)
            {
                field.CallWriteHandler(before, value);
            }
            CallFieldChangeHandlers(changed, before);
            CallWriteHandlers(before, value);
            if(changed != 0)
            {
                CallChangeHandlers(before, UnderlyingValue);
            }
            var unhandled = (before ^ value) & ~definedMask;
            if(unhandled != 0)
            {
                LogUnhandled(offset, unhandled, value, LogLevel.Warning, false);
                LogUnhandled(offset, unhandled, value, LogLevel.Noisy, true);
            }
            CheckAllowedValues(offset, value);
        }

        protected abstract void CallReadHandlers(ulong oldValue, ulong newValue);

        protected abstract void CallWriteHandlers(ulong oldValue, ulong newValue);

        protected abstract void CallChangeHandlers(ulong oldValue, ulong newValue);

        private static ulong Apply(FieldMode mode, ulong old, ulong value)
        {
            switch(mode)
            {
            case FieldMode.Write:
                return value;
            case FieldMode.Set:
                return old | value;
            case FieldMode.Toggle:
                return old ^ value;
            case FieldMode.WriteOneToClear:
                return old & ~value;
            case FieldMode.WriteZeroToClear:
                return old & value;
            case FieldMode.WriteZeroToSet:
                return old | ~value;
            case FieldMode.WriteZeroToToggle:
                return old ^ ~value;
            case FieldMode.WriteToClear:
                return 0;
            case FieldMode.WriteToSet:
                return ulong.MaxValue;
            default:
                return old;
            }
        }

        private void CallFieldChangeHandlers(ulong changed, ulong before)
        {
            if(changed == 0)
            {
                return;
            }
            foreach(var field in fields)
            {
                if((field.Mask & changed) != 0)
                {
                    field.CallChangeHandler(before, UnderlyingValue);
                }
            }
        }

        private void Add(RegisterField field, bool softResettable)
        {
            CheckRange(field.Position, field.Width, field.Name);
            if(field.Width == 0)
            {
                throw new ArgumentException($"Field {field.Name ?? "(unnamed)"} at bit {field.Position} has no width.");
            }
            if(!field.Mode.IsValid())
            {
                throw new ArgumentException($"Field {field.Name ?? "(unnamed)"} at bit {field.Position} has contradicting modes: {field.Mode}.");
            }
            fields = [.. fields, field];
            definedMask |= field.Mask;
            if(!field.Mode.IsReadable())
            {
                unreadableMask |= field.Mask;
            }
            if(!softResettable)
            {
                resettableMask &= ~field.Mask;
            }
        }

        private void CheckRange(int position, int width, string name)
        {
            if(width < 0 || position < 0 || position + width > RegisterWidth)
            {
                throw new ArgumentException($"Field {name ?? "(unnamed)"} at bit {position}, {width} wide, does not fit into {RegisterWidth} bits.");
            }
            var mask = BitHelper.CalculateQuadWordMask(width, position);
            var other = fields.Select(x => (x.Name, x.Mask)).Concat(tags.Select(x => (x.Name, Mask: x.Mask))).FirstOrDefault(x => (x.Mask & mask) != 0);
            if(other.Mask != 0)
            {
                throw new ArgumentException($"Field {name ?? "(unnamed)"} at bit {position}, {width} wide, overlaps field {other.Name ?? "(unnamed)"}.");
            }
        }

        private void LogUnhandled(long offset, ulong unhandled, ulong value, LogLevel level, bool silent)
        {
            var hit = tags.Where(x => x.Silent == silent && (x.Mask & unhandled) != 0).ToArray();
            if(hit.Length == 0)
            {
                return;
            }
            var names = string.Join(", ", hit.Select(x => $"{x.Name} (0x{(value & x.Mask) >> x.Position:X})"));
            parent.Log(level, "Unhandled write to offset 0x{0:X}. Unhandled bits: [{1}] when writing value 0x{2:X}. Tags: {3}.",
                offset, BitHelper.GetSetBitsPretty(unhandled), value, names);
        }

        private void CheckAllowedValues(long offset, ulong value)
        {
            foreach(var tag in tags)
            {
                if(tag.AllowedValue != null && (value & tag.Mask) >> tag.Position != tag.AllowedValue)
                {
                    parent.Log(LogLevel.Error, "Invalid value written to offset 0x{0:X} reserved bits. Allowed value of {1} = 0x{2:X}, value written = 0x{3:X}",
                        offset, tag.Name, tag.AllowedValue, value);
                }
            }
        }

        protected ulong UnderlyingValue;

        private ulong definedMask;
        private ulong unreadableMask;
        private ulong resettableMask;
        // Replaced, never written to.
        private RegisterField[] fields = Array.Empty<RegisterField>();
        private TagInfo[] tags = Array.Empty<TagInfo>();

        private readonly IPeripheral parent;
        private readonly ulong resetValue;

        [FixedArrays]
        private sealed class TagInfo
        {
            public ulong Mask => BitHelper.CalculateQuadWordMask(Width, Position);

            public string Name { get; init; }

            public int Position { get; init; }

            public int Width { get; init; }

            public ulong? AllowedValue { get; init; }

            public bool Silent { get; init; }
        }
    }

    /// <summary>The part of a register that depends on its width.</summary>
    public abstract class PeripheralRegister<T> : PeripheralRegister, IPeripheralRegister<T> where T : struct, IConvertible
    {
        public void DefineReadCallback(Action<T, T> callback) => read += callback;

        public void DefineWriteCallback(Action<T, T> callback) => write += callback;

        public void DefineChangeCallback(Action<T, T> callback) => change += callback;

        public T Read() => Narrow(ReadInner());

        public void Write(long offset, T value) => WriteInner(offset, value.ToUInt64(null));

        /// <summary>The stored bits; no mode, provider or callback takes part.</summary>
        public T Value
        {
            get => Narrow(UnderlyingValue);
            set => UnderlyingValue = value.ToUInt64(null);
        }

        protected PeripheralRegister(IPeripheral parent, ulong resetValue, bool softResettable, int width) : base(parent, resetValue, softResettable, width)
        {
        }

        protected override void CallReadHandlers(ulong oldValue, ulong newValue) => read?.Invoke(Narrow(oldValue), Narrow(newValue));

        protected override void CallWriteHandlers(ulong oldValue, ulong newValue) => write?.Invoke(Narrow(oldValue), Narrow(newValue));

        protected override void CallChangeHandlers(ulong oldValue, ulong newValue) => change?.Invoke(Narrow(oldValue), Narrow(newValue));

        protected abstract T Narrow(ulong value);
        private Action<T, T> read;
        private Action<T, T> write;
        private Action<T, T> change;
    }

    public sealed class DoubleWordRegister : PeripheralRegister<uint>
    {
        public DoubleWordRegister(IPeripheral parent, ulong resetValue = 0, bool softResettable = true) : base(parent, resetValue, softResettable, DoubleWordWidth)
        {
        }

        protected override uint Narrow(ulong value) => (uint)value;

        public const int DoubleWordWidth = 32;
    }
}
