// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// The external MMU windows of a core of Renode, which let it fault where it would not by itself: on instruction fetches from the
    /// execute-never regions of the Armv7-M memory map (peripherals, external devices, system), and, if the chip asks for it
    /// (<see cref="BusMatrix"/>), on fetches from where no memory is, and on data accesses where nothing is.
    /// </summary>
    internal class AccessGuard
    {
        /// <summary>The guard of a core; null if the core has no external MMU: it has to do all of this by itself.</summary>
        public static AccessGuard Of(IMachine machine, ICPU cpu)
        {
            if(!(cpu is ICPUWithExternalMmu core))
            {
                return null;
            }
            return Guards.TryGetValue(cpu, out var guard) ? guard : new AccessGuard(machine, core);
        }

        /// <summary>Faults fetches from the execute-never regions.</summary>
        public void ForbidExecution()
        {
            guardsRegions = true;
            Refresh();
        }

        /// <summary>Asks the chip where it has something.</summary>
        public void Ask(BusMatrix matrix)
        {
            this.matrix = matrix;
            Refresh();
        }

        /// <summary>Sends the core's writes to a memory over the bus. Reads of the pages that were written come that way too, until <see cref="ClosePages"/>; fetches never.</summary>
        public void SendWritesToBus(IBusPeripheral memory)
        {
            if(!busWritten.Contains(memory))
            {
                busWritten.Add(memory);
                Refresh();
            }
        }

        /// <summary>Sends the core's reads of pages over the bus, anew if it was reset since, and of no others any more; fetches never.</summary>
        /// <param name="pages">Their addresses. Beyond <see cref="MostBusReadPages"/> the core reads them as memory.</param>
        public void SendReadsToBus(IEnumerable<ulong> pages)
        {
            var wanted = pages.Take(MostBusReadPages).ToArray();
            foreach(var page in busReadPages.Except(wanted).Where(x => !openPages.Contains(x)).ToArray())
            {
                ((ICPUWithMappedMemory)core).ClearPageAccessViaIo(page);
            }
            busReadPages.Clear();
            busReadPages.UnionWith(wanted);
            foreach(var page in busReadPages)
            {
                ((ICPUWithMappedMemory)core).SetPageAccessViaIo(page);
            }
        }

        /// <summary>Lets the core read the pages as memory again that it came to by writing.</summary>
        public void ClosePages()
        {
            if(openPages.Count == 0)
            {
                return;
            }
            foreach(var page in openPages.Where(x => !busReadPages.Contains(x)))
            {
                ((ICPUWithMappedMemory)core).ClearPageAccessViaIo(page);
            }
            openPages.Clear();
            Refresh();
        }

        /// <summary>How many fetches from execute-never regions were faulted.</summary>
        public int Faults { get; private set; }

        /// <summary>The smallest page of Renode's cores, in bytes.</summary>
        public const ulong PageSize = 0x400;

        private AccessGuard(IMachine machine, ICPUWithExternalMmu core)
        {
            this.machine = machine;
            this.core = core;
            core.EnableExternalWindowMmu(ExternalMmuPosition.AfterInternal);
            core.AddHookOnMmuFault(HandleFault);
            Subscribe();
        }

        [PostDeserialization]
        private void Subscribe()
        {
            Guards.Add((ICPU)core, this);
            machine.PeripheralsChanged += (_, __) => Refresh();
        }

        /// <summary>Windows are made at the next access: until then more may change.</summary>
        private void Refresh()
        {
            if(!isStale)
            {
                isStale = true;
                core.ResetAllMmuWindows();
            }
        }

        private ExternalMmuResult HandleFault(ulong address, AccessType accessType, ulong? windowId, bool firstTry)
        {
            if(firstTry)
            {
                if(isStale)
                {
                    busWrittenRanges = busWritten.SelectMany(x => machine.SystemBus.GetRegistrationPoints(x)).Select(x => x.Range).ToArray();
                }
                if(accessType == AccessType.Write && IsBusWritten(address))
                {
                    OpenPage(address & ~PageMask);
                }
                if(!isStale)
                {
                    // No other window could be right.
                    return ExternalMmuResult.Fault;
                }
                isStale = false;
                OpenWindows();
                return ExternalMmuResult.NoFault;
            }
            var isFetch = accessType == AccessType.Execute;
            if(isFetch && IsExecuteNever(address))
            {
                Faults++;
                HostFeatures.RaisePrefetchAbort((ICPU)core);
            }
            else
            {
                matrix.TakeBusFault(isFetch ? BusMatrix.InstructionBusError : BusMatrix.PreciseDataBusError, (uint)address);
            }
            return ExternalMmuResult.NoFault;
        }

        // The core keeps the right to write a page, once it has it: the page goes over the bus from then on.
        private void OpenPage(ulong page)
        {
            if(openPages.Count >= MostOpenPages)
            {
                ClosePages();
            }
            ((ICPUWithMappedMemory)core).SetPageAccessViaIo(page);
            openPages.Add(page);
            Refresh();
        }

        private bool IsBusWritten(ulong address) => busWrittenRanges.Any(x => x.Contains(address));

        private void OpenWindows()
        {
            var places = (matrix?.Places ?? Enumerable.Empty<BusMatrix.Place>()).ToList();
            var edges = places.SelectMany(x => new[] { x.Start & ~PageMask, (x.End + PageMask) & ~PageMask }).Concat(EdgesOfRegions)
                .Concat(busWrittenRanges.SelectMany(x => new[] { x.StartAddress, x.EndAddress + 1 }))
                .Concat(openPages.SelectMany(x => new[] { x, x + PageMask + 1 })).Distinct().OrderBy(x => x).ToArray();
            var windows = new List<(ulong Start, ulong End, ExternalMmuBase.Privilege Privilege)>();
            for(var i = 0; i + 1 < edges.Length; i++)
            {
                var privilege = PrivilegeAt(edges[i], places.Where(x => x.Start < edges[i + 1] && edges[i] < x.End).ToList());
                if(windows.Count > 0 && windows[windows.Count - 1].End == edges[i] && windows[windows.Count - 1].Privilege == privilege)
                {
                    windows[windows.Count - 1] = (windows[windows.Count - 1].Start, edges[i + 1], privilege);
                }
                else
                {
                    // One without any privilege, too: Renode calls it an error if there is no window.
                    windows.Add((edges[i], edges[i + 1], privilege));
                }
            }
            foreach(var (start, end, privilege) in windows)
            {
                var window = core.AcquireExternalMmuWindow(ExternalMmuBase.Privilege.All);
                core.SetMmuWindowStart(window, start);
                core.SetMmuWindowEnd(window, end);
                core.SetMmuWindowAddend(window, 0);
                core.SetMmuWindowPrivileges(window, privilege);
            }
        }

        private ExternalMmuBase.Privilege PrivilegeAt(ulong address, IReadOnlyList<BusMatrix.Place> places)
        {
            var result = ExternalMmuBase.Privilege.None;
            if(matrix == null || !matrix.GuardsData || places.Count > 0)
            {
                result |= ExternalMmuBase.Privilege.ReadAndWrite;
            }
            if(IsBusWritten(address) && !openPages.Contains(address))
            {
                result &= ~ExternalMmuBase.Privilege.Write;
            }
            if(IsExecuteNever(address) ? !guardsRegions : matrix == null || places.Any(x => x.IsExecutable))
            {
                result |= ExternalMmuBase.Privilege.Execute;
            }
            return result;
        }

        private static bool IsExecuteNever(ulong address) => (address >= 0x40000000 && address < 0x60000000) || address >= 0xA0000000;

        private bool guardsRegions;
        private bool isStale;
        private BusMatrix matrix;
        private Range[] busWrittenRanges = new Range[0];

        private readonly IMachine machine;
        private readonly ICPUWithExternalMmu core;

        // More than one model may want something of a core.
        private static readonly ConditionalWeakTable<ICPU, AccessGuard> Guards = new ConditionalWeakTable<ICPU, AccessGuard>();

        private readonly List<IBusPeripheral> busWritten = new List<IBusPeripheral>();
        private readonly HashSet<ulong> openPages = new HashSet<ulong>();
        private readonly HashSet<ulong> busReadPages = new HashSet<ulong>();

        private const ulong PageMask = PageSize - 1;
        private const int MostOpenPages = 4;
        // The core has 1024 of both kinds, and its host ends with one more.
        private const int MostBusReadPages = 960;

        private static readonly ulong[] EdgesOfRegions = { 0, 0x40000000, 0x60000000, 0xA0000000, 0x100000000 };
    }
}
