// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>SCSI commands over bulk-only transport (USB Mass Storage Class 1.0), with what Linux does when one goes wrong.</summary>
    /// <remarks>Each command leaves <see cref="Problem"/>, null if all went well, and <see cref="Data"/>.</remarks>
    internal sealed class UsbDisk
    {
        /// <param name="host">The PC.</param>
        /// <param name="found">The device's interface.</param>
        /// <param name="bulkIn">Its bulk IN endpoint.</param>
        /// <param name="bulkOut">Its bulk OUT endpoint.</param>
        public UsbDisk(UsbHost host, UsbInterface found, UsbEndpoint bulkIn, UsbEndpoint bulkOut)
        {
            this.host = host;
            number = found.Number;
            this.bulkIn = host.Open(bulkIn);
            this.bulkOut = host.Open(bulkOut);
        }

        /// <summary>What Linux asks a drive that appears.</summary>
        public IEnumerable<UsbStep> Identify()
        {
            // A device with one unit may answer STALL (3.2).
            yield return host.Control(0xA1, GetMaxLun, 0, number, 1);
            foreach(var step in Read(new byte[] { 0x12, 0, 0, 0, InquiryLength, 0 }, InquiryLength))
            {
                yield return step;
            }
            if(Problem == null && Data.Length >= InquiryLength)
            {
                Name = string.Join(" ", new[] { Encoding.ASCII.GetString(Data, 8, 8).Trim(' ', '\0'), Encoding.ASCII.GetString(Data, 16, 16).Trim(' ', '\0') }.Where(x => x.Length > 0));
            }
            foreach(var step in GetReady())
            {
                yield return step;
            }
        }

        /// <summary>Is a medium there, and how large is it?</summary>
        public IEnumerable<UsbStep> GetReady()
        {
            BlockCount = 0;
            for(var i = 0; i < ReadyAttempts; i++)
            {
                foreach(var step in Run(new byte[] { 0x00, 0, 0, 0, 0, 0 }))
                {
                    yield return step;
                }
                if(Problem == null || senseKey != NotReady || senseCode == NoMedium)
                {
                    break;
                }
                yield return new UsbDelay(ReadyMilliseconds);
            }
            if(Problem != null)
            {
                yield break;
            }
            foreach(var step in Read(new byte[] { 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 8))
            {
                yield return step;
            }
            if(Problem != null)
            {
                yield break;
            }
            var last = Data.Length == 8 ? BigEndian(Data, 0) : uint.MaxValue;
            BlockSize = Data.Length == 8 ? (int)BigEndian(Data, 4) : 0;
            if(last == uint.MaxValue || (BlockSize != 512 && BlockSize != 1024 && BlockSize != 2048 && BlockSize != 4096))
            {
                Problem = $"READ CAPACITY is answered by {string.Join(" ", Data.Select(x => x.ToString("X2")))}, which is no drive";
                yield break;
            }
            BlockCount = last + 1;
            foreach(var step in Read(new byte[] { 0x1A, 0, 0x3F, 0, ModeLength, 0 }, ModeLength))
            {
                yield return step;
            }
            IsWriteProtected = Problem == null && Data.Length >= 3 && (Data[2] & 0x80) != 0;
            // It is only asked for protection.
            Problem = null;
        }

        /// <summary>READ(10); <see cref="Data"/> has them all, or there is a problem.</summary>
        public IEnumerable<UsbStep> ReadBlocks(uint first, uint count)
        {
            foreach(var step in Read(BlockCommand(0x28, first, count), (int)count * BlockSize))
            {
                yield return step;
            }
            if(Problem == null && Data.Length != count * BlockSize)
            {
                Problem = $"{Data.Length} bytes came of {count} blocks";
            }
        }

        /// <summary>WRITE(10).</summary>
        public IEnumerable<UsbStep> WriteBlocks(uint first, byte[] data)
        {
            return Write(BlockCommand(0x2A, first, (uint)(data.Length / BlockSize)), data);
        }

        /// <summary>A command without data.</summary>
        public IEnumerable<UsbStep> Run(byte[] command) => Execute(command, 0, null);

        public string Problem { get; private set; }

        public byte[] Data { get; private set; }

        /// <summary>What the drive calls itself.</summary>
        public string Name { get; private set; } = "";

        /// <summary>0: no medium, or not asked yet.</summary>
        public uint BlockCount { get; private set; }

        public int BlockSize { get; private set; }

        public bool IsWriteProtected { get; private set; }

        /// <summary>The most blocks of one command.</summary>
        public uint MostBlocks => (uint)(MostBytes / BlockSize);

        private static uint BigEndian(byte[] data, int offset) => ((uint)data[offset] << 24) | ((uint)data[offset + 1] << 16) | ((uint)data[offset + 2] << 8) | data[offset + 3];

        private static byte[] BlockCommand(byte code, uint first, uint count)
        {
            return new byte[] { code, 0, (byte)(first >> 24), (byte)(first >> 16), (byte)(first >> 8), (byte)first, 0, (byte)(count >> 8), (byte)count, 0 };
        }

        private IEnumerable<UsbStep> Read(byte[] command, int length) => Execute(command, length, null);

        private IEnumerable<UsbStep> Write(byte[] command, byte[] data) => Execute(command, data.Length, data);

        /// <summary>A command, and the question why, if it fails; what is no more than news is tried again.</summary>
        private IEnumerable<UsbStep> Execute(byte[] command, int length, byte[] data)
        {
            for(var i = 0; i < Attempts; i++)
            {
                foreach(var step in Transport(command, length, data))
                {
                    yield return step;
                }
                senseKey = senseCode = 0;
                if(!hasFailed)
                {
                    yield break;
                }
                foreach(var step in Transport(new byte[] { 0x03, 0, 0, 0, SenseLength, 0 }, SenseLength, null))
                {
                    yield return step;
                }
                if(Problem == null && Data.Length >= 14)
                {
                    senseKey = Data[2] & 0xF;
                    senseCode = Data[12];
                }
                Problem = $"command 0x{command[0]:X2} failed: {(senseCode == NoMedium ? "no medium" : $"sense key {senseKey}, code 0x{senseCode:X2}")}";
                if(senseKey != UnitAttention)
                {
                    yield break;
                }
            }
        }

        private IEnumerable<UsbStep> Transport(byte[] command, int length, byte[] data)
        {
            Problem = null;
            Data = Array.Empty<byte>();
            hasFailed = false;
            tag++;
            var wrapper = new byte[WrapperLength];
            Encoding.ASCII.GetBytes("USBC").CopyTo(wrapper, 0);
            BitConverter.GetBytes(tag).CopyTo(wrapper, 4);
            BitConverter.GetBytes(length).CopyTo(wrapper, 8);
            wrapper[12] = (byte)(data == null && length > 0 ? 0x80 : 0);
            wrapper[14] = (byte)command.Length;
            command.CopyTo(wrapper, 15);
            var transfer = UsbTransfer.Out(bulkOut, wrapper, Timeout);
            yield return transfer;
            var isBroken = !transfer.IsDone;
            byte[] status = null;
            if(!isBroken && length > 0)
            {
                transfer = data == null ? UsbTransfer.In(bulkIn, length, Timeout) : UsbTransfer.Out(bulkOut, data, Timeout);
                yield return transfer;
                Data = transfer.Received.ToArray();
                if(transfer.Result == UsbResult.Stalled)
                {
                    // It has no (more) data (6.7.2): its status says why.
                    yield return host.ClearHalt(transfer.Pipe);
                }
                else if(!transfer.IsDone)
                {
                    isBroken = true;
                }
                else if(data == null && length != StatusLength && IsStatus(Data))
                {
                    // Some devices leave the data out.
                    status = Data;
                    Data = Array.Empty<byte>();
                }
            }
            for(var i = 0; !isBroken && status == null && i < 2; i++)
            {
                transfer = UsbTransfer.In(bulkIn, bulkIn.MaxPacket, Timeout);
                yield return transfer;
                if(transfer.Result == UsbResult.Stalled && i == 0)
                {
                    yield return host.ClearHalt(bulkIn);
                    continue;
                }
                isBroken = !transfer.IsDone;
                status = transfer.Received.ToArray();
            }
            if(!isBroken && IsStatus(status) && status[12] < PhaseError)
            {
                hasFailed = status[12] != 0;
                Problem = hasFailed ? "failed" : null;
                yield break;
            }
            Problem = transfer.Result == UsbResult.TimedOut ? $"command 0x{command[0]:X2} is not answered within 30 s" : $"command 0x{command[0]:X2} has no valid status";
            host.Mistakes.Report("USB mass storage", Problem + ": the drive is reset");
            // Reset recovery (5.3.4).
            yield return host.Control(0x21, MassStorageReset, 0, number);
            yield return host.ClearHalt(bulkIn);
            yield return host.ClearHalt(bulkOut);
        }

        private bool IsStatus(byte[] data) => data.Length == StatusLength && Encoding.ASCII.GetString(data, 0, 4) == "USBS" && BitConverter.ToUInt32(data, 4) == tag;

        private uint tag;
        private bool hasFailed;
        private int senseKey;
        private int senseCode;

        private readonly UsbHost host;
        private readonly int number;
        private readonly UsbPipe bulkIn;
        private readonly UsbPipe bulkOut;

        private const int Attempts = 3;
        private const int ReadyAttempts = 10;
        private const uint ReadyMilliseconds = 100;
        private const int MostBytes = 0x10000;
        private const int WrapperLength = 31;
        private const int StatusLength = 13;
        private const byte InquiryLength = 36;
        private const byte ModeLength = 192;
        private const byte SenseLength = 18;
        private const int PhaseError = 2;
        private const int NotReady = 2;
        private const int UnitAttention = 6;
        private const int NoMedium = 0x3A;
        private const int GetMaxLun = 0xFE;
        private const int MassStorageReset = 0xFF;
        private const ulong Timeout = 30000 * (ulong)UsbHost.BitsPerFrame;
    }
}
