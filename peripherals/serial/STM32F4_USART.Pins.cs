// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Pins that have selected TX or RX.</content>
    public partial class STM32F4_USART
    {
        /// <inheritdoc/>
        IPinFunction IPinFunctions.Connect(string signal, IPinListener pin)
        {
            if(signal != "TX" && signal != "RX")
            {
                return null;
            }
            var result = signal == "TX" ? (Pin)new TransmitPin(this, pin) : new ReceivePin(this, pin);
            connectedPins.Add(result);
            CountPins();
            return result;
        }

        private void CountPins()
        {
            isTransmitPinSelected = connectedPins.Any(x => x is TransmitPin);
            isReceivePinSelected = connectedPins.Any(x => x is ReceivePin);
        }

        // A platform without such pins, or without ports, leaves the USART to itself.
        private bool HasPins()
        {
            if(hasPins == null)
            {
                hasPins = machine.GetPeripheralsOfType<STM32F4_GPIOPort>().Any(x => x.HasSignal(this, "TX") || x.HasSignal(this, "RX"));
            }
            return hasPins.Value;
        }

        private void TellPins()
        {
            if(toldLevel != TransmitLevel)
            {
                toldLevel = TransmitLevel;
                foreach(var pin in connectedPins.OfType<TransmitPin>().ToArray())
                {
                    pin.Listener.HandleFunctionLevel();
                }
            }
        }

        private void SendToPins(byte value)
        {
            if(connectedPins.Count == 0)
            {
                return;
            }
            var frame = new WireFrame(value, DataBits, BaudRate);
            foreach(var pin in connectedPins.OfType<TransmitPin>().ToArray())
            {
                pin.Listener.SendFrame(frame);
            }
        }

        private void HandleFrame(WireFrame frame)
        {
            var difference = (long)frame.BitRate - BaudRate;
            if(frame.Length == DataBits && difference * PartsOfTolerance <= BaudRate && -difference * PartsOfTolerance <= BaudRate)
            {
                WriteChar((byte)frame.Data);
            }
            else if(CanReceive())
            {
                Report("USART_DR", $"a character from another pin is lost: it has {frame.Length} bits at {frame.BitRate} bits a second, {DataBits} at {BaudRate} are set here");
            }
        }

        // High between characters (30.3.2).
        private bool? TransmitLevel => enabled.Value && transmitterEnabled.Value ? true : (bool?)null;

        private bool? toldLevel;
        private bool? hasPins;
        // Characters come from any thread of the host.
        private volatile bool isTransmitPinSelected;
        private volatile bool isReceivePinSelected;

        private readonly List<Pin> connectedPins = new List<Pin>();

        // A receiver bears 4 %, more or less (table "Tolerance of the USART receiver").
        private const int PartsOfTolerance = 25;

        private abstract class Pin : IPinFunction
        {
            protected Pin(STM32F4_USART usart, IPinListener listener)
            {
                Usart = usart;
                Listener = listener;
            }

            public virtual void HandlePinLevel(bool level)
            {
            }

            public void HandleWatch()
            {
            }

            public void Disconnect()
            {
                Usart.connectedPins.Remove(this);
                Usart.CountPins();
            }

            public IPinListener Listener { get; }

            public abstract bool? Level { get; }

            protected STM32F4_USART Usart { get; }
        }

        private sealed class TransmitPin : Pin
        {
            public TransmitPin(STM32F4_USART usart, IPinListener listener) : base(usart, listener)
            {
            }

            public override bool? Level => Usart.TransmitLevel;
        }

        private sealed class ReceivePin : Pin, IFrameReceiver
        {
            public ReceivePin(STM32F4_USART usart, IPinListener listener) : base(usart, listener)
            {
            }

            public void HandleFrame(WireFrame frame) => Usart.HandleFrame(frame);

            public override bool? Level => null;
        }
    }
}
