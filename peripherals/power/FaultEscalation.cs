// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Makes a fault that its own handler may not take a HardFault, and one in that a lock-up (PM0214 2.4.2, 2.4.4), for a core that
    /// does not: that of release 1.16.1.
    /// </summary>
    /// <remarks>There the fault stays pending as well: a HardFault handler that returns meets the fault's own handler, and PRIMASK is clear.</remarks>
    internal class FaultEscalation
    {
        public FaultEscalation(CortexM cpu, NVIC nvic)
        {
            this.cpu = cpu;
            this.nvic = nvic;
            cpu.AddHookAtInterruptBegin(HandleException);
        }

        /// <summary>A write to HFSR: its bits are cleared by ones.</summary>
        public void ClearStatus(uint value)
        {
            isForced &= (value & Forced) == 0;
        }

        public void Reset()
        {
            isForced = false;
            IsLockedUp = false;
        }

        /// <summary>Bits of HFSR besides those that the interrupt controller tells.</summary>
        public uint Status => isForced ? Forced : 0;

        /// <summary>Has the core stopped for good?</summary>
        public bool IsLockedUp { get; private set; }

        private void HandleException(ulong kind)
        {
            if(!Faults.TryGetValue(kind, out var fault))
            {
                return;
            }
            var current = ExecutionPriority();
            if(current < 0)
            {
                cpu.Log(LogLevel.Error, "Lock-up at 0x{0:X}: exception {1} in a handler of HardFault or NMI", cpu.PC.RawValue, fault);
                IsLockedUp = true;
                cpu.IsHalted = true;
                return;
            }
            var isEnabled = (nvic.ReadDoubleWord(HandlerControl) >> (FirstEnableBit + fault - MemoryManagementFault) & 1) != 0;
            if(isEnabled && PriorityOf(fault) < current)
            {
                return;
            }
            isForced = true;
            // There it would hold back HardFault, too.
            cpu.SetRegister(PriorityMask, 0u);
            nvic.SetPendingIRQ(HardFault);
        }

        /// <summary>The priority that an exception has to beat: the lower, the more urgent.</summary>
        private int ExecutionPriority()
        {
            var active = (int)(Register(ProgramStatus) & ExceptionNumber);
            if(active == HardFault || active == NonMaskable || (Register(FaultMask) & 1) != 0)
            {
                return -1;
            }
            var result = active == 0 ? LowestPriority : PriorityOf(active);
            var basePriority = (int)Register(BasePriority) & 0xFF;
            if(basePriority != 0 && basePriority < result)
            {
                result = basePriority;
            }
            return (Register(PriorityMask) & 1) != 0 ? 0 : result;
        }

        private int PriorityOf(int exception)
        {
            var offset = exception < FirstInterrupt ? HandlerPriorities + exception - MemoryManagementFault : InterruptPriorities + exception - FirstInterrupt;
            var priority = (int)(nvic.ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)) & 0xFF);
            var group = (int)(nvic.ReadDoubleWord(InterruptControl) >> 8 & 7);
            return priority & (0xFF << (group + 1));
        }

        // No interface that all versions have reads a register of the core.
        private ulong Register(int number) => ((dynamic)cpu).GetRegister(number).RawValue;

        private bool isForced;

        private readonly CortexM cpu;
        private readonly NVIC nvic;

        /// <summary>HFSR.</summary>
        public const ulong HardFaultStatus = 0xD2C;

        private const long InterruptPriorities = 0x400;
        private const long InterruptControl = 0xD0C;
        private const long HandlerPriorities = 0xD18;
        private const long HandlerControl = 0xD24;
        private const int FirstEnableBit = 16;
        private const uint Forced = 1 << 30;
        private const int LowestPriority = 0x100;
        private const int NonMaskable = 2;
        private const int HardFault = 3;
        private const int MemoryManagementFault = 4;
        private const int UsageFault = 6;
        private const int FirstInterrupt = 16;
        private const int ProgramStatus = 25;
        private const int PriorityMask = 28;
        private const int BasePriority = 19;
        private const int FaultMask = 30;
        private const ulong ExceptionNumber = 0x1FF;

        // Kinds of exception as the core counts them: undefined instruction, prefetch and data abort, no coprocessor, invalid state.
        private static readonly Dictionary<ulong, int> Faults = new Dictionary<ulong, int>
        {
            [1] = UsageFault,
            [3] = MemoryManagementFault,
            [4] = MemoryManagementFault,
            [17] = UsageFault,
            [18] = UsageFault,
        };
    }
}
