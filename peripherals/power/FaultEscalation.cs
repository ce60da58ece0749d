// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

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
            cpu.AddHookAtInterruptEnd(_ => RestorePriority());
        }

        /// <summary>Ends the instruction that the core executes with a bus fault.</summary>
        /// <param name="status">Its bit in CFSR.</param>
        /// <param name="address">For BFAR; null: it is not valid.</param>
        public void TakeBusFault(uint status, uint? address = null)
        {
            if(Record(status, address))
            {
                HostFeatures.RaiseException(cpu, HostFeatures.Interrupt);
            }
        }

        /// <summary>The stack can't be written on entry to an exception: the fault is taken in its place, if it is more urgent.</summary>
        public void TakeStackingFault() => Record(StackingError, null);

        /// <summary>Priority registers show what they are, and not what is for <see cref="LowerPriority"/>.</summary>
        public uint RestorePriority(long offset, uint value)
        {
            if(loweredPriority?.Offset != offset)
            {
                return value;
            }
            var result = loweredPriority.Value.Word;
            RestorePriority();
            return result;
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
            BusFaultAddress = 0;
            loweredPriority = null;
        }

        /// <summary>BFAR.</summary>
        public uint BusFaultAddress { get; private set; }

        /// <summary>Bits of HFSR besides those that the interrupt controller tells.</summary>
        public uint Status => isForced ? Forced : 0;

        /// <summary>Has the core stopped for good?</summary>
        public bool IsLockedUp { get; private set; }

        /// <summary>The core stops for good.</summary>
        public event Action<bool> LockedUp;

        private void HandleException(ulong kind)
        {
            if(!Faults.TryGetValue(kind, out var fault))
            {
                return;
            }
            var number = Choose(fault);
            if(number == HardFault)
            {
                // There it would hold back HardFault, too.
                cpu.SetRegister(PriorityMask, 0u);
                nvic.SetPendingIRQ(HardFault);
            }
        }

        private bool Record(uint status, uint? address)
        {
            HostFeatures.SetFaultStatus(cpu, status | (address.HasValue ? AddressIsValid : 0));
            BusFaultAddress = address ?? BusFaultAddress;
            var number = Choose(BusFault);
            if(number == 0)
            {
                return false;
            }
            nvic.SetPendingIRQ(number);
            return true;
        }

        /// <returns>The exception that handles a fault; 0: the core has locked up.</returns>
        private int Choose(int fault)
        {
            var current = ExecutionPriority();
            if(current < 0)
            {
                IsLockedUp = true;
                cpu.IsHalted = true;
                LockedUp?.Invoke(true);
                return 0;
            }
            var isEnabled = (nvic.ReadDoubleWord(HandlerControl) >> (FirstEnableBit + fault - MemoryManagementFault) & 1) != 0;
            if(isEnabled && PriorityOf(fault) < current)
            {
                return fault;
            }
            isForced = true;
            LowerPriority();
            return HardFault;
        }

        // There HardFault is no more urgent than a handler of priority 0: such a handler is made less urgent until HardFault has been taken.
        private void LowerPriority()
        {
            var active = (int)(Register(ProgramStatus) & ExceptionNumber);
            if(active == 0 || loweredPriority.HasValue || PriorityOf(active) != 0)
            {
                return;
            }
            var offset = OffsetOfPriority(active);
            var word = nvic.ReadDoubleWord(offset & ~3);
            loweredPriority = (offset & ~3, word);
            nvic.WriteDoubleWord(offset & ~3, word | 0xFFu << (int)(8 * (offset & 3)));
        }

        private void RestorePriority()
        {
            if(loweredPriority.HasValue)
            {
                nvic.WriteDoubleWord(loweredPriority.Value.Offset, loweredPriority.Value.Word);
                loweredPriority = null;
            }
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
            var offset = OffsetOfPriority(exception);
            var priority = (int)(nvic.ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)) & 0xFF);
            var group = (int)(nvic.ReadDoubleWord(InterruptControl) >> 8 & 7);
            return priority & (0xFF << (group + 1));
        }

        private static long OffsetOfPriority(int exception)
        {
            return exception < FirstInterrupt ? HandlerPriorities + exception - MemoryManagementFault : InterruptPriorities + exception - FirstInterrupt;
        }

        // No interface that all versions have reads a register of the core.
        private ulong Register(int number) => ((dynamic)cpu).GetRegister(number).RawValue;

        private bool isForced;
        private (long Offset, uint Word)? loweredPriority;

        private readonly CortexM cpu;
        private readonly NVIC nvic;

        /// <summary>HFSR.</summary>
        public const ulong HardFaultStatus = 0xD2C;
        /// <summary>BFAR.</summary>
        public const ulong BusFaultAddressRegister = 0xD38;

        private const long InterruptPriorities = 0x400;
        private const long InterruptControl = 0xD0C;
        private const long HandlerPriorities = 0xD18;
        private const long HandlerControl = 0xD24;
        private const int FirstEnableBit = 16;
        private const uint Forced = 1 << 30;
        private const uint StackingError = 1 << 12;
        private const uint AddressIsValid = 1 << 15;
        private const int LowestPriority = 0x100;
        private const int NonMaskable = 2;
        private const int HardFault = 3;
        private const int MemoryManagementFault = 4;
        private const int BusFault = 5;
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
