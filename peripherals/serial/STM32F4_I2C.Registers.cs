// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers (RM0090 27.6).</content>
    public partial class STM32F4_I2C
    {
        private void DefineRegisters(bool hasFilter)
        {
            Registers.CR1.Define(registers)
                .WithFlag(0, out enabled, name: "PE")
                .WithFlag(1, name: "SMBUS")
                .WithReservedBits(2, 1)
                .WithFlag(3, name: "SMBTYPE")
                .WithFlag(4, name: "ENARP")
                .WithFlag(5, name: "ENPEC")
                .WithFlag(6, name: "ENGC")
                .WithFlag(7, name: "NOSTRETCH")
                .WithFlag(8, out start, name: "START")
                .WithFlag(9, out stop, name: "STOP")
                .WithFlag(10, out acknowledge, name: "ACK")
                .WithFlag(11, out position, name: "POS")
                .WithFlag(12, out errorChecking, name: "PEC")
                .WithFlag(13, out alert, name: "ALERT")
                .WithReservedBits(14, 1)
                .WithFlag(15, out softReset, name: "SWRST")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => Control());

            Registers.CR2.Define(registers)
                .WithValueField(0, 6, out clockMegahertz, name: "FREQ")
                .WithReservedBits(6, 2)
                .WithFlag(8, out errorInterrupt, name: "ITERREN")
                .WithFlag(9, out eventInterrupt, name: "ITEVTEN")
                .WithFlag(10, out bufferInterrupt, name: "ITBUFEN")
                .WithFlag(11, out byDma, name: "DMAEN")
                .WithFlag(12, name: "LAST")
                .WithReservedBits(13, 19)
                .WithWriteCallback((_, __) => Update());

            Registers.OAR1.Define(registers)
                .WithFlag(0, name: "ADD0")
                .WithValueField(1, 7, name: "ADD7_1")
                .WithValueField(8, 2, name: "ADD9_8")
                .WithReservedBits(10, 4)
                .WithFlag(14, name: "kept at 1 by software")
                .WithFlag(15, name: "ADDMODE")
                .WithReservedBits(16, 16);
            Registers.OAR2.Define(registers)
                .WithFlag(0, name: "ENDUAL")
                .WithValueField(1, 7, name: "ADD2")
                .WithReservedBits(8, 24);

            Registers.DR.Define(registers)
                .WithValueField(0, 8, valueProviderCallback: _ => ReadData(), writeCallback: (_, value) => WriteData((byte)value), name: "DR")
                .WithReservedBits(8, 24);

            Registers.SR1.Define(registers)
                .WithFlag(0, out started, FieldMode.Read, name: "SB")
                .WithFlag(1, out addressed, FieldMode.Read, name: "ADDR")
                .WithFlag(2, out finished, FieldMode.Read, name: "BTF")
                .WithFlag(3, out headerSent, FieldMode.Read, name: "ADD10")
                .WithFlag(4, FieldMode.Read, name: "STOPF")
                .WithReservedBits(5, 1)
                .WithFlag(6, out notEmpty, FieldMode.Read, name: "RXNE")
                .WithFlag(7, out empty, FieldMode.Read, name: "TXE")
                .WithFlag(8, FieldMode.Read | FieldMode.WriteZeroToClear, name: "BERR")
                .WithFlag(9, FieldMode.Read | FieldMode.WriteZeroToClear, name: "ARLO")
                .WithFlag(10, out notAcknowledged, FieldMode.Read | FieldMode.WriteZeroToClear, name: "AF")
                .WithFlag(11, FieldMode.Read | FieldMode.WriteZeroToClear, name: "OVR")
                .WithFlag(12, FieldMode.Read | FieldMode.WriteZeroToClear, name: "PECERR")
                .WithReservedBits(13, 1)
                .WithFlag(14, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TIMEOUT")
                .WithFlag(15, FieldMode.Read | FieldMode.WriteZeroToClear, name: "SMBALERT")
                .WithReservedBits(16, 16)
                .WithReadCallback((_, __) => isStatusRead = true)
                .WithWriteCallback((_, __) => Update());

            Registers.SR2.Define(registers)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => phase != Phase.Idle, name: "MSL")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => phase != Phase.Idle || IsBusHeld, name: "BUSY")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => phase == Phase.Send, name: "TRA")
                .WithReservedBits(3, 1)
                .WithFlag(4, FieldMode.Read, name: "GENCALL")
                .WithFlag(5, FieldMode.Read, name: "SMBDEFAULT")
                .WithFlag(6, FieldMode.Read, name: "SMBHOST")
                .WithFlag(7, FieldMode.Read, name: "DUALF")
                .WithValueField(8, 8, FieldMode.Read, name: "PEC")
                .WithReservedBits(16, 16)
                .WithReadCallback((_, __) => ClearAddressed());

            Registers.CCR.Define(registers)
                .WithValueField(0, 12, out clockControl, name: "CCR")
                .WithReservedBits(12, 2)
                .WithFlag(14, out unequalDuty, name: "DUTY")
                .WithFlag(15, out fastMode, name: "F/S")
                .WithReservedBits(16, 16);
            Registers.TRISE.Define(registers, 2)
                .WithValueField(0, 6, name: "TRISE")
                .WithReservedBits(6, 26);
            if(hasFilter)
            {
                Registers.FLTR.Define(registers)
                    .WithValueField(0, 4, name: "DNF")
                    .WithFlag(4, name: "ANOFF")
                    .WithReservedBits(5, 27);
            }
        }

        private IFlagRegisterField enabled;
        private IFlagRegisterField start;
        private IFlagRegisterField stop;
        private IFlagRegisterField acknowledge;
        private IFlagRegisterField position;
        private IFlagRegisterField errorChecking;
        private IFlagRegisterField alert;
        private IFlagRegisterField softReset;
        private IValueRegisterField clockMegahertz;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField eventInterrupt;
        private IFlagRegisterField bufferInterrupt;
        private IFlagRegisterField byDma;
        private IFlagRegisterField started;
        private IFlagRegisterField addressed;
        private IFlagRegisterField finished;
        private IFlagRegisterField headerSent;
        private IFlagRegisterField notEmpty;
        private IFlagRegisterField empty;
        private IFlagRegisterField notAcknowledged;
        private IValueRegisterField clockControl;
        private IFlagRegisterField unequalDuty;
        private IFlagRegisterField fastMode;

        private enum Registers
        {
            CR1 = 0x00,
            CR2 = 0x04,
            OAR1 = 0x08,
            OAR2 = 0x0C,
            DR = 0x10,
            SR1 = 0x14,
            SR2 = 0x18,
            CCR = 0x1C,
            TRISE = 0x20,
            FLTR = 0x24,
        }
    }
}
