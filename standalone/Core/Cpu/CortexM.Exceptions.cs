// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.IRQControllers;

namespace Antmicro.Renode.Peripherals.CPU
{
    // Exception entry and return (B1.5), faults (B1.5.14) and sleep (B1.5.17 to B1.5.19).
    public sealed unsafe partial class CortexM
    {
        /// <summary>Tells that the set of pending exceptions, their priorities or the trap settings changed.</summary>
        internal void NotifyPending()
        {
            if(IsExecuting)
            {
                hot->Limit = 0;
            }
        }


        internal uint CurrentException => Unicorn.Read(engine, Unicorn.Xpsr) & XpsrException;

        internal bool IsPrivileged => (Unicorn.Read(engine, Unicorn.Xpsr) & XpsrException) != 0 || (Unicorn.Read(engine, Unicorn.Control) & ControlUnprivileged) == 0;

        private bool CanTakePendingException() => nvic.TryGetCandidate(out var priority) && priority < GetExecutionPriority(ignorePrimask: false);

        private void TakePendingException()
        {
            if(isSleeping)
            {
                if(!CanWakeUp())
                {
                    return;
                }
                LeaveSleep();
            }
            if(nvic.HasCandidate && CanTakePendingException())
            {
                EnterException(nvic.AcknowledgeCandidate(), null);
            }
        }

        /// <summary>The priority that an exception must beat (B1.5.4).</summary>
        private int GetExecutionPriority(bool ignorePrimask)
        {
            var result = nvic.ActivePriority;
            if(Unicorn.Read(engine, Unicorn.Faultmask) != 0)
            {
                return Math.Min(result, NVIC.PriorityHardFault);
            }
            if(!ignorePrimask && Unicorn.Read(engine, Unicorn.Primask) != 0)
            {
                result = Math.Min(result, 0);
            }
            var basePriority = Unicorn.Read(engine, Unicorn.Basepri);
            return basePriority == 0 ? result : Math.Min(result, nvic.ToGroupPriority((int)basePriority));
        }

        /// <param name="chainedFrom">For tail-chaining, the EXC_RETURN value of the exception that just ended: its frame is used on.</param>
        private void EnterException(int number, uint? chainedFrom)
        {
            interruptBegin?.Invoke(KindInterrupt);
            var xpsr = Unicorn.Read(engine, Unicorn.Xpsr);
            var control = Unicorn.Read(engine, Unicorn.Control);
            uint exceptionReturn;
            uint mainStack = 0;
            uint processStack = 0;
            var hasFaulted = false;
            if(chainedFrom.HasValue)
            {
                exceptionReturn = chainedFrom.Value;
                mainStack = Unicorn.Read(engine, Unicorn.SP);
                processStack = Unicorn.Read(engine, Unicorn.Psp);
            }
            else
            {
                exceptionReturn = PushFrame(xpsr, control, out var frame, out hasFaulted);
                AsPrivileged(() =>
                {
                    mainStack = Unicorn.Read(engine, Unicorn.Msp);
                    processStack = Unicorn.Read(engine, Unicorn.Psp);
                });
                if(UsesProcessStack(xpsr, control))
                {
                    processStack = frame;
                }
                else
                {
                    mainStack = frame;
                }
            }
            int? late = null;
            if(hasFaulted && !TryTakeStackingFault(ref number, out late))
            {
                return;
            }
            nvic.Activate(number);
            if(late.HasValue)
            {
                nvic.SetPending(late.Value);
            }

            uint handler;
            try
            {
                handler = ReadWord(vectorTableOffset + 4u * (uint)number);
            }
            catch(BusAccessException)
            {
                nvic.SetVectorTableFault();
                EnterLockup($"the vector of exception {number} cannot be read");
                return;
            }
            eventRegister = true;
            Unicorn.Write(engine, Unicorn.LR, exceptionReturn);
            SetMode(control & ControlUnprivileged, (xpsr & XpsrFlags) | XpsrThumb | (uint)number, mainStack, processStack);
            Unicorn.Write(engine, Unicorn.PC, handler | 1);
            if((handler & 1) == 0)
            {
                RaiseFault(FaultKind.InvalidState, handler);
            }
        }

