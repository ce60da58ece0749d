// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A peripheral that the chip has and nobody has modelled, or a hole in the range of an APB bridge: it reads 0 and takes no
    /// writes. The first access is told of, in one Warning that names it.
    /// </summary>
    /// <remarks>
    /// We choose: where no peripheral is, a bridge to APB answers with 0 and drops writes, and AHB with a bus error.
    /// Accesses of each width are answered.
    /// </remarks>
    public class UnmodelledPeripheral : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IAbsoluteAddressAware, IClockGated
    {
        /// <summary>Creates one; where it is and how large, its registration on the bus says.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="isReserved">The chip has nothing there, and its bus answers nevertheless.</param>
        public UnmodelledPeripheral(IMachine machine, bool isReserved = false)
        {
            this.machine = machine;
            this.isReserved = isReserved;
        }

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)Read();

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)Read();

        /// <inheritdoc/>
        public uint ReadDoubleWord(long offset) => Read();

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => Write(value);

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => Write(value);

        /// <inheritdoc/>
        public void WriteDoubleWord(long offset, uint value) => Write(value);

        /// <inheritdoc/>
        public void SetAbsoluteAddress(ulong address)
        {
            this.address = address;
        }

        /// <summary>Does nothing: there is no state, and the Warning is given once.</summary>
        public void Reset()
        {
        }

        /// <summary>How often it was accessed.</summary>
        public ulong Accesses { get; private set; }

        /// <inheritdoc/>
        /// <remarks>Without clock it would read 0, too.</remarks>
        [HideInMonitor]
        public bool ClockEnabled { get; set; }

        private uint Read()
        {
            Report("read");
            return 0;
        }

        private void Write(uint value)
        {
            Report($"write of 0x{value:X}");
        }

        private void Report(string access)
        {
            if(Accesses++ > 0)
            {
                return;
            }
            var place = machine.SystemBus.TryGetCurrentCPU(out var cpu) ? $" [PC 0x{cpu.PC.RawValue:X8}]" : "";
            this.Log(LogLevel.Warning, "{0}: it reads 0 and takes no writes; first access: {1} at 0x{2:X8}{3} (further ones are counted, not logged)",
                isReserved ? "The chip has no peripheral there" : "The chip's peripheral of this name is not modelled", access, address, place);
        }

        private ulong address;

        private readonly IMachine machine;
        private readonly bool isReserved;
    }
}
