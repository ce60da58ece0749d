// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.USB;

namespace UnitTests
{
    /// <summary>A device that does what a test tells it, at the other end of the cable. It checks the PC: addresses, toggles, stages.</summary>
    public class FakeUsbDevice : IUsbDevicePort, IPeripheral
    {
        public void Reset()
        {
        }

        public void SetVbus(bool isPresent)
        {
            Log.Add(isPresent ? "VBUS on" : "VBUS off");
            HasVbus = isPresent;
        }

        public void BeginBusReset()
        {
            Log.Add("reset");
            IsInReset = true;
        }

        public void EndBusReset()
        {
            IsInReset = false;
            address = 0;
            toggles.Clear();
            IsConfigured = false;
        }

        public void StartFrames(int frame)
        {
            if(frame < 0 || frame > 2047)
            {
                throw new ArgumentException("frame");
            }
            HasFrames = true;
        }

        public void StopFrames()
        {
            HasFrames = false;
        }

        public UsbHandshake Setup(int address, byte[] packet)
        {
            Transactions++;
            if(!IsFor(address))
            {
                return UsbHandshake.None;
            }
            setup = packet;
            Log.Add("setup " + Hex(packet));
            answer = new Queue<byte>();
            received.Clear();
            toggles[0] = true;
            toggles[0x80] = true;
            var wanted = packet[6] | (packet[7] << 8);
            stallsControl = StalledRequests.Contains(packet[1]);
            if(!stallsControl && (packet[0] & 0x80) != 0)
            {
                var data = Answer(packet);
                stallsControl = data == null;
                answer = new Queue<byte>((data ?? Array.Empty<byte>()).Take(wanted));
            }
            return UsbHandshake.Ack;
        }

        public UsbHandshake Out(int address, int endpoint, UsbPacket packet)
        {
            Transactions++;
            if(!IsFor(address))
            {
                return UsbHandshake.None;
            }
            if(NakOut.Contains(endpoint))
            {
                return UsbHandshake.Nak;
            }
            if(endpoint == 0)
            {
                if(stallsControl)
                {
                    return UsbHandshake.Stall;
                }
                CheckToggle(0, packet.Toggle);
                received.AddRange(packet.Data);
                if((setup[0] & 0x80) == 0)
                {
                    Log.Add("data " + Hex(packet.Data));
                }
                return UsbHandshake.Ack;
            }
            if(Halted.Contains(endpoint))
            {
                return UsbHandshake.Stall;
            }
            CheckToggle(endpoint, packet.Toggle);
            Packets.Add((endpoint, packet.Data));
            return OutHandlers.TryGetValue(endpoint, out var handler) && !handler(packet.Data) ? UsbHandshake.Stall : UsbHandshake.Ack;
        }

        public UsbHandshake In(int address, int endpoint, out UsbPacket packet)
        {
            Transactions++;
            packet = default;
            if(!IsFor(address))
            {
                return UsbHandshake.None;
            }
            if(NakIn.Contains(endpoint))
            {
                return UsbHandshake.Nak;
            }
            if(endpoint == 0)
            {
                return AnswerControl(out packet);
            }
            if(Halted.Contains(endpoint | 0x80))
            {
                return UsbHandshake.Stall;
            }
            if(!In(endpoint).TryDequeue(out var data))
            {
                return UsbHandshake.Nak;
            }
            packet = new UsbPacket(data, toggles.TryGetValue(endpoint | 0x80, out var toggle) && toggle);
            toggles[endpoint | 0x80] = !toggle;
            return UsbHandshake.Ack;
        }

        /// <summary>The device pulls D+ up, or lets go.</summary>
        public void PullUp(bool isUp)
        {
            IsPulledUp = isUp;
            PullUpChanged?.Invoke();
        }

        /// <summary>Puts packets into an IN endpoint.</summary>
        public void Send(int endpoint, params byte[][] packets)
        {
            foreach(var packet in packets)
            {
                In(endpoint).Enqueue(packet);
            }
            TellReady(endpoint, true);
        }

        public void Send(int endpoint, params string[] packets) => Send(endpoint, packets.Select(x => Encoding.ASCII.GetBytes(x)).ToArray());

        public void TellReady(int endpoint, bool isIn) => EndpointReady?.Invoke(endpoint, isIn);

