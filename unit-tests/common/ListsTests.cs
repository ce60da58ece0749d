// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>The include scripts load what the projects compile; <c>./build.sh lists</c> writes them.</summary>
    [TestFixture]
    public class ListsTests
    {
        [TestCase("models.resc", "peripherals")]
        [TestCase("campaigns.resc", "campaign")]
        [TestCase("usbip.resc", RenodeOnly)]
        public void ShouldIncludeEverySourceFile(string script, string folder)
        {
            var included = Regex.Matches(File.ReadAllText(Path.Combine(Fact.Root, "platforms", "load", script)), @"\$ORIGIN/\.\./\.\./(\S+)").Select(x => x.Groups[1].Value);
            var files = Directory.GetFiles(Path.Combine(Fact.Root, folder), "*.cs", SearchOption.AllDirectories)
                .Select(x => Path.GetRelativePath(Fact.Root, x).Replace('\\', '/')).Where(x => folder == RenodeOnly || !x.StartsWith(RenodeOnly)).OrderBy(x => x, StringComparer.Ordinal);
            Assert.That(included, Is.EqualTo(files), $"platforms/load/{script} is not up to date: run './build.sh lists'");
        }

        [Test]
        public void ShouldTellTheVersionThatIsWrittenOnce()
        {
            var version = File.ReadAllText(Path.Combine(Fact.Root, "VERSION")).Trim();
            Assert.That(PluginVersion.Text, Is.EqualTo(version), "peripherals/common/PluginVersion.cs is not up to date: run './build.sh lists'");
            Assert.That(typeof(PluginVersion).Assembly.GetName().Version.ToString(3), Is.EqualTo(version));
            Assert.That(new Regex(@"^## (\S+)", RegexOptions.Multiline).Match(File.ReadAllText(Path.Combine(Fact.Root, "CHANGELOG.md"))).Groups[1].Value, Is.EqualTo(version));
        }

        private const string RenodeOnly = "peripherals/usb/usbip";
    }
}
