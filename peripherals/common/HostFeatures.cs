// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;
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

        /// <summary>Ends the instruction that the core executes with a prefetch abort: a MemManage fault of Armv7-M.</summary>
        public static void RaisePrefetchAbort(ICPU cpu)
        {
            // Which cores can do this is not told by any interface.
            ((dynamic)cpu).RaiseException(PrefetchAbort);
        }

        private const ulong SystemControlRegister = 0xE000ED10;
        private const uint PrefetchAbort = 3;
    }
}
