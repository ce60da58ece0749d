// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers of a stream (RM0090 10.5.5 to 10.5.10), and which of them may be written while it is enabled.</content>
    internal sealed partial class DmaStream
    {
        /// <summary>Declares the registers of the stream and its bits in those that four streams share.</summary>
        public void DefineRegisters(DoubleWordRegisterCollection registers, DoubleWordRegister status, DoubleWordRegister clear)
        {
            var first = FirstRegister + (Number * Distance);
            registers.DefineRegister(first + (long)Registers.CR)
                .WithFlag(0, out enabled, name: "EN", changeCallback: (_, value) => isSwitched = true)
                .WithValueField(1, 4, out interruptEnables, name: "DMEIE, TEIE, HTIE, TCIE")
                .WithFlag(5, out flowControl, name: "PFCTRL")
                .WithEnumField<DoubleWordRegister, Direction>(6, 2, out direction, name: "DIR")
                .WithFlag(8, out circular, name: "CIRC")
                .WithFlag(9, out peripheralIncrement, name: "PINC")
                .WithFlag(10, out memoryIncrement, name: "MINC")
                .WithValueField(11, 2, out peripheralSize, name: "PSIZE")
                .WithValueField(13, 2, out memorySize, name: "MSIZE")
                .WithFlag(15, out wordSteps, name: "PINCOS")
                .WithValueField(16, 2, out priority, name: "PL")
                .WithFlag(18, out doubleBuffer, name: "DBM")
                .WithFlag(19, out currentTarget, name: "CT")
                .WithReservedBits(20, 1)
                .WithValueField(21, 2, out peripheralBurst, name: "PBURST")
                .WithValueField(23, 2, out memoryBurst, name: "MBURST")
                .WithValueField(25, 3, out channel, name: "CHSEL")
                .WithReservedBits(28, 4)
                .WithWriteCallback((_, __) => Control());
            registers.DefineRegister(first + (long)Registers.NDTR)
                .WithValueField(0, 16, out left, name: "NDT", writeCallback: (_, value) => programmed = value)
                .WithReservedBits(16, 16);
            registers.DefineRegister(first + (long)Registers.PAR)
                .WithValueField(0, 32, out peripheralAddress, name: "PAR");
            registers.DefineRegister(first + (long)Registers.M0AR)
                .WithValueField(0, 32, out memoryAddress, name: "M0A");
            registers.DefineRegister(first + (long)Registers.M1AR)
                .WithValueField(0, 32, out secondMemoryAddress, name: "M1A");
            registers.DefineRegister(first + (long)Registers.FCR, 0x21)
                .WithValueField(0, 2, out fifoThreshold, name: "FTH")
                .WithFlag(2, out fifoMode, name: "DMDIS")
                .WithValueField(3, 3, FieldMode.Read, valueProviderCallback: _ => fifo.Status, name: "FS")
                .WithReservedBits(6, 1)
                .WithFlag(7, out fifoErrorInterrupt, name: "FEIE")
                .WithReservedBits(8, 24)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            // FEIFx, DMEIFx, TEIFx, HTIFx and TCIFx; CFEIFx, CDMEIFx, CTEIFx, CHTIFx and CTCIFx clear them.
            var position = FlagPositions[Number % 4];
            status.WithValueField(position, 6, FieldMode.Read, valueProviderCallback: _ => flags, name: "FEIFx to TCIFx");
            clear.WithValueField(position, 6, FieldMode.Write, name: "CFEIFx to CTCIFx", writeCallback: (_, value) =>
                {
                    flags &= ~(uint)value;
                    UpdateInterrupt();
                });
        }

        /// <summary>What of a write reaches a register, by the write protection while EN is set.</summary>
        /// <param name="register">Offset of the register among those of its stream.</param>
        /// <param name="value">What the program writes.</param>
        /// <param name="held">What the register holds.</param>
        public uint Filter(long register, uint value, uint held)
        {
            if(!enabled.Value)
            {
                return value;
            }
            uint protectedBits;
            switch((Registers)register)
            {
            case Registers.CR:
                protectedBits = ProtectedControl;
                break;
            case Registers.FCR:
                protectedBits = ProtectedFifoControl;
                break;
            case Registers.M0AR:
            case Registers.M1AR:
                protectedBits = currentTarget.Value == (register == (long)Registers.M1AR) ? uint.MaxValue : 0;
                if(protectedBits != 0 && doubleBuffer.Value && value != held)
                {
                    Fail();
                    UpdateInterrupt();
                    mistakes.Report(name + (Registers)register, "transfer error: it was written while its buffer was the current one; EN is cleared");
                    return held;
                }
                break;
            default:
                protectedBits = uint.MaxValue;
                break;
            }
            var result = (value & ~protectedBits) | (held & protectedBits);
            if(result != value)
            {
                mistakes.Report(name + (Registers)register, "write ignored, because CR.EN is set");
            }
            return result;
        }

        private void Control()
        {
            if(isSwitched)
            {
                isSwitched = false;
                if(enabled.Value)
                {
                    Start();
                }
                else
                {
                    Stop();
                }
            }
            UpdateInterrupt();
        }

        /// <summary>Offset of the registers of stream 0.</summary>
        public const long FirstRegister = 0x10;

        /// <summary>Bytes from the registers of a stream to those of the next.</summary>
        public const long Distance = 0x18;

        private bool isSwitched;
        private IFlagRegisterField enabled;
        private IFlagRegisterField flowControl;
        private IEnumRegisterField<Direction> direction;
        private IFlagRegisterField circular;
        private IFlagRegisterField peripheralIncrement;
        private IFlagRegisterField memoryIncrement;
        private IFlagRegisterField wordSteps;
        private IFlagRegisterField doubleBuffer;
        private IFlagRegisterField currentTarget;
        private IFlagRegisterField fifoMode;
        private IFlagRegisterField fifoErrorInterrupt;
        private IValueRegisterField interruptEnables;
        private IValueRegisterField peripheralSize;
        private IValueRegisterField memorySize;
        private IValueRegisterField priority;
        private IValueRegisterField peripheralBurst;
        private IValueRegisterField memoryBurst;
        private IValueRegisterField channel;
        private IValueRegisterField left;
        private IValueRegisterField peripheralAddress;
        private IValueRegisterField memoryAddress;
        private IValueRegisterField secondMemoryAddress;
        private IValueRegisterField fifoThreshold;

        private const uint ProtectedControl = 0x0FEFFEE0;
        private const uint ProtectedFifoControl = 0x7;

        private static readonly int[] FlagPositions = { 0, 6, 16, 22 };

        private enum Registers
        {
            CR = 0x00,
            NDTR = 0x04,
            PAR = 0x08,
            M0AR = 0x0C,
            M1AR = 0x10,
            FCR = 0x14,
        }
    }
}
