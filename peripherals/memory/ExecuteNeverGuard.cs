// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Miscellaneous;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Makes the core fault on instruction fetches from the execute-never regions of the Armv7-M memory map (peripherals,
    /// external devices, system). Renode's cores execute from anywhere while the MPU is off.
    /// </summary>
    /// <remarks>A core that offers no external MMU is left alone: it has to do this by itself.</remarks>
    public class ExecuteNeverGuard
    {
        public ExecuteNeverGuard(IMachine machine)
        {
            this.machine = machine;
            guardedCores = new HashSet<ICPU>();
        }

        /// <summary>Sets a core up; harmless if it was set up before.</summary>
        public void Install(ICPU cpu)
        {
            if(!(cpu is ICPUWithExternalMmu core) || !guardedCores.Add(cpu))
            {
                return;
            }
            core.EnableExternalWindowMmu(ExternalMmuPosition.AfterInternal);
            foreach(var region in MemoryMap)
            {
                var window = core.AcquireExternalMmuWindow(ExternalMmuBase.Privilege.All);
                core.SetMmuWindowStart(window, region.Start);
                core.SetMmuWindowEnd(window, region.End);
                core.SetMmuWindowAddend(window, 0);
                core.SetMmuWindowPrivileges(window, region.Privileges);
            }
            core.AddHookOnMmuFault(HandleFault);
        }

        /// <summary>How many fetches were faulted.</summary>
        public int Faults { get; private set; }

        private ExternalMmuResult HandleFault(ulong address, AccessType accessType, ulong? windowId, bool firstTry)
        {
            if(firstTry)
            {
                // No other window could be right.
                return ExternalMmuResult.Fault;
            }
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                Faults++;
                cpu.Log(LogLevel.Warning, "Instruction fetch from execute-never address 0x{0:X8}: MemManage fault", address);
                HostFeatures.RaisePrefetchAbort(cpu);
            }
            return ExternalMmuResult.NoFault;
        }

        private readonly IMachine machine;
        private readonly HashSet<ICPU> guardedCores;

        private static readonly (ulong Start, ulong End, ExternalMmuBase.Privilege Privileges)[] MemoryMap =
        {
            (0x00000000, 0x40000000, ExternalMmuBase.Privilege.All),
            (0x40000000, 0x60000000, ExternalMmuBase.Privilege.ReadAndWrite),
            (0x60000000, 0xA0000000, ExternalMmuBase.Privilege.All),
            (0xA0000000, 0x100000000, ExternalMmuBase.Privilege.ReadAndWrite),
        };
    }
}
