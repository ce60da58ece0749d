// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.CAN;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CAN;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// CAN 2.0B controller bxCAN (RM0090 chapter 32): three transmit mailboxes, two receive FIFOs, filters, error counters and states. CAN2 takes
    /// filters and mailbox memory from CAN1, its master, whose clock it needs.
    /// </summary>
    /// <remarks>
    /// A frame takes its bits, stuff bits counted, at the rate of BTR and PCLK1. On the hub of the host, <c>emulation CreateCANHub "bus"</c> and
    /// <c>connector Connect sysbus.can1 bus</c>, it arrives whole at its end. A chip on a hub has a transceiver: its bits come back at CAN_RX, and a frame that no node
    /// acknowledges fails (TEC stops at 128: ESR 0x00800033). Without hub there is none: unless a wire joins the pins of CAN_TX and CAN_RX, the first
    /// bit fails already, up to bus-off (ESR 0x00F80057). Initialization and Sleep are left after 11 recessive bits at CAN_RX, in loop-back mode, too,
    /// as boards without transceiver and pull-up show.
    /// We choose: CAN_RX is recessive while no pin selects it, as MSR's reset value says; a pin of CAN_TX is high, and shows no bits; frames on a hub
    /// pass each other, so that there is no arbitration with other nodes, and ALST stays 0; nodes with different bit rates understand each other; a node of
    /// another kind acknowledges always. We choose: INRQ ends Sleep while SLEEP is still set, as ST's later libraries rely on; TERR tells of each attempt that failed, the
    /// request pending or not; a request outlives initialization and bus-off; RESET empties FIFOs and mailboxes and leaves registers but MCR as they are; mailboxes
    /// and filters are 0 after reset. Bytes and half-words are written as the bridge of APB does, to all parts of the word.
    /// </remarks>
    public partial class STM32F4_CAN : GatedRegisterBlock, ICAN, IBytePeripheral, IWordPeripheral, IHasFrequency, IHeldByDebugger, IPinFunctions
    {
        /// <summary>Creates the controller in Sleep mode, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="master">CAN1, for CAN2.</param>
        public STM32F4_CAN(IMachine machine, STM32F4_CAN master = null) : base(machine, "CAN", typeof(Registers), "its clock is off in RCC_APB1ENR")
        {
            if(master?.master != null)
            {
                throw new ConstructionException("'master' has a master itself: name the chip's CAN1");
            }
            this.master = master;
            step = new LimitTimer(machine.ClockSource, ResetFrequency, this, "step", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            step.LimitReached += HandleStep;
            stamps = new LimitTimer(machine.ClockSource, ResetFrequency, this, "stamps", limit: LongestCount, direction: Direction.Ascending);
            for(var i = 0; i < mailboxes.Length; i++)
            {
                mailboxes[i] = new CanMailbox();
            }
            DefineRegisters();
            if(master == null)
            {
                DefineFilterRegisters();
            }
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => WriteDoubleWord(offset & ~3, value * 0x00010001u);

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => WriteDoubleWord(offset & ~3, value * 0x01010101u);

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            filters.Reset();
            ResetState();
        }

        /// <summary>Name of a register as in the manual, e.g. CAN_MCR.</summary>
        public override string OffsetToString(long offset)
        {
            var bank = (offset - (long)Registers.F0R1) / 8;
            return offset >= (long)Registers.F0R1 && bank < CanFilters.Banks && offset % 4 == 0 ? $"CAN_F{bank}R{(offset % 8 / 4) + 1}" : base.OffsetToString(offset);
        }

        /// <summary>A frame has come over the hub.</summary>
        [HideInMonitor]
        public void OnFrameReceived(CANMessageFrame message)
        {
            if(IsPaused || rxPins.Count == 0 || !RxHasTransceiver)
            {
                return;
            }
            if(mode == Mode.Sleep)
            {
                WakeUp();
                return;
            }
            if(mode != Mode.Normal || isBusOff || loopBack.Value)
            {
                return;
            }
            if(message.FDFormat)
            {
                // Here CAN 2.0 expects r0.
                FailReception(CanError.Form);
                return;
            }
            Receive(CanFrame.Of(message));
        }

        /// <summary>The next frames that the controller sends or hears are disturbed.</summary>
        /// <param name="frames">How many; 0 ends it.</param>
        /// <param name="error">What goes wrong, e.g. Crc.</param>
        public void Disturb(uint frames, CanError error)
        {
            if(!Enum.IsDefined(typeof(CanError), error) || error == CanError.None)
            {
                throw new RecoverableException($"error = {error} is no error of a frame: give Stuff, Form, Acknowledgement, BitRecessive, BitDominant or Crc");
            }
            disturbedFrames = frames;
            disturbance = error;
        }

        /// <summary>
        /// Is there a node outside of the emulation that acknowledges each frame? False at the start: then nodes on the hub do, or nobody.
        /// </summary>
        public bool AlwaysAcknowledged
        {
            get => alwaysAcknowledged;
            set
            {
                alwaysAcknowledged = value;
                Proceed();
            }
        }

        /// <summary>Bits a second, by BTR and PCLK1.</summary>
        public ulong BitRate => Frequency / ClocksPerBit;

        /// <summary>ErrorActive, ErrorPassive or BusOff.</summary>
        public string ErrorState => isBusOff ? "BusOff" : IsPassive ? "ErrorPassive" : "ErrorActive";

        /// <summary>Clock in Hz, above 0: PCLK1.</summary>
        public ulong Frequency
        {
            get => step.Frequency;
            set => step.Frequency = stamps.Frequency = Math.Max(1, value);
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public bool IsHeldByDebugger
        {
            get => isHeldByDebugger;
            set
            {
                isHeldByDebugger = value;
                UpdatePause();
            }
        }

        /// <summary>A frame leaves through CAN_TX.</summary>
        public event Action<CANMessageFrame> FrameSent
        {
            add
            {
                frameSent += value;
                Proceed();
            }
            remove
            {
                frameSent -= value;
            }
        }

        /// <summary>CANx_TX: a request is completed.</summary>
        public GPIO TransmitInterrupt { get; } = new GPIO();

        /// <summary>CANx_RX0: a frame in FIFO 0, FIFO 0 full or overrun.</summary>
        public GPIO Receive0Interrupt { get; } = new GPIO();

        /// <summary>CANx_RX1: the same of FIFO 1.</summary>
        public GPIO Receive1Interrupt { get; } = new GPIO();

        /// <summary>CANx_SCE: errors, wake-up, Sleep entered.</summary>
        public GPIO StatusInterrupt { get; } = new GPIO();

        private protected override uint ReadRegister(long offset) => IsThere(offset, "read as 0") ? base.ReadRegister(offset) : 0;

        private protected override void WriteRegister(long offset, uint value)
        {
            if(!IsThere(offset, "write ignored") || !IsWritable(offset))
            {
                return;
            }
            base.WriteRegister(offset, value);
        }

        private protected override void HandleClockChanged() => UpdatePause();

        private void ResetState()
        {
            step.Enabled = false;
            stamps.Enabled = false;
            mode = Mode.Sleep;
            phase = Phase.Idle;
            current = null;
            isBusOff = false;
            mayRecover = false;
            transmitErrors = receiveErrors = 0;
            requests = 0;
            errorFlag = wakeUpFlag = sleepFlag = false;
            foreach(var mailbox in mailboxes)
            {
                mailbox.Reset();
            }
            foreach(var fifo in fifos)
            {
                fifo.Reset();
            }
            Update();
        }

        private bool IsThere(long offset, string consequence)
        {
            if(master == null)
            {
                return true;
            }
            if(offset >= (long)Registers.FMR)
            {
                mistakes.Report(OffsetToString(offset), $"{consequence}, because the filters are registers of CAN1");
                return false;
            }
            if(offset >= (long)Registers.TI0R && !master.ClockEnabled)
            {
                mistakes.Report(OffsetToString(offset), $"{consequence}, because the memory of CAN2's mailboxes has the clock of CAN1, which is off in RCC_APB1ENR");
                return false;
            }
            return true;
        }

        private bool IsWritable(long offset)
        {
            if(offset == (long)Registers.BTR && mode != Mode.Initialization)
            {
                mistakes.Report("CAN_BTR", "write ignored, because MSR.INAK is 0");
                return false;
            }
            if(offset >= (long)Registers.TI0R && offset < (long)Registers.RI0R && mailboxes[(offset - (long)Registers.TI0R) / 0x10].IsPending)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because the mailbox is not empty (TSR.TME)");
                return false;
            }
            var bank = (int)(offset - (long)Registers.F0R1) / 8;
            var isGuarded = offset == (long)Registers.FM1R || offset == (long)Registers.FS1R || offset == (long)Registers.FFA1R
                || (offset >= (long)Registers.F0R1 && bank < CanFilters.Banks && (filters.Active >> bank & 1) != 0);
            if(isGuarded && !filterInitialization.Value)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because FMR.FINIT is 0 and the filters are in use");
                return false;
            }
            return true;
        }

        private bool isHeldByDebugger;
        private bool alwaysAcknowledged;
        private Action<CANMessageFrame> frameSent;

        private readonly STM32F4_CAN master;
        private readonly LimitTimer step;
        // Counts clocks for the time stamps.
        private readonly LimitTimer stamps;
        private readonly CanFilters filters = new CanFilters();
        private readonly CanMailbox[] mailboxes = new CanMailbox[3];
        private readonly CanFifo[] fifos = { new CanFifo(), new CanFifo() };

        private const ulong ResetFrequency = 16000000;
        private const ulong LongestCount = 1UL << 48;
    }
}
