// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;

using Antmicro.Renode.Exceptions;

using NUnit.Framework;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class PluginCompilerTests
    {
        [SetUp]
        public void CreateFolder()
        {
            folder = Directory.CreateTempSubdirectory("plugin-compiler-").FullName;
            compiler = new PluginCompiler(Path.Combine(folder, "cache"), Array.Empty<System.Reflection.Assembly>());
        }

        [TearDown]
        public void RemoveFolder()
        {
            Directory.Delete(folder, true);
        }

        [Test]
        public void ShouldLoadFilesOnceAlsoWhenOthersUseThemMeanwhile()
        {
            var first = Source("First", "public class PluginCompilerTestsFirst { }");
            var second = Source("Second", "public class PluginCompilerTestsSecond : PluginCompilerTestsFirst { }");
            Assert.That(compiler.Load(new[] { first }).Count(), Is.EqualTo(1));
            Assert.That(compiler.Load(new[] { second }).Count(), Is.EqualTo(1));
            Assert.That(compiler.Load(new[] { first }), Is.Empty);
            Assert.That(compiler.Load(new[] { second }), Is.Empty);
        }

        [Test]
        public void ShouldTellTheFirstErrorAndTryAgain()
        {
            var file = Source("Wrong", "public class PluginCompilerTestsWrong { int x = nothing; }");
            for(var i = 0; i < 2; i++)
            {
                Assert.That(() => compiler.Load(new[] { file }).ToList(), Throws.InstanceOf<RecoverableException>().With.Message.Contains("Wrong.cs:1:").And.Message.Contains("CS0103"));
            }
        }

        private string Source(string name, string text)
        {
            var path = Path.Combine(folder, name + ".cs");
            File.WriteAllText(path, text);
            return path;
        }

        private string folder;
        private PluginCompiler compiler;
    }
}
