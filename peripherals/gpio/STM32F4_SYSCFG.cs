// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// System configuration controller (RM0090 chapter 9): which port drives each external interrupt line, the interface of Ethernet, what is
    /// at address 0, and the I/O compensation cell. Pin n of port p (A is 0) comes in at input n of local receiver p; line n goes out as number n.
    /// </summary>
    /// <remarks>
    /// A line follows the pin that is selected, also in the moment of the selection, and without the clock of the registers.
    /// We choose: a line whose EXTICR field names a port that the chip has not is low; the compensation cell is ready at once; MEM_MODE, and the
    /// exchange of banks beside it, are stored: main flash stays at address 0; what PMC selects is stored.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_SYSCFG : GatedRegisterBlock, INumberedGPIOOutput, ILocalGPIOReceiver, IResetMember
    {
        /// <summary>Creates the controller: port A drives all lines.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip, which say of what line it is, and when it is reset.</param>
        public STM32F4_SYSCFG(IMachine machine, STM32F4_Supplies supplies)
            : base(machine, "SYSCFG", typeof(Registers), "RCC_APB2ENR.SYSCFGEN is off", ChipFacts.Of(supplies), x => x.SystemConfiguration)
        {
            if(supplies == null)
            {
                throw new ConstructionException("'supplies' is missing: name the chip's STM32F4_Supplies");
            }
            Connections = Enumerable.Range(0, LineCount).ToDictionary(x => x, _ => (IGPIO)new GPIO());
            ports = Enumerable.Range(0, PortCount).Select(x => new Port(this, x)).ToArray();
            DefineRegisters();
            supplies.Resets.Attach(this);
        }

        /// <summary>Pins of a port.</summary>
        /// <param name="index">0 for port A to 10 for port K.</param>
        /// <exception cref="ConstructionException">There is no such port.</exception>
        public IGPIOReceiver GetLocalReceiver(int index)
        {
            if(index < 0 || index >= PortCount)
            {
                throw new ConstructionException($"There is no port {index}: 0 is port A, {PortCount - 1} is port K");
            }
            return ports[index];
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass != ResetClass.BackupDomainReset)
            {
                base.Reset();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            for(var i = 0; i < LineCount; i++)
            {
                UpdateLine(i);
            }
        }

        /// <summary>External interrupt lines 0 to 15.</summary>
        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        private void DefineRegisters()
        {
            Define(Registers.MEMRMP)
                .WithValueField(0, 3, name: "MEM_MODE", changeCallback: (_, value) => ReportMapping(value))
                .WithReservedBits(3, 5)
                .WithFlag(8, name: "FB_MODE", changeCallback: (_, value) => ReportMapping(value ? 1ul : 0))
                .WithReservedBits(9, 1)
                .WithValueField(10, 2, name: "SWP_FMC")
                .WithReservedBits(12, 20);
            Define(Registers.PMC)
                .WithReservedBits(0, 16)
                .WithFlag(16, name: "ADC1DC2")
                .WithFlag(17, name: "ADC2DC2")
                .WithFlag(18, name: "ADC3DC2")
                .WithReservedBits(19, 4)
                .WithFlag(23, name: "MII_RMII_SEL")
                .WithReservedBits(24, 8);
            for(var i = 0; i < LineCount; i += 4)
            {
                var first = i;
                ((Registers)((int)Registers.EXTICR1 + i)).Define(this)
                    .WithValueFields(0, 4, 4, out var fields, name: "EXTIx", changeCallback: (n, _, __) => UpdateLine(first + n))
                    .WithReservedBits(16, 16);
                fields.CopyTo(selected, i);
            }
            Registers.CMPCR.Define(this)
                .WithFlag(0, out var cell, name: "CMP_PD")
                .WithReservedBits(1, 7)
                .WithFlag(8, FieldMode.Read, valueProviderCallback: _ => cell.Value, name: "READY")
                .WithReservedBits(9, 23);
            Define(Registers.CFGR)
                .WithFlag(0, name: "FMPI2C1_SCL")
                .WithFlag(1, name: "FMPI2C1_SDA")
                .WithReservedBits(2, 30);
        }

        private void ReportMapping(ulong value)
        {
            if(value != 0)
            {
                this.Log(LogLevel.Warning, "SYSCFG_MEMRMP is stored, but main flash stays at address 0");
            }
        }

        private void UpdateLine(int line)
        {
            var port = (int)selected[line].Value;
            Connections[line].Set(port < PortCount && ports[port].Levels[line]);
        }

        private readonly IValueRegisterField[] selected = new IValueRegisterField[LineCount];
        private readonly Port[] ports;

        private const int LineCount = 16;
        private const int PortCount = 11;

        private class Port : IGPIOReceiver
        {
            public Port(STM32F4_SYSCFG parent, int index)
            {
                this.parent = parent;
                this.index = index;
            }

            public void Reset()
            {
                // These are levels of other peripherals' pins.
            }

            public void OnGPIO(int number, bool value)
            {
                if(number < 0 || number >= LineCount)
                {
                    parent.Log(LogLevel.Error, "Port {0} has pins 0 to {1}; a signal came for pin {2}", index, LineCount - 1, number);
                    return;
                }
                Levels[number] = value;
                parent.UpdateLine(number);
            }

            public readonly bool[] Levels = new bool[LineCount];

            private readonly STM32F4_SYSCFG parent;
            private readonly int index;
        }

        private enum Registers
        {
            MEMRMP = 0x00,
            PMC = 0x04,
            EXTICR1 = 0x08,
            EXTICR2 = 0x0C,
            EXTICR3 = 0x10,
            EXTICR4 = 0x14,
            CMPCR = 0x20,
            CFGR = 0x2C,
        }
    }
}
