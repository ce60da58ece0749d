// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System.Linq;

using Antmicro.Renode.Time;

using NUnit.Framework;

using Standalone.Host.Monitor;

using Range = Antmicro.Renode.Core.Range;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class TokenizerTests
    {
        [TestCase("sysbus.cpu", TokenKind.Literal, "sysbus.cpu")]
        [TestCase("\"a \\\"b\\\" c\"", TokenKind.Text, "a \"b\" c")]
        [TestCase("'a'", TokenKind.Text, "a")]
        [TestCase("@some\\ file.elf", TokenKind.Path, "some file.elf")]
        [TestCase("True", TokenKind.Bool, true)]
        [TestCase("-1.5", TokenKind.Float, -1.5)]
        [TestCase("1.65", TokenKind.Float, 1.65f)]
        [TestCase("$global.bin", TokenKind.Variable, "global.bin")]
        [TestCase("`version`", TokenKind.Execution, "version")]
        public void ShouldReadWords(string text, object kind, object value)
        {
            var token = Single(text);
            Assert.That(token.Kind, Is.EqualTo(kind));
            Assert.That(token.Value, Is.EqualTo(value));
        }

        [TestCase("0x2A", 42)]
        [TestCase("-7", -7)]
        [TestCase("0xFFFFFFFFFFFFFFFF", 18446744073709551615.0)]
        [TestCase("1e3", 1000)]
        public void ShouldReadIntegers(string text, double value)
        {
            var token = Single(text);
            Assert.That(token.Kind, Is.EqualTo(TokenKind.Integer));
            Assert.That((double)(decimal)token.Value, Is.EqualTo(value));
        }

        [Test]
        public void ShouldReadTimesAndRanges()
        {
            Assert.That(Single("00:00:01.5").Value, Is.EqualTo(TimeInterval.FromMilliseconds(1500ul)));
            Assert.That(Single("<0x10, 0x20>").Value, Is.EqualTo(new Range(0x10, 0x10)));
            Assert.That(Single("<0x10 0x20>").Value, Is.EqualTo(new Range(0x10, 0x20)));
        }

        [Test]
        public void ShouldReadTextBlocks()
        {
            var tokens = Tokenizer.Tokenize("macro reset\n\"\"\"\n    a\n    b\n\"\"\"", out _);
            Assert.That(tokens.Select(x => x.Kind), Is.EqualTo(new[] { TokenKind.Literal, TokenKind.Literal, TokenKind.Text }));
            Assert.That(tokens[2].Value, Is.EqualTo("    a\n    b"));
        }

        [Test]
        public void ShouldReadAssignments()
        {
            Assert.That(Tokenizer.Tokenize("$name?=\"x\"; $b=@y # comment", out _).Select(x => x.Kind), Is.EqualTo(new[]
            {
                TokenKind.Variable, TokenKind.AssignIfUnset, TokenKind.Text, TokenKind.Split, TokenKind.Variable, TokenKind.Assign, TokenKind.Path, TokenKind.Comment,
            }));
        }

        [Test]
        public void ShouldTellWhereItStopped()
        {
            Tokenizer.Tokenize("a %b", out var rest);
            Assert.That(rest, Is.EqualTo(2));
        }

        private static Token Single(string text)
        {
            var result = Tokenizer.Tokenize(text, out var rest).Single();
            Assert.That(rest, Is.EqualTo(text.Length));
            return result;
        }
    }
}
