// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.DMA;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
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
