// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.CPU;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Bus
{
    /// <summary>A place on the bus.</summary>
    public abstract class BusRegistration : IRegistrationPoint
    {
        public override bool Equals(object obj)
        {
            return obj is BusRegistration other && other.GetType() == GetType() && other.StartingPoint == StartingPoint && other.Offset == Offset && other.Initiator == Initiator;
        }

        public override int GetHashCode() => HashCode.Combine(StartingPoint, Offset, Initiator);

        /// <summary>The only peripheral that may access; null: all.</summary>
        public IPeripheral Initiator { get; }

        /// <summary>Added to each offset that the peripheral sees.</summary>
        public ulong Offset { get; set; }

        public virtual ulong StartingPoint { get; set; }

        public virtual string PrettyString => ToString();

        protected BusRegistration(ulong startingPoint, ulong offset, IPeripheral cpu)
        {
            StartingPoint = startingPoint;
            Offset = offset;
            Initiator = cpu;
        }
    }

    public class BusRangeRegistration : BusRegistration
    {
        public BusRangeRegistration(Range range, ulong offset = 0, IPeripheral cpu = null) : base(range.StartAddress, offset, cpu)
        {
            Range = range;
        }

        public BusRangeRegistration(ulong address, ulong size, ulong offset = 0, IPeripheral cpu = null) : this(new Range(address, size), offset, cpu)
        {
        }

        public override string ToString() => Offset == 0 ? Range.ToString() : $"{Range} with offset 0x{Offset:X}";

        public override bool Equals(object obj) => base.Equals(obj) && Range.Size == ((BusRangeRegistration)obj).Range.Size;

        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Range.Size);

        public Range Range { get; set; }
    }

    /// <summary>A start address; the peripheral knows its size.</summary>
    public class BusPointRegistration : BusRegistration
    {
        public BusPointRegistration(ulong address, ulong offset = 0, IPeripheral cpu = null) : base(address, offset, cpu)
        {
        }

        public BusRangeRegistration ToRangeRegistration(ulong size) => new BusRangeRegistration(StartingPoint, size, Offset, Initiator);

        public override string ToString() => Offset == 0 ? $"0x{StartingPoint:X}" : $"0x{StartingPoint:X} with offset 0x{Offset:X}";
    }

    /// <summary>One of several regions that a peripheral has, named as in its <see cref="ConnectionRegionAttribute"/>.</summary>
    public class BusMultiRegistration : BusRangeRegistration
    {
        public BusMultiRegistration(ulong address, ulong size, string region, IPeripheral cpu = null) : base(address, size, 0, cpu)
        {
            if(string.IsNullOrWhiteSpace(region))
            {
                throw new ConstructionException("'Region' parameter cannot be null or empty.");
            }
            ConnectionRegionName = region;
        }

        public override string ToString() => $"{base.ToString()} [region: {ConnectionRegionName}]";

        public override bool Equals(object obj) => base.Equals(obj) && ConnectionRegionName == ((BusMultiRegistration)obj).ConnectionRegionName;

        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), ConnectionRegionName);

        public string ConnectionRegionName { get; private set; }
    }

    public interface IBusRegistered<out T> : IRegistered<T, BusRangeRegistration> where T : IBusPeripheral
    {
    }

    public class BusRegistered<T> : IBusRegistered<T> where T : IBusPeripheral
    {
        public BusRegistered(T what, BusRangeRegistration where)
        {
            Peripheral = what;
            RegistrationPoint = where;
        }

        public override string ToString() => $"{Peripheral.GetName()} registered at {RegistrationPoint}";

        public T Peripheral { get; private set; }

        public BusRangeRegistration RegistrationPoint { get; private set; }
    }

    /// <summary>Marks methods that serve one named region of a peripheral: <c>uint Read…(long)</c>, <c>void Write…(long, uint)</c> and so on.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class ConnectionRegionAttribute : Attribute
    {
        public ConnectionRegionAttribute(string name)
        {
            Name = name;
        }

        public string Name { get; private set; }
    }

    /// <summary>Which accesses of a width that the peripheral lacks the bus makes from those that it has.</summary>
    [Flags]
    public enum AllowedTranslation
    {
        ByteToWord = 1 << 0,
        ByteToDoubleWord = 1 << 1,
        ByteToQuadWord = 1 << 2,
        WordToByte = 1 << 3,
        WordToDoubleWord = 1 << 4,
        WordToQuadWord = 1 << 5,
        DoubleWordToByte = 1 << 6,
        DoubleWordToWord = 1 << 7,
        DoubleWordToQuadWord = 1 << 8,
        QuadWordToByte = 1 << 9,
        QuadWordToWord = 1 << 10,
        QuadWordToDoubleWord = 1 << 11,
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class AllowedTranslationsAttribute : Attribute
    {
        public AllowedTranslationsAttribute(AllowedTranslation allowedTranslations)
        {
            AllowedTranslations = allowedTranslations;
        }

        public AllowedTranslation AllowedTranslations { get; }
    }

    public enum BusAccessError
    {
        GenericError,
        AddressError,
        CommandError,
        BurstError,
        ByteEnableError,
    }

    /// <summary>The bus answers an access with an error: for the processor a bus fault.</summary>
    public class BusAccessException : RecoverableException
    {
        public BusAccessException(BusAccessError error) : base($"Bus access failed with error: {error}")
        {
            Error = error;
        }

        public BusAccessError Error { get; }
    }

    /// <summary>What an access to an address without a peripheral does. All but the last log or not, read 0 and drop writes.</summary>
    public enum UnhandledAccessBehaviour
    {
        Report,
        ReportIfTagged,
        ReportIfNotTagged,
        DoNotReport,
        ThrowException,
    }

    [Flags]
    public enum SysbusAccessWidth
    {
        Byte = 1,
        Word = 2,
        DoubleWord = 4,
        QuadWord = 8,
    }

    /// <summary>The system bus.</summary>
    public interface IBusController : IPeripheralContainer<IBusPeripheral, BusRangeRegistration>, IRegisterablePeripheral<IKnownSize, BusPointRegistration>,
        IRegisterablePeripheral<ICPU, CPURegistrationPoint>, IRegisterablePeripheral<IBusPeripheral, BusMultiRegistration>, IRegisterablePeripheral<IPeripheral, NullRegistrationPoint>,
        IPeripheral, Utilities.ICanLoadFiles
    {
        byte ReadByte(ulong address, IPeripheral context = null, ulong? cpuState = null);

        void WriteByte(ulong address, byte value, IPeripheral context = null, ulong? cpuState = null);

        ushort ReadWord(ulong address, IPeripheral context = null, ulong? cpuState = null);

        void WriteWord(ulong address, ushort value, IPeripheral context = null, ulong? cpuState = null);

        uint ReadDoubleWord(ulong address, IPeripheral context = null, ulong? cpuState = null);

        void WriteDoubleWord(ulong address, uint value, IPeripheral context = null, ulong? cpuState = null);

        ulong ReadQuadWord(ulong address, IPeripheral context = null, ulong? cpuState = null);

        void WriteQuadWord(ulong address, ulong value, IPeripheral context = null, ulong? cpuState = null);

        byte[] ReadBytes(ulong address, int count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null);

        void ReadBytes(ulong address, int count, byte[] destination, int startIndex, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null);

        void WriteBytes(byte[] bytes, ulong address, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null);

        void WriteBytes(byte[] bytes, ulong address, int startingIndex, long count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null);

        void WriteBytes(byte[] bytes, ulong address, long count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null);

        IBusRegistered<IBusPeripheral> WhatIsAt(ulong address, IPeripheral context = null);

        IPeripheral WhatPeripheralIsAt(ulong address, IPeripheral context = null, ulong? initiatorState = null);

        IBusRegistered<Memory.MappedMemory> FindMemory(ulong address, ICPU context = null);

        bool IsMemory(ulong address, ICPU context = null, ulong? initiatorState = null);

        void SetPeripheralEnabled(IPeripheral peripheral, bool value);

        bool IsPeripheralEnabled(IPeripheral peripheral);

        IEnumerable<ICPU> GetCPUs();

        /// <summary>The processor whose access or instruction is being executed.</summary>
        bool TryGetCurrentCPU(out ICPU cpu);

        /// <summary>Puts the processor's name and program counter before the text, if one is executing.</summary>
        string DecorateWithCPUNameAndPC(string str);

        /// <summary>Names a range without a peripheral and says what it reads as.</summary>
        void Tag(Range range, string tag, ulong defaultValue = 0, bool pausing = false, bool silent = false, bool overridePeripheralAccesses = false);

        /// <summary>Lets the hook change what the peripheral returns to reads as wide as <typeparamref name="T"/>.</summary>
        void SetHookAfterPeripheralRead<T>(IBusPeripheral peripheral, Func<T, long, T> hook, Range? subrange = null);

        void ClearHookAfterPeripheralRead<T>(IBusPeripheral peripheral);

        /// <summary>Lets the hook change what writes as wide as <typeparamref name="T"/> bring to the peripheral.</summary>
        void SetHookBeforePeripheralWrite<T>(IBusPeripheral peripheral, Func<T, long, T> hook, Range? subrange = null);

        IMachine Machine { get; }

        /// <summary>Lowest address that a file was loaded to, null if none was.</summary>
        ulong? LowestLoadedAddress { get; }

        UnhandledAccessBehaviour UnhandledAccessBehaviour { get; set; }
    }

    public static class BusControllerExtensions
    {
        public static void EnablePeripheral(this IBusController bus, IPeripheral peripheral) => bus.SetPeripheralEnabled(peripheral, true);

        public static void DisablePeripheral(this IBusController bus, IPeripheral peripheral) => bus.SetPeripheralEnabled(peripheral, false);
    }
}
