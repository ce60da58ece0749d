// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Peripherals;

namespace UnitTests
{
    /// <summary>A RAM disk behind bulk-only transport, for <see cref="FakeUsbDevice"/>.</summary>
    public class FakeDisk : IPeripheral
    {
        public FakeDisk(FakeUsbDevice device, int endpointIn, int endpointOut, byte[] content)
        {
            this.device = device;
            this.endpointIn = endpointIn;
            Content = content;
            device.OutHandlers[endpointOut] = Take;
            device.ClassAnswers[0xFE] = new byte[] { 0 };
        }

        public void Reset()
        {
        }

        public byte[] Content { get; set; }

        public int BlockSize { get; set; } = 512;

        public bool HasMedium { get; set; } = true;

        /// <summary>TEST UNIT READY fails so often with this sense key.</summary>
        public int Attentions { get; set; }

        public byte AttentionKey { get; set; } = 6;

        public bool IsWriteProtected { get; set; }

        /// <summary>Commands that get no answer.</summary>
        public int SilentCommand { get; set; } = -1;

        /// <summary>Commands that get a broken status.</summary>
        public int BrokenCommand { get; set; } = -1;

        /// <summary>Commands that fail.</summary>
        public HashSet<int> Refused { get; } = new HashSet<int>();

        /// <summary>A data stage that is refused ends with STALL, else with a packet without data.</summary>
        public bool StallsData { get; set; } = true;

        /// <summary>Leaves data that it has not got out.</summary>
        public bool SkipsData { get; set; }

        public List<int> Commands { get; } = new List<int>();

        private bool Take(byte[] packet)
        {
            if(writeLeft > 0)
            {
                Array.Copy(packet, 0, Content, writePosition, packet.Length);
                writePosition += packet.Length;
                writeLeft -= packet.Length;
                if(writeLeft == 0)
                {
                    Status(0);
                }
                return true;
            }
            if(packet.Length != 31 || Encoding.ASCII.GetString(packet, 0, 4) != "USBC")
            {
                throw new InvalidOperationException("no command wrapper");
            }
            tag = packet.Skip(4).Take(4).ToArray();
            var length = BitConverter.ToInt32(packet, 8);
            var command = packet.Skip(15).Take(packet[14]).ToArray();
            Commands.Add(command[0]);
            if(command[0] == SilentCommand)
            {
                return true;
            }
            if(command[0] == BrokenCommand)
            {
                device.Send(endpointIn, new byte[] { 1, 2, 3 });
                return true;
            }
            Execute(command, length);
            return true;
        }

        private void Execute(byte[] command, int length)
        {
            if(Refused.Contains(command[0]))
            {
                sense = new byte[] { 5, 0x20 };
                Fail(length);
                return;
            }
            switch(command[0])
            {
            case 0x00:
                if(!HasMedium)
                {
                    sense = new byte[] { 2, 0x3A };
                    Fail(0);
                    return;
                }
                if(Attentions-- > 0)
                {
                    sense = new byte[] { AttentionKey, 0x28 };
                    Fail(0);
                    return;
                }
                Status(0);
                break;
            case 0x03:
                Data(new byte[] { 0x70, 0, sense[0], 0, 0, 0, 0, 10, 0, 0, 0, 0, sense[1], 0, 0, 0, 0, 0 });
                break;
            case 0x12:
                Data(new byte[] { 0, 0x80, 0, 2, 31, 0, 0, 0 }.Concat(Encoding.ASCII.GetBytes("MicroPy mp Flash        1.00")).ToArray());
                break;
            case 0x1A:
                Data(new byte[] { 3, 0, (byte)(IsWriteProtected ? 0x80 : 0), 0 });
                break;
            case 0x1B:
                HasMedium = false;
                Status(0);
                break;
            case 0x1E:
            case 0x35:
                Status(0);
                break;
            case 0x25:
                Data(BitConverter.GetBytes((Content.Length / BlockSize) - 1).Reverse().Concat(BitConverter.GetBytes(BlockSize).Reverse()).ToArray());
                break;
            case 0x28:
                Data(Content.Skip(Address(command)).Take(Count(command)).ToArray());
                break;
            case 0x2A:
                writePosition = Address(command);
                writeLeft = Count(command);
                break;
            default:
                throw new InvalidOperationException("an unknown command");
            }
        }

