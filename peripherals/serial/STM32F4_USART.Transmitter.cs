// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    // From DR through the shift register to TX (RM0090 30.3.2).
    public partial class STM32F4_USART
    {
        private void Transmit(ulong value)
        {
            if(!enabled.Value || !transmitterEnabled.Value)
            {
                Report("USART_DR", "what was written is lost, because UE or TE in USART_CR1 is 0");
                return;
            }
            // A read of SR and a write to DR clear TC.
            complete.Value &= !completeSeen;
            completeSeen = false;
            var data = (byte)(value & ((1u << DataBits) - 1));
            if(ReachesPin)
            {
                CharWritten?.Invoke(data);
            }
            if(ClocksPerBit == 0)
            {
                Leave(data);
                complete.Value = true;
            }
            else if(!isShifting)
            {
                Shift(data);
            }
            else
            {
                if(waitingToLeave != null)
                {
                    Report("USART_DR", "a character that has not left is overwritten, because SR.TXE is 0");
                }
                waitingToLeave = data;
            }
            UpdateInterrupt();
        }

        /// <summary>The transmitter was switched on or off.</summary>
        private void UpdateTransmitter()
        {
            var isOn = enabled.Value && transmitterEnabled.Value;
            if(isOn && !transmits && ClocksPerBit != 0 && !isShifting)
            {
                // An idle frame is the first.
                Shift(null);
            }
            transmits = isOn;
            if(!isOn)
            {
                // What is on the line already goes to its end.
                waitingToLeave = null;
            }
        }

        private void Shift(byte? value)
        {
            VirtualClock.Synchronize(machine);
            isShifting = true;
            leaving = value;
            if(value != null)
            {
                // Who is wired to it hears it as long as it takes.
                SendToPins(value.Value);
            }
            shift.Limit = ClocksOfFrame;
            shift.ResetValue();
            shift.Enabled = ClockEnabled;
            VirtualClock.EndSlice(machine);
        }

        private void HandleShifted()
        {
            shift.Enabled = false;
            isShifting = false;
            var left = leaving;
            leaving = null;
            if(waitingToLeave != null)
            {
                var next = waitingToLeave;
                waitingToLeave = null;
                Shift(next);
            }
            else
            {
                complete.Value |= left != null;
            }
            if(left != null)
            {
                Leave(left.Value);
            }
            UpdateInterrupt();
        }

        private void Leave(byte value)
        {
            if(ReachesPin)
            {
                CharReceived?.Invoke(value);
            }
            else
            {
                Report("USART_DR", "what is sent reaches nobody, because no pin has TX as its alternate function");
            }
        }

        private void ResetTransmitter()
        {
            shift.Enabled = false;
            isShifting = false;
            transmits = false;
            leaving = null;
            waitingToLeave = null;
            completeSeen = false;
        }

        private bool ReachesPin => isTransmitPinSelected || !HasPins();

        private bool IsDataRegisterEmpty => waitingToLeave == null;

        private bool transmits;
        private bool isShifting;
        private bool completeSeen;
        // Null: the idle frame.
        private byte? leaving;
        private byte? waitingToLeave;
    }
}
