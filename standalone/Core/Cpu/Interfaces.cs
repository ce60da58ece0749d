// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Miscellaneous;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public abstract class ExternalMmuBase
    {
        [Flags]
        public enum Privilege : uint
        {
            None = 0,
            Read = 1,
            Write = 2,
            ReadAndWrite = Read | Write,
            Execute = 4,
            All = ReadAndWrite | Execute,
        }
    }
}

namespace Antmicro.Renode.Peripherals.CPU
{
    public class CPURegistrationPoint : IRegistrationPoint
    {
        public CPURegistrationPoint(int? slot = null)
        {
            Slot = slot;
        }

        public override string ToString() => $"Slot: {Slot}";

        public int? Slot { get; private set; }

        public string PrettyString => ToString();
    }

    public interface IHaltable
    {
        bool IsHalted { get; set; }
    }

    /// <summary>A processor.</summary>
    public interface ICPU : IPeripheral, IHaltable
    {
        /// <summary>Executes that many instructions, halted or not, and advances virtual time by them.</summary>
        /// <returns>The new program counter.</returns>
        ulong Step(int count = 1);

        /// <summary>Brings virtual time up to the instruction being executed.</summary>
        void SyncTime();

        string Model { get; }

        string Architecture { get; }

        IBusController Bus { get; }

        RegisterValue PC { get; set; }

        new bool IsHalted { get; set; }

        ulong ExecutedInstructions { get; }

        bool OnPossessedThread { get; }

        event Action<HaltArguments> Halted;
    }

    public interface IControllableCPU : ICPU
    {
        /// <summary>Ends the current run of instructions as soon as possible.</summary>
        void RequestReturn();
    }

    public delegate void CpuAddressHook(ICpuSupportingGdb cpu, ulong address);

    public interface ICPUWithHooks : ICPU
    {
        /// <summary>Calls the hook before the instruction at the address is executed.</summary>
        void AddHook(ulong addr, CpuAddressHook hook);

        void RemoveHook(ulong addr, CpuAddressHook hook);

        void RemoveHooksAt(ulong addr);

        void RemoveAllHooks();

        void AddHookAtInterruptBegin(Action<ulong> hook);

        void AddHookAtInterruptEnd(Action<ulong> hook);

        void AddHookAtWfiStateChange(Action<bool> hook);
    }

    public interface ICPUWithRegisters : ICPU
    {
        void SetRegister(int register, RegisterValue value);

        RegisterValue GetRegister(int register);

        IEnumerable<CPURegister> GetRegisters();
    }

    public static class ICPUWithRegistersExtensions
    {
        public static RegisterValue GetRegister(this ICPUWithRegisters cpu, string register) => cpu.GetRegister(cpu.IndexOf(register));

        public static void SetRegister(this ICPUWithRegisters cpu, string register, RegisterValue value) => cpu.SetRegister(cpu.IndexOf(register), value);

        public static ulong GetRegisterUlong(this ICPUWithRegisters cpu, int register) => cpu.GetRegister(register).RawValue;

        public static ulong GetRegisterUlong(this ICPUWithRegisters cpu, string register) => cpu.GetRegister(register).RawValue;

        public static void SetRegisterUlong(this ICPUWithRegisters cpu, int register, ulong value) => cpu.SetRegister(register, value);

        private static int IndexOf(this ICPUWithRegisters cpu, string register)
        {
            foreach(var item in cpu.GetRegisters())
            {
                if(item.Aliases.Contains(register, StringComparer.OrdinalIgnoreCase))
                {
                    return item.Index;
                }
            }
            throw new RecoverableException($"Wrong register name: {register}");
        }
    }

    public interface ICpuSupportingGdb : ICPUWithHooks, ICPUWithRegisters
    {
    }

    public interface ICPUWithMappedMemory : ICPU
    {
        void MapMemory(IMappedSegment segment);

        void UnmapMemory(Range range);

        /// <summary>Data accesses to the page around the address go to the bus, until undone or reset.</summary>
        void SetPageAccessViaIo(ulong address);

