// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>
    /// Bit-band alias: each word of it stands for one bit of the region at <c>peripheralBase</c>. Writing is a
    /// read-modify-write of the byte, half-word or word that holds the bit, as wide as the access itself.
    /// </summary>
    public class BitBanding : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral
    {
        public BitBanding(IMachine machine, ulong peripheralBase)
        {
            sysbus = machine.GetSystemBus(this);
            this.peripheralBase = peripheralBase;
        }

        public void Reset()
        {
        }

        public byte ReadByte(long offset)
        {
            var (address, bit) = Locate(offset, 1);
            return (byte)((sysbus.ReadByte(address) >> bit) & 1);
        }

        public void WriteByte(long offset, byte value)
        {
            var (address, bit) = Locate(offset, 1);
            var old = sysbus.ReadByte(address);
            sysbus.WriteByte(address, (byte)((old & ~(1 << bit)) | (value & 1) << bit));
        }

        public ushort ReadWord(long offset)
        {
            var (address, bit) = Locate(offset, 2);
            return (ushort)((sysbus.ReadWord(address) >> bit) & 1);
        }

        public void WriteWord(long offset, ushort value)
        {
            var (address, bit) = Locate(offset, 2);
            var old = sysbus.ReadWord(address);
            sysbus.WriteWord(address, (ushort)((old & ~(1 << bit)) | (value & 1) << bit));
        }

        public uint ReadDoubleWord(long offset)
        {
            var (address, bit) = Locate(offset, 4);
            return (sysbus.ReadDoubleWord(address) >> bit) & 1;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            var (address, bit) = Locate(offset, 4);
            var old = sysbus.ReadDoubleWord(address);
            sysbus.WriteDoubleWord(address, (old & ~(1u << bit)) | (value & 1) << bit);
        }

        private (ulong Address, int Bit) Locate(long offset, int width)
        {
            var index = (ulong)offset / 4;
            var byteAddress = peripheralBase + index / 8;
            var aligned = byteAddress & ~(ulong)(width - 1);
            return (aligned, (int)(index % 8 + 8 * (byteAddress - aligned)));
        }

        private readonly IBusController sysbus;
        private readonly ulong peripheralBase;
    }
}
