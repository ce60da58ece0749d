// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using NUnit.Framework;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class OptionsTests
    {
        [Test]
        public void ShouldReadRenodesOptions()
        {
            var options = Options.Parse(new[] { "--disable-xwt", "--hide-log", "--hide-analyzers", "--plain", "--robot-server-port", "9999", "-e", "start", "--execute=quit", "a.resc" });
            Assert.That(options.RobotPort, Is.EqualTo(9999));
            Assert.That(options.Commands, Is.EqualTo(new[] { "start", "quit" }));
            Assert.That(options.File, Is.EqualTo("a.resc"));
            Assert.That((options.HideLog, options.HideAnalyzers, options.Plain), Is.EqualTo((true, true, true)));
        }

        [TestCase("--gdb", "the option --gdb is not offered by the standalone host (Renode may have it): see --help")]
        [TestCase("--robot-server-port", "--robot-server-port needs a value: see --help")]
        [TestCase("--robot-server-port 70000", "--robot-server-port needs a number from 0 to 65535, not '70000'")]
        [TestCase("a b", "one file can be given, not 'a' and 'b'")]
        public void ShouldTellWhatIsWrong(string line, string message)
        {
            Assert.That(Assert.Throws<UsageException>(() => Options.Parse(line.Split(' '))).Message, Is.EqualTo(message));
        }
    }
}
