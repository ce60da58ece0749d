// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using NUnit.Framework;

using Standalone.Host.Monitor;

namespace Standalone.Host.Tests
{
    /// <summary>Checkpoints of the real board with real firmware; needs the image that `./build.sh firmware` makes.</summary>
    [TestFixture]
    public class BoardCheckpointTests
    {
        [SetUp]
        public void Boot()
        {
            if(FindRoot() is not string root)
            {
                Assert.Ignore("build/firmware/black_f407vet6.elf is not there: ./build.sh firmware makes it");
                return;
            }
            Emulation.IsTimeDriven = false;
            EmulationManager.Instance.Clear();
            monitor = Program.CreateMonitor();
            monitor.Include(new[] { Path.Combine(root, "platforms", "black_f407vet6.resc") }, new CapturedOutput());
            uart = (IUART)Current.Machines.Single()["sysbus.usart1"];
            console = new StringBuilder();
            uart.CharReceived += x => console.Append((char)x);
            RunTo(">>> ");
        }

        [TearDown]
        public void TearDown() => EmulationManager.Instance.Clear();

        [Test]
        public void ShouldRunOnAlikeAfterEachRestore()
        {
            using var checkpoint = Checkpoint.Take();
            var expected = Run();
            Assert.That(expected.Console, Does.Contain("42"));
            for(var i = 0; i < 100; i++)
            {
                checkpoint.Restore();
                Assert.That(Run(), Is.EqualTo(expected), $"restore {i}");
            }

            (string Console, string State) Run()
            {
                console.Clear();
                Send("print(6*7)\r");
                RunFor(20);
                return GetState();
            }
        }

        [Test]
        public void ShouldRunOnAlikeThroughCutsOfPower()
        {
            using var atPrompt = Checkpoint.Take();
            var expected = Run(out var whileOff);
            using(whileOff)
            {
                var expectedAfterCut = PowerUp();
                for(var i = 0; i < 10; i++)
                {
                    atPrompt.Restore();
                    var result = Run(out var again);
                    again.Dispose();
                    Assert.That(result, Is.EqualTo(expected), $"round {i}");
                    if(i % 3 != 0)
                    {
                        whileOff.Restore();
                    }
                    Assert.That(PowerUp(), Is.EqualTo(expectedAfterCut), $"round {i}");
                }
            }

            (string, string) Run(out Checkpoint checkpoint)
            {
                console.Clear();
                Send(Store);
                RunFor(30);
                Do("supplies PowerOff");
                RunFor(3);
                checkpoint = Checkpoint.Take();
                Assert.That(console.ToString(), Does.EndWith(">>> "));
                return GetState();
            }

            (string, string) PowerUp()
            {
                Do("supplies PowerOn");
                RunFor(400);
                Assert.That(console.ToString(), Does.Contain("MicroPython").And.EndWith(">>> "));
                return GetState();
            }
        }

        [Test]
        public void ShouldBeFast()
        {
            var takes = new List<double>();
            var restores = new List<double>();
            var afterCuts = new List<double>();
            var watch = Stopwatch.StartNew();
            using var checkpoint = Checkpoint.Take();
            var first = watch.Elapsed.TotalMilliseconds;
            watch.Restart();
            checkpoint.Restore();
            var firstRestore = watch.Elapsed.TotalMilliseconds;
            for(var i = 0; i < 200; i++)
            {
                Answer();
                watch.Restart();
                Checkpoint.Take().Dispose();
                takes.Add(watch.Elapsed.TotalMilliseconds);
                watch.Restart();
                checkpoint.Restore();
                restores.Add(watch.Elapsed.TotalMilliseconds);
            }
            for(var i = 0; i < 20; i++)
            {
                Send(Store);
                RunFor(30);
                Do("supplies PowerOff");
                RunFor(1);
                watch.Restart();
                checkpoint.Restore();
                afterCuts.Add(watch.Elapsed.TotalMilliseconds);
            }
            watch.Restart();
            for(var i = 0; i < 200; i++)
            {
                Answer();
                checkpoint.Restore();
            }
            var rounds = 200 / watch.Elapsed.TotalSeconds;
            watch.Restart();
            RunFor(1000);
            TestContext.Progress.WriteLine($"{checkpoint.ObjectCount} objects; first take {first:F2} ms and restore {firstRestore:F2} ms, others {Describe(takes)}; restore {Describe(restores)}, after a cut {Describe(afterCuts)}; "
                + $"{rounds:F0} rounds of print(6*7) a second; a slice of 1 ms: {watch.Elapsed.TotalMilliseconds:F1} us");
            Assert.That(Median(restores), Is.LessThan(10));

            void Answer()
            {
                console.Clear();
                Send("print(6*7)\r");
                RunTo("42\r\n>>> ");
            }
        }

        private static string Describe(List<double> values) => $"{Median(values):F2} ms (longest {values.Max():F2})";

        private static double Median(List<double> values) => values.OrderBy(x => x).ElementAt(values.Count / 2);

        private static string FindRoot()
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while(directory != null && !File.Exists(Path.Combine(directory.FullName, "renode-bkpsram.sln")))
            {
                directory = directory.Parent;
            }
            return directory != null && File.Exists(Path.Combine(directory.FullName, "build", "firmware", "black_f407vet6.elf")) ? directory.FullName : null;
        }

        private void Send(string text)
        {
            foreach(var character in text)
            {
                uart.WriteChar((byte)character);
            }
        }

        private void RunTo(string end)
        {
            for(var i = 0; i < 5000 && !console.ToString().EndsWith(end, StringComparison.Ordinal); i++)
            {
                Current.RunFor(TimeInterval.FromMilliseconds(1));
            }
            Assert.That(console.ToString(), Does.EndWith(end));
        }

        private static void RunFor(int milliseconds)
        {
            for(var i = 0; i < milliseconds; i++)
            {
                Current.RunFor(TimeInterval.FromMilliseconds(1));
            }
        }

        private void Do(string command)
        {
            var output = new CapturedOutput();
            Assert.That(monitor.Parse(command, output), Is.True, command);
        }

        /// <summary>What was printed, and time, registers and memory; what devices hold shows in what runs from there.</summary>
        private (string Console, string State) GetState()
        {
            var machine = Current.Machines.Single();
            var cpu = machine.GetPeripheralsOfType<CortexM>().Single();
            var registers = cpu.GetRegisters().Select(x => cpu.GetRegister(x.Index).RawValue);
            var memories = machine.GetPeripheralsOfType<MappedMemory>().Select(x => Convert.ToHexString(SHA256.HashData(x.ReadBytes(0, (int)x.Size))));
            return (console.ToString(), $"{machine.ElapsedVirtualTime.TimeElapsed.Ticks} {cpu.ExecutedInstructions} {string.Join(" ", registers)} {string.Join(" ", memories)}");
        }

        private static Emulation Current => EmulationManager.Instance.CurrentEmulation;

        private Monitor.Monitor monitor;
        private IUART uart;
        private StringBuilder console;

        // Clock and write access for backup SRAM, so that it becomes memory to the processor, and a word into it.
        private const string Store = "import machine as m; m.mem32[0x40023840]|=1<<28; m.mem32[0x40007000]|=1<<8; m.mem32[0x40023830]|=1<<18; m.mem32[0x40024000]=0x600DF00D\r";
    }
}
