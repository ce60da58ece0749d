// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// SD/MMC host interface with an empty socket (RM0090 chapter 31): a command without response is sent, one with a
    /// response times out, a data transfer times out. All of it at once.
    /// </summary>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_SDIO : BasicDoubleWordPeripheral, IKnownSize
    {
        /// <summary>Creates the interface.</summary>
        public STM32F4_SDIO(IMachine machine) : base(machine)
        {
            IRQ = new GPIO();
            DefineRegisters();
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            UpdateInterrupt();
        }

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Interrupt, position 49 of the NVIC.</summary>
        public GPIO IRQ { get; }

        private void DefineRegisters()
        {
            Registers.Power.Define(this)
                .WithValueField(0, 2, name: "PWRCTRL")
                .WithReservedBits(2, 30);
            Registers.ClockControl.Define(this)
                .WithValueField(0, 8, name: "CLKDIV")
                .WithFlag(8, name: "CLKEN")
                .WithFlag(9, name: "PWRSAV")
                .WithFlag(10, name: "BYPASS")
                .WithValueField(11, 2, name: "WIDBUS")
                .WithFlag(13, name: "NEGEDGE")
                .WithFlag(14, name: "HWFC_EN")
                .WithReservedBits(15, 17);
            Registers.Argument.Define(this)
                .WithValueField(0, 32, name: "CMDARG");
            Registers.Command.Define(this)
                .WithValueField(0, 6, name: "CMDINDEX")
                .WithValueField(6, 2, out var response, name: "WAITRESP")
                .WithFlag(8, name: "WAITINT")
                .WithFlag(9, name: "WAITPEND")
                .WithFlag(10, out var commandEnabled, name: "CPSMEN")
                .WithFlag(11, name: "SDIOSuspend")
                .WithFlag(12, name: "ENCMDcompl")
                .WithFlag(13, name: "nIEN")
                .WithFlag(14, name: "CE-ATACMD")
                .WithReservedBits(15, 17)
                .WithWriteCallback((_, __) =>
                {
                    if(commandEnabled.Value)
                    {
                        // Bit 0 of WAITRESP: a response, short or long, is expected.
                        Raise((response.Value & 1) != 0 ? CommandTimeout : CommandSent);
                    }
                });
            Registers.CommandResponse.Define(this)
                .WithValueField(0, 6, FieldMode.Read, name: "RESPCMD")
                .WithReservedBits(6, 26);
            Registers.Response1.DefineMany(this, 4, (register, _) => register.WithValueField(0, 32, FieldMode.Read, name: "CARDSTATUS"));
            Registers.DataTimer.Define(this)
                .WithValueField(0, 32, name: "DATATIME");
            Registers.DataLength.Define(this)
                .WithValueField(0, 25, name: "DATALENGTH")
                .WithReservedBits(25, 7);
            Registers.DataControl.Define(this)
                .WithFlag(0, out var dataEnabled, name: "DTEN")
                .WithFlag(1, name: "DTDIR")
                .WithFlag(2, name: "DTMODE")
                .WithFlag(3, name: "DMAEN")
                .WithValueField(4, 4, name: "DBLOCKSIZE")
                .WithFlag(8, name: "RWSTART")
                .WithFlag(9, name: "RWSTOP")
                .WithFlag(10, name: "RWMOD")
                .WithFlag(11, name: "SDIOEN")
                .WithReservedBits(12, 20)
                .WithWriteCallback((_, __) =>
                {
                    if(dataEnabled.Value)
                    {
                        Raise(DataTimeout);
                    }
                });
            Registers.DataCounter.Define(this)
                .WithValueField(0, 25, FieldMode.Read, name: "DATACOUNT")
                .WithReservedBits(25, 7);
            Registers.Status.Define(this)
                .WithValueField(0, 24, out status, FieldMode.Read, name: "flags")
                .WithReservedBits(24, 8);
            Registers.InterruptClear.Define(this)
                // The static flags can be cleared, those in between follow the FIFO.
                .WithValueField(0, 24, FieldMode.Write, writeCallback: (_, value) => status.Value &= ~(value & ClearableFlags), name: "flags")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            Registers.Mask.Define(this)
                .WithValueField(0, 24, out mask, name: "enables")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            Registers.FifoCounter.Define(this)
                .WithValueField(0, 24, FieldMode.Read, name: "FIFOCOUNT")
                .WithReservedBits(24, 8);
            Registers.Fifo.DefineMany(this, 32, (register, _) => register.WithValueField(0, 32, valueProviderCallback: __ => 0, name: "FIFOData"));
        }

        private void Raise(ulong flag)
        {
            status.Value |= flag;
            UpdateInterrupt();
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((status.Value & mask.Value) != 0);
        }

        private IValueRegisterField status;
        private IValueRegisterField mask;

        private const ulong CommandTimeout = 1 << 2;
        private const ulong DataTimeout = 1 << 3;
        private const ulong CommandSent = 1 << 7;
        private const ulong ClearableFlags = 0x00C007FF;

        private enum Registers
        {
            Power = 0x00,
            ClockControl = 0x04,
            Argument = 0x08,
            Command = 0x0C,
            CommandResponse = 0x10,
            Response1 = 0x14,
            DataTimer = 0x24,
            DataLength = 0x28,
            DataControl = 0x2C,
            DataCounter = 0x30,
            Status = 0x34,
            InterruptClear = 0x38,
            Mask = 0x3C,
            FifoCounter = 0x48,
            Fifo = 0x80,
        }
    }
}
