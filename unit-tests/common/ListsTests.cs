// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>The include scripts load what the projects compile; <c>./build.sh lists</c> writes them.</summary>
    [TestFixture]
    public class ListsTests
    {
        [TestCase("plugin.resc", "peripherals")]
        [TestCase("campaign.resc", "campaign")]
        public void ShouldIncludeEverySourceFile(string script, string folder)
        {
            var included = Regex.Matches(File.ReadAllText(Path.Combine(Fact.Root, "platforms", script)), @"\$ORIGIN/\.\./(\S+)").Select(x => x.Groups[1].Value);
            var files = Directory.GetFiles(Path.Combine(Fact.Root, folder), "*.cs", SearchOption.AllDirectories)
                .Select(x => Path.GetRelativePath(Fact.Root, x).Replace('\\', '/')).OrderBy(x => x, StringComparer.Ordinal);
            Assert.That(included, Is.EqualTo(files), $"platforms/{script} is not up to date: run './build.sh lists'");
        }
    }
}
