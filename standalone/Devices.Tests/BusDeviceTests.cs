// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.DMA;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class I2cTests : Bench
    {
        [SetUp]
        public void MountI2c()
        {
            i2c = new STM32F1_I2C(Machine);
            Machine.SystemBus.Register(i2c, new BusPointRegistration(Base));
            device = new Recorder();
            i2c.Register(device, new NumberRegistrationPoint<int>(0x50));
            Modify(CR2, 42);
            Modify(CR1, PE);
        }

        [Test]
        public void ShouldBeIdle()
        {
            Assert.That(Read(SR1), Is.Zero);
            Assert.That(Read(SR2) & 2, Is.Zero);
        }

        [Test]
        public void ShouldWrite()
        {
            Address(0x50 << 1);
            Assert.That(Read(SR1) & ADDR, Is.EqualTo(ADDR));
            Assert.That(Read(SR2) & 7, Is.EqualTo(7));
            Assert.That(Read(SR1) & (ADDR | TXE), Is.EqualTo(TXE));
            Write(DR, 0x12);
            Wait();
            Assert.That(Read(SR1) & TXE, Is.EqualTo(TXE));
            Write(DR, 0x34);
            Wait();
            Assert.That(Read(SR1) & BTF, Is.EqualTo(BTF));
            Modify(CR1, PE | STOP);
            Assert.That(device.Written, Is.EqualTo(new byte[] { 0x12, 0x34 }));
            Assert.That(device.Finished, Is.EqualTo(1));
            Assert.That(Read(CR1) & STOP, Is.Zero);
            Assert.That(Read(SR2) & 2, Is.Zero);
        }

        // The ways in which drivers read one byte, two, and more: stop is asked for before the last reads.
        [TestCase(1)]
        [TestCase(2)]
        [TestCase(5)]
        public void ShouldRead(int count)
        {
            Address(0x50 << 1 | 1);
            Assert.That(Read(SR1) & ADDR, Is.EqualTo(ADDR));
            Assert.That(Read(SR2) & 7, Is.EqualTo(3));
            var bytes = new List<byte>();
            while(bytes.Count < count)
            {
                Wait();
                if(count - bytes.Count == 1)
                {
                    Modify(CR1, PE | STOP);
                }
                Assert.That(Read(SR1) & RXNE, Is.EqualTo(RXNE));
                bytes.Add((byte)Read(DR));
            }
            Assert.That(bytes, Is.EqualTo(Enumerable.Range(0xA0, count).Select(x => (byte)x)));
            Wait();
            Assert.That(Read(SR2) & 2, Is.Zero);
        }

        [Test]
        public void ShouldRepeatTheStartForARead()
        {
            Address(0x50 << 1);
            Read(SR1);
            Read(SR2);
            Write(DR, 7);
            Wait();
            Address(0x50 << 1 | 1);
            Assert.That(Read(SR1) & ADDR, Is.EqualTo(ADDR));
            Read(SR2);
            Wait();
            Modify(CR1, PE | STOP);
            Assert.That(Read(DR), Is.EqualTo(0xA0));
            Assert.That(device.Written, Is.EqualTo(new byte[] { 7 }));
        }

        [Test]
        public void ShouldNotBeAcknowledgedByNobody()
        {
            var errors = Probe.On(i2c.ErrorInterrupt);
            Modify(CR2, 42 | 1 << 8);
            Address(0x51 << 1);
            Assert.That(errors.Changes.First(), Is.True);
            Assert.That(Read(SR1) & (AF | ADDR), Is.EqualTo(AF));
            Write(SR1, 0);
            Modify(CR1, PE | STOP);
            Assert.That(Read(SR1) & AF, Is.Zero);
            Assert.That(Read(SR2) & 2, Is.Zero);
        }

        [Test]
        public void ShouldInterruptOnEvents()
        {
            OnlyOnOurModel("the line only blinks there");
            Modify(CR2, 42 | 1 << 9);
            Modify(CR1, PE | START);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True);
            Read(SR1);
            Write(DR, 0x50 << 1);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True);
            Modify(CR2, 42);
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
        }

        [Test]
        public void ShouldForgetAllOnReset()
        {
            Address(0x50 << 1);
            i2c.Reset();
            Assert.That(Read(SR1), Is.Zero);
            Assert.That(Read(SR2) & 2, Is.Zero);
            Assert.That(Read(CR1), Is.Zero);
        }

        private void Address(uint value)
        {
            Modify(CR1, PE | START);
            Assert.That(Read(SR1) & SB, Is.EqualTo(SB));
            Write(DR, value);
        }

        // Renode's model takes the time of the bus.
        private void Wait()
        {
            RunMicroseconds(1000);
        }

        private STM32F1_I2C i2c;
        private Recorder device;

        private const int CR1 = 0x00;
        private const int CR2 = 0x04;
        private const int DR = 0x10;
        private const int SR1 = 0x14;
        private const int SR2 = 0x18;
        private const uint PE = 1;
        private const uint START = 1 << 8;
        private const uint STOP = 1 << 9;
        private const uint SB = 1;
        private const uint ADDR = 2;
        private const uint BTF = 4;
        private const uint RXNE = 1 << 6;
        private const uint TXE = 1 << 7;
        private const uint AF = 1 << 10;

        private class Recorder : II2CPeripheral
        {
            public void Write(byte[] data)
            {
                Written.AddRange(data);
            }

            public byte[] Read(int count = 1)
            {
                return Enumerable.Range(0, count).Select(_ => next++).ToArray();
            }

            public void FinishTransmission()
            {
                Finished++;
            }

            public void Reset()
            {
            }

            public List<byte> Written { get; } = new List<byte>();

            public int Finished { get; private set; }

            private byte next = 0xA0;
        }
    }

    public class DmaTests : Bench
    {
        [SetUp]
        public void MountDma()
        {
            dma = Mount(new STM32DMA(Machine));
            memory = new MappedMemory(Machine, 0x1000);
            Machine.SystemBus.Register(memory, new BusPointRegistration(0x20000000));
            memory.WriteBytes(0, Enumerable.Range(1, 64).Select(x => (byte)x).ToArray(), 0, 64);
        }

        [Test]
        public void ShouldCopyMemory([Values(0, 3, 7)] int stream, [Values(0u, 1u, 2u)] uint size)
        {
            Setup(stream, 0x20000000, 0x20000800, 16);
            Write(Register(stream, CR), size << 13 | size << 11 | MINC | PINC | 2 << 6 | TCIE | EN);
            Assert.That(memory.ReadBytes(0x800, 16 << (int)size), Is.EqualTo(Enumerable.Range(1, 16 << (int)size).Select(x => (byte)x)));
            Assert.That(memory.ReadByte(0x800 + (16 << (int)size)), Is.Zero);
            Assert.That(Read(Register(stream, NDTR)), Is.Zero);
            Assert.That(dma.Connections[stream].IsSet, Is.True);
            var position = new[] { 0, 6, 16, 22 }[stream % 4];
            Assert.That(Read(stream / 4 * 4) >> position & 0x20, Is.EqualTo(0x20));
            Write(8 + stream / 4 * 4, 0x3Du << position);
            Assert.That(Read(stream / 4 * 4), Is.Zero);
            Assert.That(dma.Connections[stream].IsSet, Is.False);
        }

        [Test]
        public void ShouldFeedADeviceAtOnce()
        {
            var device = Mount(new Register32(), 0x1000);
            Setup(2, (uint)Base + 0x1000, 0x20000000, 4);
            Write(Register(2, CR), 2 << 13 | 2 << 11 | MINC | 1 << 6 | EN);
            Assert.That(device.Written, Is.EqualTo(new[] { 0x04030201u, 0x08070605u, 0x0C0B0A09u, 0x100F0E0Du }));
        }

        [Test]
        public void ShouldTakeFromADeviceOnRequest()
        {
            Mount(new Register32(), 0x1000);
            Setup(1, (uint)Base + 0x1000, 0x20000800, 2);
            Write(Register(1, CR), 2 << 13 | 2 << 11 | MINC | TCIE | EN);
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(2));
            Request(1);
            Assert.That(memory.ReadDoubleWord(0x800), Is.EqualTo(1));
            Assert.That(dma.Connections[1].IsSet, Is.False);
            Request(1);
            Assert.That(memory.ReadDoubleWord(0x804), Is.EqualTo(2));
            Assert.That(dma.Connections[1].IsSet, Is.True);
        }

        [Test]
        public void ShouldEndWithTheStreamDisabled()
        {
            OnlyOnOurModel("EN stays set there");
            Setup(0, 0x20000000, 0x20000800, 4);
            Write(Register(0, CR), MINC | PINC | 2 << 6 | EN);
            Assert.That(Read(Register(0, CR)) & EN, Is.Zero);
            Assert.That(Read(0), Is.EqualTo(0x30), "half and whole transfer");
        }

        [Test]
        public void ShouldGoRoundInCircularMode()
        {
            OnlyOnOurModel("CIRC is not modelled there");
            Mount(new Register32(), 0x1000);
            Setup(1, (uint)Base + 0x1000, 0x20000800, 2);
            Write(Register(1, CR), 2 << 11 | MINC | 1 << 8 | EN);
            for(var i = 0; i < 5; i++)
            {
                Request(1);
            }
            Assert.That(memory.ReadDoubleWord(0x800), Is.EqualTo(5));
            Assert.That(memory.ReadDoubleWord(0x804), Is.EqualTo(4));
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(1));
        }

        [TestCase(3u << 6, 4u)]
        [TestCase(2u << 6, 0u)]
        [TestCase(3u << 11 | 2u << 6, 4u)]
        public void ShouldNotMindAWrongSetup(uint control, uint count)
        {
            OnlyOnOurModel("it moves bytes if the size is reserved");
            Setup(0, 0x20000000, 0x20000800, count);
            Assert.That(() => Write(Register(0, CR), control | MINC | PINC | EN), Throws.Nothing);
            Assert.That(memory.ReadBytes(0x800, 16), Has.All.Zero);
        }

        [Test]
        public void ShouldIgnoreRequestsWhileDisabled()
        {
            Setup(0, 0x20000000, 0x20000800, 4);
            Request(0);
            Assert.That(memory.ReadBytes(0x800, 16), Has.All.Zero);
            Assert.That(() => dma.OnGPIO(8, true), Throws.Nothing);
        }

        [Test]
        public void ShouldForgetAllOnReset()
        {
            Setup(0, 0x20000000, 0x20000800, 4);
            Write(Register(0, CR), MINC | PINC | 2 << 6 | TCIE | EN);
            dma.Reset();
            Assert.That(dma.Connections[0].IsSet, Is.False);
            Assert.That(Read(0), Is.Zero);
            Assert.That(Read(Register(0, CR)), Is.Zero);
        }

        private void Setup(int stream, uint peripheral, uint target, uint count)
        {
            Write(Register(stream, PAR), peripheral);
            Write(Register(stream, M0AR), target);
            Write(Register(stream, NDTR), count);
        }

        private void Request(int stream)
        {
            dma.OnGPIO(stream, true);
            dma.OnGPIO(stream, false);
        }

        private static int Register(int stream, int register)
        {
            return register + stream * 0x18;
        }

        private STM32DMA dma;
        private MappedMemory memory;

        private const int CR = 0x10;
        private const int NDTR = 0x14;
        private const int PAR = 0x18;
        private const int M0AR = 0x1C;
        private const uint EN = 1;
        private const uint TCIE = 1 << 4;
        private const uint PINC = 1 << 9;
        private const uint MINC = 1 << 10;

        private class Register32 : IDoubleWordPeripheral
        {
            public uint ReadDoubleWord(long offset)
            {
                return ++count;
            }

            public void WriteDoubleWord(long offset, uint value)
            {
                Written.Add(value);
            }

            public void Reset()
            {
            }

            public List<uint> Written { get; } = new List<uint>();

            private uint count;
        }
    }
}