        private int Address(byte[] command) => ((command[2] << 24) | (command[3] << 16) | (command[4] << 8) | command[5]) * BlockSize;

        private int Count(byte[] command) => ((command[7] << 8) | command[8]) * BlockSize;

        private void Fail(int length)
        {
            if(length > 0 && SkipsData)
            {
                Status(1);
                return;
            }
            if(length > 0 && StallsData)
            {
                // Status comes when the halt is over.
                device.Halted.Add(endpointIn | 0x80);
                device.TellReady(endpointIn, true);
            }
            else if(length > 0)
            {
                device.Send(endpointIn, new byte[0]);
            }
            Status(1);
        }

        private void Data(byte[] data)
        {
            var packets = new List<byte[]>();
            for(var i = 0; i < data.Length; i += 64)
            {
                packets.Add(data.Skip(i).Take(64).ToArray());
            }
            device.Send(endpointIn, packets.ToArray());
            Status(0);
        }

        private void Status(byte status)
        {
            device.Send(endpointIn, Encoding.ASCII.GetBytes("USBS").Concat(tag).Concat(new byte[] { 0, 0, 0, 0, status }).ToArray());
        }

        private byte[] tag;
        private byte[] sense = new byte[2];
        private int writePosition;
        private int writeLeft;

        private readonly FakeUsbDevice device;
        private readonly int endpointIn;
    }

    /// <summary>Empty FAT volumes, as a formatter makes them.</summary>
    internal static class FatImage
    {
        /// <param name="bits">12, 16 or 32.</param>
        /// <param name="sectors">Of the volume.</param>
        /// <param name="perCluster">Sectors of a cluster.</param>
        /// <param name="start">Sectors before it; the first has a partition table then.</param>
        public static byte[] Make(int bits, int sectors, int perCluster = 1, int start = 0)
        {
            var reserved = bits == 32 ? 32 : 1;
            var root = bits == 32 ? 0 : 64;
            var fatSectors = ((((sectors / perCluster) + 2) * bits / 8) / 512) + 1;
            var result = new byte[(start + sectors) * 512];
            if(start > 0)
            {
                result[446 + 4] = (byte)(bits == 12 ? 1 : bits == 16 ? 6 : 0x0C);
                BitConverter.GetBytes(start).CopyTo(result, 446 + 8);
                BitConverter.GetBytes(sectors).CopyTo(result, 446 + 12);
                result[510] = 0x55;
                result[511] = 0xAA;
            }
            var boot = start * 512;
            result[boot] = 0xEB;
            BitConverter.GetBytes((ushort)512).CopyTo(result, boot + 11);
            result[boot + 13] = (byte)perCluster;
            BitConverter.GetBytes((ushort)reserved).CopyTo(result, boot + 14);
            result[boot + 16] = 2;
            BitConverter.GetBytes((ushort)root).CopyTo(result, boot + 17);
            BitConverter.GetBytes(sectors).CopyTo(result, boot + 32);
            BitConverter.GetBytes(bits == 32 ? 0 : (ushort)fatSectors).Take(2).ToArray().CopyTo(result, boot + 22);
            result[boot + 510] = 0x55;
            result[boot + 511] = 0xAA;
            if(bits == 32)
            {
                BitConverter.GetBytes(fatSectors).CopyTo(result, boot + 36);
                BitConverter.GetBytes(2).CopyTo(result, boot + 44);
                BitConverter.GetBytes((ushort)1).CopyTo(result, boot + 48);
                BitConverter.GetBytes(0x61417272).CopyTo(result, boot + 512 + 484);
            }
            for(var copy = 0; copy < 2; copy++)
            {
                var fat = (start + reserved + (copy * fatSectors)) * 512;
                var entries = bits == 12 ? new byte[] { 0xF8, 0xFF, 0xFF } : bits == 16 ? new byte[] { 0xF8, 0xFF, 0xFF, 0xFF }
                    : new byte[] { 0xF8, 0xFF, 0xFF, 0x0F, 0xFF, 0xFF, 0xFF, 0x0F, 0xFF, 0xFF, 0xFF, 0x0F };
                entries.CopyTo(result, fat);
            }
            return result;
        }
    }
}
