// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>EPTYP of OTG_FS_DIEPCTLx and OTG_FS_DOEPCTLx.</summary>
    internal enum OtgEndpointType
    {
        Control,
        Isochronous,
        Bulk,
        Interrupt,
    }

    /// <summary>One direction of an endpoint: what both have (RM0090 34.16.4).</summary>
    internal abstract class OtgEndpoint
    {
        protected OtgEndpoint(int number)
        {
            Number = number;
        }

        /// <summary>As after a reset of the core; register fields are reset with the registers.</summary>
        public virtual void Reset()
        {
            IsActive = Number == 0;
            IsEnabled = false;
            IsNaked = false;
            IsStalled = false;
            IsOdd = false;
            WasNaked = false;
            Flags = 0;
            TransferSize = 0;
            PacketCount = 0;
        }

        /// <summary>The transaction has taken place: the next has the other data PID.</summary>
        public void Toggle() => IsOdd = !IsOdd;

        public int Number { get; }

        /// <summary>USBAEP.</summary>
        public bool IsActive { get; set; }

        /// <summary>EPENA.</summary>
        public bool IsEnabled { get; set; }

        /// <summary>NAKSTS.</summary>
        public bool IsNaked { get; set; }

        /// <summary>STALL.</summary>
        public bool IsStalled { get; set; }

        /// <summary>DPID: DATA1 is next; of an isochronous endpoint EONUM: odd frames.</summary>
        public bool IsOdd { get; set; }

        /// <summary>The host has heard NAK, and has not been told since that the endpoint is ready.</summary>
        public bool WasNaked { get; set; }

        /// <summary>Flags of DIEPINTx or DOEPINTx, but for TXFE.</summary>
        public uint Flags { get; set; }

        /// <summary>XFRSIZ in bytes.</summary>
        public uint TransferSize { get; set; }

        /// <summary>PKTCNT.</summary>
        public uint PacketCount { get; set; }

        /// <summary>MPSIZ in bytes.</summary>
        public int MaximumPacketSize => Number == 0 ? 64 >> (int)SizeField.Value : (int)SizeField.Value;

        public OtgEndpointType Type => Number == 0 ? OtgEndpointType.Control : (OtgEndpointType)TypeField.Value;

        public bool IsIsochronous => Type == OtgEndpointType.Isochronous;

        // Of endpoint 0 both directions have the field of IN.
        public IValueRegisterField SizeField;
        public IValueRegisterField TypeField;

        public const uint TransferCompleted = 1 << 0;
        public const uint Disabled = 1 << 1;
    }

    /// <summary>An IN endpoint: packets that the firmware has written to its FIFO wait for tokens of the host.</summary>
    internal sealed class OtgInEndpoint : OtgEndpoint
    {
        public OtgInEndpoint(int number) : base(number)
        {
        }

        public override void Reset()
        {
            base.Reset();
            Flush();
        }

        /// <summary>Its FIFO is empty.</summary>
        public void Flush()
        {
            packets.Clear();
            looseWords = 0;
        }

        /// <summary>A word was written to its FIFO.</summary>
        public void AddWord() => looseWords++;

        /// <summary>Makes packets of what was written, as far as the transfer goes: XFRSIZ counts down with each that is whole.</summary>
        public void FormPackets()
        {
            while(IsEnabled && TransferSize > 0 && MaximumPacketSize > 0)
            {
                var length = Math.Min((int)TransferSize, MaximumPacketSize);
                var words = (length + 3) / 4;
                if(looseWords < words)
                {
                    return;
                }
                looseWords -= words;
                TransferSize -= (uint)length;
                packets.Enqueue(length);
            }
        }

        /// <summary>Bytes of the packet that the next token takes.</summary>
        public int TakePacket() => packets.Count > 0 ? packets.Dequeue() : 0;

        /// <summary>Is there a packet for the next token? One without data needs nothing in the FIFO.</summary>
        public bool HasPacket => IsEnabled && PacketCount > 0 && (packets.Count > 0 || TransferSize == 0);

        /// <summary>Number of its FIFO.</summary>
        public int FifoNumber => Number == 0 ? 0 : (int)FifoField.Value;

        public IValueRegisterField FifoField;

        private int looseWords;

        private readonly Queue<int> packets = new Queue<int>();

        public const uint TokenWithEmptyFifo = 1 << 4;
        public const uint NakEffective = 1 << 6;
        public const uint FifoEmpty = 1 << 7;
    }

    /// <summary>An OUT endpoint: what it takes goes to the receive FIFO.</summary>
    internal sealed class OtgOutEndpoint : OtgEndpoint
    {
        public OtgOutEndpoint(int number) : base(number)
        {
        }

        public override void Reset()
        {
            base.Reset();
            SetupCount = 0;
        }

        /// <summary>STUPCNT of endpoint 0; RXDPID of isochronous ones.</summary>
        public uint SetupCount { get; set; }

        public const uint SetupDone = 1 << 3;
        public const uint TokenWhenDisabled = 1 << 4;
        public const uint ManySetups = 1 << 6;
    }
}
