// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.USB
{
    internal enum UsbResult
    {
        Pending,
        Done,
        Stalled,
        TimedOut,
        /// <summary>No answer, or one that breaks the rules, three times.</summary>
        Failed,
    }

    /// <summary>What a driver of the PC waits for. Drivers are iterators of these, which can be kept in a snapshot.</summary>
    internal abstract class UsbStep
    {
        /// <summary>Bit times after which it is over, whatever comes; 0: never.</summary>
        public ulong Timeout { get; set; }

        public ulong Deadline { get; set; }

        public UsbResult Result { get; set; }

        public bool IsDone => Result == UsbResult.Done;

        /// <summary>Who goes on after it.</summary>
        public IEnumerator<UsbStep> Waiting { get; set; }
    }

    internal sealed class UsbDelay : UsbStep
    {
        /// <param name="milliseconds">Of virtual time.</param>
        public UsbDelay(uint milliseconds)
        {
            Timeout = Math.Max(1, milliseconds * (ulong)UsbHost.BitsPerFrame);
        }
    }

    /// <summary>Something from outside of virtual time: a person's or a terminal's doing. Any thread may set it.</summary>
    internal sealed class UsbSignal : UsbStep
    {
        public bool IsSet { get; set; }
    }

    /// <summary>A transfer: as many transactions as it takes.</summary>
    internal sealed class UsbTransfer : UsbStep
    {
        public static UsbTransfer In(UsbPipe pipe, int length, ulong timeout = 0)
        {
            return new UsbTransfer { Pipe = pipe, Stage = UsbStage.Data, IsIn = true, Length = length, Timeout = timeout };
        }

        public static UsbTransfer Out(UsbPipe pipe, byte[] data, ulong timeout = 0)
        {
            return new UsbTransfer { Pipe = pipe, Stage = UsbStage.Data, Sent = data, Length = data.Length, Timeout = timeout };
        }

        /// <summary>A control transfer that reads, or that has no data.</summary>
        public static UsbTransfer Control(UsbPipe pipe, int type, int request, int value, int index, int length)
        {
            return Control(pipe, type, request, value, index, length, null);
        }

        /// <summary>A control transfer that writes.</summary>
        public static UsbTransfer Control(UsbPipe pipe, int type, int request, int value, int index, byte[] data)
        {
            return Control(pipe, type, request, value, index, data.Length, data);
        }

        public UsbPipe Pipe { get; private set; }

        public UsbStage Stage { get; set; }

        /// <summary>Direction of its data.</summary>
        public bool IsIn { get; private set; }

        /// <summary>Direction of the stage that it is in.</summary>
        public bool IsStageIn => Stage == UsbStage.Data ? IsIn : Stage == UsbStage.Status && !IsIn;

        /// <summary>The packet that begins a control transfer.</summary>
        public byte[] Setup { get; private set; }

        /// <summary>Bytes to be sent, or the most that may come.</summary>
        public int Length { get; private set; }

        public byte[] Sent { get; private set; }

        public List<byte> Received { get; } = new List<byte>();

        /// <summary>Bytes that have gone out.</summary>
        public int Position { get; set; }

        private static UsbTransfer Control(UsbPipe pipe, int type, int request, int value, int index, int length, byte[] data)
        {
            return new UsbTransfer
            {
                Pipe = pipe,
                Stage = UsbStage.Setup,
                // Without data, the status stage is IN.
                IsIn = data == null && length > 0,
                Length = length,
                Sent = data,
                Timeout = ControlTimeout,
                Setup = new[] { (byte)type, (byte)request, (byte)value, (byte)(value >> 8), (byte)index, (byte)(index >> 8), (byte)length, (byte)(length >> 8) },
            };
        }

        private const ulong ControlTimeout = 5000 * (ulong)UsbHost.BitsPerFrame;
    }

    internal enum UsbStage
    {
        Setup,
        Data,
        Status,
    }

    /// <summary>The PC's end of an endpoint.</summary>
    internal sealed class UsbPipe
    {
        /// <param name="number">Of the endpoint, 0 to 15.</param>
        /// <param name="isIn">Its direction; endpoint 0 has both.</param>
        /// <param name="maxPacket">Bytes.</param>
        /// <param name="interval">Frames between two polls of an interrupt endpoint; 0: none.</param>
        public UsbPipe(int number, bool isIn, int maxPacket, int interval)
        {
            Number = number;
            IsIn = isIn;
            MaxPacket = maxPacket;
            Interval = interval;
        }

        public int Number { get; }

        public bool IsIn { get; }

        public int MaxPacket { get; set; }

        public int Interval { get; }

        /// <summary>Of the next packet.</summary>
        public bool Toggle { get; set; }

        /// <summary>The last answer was NAK, and the device has not called since.</summary>
        public bool WaitsForReady { get; set; }

        /// <summary>Bit time before which it is not polled.</summary>
        public ulong NextPoll { get; set; }

        public int Errors { get; set; }

        public List<UsbTransfer> Transfers { get; } = new List<UsbTransfer>();
    }
}
