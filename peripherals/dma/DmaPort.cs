// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// One of the two bus masters of a DMA controller. What it reaches is in the bus matrix (RM0090 2.1, 10.3.7): the peripheral port of DMA1
    /// the peripherals of APB1 alone, that of DMA2 everything, the memory ports flash, SRAM and external memory. None of them reaches CCM RAM,
    /// backup SRAM, what belongs to the core, the bit-band aliases, and the memory that is mapped to address 0.
    /// </summary>
    internal sealed class DmaPort
    {
        public DmaPort(IMachine machine, IPeripheral owner, string name, bool reachesMemories, bool reachesPeripherals)
        {
            sysbus = machine.SystemBus;
            this.owner = owner;
            this.name = name;
            this.reachesMemories = reachesMemories;
            this.reachesPeripherals = reachesPeripherals;
        }

        /// <summary>Why no access to this address can end well; null if it can.</summary>
        public string RefusalOf(ulong address)
        {
            if(address - lastStart < lastSize)
            {
                return null;
            }
            var isMemory = Memories.Any(x => address >= x.First && address <= x.Last);
            var isPeripheral = address >= Peripherals.First && address <= Peripherals.Last;
            var isLowSpeed = isPeripheral && address <= LastOfApb1;
            if(IsHidden(address) || !((isMemory && reachesMemories) || (isPeripheral && reachesPeripherals) || (isLowSpeed && !reachesMemories)))
            {
                return $"its {name} port doesn't reach {Describe(address)}";
            }
            var found = sysbus.WhatIsAt(address, owner);
            if(found == null)
            {
                return $"nothing answers at 0x{address:X8}";
            }
            var range = found.RegistrationPoint.Range;
            if(!IsHidden(range.StartAddress) && !IsHidden(range.EndAddress))
            {
                lastStart = range.StartAddress;
                lastSize = range.Size;
            }
            return null;
        }

        /// <summary>Reads 1, 2 or 4 bytes.</summary>
        public uint Read(ulong address, int width)
        {
            return width == 1 ? sysbus.ReadByte(address, owner) : width == 2 ? sysbus.ReadWord(address, owner) : sysbus.ReadDoubleWord(address, owner);
        }

        /// <summary>Writes 1, 2 or 4 bytes.</summary>
        public void Write(ulong address, uint value, int width)
        {
            if(width == 1)
            {
                sysbus.WriteByte(address, (byte)value, owner);
            }
            else if(width == 2)
            {
                sysbus.WriteWord(address, (ushort)value, owner);
            }
            else
            {
                sysbus.WriteDoubleWord(address, value, owner);
            }
        }

        /// <summary>The peripheral at this address hears that its last item was moved, if it wants to know.</summary>
        public void TellOfLastItem(ulong address)
        {
            if(sysbus.WhatIsAt(address, owner) is IBusRegistered<IBusPeripheral> found && found.Peripheral is IDmaClient client)
            {
                client.HandleLastTransfer();
            }
        }

        /// <summary>Is all of this one memory, in which an access does nothing but read or write?</summary>
        public bool IsPlainMemory(ulong address, int count, bool isWritten)
        {
            if(RefusalOf(address) != null || !(sysbus.WhatIsAt(address, owner) is IBusRegistered<IBusPeripheral> found) || !(found.Peripheral is MappedMemory))
            {
                return false;
            }
            // What is written to flash is for its interface to judge.
            return address + (ulong)count - 1 <= found.RegistrationPoint.Range.EndAddress && (!isWritten || address >= FirstOfSram);
        }

        public byte[] ReadBlock(ulong address, int count) => sysbus.ReadBytes(address, count, context: owner);

        public void WriteBlock(ulong address, byte[] content) => sysbus.WriteBytes(content, address, context: owner);

        private static bool IsHidden(ulong address) => address >= BackupSram.First && address <= BackupSram.Last;

        private static string Describe(ulong address)
        {
            return address >> 28 == 1 && address < FirstOfSystemMemory ? $"CCM RAM (0x{address:X8})" : IsHidden(address) ? $"backup SRAM (0x{address:X8})" : $"0x{address:X8}";
        }

        // Where the last one was found, so that it isn't looked for again.
        private ulong lastStart;
        private ulong lastSize;

        private readonly IBusController sysbus;
        private readonly IPeripheral owner;
        private readonly string name;
        private readonly bool reachesMemories;
        private readonly bool reachesPeripherals;

        private const ulong FirstOfSystemMemory = 0x1FFF0000;
        private const ulong FirstOfSram = 0x20000000;
        private const ulong LastOfApb1 = 0x40007FFF;

        private static readonly (ulong First, ulong Last) BackupSram = (0x40024000, 0x40024FFF);
        private static readonly (ulong First, ulong Last) Peripherals = (0x40000000, 0x5FFFFFFF);
        private static readonly (ulong First, ulong Last)[] Memories =
        {
            (0x08000000, 0x0FFFFFFF), (FirstOfSystemMemory, 0x1FFFFFFF), (FirstOfSram, 0x21FFFFFF), (0x60000000, 0xDFFFFFFF),
        };
    }
}
