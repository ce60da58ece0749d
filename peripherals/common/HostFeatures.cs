// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Miscellaneous;

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
            // A port of Renode forgets what its pins see when it is reset after the button that drives them.
            foreach(var button in machine.GetPeripheralsOfType<Button>().Where(x => x.IRQ.IsSet))
            {
                foreach(var endpoint in button.IRQ.Endpoints)
                {
                    endpoint.Receiver.OnGPIO(endpoint.Number, true);
                }
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

        /// <summary>Does a fault that its own handler may not take become a HardFault? Not in release 1.16.1, whose NVIC tells of no lock-up either.</summary>
        public static bool CoreEscalatesFaults => lockupProperty != null;

        /// <summary>Is high while the core is locked up; only if <see cref="CoreEscalatesFaults"/>.</summary>
        public static GPIO LockupLineOf(NVIC nvic) => (GPIO)lockupProperty.GetValue(nvic);

        /// <summary>Ends the instruction that the core executes with a prefetch abort: a MemManage fault of Armv7-M.</summary>
        public static void RaisePrefetchAbort(ICPU cpu)
        {
            // Which cores can do this is not told by any interface.
            ((dynamic)cpu).RaiseException(PrefetchAbort);
        }

        private static readonly PropertyInfo lockupProperty = typeof(NVIC).GetProperty("Lockup");
        // Newer than release 1.16.1, where a core left to itself takes the lowest section of an ELF file, anew after each reset.
        private static readonly PropertyInfo vectorTableProperty = typeof(CortexM).GetProperty("InitVectorTableOffset");
        private static readonly ConditionalWeakTable<CortexM, IMachine> cpusWithVectorTable = new ConditionalWeakTable<CortexM, IMachine>();

        private const ulong SystemControlRegister = 0xE000ED10;
        private const uint PrefetchAbort = 3;
    }
}