        /// <summary>The frame is lost. The fault comes instead if it is more urgent, else after the exception that is being entered.</summary>
        /// <returns>Whether an exception is entered: not if the fault is a lock-up.</returns>
        private bool TryTakeStackingFault(ref int number, out int? late)
        {
            late = null;
            // That exception is not active yet: HardFault is entered even if its own frame is lost.
            var priority = GetExecutionPriority(ignorePrimask: false);
            nvic.RecordFault(FaultKind.Stacking, 0, out var derived);
            if(derived != NVIC.HardFault && nvic.ToGroupPriorityOf(derived) >= priority)
            {
                derived = nvic.Escalate();
            }
            if(derived == NVIC.HardFault && priority <= NVIC.PriorityHardFault)
            {
                EnterLockup($"the stack cannot be written on entry to exception {number}");
                return false;
            }
            if(nvic.ToGroupPriorityOf(derived) < nvic.ToGroupPriorityOf(number))
            {
                late = number;
                number = derived;
            }
            else
            {
                late = derived;
            }
            return true;
        }

        /// <summary>Stacks what the caller of a procedure would have to save (B1.5.6).</summary>
        /// <returns>The EXC_RETURN value.</returns>
        private uint PushFrame(uint xpsr, uint control, out uint frame, out bool hasFaulted)
        {
            var hasFloatingPoint = (control & ControlFloatingPoint) != 0;
            var stack = Unicorn.Read(engine, Unicorn.SP);
            var isAligned = nvic.AlignsStack || hasFloatingPoint;
            frame = stack - (hasFloatingPoint ? ExtendedFrameSize : FrameSize);
            var padding = isAligned && (stack & 4) != 0;
            if(isAligned)
            {
                frame &= ~7u;
            }
            else
            {
                frame &= ~3u;
            }
            Span<byte> content = stackalloc byte[(int)ExtendedFrameSize];
            content.Clear();
            for(var i = 0; i < 4; i++)
            {
                Put(content, i, Unicorn.Read(engine, Unicorn.R0 + i));
            }
            Put(content, 4, Unicorn.Read(engine, Unicorn.R12));
            Put(content, 5, Unicorn.Read(engine, Unicorn.LR));
            Put(content, 6, Unicorn.Read(engine, Unicorn.PC));
            Put(content, 7, (xpsr & ~XpsrPadding) | (padding ? XpsrPadding : 0));
            if(hasFloatingPoint)
            {
                for(var i = 0; i < 16; i++)
                {
                    Put(content, 8 + i, Unicorn.Read(engine, Unicorn.S0 + i));
                }
                Put(content, 24, Unicorn.Read(engine, Unicorn.Fpscr));
                nvic.FloatingPointContextAddress = frame + FrameSize;
            }
            hasFaulted = !WriteBlock(frame, content[..(int)(hasFloatingPoint ? ExtendedFrameSize : FrameSize)]);

            var result = hasFloatingPoint ? ExceptionReturnBase : ExceptionReturnBase | ExceptionReturnNoFloatingPoint;
            if((xpsr & XpsrException) == 0)
            {
                result |= ExceptionReturnToThread | ((control & ControlProcessStack) != 0 ? ExceptionReturnProcessStack : 0);
            }
            return result;
        }

