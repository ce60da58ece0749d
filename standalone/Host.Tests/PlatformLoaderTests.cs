// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.Testing;

using NUnit.Framework;

using Standalone.Host.Platform;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class PlatformLoaderTests
    {
        [SetUp]
        public void SetUp()
        {
            Emulation.IsTimeDriven = true;
            EmulationManager.Instance.Clear();
            monitor = Program.CreateMonitor();
            monitor.Types.Add(typeof(TestPort).Assembly);
            monitor.CreateMachine("board");
            directory = Directory.CreateTempSubdirectory("host-tests-").FullName;
        }

        [TearDown]
        public void TearDown()
        {
            EmulationManager.Instance.Clear();
            Directory.Delete(directory, true);
        }

        [Test]
        public void ShouldCreateWhatOthersReferToFirst()
        {
            Load("""
                bits: Miscellaneous.BitBanding @ sysbus <0x22000000, +0x200000>
                    peripheralBase: 0x20000000

                ram: Memory.MappedMemory @ { sysbus 0x20000000; sysbus 0x0 }
                    size: 0x1000
                """);
            var bus = monitor.Machine.SystemBus;
            bus.WriteDoubleWord(0x22000004, 1);
            Assert.That(bus.ReadDoubleWord(0), Is.EqualTo(2));
        }

        [Test]
        public void ShouldConnectOutputs()
        {
            Load("""
                port: Testing.TestPort @ sysbus <0x40020000, +0x400>
                    [0-1] -> led@[0-0, 1]

                led: Miscellaneous.CombinedInput @ none
                    numberOfInputs: 2
                    -> out@0

                out: Miscellaneous.LED @ port 6
                """.Replace("[0-0, 1]", "[0, 1]"));
            var led = Find<LED>("sysbus.port.out");
            var port = Find<TestPort>("sysbus.port");
            port.OnGPIO(1, true);
            Assert.That(led.State, Is.True);
            port.OnGPIO(0, true);
            port.OnGPIO(1, false);
            Assert.That(led.State, Is.True, "the other input is still on");
            port.OnGPIO(0, false);
            Assert.That(led.State, Is.False);
        }

        [Test]
        public void ShouldCombineOutputsThatLeadToOneInput()
        {
            Load("""
                port: Testing.TestPort @ sysbus <0x40020000, +0x400>
                    [2, 3] -> led@[0, 0]

                led: Miscellaneous.LED @ port 6
                """);
            var led = Find<LED>("sysbus.port.led");
            var port = Find<TestPort>("sysbus.port");
            port.OnGPIO(2, true);
            port.OnGPIO(3, true);
            port.OnGPIO(2, false);
            Assert.That(led.State, Is.True);
            port.OnGPIO(3, false);
            Assert.That(led.State, Is.False);
        }

        [Test]
        public void ShouldUseOtherFilesAndAddToTheirEntries()
        {
            Directory.CreateDirectory(Path.Combine(directory, "cpus"));
            Write("cpus/memory.repl", "ram: Memory.MappedMemory @ sysbus 0x20000000\n    size: 0x1000\n");
            Write("cpus/chip.repl", "using \"./memory.repl\"\n\nport: Testing.TestPort @ sysbus <0x40020000, +0x400>\n    1 -> led@0\nled: Miscellaneous.LED @ port 1\n");
            var board = Write("board.repl", "using \"./cpus/chip.repl\"\nusing \"./cpus/memory.repl\"\n\nram:\n    size: 0x3000\n\nled:\n    invert: true\n\nport:\n    1 -> none\n");
            new PlatformLoader(monitor.Machine, monitor).LoadFile(board);
            Assert.That(Find<MappedMemory>("sysbus.ram").Size, Is.EqualTo(0x3000));
            var led = Find<LED>("sysbus.port.led");
            Assert.That(led.State, Is.True);
            Find<TestPort>("sysbus.port").OnGPIO(1, true);
            Assert.That(led.State, Is.True, "the board took the connection away");
        }

        [Test]
        public void ShouldRunInitSections()
        {
            Load("ram: Memory.MappedMemory @ sysbus 0x20000000\n    size: 0x1000\n    init:\n        WriteDoubleWord 0 5\n        WriteDoubleWord 4 6\n");
            Assert.That(monitor.Machine.SystemBus.ReadDoubleWord(0x20000004), Is.EqualTo(6));
        }

        [Test]
        public void ShouldAddToPeripheralsThatExist()
        {
            Load("port: Testing.TestPort @ sysbus <0x40020000, +0x400>");
            Load("led: Miscellaneous.LED @ port 3\n\nport:\n    3 -> led@0");
            Find<TestPort>("sysbus.port").OnGPIO(3, true);
            Assert.That(Find<LED>("sysbus.port.led").State, Is.True);
        }

        [TestCase("a: Nothing.Here @ sysbus", "1:4: the type 'Nothing.Here' is neither in an included .cs file nor offered by the standalone host: Renode may have it")]
        [TestCase("a:\n    x: 1", "1:1: 'a' has no type here, nor in an entry before")]
        [TestCase("a: Memory.MappedMemory @ sysbus 0", "1:4: 'a' can't be created: the parameter 'size' (Int64) is missing")]
        [TestCase("a: Memory.MappedMemory @ sysbus 0\n    size: 1\n    colour: 2", "1:4: 'a' can't be created: its constructor has no parameter 'colour' (it has size")]
        [TestCase("a: Memory.MappedMemory @ sysbus 0\n    size: \"big\"", "1:4: 'a' can't be created: the parameter 'size' is a Int64: \"big\" isn't")]
        [TestCase("a: Memory.MappedMemory @ nowhere 0\n    size: 0x1000", "1:26: there is no 'nowhere'")]
        [TestCase("a: Miscellaneous.LED @ none\n    Colour: 1", "2:5: LED has no property 'Colour' that can be set")]
        [TestCase("a: Miscellaneous.LED @ none\n    -> b@0", "2:5: LED has no single default interrupt: write which output is meant")]
        [TestCase("a: Miscellaneous.CombinedInput @ none\n    numberOfInputs: 1\n    -> b@0", "3:8: there is no 'b'")]
        [TestCase("a: Miscellaneous.LED @ none\n    invert: true\n    invert: false", "3:5: 'invert' is given twice in one entry")]
        [TestCase("a: Miscellaneous.LED @ none\na: Miscellaneous.LED @ none", "2:1: 'a' was declared at <string>:1:4 already")]
        [TestCase("using \"./nowhere.repl\"", "1:7: there is no file './nowhere.repl' to use")]
        [TestCase("a: Miscellaneous.LED @ b 1\nb: Miscellaneous.LED @ none", "1:24: 'b' is not registered itself")]
        public void ShouldTellWhatIsWrongAndWhere(string text, string message)
        {
            var error = Assert.Throws<ReplException>(() => Load(text));
            Assert.That(error.Message, Does.StartWith("<string>:" + message));
            Assert.That(error.Message, Does.Not.Contain("\n"));
        }

        private void Load(string text)
        {
            new PlatformLoader(monitor.Machine, monitor).LoadString(text);
        }

        private T Find<T>(string name) where T : class, Antmicro.Renode.Peripherals.IPeripheral
        {
            return monitor.Machine.TryGetByName(name, out T result) ? result : throw new AssertionException($"there is no {name}");
        }

        private string Write(string name, string content)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllText(path, content);
            return path;
        }

        private Monitor.Monitor monitor;
        private string directory;
    }
}