        void ClearPageAccessViaIo(ulong address);
    }

    public enum AccessType
    {
        Read = 0,
        Write = 1,
        Execute = 2,
    }

    public enum ExternalMmuPosition
    {
        None = 0,
        Replace = 1,
        BeforeInternal = 2,
        AfterInternal = 3,
    }

    public enum ExternalMmuResult
    {
        NoFault = 0,
        Fault = 1,
        ExternalAbort = 2,
    }

    /// <summary>Decides what an access that no window permits does.</summary>
    public delegate ExternalMmuResult ExternalMmuFaultHook(ulong address, AccessType accessType, ulong? windowId, bool firstTry);

    /// <summary>
    /// Windows that permit kinds of access to ranges of addresses. No processor of this host has them: Cortex-M faults by itself on
    /// fetches from execute-never regions.
    /// </summary>
    public interface ICPUWithExternalMmu : ICPU
    {
        void EnableExternalWindowMmu(bool value);

        void EnableExternalWindowMmu(ExternalMmuPosition position);

        ulong AcquireExternalMmuWindow(ExternalMmuBase.Privilege type);

        void ResetMmuWindow(ulong id);

        void ResetAllMmuWindows();

        void SetMmuWindowStart(ulong id, ulong startAddress);

        void SetMmuWindowEnd(ulong id, ulong endAddress);

        void SetMmuWindowAddend(ulong id, ulong addend);

        void SetMmuWindowPrivileges(ulong id, ExternalMmuBase.Privilege privileges);

        ulong GetMmuWindowStart(ulong id);

        ulong GetMmuWindowEnd(ulong id);

        ulong GetMmuWindowAddend(ulong id);

        uint GetMmuWindowPrivileges(ulong id);

        void AddHookOnMmuFault(ExternalMmuFaultHook hook);

        void RemoveHookOnMmuFault(ExternalMmuFaultHook hook);

        uint ExternalMmuWindowsCount { get; }
    }

    public enum HaltReason
    {
        Breakpoint,
        Abort,
        Step,
        Pause,
    }

    public class HaltArguments
    {
        public HaltArguments(HaltReason reason, ICPU cpu, ulong? address = null)
        {
            Reason = reason;
            Cpu = cpu;
            Address = address;
        }

        public HaltReason Reason { get; }

        public ICPU Cpu { get; }

        public ulong? Address { get; }
    }

    /// <summary>A register of a processor.</summary>
    public struct CPURegister
    {
        public CPURegister(int index, int width, bool isGeneral, bool isReadonly, string[] aliases = null)
        {
            Index = index;
            Width = width;
            IsGeneral = isGeneral;
            IsReadonly = isReadonly;
            Aliases = aliases ?? Array.Empty<string>();
        }

        public override string ToString() => string.Join(" / ", Aliases);

        public int Index { get; }

        public int Width { get; }

        public bool IsGeneral { get; }

        public bool IsReadonly { get; }

        public string[] Aliases { get; }
    }

    /// <summary>The value of a register, of 8 to 64 bits.</summary>
    public struct RegisterValue
    {
        public static RegisterValue Create(ulong rawValue, uint bits) => new RegisterValue { RawValue = rawValue, Bits = bits };

        public override string ToString() => $"0x{RawValue:x}";

        public ulong RawValue { get; private set; }

        public uint Bits { get; private set; }

        public static implicit operator RegisterValue(long v) => Create((ulong)v, 64);

        public static implicit operator RegisterValue(ulong v) => Create(v, 64);

        public static implicit operator RegisterValue(uint v) => Create(v, 32);

        public static implicit operator RegisterValue(ushort v) => Create(v, 16);

        public static implicit operator RegisterValue(byte v) => Create(v, 8);

        public static implicit operator ulong(RegisterValue v) => v.RawValue;

        public static implicit operator uint(RegisterValue v)
        {
            return v.RawValue <= uint.MaxValue ? (uint)v.RawValue : throw new InvalidCastException("Value is too big to be expressed as UInt32");
        }
    }
}