        public void WakeHost() => RemoteWakeUp?.Invoke();

        /// <summary>What has come to an OUT endpoint.</summary>
        public byte[] ReceivedBy(int endpoint) => Packets.Where(x => x.Endpoint == endpoint).SelectMany(x => x.Data).ToArray();

        /// <summary>Lines of the log that begin like this.</summary>
        public int Count(string start) => Log.Count(x => x.StartsWith(start));

        public List<string> Log { get; } = new List<string>();

        public List<(int Endpoint, byte[] Data)> Packets { get; } = new List<(int Endpoint, byte[] Data)>();

        public int Transactions { get; private set; }

        /// <summary>It answers nothing.</summary>
        public bool IsDeaf { get; set; }

        public bool HasVbus { get; private set; }

        public bool IsInReset { get; private set; }

        public bool HasFrames { get; private set; }

        public bool IsConfigured { get; private set; }

        public bool IsPulledUp { get; private set; }

        public byte[] DeviceDescriptor { get; set; } = UsbDescriptors.Device();

        public byte[] Configuration { get; set; } = UsbDescriptors.Configuration(UsbDescriptors.Cdc(0, 0x82, 0x81, 0x01));

        public string[] Strings { get; set; } = { "Maker", "Thing", "0042" };

        /// <summary>Requests, by number, that get STALL.</summary>
        public HashSet<int> StalledRequests { get; } = new HashSet<int>();

        /// <summary>Endpoints that answer NAK, whatever there is.</summary>
        public HashSet<int> NakOut { get; } = new HashSet<int>();

        public HashSet<int> NakIn { get; } = new HashSet<int>();

        /// <summary>Addresses of endpoints that answer STALL until CLEAR_FEATURE.</summary>
        public HashSet<int> Halted { get; } = new HashSet<int>();

        /// <summary>Called with each packet of an endpoint; false: STALL.</summary>
        public Dictionary<int, Func<byte[], bool>> OutHandlers { get; } = new Dictionary<int, Func<byte[], bool>>();

        /// <summary>Answers to class requests, by number.</summary>
        public Dictionary<int, byte[]> ClassAnswers { get; } = new Dictionary<int, byte[]>();

        public event Action PullUpChanged;

        public event Action<int, bool> EndpointReady;

        public event Action RemoteWakeUp;

        private UsbHandshake AnswerControl(out UsbPacket packet)
        {
            packet = default;
            if(stallsControl)
            {
                return UsbHandshake.Stall;
            }
            if((setup[0] & 0x80) == 0)
            {
                packet = new UsbPacket(Array.Empty<byte>(), true);
                Execute();
                return UsbHandshake.Ack;
            }
            var size = Math.Min(answer.Count, DeviceDescriptor.Length > 7 && DeviceDescriptor[7] >= 8 ? DeviceDescriptor[7] : 64);
            packet = new UsbPacket(Enumerable.Range(0, size).Select(_ => answer.Dequeue()).ToArray(), toggles[0x80]);
            toggles[0x80] ^= true;
            // Its status stage begins with DATA1.
            toggles[0] = true;
            return UsbHandshake.Ack;
        }

        private void Execute()
        {
            switch(setup[1])
            {
            case 1 when setup[0] == 2:
                Log.Add("clear halt " + setup[4].ToString("X2"));
                Halted.Remove(setup[4]);
                toggles[setup[4]] = false;
                break;
            case 5 when setup[0] == 0:
                address = setup[2];
                break;
            case 9 when setup[0] == 0:
                IsConfigured = true;
                Log.Add("configured");
                break;
            }
        }

        private byte[] Answer(byte[] packet)
        {
            if((packet[0] & 0x60) == 0x20)
            {
                return ClassAnswers.TryGetValue(packet[1], out var result) ? result : null;
            }
            if(packet[1] != 6)
            {
                return null;
            }
            switch(packet[3])
            {
            case 1:
                return DeviceDescriptor;
            case 2:
                return Configuration;
            case 3:
                return packet[2] == 0 ? new byte[] { 4, 3, 9, 4 } : packet[2] > Strings.Length ? null
                    : new byte[] { (byte)(2 + (2 * Strings[packet[2] - 1].Length)), 3 }.Concat(Encoding.Unicode.GetBytes(Strings[packet[2] - 1])).ToArray();
            default:
                return ClassAnswers.TryGetValue(0x600 | packet[3], out var other) ? other : null;
            }
        }

