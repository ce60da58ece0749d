// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Mass storage as a drive of the PC, and files on its FAT.</summary>
    [TestFixture]
    public class UsbDriveTests : UsbHostTest
    {
        [SetUp]
        public void AddDrive()
        {
            drive = new UsbDrive(Connector);
            Machine.SystemBus.Register(drive, NullRegistrationPoint.Instance);
            Machine.SetLocalName(drive, "usbDrive");
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.MassStorage(0, 0x83, 0x03), UsbDescriptors.Cdc(1, 0x82, 0x81, 0x01));
            disk = new FakeDisk(Device, 3, 3, FatImage.Make(12, 200));
            path = Path.GetTempFileName();
        }

        [TearDown]
        public void DeleteFile()
        {
            File.Delete(path);
        }

        [Test]
        public void ShouldIdentifyTheDrive()
        {
            Assert.Throws<RecoverableException>(() => drive.ListFiles());
            Enumerate();
            Assert.That(Device.Log, Does.Contain("setup A1 FE 00 00 00 00 01 00"));
            Assert.That(disk.Commands, Is.EqualTo(new[] { 0x12, 0x00, 0x25, 0x1A }));
            Assert.That(Connector.Status, Does.Contain("Drive             MicroPy mp Flash, 200 blocks of 512 bytes").And.Contain("Serial port       interface 1"));
            Assert.That(drive.Capacity, Is.EqualTo(200 * 512));
            Assert.That(drive.IsBusy, Is.False);
            Assert.That(Connector.GuestMistakes, Is.Empty);
        }

        [Test]
        public void ShouldReadAndWriteTheImage()
        {
            Enumerate();
            new Random(1).NextBytes(disk.Content);
            drive.Save(path);
            Assert.That(drive.IsBusy, Is.True);
            Finish();
            Assert.That(drive.Result, Is.EqualTo("102400 bytes"));
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(disk.Content));
            var other = new byte[200 * 512];
            new Random(2).NextBytes(other);
            File.WriteAllBytes(path, other);
            drive.Load(path);
            Finish();
            Assert.That(disk.Content, Is.EqualTo(other));
            Assert.That(disk.Commands.TakeLast(4), Is.EqualTo(new[] { 0x2A, 0x2A, 0x35, 0x1E }));
            File.WriteAllBytes(path, new byte[513]);
            drive.Load(path);
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: the image has 513 bytes"));
            File.WriteAllBytes(path, new byte[201 * 512]);
            drive.Load(path);
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: the image has 102912 bytes, the drive 102400"));
        }

        [TestCase(12, 200, 1, 0)]
        [TestCase(12, 2000, 1, 256, Description = "as MicroPython's flash: behind a partition table")]
        [TestCase(12, 3000, 4, 0)]
        [TestCase(16, 4800, 1, 0)]
        [TestCase(16, 20000, 4, 1)]
        [TestCase(32, 67000, 1, 0)]
        [TestCase(32, 67000, 1, 63)]
        public void ShouldKeepFiles(int bits, int sectors, int perCluster, int start)
        {
            disk.Content = FatImage.Make(bits, sectors, perCluster, start);
            Enumerate();
            drive.WriteText("/main.py", @"print(1)\nprint(2)\n");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("done"));
            drive.MakeFolder("lib");
            drive.MakeFolder("lib/deep");
            var content = new byte[5000];
            new Random(3).NextBytes(content);
            File.WriteAllBytes(path, content);
            drive.WriteFile("lib/deep/DATA.BIN", path);
            drive.WriteText("lib/empty", "");
            for(var i = 0; i < 20; i++)
            {
                drive.WriteText($"lib/deep/f{i}.txt", new string((char)('a' + i), i * 100));
            }
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.EqualTo("        18 main.py\n         0 lib/"));
            drive.ListFiles("/LIB/");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("         0 deep/\n         0 empty"));
            drive.ListFiles("lib/deep/..");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("         0 deep/\n         0 empty"));
            drive.ListFiles("lib/deep/../..");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("        18 main.py\n         0 lib/"));
            drive.ReadFile("MAIN.py");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("print(1)\nprint(2)\n"));
            File.Delete(path);
            drive.CopyFile("lib/deep/data.bin", path);
            Finish();
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(content));
            drive.ReadFile("lib/deep/f19.txt");
            Finish();
            Assert.That(drive.Result, Is.EqualTo(new string('t', 1900)));
            drive.ReadFile("lib/empty");
            Finish();
            Assert.That(drive.Result, Is.Empty);
        }

        [Test]
        public void ShouldReplaceAndDeleteFiles()
        {
            Enumerate();
            drive.WriteText("a.txt", new string('1', 3000));
            Finish();
            var full = Used();
            drive.WriteText("A.TXT", "short");
            Finish();
            Assert.That(full - Used(), Is.EqualTo(5));
            drive.ReadFile("a.txt");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("short"));
            drive.DeleteFile("a.txt");
            Finish();
            Assert.That(Used(), Is.Zero);
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.Empty);
            drive.WriteText("b.txt", "b");
            Finish();
            Assert.That(disk.Content[RootStart], Is.EqualTo((byte)'B'), "the free entry is taken");
            Assert.That(disk.Content.Skip(512).Take(512), Is.EqualTo(disk.Content.Skip(1024).Take(512)), "both tables");
        }

        [Test]
        public void ShouldReadLongNames()
        {
            Enumerate();
            drive.WriteText("LONGNA~1.PY", "long");
            drive.WriteText("other.py", "other");
            Finish();
            var entry = disk.Content.Skip(RootStart).Take(32).ToArray();
            var checksum = entry.Take(11).Aggregate(0, (sum, x) => (((sum & 1) << 7) + (sum >> 1) + x) & 0xFF);
            var second = disk.Content.Skip(RootStart + 32).Take(32).ToArray();
            LongEntry(0x42, " module.py", checksum).CopyTo(disk.Content, RootStart);
            LongEntry(0x01, "Long named åß", checksum).CopyTo(disk.Content, RootStart + 32);
            entry.CopyTo(disk.Content, RootStart + 64);
            second.CopyTo(disk.Content, RootStart + 96);
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.EqualTo("         4 Long named åß module.py\n         5 other.py"));
            drive.WriteText("long named åß module.py", "changed");
            drive.ReadFile("longna~1.py");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("changed"));
            drive.DeleteFile("Long named åß module.py");
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.EqualTo("         5 other.py"));
            Assert.That(new[] { 0, 32, 64 }.Select(x => disk.Content[RootStart + x]), Is.All.EqualTo(0xE5));
        }

        [TestCase("ReadFile no.txt", "there is no no.txt")]
        [TestCase("ReadFile no/a.txt", "there is no folder no")]
        [TestCase("ReadFile lib", "lib is a folder")]
        [TestCase("ReadFile /", "there is no /")]
        [TestCase("DeleteFile lib", "lib is a folder")]
        [TestCase("WriteText lib", "lib is a folder")]
        [TestCase("WriteText /", "a file needs a name")]
        [TestCase("WriteText toolongname.py", "'toolongname.py' is no name of up to 8 letters")]
        [TestCase("WriteText a.html", "'a.html' is no name of up to 8 letters")]
        [TestCase("WriteText a b", "'a b' is no name of up to 8 letters")]
        [TestCase("MakeFolder lib", "lib is there already")]
        [TestCase("ListFiles main.py", "there is no folder main.py")]
        public void ShouldSayWhatIsNotThere(string verb, string problem)
        {
            Enumerate();
            drive.MakeFolder("lib");
            drive.WriteText("main.py", "1");
            Finish();
            var before = (byte[])disk.Content.Clone();
            var argument = verb.Substring(verb.IndexOf(' ') + 1);
            switch(verb.Split(' ')[0])
            {
            case "ReadFile":
                drive.ReadFile(argument);
                break;
            case "DeleteFile":
                drive.DeleteFile(argument);
                break;
            case "WriteText":
                drive.WriteText(argument, "x");
                break;
            case "MakeFolder":
                drive.MakeFolder(argument);
                break;
            case "ListFiles":
                drive.ListFiles(argument);
                break;
            }
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: " + problem));
            Assert.That(disk.Content, Is.EqualTo(before));
        }

        [Test]
        public void ShouldSayThatItIsFull()
        {
            Enumerate();
            drive.WriteText("big.txt", new string('x', 200 * 512));
            Finish();
            Assert.That(drive.Result, Is.EqualTo("failed: the drive is full"));
            for(var i = 0; i < 65; i++)
            {
                drive.WriteText($"f{i}", "");
            }
            Finish();
            Assert.That(drive.Result, Is.EqualTo("failed: the root folder is full"));
        }

        [TestCase(510, 0, "there is no FAT file system")]
        [TestCase(12, 4, "the file system has sectors of 1024 bytes, the drive of 512")]
        [TestCase(13, 3, "there is no FAT file system")]
        [TestCase(22, 200, "its sizes do not fit the drive")]
        [TestCase(22, 0, "its sizes do not fit the drive")]
        [TestCase(33, 4, "its sizes do not fit the drive")]
        [TestCase(14, 198, "its sizes do not fit the drive")]
        public void ShouldSayThatAFileSystemIsBroken(int offset, int value, string problem)
        {
            disk.Content[offset] = (byte)value;
            Enumerate();
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: ").And.Contain(problem));
        }

        [Test]
        public void ShouldBearAnyRubbishOnTheDrive()
        {
            Enumerate();
            drive.MakeFolder("lib");
            drive.WriteText("main.py", new string('x', 1000));
            Finish();
            var good = (byte[])disk.Content.Clone();
            var random = new Random(4);
            for(var i = 0; i < 150; i++)
            {
                disk.Content = (byte[])good.Clone();
                for(var j = 0; j < 20; j++)
                {
                    // Boot sector, tables, root.
                    disk.Content[random.Next(RootStart + 128)] = (byte)random.Next(256);
                }
                disk.Content[510] = 0x55;
                disk.Content[511] = 0xAA;
                drive.ListFiles();
                drive.ReadFile("main.py");
                drive.WriteText("lib/a", "1");
                drive.WriteText("main.py", "1");
                Finish();
            }
            Assert.That(Connector.IsConfigured, Is.True);
        }

        [Test]
        public void ShouldFollowACircleOfClustersOnce()
        {
            Enumerate();
            drive.WriteText("main.py", new string('x', 2000));
            Finish();
            // Cluster 3 leads to 2.
            disk.Content[512 + 4] = 0x20;
            disk.Content[512 + 5] = 0x00;
            drive.ReadFile("main.py");
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: the file system is broken"));
        }

        [Test]
        public void ShouldTryAgainAfterANotice()
        {
            disk.Attentions = 2;
            Enumerate();
            Assert.That(drive.Capacity, Is.EqualTo(102400));
        }

        [Test]
        public void ShouldWaitForADriveToGetReady()
        {
            disk.Attentions = 5;
            disk.AttentionKey = 2;
            Enumerate();
            RunFor(1);
            Assert.That(drive.Capacity, Is.EqualTo(102400));
        }

        [Test]
        public void ShouldSayThatThereIsNoMedium()
        {
            disk.HasMedium = false;
            Enumerate();
            Assert.That(Connector.Status, Does.Contain("MicroPy mp Flash, no medium"));
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.EqualTo("failed: command 0x00 failed: no medium"));
            disk.HasMedium = true;
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Is.Empty, "it is asked anew each time");
            drive.Eject();
            Finish();
            Assert.That(drive.Result, Is.EqualTo("done"));
            Assert.That(disk.HasMedium, Is.False);
        }

        [Test]
        public void ShouldNotWriteToAProtectedDrive()
        {
            disk.IsWriteProtected = true;
            Enumerate();
            drive.WriteText("a", "b");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("failed: the drive is read only"));
            Assert.That(Connector.Status, Does.Contain("read only"));
        }

        [Test]
        public void ShouldNotMindWhatADriveHasNot([Values] bool stallsData, [Values] bool skipsData)
        {
            disk.StallsData = stallsData;
            disk.SkipsData = skipsData;
            foreach(var command in new[] { 0x1A, 0x1E, 0x35 })
            {
                disk.Refused.Add(command);
            }
            Device.ClassAnswers.Remove(0xFE);
            Enumerate();
            drive.WriteText("a", "b");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("done"));
            Assert.That(Connector.GuestMistakes, Is.Empty);
            disk.Refused.Add(0x28);
            drive.ReadFile("a");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("failed: command 0x28 failed: sense key 5, code 0x20"));
        }

        [Test]
        public void ShouldResetADriveThatHasNoStatus()
        {
            Enumerate();
            disk.BrokenCommand = 0x1E;
            drive.WriteText("a", "b");
            Finish();
            Assert.That(drive.Result, Is.EqualTo("done"));
            Assert.That(Device.Log, Does.Contain("setup 21 FF 00 00 00 00 00 00").And.Contain("clear halt 83").And.Contain("clear halt 03"));
            Assert.That(Connector.GuestMistakes, Does.Contain("USB mass storage: command 0x1E has no valid status: the drive is reset"));
        }

        [Test]
        public void ShouldGiveUpADriveThatIsSilent()
        {
            Enumerate();
            disk.SilentCommand = 0x28;
            drive.ListFiles();
            RunFor(29);
            Assert.That(drive.IsBusy, Is.True);
            RunFor(2);
            Assert.That(drive.IsBusy, Is.False);
            Assert.That(drive.Result, Is.EqualTo("failed: command 0x28 is not answered within 30 s"));
        }

        [Test]
        public void ShouldEndWithTheCable([Range(0, 20)] int step)
        {
            Enumerate();
            drive.WriteText("big.txt", new string('x', 70000));
            drive.ListFiles();
            RunFor(step * 0.002);
            Connector.Unplug();
            Assert.That(drive.IsBusy, Is.False);
            Assert.That(drive.IsThere, Is.False);
            Assert.That(drive.Result, Is.EqualTo("failed: the device has gone"));
            Assert.Throws<RecoverableException>(() => drive.ListFiles());
            RunFor(0.1);
        }

        [Test]
        public void ShouldReportABrokenFunction()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Join(UsbDescriptors.Interface(0, 1, 8, 6, 0x50), UsbDescriptors.Endpoint(0x83, 2, 64, 0)));
            Enumerate();
            Assert.That(Connector.GuestMistakes, Does.Contain("USB interface 0: mass storage without a bulk IN and a bulk OUT endpoint: ignored"));
        }

        [Test]
        public void ShouldReportACapacityThatIsNone()
        {
            disk.BlockSize = 100;
            Enumerate();
            drive.ListFiles();
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: READ CAPACITY is answered by"));
        }

        [Test]
        public void ShouldSayThatAFileCanNotBeWritten()
        {
            Enumerate();
            drive.Save(Path.Combine(path, "no", "such", "folder"));
            Finish();
            Assert.That(drive.Result, Does.StartWith("failed: "));
        }

        private static byte[] LongEntry(int order, string text, int checksum)
        {
            var places = new[] { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
            var result = Enumerable.Repeat((byte)0xFF, 32).ToArray();
            result[0] = (byte)order;
            result[11] = 0x0F;
            result[12] = 0;
            result[13] = (byte)checksum;
            result[26] = result[27] = 0;
            for(var i = 0; i < places.Length && i <= text.Length; i++)
            {
                Encoding.Unicode.GetBytes((i == text.Length ? '\0' : text[i]).ToString()).CopyTo(result, places[i]);
            }
            return result;
        }

        // Clusters of a FAT12 of 200 sectors.
        private int Used()
        {
            return Enumerable.Range(2, 190).Count(x => ((disk.Content[512 + (x * 3 / 2)] | (disk.Content[513 + (x * 3 / 2)] << 8)) & ((x & 1) != 0 ? 0xFFF0 : 0xFFF)) != 0);
        }

        private void Finish()
        {
            for(var i = 0; i < 1000 && drive.IsBusy; i++)
            {
                RunFor(0.1);
            }
            Assert.That(drive.IsBusy, Is.False);
        }

        private UsbDrive drive;
        private FakeDisk disk;
        private string path;

        // Boot sector, two tables of a sector.
        private const int RootStart = 3 * 512;
    }
}
