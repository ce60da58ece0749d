// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>A device as its descriptor shows it (USB 2.0, 9.6.1).</summary>
    public sealed class UsbDevice
    {
        public static bool TryParse(byte[] data, out UsbDevice device)
        {
            device = null;
            if(data.Length < Length || data[0] < Length || data[1] != 1 || data[17] == 0)
            {
                return false;
            }
            device = new UsbDevice
            {
                Descriptor = data,
                Vendor = data[8] | (data[9] << 8),
                Product = data[10] | (data[11] << 8),
                StringIndices = new[] { data[14], data[15], data[16] },
            };
            return true;
        }

        public void SetTexts(string[] texts)
        {
            manufacturer = texts[0];
            product = texts[1];
            serialNumber = texts[2];
        }

        public override string ToString()
        {
            var texts = new[] { manufacturer, product, serialNumber }.Where(x => !string.IsNullOrEmpty(x)).ToArray();
            return $"{Vendor:x4}:{Product:x4}{(texts.Length > 0 ? " " : "")}{string.Join(", ", texts)}";
        }

        /// <summary>As the device has sent it.</summary>
        public byte[] Descriptor { get; private set; }

        public int Vendor { get; private set; }

        public int Product { get; private set; }

        /// <summary>Numbers of the strings for manufacturer, product, serial number; 0: none.</summary>
        public byte[] StringIndices { get; private set; }

        /// <summary>The one that was chosen: the first.</summary>
        public UsbConfiguration Configuration { get; set; }

        public const int Length = 18;

        private string manufacturer;
        private string product;
        private string serialNumber;
    }

    /// <summary>A configuration with its interfaces and endpoints (USB 2.0, 9.6.3).</summary>
    public sealed class UsbConfiguration
    {
        /// <param name="data">As the device has sent it.</param>
        /// <param name="configuration">What it says.</param>
        /// <param name="problem">What is wrong with it, or null.</param>
        public static bool TryParse(byte[] data, out UsbConfiguration configuration, out string problem)
        {
            configuration = null;
            problem = Find(data, out var result);
            if(problem != null)
            {
                problem = "its configuration descriptor is broken: " + problem;
                return false;
            }
            result.Descriptor = data;
            configuration = result;
            return true;
        }

        /// <summary>As the device has sent it, with all that belongs to it.</summary>
        public byte[] Descriptor { get; private set; }

        /// <summary>What SET_CONFIGURATION is told.</summary>
        public int Value { get; private set; }

        /// <summary>Can it wake the PC?</summary>
        public bool CanWake { get; private set; }

        /// <summary>What is wrong, though Linux does not mind, or null.</summary>
        public string Oddity { get; private set; }

        /// <summary>All settings of all interfaces.</summary>
        public List<UsbInterface> Interfaces { get; } = new List<UsbInterface>();

        public const int HeaderLength = 9;

        private static string Find(byte[] data, out UsbConfiguration result)
        {
            result = new UsbConfiguration();
            if(data.Length < HeaderLength || data[0] < HeaderLength || data[1] != 2)
            {
                return "its first 9 bytes are no configuration";
            }
            var length = data[2] | (data[3] << 8);
            if(data.Length < length)
            {
                return $"wTotalLength says {length}, and {data.Length} bytes have come";
            }
            result.Value = data[5];
            result.CanWake = (data[7] & 0x20) != 0;
            UsbInterface last = null;
            for(var i = (int)data[0]; i < length; i += data[i])
            {
                var size = data[i];
                if(size < 2 || i + size > length)
                {
                    return $"the descriptor at byte {i} says that it has {size} bytes";
                }
                var problem = result.Add(data.Skip(i).Take(size).ToArray(), ref last);
                if(problem != null)
                {
                    return $"{problem} (byte {i})";
                }
            }
            var interfaces = result.Interfaces.Select(x => x.Number).Distinct().Count();
            result.Oddity = interfaces == data[4] ? null : $"bNumInterfaces says {data[4]}, and there are {interfaces}; some systems refuse the device";
            return null;
        }

        private string Add(byte[] descriptor, ref UsbInterface last)
        {
            switch(descriptor[1])
            {
            case 4:
                if(descriptor.Length < 9)
                {
                    return "an interface descriptor is too short";
                }
                if(Interfaces.Any(x => x.Number == descriptor[2] && x.Alternate == descriptor[3]))
                {
                    return $"interface {descriptor[2]} has setting {descriptor[3]} twice";
                }
                last = new UsbInterface(descriptor[2], descriptor[3], descriptor[5], descriptor[6], descriptor[7]);
                Interfaces.Add(last);
                return null;
            case 5:
                if(descriptor.Length < 7)
                {
                    return "an endpoint descriptor is too short";
                }
                if(last == null)
                {
                    return "an endpoint comes before the first interface";
                }
                var endpoint = new UsbEndpoint(descriptor[2], descriptor[3] & 3, (descriptor[4] | (descriptor[5] << 8)) & 0x7FF, descriptor[6]);
                if(endpoint.Number == 0 || endpoint.MaxPacket == 0 || endpoint.MaxPacket > endpoint.MostBytes)
                {
                    return $"endpoint 0x{descriptor[2]:X2} has packets of {endpoint.MaxPacket} bytes";
                }
                var interfaceNumber = last.Number;
                if(Interfaces.Any(x => (x == Interfaces.Last() || x.Number != interfaceNumber) && x.Endpoints.Any(y => y.Number == endpoint.Number && y.IsIn == endpoint.IsIn)))
                {
                    return $"endpoint 0x{descriptor[2]:X2} is there twice";
                }
                last.Endpoints.Add(endpoint);
                return null;
            default:
                last?.Others.Add(descriptor);
                return null;
            }
        }
    }

    /// <summary>One setting of an interface.</summary>
    public sealed class UsbInterface
    {
        public UsbInterface(int number, int alternate, int @class, int subclass, int protocol)
        {
            Number = number;
            Alternate = alternate;
            Class = @class;
            Subclass = subclass;
            Protocol = protocol;
        }

        /// <summary>The first endpoint of this type and direction, or null.</summary>
        public UsbEndpoint Find(int type, bool isIn) => Endpoints.FirstOrDefault(x => x.Type == type && x.IsIn == isIn);

        public int Number { get; }

        /// <summary>bAlternateSetting.</summary>
        public int Alternate { get; }

        public int Class { get; }

        public int Subclass { get; }

        public int Protocol { get; }

        public List<UsbEndpoint> Endpoints { get; } = new List<UsbEndpoint>();

        /// <summary>Descriptors of its class.</summary>
        public List<byte[]> Others { get; } = new List<byte[]>();
    }

    public sealed class UsbEndpoint
    {
        public UsbEndpoint(int address, int type, int maxPacket, int interval)
        {
            Number = address & 0xF;
            IsIn = (address & 0x80) != 0;
            Type = type;
            MaxPacket = maxPacket;
            Interval = interval;
        }

        public int Number { get; }

        public bool IsIn { get; }

        /// <summary>Of transfers: control, isochronous, bulk, interrupt.</summary>
        public int Type { get; }

        public int MaxPacket { get; }

        /// <summary>Frames.</summary>
        public int Interval { get; }

        /// <summary>What a full-speed bus allows (USB 2.0, 5.6.3 to 5.8.3).</summary>
        public int MostBytes => Type == Isochronous ? 1023 : 64;

        public const int Isochronous = 1;
        public const int Bulk = 2;
        public const int Interrupt = 3;
    }
}
