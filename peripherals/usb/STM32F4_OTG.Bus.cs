// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.USB;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>The bus: connection, reset, suspend, and transactions (RM0090 34.5, 34.17).</content>
    public sealed partial class STM32F4_OTG
    {
        /// <inheritdoc/>
        void IUsbDevicePort.SetVbus(bool isPresent)
        {
            hasVbus = isPresent;
            Update();
        }

        /// <inheritdoc/>
        void IUsbDevicePort.BeginBusReset()
        {
            isBusReset = true;
            isHeardReset = false;
            isHeardResetEnd = false;
            areFramesOnBus = false;
            LeaveSuspend();
            Update();
        }

        /// <inheritdoc/>
        void IUsbDevicePort.EndBusReset()
        {
            isBusReset = false;
            Update();
        }

        /// <inheritdoc/>
        void IUsbDevicePort.StartFrames(int frame)
        {
            BeginFrames(frame);
            LeaveSuspend();
            Update();
        }

        /// <inheritdoc/>
        void IUsbDevicePort.StopFrames()
        {
            areFramesOnBus = false;
            Update();
        }

        /// <inheritdoc/>
        UsbHandshake IUsbDevicePort.Setup(int address, byte[] packet)
        {
            if(!Hears(address, -1) || packet == null || packet.Length != SetupLength)
            {
                return UsbHandshake.None;
            }
            if(receiveFifo.Free < OtgReceiveFifo.WordsOf(SetupLength) + 1)
            {
                mistakes.Report(OffsetToString((long)Registers.GRXFSIZ), "a SETUP packet is lost, because the receive FIFO is full");
                return UsbHandshake.None;
            }
            var input = inEndpoints[0];
            var output = outEndpoints[0];
            input.IsStalled = output.IsStalled = false;
            input.IsNaked = output.IsNaked = true;
            input.WasNaked = output.WasNaked = false;
            // What follows begins with DATA1, the status stage as well.
            input.IsOdd = output.IsOdd = true;
            addressOfTransfer = address;
            setups = isSetupOpen ? setups + 1 : 1;
            isSetupOpen = true;
            if(setups > MostSetups)
            {
                output.Flags |= OtgOutEndpoint.ManySetups;
            }
            if(output.SetupCount > 0)
            {
                output.SetupCount--;
            }
            receiveFifo.Push(StatusWord(OtgPacketStatus.SetupData, 0, SetupLength, false), packet);
            UpdateInterrupt();
            return UsbHandshake.Ack;
        }

        /// <inheritdoc/>
        UsbHandshake IUsbDevicePort.Out(int address, int endpoint, UsbPacket packet)
        {
            if(!Hears(address, endpoint) || packet.Data == null || endpoint < 0 || endpoint >= outEndpoints.Length || !outEndpoints[endpoint].IsActive)
            {
                return UsbHandshake.None;
            }
            var output = outEndpoints[endpoint];
            CompleteSetup(endpoint);
            if(packet.Data.Length > output.MaximumPacketSize)
            {
                mistakes.Report($"{OffsetToString((long)Registers.DOEPCTL0 + (EndpointDistance * endpoint))}.MPSIZ", $"no answer to a packet of the host that has more than {output.MaximumPacketSize} bytes");
                return UsbHandshake.None;
            }
            if(output.IsIsochronous)
            {
                TakeIsochronous(output, packet.Data);
                return UsbHandshake.None;
            }
            if(output.IsStalled)
            {
                return UsbHandshake.Stall;
            }
            if(!CanTake(output, packet.Data.Length))
            {
                output.WasNaked = true;
                if(!output.IsEnabled && output.Type == OtgEndpointType.Control)
                {
                    output.Flags |= OtgOutEndpoint.TokenWhenDisabled;
                    UpdateInterrupt();
                }
                return UsbHandshake.Nak;
            }
            if(packet.Toggle == output.IsOdd)
            {
                Take(output, packet.Data);
                output.Toggle();
            }
            return UsbHandshake.Ack;
        }

        /// <inheritdoc/>
        UsbHandshake IUsbDevicePort.In(int address, int endpoint, out UsbPacket packet)
        {
            packet = default;
            if(!Hears(address, endpoint) || endpoint < 0 || endpoint >= inEndpoints.Length || !inEndpoints[endpoint].IsActive)
            {
                return UsbHandshake.None;
            }
            var input = inEndpoints[endpoint];
            CompleteSetup(endpoint);
            if(input.IsStalled && !input.IsIsochronous)
            {
                return UsbHandshake.Stall;
            }
            if(FifoOf(input).Count == 0)
            {
                input.Flags |= OtgInEndpoint.TokenWithEmptyFifo;
            }
            if(input.IsIsochronous)
            {
                packet = new UsbPacket(CanGive(input) && IsFrameOf(input) ? Give(input) : NoData, false);
                UpdateInterrupt();
                return UsbHandshake.None;
            }
            if(!CanGive(input))
            {
                input.WasNaked = true;
                UpdateInterrupt();
                return UsbHandshake.Nak;
            }
            if(endpoint == 0 && (int)deviceAddress.Value != address)
            {
                // The status stage of SET_ADDRESS.
                addressOfTransfer = NoAddress;
            }
            var isOdd = input.IsOdd;
            packet = new UsbPacket(Give(input), isOdd);
            input.Toggle();
            UpdateInterrupt();
            return UsbHandshake.Ack;
        }

        /// <inheritdoc/>
        bool IUsbDevicePort.IsPulledUp => isPulledUp;

        /// <inheritdoc/>
        event Action IUsbDevicePort.PullUpChanged
        {
            add => pullUpChanged += value;
            remove => pullUpChanged -= value;
        }

        /// <inheritdoc/>
        event Action<int, bool> IUsbDevicePort.EndpointReady
        {
            add => endpointReady += value;
            remove => endpointReady -= value;
        }

        /// <inheritdoc/>
        event Action IUsbDevicePort.RemoteWakeUp
        {
            add => remoteWakeUpSignalled += value;
            remove => remoteWakeUpSignalled -= value;
        }

        private void UpdateConnection()
        {
            if(hadPower != isPowered.Value)
            {
                hadPower = isPowered.Value;
                latched |= IdChanged;
            }
            var hasSession = isPowered.Value && SensesSession;
            if(hadSession != hasSession)
            {
                hadSession = hasSession;
                latched |= hasSession ? SessionRequest : 0;
                otgStatus |= hasSession ? 0 : SessionEnd;
            }
            var wanted = hasSession && !isDisconnected.Value && !IsHost && (usesInnerTransceiver == null || usesInnerTransceiver.Value) && HasBothPins;
            if(wanted == isPulledUp)
            {
                return;
            }
            if(wanted && !HasUsbClock)
            {
                if(ClockEnabled)
                {
                    mistakes.Report(OffsetToString((long)Registers.DCTL) + ".SDIS", $"the device does not appear on the bus, because it needs 48 MHz from the PLL (PLLQ), and that gives {rcc.Pll48Frequency} Hz");
                }
                return;
            }
            isPulledUp = wanted;
            isSuspended = false;
            isEnumerated = false;
            isHeardReset = isHeardResetEnd = !isBusReset;
            pullUpChanged?.Invoke();
        }

        // Events that the host has made while the core had no clock are heard when it has one.
        private void HearBus()
        {
            if(!IsRunning)
            {
                return;
            }
            if(!isHeardReset)
            {
                isHeardReset = true;
                latched |= UsbReset;
                isEnumerated = false;
                addressOfTransfer = NoAddress;
                for(var i = 1; i < inEndpoints.Length; i++)
                {
                    inEndpoints[i].IsActive = outEndpoints[i].IsActive = false;
                }
            }
            if(!isHeardResetEnd && !isBusReset)
            {
                isHeardResetEnd = true;
                isEnumerated = true;
                latched |= EnumerationDone;
            }
        }

        private void LeaveSuspend()
        {
            if(!isSuspended)
            {
                return;
            }
            isSuspended = false;
            latched |= ResumeDetected;
            WakeUp.Set();
            WakeUp.Unset();
        }

        private void HandleIdle()
        {
            if(isPulledUp && IsIdle && !isSuspended)
            {
                isSuspended = true;
                latched |= EarlySuspend | UsbSuspend;
                UpdateInterrupt();
            }
        }

        private void SignalRemoteWakeUp()
        {
            var isNew = remoteWakeUp.Value && !isRemoteWakeUp;
            isRemoteWakeUp = remoteWakeUp.Value;
            if(isNew && isSuspended && IsRunning)
            {
                remoteWakeUpSignalled?.Invoke();
            }
        }

        private void ResetCore()
        {
            var kept = new[] { Registers.GCCFG, Registers.CID, Registers.PCGCCTL };
            var values = Array.ConvertAll(kept, x => RegistersCollection.Read((long)x));
            var speed = deviceSpeed.Value;
            var clock = phyClock.Value;
            var transceiver = usesInnerTransceiver?.Value ?? false;
            RegistersCollection.Reset();
            ResetState();
            deviceSpeed.Value = speed;
            phyClock.Value = clock;
            if(usesInnerTransceiver != null)
            {
                usesInnerTransceiver.Value = transceiver;
            }
            for(var i = 0; i < kept.Length; i++)
            {
                RegistersCollection.Write((long)kept[i], values[i]);
            }
        }

        // The firmware writes DAD at SET_ADDRESS; the status stage still comes to the old address (34.17.5).
        private bool Hears(int address, int endpoint)
        {
            if(!isPulledUp || !IsRunning)
            {
                if(isPulledUp && ClockEnabled && !HasUsbClock)
                {
                    mistakes.Report(OffsetToString((long)Registers.DCTL), $"the host gets no answer, because the controller needs 48 MHz from the PLL (PLLQ), and that gives {rcc.Pll48Frequency} Hz");
                }
                return false;
            }
            return !isBusReset && !isSuspended && ((int)deviceAddress.Value == address || (endpoint == 0 && addressOfTransfer == address));
        }

        // The SETUP packets that came are complete with the next token, which the firmware is told (34.17.6).
        private void CompleteSetup(int endpoint)
        {
            if(endpoint == 0 && isSetupOpen && receiveFifo.Push(StatusWord(OtgPacketStatus.SetupCompleted, 0, 0, false), NoData))
            {
                isSetupOpen = false;
                UpdateInterrupt();
            }
        }

        private bool CanTake(OtgOutEndpoint output, int length)
        {
            return output.IsEnabled && !output.IsNaked && !globalOutNak && output.PacketCount > 0
                && receiveFifo.Free >= OtgReceiveFifo.WordsOf(length) + 1 + WordsForSetup;
        }

        private bool CanGive(OtgInEndpoint input) => input.HasPacket && !input.IsNaked && !globalInNak;

        private void TakeIsochronous(OtgOutEndpoint output, byte[] data)
        {
            if(!IsFrameOf(output) || !output.IsEnabled || output.IsNaked || globalOutNak)
            {
                return;
            }
            if(!CanTake(output, data.Length))
            {
                latched |= IsochronousOutDropped;
                UpdateInterrupt();
                return;
            }
            output.SetupCount = 0;
            Take(output, data);
        }

        private void Take(OtgOutEndpoint output, byte[] data)
        {
            receiveFifo.Push(StatusWord(OtgPacketStatus.OutData, output.Number, data.Length, output.IsOdd && !output.IsIsochronous), data);
            output.PacketCount--;
            if(output.PacketCount == 0 || data.Length < output.MaximumPacketSize)
            {
                output.IsNaked = true;
                receiveFifo.Push(StatusWord(OtgPacketStatus.OutCompleted, output.Number, 0, output.IsOdd && !output.IsIsochronous), NoData);
            }
            UpdateInterrupt();
        }

        private byte[] Give(OtgInEndpoint input)
        {
            var fifo = FifoOf(input);
            var data = new byte[input.TakePacket()];
            var word = 0u;
            for(var i = 0; i < data.Length; i++)
            {
                word = i % 4 == 0 ? fifo.Pop() : word >> 8;
                data[i] = (byte)word;
            }
            input.PacketCount--;
            if(input.PacketCount == 0)
            {
                input.IsEnabled = false;
                input.Flags |= OtgEndpoint.TransferCompleted;
            }
            return data;
        }

        private uint StatusWord(OtgPacketStatus status, int endpoint, int length, bool isOdd)
        {
            return (uint)endpoint | ((uint)length << 4) | (isOdd ? 2u << 15 : 0) | ((uint)status << 17) | ((uint)(FrameNumber & 0xF) << 21);
        }

        // Tells the host of endpoints that said NAK and would not any more.
        private void TellHost()
        {
            if(endpointReady == null || !isPulledUp || !IsRunning || isBusReset || isSuspended)
            {
                return;
            }
            for(var i = 0; i < inEndpoints.Length; i++)
            {
                var input = inEndpoints[i];
                if(input.WasNaked && (input.IsStalled || CanGive(input)))
                {
                    input.WasNaked = false;
                    endpointReady?.Invoke(i, true);
                }
                var output = outEndpoints[i];
                if(output.WasNaked && (output.IsStalled || CanTake(output, output.MaximumPacketSize)))
                {
                    output.WasNaked = false;
                    endpointReady?.Invoke(i, false);
                }
            }
        }

        private uint ReadInterruptStatus()
        {
            if(!hasSeenFrame || !hasSeenEndOfFrame)
            {
                PollFrames();
            }
            return InterruptStatus;
        }

        private void UpdateInterrupt()
        {
            IRQ.Set(ClockEnabled && interruptEnabled.Value && (InterruptStatus & mask) != 0);
        }

        private uint InterruptStatus
        {
            get
            {
                var status = latched | AlwaysSet
                    | (IsHost ? HostMode : 0)
                    | (otgStatus != 0 ? OtgInterrupt : 0)
                    | (hasSeenFrame ? StartOfFrame : 0)
                    | (hasSeenEndOfFrame ? EndOfPeriodicFrame : 0)
                    | (receiveFifo.IsEmpty ? 0 : ReceiveFifoNotEmpty)
                    | (globalInNak ? GlobalInNakEffective : 0)
                    | (globalOutNakEffective ? GlobalOutNakEffective : 0);
                var endpoints = IsHost ? 0 : WantedEndpoints;
                return status | ((endpoints & 0xFFFF) != 0 ? InEndpointInterrupt : 0) | (endpoints >> 16 != 0 ? OutEndpointInterrupt : 0);
            }
        }

        private bool IsHost => forcesHost.Value;

        private bool SensesSession
        {
            get
            {
                if(overridesSession != null && overridesSession.Value)
                {
                    return sessionOverride.Value;
                }
                return (ignoresVbus != null && ignoresVbus.Value) || (sensesVbus.Value && hasVbus && vbusIsWired);
            }
        }

        private bool HasUsbClock => Math.Abs((long)rcc.Pll48Frequency - NominalUsbClock) <= NominalUsbClock / PartsOfUsbClockTolerance;

        // Can the core follow the bus?
        private bool IsRunning => isPulledUp && ClockEnabled && HasUsbClock && !stopsPhyClock.Value;

        private bool IsIdle => !isBusReset && !areFramesOnBus;

        // What the host does.
        private bool hasVbus;
        private bool isBusReset;

        private bool isPulledUp;
        private bool hadPower;
        private bool hadSession;
        private bool isHeardReset = true;
        private bool isHeardResetEnd = true;
        private bool isEnumerated;
        private bool isSuspended;
        private bool isRemoteWakeUp;
        private bool isSetupOpen;
        private int setups;
        private int addressOfTransfer = NoAddress;
        private Action pullUpChanged;
        private Action<int, bool> endpointReady;
        private Action remoteWakeUpSignalled;

        private const int NoAddress = -1;
        private const int SetupLength = 8;
        private const int MostSetups = 3;
        private const int WordsForSetup = 10;
        private const long NominalUsbClock = 48000000;
        // 0.25 % (USB 2.0, 7.1.11).
        private const long PartsOfUsbClockTolerance = 400;
    }
}