        private bool IsFor(int target)
        {
            if(IsInReset || !HasFrames)
            {
                throw new InvalidOperationException("a transaction on a bus that is in reset, or has no frames");
            }
            return IsPulledUp && !IsDeaf && target == address;
        }

        private void CheckToggle(int endpoint, bool toggle)
        {
            toggles.TryGetValue(endpoint, out var expected);
            if(toggle != expected)
            {
                throw new InvalidOperationException($"wrong toggle at OUT endpoint {endpoint}");
            }
            toggles[endpoint] = !toggle;
        }

        private Queue<byte[]> In(int endpoint)
        {
            if(!queues.TryGetValue(endpoint, out var result))
            {
                queues[endpoint] = result = new Queue<byte[]>();
            }
            return result;
        }

        private static string Hex(byte[] data) => string.Join(" ", data.Select(x => x.ToString("X2")));

        private int address;
        private byte[] setup;
        private bool stallsControl;
        private Queue<byte> answer;

        private readonly List<byte> received = new List<byte>();
        // By endpoint address.
        private readonly Dictionary<int, bool> toggles = new Dictionary<int, bool>();
        private readonly Dictionary<int, Queue<byte[]>> queues = new Dictionary<int, Queue<byte[]>>();
    }

    internal static class UsbDescriptors
    {
        public static byte[] Device(int maxPacket = 64)
        {
            return new byte[] { 18, 1, 0, 2, 0xEF, 2, 1, (byte)maxPacket, 0x55, 0xF0, 0x00, 0x98, 0, 2, 1, 2, 3, 1 };
        }

        public static byte[] Configuration(params byte[][] functions)
        {
            var rest = functions.SelectMany(x => x).ToArray();
            var interfaces = 0;
            for(var i = 0; i < rest.Length; i += rest[i])
            {
                interfaces += rest[i + 1] == 4 && rest[i + 3] == 0 ? 1 : 0;
            }
            var length = 9 + rest.Length;
            return new byte[] { 9, 2, (byte)length, (byte)(length >> 8), (byte)interfaces, 1, 0, 0xE0, 250 }.Concat(rest).ToArray();
        }

        public static byte[] Cdc(int number, int notify, int bulkIn, int bulkOut)
        {
            return Join(new byte[] { 8, 0x0B, (byte)number, 2, 2, 2, 0, 0 }, Interface(number, 1, 2, 2, 0), new byte[] { 5, 0x24, 0, 0x10, 1 },
                new byte[] { 5, 0x24, 1, 0, (byte)(number + 1) }, new byte[] { 4, 0x24, 2, 6 }, new byte[] { 5, 0x24, 6, (byte)number, (byte)(number + 1) }, Endpoint(notify, 3, 8, 16),
                Interface(number + 1, 2, 10, 0, 0), Endpoint(bulkOut, 2, 64, 0), Endpoint(bulkIn, 2, 64, 0));
        }

        public static byte[] MassStorage(int number, int bulkIn, int bulkOut) => Join(Interface(number, 2, 8, 6, 0x50), Endpoint(bulkIn, 2, 64, 0), Endpoint(bulkOut, 2, 64, 0));

        public static byte[] Hid(int number, int interruptIn)
        {
            return Join(Interface(number, 1, 3, 0, 0), new byte[] { 9, 0x21, 0x11, 1, 0, 1, 0x22, 10, 0 }, Endpoint(interruptIn, 3, 8, 8));
        }

        public static byte[] Interface(int number, int endpoints, int @class, int subclass, int protocol, int alternate = 0)
        {
            return new byte[] { 9, 4, (byte)number, (byte)alternate, (byte)endpoints, (byte)@class, (byte)subclass, (byte)protocol, 0 };
        }

        public static byte[] Endpoint(int address, int type, int maxPacket, int interval)
        {
            return new byte[] { 7, 5, (byte)address, (byte)type, (byte)maxPacket, (byte)(maxPacket >> 8), (byte)interval };
        }

        public static byte[] Join(params byte[][] parts) => parts.SelectMany(x => x).ToArray();
    }
}
