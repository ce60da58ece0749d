// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode
{
    /// <summary>Anything that the emulation knows by name and that may log.</summary>
    public interface IEmulationElement
    {
    }
}

namespace Antmicro.Renode.Core
{
    public interface IExternal : IEmulationElement
    {
    }

    public interface IConnectable
    {
    }

    public interface IConnectable<T> : IConnectable
    {
        void AttachTo(T obj);

        void DetachFrom(T obj);
    }

    /// <summary>A peripheral with outputs that a .repl did not connect by name.</summary>
    public interface IHasAutomaticallyConnectedGPIOOutputs
    {
        void DisconnectAutomaticallyConnectedGPIOOutputs();
    }

    /// <summary>Memory that the processor may access without asking the peripheral.</summary>
    public interface IMappedSegment
    {
        IntPtr Pointer { get; }

        /// <summary>Offset of the segment in its peripheral, in bytes.</summary>
        ulong StartingOffset { get; }

        /// <summary>Size in bytes.</summary>
        ulong Size { get; }

        /// <summary>Called before the first access: the memory must exist after it.</summary>
        void Touch();
    }
}

namespace Antmicro.Renode.Peripherals
{
    public interface IPeripheral : IEmulationElement
    {
        void Reset();
    }

    public static class IPeripheralExtensions
    {
        public static bool TryGetMachine(this IPeripheral @this, out IMachine machine)
        {
            return EmulationManager.Instance.CurrentEmulation.TryGetMachineForPeripheral(@this, out machine);
        }

        public static IMachine GetMachine(this IPeripheral @this)
        {
            return @this.TryGetMachine(out var result) ? result : throw new ArgumentException($"Couldn't find machine for a given peripheral of type {@this.GetType().FullName}.");
        }

        public static string GetName(this IPeripheral @this)
        {
            var machine = @this.GetMachine();
            return $"{EmulationManager.Instance.CurrentEmulation[machine]}.{machine.GetLocalName(@this)}";
        }
    }

    /// <summary>What Renode stops and resumes with its machine. Nobody calls it here, where all is done by one thread.</summary>
    public interface IHasOwnLife
    {
        void Start();

        void Pause();

        void Resume();

        bool IsPaused { get; }
    }

    /// <summary>A peripheral that takes its size on the bus from itself.</summary>
    public interface IKnownSize : IBusPeripheral
    {
        /// <summary>Size in bytes.</summary>
        long Size { get; }
    }

    /// <summary>A peripheral whose content the processor may access directly.</summary>
    public interface IMapped : IBusPeripheral
    {
        IEnumerable<IMappedSegment> MappedSegments { get; }
    }

    public interface IMemory : IPeripheral, IKnownSize, IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IMultibyteWritePeripheral, IQuadWordPeripheral
    {
    }

    public interface IHasFrequency
    {
        /// <summary>Hertz.</summary>
        ulong Frequency { get; set; }
    }

    public interface IHasDivisibleFrequency : IHasFrequency
    {
        ulong Divider { get; set; }
    }

    /// <summary>A peripheral that knows the names of its registers.</summary>
    public interface IHasMappedRegisters
    {
        string OffsetToString(long offset);
    }

    public interface IAbsoluteAddressAware
    {
        /// <summary>Called before each access with the full address.</summary>
        void SetAbsoluteAddress(ulong address);
    }

    /// <summary>The output that a .repl means when it names none.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public class DefaultInterruptAttribute : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public class NameAliasAttribute : Attribute
    {
        public NameAliasAttribute(string name, bool warnOnUsage = true)
        {
            Name = name;
            WarnOnUsage = warnOnUsage;
        }

        public string Name { get; }

        public bool WarnOnUsage { get; }
    }
}

namespace Antmicro.Renode.UserInterface
{
    /// <summary>The Monitor does not offer the member.</summary>
    [AttributeUsage(AttributeTargets.All)]
    public class HideInMonitorAttribute : Attribute
    {
    }
}

namespace Antmicro.Renode.Peripherals.IRQControllers
{
    public interface IIRQController : IGPIOReceiver
    {
    }
}

namespace Antmicro.Renode.Peripherals.Bus
{
    public interface IBusPeripheral : IPeripheral
    {
    }

    public interface IBytePeripheral : IBusPeripheral
    {
        byte ReadByte(long offset);

        void WriteByte(long offset, byte value);
    }

    public interface IWordPeripheral : IBusPeripheral
    {
        ushort ReadWord(long offset);

        void WriteWord(long offset, ushort value);
    }

    public interface IDoubleWordPeripheral : IBusPeripheral
    {
        uint ReadDoubleWord(long offset);

        void WriteDoubleWord(long offset, uint value);
    }

    public interface IQuadWordPeripheral : IBusPeripheral
    {
        ulong ReadQuadWord(long offset);

        void WriteQuadWord(long offset, ulong value);
    }

    public interface IMultibyteWritePeripheral
    {
        byte[] ReadBytes(long offset, int count, IPeripheral context = null);

        void WriteBytes(long offset, byte[] array, int startingIndex, int count, IPeripheral context = null);
    }
}

namespace Antmicro.Renode.Peripherals.UART
{
    public interface IUART : IPeripheral
    {
        /// <summary>A character leaves the peripheral. Implementers mark the field transient.</summary>
        event Action<byte> CharReceived;

        /// <summary>A character arrives at the peripheral.</summary>
        void WriteChar(byte value);

        /// <summary>Bits per second; 0 if not known.</summary>
        uint BaudRate { get; }

        Bits StopBits { get; }

        Parity ParityBit { get; }
    }

    public enum Parity
    {
        Odd,
        Even,
        None,
        Forced1,
        Forced0,
        Multidrop,
        Unsupported,
    }

    public enum Bits
    {
        None,
        One,
        Half,
        OneAndAHalf,
        Two,
    }
}

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public interface ILed : IGPIOReceiver
    {
        bool State { get; }

        event Action<ILed, bool> StateChanged;
    }
}

namespace Antmicro.Renode.Peripherals.SPI
{
    public interface ISPIPeripheral : IPeripheral
    {
        /// <summary>Exchanges one byte.</summary>
        byte Transmit(byte data);

        /// <summary>The device is deselected.</summary>
        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Peripherals.I2C
{
    public interface II2CPeripheral : IPeripheral
    {
        void Write(byte[] data);

        byte[] Read(int count = 1);

        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Backends.Terminals
{
}