        private void ReturnFromException(uint exceptionReturn)
        {
            var xpsr = Unicorn.Read(engine, Unicorn.Xpsr);
            var ended = (int)(xpsr & XpsrException);
            var toThread = (exceptionReturn & ExceptionReturnToThread) != 0;
            var fromProcessStack = (exceptionReturn & ExceptionReturnProcessStack) != 0;
            nvic.Deactivate(ended);
            eventRegister = true;
            interruptEnd?.Invoke((ulong)ended);
            if(ended != NVIC.NonMaskable)
            {
                Unicorn.Write(engine, Unicorn.Faultmask, 0);
            }
            var isValid = (exceptionReturn & ExceptionReturnFixedBits) == (ExceptionReturnFixedBits & ExceptionReturnBase)
                && (toThread || !fromProcessStack) && (toThread ? nvic.ActiveCount == 0 || nvic.AllowsThreadReturnAtAnyLevel : nvic.ActiveCount > 0);
            if(!isValid)
            {
                // the stack stays as it is; the fault is taken as if chained to the exception that ended
                RaiseFault(FaultKind.InvalidReturn, exceptionReturn, exceptionReturn);
                return;
            }
            if(nvic.HasCandidate && CanTakePendingException())
            {
                EnterException(nvic.AcknowledgeCandidate(), exceptionReturn);
                return;
            }

            var mainStack = Unicorn.Read(engine, Unicorn.SP);
            var processStack = Unicorn.Read(engine, Unicorn.Psp);
            var control = Unicorn.Read(engine, Unicorn.Control) & ControlUnprivileged;
            var hasFloatingPoint = (exceptionReturn & ExceptionReturnNoFloatingPoint) == 0;
            var frame = fromProcessStack ? processStack : mainStack;
            Span<byte> content = stackalloc byte[(int)ExtendedFrameSize];
            if(!ReadBlock(frame, content[..(int)(hasFloatingPoint ? ExtendedFrameSize : FrameSize)]))
            {
                RaiseFault(FaultKind.Unstacking, frame, exceptionReturn);
                return;
            }
            var newXpsr = Get(content, 7);
            var end = frame + (hasFloatingPoint ? ExtendedFrameSize : FrameSize) + ((newXpsr & XpsrPadding) != 0 ? 4u : 0);
            if(((newXpsr & XpsrException) == 0) != toThread)
            {
                RaiseFault(FaultKind.InvalidReturn, exceptionReturn, exceptionReturn);
                return;
            }
            for(var i = 0; i < 4; i++)
            {
                Unicorn.Write(engine, Unicorn.R0 + i, Get(content, i));
            }
            Unicorn.Write(engine, Unicorn.R12, Get(content, 4));
            Unicorn.Write(engine, Unicorn.LR, Get(content, 5));
            if(hasFloatingPoint)
            {
                for(var i = 0; i < 16; i++)
                {
                    Unicorn.Write(engine, Unicorn.S0 + i, Get(content, 8 + i));
                }
                Unicorn.Write(engine, Unicorn.Fpscr, Get(content, 24));
                control |= ControlFloatingPoint;
            }
            if(fromProcessStack)
            {
                processStack = end;
                control |= ControlProcessStack;
            }
            else
            {
                mainStack = end;
            }
            SetMode(control, newXpsr & ~XpsrPadding, mainStack, processStack);
            Unicorn.Write(engine, Unicorn.PC, Get(content, 6) | 1);
            if((newXpsr & XpsrThumb) == 0)
            {
                RaiseFault(FaultKind.InvalidState, Get(content, 6));
                return;
            }
            if(toThread && nvic.SleepsOnExit)
            {
                EnterSleep(untilEvent: false);
            }
        }

        private void CallSupervisor()
        {
            interruptBegin?.Invoke(KindSupervisorCall);
            if(nvic.ToGroupPriorityOf(NVIC.SupervisorCall) < GetExecutionPriority(ignorePrimask: false))
            {
                EnterException(NVIC.SupervisorCall, null);
                return;
            }
            RaiseFault(FaultKind.SupervisorCallAtHighPriority, 0);
        }

        /// <param name="chainedFrom">As of <see cref="EnterException"/>.</param>
        private void RaiseFault(FaultKind kind, uint address, uint? chainedFrom = null)
        {
            var pc = Unicorn.Read(engine, Unicorn.PC);
            nvic.RecordFault(kind, address, out var number);
            if(kinds.TryGetValue(kind, out var kindOfException))
            {
                interruptBegin?.Invoke(kindOfException);
            }
            var priority = GetExecutionPriority(ignorePrimask: false);
            if(number != NVIC.HardFault && nvic.ToGroupPriorityOf(number) >= priority)
            {
                number = nvic.Escalate();
            }
            if(number == NVIC.HardFault && priority <= NVIC.PriorityHardFault)
            {
                EnterLockup($"{kind} at PC 0x{pc:X8}, address 0x{address:X8}, at a priority at which no fault can be taken");
                return;
            }
            this.Log(LogLevel.Debug, "{0} at PC 0x{1:X8}, address 0x{2:X8}: exception {3}", kind, pc, address, number);
            EnterException(number, chainedFrom);
        }

        private void EnterLockup(string reason)
        {
            isLockedUp = true;
            this.Log(LogLevel.Debug, "Processor locked up until reset: {0}", reason);
            nvic.Lockup.Set(true);
            Unicorn.Write(engine, Unicorn.PC, LockupAddress | 1);
        }

