// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.I2C;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What a byte of an address has brought.</summary>
    internal enum I2cAnswer
    {
        /// <summary>Nobody has the address.</summary>
        None,

        /// <summary>Some device has an address of ten bits that begins so.</summary>
        Header,

        /// <summary>A device takes what is sent.</summary>
        Write,

        /// <summary>A device sends.</summary>
        Read,
    }

    /// <summary>A master's talk with the devices of a bus, whether registers or pins bring it: who is addressed, what was sent there, what it gives.</summary>
    internal sealed class I2cTransfer
    {
        /// <param name="bus">Whose devices these are.</param>
        public I2cTransfer(STM32F4_I2C bus)
        {
            this.bus = bus;
        }

        /// <summary>START, the first or a repeated one: an address comes next.</summary>
        public void Start()
        {
            isHeaderSent = false;
            readAhead.Clear();
            HandOver();
        }

        /// <summary>STOP.</summary>
        public void Stop()
        {
            readAhead.Clear();
            HandOver();
            Leave();
        }

        /// <summary>Ends without a word to the device, which isn't given what is still to be handed over.</summary>
        public void Drop()
        {
            isHeaderSent = false;
            readAhead.Clear();
            sent.Clear();
            Device = null;
        }

        /// <summary>The byte after START, or the second one of an address of ten bits.</summary>
        public I2cAnswer TakeAddress(byte value)
        {
            if(isHeaderSent)
            {
                isHeaderSent = false;
                tenBitAddress = ((header & 6) << 7) | value;
                return Select(tenBitAddress, bus.DeviceAt(tenBitAddress), I2cAnswer.Write);
            }
            var isRead = (value & 1) != 0;
            if((value & HeaderMask) != HeaderOfTenBits)
            {
                return Select(value >> 1, bus.DeviceAt(value >> 1), isRead ? I2cAnswer.Read : I2cAnswer.Write);
            }
            if(isRead)
            {
                // A repeated START: the device knows itself addressed by both bytes before.
                var isSame = tenBitAddress >> 8 == (value & 6) >> 1 && bus.Addresses.Contains(tenBitAddress);
                return Select(tenBitAddress, isSame ? Device : null, I2cAnswer.Read);
            }
            if(bus.Addresses.Any(x => x > HighestShortAddress && x >> 8 == (value & 6) >> 1))
            {
                header = value;
                isHeaderSent = true;
                return I2cAnswer.Header;
            }
            return Select((value & 6) << 7, null, I2cAnswer.None);
        }

        /// <summary>The address reaches nobody.</summary>
        public I2cAnswer Leave() => Select(Address, null, I2cAnswer.None);

        /// <summary>A byte for the device.</summary>
        public void Send(byte value)
        {
            sent.Add(value);
            if(sent.Count == LongestPiece)
            {
                HandOver();
            }
        }

        /// <summary>A byte of the device; 0 if it has none.</summary>
        public byte Receive()
        {
            if(readAhead.Count == 0)
            {
                // A device may give more than it is asked for, or nothing.
                foreach(var x in Device.Read(1))
                {
                    readAhead.Enqueue(x);
                }
            }
            return readAhead.Count > 0 ? readAhead.Dequeue() : (byte)0;
        }

        /// <summary>Was something sent that the device was not yet given?</summary>
        public bool HasSent => sent.Count > 0;

        /// <summary>The address that was sent last.</summary>
        public int Address { get; private set; }

        /// <summary>The device that is addressed; null if none is.</summary>
        public II2CPeripheral Device { get; private set; }

        private I2cAnswer Select(int address, II2CPeripheral device, I2cAnswer answer)
        {
            Address = address;
            if(Device != device)
            {
                Device?.FinishTransmission();
                Device = device;
            }
            isHeaderSent = false;
            return device == null ? I2cAnswer.None : answer;
        }

        private void HandOver()
        {
            if(sent.Count > 0)
            {
                Device?.Write(sent.ToArray());
                sent.Clear();
            }
        }

        private bool isHeaderSent;
        private byte header;
        private int tenBitAddress;

        private readonly STM32F4_I2C bus;
        private readonly List<byte> sent = new List<byte>();
        private readonly Queue<byte> readAhead = new Queue<byte>();

        private const int LongestPiece = 0x10000;
        private const int HighestShortAddress = 0x7F;
        private const int HeaderMask = 0xF8;
        private const int HeaderOfTenBits = 0xF0;
    }
}
