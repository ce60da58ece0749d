// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Time;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What differs between versions of Renode or between the hosts, and what has to be mended in them, in one place.</summary>
    internal static class HostFeatures
    {
        /// <summary>Brings right what a reset of Renode's machine leaves wrong in its own models.</summary>
        public static void MendMachineReset(IMachine machine)
        {
            // Any reset clears SLEEPDEEP (PM0214 4.4.6). Renode's NVIC keeps it, and the next WFI would not be Sleep.
            if(machine.SystemBus.WhatPeripheralIsAt(SystemControlRegister) != null)
            {
                machine.SystemBus.WriteDoubleWord(SystemControlRegister, 0);
            }
        }

        /// <summary>Lets the core start from the vector table at an address: after this reset, and after all others where the core can keep that.</summary>
        public static void SetVectorTable(CortexM cpu, uint address)
        {
            if(vectorTableProperty != null)
            {
                vectorTableProperty.SetValue(cpu, (uint?)address);
            }
            else
            {
                cpu.VectorTableOffset = address;
            }
        }

        /// <summary>Lets the core start from the vector table at an address, after each reset, unless the platform says where.</summary>
        public static void SuggestVectorTable(IMachine machine, CortexM cpu, uint address)
        {
            if(machine.GetPeripheralsOfType<CoreSignals>().Any(x => x.Core == cpu) || vectorTableProperty?.GetValue(cpu) != null)
            {
                return;
            }
            SetVectorTable(cpu, address);
            if(vectorTableProperty == null && !cpusWithVectorTable.TryGetValue(cpu, out _))
            {
                cpusWithVectorTable.Add(cpu, machine);
                machine.MachineReset += _ => SetVectorTable(cpu, address);
            }
        }

        /// <summary>
        /// Lets one of Renode's cores that was reset take its stack and entry from the vector table, as it does itself when it goes on; its thread may go on
        /// a moment before that.
        /// </summary>
        public static void LeaveReset(CortexM cpu)
        {
            if(coreState?.GetValue(cpu).ToString() == "InReset")
            {
                coreState.SetValue(cpu, Enum.Parse(coreState.PropertyType, "Running"));
            }
        }

        /// <summary>Does a fault that its own handler may not take become a HardFault? Not in release 1.16.1, whose NVIC tells of no lock-up either.</summary>
        public static bool CoreEscalatesFaults => lockupProperty != null;

        /// <summary>Is high while the core is locked up; only if <see cref="CoreEscalatesFaults"/>.</summary>
        public static GPIO LockupLineOf(NVIC nvic) => (GPIO)lockupProperty.GetValue(nvic);

        /// <summary>Lets an access of the core be a bus fault where nothing is registered. Release 1.16.1 has no such setting.</summary>
        /// <returns>Whether the bus does so.</returns>
        public static bool FaultUnhandledAccesses(IMachine machine)
        {
            var result = Enum.TryParse<UnhandledAccessBehaviour>("ThrowException", out var value);
            if(result)
            {
                // No interface of that release has it.
                ((dynamic)machine.SystemBus).UnhandledAccessBehaviour = value;
            }
            return result;
        }

        /// <summary>Forbids fetches from a range to a core that has no external MMU for that: the standalone host's.</summary>
        public static void ForbidExecution(ICPU cpu, Range range)
        {
            cpu.GetType().GetMethod("ForbidExecution")?.Invoke(cpu, new object[] { range });
        }

        /// <summary>Sends a core's writes to a memory over the bus, without making it slower for reads and fetches: the standalone host's; others have <see cref="AccessGuard"/>.</summary>
        public static void SendWritesToBus(ICPU cpu, Range range)
        {
            cpu.GetType().GetMethod("SendWritesToBus")?.Invoke(cpu, new object[] { range });
        }

        /// <summary>Sends a core's reads of some pages over the bus, but not its fetches: the standalone host's; others have <see cref="AccessGuard"/>.</summary>
        public static void SendReadsToBus(ICPU cpu, IEnumerable<ulong> pages)
        {
            cpu.GetType().GetMethod("SendReadsToBus")?.Invoke(cpu, new object[] { pages });
        }

        /// <summary>Stops the core that makes the current access, with the block that it executes, for a time: it doesn't take interrupts either.</summary>
        /// <param name="cpu">The core.</param>
        /// <param name="microseconds">Virtual time in us.</param>
        public static void Stall(ICPU cpu, ulong microseconds)
        {
            // No interface has it.
            ((dynamic)cpu).SkipTime(TimeInterval.FromMicroseconds(microseconds));
        }

        /// <summary>Calls whenever one of Renode's machines has started, before its core executes anything; the standalone host has no such moment, and no need of it.</summary>
        public static void AddStartHook(IMachine machine, Action hook)
        {
            if(stateChange != null)
            {
                var wrap = typeof(HostFeatures).GetMethod(nameof(WhenStarted), BindingFlags.Static | BindingFlags.NonPublic).MakeGenericMethod(stateChange.EventHandlerType.GetGenericArguments()[1]);
                stateChange.AddEventHandler(machine, (Delegate)wrap.Invoke(null, new object[] { hook }));
            }
        }

        /// <summary>
        /// Is that address, as one of Renode's cores takes it, a return from an exception wherever it runs? A core that is not in one never ends that, and with it its host.
        /// </summary>
        public static bool IsEndlessReturn(uint address) => stateChange != null && address >= FirstReturnCode;

        /// <summary>Virtual time until a timer of the machine does something next.</summary>
        public static TimeInterval NearestLimit(IMachine machine) => ((dynamic)machine.ClockSource).NearestLimitIn; // No interface has it.

        /// <summary>Calls at each synchronization point of one of Renode's machines, or no longer.</summary>
        public static void SetSyncHook(IMachine machine, Action<TimeInterval> hook, bool isSet)
        {
            // Renode's cores keep their pace by the host's clock, and nobody does while none runs; the standalone host has no such event, and no need of it.
            if(machine.LocalTimeSource == null)
            {
                return;
            }
            if(isSet)
            {
                syncHook?.AddEventHandler(machine.LocalTimeSource, hook);
            }
            else
            {
                syncHook?.RemoveEventHandler(machine.LocalTimeSource, hook);
            }
        }

        /// <summary>Lets the virtual time of a machine of Renode that was started, and is not to run as fast as it can, wait for the host's clock.</summary>
        public static void WaitForHostTime(IMachine machine)
        {
            if(isStarted != null && (bool)isStarted.GetValue(EmulationManager.Instance.CurrentEmulation) && !AdvancesImmediately(machine) && LeadOf(machine) > LongestLead)
            {
                // In parts, so that a pause has not to wait for it.
                Thread.Sleep(Math.Min(LongestWait, (int)LeadOf(machine).TotalMilliseconds));
            }
        }

        /// <summary>Lets cores of Renode start at once, though virtual time has run ahead of the host's clock while none ran: else they wait until it has caught up.</summary>
        public static void ForgetLead(IMachine machine)
        {
            if(hostTime != null && !AdvancesImmediately(machine))
            {
                var elapsed = hostTime.GetValue(machine.LocalTimeSource);
                lock(elapsed)
                {
                    hostTime.FieldType.GetMethod("Update").Invoke(elapsed, new object[] { LeadOf(machine).Ticks });
                }
            }
        }

        /// <summary>A reset ends what <see cref="Stall"/> has begun. Renode itself goes on with it.</summary>
        public static void EndStall(ICPU cpu)
        {
            for(var type = cpu.GetType(); type != null; type = type.BaseType)
            {
                type.GetField("skipInstructions", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.SetValue(cpu, 0ul);
            }
        }

        /// <summary>Ends the instruction that the core executes with a prefetch abort: a MemManage fault of Armv7-M.</summary>
        public static void RaisePrefetchAbort(ICPU cpu)
        {
            RaiseException(cpu, PrefetchAbort);
        }

        /// <summary>Sets bits of CFSR and ends the instruction with a bus fault; only if <see cref="CoreEscalatesFaults"/>.</summary>
        public static void RaiseBusFault(ICPU cpu, uint status)
        {
            SetFaultStatus(cpu, status);
            RaiseException(cpu, BusFault);
        }

        /// <summary>Sets bits of CFSR, of Renode's cores.</summary>
        public static void SetFaultStatus(ICPU cpu, uint status)
        {
            ((dynamic)cpu).FaultStatus |= status;
        }

        /// <summary>Ends the instruction that one of Renode's cores executes with an exception, by its kind.</summary>
        public static void RaiseException(ICPU cpu, uint kind)
        {
            // Which cores can do this is not told by any interface.
            ((dynamic)cpu).RaiseException(kind);
        }

        /// <summary>Kinds of exception, as hooks at their begin see them: an interrupt, or any other that is pending, is taken.</summary>
        public const uint Interrupt = 5;
        /// <summary>The same: an access met a bus error.</summary>
        public const uint BusFault = 21;
        /// <summary>The same: no instruction may be fetched there.</summary>
        public const uint PrefetchAbort = 3;

        private static TimeInterval LeadOf(IMachine machine) => (TimeInterval)lead.GetValue(machine.LocalTimeSource);

        // A machine that is in no emulation yet has no time.
        private static bool AdvancesImmediately(IMachine machine) => advanceImmediately == null || machine.LocalTimeSource == null || (bool)advanceImmediately.GetValue(machine.LocalTimeSource);

        private static Action<IMachine, T> WhenStarted<T>(Action hook)
        {
            // Paused and Disposed are others.
            var state = typeof(T).GetProperty("CurrentState");
            var started = Enum.Parse(state.PropertyType, "Started");
            return (_, args) =>
            {
                if(started.Equals(state.GetValue(args)))
                {
                    hook();
                }
            };
        }

        // Of Renode's time alone.
        private static readonly EventInfo syncHook = typeof(TimeSourceBase).GetEvent("SyncHook");
        private static readonly PropertyInfo lead = typeof(TimeSourceBase).GetProperty("ElapsedVirtualHostTimeDifference");
        private static readonly PropertyInfo advanceImmediately = typeof(TimeSourceBase).GetProperty("AdvanceImmediately");
        // The property waits for who pauses the emulation, and that one for whoever asks here.
        private static readonly FieldInfo isStarted = typeof(Emulation).GetField("isStarted", BindingFlags.Instance | BindingFlags.NonPublic);
        // No interface has it.
        private static readonly FieldInfo hostTime = typeof(TimeSourceBase).GetField("hostTicksElapsed", BindingFlags.Instance | BindingFlags.NonPublic);
        // Renode's machines alone have it.
        private static readonly EventInfo stateChange = typeof(IMachine).GetEvent("StateChanged");
        private static readonly PropertyInfo lockupProperty = typeof(NVIC).GetProperty("Lockup");
        // Only the class that has it may set it.
        private static readonly PropertyInfo coreState = typeof(CortexM).GetProperty("EmulationState")?.DeclaringType.GetProperty("EmulationState");
        // Newer than release 1.16.1, where a core left to itself takes the lowest section of an ELF file, anew after each reset.
        private static readonly PropertyInfo vectorTableProperty = typeof(CortexM).GetProperty("InitVectorTableOffset");
        private static readonly ConditionalWeakTable<CortexM, IMachine> cpusWithVectorTable = new ConditionalWeakTable<CortexM, IMachine>();

        private static readonly TimeInterval LongestLead = TimeInterval.FromMilliseconds(5);

        private const int LongestWait = 50;
        private const ulong SystemControlRegister = 0xE000ED10;
        // The lowest is that of a function of another security state.
        private const uint FirstReturnCode = 0xFE000000;
    }
}
