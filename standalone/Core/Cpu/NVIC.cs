// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Numerics;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.IRQControllers
{
    /// <summary>
    /// The system control space of an ARMv7-M processor at 0xE000E000: interrupt controller, SysTick and system control block.
    /// Section numbers are those of the ARMv7-M ARM. MPU registers keep what is written, without effect.
    /// </summary>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public sealed class NVIC : IDoubleWordPeripheral, IHasDivisibleFrequency, IKnownSize, IIRQController
    {
        /// <param name="systickFrequency">Hertz of the processor clock.</param>
        /// <param name="priorityMask">Priority bits that the chip has, counted from the top: 0xF0 for four.</param>
        /// <param name="haltSystickOnDeepSleep">Whether SysTick stands still during deep sleep.</param>
        public NVIC(IMachine machine, ulong systickFrequency = 50 * 0x800000, byte priorityMask = 0xFF, bool haltSystickOnDeepSleep = true)
        {
            if(systickFrequency == 0)
            {
                throw new ConstructionException("systickFrequency must be more than 0 Hz.");
            }
            this.machine = machine;
            this.priorityMask = priorityMask;
            HaltSystickOnDeepSleep = haltSystickOnDeepSleep;
            IRQ = new GPIO();
            Lockup = new GPIO();
            systick = new LimitTimer(machine.ClockSource, systickFrequency, this, "systick", SystickMaximum + 1, Direction.Descending, eventEnabled: true);
            systick.LimitReached += OnSystick;
            Reset();
        }

        public void AttachCPU(CortexM cpu)
        {
            if(this.cpu != null)
            {
                throw new RecoverableException("The NVIC already belongs to another processor.");
            }
            this.cpu = cpu;
        }

        public void Reset()
        {
            Array.Clear(pending);
            Array.Clear(active);
            Array.Clear(enabled);
            Array.Clear(lines);
            Array.Clear(priorities);
            Array.Clear(mpuRegions);
            // exceptions that have no enable bit, or one elsewhere, are always enabled here
            enabled[0] = (1 << FirstInterrupt) - 1;
            faultEnables = 0;
            priorityGrouping = 0;
            systemControl = 0;
            configuration = ConfigurationStackAlign;
            faultStatus = 0;
            hardFaultStatus = 0;
            debugFaultStatus = 0;
            memoryFaultAddress = 0;
            busFaultAddress = 0;
            coprocessorAccess = 0;
            floatingPointControl = FloatingPointAutomatic;
            FloatingPointContextAddress = 0;
            floatingPointDefault = 0;
            debugMonitor = 0;
            mpuControl = 0;
            mpuRegion = 0;
            systickEnabled = false;
            systickInterrupt = false;
            systickHasCounted = false;
            systickReload = 0;
            systickStopped = false;
            systick.Reset();
            isAsleep = false;
            Lockup.Unset();
            Update();
        }

        /// <summary>Interrupt lines; an interrupt is pending again as long as its line is high.</summary>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= ExceptionCount - FirstInterrupt)
            {
                this.Log(LogLevel.Error, "Interrupt {0} does not exist", number);
                return;
            }
            Set(lines, number + FirstInterrupt, value);
            if(value)
            {
                SetPending(number + FirstInterrupt);
            }
        }

        /// <summary>Sets an exception pending, as ISPR and ICSR do. Number 16 is interrupt 0.</summary>
        public void SetPendingIRQ(int number) => SetPending(number);

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case >= SetEnable and < SetEnable + BankSize:
            case >= ClearEnable and < ClearEnable + BankSize:
                return GetBank(enabled, offset & 0x7F);
            case >= SetPendingBits and < SetPendingBits + BankSize:
            case >= ClearPendingBits and < ClearPendingBits + BankSize:
                return GetBank(pending, offset & 0x7F);
            case >= ActiveBits and < ActiveBits + BankSize:
                return GetBank(active, offset & 0x7F);
            case >= Priorities and < Priorities + ExceptionCount - FirstInterrupt:
                return GetPriorities((int)(offset - Priorities) + FirstInterrupt);
            case >= SystemPriorities and < SystemPriorities + 12:
                return GetPriorities((int)(offset - SystemPriorities) + 4);
            case >= MpuBase and <= MpuAlias3Attributes:
                return ReadMpu(offset);
            }
            switch((Registers)offset)
            {
            case Registers.InterruptControllerType:
                return (ExceptionCount - FirstInterrupt) / 32;
            case Registers.AuxiliaryControl:
                return 0;
            case Registers.SystickControl:
                var result = Bit(0, systickEnabled) | Bit(1, systickInterrupt) | 1 << 2 | Bit(16, systickHasCounted);
                systickHasCounted = false;
                return result;
            case Registers.SystickReload:
                return systickReload;
            case Registers.SystickValue:
                return SystickValue;
            case Registers.SystickCalibration:
                // for 10 ms, and no reference clock
                return (uint)(systick.Frequency / 100) & SystickMaximum | Bit(30, systick.Frequency % 100 != 0) | 1u << 31;
            case Registers.CpuId:
                return 0x410FC241;
            case Registers.InterruptControlState:
                return ReadControlState();
            case Registers.VectorTableOffset:
                return cpu.VectorTableOffset;
            case Registers.ApplicationInterruptAndReset:
                return 0xFA050000 | (uint)priorityGrouping << 8;
            case Registers.SystemControl:
                return systemControl;
            case Registers.ConfigurationAndControl:
                return configuration;
            case Registers.SystemHandlerControl:
                return ReadHandlerControl();
            case Registers.ConfigurableFaultStatus:
                return faultStatus;
            case Registers.HardFaultStatus:
                return hardFaultStatus;
            case Registers.DebugFaultStatus:
                return debugFaultStatus;
            case Registers.MemoryFaultAddress:
                return memoryFaultAddress;
            case Registers.BusFaultAddress:
                return busFaultAddress;
            case Registers.CoprocessorAccessControl:
                return coprocessorAccess;
            case Registers.DebugHaltingControl:
                return Bit(18, isAsleep) | Bit(19, Lockup.IsSet) | 1 << 16;
            case Registers.DebugMonitorControl:
                return debugMonitor;
            case Registers.FloatingPointContextControl:
                return floatingPointControl;
            case Registers.FloatingPointContextAddress:
                return FloatingPointContextAddress;
            case Registers.FloatingPointDefaultStatus:
                return floatingPointDefault;
            }
            var index = Array.FindIndex(identification, x => x.Offset == offset);
            if(index >= 0)
            {
                return identification[index].Value;
            }
            this.LogUnhandledRead(offset);
            return 0;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case >= SetEnable and < SetEnable + BankSize:
                SetBank(enabled, offset & 0x7F, value, true);
                Update();
                return;
            case >= ClearEnable and < ClearEnable + BankSize:
                SetBank(enabled, offset & 0x7F, value, false);
                Update();
                return;
            case >= SetPendingBits and < SetPendingBits + BankSize:
                SetBank(pending, offset & 0x7F, value, true);
                NotePending();
                Update();
                return;
            case >= ClearPendingBits and < ClearPendingBits + BankSize:
                SetBank(pending, offset & 0x7F, value, false);
                SetBank(pending, offset & 0x7F, value & GetBank(lines, offset & 0x7F) & ~GetBank(active, offset & 0x7F), true);
                Update();
                return;
            case >= ActiveBits and < ActiveBits + BankSize:
                return;
            case >= Priorities and < Priorities + ExceptionCount - FirstInterrupt:
                SetPriorities((int)(offset - Priorities) + FirstInterrupt, value);
                return;
            case >= SystemPriorities and < SystemPriorities + 12:
                SetPriorities((int)(offset - SystemPriorities) + 4, value);
                return;
            case >= MpuBase and <= MpuAlias3Attributes:
                WriteMpu(offset, value);
                return;
            }
            switch((Registers)offset)
            {
            case Registers.SystickControl:
                WriteSystickControl(value);
                break;
            case Registers.SystickReload:
                systickReload = value & SystickMaximum;
                UpdateSystick();
                break;
            case Registers.SystickValue:
                systickHasCounted = false;
                UpdateSystick();
                systick.ResetValue();
                break;
            case Registers.InterruptControlState:
                WriteControlState(value);
                break;
            case Registers.VectorTableOffset:
                cpu.VectorTableOffset = value;
                break;
            case Registers.ApplicationInterruptAndReset:
                WriteReset(value);
                break;
            case Registers.SystemControl:
                systemControl = value & 0x16;
                break;
            case Registers.ConfigurationAndControl:
                configuration = value & 0x31B;
                // the processor looks at each instruction while one of the traps is on
                cpu?.RequestStop();
                break;
            case Registers.SystemHandlerControl:
                WriteHandlerControl(value);
                break;
            case Registers.ConfigurableFaultStatus:
                faultStatus &= ~value;
                break;
            case Registers.HardFaultStatus:
                hardFaultStatus &= ~value;
                break;
            case Registers.DebugFaultStatus:
                debugFaultStatus &= ~value;
                break;
            case Registers.MemoryFaultAddress:
                memoryFaultAddress = value;
                break;
            case Registers.BusFaultAddress:
                busFaultAddress = value;
                break;
            case Registers.CoprocessorAccessControl:
                CoprocessorAccess = value;
                break;
            case Registers.DebugMonitorControl:
                debugMonitor = value & 0x010F07F1;
                break;
            case Registers.SoftwareTrigger:
                SetPending((int)(value & 0x1FF) + FirstInterrupt);
                break;
            case Registers.FloatingPointContextControl:
                // stacking is never lazy, so LSPACT stays clear
                floatingPointControl = value & 0xC0000000;
                break;
            case Registers.FloatingPointContextAddress:
                FloatingPointContextAddress = value & ~7u;
                break;
            case Registers.FloatingPointDefaultStatus:
                floatingPointDefault = value & 0x07C00000;
                break;
            case Registers.AuxiliaryControl:
            case Registers.DebugHaltingControl:
                break;
            default:
                this.LogUnhandledWrite(offset, value);
                break;
            }
        }

        /// <summary>High while an enabled exception is pending that may preempt the active one.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; }

        public GPIO Lockup { get; }

        public bool HaltSystickOnDeepSleep { get; set; }

        /// <summary>SCR.SLEEPDEEP.</summary>
        public bool DeepSleepEnabled => (systemControl & SystemControlDeepSleep) != 0;

        /// <summary>Hertz of the processor clock, from which SysTick counts.</summary>
        public ulong Frequency
        {
            get => systick.Frequency;
            set
            {
                if(value == 0)
                {
                    throw new RecoverableException("The frequency must be more than 0 Hz.");
                }
                systick.Frequency = value;
            }
        }

        public ulong Divider
        {
            get => systick.Divider;
            set => systick.Divider = value;
        }

        public long Size => 0x1000;

        public const int NonMaskable = 2;
        public const int HardFault = 3;
        public const int MemoryManagementFault = 4;
        public const int BusFault = 5;
        public const int UsageFault = 6;
        public const int SupervisorCall = 11;
        public const int PendSV = 14;
        public const int SysTick = 15;
        public const int FirstInterrupt = 16;

        internal const int PriorityNonMaskable = -2;
        internal const int PriorityHardFault = -1;
        internal const int PriorityNone = 256;

        /// <summary>The exception to be taken next, if the processor's masks permit.</summary>
        internal bool TryGetCandidate(out int groupPriority)
        {
            groupPriority = candidatePriority;
            return candidate != 0;
        }

        /// <returns>The exception's number; it is no longer pending.</returns>
        internal int AcknowledgeCandidate()
        {
            var result = candidate;
            Set(pending, result, false);
            return result;
        }

        internal void Activate(int number)
        {
            Set(active, number, true);
            Set(pending, number, false);
            Update();
        }

        internal void Deactivate(int number)
        {
            Set(active, number, false);
            if(Get(lines, number))
            {
                Set(pending, number, true);
            }
            Update();
        }

        internal void SetPending(int number)
        {
            var isNew = !Get(pending, number);
            Set(pending, number, true);
            if(isNew)
            {
                NotePending();
            }
            Update();
        }

        /// <summary>Priority that decides over preemption: without the sub-priority bits (B1.5.4).</summary>
        internal int ToGroupPriority(int priority) => priority < 0 ? priority : priority & ~((2 << priorityGrouping) - 1) & 0xFF;

        internal int ToGroupPriorityOf(int number) => ToGroupPriority(GetPriority(number));

        /// <summary>Sets the fault's status bits (B3.2.15, B3.2.16).</summary>
        /// <param name="number">The exception that handles it: HardFault if its own is not enabled.</param>
        internal void RecordFault(FaultKind kind, uint address, out int number)
        {
            switch(kind)
            {
            case FaultKind.UndefinedInstruction:
                faultStatus |= 1 << 16;
                number = UsageFault;
                break;
            case FaultKind.InvalidState:
                faultStatus |= 1 << 17;
                number = UsageFault;
                break;
            case FaultKind.InvalidReturn:
                faultStatus |= 1 << 18;
                number = UsageFault;
                break;
            case FaultKind.NoCoprocessor:
                faultStatus |= 1 << 19;
                number = UsageFault;
                break;
            case FaultKind.Unaligned:
                faultStatus |= 1 << 24;
                number = UsageFault;
                break;
            case FaultKind.DivisionByZero:
                faultStatus |= 1 << 25;
                number = UsageFault;
                break;
            case FaultKind.InstructionBus:
                faultStatus |= 1 << 8;
                number = BusFault;
                break;
            case FaultKind.DataBus:
                faultStatus |= 1 << 9 | 1 << 15;
                busFaultAddress = address;
                number = BusFault;
                break;
            case FaultKind.Unstacking:
                faultStatus |= 1 << 11;
                number = BusFault;
                break;
            case FaultKind.Stacking:
                faultStatus |= 1 << 12;
                number = BusFault;
                break;
            case FaultKind.InstructionAccess:
                faultStatus |= 1 << 0;
                number = MemoryManagementFault;
                break;
            case FaultKind.Breakpoint:
                hardFaultStatus |= 1u << 31;
                debugFaultStatus |= 1 << 1;
                number = HardFault;
                return;
            case FaultKind.SupervisorCallAtHighPriority:
                number = Escalate();
                return;
            default:
                throw new ArgumentException($"Unknown fault {kind}");
            }
            if((faultEnables & 1u << (number - MemoryManagementFault)) == 0)
            {
                number = Escalate();
            }
        }

        /// <returns>HardFault, marked as standing in for another exception.</returns>
        internal int Escalate()
        {
            hardFaultStatus |= 1 << 30;
            return HardFault;
        }

        internal void SetVectorTableFault() => hardFaultStatus |= 1 << 1;

        internal void SetSleeping(bool value)
        {
            isAsleep = value;
            var stops = value && DeepSleepEnabled && HaltSystickOnDeepSleep;
            if(systickStopped != stops)
            {
                systickStopped = stops;
                UpdateSystick();
            }
        }

        internal bool HasCandidate => candidate != 0;

        /// <summary>The best group priority among active exceptions.</summary>
        internal int ActivePriority => activePriority;

        internal int ActiveCount
        {
            get
            {
                var result = 0;
                foreach(var word in active)
                {
                    result += BitOperations.PopCount(word);
                }
                return result;
            }
        }

        internal bool AlignsStack => (configuration & ConfigurationStackAlign) != 0;

        internal bool TrapsDivisionByZero => (configuration & 1 << 4) != 0;

        internal bool TrapsUnaligned => (configuration & 1 << 3) != 0;

        internal bool AllowsThreadReturnAtAnyLevel => (configuration & 1) != 0;

        internal bool SleepsOnExit => (systemControl & 1 << 1) != 0;

        /// <summary>CPACR. Coprocessors 10 and 11, the FPU, are all that there is.</summary>
        internal uint CoprocessorAccess
        {
            get => coprocessorAccess;
            set
            {
                coprocessorAccess = value & 0x00F00000;
                cpu?.NotifyPending();
            }
        }

        internal bool IsFpuEnabled
        {
            get
            {
                var access = (coprocessorAccess >> 20) & 3;
                return access == 3 || (access == 1 && cpu.IsPrivileged);
            }
        }

        internal uint FloatingPointContextControl => floatingPointControl;

        internal uint FloatingPointContextAddress { get; set; }

        private void OnSystick()
        {
            systickHasCounted = true;
            if(systickInterrupt)
            {
                SetPending(SysTick);
            }
        }

        private void WriteSystickControl(uint value)
        {
            systickEnabled = (value & 1) != 0;
            systickInterrupt = (value & 2) != 0;
            UpdateSystick();
        }

        private void UpdateSystick()
        {
            // the timer shows its limit where the counter shows 0
            if(systickReload != 0 && systick.Limit != systickReload + 1)
            {
                if(systick.Value > systickReload + 1 || systick.Value == systick.Limit)
                {
                    systick.Value = 1;
                    systick.Limit = systickReload + 1;
                    systick.ResetValue();
                }
                else
                {
                    systick.Limit = systickReload + 1;
                }
            }
            systick.Enabled = systickEnabled && systickReload != 0 && !systickStopped;
        }

        private uint SystickValue
        {
            get
            {
                var value = systick.Value;
                return value >= systick.Limit ? 0 : (uint)value;
            }
        }

        private uint ReadControlState()
        {
            return (cpu?.CurrentException ?? 0) | Bit(11, ActiveCount <= 1) | (uint)FindPending() << 12 | Bit(22, HasPendingInterrupt()) | Bit(26, Get(pending, SysTick)) | Bit(28, Get(pending, PendSV))
                | Bit(31, Get(pending, NonMaskable));
        }

        private void WriteControlState(uint value)
        {
            if((value & 1 << 25) != 0)
            {
                Set(pending, SysTick, false);
            }
            if((value & 1 << 27) != 0)
            {
                Set(pending, PendSV, false);
            }
            foreach(var (bit, number) in new[] { (26, SysTick), (28, PendSV), (31, NonMaskable) })
            {
                if((value & 1u << bit) != 0)
                {
                    SetPending(number);
                }
            }
            Update();
        }

        private uint ReadHandlerControl()
        {
            return Bit(0, Get(active, MemoryManagementFault)) | Bit(1, Get(active, BusFault)) | Bit(3, Get(active, UsageFault)) | Bit(7, Get(active, SupervisorCall))
                | Bit(10, Get(active, PendSV)) | Bit(11, Get(active, SysTick)) | Bit(12, Get(pending, UsageFault)) | Bit(13, Get(pending, MemoryManagementFault))
                | Bit(14, Get(pending, BusFault)) | Bit(15, Get(pending, SupervisorCall)) | faultEnables << 16;
        }

        private void WriteHandlerControl(uint value)
        {
            faultEnables = (value >> 16) & 7;
            foreach(var (bit, number) in new[] { (0, MemoryManagementFault), (1, BusFault), (3, UsageFault), (7, SupervisorCall), (10, PendSV), (11, SysTick) })
            {
                Set(active, number, (value & 1u << bit) != 0);
            }
            foreach(var (bit, number) in new[] { (12, UsageFault), (13, MemoryManagementFault), (14, BusFault), (15, SupervisorCall) })
            {
                Set(pending, number, (value & 1u << bit) != 0);
            }
            Update();
        }

        private void WriteReset(uint value)
        {
            if(value >> 16 != ResetKey)
            {
                this.Log(LogLevel.Debug, "AIRCR written with wrong key 0x{0:X}, ignored", value >> 16);
                return;
            }
            priorityGrouping = (int)(value >> 8) & 7;
            Update();
            if((value & 1 << 2) == 0)
            {
                return;
            }
            this.Log(LogLevel.Info, "Reset requested with SYSRESETREQ");
            machine.RequestReset();
        }

        private uint ReadMpu(long offset)
        {
            switch(offset)
            {
            case MpuBase:
                return (cpu?.NumberOfMPURegions ?? 8) << 8;
            case MpuBase + 4:
                return mpuControl;
            case MpuBase + 8:
                return mpuRegion;
            default:
                var index = (int)mpuRegion & (MpuRegions - 1);
                return (offset & 7) == 4 ? mpuRegions[2 * index] | (uint)index : mpuRegions[2 * index + 1];
            }
        }

        private void WriteMpu(long offset, uint value)
        {
            switch(offset)
            {
            case MpuBase:
                return;
            case MpuBase + 4:
                if((value & 1) != 0 && (mpuControl & 1) == 0)
                {
                    this.Log(LogLevel.Debug, "The memory protection unit is enabled, but does not protect here; Renode's does");
                }
                mpuControl = value & 7;
                return;
            case MpuBase + 8:
                mpuRegion = value & 0xFF;
                return;
            }
            if((offset & 7) == 4)
            {
                if((value & 1 << 4) != 0)
                {
                    mpuRegion = value & 0xF;
                }
                mpuRegions[2 * (mpuRegion & (MpuRegions - 1))] = value & ~0x1Fu;
                return;
            }
            mpuRegions[2 * (mpuRegion & (MpuRegions - 1)) + 1] = value;
        }

        private uint GetPriorities(int first)
        {
            return (uint)(priorities[first] | priorities[first + 1] << 8 | priorities[first + 2] << 16 | priorities[first + 3] << 24);
        }

        private void SetPriorities(int first, uint value)
        {
            for(var i = 0; i < 4; i++)
            {
                priorities[first + i] = (byte)(value >> (8 * i) & priorityMask);
            }
            Update();
        }

        private int GetPriority(int number)
        {
            switch(number)
            {
            case NonMaskable:
                return PriorityNonMaskable;
            case HardFault:
                return PriorityHardFault;
            default:
                return priorities[number];
            }
        }

        /// <summary>Finds out anew what is active and what may preempt it.</summary>
        private void Update()
        {
            activePriority = PriorityNone;
            for(var i = 0; i < active.Length; i++)
            {
                for(var bits = active[i]; bits != 0; bits &= bits - 1)
                {
                    activePriority = Math.Min(activePriority, ToGroupPriorityOf(32 * i + BitOperations.TrailingZeroCount(bits)));
                }
            }
            var best = FindPending();
            candidatePriority = best == 0 ? PriorityNone : ToGroupPriorityOf(best);
            candidate = candidatePriority < activePriority ? best : 0;
            IRQ.Set(candidate != 0);
            cpu?.NotifyPending();
        }

        /// <returns>The pending and enabled exception of the highest priority, 0 if there is none.</returns>
        private int FindPending()
        {
            var result = 0;
            var best = PriorityNone;
            for(var i = 0; i < pending.Length; i++)
            {
                for(var bits = pending[i] & enabled[i]; bits != 0; bits &= bits - 1)
                {
                    var number = 32 * i + BitOperations.TrailingZeroCount(bits);
                    var priority = GetPriority(number);
                    if(priority < best)
                    {
                        best = priority;
                        result = number;
                    }
                }
            }
            return result;
        }

        private bool HasPendingInterrupt()
        {
            for(var i = 0; i < pending.Length; i++)
            {
                if((i == 0 ? pending[i] >> FirstInterrupt : pending[i]) != 0)
                {
                    return true;
                }
            }
            return false;
        }

        private void NotePending()
        {
            if((systemControl & SystemControlEventOnPending) != 0)
            {
                cpu?.SetEventFlag(true);
            }
        }

        // registers count interrupts, the arrays exceptions: their words are 16 bits apart
        private static uint GetBank(uint[] bits, long offset)
        {
            var index = (int)offset / 4;
            return bits[index] >> FirstInterrupt | (index + 1 < bits.Length ? bits[index + 1] << FirstInterrupt : 0);
        }

        private static void SetBank(uint[] bits, long offset, uint mask, bool value)
        {
            var first = 8 * (int)offset + FirstInterrupt;
            for(; mask != 0; mask &= mask - 1)
            {
                var number = first + BitOperations.TrailingZeroCount(mask);
                if(number < ExceptionCount)
                {
                    Set(bits, number, value);
                }
            }
        }

        private static bool Get(uint[] bits, int number) => (bits[number / 32] & 1u << (number % 32)) != 0;

        private static void Set(uint[] bits, int number, bool value)
        {
            if(value)
            {
                bits[number / 32] |= 1u << (number % 32);
            }
            else
            {
                bits[number / 32] &= ~(1u << (number % 32));
            }
        }

        private static uint Bit(int position, bool value) => value ? 1u << position : 0;

        private CortexM cpu;
        private int candidate;
        private int candidatePriority;
        private int activePriority;
        private int priorityGrouping;
        private uint faultEnables;
        private uint systemControl;
        private uint configuration;
        private uint faultStatus;
        private uint hardFaultStatus;
        private uint debugFaultStatus;
        private uint memoryFaultAddress;
        private uint busFaultAddress;
        private uint coprocessorAccess;
        private uint floatingPointControl;
        private uint floatingPointDefault;
        private uint debugMonitor;
        private uint mpuControl;
        private uint mpuRegion;
        private bool systickEnabled;
        private bool systickInterrupt;
        private bool systickHasCounted;
        private bool systickStopped;
        private bool isAsleep;
        private uint systickReload;

        private readonly IMachine machine;
        private readonly byte priorityMask;
        private readonly LimitTimer systick;
        private readonly uint[] pending = new uint[ExceptionCount / 32];
        private readonly uint[] active = new uint[ExceptionCount / 32];
        private readonly uint[] enabled = new uint[ExceptionCount / 32];
        private readonly uint[] lines = new uint[ExceptionCount / 32];
        private readonly byte[] priorities = new byte[ExceptionCount];
        private readonly uint[] mpuRegions = new uint[2 * MpuRegions];

        private const int ExceptionCount = 256;
        private const int MpuRegions = 16;
        private const uint SystickMaximum = 0xFFFFFF;
        private const uint ResetKey = 0x5FA;
        private const uint SystemControlDeepSleep = 1 << 2;
        private const uint SystemControlEventOnPending = 1 << 4;
        private const uint ConfigurationStackAlign = 1 << 9;
        private const uint FloatingPointAutomatic = 0xC0000000;

        private const long SetEnable = 0x100;
        private const long ClearEnable = 0x180;
        private const long SetPendingBits = 0x200;
        private const long ClearPendingBits = 0x280;
        private const long ActiveBits = 0x300;
        private const long BankSize = 0x20;
        private const long Priorities = 0x400;
        private const long SystemPriorities = 0xD18;
        private const long MpuBase = 0xD90;
        private const long MpuAlias3Attributes = 0xDB8;

        /// <summary>Feature registers of the Cortex-M4 (r0p1, with FPU).</summary>
        private static readonly (long Offset, uint Value)[] identification = new[]
        {
            (0xD3CL, 0u), // AFSR
            (0xD40L, 0x00000030u), (0xD44L, 0x00000200u), (0xD48L, 0x00100000u), (0xD4CL, 0u),
            (0xD50L, 0x00100030u), (0xD54L, 0u), (0xD58L, 0x01000000u), (0xD5CL, 0u),
            (0xD60L, 0x01101110u), (0xD64L, 0x02112000u), (0xD68L, 0x21232231u), (0xD6CL, 0x01111131u), (0xD70L, 0x01310132u),
            (0xD78L, 0u), (0xD7CL, 0x8000C000u),
            (0xF40L, 0x10110021u), (0xF44L, 0x11000011u), (0xF48L, 0u),
        };

        private enum Registers : long
        {
            InterruptControllerType = 0x4,
            AuxiliaryControl = 0x8,
            SystickControl = 0x10,
            SystickReload = 0x14,
            SystickValue = 0x18,
            SystickCalibration = 0x1C,
            CpuId = 0xD00,
            InterruptControlState = 0xD04,
            VectorTableOffset = 0xD08,
            ApplicationInterruptAndReset = 0xD0C,
            SystemControl = 0xD10,
            ConfigurationAndControl = 0xD14,
            SystemHandlerControl = 0xD24,
            ConfigurableFaultStatus = 0xD28,
            HardFaultStatus = 0xD2C,
            DebugFaultStatus = 0xD30,
            MemoryFaultAddress = 0xD34,
            BusFaultAddress = 0xD38,
            CoprocessorAccessControl = 0xD88,
            DebugHaltingControl = 0xDF0,
            DebugMonitorControl = 0xDFC,
            SoftwareTrigger = 0xF00,
            FloatingPointContextControl = 0xF34,
            FloatingPointContextAddress = 0xF38,
            FloatingPointDefaultStatus = 0xF3C,
        }
    }
}
