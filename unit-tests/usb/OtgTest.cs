// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;

using NUnit.Framework;

using static UnitTests.OtgRegisters;

namespace UnitTests
{
    /// <summary>A chip with OTG_FS, the registers' side of a driver for it, and a host that calls its port.</summary>
    public abstract class OtgTest : ChipTest
    {
        [SetUp]
        public void CompleteChipForUsb()
        {
            CompleteUsbChip();
        }

        protected void CompleteUsbChip()
        {
            CompleteChip();
            Port = Otg;
            Ready = new List<(int Endpoint, bool IsIn)>();
            Port.EndpointReady += (endpoint, isIn) => Ready.Add((endpoint, isIn));
        }

        /// <summary>Clock of the PLL from HSE: 8 MHz / 8 * 336 / Q.</summary>
        protected void StartUsbClock(uint q = 7)
        {
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 4, 8 | (336 << 6) | (1 << 22) | (q << 24));
            SetBits(RccBase, 1 << 24);
        }

        protected void OpenUsb()
        {
            StartUsbClock();
            SetBits(RccBase + 0x34, 1 << 7);
            SelectUsbPins();
        }

        protected void SelectUsbPins()
        {
            SetBits(Ahb1Enable, 1);
            SetBits(GpioABase + 0x24, 0xAA000);
            SetBits(GpioABase, 0xA << 22);
        }

        /// <summary>Lets the device appear on the bus, whatever VBUS is, with 128 words to receive and 32 or 64 for each endpoint to send.</summary>
        protected void StartDevice(uint vbus = NOVBUSSENS)
        {
            OpenUsb();
            SetUsb(GUSBCFG, FDMOD);
            WriteUsb(GCCFG, PWRDWN | vbus);
            SetUsb(DCFG, 3);
            WriteUsb(GRXFSIZ, 128);
            WriteUsb(DIEPTXF0, 128 | (32 << 16));
            WriteUsb(DIEPTXF1, 160 | (64 << 16));
            WriteUsb(DIEPTXF1 + 4, 224 | (64 << 16));
            WriteUsb(DIEPTXF1 + 8, 288 | (32 << 16));
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(GINTMSK, USBRST | ENUMDNE | RXFLVL | IEPINT | OEPINT | USBSUSP | WKUPINT);
            WriteUsb(DIEPMSK, XFRC | EPDISD);
            WriteUsb(DOEPMSK, XFRC | EPDISD | STUP);
            WriteUsb(DAINTMSK, 0x000F000F);
            WriteUsb(GAHBCFG, 1);
            WriteUsb(DCTL, 0);
        }

        /// <summary>Up to the end of the bus reset, with frames from 0 on.</summary>
        protected void Connect()
        {
            StartDevice();
            Assert.That(Port.IsPulledUp, Is.True);
            ResetBus();
        }

        protected void ResetBus()
        {
            Port.BeginBusReset();
            RunFor(0.01);
            Port.EndBusReset();
            Port.StartFrames(0);
        }

        /// <summary>Connected, and endpoint 1 is bulk with 64 bytes, both ways.</summary>
        protected void ConnectBulk()
        {
            Connect();
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(DIEPCTL + 0x20, 64 | USBAEP | Bulk | (1 << 22) | SD0PID | SNAK);
            WriteUsb(DOEPCTL + 0x20, 64 | USBAEP | Bulk | SD0PID | SNAK);
        }

        protected void EnableOut(int endpoint, uint packets, uint bytes)
        {
            WriteUsb(DOEPTSIZ + (0x20 * (ulong)endpoint), (packets << 19) | bytes);
            SetUsb(DOEPCTL + (0x20 * (ulong)endpoint), EPENA | CNAK);
        }

        protected void EnableIn(int endpoint, uint packets, uint bytes)
        {
            WriteUsb(DIEPTSIZ + (0x20 * (ulong)endpoint), (packets << 19) | bytes);
            SetUsb(DIEPCTL + (0x20 * (ulong)endpoint), EPENA | CNAK);
        }

        protected void PushData(int endpoint, byte[] data)
        {
            for(var i = 0; i < data.Length; i += 4)
            {
                var word = 0u;
                for(var j = 0; j < 4 && i + j < data.Length; j++)
                {
                    word |= (uint)data[i + j] << (8 * j);
                }
                WriteUsb(Fifo * (1 + (ulong)endpoint), word);
            }
        }

        /// <summary>Pops an entry of the receive FIFO and reads its data.</summary>
        protected byte[] PopEntry(uint expectedStatus, uint expectedEndpoint)
        {
            Assert.That(ReadUsb(GINTSTS) & RXFLVL, Is.EqualTo(RXFLVL), "RXFLVL");
            var status = ReadUsb(GRXSTSP);
            Assert.That(status >> 17 & 0xF, Is.EqualTo(expectedStatus), "PKTSTS");
            Assert.That(status & 0xF, Is.EqualTo(expectedEndpoint), "EPNUM");
            LastStatus = status;
            var data = new List<byte>();
            var length = (int)(status >> 4 & 0x7FF);
            for(var i = 0; i < length; i += 4)
            {
                var word = ReadUsb(Fifo);
                data.AddRange(Enumerable.Range(0, 4).Select(x => (byte)(word >> (8 * x))));
            }
            return data.Take(length).ToArray();
        }

        protected UsbHandshake SendSetup(int address, params byte[] packet) => Port.Setup(address, packet);

        protected UsbHandshake SendOut(int endpoint, byte[] data, bool toggle, int address = 0) => Port.Out(address, endpoint, new UsbPacket(data, toggle));

        protected UsbHandshake AskIn(int endpoint, int address = 0)
        {
            var result = Port.In(address, endpoint, out var packet);
            LastPacket = packet;
            return result;
        }

        protected static byte[] Bytes(int count, int first = 1) => Enumerable.Range(first, count).Select(x => (byte)x).ToArray();

        protected uint ReadUsb(ulong offset) => Read(UsbBase + offset);

        protected void WriteUsb(ulong offset, uint value) => Write(UsbBase + offset, value);

        protected void SetUsb(ulong offset, uint bits) => WriteUsb(offset, ReadUsb(offset) | bits);

        protected IUsbDevicePort Port { get; private set; }

        /// <summary>What EndpointReady has told.</summary>
        protected List<(int Endpoint, bool IsIn)> Ready { get; private set; }

        protected UsbPacket LastPacket { get; private set; }

        protected uint LastStatus { get; private set; }
    }
}
