// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System.Linq;

using NUnit.Framework;

using Standalone.Host.Platform;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class ReplParserTests
    {
        [Test]
        public void ShouldReadTypeRegistrationAndAttributes()
        {
            var entry = Single("""
                usart1: UART.STM32_UART @ sysbus <0x40011000, +0x400>
                    frequency: 84_000_000
                    Name: "a \"b\""
                    -> nvic@37
                """);
            Assert.That(entry.Name, Is.EqualTo("usart1"));
            Assert.That(entry.TypeName, Is.EqualTo("UART.STM32_UART"));
            Assert.That(entry.Registrations.Single().Register, Is.EqualTo("sysbus"));
            var range = (RangeValue)entry.Registrations.Single().Point;
            Assert.That((range.Begin, range.End), Is.EqualTo((0x40011000ul, 0x40011400ul)));
            var attributes = entry.Attributes.OfType<ValueAttribute>().ToList();
            Assert.That(((NumberValue)attributes[0].Value).Text, Is.EqualTo("84000000"));
            Assert.That(attributes[0].IsProperty, Is.False);
            Assert.That(((StringValue)attributes[1].Value).Text, Is.EqualTo("a \"b\""));
            Assert.That(attributes[1].IsProperty, Is.True);
            var interrupt = entry.Attributes.OfType<InterruptAttribute>().Single();
            Assert.That(interrupt.Sources, Is.Null);
            Assert.That(interrupt.Destinations.Single().Inputs, Is.EqualTo(new[] { 37 }));
        }

        [Test]
        public void ShouldReadSeveralRegistrations()
        {
            var entry = Single("""
                flashController: MTD.Controller @ {
                        sysbus 0x40023C00;
                        sysbus new Bus.BusMultiRegistration { address: 0x1FFFC000; size: 0x100; region: "optionBytes" };
                        rcc RegistrationPeripheralAlias.GPIOA
                    }
                    flash: flash
                """);
            Assert.That(entry.Registrations.Select(x => x.Register), Is.EqualTo(new[] { "sysbus", "sysbus", "rcc" }));
            var created = (NewValue)entry.Registrations[1].Point;
            Assert.That(created.Attributes.OfType<ValueAttribute>().Select(x => x.Name), Is.EqualTo(new[] { "address", "size", "region" }));
            Assert.That(((EnumValue)entry.Registrations[2].Point).Member, Is.EqualTo("GPIOA"));
            Assert.That(((ReferenceValue)entry.Attributes.OfType<ValueAttribute>().Single().Value).Name, Is.EqualTo("flash"));
        }

        [TestCase("-> x@3", "", "x@3")]
        [TestCase("IRQ -> x@3", "IRQ", "x@3")]
        [TestCase("[0-4] -> x@[6-10]", "0,1,2,3,4", "x@6,7,8,9,10")]
        [TestCase("[3-1] -> x@[0-2]", "3,2,1", "x@0,1,2")]
        [TestCase("[A, B] -> x@[1, 2]", "A,B", "x@1,2")]
        [TestCase("[16, 17-18, 21] -> x@[1, 41, 2-3]", "16,17,18,21", "x@1,41,2,3")]
        [TestCase("0 -> syscfg#2@0x1F | pwr@0", "0", "syscfg#2@31;pwr@0")]
        [TestCase("[0, 1] -> a@[0, 1] | b#1@[2, 3]", "0,1", "a@0,1;b#1@2,3")]
        [TestCase("IRQ -> none", "IRQ", "")]
        public void ShouldReadInterrupts(string text, string sources, string destinations)
        {
            var interrupt = Single($"p: T @ sysbus\n    {text}").Attributes.OfType<InterruptAttribute>().Single();
            Assert.That(string.Join(",", interrupt.Sources ?? []), Is.EqualTo(sources));
            Assert.That(string.Join(";", interrupt.Destinations.Select(x => $"{x.Target}{(x.LocalIndex.HasValue ? $"#{x.LocalIndex}" : "")}@{string.Join(",", x.Inputs)}")),
                Is.EqualTo(destinations));
        }

        [TestCase("0x1F", typeof(NumberValue))]
        [TestCase("-1.5", typeof(NumberValue))]
        [TestCase("true", typeof(BoolValue))]
        [TestCase("False", typeof(BoolValue))]
        [TestCase("a", typeof(ReferenceValue))]
        [TestCase("A.B.C", typeof(EnumValue))]
        [TestCase(".C", typeof(EnumValue))]
        [TestCase("none", typeof(NoneValue))]
        [TestCase("empty", typeof(EmptyValue))]
        [TestCase("[[1, 2], [a, .B,]]", typeof(ListValue))]
        [TestCase("{ 1: 2; 3: 4 }", typeof(DictionaryValue))]
        [TestCase("new T { a: 1; B: new U }", typeof(NewValue))]
        [TestCase("'''a\n   b'''", typeof(StringValue))]
        public void ShouldReadValues(string text, System.Type type)
        {
            var value = Single($"p: T @ sysbus\n    a: {text}\n    b: 1").Attributes.OfType<ValueAttribute>().First().Value;
            Assert.That(value, Is.TypeOf(type));
        }

        [Test]
        public void ShouldReadSections()
        {
            var entry = Single("""
                sysbus:
                    init:
                        Tag <0x1FFF7A10, 0x1FFF7A1B> "a;b }"
                        ApplySVD @x.svd
                    init add: { Foo 1; Bar 2 }
                    reset:
                        Baz
                """);
            var sections = entry.Attributes.Cast<SectionAttribute>().ToList();
            Assert.That(sections[0].Lines, Is.EqualTo(new[] { "Tag <0x1FFF7A10, 0x1FFF7A1B> \"a;b }\"", "ApplySVD @x.svd" }));
            Assert.That(sections[1].Lines, Is.EqualTo(new[] { "Foo 1", "Bar 2" }));
            Assert.That(sections.Select(x => (x.Kind, x.Adds)), Is.EqualTo(new[] { (SectionKind.Init, false), (SectionKind.Init, true), (SectionKind.Reset, false) }));
        }

        [Test]
        public void ShouldIgnoreCommentsButNotInStrings()
        {
            var description = ReplParser.Parse("""
                // first
                using "./a//b.repl" // second
                /* third
                   goes on */
                a: T @ none  // fourth
                    /* fifth */

                    text: "http://x /* y */"
                """);
            Assert.That(description.Usings.Single().Path, Is.EqualTo("./a//b.repl"));
            var entry = description.Entries.Single();
            Assert.That(entry.IsUnregistered, Is.True);
            Assert.That(((StringValue)((ValueAttribute)entry.Attributes.Single()).Value).Text, Is.EqualTo("http://x /* y */"));
        }

        [Test]
        public void ShouldReadEntriesThatOnlyAdd()
        {
            var entries = ReplParser.Parse("gpioPortA:\n    [1] -> led@[0]\n\nled: Miscellaneous.LED @ gpioPortA 1 as \"LED1\"\n").Entries;
            Assert.That(entries[0].TypeName, Is.Null);
            Assert.That(entries[1].Alias, Is.EqualTo("LED1"));
            Assert.That(((NumberValue)entries[1].Registrations.Single().Point).Text, Is.EqualTo("1"));
        }

        [TestCase("a: T @ sysbus\n  x: 1", "f.repl:2:3: a line is indented by a multiple of 4 spaces, this one by 2")]
        [TestCase("    a: T", "f.repl:1:5: the first line must not be indented")]
        [TestCase("a: T @ sysbus\n\tx: 1", "f.repl:2:1: a tab indents this line: use four spaces")]
        [TestCase("a T", "f.repl:1:3: expected ':' after 'a', found 'T'")]
        [TestCase("a: T @ sysbus\n    x: ", "f.repl:2:6: expected a value, found '}'")]
        [TestCase("a: T @ sysbus\n    text: \"abc", "f.repl:2:11: this string is not closed")]
        [TestCase("a: T /* b", "f.repl:1:6: this comment is not closed")]
        [TestCase("a:", "f.repl:1:1: the entry 'a' says nothing: give it a type or attributes")]
        [TestCase("a: T @ sysbus\n    [0-3] -> b@[1-2]", "f.repl:2:5: 4 interrupt source(s) cannot connect to 2 input(s) of 'b'")]
        [TestCase("a: T @ sysbus <0x20, 0x10>", "f.repl:1:15: this range ends before it begins")]
        [TestCase("a: T @ sysbus\n    x: 12ab", "f.repl:2:8: this is not a number")]
        public void ShouldTellWhatIsWrongAndWhere(string text, string message)
        {
            var error = Assert.Throws<ReplException>(() => ReplParser.Parse(text, "f.repl"));
            Assert.That(error.Message, Is.EqualTo(message));
        }

        private static ReplEntry Single(string text)
        {
            return ReplParser.Parse(text).Entries.Single();
        }
    }
}
