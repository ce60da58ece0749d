// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers (RM0090 32.9).</content>
    public partial class STM32F4_CAN
    {
        private void DefineRegisters()
        {
            Registers.MCR.Define(this, 0x00010002)
                .WithFlag(0, out initializationRequest, name: "INRQ")
                .WithFlag(1, out sleepRequest, name: "SLEEP")
                .WithFlag(2, out sendsInOrder, name: "TXFP")
                .WithFlag(3, out locksFifos, name: "RFLM")
                .WithFlag(4, out sendsOnce, name: "NART")
                .WithFlag(5, out wakesUp, name: "AWUM")
                .WithFlag(6, out recoversByItself, name: "ABOM")
                .WithFlag(7, out isTimeTriggered, name: "TTCM")
                .WithReservedBits(8, 7)
                .WithFlag(15, out var masterReset, FieldMode.Write, name: "RESET")
                .WithFlag(16, out freezes, name: "DBF")
                .WithReservedBits(17, 15)
                .WithWriteCallback((_, __) =>
                {
                    if(masterReset.Value)
                    {
                        ResetMaster();
                    }
                    UpdatePause();
                    Proceed();
                });

            Registers.MSR.Define(this)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => mode == Mode.Initialization, name: "INAK")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => mode == Mode.Sleep, name: "SLAK")
                .WithFlag(2, valueProviderCallback: _ => errorFlag, writeCallback: (_, value) => errorFlag &= !value, name: "ERRI")
                .WithFlag(3, valueProviderCallback: _ => wakeUpFlag, writeCallback: (_, value) => wakeUpFlag &= !value, name: "WKUI")
                .WithFlag(4, valueProviderCallback: _ => sleepFlag, writeCallback: (_, value) => sleepFlag &= !value, name: "SLAKI")
                .WithReservedBits(5, 3)
                .WithFlag(8, FieldMode.Read, valueProviderCallback: _ => current != null, name: "TXM")
                .WithFlag(9, FieldMode.Read, valueProviderCallback: _ => false, name: "RXM")
                .WithFlag(10, FieldMode.Read, valueProviderCallback: _ => IsRecessive, name: "SAMP")
                .WithFlag(11, FieldMode.Read, valueProviderCallback: _ => IsRecessive, name: "RX")
                .WithReservedBits(12, 20)
                .WithWriteCallback((_, __) => Update());

            var transmitStatus = Registers.TSR.Define(this);
            for(var i = 0; i < mailboxes.Length; i++)
            {
                var mailbox = mailboxes[i];
                var names = MailboxNames[i];
                transmitStatus
                    .WithFlag((8 * i) + 0, valueProviderCallback: _ => mailbox.IsCompleted, writeCallback: (_, value) =>
                    {
                        if(value)
                        {
                            mailbox.IsCompleted = mailbox.IsSent = mailbox.HasFailed = false;
                        }
                    }, name: names.Completed)
                    .WithFlag((8 * i) + 1, valueProviderCallback: _ => mailbox.IsSent, writeCallback: (_, value) => mailbox.IsSent &= !value, name: names.Sent)
                    .WithFlag((8 * i) + 2, FieldMode.Read, valueProviderCallback: _ => false, name: names.Lost)
                    .WithFlag((8 * i) + 3, valueProviderCallback: _ => mailbox.HasFailed, writeCallback: (_, value) => mailbox.HasFailed &= !value, name: names.Failed)
                    .WithReservedBits((8 * i) + 4, 3)
                    .WithFlag((8 * i) + 7, valueProviderCallback: _ => mailbox.IsAborting, writeCallback: (_, value) => Abort(mailbox, value), name: names.Abort)
                    .WithFlag(26 + i, FieldMode.Read, valueProviderCallback: _ => !mailbox.IsPending, name: names.Empty)
                    .WithFlag(29 + i, FieldMode.Read, valueProviderCallback: _ => mailboxes.Count(x => x.IsPending) > 1 && Last == mailbox, name: names.Lowest);
            }
            transmitStatus
                .WithValueField(24, 2, FieldMode.Read, valueProviderCallback: _ => (ulong)System.Array.IndexOf(mailboxes, mailboxes.FirstOrDefault(x => !x.IsPending) ?? Last), name: "CODE")
                .WithWriteCallback((_, __) => Update());

            DefineFifo(Registers.RF0R, fifos[0], 0);
            DefineFifo(Registers.RF1R, fifos[1], 1);

            Registers.IER.Define(this)
                .WithFlag(0, out transmitInterrupt, name: "TMEIE")
                .WithFlag(1, out pendingInterrupts[0], name: "FMPIE0")
                .WithFlag(2, out fullInterrupts[0], name: "FFIE0")
                .WithFlag(3, out overrunInterrupts[0], name: "FOVIE0")
                .WithFlag(4, out pendingInterrupts[1], name: "FMPIE1")
                .WithFlag(5, out fullInterrupts[1], name: "FFIE1")
                .WithFlag(6, out overrunInterrupts[1], name: "FOVIE1")
                .WithReservedBits(7, 1)
                .WithFlag(8, out warningInterrupt, name: "EWGIE")
                .WithFlag(9, out passiveInterrupt, name: "EPVIE")
                .WithFlag(10, out busOffInterrupt, name: "BOFIE")
                .WithFlag(11, out lastErrorInterrupt, name: "LECIE")
                .WithReservedBits(12, 3)
                .WithFlag(15, out errorInterrupt, name: "ERRIE")
                .WithFlag(16, out wakeUpInterrupt, name: "WKUIE")
                .WithFlag(17, out sleepInterrupt, name: "SLKIE")
                .WithReservedBits(18, 14)
                .WithWriteCallback((_, __) => Update());

            Registers.ESR.Define(this)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => IsWarned, name: "EWGF")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsPassive, name: "EPVF")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => isBusOff, name: "BOFF")
                .WithReservedBits(3, 1)
                .WithValueField(4, 3, out lastError, name: "LEC")
                .WithReservedBits(7, 9)
                .WithValueField(16, 8, FieldMode.Read, valueProviderCallback: _ => transmitErrors, name: "TEC")
                .WithValueField(24, 8, FieldMode.Read, valueProviderCallback: _ => receiveErrors, name: "REC");

            Registers.BTR.Define(this, 0x01230000)
                .WithValueField(0, 10, out prescaler, name: "BRP")
                .WithReservedBits(10, 6)
                .WithValueField(16, 4, out firstSegment, name: "TS1")
                .WithValueField(20, 3, out secondSegment, name: "TS2")
                .WithReservedBits(23, 1)
                .WithValueField(24, 2, name: "SJW")
                .WithReservedBits(26, 4)
                .WithFlag(30, out loopBack, name: "LBKM")
                .WithFlag(31, out silent, name: "SILM");

            for(var i = 0; i < mailboxes.Length; i++)
            {
                DefineMailbox((Registers)((int)Registers.TI0R + (0x10 * i)), mailboxes[i]);
            }
            for(var i = 0; i < fifos.Length; i++)
            {
                var fifo = fifos[i];
                var first = (int)Registers.RI0R + (0x10 * i);
                ((Registers)first).Define(this)
                    .WithReservedBits(0, 1)
                    .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => (fifo.Head.Identifier & CanFrame.RemoteFlag) != 0, name: "RTR")
                    .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => (fifo.Head.Identifier & CanFrame.ExtendedFlag) != 0, name: "IDE")
                    .WithValueField(3, 18, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Identifier >> 3 & 0x3FFFF, name: "EXID")
                    .WithValueField(21, 11, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Identifier >> 21, name: "STID");
                ((Registers)first + 4).Define(this)
                    .WithValueField(0, 4, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Status & 0xF, name: "DLC")
                    .WithReservedBits(4, 4)
                    .WithValueField(8, 8, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Status >> 8 & 0xFF, name: "FMI")
                    .WithValueField(16, 16, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Status >> 16, name: "TIME");
                ((Registers)first + 8).Define(this).WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => fifo.Head.Low, name: "DATA3_0");
                ((Registers)first + 12).Define(this).WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => fifo.Head.High, name: "DATA7_4");
            }
        }

        private void DefineFifo(Registers register, CanFifo fifo, int number)
        {
            var names = FifoNames[number];
            register.Define(this)
                .WithValueField(0, 2, FieldMode.Read, valueProviderCallback: _ => (ulong)fifo.Count, name: names.Pending)
                .WithReservedBits(2, 1)
                .WithFlag(3, valueProviderCallback: _ => fifo.IsFull, writeCallback: (_, value) => fifo.IsFull &= !value, name: names.Full)
                .WithFlag(4, valueProviderCallback: _ => fifo.HasOverrun, writeCallback: (_, value) => fifo.HasOverrun &= !value, name: names.Overrun)
                .WithFlag(5, FieldMode.Write, writeCallback: (_, value) =>
                {
                    if(value)
                    {
                        fifo.Release();
                    }
                }, name: names.Release)
                .WithReservedBits(6, 26)
                .WithWriteCallback((_, __) => Update());
        }

        private void DefineMailbox(Registers first, CanMailbox mailbox)
        {
            first.Define(this)
                .WithFlag(0, valueProviderCallback: _ => mailbox.IsPending, writeCallback: (_, value) => isRequested = value, name: "TXRQ")
                .WithFlag(1, out mailbox.IsRemote, name: "RTR")
                .WithFlag(2, out mailbox.IsExtended, name: "IDE")
                .WithValueField(3, 18, out mailbox.Extended, name: "EXID")
                .WithValueField(21, 11, out mailbox.Standard, name: "STID")
                .WithWriteCallback((_, __) => Request(mailbox));
            (first + 4).Define(this)
                .WithValueField(0, 4, out mailbox.Length, name: "DLC")
                .WithReservedBits(4, 4)
                .WithFlag(8, out mailbox.SendsTime, name: "TGT")
                .WithReservedBits(9, 7)
                .WithValueField(16, 16, out mailbox.Time, FieldMode.Read, name: "TIME");
            (first + 8).Define(this).WithValueField(0, 32, out mailbox.Low, name: "DATA3_0");
            (first + 12).Define(this).WithValueField(0, 32, out mailbox.High, name: "DATA7_4");
        }

        private void DefineFilterRegisters()
        {
            Registers.FMR.Define(this, 0x2A1C0E01)
                .WithFlag(0, out filterInitialization, name: "FINIT")
                .WithReservedBits(1, 7)
                .WithValueField(8, 6, out firstBankOfSlave, name: "CAN2SB")
                .WithValueField(14, 18, FieldMode.Read, valueProviderCallback: _ => ReservedInFilterMaster, name: "reserved");
            DefineBanks(Registers.FM1R, "FBM", () => filters.Mode, x => filters.Mode = x);
            DefineBanks(Registers.FS1R, "FSC", () => filters.Scale, x => filters.Scale = x);
            DefineBanks(Registers.FFA1R, "FFA", () => filters.Assignment, x => filters.Assignment = x);
            DefineBanks(Registers.FA1R, "FACT", () => filters.Active, x => filters.Active = x);
            for(var i = 0; i < CanFilters.Banks; i++)
            {
                var bank = i;
                (Registers.F0R1 + (8 * i)).Define(this)
                    .WithValueField(0, 32, valueProviderCallback: _ => filters.First[bank], writeCallback: (_, value) => filters.First[bank] = (uint)value, name: "FB");
                (Registers.F0R2 + (8 * i)).Define(this)
                    .WithValueField(0, 32, valueProviderCallback: _ => filters.Second[bank], writeCallback: (_, value) => filters.Second[bank] = (uint)value, name: "FB");
            }
        }

        private void DefineBanks(Registers register, string name, System.Func<uint> get, System.Action<uint> set)
        {
            register.Define(this)
                .WithValueField(0, CanFilters.Banks, valueProviderCallback: _ => get(), writeCallback: (_, value) => set((uint)value), name: name)
                .WithReservedBits(CanFilters.Banks, 32 - CanFilters.Banks);
        }

        private bool isRequested;

        private IFlagRegisterField initializationRequest;
        private IFlagRegisterField sleepRequest;
        private IFlagRegisterField sendsInOrder;
        private IFlagRegisterField locksFifos;
        private IFlagRegisterField sendsOnce;
        private IFlagRegisterField wakesUp;
        private IFlagRegisterField recoversByItself;
        private IFlagRegisterField isTimeTriggered;
        private IFlagRegisterField freezes;
        private IFlagRegisterField transmitInterrupt;
        private IFlagRegisterField warningInterrupt;
        private IFlagRegisterField passiveInterrupt;
        private IFlagRegisterField busOffInterrupt;
        private IFlagRegisterField lastErrorInterrupt;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField wakeUpInterrupt;
        private IFlagRegisterField sleepInterrupt;
        private IValueRegisterField lastError;
        private IValueRegisterField prescaler;
        private IValueRegisterField firstSegment;
        private IValueRegisterField secondSegment;
        private IFlagRegisterField loopBack;
        private IFlagRegisterField silent;
        private IFlagRegisterField filterInitialization;
        private IValueRegisterField firstBankOfSlave;

        private readonly IFlagRegisterField[] pendingInterrupts = new IFlagRegisterField[2];
        private readonly IFlagRegisterField[] fullInterrupts = new IFlagRegisterField[2];
        private readonly IFlagRegisterField[] overrunInterrupts = new IFlagRegisterField[2];

        private const ulong ReservedInFilterMaster = 0x2A1C0000 >> 14;

        private static readonly (string Completed, string Sent, string Lost, string Failed, string Abort, string Empty, string Lowest)[] MailboxNames =
        {
            ("RQCP0", "TXOK0", "ALST0", "TERR0", "ABRQ0", "TME0", "LOW0"),
            ("RQCP1", "TXOK1", "ALST1", "TERR1", "ABRQ1", "TME1", "LOW1"),
            ("RQCP2", "TXOK2", "ALST2", "TERR2", "ABRQ2", "TME2", "LOW2"),
        };

        private static readonly (string Pending, string Full, string Overrun, string Release)[] FifoNames =
        {
            ("FMP0", "FULL0", "FOVR0", "RFOM0"),
            ("FMP1", "FULL1", "FOVR1", "RFOM1"),
        };

        private enum Registers
        {
            MCR = 0x000,
            MSR = 0x004,
            TSR = 0x008,
            RF0R = 0x00C,
            RF1R = 0x010,
            IER = 0x014,
            ESR = 0x018,
            BTR = 0x01C,
            TI0R = 0x180,
            TDT0R = 0x184,
            TDL0R = 0x188,
            TDH0R = 0x18C,
            TI1R = 0x190,
            TDT1R = 0x194,
            TDL1R = 0x198,
            TDH1R = 0x19C,
            TI2R = 0x1A0,
            TDT2R = 0x1A4,
            TDL2R = 0x1A8,
            TDH2R = 0x1AC,
            RI0R = 0x1B0,
            RDT0R = 0x1B4,
            RDL0R = 0x1B8,
            RDH0R = 0x1BC,
            RI1R = 0x1C0,
            RDT1R = 0x1C4,
            RDL1R = 0x1C8,
            RDH1R = 0x1CC,
            FMR = 0x200,
            FM1R = 0x204,
            FS1R = 0x20C,
            FFA1R = 0x214,
            FA1R = 0x21C,
            F0R1 = 0x240,
            F0R2 = 0x244,
        }
    }
}
