// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
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
            var monitor = Program.CreateMonitor();
            monitor.Include(new[] { Path.Combine(root, "platforms", "black_f407vet6.resc") }, new CapturedOutput());
            machine = (Machine)Current.Machines.Single();
            machine.TryGetByName("sysbus.usart1", out uart);
            machine.TryGetByName("sysbus.cpu", out cpu);
            console = new StringBuilder();
            uart.CharReceived += x => console.Append((char)x);
            RunTo(">>> ");
        }

        [TearDown]
        public void TearDown() => EmulationManager.Instance.Clear();

        [Test]
        public void ShouldBeFast()
        {
            var takes = new List<double>();
            var restores = new List<double>();
            var watch = Stopwatch.StartNew();
            using var checkpoint = Checkpoint.Take();
            var first = watch.Elapsed.TotalMilliseconds;
            for(var i = 0; i < 200; i++)
            {
                watch.Restart();
                checkpoint.Restore();
                restores.Add(watch.Elapsed.TotalMilliseconds);
                console.Clear();
                Send("print(6*7)\r");
                RunTo("42\r\n>>> ");
                watch.Restart();
                Checkpoint.Take().Dispose();
                takes.Add(watch.Elapsed.TotalMilliseconds);
            }
            watch.Restart();
            for(var i = 0; i < 200; i++)
            {
                checkpoint.Restore();
                console.Clear();
                Send("print(6*7)\r");
                RunTo("42\r\n>>> ");
            }
            TestContext.Progress.WriteLine($"{checkpoint.ObjectCount} objects; first take {first:F2} ms, then {Median(takes):F2} ms (longest {takes.Max():F2}); restore {Median(restores):F2} ms (longest {restores.Skip(20).Max():F2}); {200 / watch.Elapsed.TotalSeconds:F0} rounds a second");
            watch.Restart();
            for(var i = 0; i < 1000; i++)
            {
                Current.RunFor(TimeInterval.FromMilliseconds(1));
            }
            TestContext.Progress.WriteLine($"1000 slices of 1 ms: {watch.Elapsed.TotalMilliseconds:F1} ms");
            Assert.That(Median(restores), Is.LessThan(10));
        }

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

        private static Emulation Current => EmulationManager.Instance.CurrentEmulation;

        private Machine machine;
        private IUART uart;
        private CortexM cpu;
        private StringBuilder console;
    }
}