        private void EnterSleep(bool untilEvent)
        {
            if(untilEvent && eventRegister)
            {
                eventRegister = false;
                return;
            }
            sleepsUntilEvent = untilEvent;
            isSleeping = true;
            if(CanWakeUp())
            {
                LeaveSleep();
                return;
            }
            sleepChanged?.Invoke(true);
            nvic.SetSleeping(true);
        }

        private void LeaveSleep()
        {
            isSleeping = false;
            if(sleepsUntilEvent)
            {
                eventRegister = false;
            }
            sleepChanged?.Invoke(false);
            nvic.SetSleeping(false);
        }

        private bool CanWakeUp()
        {
            return (sleepsUntilEvent && eventRegister) || (nvic.TryGetCandidate(out var priority) && priority < GetExecutionPriority(ignorePrimask: true));
        }

        private uint ReadWord(uint address)
        {
            var pointer = TranslateToHost(address, 4);
            if(pointer != null)
            {
                return *(uint*)pointer;
            }
            return Bus.ReadDoubleWord(address, this);
        }

        private bool WriteBlock(uint address, Span<byte> content)
        {
            if(TranslateToHost(address, (uint)content.Length) != null)
            {
                fixed(byte* bytes = content)
                {
                    // by the engine, as it knows whether code was translated from there
                    return Unicorn.uc_mem_write(engine, address, bytes, (nuint)content.Length) == 0;
                }
            }
            try
            {
                for(var i = 0; i < content.Length; i += 4)
                {
                    Bus.WriteDoubleWord(address + (uint)i, BinaryPrimitives.ReadUInt32LittleEndian(content[i..]), this);
                }
                return true;
            }
            catch(BusAccessException)
            {
                return false;
            }
        }

        private bool ReadBlock(uint address, Span<byte> content)
        {
            try
            {
                for(var i = 0; i < content.Length; i += 4)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(content[i..], ReadWord(address + (uint)i));
                }
                return true;
            }
            catch(BusAccessException)
            {
                return false;
            }
        }

        private static bool UsesProcessStack(uint xpsr, uint control) => (xpsr & XpsrException) == 0 && (control & ControlProcessStack) != 0;

        private static void Put(Span<byte> content, int index, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(content[(4 * index)..], value);

        private static uint Get(Span<byte> content, int index) => BinaryPrimitives.ReadUInt32LittleEndian(content[(4 * index)..]);

        private bool sleepsUntilEvent;

        /// <summary>By what hooks at the begin of exceptions know them, as in Renode: at a fault, and again when a handler is entered.</summary>
        private static readonly Dictionary<FaultKind, ulong> kinds = new Dictionary<FaultKind, ulong>
        {
            { FaultKind.UndefinedInstruction, EngineUndefinedInstruction },
            { FaultKind.InstructionAccess, EnginePrefetchAbort },
            { FaultKind.Breakpoint, EngineBreakpoint },
            { FaultKind.NoCoprocessor, EngineNoCoprocessor },
            { FaultKind.InvalidState, EngineInvalidState },
            { FaultKind.DataBus, KindBusFault },
            { FaultKind.InstructionBus, KindBusFault },
        };

        private const ulong KindSupervisorCall = EngineSupervisorCall;
        private const ulong KindInterrupt = 5;
        private const ulong KindBusFault = 21;
        private const uint FrameSize = 0x20;
        private const uint ExtendedFrameSize = 0x68;
        private const uint XpsrFlags = 0xF80F0000;
        private const uint XpsrPadding = 1 << 9;
        private const uint LockupAddress = 0xFFFFFFFE;
        private const uint ExceptionReturnBase = 0xFFFFFFE1;
        private const uint ExceptionReturnFixedBits = 0xFFFFFFE3;
        private const uint ExceptionReturnProcessStack = 1 << 2;
        private const uint ExceptionReturnToThread = 1 << 3;
        private const uint ExceptionReturnNoFloatingPoint = 1 << 4;
    }

    /// <summary>Why an instruction faults.</summary>
    internal enum FaultKind
    {
        UndefinedInstruction,
        InvalidState,
        InvalidReturn,
        NoCoprocessor,
        Unaligned,
        DivisionByZero,
        InstructionBus,
        InstructionAccess,
        DataBus,
        Stacking,
        Unstacking,
        Breakpoint,
        SupervisorCallAtHighPriority,
    }
}
