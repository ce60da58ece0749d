// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>How a device answers a token (USB 2.0, 8.4.5).</summary>
    public enum UsbHandshake
    {
        /// <summary>Nothing: nobody has that address, the packet was damaged, or the transfer is isochronous.</summary>
        None,
        Ack,
        Nak,
        Stall,
    }

    /// <summary>The device's end of a full-speed cable, in transactions. What is at the other end calls, and brings time: no call takes any.</summary>
    public interface IUsbDevicePort
    {
        /// <summary>VBUS comes or goes (5 V at the plug).</summary>
        void SetVbus(bool isPresent);

        /// <summary>The host drives a bus reset (SE0, 10 ms or more); after it, <see cref="UsbPacket.Toggle"/> and addresses begin anew.</summary>
        void BeginBusReset();

        void EndBusReset();

        /// <summary>Frames begin, one each millisecond from now on: after a bus reset, and to resume a device that was suspended.</summary>
        /// <param name="frame">Number of the first, 0 to 2047.</param>
        void StartFrames(int frame);

        /// <summary>The bus becomes idle (J): a device is suspended after 3 ms of that.</summary>
        void StopFrames();

        /// <summary>A SETUP transaction with its eight bytes. A device always takes it; <see cref="UsbHandshake.None"/> if none has that address.</summary>
        UsbHandshake Setup(int address, byte[] packet);

        /// <summary>An OUT transaction.</summary>
        UsbHandshake Out(int address, int endpoint, UsbPacket packet);

        /// <summary>An IN transaction. The host's acknowledgement is taken for granted.</summary>
        UsbHandshake In(int address, int endpoint, out UsbPacket packet);

        /// <summary>The device pulls D+ up: there is somebody to talk to.</summary>
        bool IsPulledUp { get; }

        event Action PullUpChanged;

        /// <summary>
        /// A transaction with this endpoint that was answered by <see cref="UsbHandshake.Nak"/> may get another answer now. Real hosts ask
        /// again and again; ours waits to be called, so that an idle bus costs nothing. Second argument: is it an IN endpoint?
        /// </summary>
        event Action<int, bool> EndpointReady;

        /// <summary>The device signals resume (K) on a bus that is suspended.</summary>
        event Action RemoteWakeUp;
    }

    /// <summary>Data of a transaction.</summary>
    public struct UsbPacket
    {
        /// <param name="data">0 to 1023 bytes.</param>
        /// <param name="toggle">DATA1 instead of DATA0.</param>
        public UsbPacket(byte[] data, bool toggle)
        {
            Data = data;
            Toggle = toggle;
        }

        public byte[] Data { get; }

        /// <summary>DATA1 instead of DATA0. A device takes OUT data of the wrong one for a repetition: acknowledged and dropped (USB 2.0, 8.6).</summary>
        public bool Toggle { get; }
    }
}
