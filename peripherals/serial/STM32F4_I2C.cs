// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// I2C master (RM0090 chapter 27), with 7-bit and 10-bit addresses. An address that no attached device has is not acknowledged.
    /// </summary>
    /// <remarks>
    /// The clock of the bus is held while SB, ADD10 or ADDR wait to be cleared, each by its own sequence: a START or STOP that is asked for
    /// meanwhile comes after ADDR was cleared (27.3.3).
    /// We choose: conditions, addresses and sent bytes take no time; a byte is received when SR1 or DR is read, and its acknowledgement is
    /// ACK at that moment; one more comes into the shift register, BTF, after SR1 was read eight times; with ITEVTEN or DMAEN, bytes come
    /// at the pace of FREQ and CCR, too. We choose: the device is given all that was sent in one piece, at STOP, at a repeated
    /// START or when PE is cleared, and is told at the first and the last of these that the transmission is finished; a reset drops what it was
    /// not yet given. We choose: devices are on whichever pins have SCL and SDA for their alternate function, and nothing is seen there of a transfer;
    /// for firmware that toggles pins, they are on all that could have SCL and SDA of this I2C and that the board pulls up (boardPullUps of the ports): there they
    /// follow the levels, never stretch the clock, and lose their supply with the chip's VDD; of two masters at once, registers and pins, the later START counts;
    /// a line that is held low is BUSY and lets START wait, but does not disturb a transfer that is under way; one that nothing pulls up reaches nobody.
    /// We choose: a device above address 0x7F has a 10-bit address; nothing ever addresses the chip as a slave, there is no
    /// other master, no SMBus and no PEC; DMA doesn't tell of its end, so that LAST does nothing. We choose: STOP without a transfer does nothing
    /// (on silicon it may stay set and end the next one).
    /// </remarks>
    public partial class STM32F4_I2C : SimpleContainer<II2CPeripheral>, IPinFunctions, IBoardBus, IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize
    {
        /// <summary>Creates the interface, disabled.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip, which say of what line it is: an STM32F407 without them.</param>
        public STM32F4_I2C(IMachine machine, STM32F4_Supplies supplies = null) : base(machine)
        {
            mistakes = new GuestMistakes(machine, this);
            registers = new DoubleWordRegisterCollection(this);
            transfer = new I2cTransfer(this);
            lines = new I2cLines(this);
            supplies?.Resets.Attach(lines);
            pace = new LimitTimer(machine.ClockSource, PaceFrequency, this, "byte", limit: 1, direction: Direction.Ascending,
                workMode: WorkMode.OneShot, eventEnabled: true);
            pace.LimitReached += () =>
            {
                pace.Enabled = false;
                ReceiveByte();
                Update();
            };
            DefineRegisters(ChipFacts.Of(supplies).HasI2cFilter);
        }

        /// <inheritdoc/>
        public override void Register(II2CPeripheral peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            base.Register(peripheral, registrationPoint);
            if(peripheral is IPoweredDevice device)
            {
                device.SupplyLost += lines.HandleSupplyLoss;
            }
        }

        /// <inheritdoc/>
        public override void Unregister(II2CPeripheral peripheral)
        {
            base.Unregister(peripheral);
            if(peripheral is IPoweredDevice device)
            {
                device.SupplyLost -= lines.HandleSupplyLoss;
            }
        }

        // SR1, SR2 and DR act when they are read, so that a narrow write must not read them first: there is no translation.
        /// <inheritdoc/>
        public byte ReadByte(long offset)
        {
            return (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));
        }

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value)
        {
            WriteNarrow(offset, 0xFFu, value);
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset)
        {
            return (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));
        }

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value)
        {
            WriteNarrow(offset, 0xFFFFu, value);
        }

        /// <inheritdoc/>
        public uint ReadDoubleWord(long offset)
        {
            if(offset == (long)Registers.SR1)
            {
                HandleLines();
                PassTime();
            }
            return registers.Read(offset);
        }

        /// <inheritdoc/>
        public void WriteDoubleWord(long offset, uint value)
        {
            if(softReset.Value && offset != (long)Registers.CR1)
            {
                mistakes.Report($"I2C_{(Registers)offset}", "write ignored, because CR1.SWRST holds the I2C in reset");
                return;
            }
            registers.Write(offset, value);
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            registers.Reset();
            transfer.Drop();
            Release();
            receivedByte = 0;
            Update();
        }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Interrupt of SB, ADDR, ADD10, BTF, and with ITBUFEN of TXE and RXNE.</summary>
        public GPIO EventInterrupt { get; } = new GPIO();

        /// <summary>Interrupt of AF.</summary>
        public GPIO ErrorInterrupt { get; } = new GPIO();

        /// <summary>Request to a DMA stream to read DR: high while CR2.DMAEN and SR1.RXNE are set.</summary>
        public GPIO RxDMARequest { get; } = new GPIO();

        /// <summary>Request to a DMA stream to write DR: high while CR2.DMAEN and SR1.TXE are set.</summary>
        public GPIO TxDMARequest { get; } = new GPIO();

        /// <summary>The device that answers at an address: it is there, and fed; else null.</summary>
        internal II2CPeripheral DeviceAt(int address)
        {
            return TryGetByAddress(address, out var found) && (!(found is IPoweredDevice part) || part.IsPowered) ? found : null;
        }

        /// <summary>Addresses at which devices are attached.</summary>
        internal IReadOnlyCollection<int> Addresses => ChildCollection.Keys;

        private void WriteNarrow(long offset, uint mask, uint value)
        {
            var register = offset & ~3;
            var shift = (int)(8 * (offset & 3));
            uint rest;
            switch((Registers)register)
            {
            case Registers.DR:
            case Registers.SR2:
                rest = 0;
                break;
            case Registers.SR1:
                // Ones leave the flags that zeroes clear.
                rest = ErrorFlags;
                break;
            default:
                rest = registers.Read(register);
                break;
            }
            WriteDoubleWord(register, (rest & ~(mask << shift)) | (value << shift));
        }

        private void Control()
        {
            if(softReset.Value)
            {
                Reset();
                softReset.Value = true;
                return;
            }
            if(!enabled.Value)
            {
                if(start.Value)
                {
                    mistakes.Report("I2C_CR1.START", "ignored, because PE is 0");
                }
                transfer.Stop();
                Release();
            }
            FollowRequests();
            Update();
        }

        private void FollowRequests()
        {
            if(addressed.Value)
            {
                return;
            }
            if(stop.Value)
            {
                stop.Value = false;
                Stop();
            }
            if(start.Value && phase == Phase.Idle && IsBusHeld)
            {
                ReportHeldLine();
                return;
            }
            if(start.Value)
            {
                start.Value = false;
                Start();
            }
        }

        private void Start()
        {
            if(phase == Phase.Address)
            {
                return;
            }
            EndReception();
            transfer.Start();
            lines.HandleStart();
            phase = Phase.Address;
            isStatusRead = false;
            started.Value = true;
            headerSent.Value = false;
            empty.Value = false;
            finished.Value &= isShiftFull;
        }

        private void Stop()
        {
            if(phase == Phase.Idle)
            {
                mistakes.Report("I2C_CR1.STOP", "ignored, because there is no transfer; on silicon it may stay set and end the next one");
                return;
            }
            EndReception();
            transfer.Stop();
            phase = Phase.Idle;
            started.Value = false;
            headerSent.Value = false;
            empty.Value = false;
            finished.Value &= isShiftFull;
        }

        // The condition comes after the byte that is on its way.
        private void EndReception()
        {
            if(IsByteUnderway)
            {
                ReceiveByte();
            }
        }

        // What PE = 0 clears, and a reset.
        private void Release()
        {
            phase = Phase.Idle;
            start.Value = stop.Value = acknowledge.Value = position.Value = errorChecking.Value = alert.Value = false;
            started.Value = addressed.Value = finished.Value = headerSent.Value = notEmpty.Value = empty.Value = notAcknowledged.Value = false;
            isShiftFull = false;
            isStatusRead = false;
        }

        private void WriteData(byte value)
        {
            notEmpty.Value = false;
            isShiftFull = false;
            finished.Value = false;
            switch(phase)
            {
            case Phase.Address:
            case Phase.Header:
                if(isStatusRead)
                {
                    SendAddress(value);
                }
                else
                {
                    mistakes.Report("I2C_DR", $"address not sent, because SR1 was not read after {(phase == Phase.Address ? "SB" : "ADD10")} was set");
                }
                break;
            case Phase.Send:
                transfer.Send(value);
                finished.Value = !addressed.Value;
                break;
            case Phase.Receive:
                mistakes.Report("I2C_DR", "write lost, because the I2C is receiving");
                break;
            case Phase.Unanswered:
                mistakes.Report("I2C_DR", "write lost, because no device answered (AF)");
                break;
            default:
                mistakes.Report("I2C_DR", "write lost, because there is no transfer");
                break;
            }
            Update();
        }

        private void SendAddress(byte value)
        {
            isStatusRead = false;
            started.Value = headerSent.Value = false;
            var isOpen = ReportOpenLine();
            var answer = isOpen ? transfer.Leave() : transfer.TakeAddress(value);
            switch(answer)
            {
            case I2cAnswer.None:
                if(!isOpen)
                {
                    this.Log(LogLevel.Info, "No device has address 0x{0:X2}", transfer.Address);
                }
                notAcknowledged.Value = true;
                phase = Phase.Unanswered;
                break;
            case I2cAnswer.Header:
                headerSent.Value = true;
                phase = Phase.Header;
                break;
            default:
                addressed.Value = true;
                phase = answer == I2cAnswer.Read ? Phase.Receive : Phase.Send;
                break;
            }
        }

        // A read of SR1, then of SR2.
        private void ClearAddressed()
        {
            if(!addressed.Value || !isStatusRead)
            {
                return;
            }
            addressed.Value = false;
            empty.Value = phase == Phase.Send;
            finished.Value |= transfer.HasSent;
            isAcknowledged = true;
            isFirstByte = true;
            statusReads = 0;
            FollowRequests();
            Update();
        }

        private ulong ReadData()
        {
            if(IsByteUnderway && !notEmpty.Value)
            {
                ReceiveByte();
            }
            var result = receivedByte;
            notEmpty.Value = isShiftFull;
            finished.Value = false;
            statusReads = 0;
            if(isShiftFull)
            {
                receivedByte = shiftRegister;
                isShiftFull = false;
            }
            Update();
            return result;
        }

        private void PassTime()
        {
            if(IsByteUnderway && (!notEmpty.Value || ++statusReads == StatusReadsOfByte))
            {
                ReceiveByte();
                Update();
            }
        }

        private void ReceiveByte()
        {
            var value = transfer.Receive();
            // With POS, ACK is meant for the second byte.
            isAcknowledged = acknowledge.Value || (position.Value && isFirstByte);
            isFirstByte = false;
            statusReads = 0;
            if(notEmpty.Value)
            {
                shiftRegister = value;
                isShiftFull = true;
                finished.Value = true;
                return;
            }
            receivedByte = value;
            notEmpty.Value = true;
        }

        private void Update()
        {
            EventInterrupt.Set(eventInterrupt.Value && (started.Value || addressed.Value || finished.Value || headerSent.Value
                || (bufferInterrupt.Value && (empty.Value || notEmpty.Value))));
            ErrorInterrupt.Set(errorInterrupt.Value && notAcknowledged.Value);
            RxDMARequest.Set(byDma.Value && notEmpty.Value);
            TxDMARequest.Set(byDma.Value && empty.Value);
            UpdatePace();
        }

        // Only who waits for an interrupt or a request needs the time: a program that asks again and again finds the byte there.
        private void UpdatePace()
        {
            var isNeeded = IsByteUnderway && (eventInterrupt.Value || byDma.Value);
            if(isNeeded && !pace.Enabled)
            {
                VirtualClock.Synchronize(machine);
                pace.Limit = NanosecondsOfByte;
                pace.ResetValue();
            }
            pace.Enabled = isNeeded;
        }

        private bool IsByteUnderway => phase == Phase.Receive && !addressed.Value && isAcknowledged && !isShiftFull;

        // Eight bits and the acknowledgement (27.6.8); at 100 kHz if the clock isn't configured.
        private ulong NanosecondsOfByte
        {
            get
            {
                var clocks = clockControl.Value * (!fastMode.Value ? 2u : unequalDuty.Value ? 25u : 3u);
                return clocks == 0 || clockMegahertz.Value == 0 ? 90000 : System.Math.Max(1, 9 * 1000 * clocks / clockMegahertz.Value);
            }
        }

        private Phase phase;
        private byte receivedByte;
        private byte shiftRegister;
        private bool isShiftFull;
        // The byte that came last, so that the next is on its way.
        private bool isAcknowledged;
        private bool isFirstByte;
        private bool isStatusRead;
        private int statusReads;

        private readonly GuestMistakes mistakes;
        private readonly DoubleWordRegisterCollection registers;
        private readonly LimitTimer pace;
        private readonly I2cTransfer transfer;
        private readonly I2cLines lines;

        private const int StatusReadsOfByte = 8;
        private const uint ErrorFlags = 0xDF00;
        private const ulong PaceFrequency = 1000000000;

        private enum Phase
        {
            Idle,
            Address,
            Header,
            Send,
            Receive,
            Unanswered,
        }
    }
}
