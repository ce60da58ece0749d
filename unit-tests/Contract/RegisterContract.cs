// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class RegisterContract : ContractBench
    {
        [SetUp]
        public void NewBoard()
        {
            board = new Board();
            events = new List<string>();
        }

        // A field of eight bits holds 0xCA = 11001010; 0xAC = 10101100 is written.
        [TestCase(FieldMode.Read | FieldMode.Write, 0xACu)]
        [TestCase(FieldMode.Read, 0xCAu)]
        [TestCase(FieldMode.Read | FieldMode.Set, 0xEEu)]
        [TestCase(FieldMode.Read | FieldMode.Toggle, 0x66u)]
        [TestCase(FieldMode.Read | FieldMode.WriteOneToClear, 0x42u)]
        [TestCase(FieldMode.Read | FieldMode.WriteZeroToClear, 0x88u)]
        [TestCase(FieldMode.Read | FieldMode.WriteZeroToSet, 0xDBu)]
        [TestCase(FieldMode.Read | FieldMode.WriteZeroToToggle, 0x99u)]
        [TestCase(FieldMode.Read | FieldMode.WriteToClear, 0x00u)]
        [TestCase(FieldMode.Read | FieldMode.WriteToSet, 0xFFu)]
        public void ShouldWriteAsTheModeSays(FieldMode mode, uint expected)
        {
            var changes = new List<(ulong, ulong)>();
            Registers.First.Define(board, 0xCA0)
                .WithValueField(4, 8, out var field, mode, changeCallback: (before, after) => changes.Add((before, after)));
            board.WriteDoubleWord(0, 0xAC0);
            Assert.That(field.Value, Is.EqualTo(expected));
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(expected << 4));
            Assert.That(changes, Is.EqualTo(expected == 0xCA ? new (ulong, ulong)[0] : new[] { (0xCAul, (ulong)expected) }));
        }

        [Test]
        public void ShouldReadWriteOnlyFieldsAsZero()
        {
            Registers.First.Define(board)
                .WithValueField(0, 8, out var field, FieldMode.Write)
                .WithValueField(8, 8, FieldMode.Read | FieldMode.Write);
            board.WriteDoubleWord(0, 0xFFFF);
            Assert.That(field.Value, Is.EqualTo(0xFF));
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0xFF00));
        }

        [TestCase(FieldMode.ReadToClear, 0x00u)]
        [TestCase(FieldMode.ReadToSet, 0xFFu)]
        public void ShouldChangeOnReadAsTheModeSays(FieldMode mode, uint expected)
        {
            var changes = new List<(ulong, ulong)>();
            Registers.First.Define(board, 0xCA)
                .WithValueField(0, 8, mode, changeCallback: (before, after) => changes.Add((before, after)));
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0xCA));
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(expected));
            Assert.That(changes, Is.EqualTo(new[] { (0xCAul, (ulong)expected) }));
        }

        [Test]
        public void ShouldCallBackInOrderOnWrite()
        {
            DefineTwoFields();
            board.WriteDoubleWord(0, 0x21);
            Assert.That(events, Is.EqualTo(new[]
            {
                "a write 0->1, a=1 b=2", "b write 0->2, a=1 b=2", "a change 0->1, a=1 b=2", "b change 0->2, a=1 b=2",
                "register write 0->33, a=1 b=2", "register change 0->33, a=1 b=2",
            }));
        }

        [Test]
        public void ShouldCallBackOfChangesOnlyIfThereAreAny()
        {
            DefineTwoFields();
            board.WriteDoubleWord(0, 0x21);
            events.Clear();
            board.WriteDoubleWord(0, 0x31);
            Assert.That(events, Is.EqualTo(new[]
            {
                "a write 1->1, a=1 b=3", "b write 2->3, a=1 b=3", "b change 2->3, a=1 b=3",
                "register write 33->49, a=1 b=3", "register change 33->49, a=1 b=3",
            }));
            events.Clear();
            board.WriteDoubleWord(0, 0x31);
            Assert.That(events, Is.EqualTo(new[] { "a write 1->1, a=1 b=3", "b write 3->3, a=1 b=3", "register write 49->49, a=1 b=3" }));
        }

        [Test]
        public void ShouldCallBackInOrderOnRead()
        {
            DefineTwoFields();
            Assert.That(board.ReadDoubleWord(0), Is.Zero);
            Assert.That(events, Is.EqualTo(new[] { "a read 0->0, a=0 b=0", "b read 0->0, a=0 b=0", "register read 0->0, a=0 b=0" }));
        }

        [Test]
        public void ShouldAskProvidersOnRead()
        {
            var level = 5ul;
            Registers.First.Define(board)
                .WithValueField(0, 4, out var field, valueProviderCallback: previous => previous + level)
                .WithFlag(4, FieldMode.Read, valueProviderCallback: _ => true);
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0x15));
            Assert.That(field.Value, Is.EqualTo(5), "the field takes the provided value");
            level = 1;
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0x16));
            board.WriteDoubleWord(0, 2);
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0x13));
        }

        [Test]
        public void ShouldSeeChangesAgainstTheStoredValueNotTheProvidedOne()
        {
            var changes = 0;
            Registers.First.Define(board)
                .WithFlag(0, valueProviderCallback: _ => true, changeCallback: (_, __) => changes++);
            board.WriteDoubleWord(0, 1);
            Assert.That(changes, Is.EqualTo(1), "nobody read the provided value yet");
            board.ReadDoubleWord(0);
            board.WriteDoubleWord(0, 1);
            Assert.That(changes, Is.EqualTo(1));
        }

        [Test]
        public void ShouldLetFieldsBeSetFromCallbacks()
        {
            IFlagRegisterField other = null;
            Registers.First.Define(board)
                .WithFlag(0, writeCallback: (_, value) => other.Value = value)
                .WithFlag(1, out other, FieldMode.Read);
            board.WriteDoubleWord(0, 1);
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(3));
            board.WriteDoubleWord(0, 2);
            Assert.That(board.ReadDoubleWord(0), Is.Zero);
        }

        [Test]
        public void ShouldIgnoreTagsAndReservedBits()
        {
            Registers.First.Define(board)
                .WithTaggedFlag("flag", 0)
                .WithTag("tag", 1, 3)
                .WithReservedBits(4, 4)
                .WithFlag(8);
            board.WriteDoubleWord(0, 0xFFFFFFFF);
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0x100));
        }

        [Test]
        public void ShouldKeepTheResetValueOfTagsAndReservedBits()
        {
            Registers.First.Define(board, 0xA5A5)
                .WithTag("tag", 0, 8)
                .WithReservedBits(8, 8);
            board.WriteDoubleWord(0, 0x5A5A);
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0xA5A5));
        }

        [Test]
        public void ShouldReset()
        {
            var called = false;
            Registers.First.Define(board, 0x1234)
                .WithValueField(0, 8, out var soft, writeCallback: (_, __) => called = true, changeCallback: (_, __) => called = true)
                .WithValueField(8, 8, out var hard, softResettable: false);
            board.WriteDoubleWord(0, 0xFFFF);
            called = false;
            board.Reset();
            Assert.That(soft.Value, Is.EqualTo(0x34));
            Assert.That(hard.Value, Is.EqualTo(0xFF));
            Assert.That(called, Is.False);
        }

        [Test]
        public void ShouldDefineSeveralFieldsAtOnce()
        {
            var writes = new List<(int, ulong, ulong)>();
            Registers.First.Define(board)
                .WithValueFields(0, 4, 4, out var values, writeCallback: (i, before, after) => writes.Add((i, before, after)))
                .WithFlags(16, 3, out var flags);
            board.WriteDoubleWord(0, 0x54321);
            Assert.That(values.Select(x => x.Value), Is.EqualTo(new ulong[] { 1, 2, 3, 4 }));
            Assert.That(flags.Select(x => x.Value), Is.EqualTo(new[] { true, false, true }));
            Assert.That(writes, Is.EqualTo(new[] { (0, 0ul, 1ul), (1, 0ul, 2ul), (2, 0ul, 3ul), (3, 0ul, 4ul) }));
        }

        [Test]
        public void ShouldKnowEnumFields()
        {
            Registers.First.Define(board)
                .WithEnumField<DoubleWordRegister, Colour>(4, 2, out var field);
            board.WriteDoubleWord(0, 0x20);
            Assert.That(field.Value, Is.EqualTo(Colour.Blue));
            field.Value = Colour.Green;
            Assert.That(board.ReadDoubleWord(0), Is.EqualTo(0x10));
        }

        [Test]
        public void ShouldDefineManyRegistersAtOnce()
        {
            Registers.First.DefineMany(board, 3, (register, i) => register.WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => (ulong)i));
            Assert.That(new[] { board.ReadDoubleWord(0), board.ReadDoubleWord(4), board.ReadDoubleWord(8), board.ReadDoubleWord(12) },
                Is.EqualTo(new[] { 0u, 1u, 2u, 0u }));
        }

        [TestCase(0, 8, 7, 2)]
        [TestCase(0, 8, 28, 8)]
        public void ShouldRefuseFieldsThatDoNotFit(int first, int firstWidth, int second, int secondWidth)
        {
            var register = Registers.First.Define(board).WithValueField(first, firstWidth);
            Assert.That(() => register.WithValueField(second, secondWidth), Throws.InstanceOf<ArgumentException>());
        }

        [Test]
        public void ShouldReadUnknownRegistersAsZero()
        {
            Assert.That(board.ReadDoubleWord(0x40), Is.Zero);
            Assert.That(() => board.WriteDoubleWord(0x40, 1), Throws.Nothing);
            Assert.That(board.RegistersCollection.TryRead(0x40, out _), Is.False);
            Assert.That(board.RegistersCollection.TryWrite(0x40, 1), Is.False);
        }

        private void DefineTwoFields()
        {
            IValueRegisterField a = null;
            IValueRegisterField b = null;
            void Note(string what, ulong before, ulong after) => events.Add($"{what} {before}->{after}, a={a.Value} b={b.Value}");

            Registers.First.Define(board)
                .WithWriteCallback((before, after) => Note("register write", before, after))
                .WithChangeCallback((before, after) => Note("register change", before, after))
                .WithReadCallback((before, after) => Note("register read", before, after))
                .WithValueField(0, 4, out a, changeCallback: (before, after) => Note("a change", before, after),
                    writeCallback: (before, after) => Note("a write", before, after), readCallback: (before, after) => Note("a read", before, after))
                .WithValueField(4, 4, out b, changeCallback: (before, after) => Note("b change", before, after),
                    writeCallback: (before, after) => Note("b write", before, after), readCallback: (before, after) => Note("b read", before, after));
        }

        private Board board;
        private List<string> events;

        private enum Registers
        {
            First = 0x0,
        }

        private enum Colour
        {
            Red,
            Green,
            Blue,
        }
    }
}
