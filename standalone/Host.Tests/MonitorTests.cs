// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

using NUnit.Framework;

using Standalone.Host.Monitor;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class MonitorTests
    {
        [SetUp]
        public void SetUp()
        {
            Emulation.IsTimeDriven = true;
            EmulationManager.Instance.Clear();
            monitor = Program.CreateMonitor();
            directory = Directory.CreateTempSubdirectory("host-tests-").FullName;
        }

        [TearDown]
        public void TearDown()
        {
            EmulationManager.Instance.Clear();
            Directory.Delete(directory, true);
        }

        [Test]
        public void ShouldReadAndWriteTheBus()
        {
            CreateBoard();
            Do("sysbus WriteDoubleWord 0x20000000 0x12345678");
            Assert.That(Do("sysbus ReadDoubleWord 0x20000000"), Is.EqualTo("0x12345678\n"));
            Assert.That(Do("sysbus ReadWord 0x20000002"), Is.EqualTo("0x1234\n"));
            Assert.That(Do("sysbus.ram ReadByte 0"), Is.EqualTo("0x78\n"));
            Assert.That(Do("ram Size"), Is.EqualTo("0x0000000000001000\n"), "sysbus is a prefix in use");
        }

        [Test]
        public void ShouldPrintNumbersAsAsked()
        {
            CreateBoard();
            Do("sysbus WriteByte 0x20000000 42; numbersMode Both");
            Assert.That(Do("sysbus ReadByte 0x20000000"), Is.EqualTo("0x2A (42)\n"));
            Do("numbersMode Decimal");
            Assert.That(Do("sysbus ReadByte 0x20000000"), Is.EqualTo("42\n"));
        }

        [TestCase(true, "True\n")]
        [TestCase("text", "text\n")]
        [TestCase(1.5, "1.5\n")]
        [TestCase((byte)10, "0x0A\n")]
        [TestCase((short)-1, "0xFFFF\n")]
        public void ShouldPrintAsRenodeDoes(object value, string text)
        {
            Assert.That(Printer.Print(value, NumbersMode.Hexadecimal), Is.EqualTo(text.Replace("\n", "\r\n")));
        }

        [Test]
        public void ShouldPrintTablesAndCollections()
        {
            Assert.That(Printer.Print(new[,] { { "a", "bb" }, { "ccc", "d" } }, NumbersMode.Hexadecimal),
                Is.EqualTo("--------\r\n|a  |bb|\r\n--------\r\n|ccc|d |\r\n--------\r\n"));
            Assert.That(Printer.Print(new byte[] { 1, 2 }, NumbersMode.Hexadecimal), Is.EqualTo("[\r\n0x01, 0x02, \r\n]\r\n"));
            Assert.That(Printer.Print(new Dictionary<string, uint> { { "a", 1 }, { "long", 2 } }, NumbersMode.Hexadecimal),
                Is.EqualTo("a    : 0x00000001\r\nlong : 0x00000002\r\n"));
        }

        [Test]
        public void ShouldKeepVariables()
        {
            Assert.That(Do("$x=@/tmp; $x?=@/nowhere; echo $x"), Is.EqualTo("/tmp\n"));
            Do("mach create \"board\"; $y=5");
            Assert.That(Do("echo $y"), Is.EqualTo("5\n"));
            Assert.That(Do("echo $board.y $global.x"), Is.EqualTo("5 /tmp\n"));
            Assert.That(Fail("echo $z"), Does.EndWith("No such variable: $z"));
        }

        [Test]
        public void ShouldRunMacrosAtReset()
        {
            CreateBoard();
            var script = Write("macro.resc", "macro reset\n\"\"\"\n    sysbus WriteDoubleWord 0x20000010 7\n\"\"\"\n\nrunMacro $reset\n");
            Do($"include @{script}");
            Assert.That(Do("sysbus ReadDoubleWord 0x20000010"), Is.EqualTo("0x00000007\n"));
            Do("sysbus WriteDoubleWord 0x20000010 0; machine Reset");
            Assert.That(Do("sysbus ReadDoubleWord 0x20000010"), Is.EqualTo("0x00000007\n"));
        }

        [Test]
        public void ShouldFindFilesFromTheScript()
        {
            Directory.CreateDirectory(Path.Combine(directory, "sub"));
            Write("sub/inner.resc", "echo \"inner\"\n");
            var outer = Write("outer.resc", ":name: Test\n# comment\ninclude $ORIGIN/sub/../sub/inner.resc\necho $ORIGIN\n");
            Assert.That(Do($"i @{outer}"), Is.EqualTo($"inner\n{directory}\n"));
        }

        [Test]
        public void ShouldStopAtTheFailingLine()
        {
            var script = Write("bad.resc", "echo \"one\"\nmachine Foo\necho \"three\"\n");
            var output = new CapturedOutput();
            Assert.That(monitor.Parse($"mach create; include @{script}", output), Is.False);
            Assert.That(output.Contents, Is.EqualTo("one\r\n"));
            Assert.That(output.Errors, Is.EqualTo($"{script}:2: There was an error executing command 'machine Foo': machine does not provide a field, method or property Foo. The standalone host offers a part of Renode: Renode may have it"));
        }

        [TestCase("nothing", "No such command or device: nothing")]
        [TestCase("watch", "The command 'watch' is not offered by the standalone host: Renode has it")]
        [TestCase("include @/nowhere.resc", "There was an error executing command 'include @/nowhere.resc': File does not exist: /nowhere.resc")]
        [TestCase("include @/etc/hostname @/etc/hosts", "There was an error executing command 'include @/etc/hostname @/etc/hosts': Inclusion of multiple files is currently only supported for *.cs!")]
        [TestCase("sysbus ReadDoubleWord true", "There was an error executing command 'sysbus ReadDoubleWord true': Parameters did not match the signature of sysbus ReadDoubleWord(")]
        [TestCase("sysbus ReadDoubleWord", "There was an error executing command")]
        [TestCase("sysbus LoadELF @/nowhere.elf", "No file '/nowhere.elf'")]
        [TestCase("logLevel 7", "7 is no log level")]
        [TestCase("mach set \"x\"", "Machine x not found.")]
        [TestCase("a %", "Could not tokenize here: %")]
        public void ShouldFailWithOneLine(string command, string message)
        {
            CreateBoard();
            var error = Fail(command);
            Assert.That(error, Does.Contain(message));
            Assert.That(error, Does.Not.Contain("\n"));
        }

        [Test]
        public void ShouldSurviveMistakesInModels()
        {
            CreateBoard();
            var error = Fail("sysbus.ram ReadBytes 0 -1");
            Assert.That(error, Does.StartWith("There was an error executing command 'sysbus.ram ReadBytes 0 -1': "));
            Assert.That(error, Does.Not.Contain("\n"));
        }

        [TestCase("Save")]
        [TestCase("Load")]
        public void ShouldSayThatRenodeHasSnapshots(string name)
        {
            Assert.That(Fail($"{name} @{Write("state.save", string.Empty)}"), Does.EndWith($"{name} is not offered by the standalone host: Renode has it"));
        }

        [Test]
        public void ShouldConvertArguments()
        {
            var probe = new Probe();
            var access = new ObjectAccess(new ValueConverter(_ => null), new TypeDirectory(), () => null);
            object Run(string text) => access.Execute("probe", probe, Tokenizer.Tokenize(text, out _));

            Assert.That(Run("Describe 5 \"x\""), Is.EqualTo("5 x 00:00:01.000000000 Tuesday"));
            Assert.That(Run("Describe 0x10 \"x\" day=Friday"), Is.EqualTo("16 x 00:00:01.000000000 Friday"));
            Assert.That(Run("Describe 1 \"x\" \"0.5\" Monday"), Is.EqualTo("1 x 00:00:00.500000000 Monday"));
            Assert.That(Run("Sum 1 2 3"), Is.EqualTo(6));
            Assert.That(Run("Count [1, 2]"), Is.EqualTo(2));
            Assert.That(Run("Level"), Is.EqualTo(3.3));
            Assert.That(Run("Level 2"), Is.Null);
            Assert.That(probe.Level, Is.EqualTo(2.0));
            Assert.That(Run("Inner Level"), Is.EqualTo(3.3));
            Assert.That(Run("Inner Level 1.5"), Is.Null);
            Assert.That(probe.Inner.Level, Is.EqualTo(1.5));
            Assert.That(Run("[3]"), Is.EqualTo(30));
            var error = Assert.Throws<Antmicro.Renode.Exceptions.RecoverableException>(() => Run("Describe 300 \"x\""));
            Assert.That(error.Message, Does.Contain("'300' is no Byte"));
            error = Assert.Throws<Antmicro.Renode.Exceptions.RecoverableException>(() => Run("Describe 3 \"x\" day=Someday"));
            Assert.That(error.Message, Does.Contain("'Someday' is no DayOfWeek: it is one of Sunday, Monday"));
            error = Assert.Throws<Antmicro.Renode.Exceptions.RecoverableException>(() => Run("Fixed 3"));
            Assert.That(error.Message, Is.EqualTo("probe Fixed can only be read"));
        }

        [Test]
        public void ShouldListMembers()
        {
            CreateBoard();
            var help = Do("ram");
            Assert.That(help, Does.Contain("UInt32 ReadDoubleWord (Int64 offset)"));
            Assert.That(help, Does.Contain("available for 'get'"));
        }

        [Test]
        public void ShouldRunForATime()
        {
            CreateBoard();
            Do("emulation RunFor \"0.25\"");
            Assert.That(EmulationManager.Instance.CurrentEmulation.MasterTimeSource.ElapsedVirtualTime, Is.EqualTo(TimeInterval.FromMilliseconds(250ul)));
        }

        [Test]
        public void ShouldCompileIncludedClassesOnce()
        {
            var name = $"Probe{Guid.NewGuid():N}";
            var file = Write("probe.cs", "using Antmicro.Renode.Core;\nusing Antmicro.Renode.Peripherals;\nnamespace Antmicro.Renode.Peripherals.Mine\n{\n"
                + $"    public class {name} : IPeripheral\n    {{\n        public {name}(IMachine machine, double volts = 1.5)\n        {{\n            Volts = volts;\n        }}\n"
                + "        public void Reset()\n        {\n        }\n        public double Volts { get; set; }\n    }\n}\n");
            Do($"include @{file}");
            Do($"include @{file}");
            Do("mach create; machine LoadPlatformDescriptionFromString \"probe: Mine." + name + " @ sysbus\"");
            Assert.That(Do("sysbus.probe Volts"), Is.EqualTo("1.5\n"));
        }

        [Test]
        public void ShouldTellWhereIncludedClassesAreWrong()
        {
            var file = Write("wrong.cs", "class A\n{\n    int x = y;\n}\n");
            Assert.That(Fail($"include @{file}"), Does.Contain($"{file}:3:13: error CS0103: The name 'y' does not exist in the current context"));
        }

        [Test]
        public void ShouldPassOverPythonThatIsForRenodeAlone()
        {
            Assert.That(Do($"include @{Write("check.py", "# For Renode alone; other hosts pass over it.\nno Python\n")}"), Is.Empty);
            foreach(var text in new[] { "print 1\n", string.Empty, "import clr\n# For Renode alone; other hosts pass over it.\n" })
            {
                Assert.That(Fail($"include @{Write("mine.py", text)}"), Does.Contain("Python"));
            }
        }

        private void CreateBoard()
        {
            Do("mach create \"board\"");
            Do("machine LoadPlatformDescriptionFromString \"ram: Memory.MappedMemory @ sysbus 0x20000000 { size: 0x1000 }\"");
        }

        private string Do(string command)
        {
            var output = new CapturedOutput();
            Assert.That(monitor.Parse(command, output), Is.True, output.Errors);
            return output.Contents.Replace("\r\n", "\n");
        }

        private string Fail(string command)
        {
            var output = new CapturedOutput();
            Assert.That(monitor.Parse(command, output), Is.False, output.Contents);
            return output.Errors;
        }

        private string Write(string name, string content)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllText(path, content);
            return path;
        }

        private Monitor.Monitor monitor;
        private string directory;

        public sealed class Probe
        {
            public string Describe(byte number, string text, TimeInterval? time = null, DayOfWeek day = DayOfWeek.Tuesday)
            {
                return $"{number} {text} {time ?? TimeInterval.FromSeconds(1ul)} {day}";
            }

            public int Sum(params int[] values)
            {
                return values.Sum();
            }

            public int Count(uint[] values)
            {
                return values.Length;
            }

            public int this[int index] => 10 * index;

            public double Level { get; set; } = 3.3;

            public int Fixed => 1;

            public Probe Inner => inner ??= new Probe();

            private Probe inner;
        }
    }
}
