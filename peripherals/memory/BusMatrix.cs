// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Between the core and all else (RM0090 2.1): an access where nothing answers is a bus fault, precise (PRECISERR, BFAR) for data, IBUSERR
    /// for an instruction; so is a stack that leaves its memory (STKERR). Memories that only the data bus reaches run no code.
    /// </summary>
    /// <remarks>
    /// Without it a host answers such an access with 0 and a Warning. Where it is, the bus refuses them to everybody: to the Monitor, too.
    /// We choose: all faults of data are precise; silicon has imprecise ones for buffered writes.
    /// </remarks>
    public class BusMatrix : IPeripheral
    {
        /// <summary>Creates the bus matrix of a chip.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="coreSignals">Signals of the core whose accesses fault.</param>
        public BusMatrix(IMachine machine, CoreSignals coreSignals)
        {
            if(coreSignals == null)
            {
                throw new ConstructionException("'coreSignals' is missing: name the signals of the core");
            }
            this.machine = machine;
            this.coreSignals = coreSignals;
            mistakes = new GuestMistakes(machine, this);
            GuardsData = !HostFeatures.FaultUnhandledAccesses(machine);
            AccessGuard.Of(machine, coreSignals.Core)?.Ask(this);
            coreSignals.Core.AddHookAtInterruptBegin(HandleException);
            Subscribe();
        }

        /// <summary>Does nothing: what it has counted stays.</summary>
        public void Reset()
        {
        }

        /// <summary>Memories that no instruction is fetched from: core-coupled memory (RM0090 2.3.1).</summary>
        public IMemory[] DataOnlyMemories
        {
            get => dataOnlyMemories;
            set
            {
                dataOnlyMemories = value;
                ForbidExecution();
            }
        }

        /// <summary>Accesses of the guest program where nothing is.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>These accesses, one line for each place.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <summary>Ends the instruction that one of Renode's cores executes with a bus fault.</summary>
        internal void TakeBusFault(uint status, uint address)
        {
            if(coreSignals.Escalation == null)
            {
                HostFeatures.RaiseBusFault(coreSignals.Core, status);
                return;
            }
            Report(status, address);
            coreSignals.Escalation.TakeBusFault(status, status == InstructionBusError ? (uint?)null : address);
        }

        /// <summary>Does the core have to be told where data is? Not where the bus tells it.</summary>
        internal bool GuardsData { get; }

        /// <summary>Where something is on the bus.</summary>
        internal IEnumerable<Place> Places => machine.GetPeripheralsOfType<IBusPeripheral>().Distinct().SelectMany(peripheral => machine.SystemBus.GetRegistrationPoints(peripheral)
            .Select(x => new Place(x.Range.StartAddress, x.Range.EndAddress + 1, peripheral is MappedMemory && !dataOnlyMemories.Contains(peripheral))));

        [PostDeserialization]
        private void Subscribe()
        {
            machine.PeripheralsChanged += (_, __) =>
            {
                places = null;
                ForbidExecution();
            };
        }

        private void ForbidExecution()
        {
            foreach(var memory in dataOnlyMemories)
            {
                foreach(var registration in machine.SystemBus.GetRegistrationPoints(memory))
                {
                    HostFeatures.ForbidExecution(coreSignals.Core, registration.Range);
                }
            }
        }

        private void HandleException(ulong kind)
        {
            switch(kind)
            {
            case HostFeatures.PrefetchAbort:
                mistakes.Report("MemManage fault (IACCVIOL)", "no instruction may be fetched from peripherals, external devices and the system region");
                break;
            case HostFeatures.BusFault:
                var pc = coreSignals.Core.PC.RawValue;
                // Bits of earlier faults may still be set.
                Report(CurrentPlaces.Any(x => x.IsExecutable && x.Contains(pc)) ? PreciseDataBusError : InstructionBusError, coreSignals.BusFaultAddress);
                break;
            case HostFeatures.Interrupt:
                if(coreSignals.Escalation != null && !StackIsThere())
                {
                    coreSignals.Escalation.TakeStackingFault();
                }
                break;
            }
        }

        private bool StackIsThere()
        {
            var top = coreSignals.Core.SP.RawValue;
            var bottom = (top - FrameSize) & ~7ul;
            return CurrentPlaces.Any(x => x.Contains(bottom)) && CurrentPlaces.Any(x => x.Contains(top - 1));
        }

        private void Report(uint status, uint address)
        {
            if(status == InstructionBusError)
            {
                mistakes.Report("BusFault (IBUSERR)", "no instruction can be fetched there");
                return;
            }
            // A search through memory must not fill the log.
            var place = addresses.Count < AddressesTold || addresses.Contains(address) ? $"0x{address:X8}" : "elsewhere";
            if(addresses.Count < AddressesTold)
            {
                addresses.Add(address);
            }
            mistakes.Report($"BusFault (PRECISERR), {place}", "nothing answers there");
        }

        private Place[] CurrentPlaces => places ?? (places = Places.ToArray());

        private IMemory[] dataOnlyMemories = Array.Empty<IMemory>();
        private Place[] places;

        private readonly IMachine machine;
        private readonly CoreSignals coreSignals;
        private readonly GuestMistakes mistakes;
        private readonly HashSet<uint> addresses = new HashSet<uint>();

        /// <summary>Bits of CFSR.</summary>
        internal const uint InstructionBusError = 1 << 8;
        internal const uint PreciseDataBusError = 1 << 9;

        private const ulong FrameSize = 0x20;
        private const int AddressesTold = 8;

        /// <summary>A range of addresses, its end not included.</summary>
        internal struct Place
        {
            public Place(ulong start, ulong end, bool isExecutable)
            {
                Start = start;
                End = end;
                IsExecutable = isExecutable;
            }

            public bool Contains(ulong address) => Start <= address && address < End;

            public readonly ulong Start;
            public readonly ulong End;
            public readonly bool IsExecutable;
        }
    }
}
