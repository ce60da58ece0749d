// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CAN;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>What happens on the bus, one step after the other (RM0090 32.4, 32.7).</content>
    public partial class STM32F4_CAN
    {
        // What is under way ends first; then the modes have their turn, then frames.
        private void Proceed()
        {
            if(current != null)
            {
                return;
            }
            if(initializationRequest.Value)
            {
                Enter(Mode.Initialization);
                return;
            }
            if(sleepRequest.Value)
            {
                Enter(Mode.Sleep);
                return;
            }
            if(mode != Mode.Normal)
            {
                Join();
                return;
            }
            if(phase != Phase.Idle)
            {
                return;
            }
            if(!isBusOff)
            {
                StartTransmission();
            }
            else if(mayRecover || recoversByItself.Value)
            {
                Begin(Phase.Recovering, RecoveryBits);
            }
        }

        private void Enter(Mode next)
        {
            if(phase != Phase.Idle)
            {
                step.Enabled = false;
                phase = Phase.Idle;
            }
            if(mode == next)
            {
                return;
            }
            mode = next;
            sleepFlag = mode == Mode.Sleep && sleepInterrupt.Value;
            stamps.Enabled = false;
            Update();
        }

        private void Join()
        {
            if(!IsRecessive)
            {
                step.Enabled = false;
                phase = Phase.Idle;
                mistakes.Report(mode == Mode.Sleep ? "CAN_MSR.SLAK" : "CAN_MSR.INAK", "stays 1, because the pin of CAN_RX is low, and 11 recessive bits are waited for: it wants a transceiver or a pull-up");
            }
            else if(phase != Phase.Joining)
            {
                Begin(Phase.Joining, JoiningBits);
            }
        }

        private void WakeUp()
        {
            wakeUpFlag = true;
            if(wakesUp.Value)
            {
                sleepRequest.Value = false;
                Proceed();
            }
            Update();
        }

        private void ResetMaster()
        {
            initializationRequest.Value = sendsInOrder.Value = locksFifos.Value = sendsOnce.Value = wakesUp.Value = recoversByItself.Value = isTimeTriggered.Value = false;
            sleepRequest.Value = freezes.Value = true;
            var sleepNow = sleepInterrupt.Value && mode != Mode.Sleep;
            ResetState();
            sleepFlag = sleepNow;
            Update();
        }

        private void Request(CanMailbox mailbox)
        {
            if(!isRequested)
            {
                return;
            }
            isRequested = false;
            mailbox.Request(++requests);
            Update();
            Proceed();
        }

        private void Abort(CanMailbox mailbox, bool isAsked)
        {
            if(!isAsked || !mailbox.IsPending)
            {
                return;
            }
            if(mailbox == current)
            {
                mailbox.IsAborting = true;
            }
            else
            {
                mailbox.Complete(false);
            }
        }

        private void StartTransmission()
        {
            var next = InOrder.FirstOrDefault();
            if(next == null)
            {
                return;
            }
            if(silent.Value && !loopBack.Value)
            {
                mistakes.Report("CAN_TIxR.TXRQ", "not sent, because BTR.SILM lets no dominant bit out");
                return;
            }
            if(!loopBack.Value && !IsRecessive)
            {
                // The bus is not free.
                return;
            }
            current = next;
            var time = Stamp;
            if(isTimeTriggered.Value)
            {
                next.Time.Value = time;
            }
            frame = next.ToFrame(isTimeTriggered.Value && next.SendsTime.Value && next.Length.Value == 8 ? (ushort)time : (ushort?)null);
            if(!loopBack.Value && !SeesItself)
            {
                Begin(Phase.Failing, 1);
                return;
            }
            Begin(Phase.Sending, frame.BitsToAcknowledgement);
        }

        private void HandleStep()
        {
            step.Enabled = false;
            var ended = phase;
            phase = Phase.Idle;
            switch(ended)
            {
            case Phase.Joining:
                mode = Mode.Normal;
                sleepFlag = false;
                mayRecover = true;
                stamps.ResetValue();
                UpdatePause();
                break;
            case Phase.Recovering:
                isBusOff = false;
                transmitErrors = receiveErrors = 0;
                break;
            case Phase.Failing:
                FailTransmission(CanError.BitDominant);
                return;
            case Phase.Sending:
                if(TryDisturb(out var error))
                {
                    FailTransmission(error);
                }
                else if(!loopBack.Value && !IsAcknowledged)
                {
                    FailTransmission(CanError.Acknowledgement);
                }
                else
                {
                    Begin(Phase.Ending, EndBits);
                }
                return;
            case Phase.Ending:
                EndTransmission();
                return;
            }
            Update();
            Proceed();
        }

        private void EndTransmission()
        {
            var sent = frame;
            transmitErrors -= transmitErrors > 0 ? 1u : 0;
            lastError.Value = (ulong)CanError.None;
            current.HasFailed = false;
            current.Complete(true);
            current = null;
            Begin(Phase.Spacing, IntermissionBits + (IsPassive ? SuspensionBits : 0));
            if(loopBack.Value)
            {
                Store(sent);
            }
            Update();
            if(!silent.Value && txPins.Count > 0)
            {
                frameSent?.Invoke(sent.ToMessage());
            }
            Proceed();
        }

        private void FailTransmission(CanError error)
        {
            var mailbox = current;
            current = null;
            mailbox.IsSent = false;
            mailbox.HasFailed = true;
            if(sendsOnce.Value || mailbox.IsAborting)
            {
                mailbox.Complete(false);
            }
            // A passive node that misses nothing but the acknowledgement does not count further.
            if(error != CanError.Acknowledgement || !IsPassive)
            {
                CountErrors(transmitErrors + TransmitErrorWeight, receiveErrors);
            }
            TellError(error);
            if(!isBusOff)
            {
                Begin(Phase.Spacing, ErrorFrameBits + IntermissionBits + (IsPassive ? SuspensionBits : 0));
            }
            Update();
            Proceed();
        }

        private void Receive(CanFrame received)
        {
            if(TryDisturb(out var error))
            {
                FailReception(error);
                return;
            }
            // From passive to active, a good frame is enough.
            receiveErrors = receiveErrors > 127 ? 127 : receiveErrors - (receiveErrors > 0 ? 1u : 0);
            lastError.Value = (ulong)CanError.None;
            Store(received);
            Update();
        }

        private void FailReception(CanError error)
        {
            CountErrors(transmitErrors, Math.Min(receiveErrors + 1, 255));
            TellError(error);
            Update();
        }

        private bool TryDisturb(out CanError error)
        {
            error = disturbance;
            if(disturbedFrames == 0)
            {
                return false;
            }
            disturbedFrames--;
            return true;
        }

        private void Store(CanFrame received)
        {
            var owner = master ?? this;
            if(!owner.ClockEnabled)
            {
                mistakes.Report("CAN2", "frame lost, because the filters have the clock of CAN1, which is off in RCC_APB1ENR");
                return;
            }
            var border = (int)owner.firstBankOfSlave.Value;
            if(owner.filterInitialization.Value || !owner.filters.TryMatch(received.Identifier, master == null ? 0 : border, master == null ? border : CanFilters.Banks, out var fifo, out var index))
            {
                return;
            }
            var length = received.BitsToAcknowledgement + EndBits;
            fifos[fifo].Store(received, index, isTimeTriggered.Value ? (Stamp - length) & 0xFFFF : 0, locksFifos.Value);
        }

        private void CountErrors(uint transmit, uint receive)
        {
            var wasWarned = IsWarned;
            var wasPassive = IsPassive;
            receiveErrors = receive;
            if(transmit > 255)
            {
                // The counter stays where it was.
                isBusOff = true;
                mayRecover = false;
                errorFlag |= busOffInterrupt.Value;
            }
            else
            {
                transmitErrors = transmit;
            }
            errorFlag |= (IsWarned && !wasWarned && warningInterrupt.Value) || (IsPassive && !wasPassive && passiveInterrupt.Value);
        }

        private void TellError(CanError error)
        {
            lastError.Value = (ulong)error;
            errorFlag |= lastErrorInterrupt.Value;
        }

        private void Begin(Phase next, uint bits)
        {
            VirtualClock.Synchronize(machine);
            phase = next;
            step.Enabled = false;
            step.Limit = bits * ClocksPerBit;
            step.ResetValue();
            step.Enabled = !IsPaused;
            VirtualClock.EndSlice(machine);
        }

        private void UpdatePause()
        {
            var isRunning = !IsPaused && phase != Phase.Idle;
            if(step.Enabled != isRunning)
            {
                VirtualClock.Synchronize(machine);
                step.Enabled = isRunning;
            }
            var counts = !IsPaused && mode == Mode.Normal && isTimeTriggered.Value;
            if(stamps.Enabled != counts)
            {
                VirtualClock.Synchronize(machine);
                stamps.Enabled = counts;
            }
        }

        private void Update()
        {
            TransmitInterrupt.Set(transmitInterrupt.Value && mailboxes.Any(x => x.IsCompleted));
            Receive0Interrupt.Set(IsInterrupting(0));
            Receive1Interrupt.Set(IsInterrupting(1));
            StatusInterrupt.Set((errorInterrupt.Value && errorFlag) || (wakeUpInterrupt.Value && wakeUpFlag) || (sleepInterrupt.Value && sleepFlag));
        }

        private bool IsInterrupting(int number)
        {
            var fifo = fifos[number];
            return (pendingInterrupts[number].Value && fifo.Count > 0) || (fullInterrupts[number].Value && fifo.IsFull) || (overrunInterrupts[number].Value && fifo.HasOverrun);
        }

        // Requests, the first one to be sent first.
        private IEnumerable<CanMailbox> InOrder
        {
            get
            {
                var pending = mailboxes.Where(x => x.IsPending);
                return sendsInOrder.Value ? pending.OrderBy(x => x.Order) : pending.OrderBy(x => x.ToFrame().Priority);
            }
        }

        private CanMailbox Last => InOrder.LastOrDefault();

        // Somebody on the bus pulls the acknowledgement slot low.
        private bool IsAcknowledged
        {
            get
            {
                if(AlwaysAcknowledged)
                {
                    return true;
                }
                if(frameSent == null)
                {
                    return false;
                }
                var emulation = EmulationManager.Instance.CurrentEmulation;
                var hubs = emulation.ExternalsManager.GetExternalsOfType<IExternal>().OfType<IConnectable<ICAN>>()
                    .Select(x => emulation.Connector.GetObjectsConnectedTo(x).ToArray()).Where(x => x.Contains(this)).ToArray();
                return frameSent.GetInvocationList().Length > hubs.Length || hubs.SelectMany(x => x).Any(x => x != this && (!(x is STM32F4_CAN other) || other.Acknowledges));
            }
        }

        // What this node does for others.
        private bool Acknowledges => !IsPaused && mode == Mode.Normal && !isBusOff && !loopBack.Value && !silent.Value && disturbedFrames == 0 && rxPins.Count > 0 && txPins.Count > 0;

        private bool IsPaused => !ClockEnabled || (isHeldByDebugger && freezes.Value);

        private bool IsWarned => transmitErrors > 95 || receiveErrors > 95;

        private bool IsPassive => transmitErrors > 127 || receiveErrors > 127;

        private uint ClocksPerBit => (uint)((prescaler.Value + 1) * (3 + firstSegment.Value + secondSegment.Value));

        private uint Stamp => (uint)(stamps.Value / ClocksPerBit) & 0xFFFF;

        private Mode mode = Mode.Sleep;
        private Phase phase;
        // The mailbox whose frame is on the wire, and the frame.
        private CanMailbox current;
        private CanFrame frame;
        private bool isBusOff;
        private bool mayRecover;
        private bool errorFlag;
        private bool wakeUpFlag;
        private bool sleepFlag;
        private uint transmitErrors;
        private uint receiveErrors;
        private ulong requests;
        private uint disturbedFrames;
        private CanError disturbance;

        private const uint JoiningBits = 11;
        private const uint RecoveryBits = 128 * 11;
        // Delimiter of the acknowledgement, end of frame.
        private const uint EndBits = 8;
        private const uint IntermissionBits = 3;
        private const uint ErrorFrameBits = 6 + 8;
        private const uint SuspensionBits = 8;
        private const uint TransmitErrorWeight = 8;

        private enum Mode
        {
            Sleep,
            Initialization,
            Normal,
        }

        private enum Phase
        {
            Idle,
            // 11 recessive bits are waited for, to leave initialization or Sleep.
            Joining,
            // 128 times 11 recessive bits, to leave bus-off.
            Recovering,
            // The first bit of a frame, which will not be seen at CAN_RX.
            Failing,
            // Up to the acknowledgement slot.
            Sending,
            // From there to the end of the frame.
            Ending,
            // After a frame or an error, until the bus is free.
            Spacing,
        }
    }
}
