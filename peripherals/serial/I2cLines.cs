// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Board;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// SCL and SDA as the devices of an I2C see them: START, STOP and bits are what the levels say, whoever moves these, and an answer is SDA held
    /// low (UM10204 3.1). A transfer of the chip's own I2C moves no level: it doesn't come here.
    /// </summary>
    internal sealed class I2cLines : IResetMember
    {
        /// <param name="bus">Whose devices these are.</param>
        public I2cLines(STM32F4_I2C bus)
        {
            transfer = new I2cTransfer(bus);
        }

        /// <summary>A line has a new level.</summary>
        /// <param name="isClock">Is it SCL, or SDA?</param>
        /// <param name="line">The line.</param>
        public void Follow(bool isClock, IBoardLine line)
        {
            var lines = isClock ? clockLines : dataLines;
            if(!lines.Contains(line))
            {
                lines.Add(line);
            }
            var level = lines.TrueForAll(x => x.Level);
            if(isClock)
            {
                if(level != clockLevel)
                {
                    clockLevel = level;
                    HandleClock();
                }
            }
            else if(level != dataLevel)
            {
                dataLevel = level;
                HandleData();
            }
        }

        /// <summary>The chip's own I2C makes a START: whatever came before is over.</summary>
        public void HandleStart() => End();

        /// <summary>A device has lost its supply, and with it what it was doing.</summary>
        public void HandleSupplyLoss(IPoweredDevice device)
        {
            if(transfer.Device == device)
            {
                Forget();
                Hold();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            // The chip's other resets reach no device: one that sends goes on holding SDA.
            if(resetClass == ResetClass.PowerOnReset || resetClass == ResetClass.PowerOnResetWithoutBattery)
            {
                Forget();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs() => Hold();

        private void HandleData()
        {
            if(!clockLevel)
            {
                return;
            }
            if(dataLevel)
            {
                End();
                return;
            }
            transfer.Start();
            phase = Phase.Address;
            bits = 0;
        }

        private void HandleClock()
        {
            if(phase == Phase.Idle)
            {
                return;
            }
            if(clockLevel)
            {
                TakeBit();
                return;
            }
            switch(bits)
            {
            case BitsOfByte:
                EndByte();
                break;
            case BitsOfByte + 1:
                EndAcknowledgement();
                break;
            default:
                isHeld = phase == Phase.Read && IsNextBitLow;
                break;
            }
            Hold();
        }

        private void TakeBit()
        {
            if(phase != Phase.Read && bits < BitsOfByte)
            {
                shiftRegister = (byte)((shiftRegister << 1) | (dataLevel ? 1 : 0));
            }
            else if(phase == Phase.Read && bits == BitsOfByte && dataLevel)
            {
                phase = Phase.Idle;
            }
            bits++;
        }

        // The receiver holds SDA for the ninth clock, or doesn't.
        private void EndByte()
        {
            nextPhase = phase;
            switch(phase)
            {
            case Phase.Address:
                nextPhase = PhaseAfter(transfer.TakeAddress(shiftRegister));
                break;
            case Phase.Write:
                transfer.Send(shiftRegister);
                break;
            }
            isHeld = phase != Phase.Read && nextPhase != Phase.Idle;
            if(nextPhase == Phase.Idle)
            {
                phase = Phase.Idle;
            }
        }

        private void EndAcknowledgement()
        {
            bits = 0;
            phase = nextPhase;
            isHeld = false;
            if(phase == Phase.Read)
            {
                shiftRegister = transfer.Receive();
                isHeld = IsNextBitLow;
            }
        }

        private void End()
        {
            phase = Phase.Idle;
            isHeld = false;
            transfer.Stop();
            Hold();
        }

        private void Forget()
        {
            phase = Phase.Idle;
            isHeld = false;
            transfer.Drop();
        }

        private void Hold()
        {
            // Not foreach: a wire may bring one more line now.
            for(var i = 0; i < dataLines.Count; i++)
            {
                dataLines[i].Hold(isHeld);
            }
        }

        private static Phase PhaseAfter(I2cAnswer answer)
        {
            switch(answer)
            {
            case I2cAnswer.Header:
                return Phase.Address;
            case I2cAnswer.Write:
                return Phase.Write;
            case I2cAnswer.Read:
                return Phase.Read;
            default:
                return Phase.Idle;
            }
        }

        private bool IsNextBitLow => (shiftRegister >> (BitsOfByte - 1 - bits) & 1) == 0;

        private bool clockLevel = true;
        private bool dataLevel = true;
        private bool isHeld;
        private Phase phase;
        private Phase nextPhase;
        // Rising edges of SCL since the byte began.
        private int bits;
        private byte shiftRegister;

        private readonly I2cTransfer transfer;
        private readonly List<IBoardLine> clockLines = new List<IBoardLine>();
        private readonly List<IBoardLine> dataLines = new List<IBoardLine>();

        private const int BitsOfByte = 8;

        private enum Phase
        {
            Idle,
            Address,
            Write,
            Read,
        }
    }
}
