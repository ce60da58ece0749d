// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Exceptions;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Campaigns of firmware that is known by what it prints: it stores 1 and 2, each in two bytes.</summary>
    [TestFixture]
    public class FirmwareGuestTests
    {
        [SetUp]
        public void MakeBoard()
        {
            board = new ConsoleBoard { Firmware = Store };
            // Renode itself listens, too.
            listenersOfHost = Listeners;
        }

        [TearDown]
        public void Dispose()
        {
            var left = Listeners;
            ((IDisposable)board).Dispose();
            Assert.That(left, Is.EqualTo(listenersOfHost));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void ShouldCutBetweenTwoLinesAndReadTheVerdictFromWhatIsPrinted(bool hasCheapStates)
        {
            board.HasCheapStates = hasCheapStates;
            Assert.That(Tell(Make(Usual)), Is.EqualTo("1 Corrupt 0, 2 Consistent 0, 3 Corrupt 0, 4 Consistent 0"));
            Assert.That(made[0].Detail, Is.EqualTo("it says 'state bad'"));
            Assert.That(made[1].Detail, Is.Empty);
        }

        [Test]
        public void ShouldNotCutWhatIsWrittenBeforeAndAfter()
        {
            Assert.That(Tell(Make("--from '^saved 1' --until '^done' --good ok --bad bad")), Is.EqualTo("1 Corrupt 0, 2 Consistent 0"));
            Assert.That(Tell(Make("--from saving --until '^saved 1' --good ok --bad bad")), Is.EqualTo("1 Corrupt 0, 2 Consistent 0"));
        }

        [Test]
        public void ShouldBeginWithPowerUnlessToldOtherwise()
        {
            board.Firmware = content => new[] { board.Put(15, 1) }.Concat(Store(content));
            Assert.That(Make("--until done --good ok --bad bad").Select(x => x.WritesDone), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
        }

        [Test]
        public void ShouldFindItsWayToARunThatBeginsLate()
        {
            board.Firmware = content => Enumerable.Repeat(board.Say("booting"), 60).Concat(Store(content));
            Assert.That(Tell(Make(Usual)), Is.EqualTo("1 Corrupt 0, 2 Consistent 0, 3 Corrupt 0, 4 Consistent 0"));
        }

        [Test]
        public void ShouldPutALineTogetherOverWhicheverStateItGoesBackTo()
        {
            // Each part of a line in a millisecond of its own, between which states are taken.
            board.Firmware = content => new[] { board.Say("state " + (content[0] == content[1] ? "ok" : "bad")), () => board.Uart.Say("sav") }
                .Concat(Pause(30)).Append(() => board.Uart.Say("in")).Concat(Pause(30)).Append(board.Say("g")).Append(board.Put(0, 1)).Append(board.Put(1, 1)).Append(board.Say("done"));
            Assert.That(Tell(Make("--from ^saving --until done --good ok --bad bad")), Is.EqualTo("1 Corrupt 0, 2 Consistent 0"));
        }

        [Test]
        public void ShouldTellStatesApartByTheValueOfAStep()
        {
            var options = "--from saving --until done --step 'saved (.*)' --good 'ok (.*)' --bad bad";
            Assert.That(Tell(Make(options)), Is.EqualTo("1 Corrupt 0, 2 New 0, 3 Corrupt 1, 4 New 1"));
            board.SetContent(new byte[16]);
            // Two copies, of which it takes the older one.
            board.Firmware = content => new[] { board.Say($"ok {Math.Min(content[0], content[1])}") }.Concat(Store(content).Skip(1));
            Assert.That(Tell(Make(options)), Is.EqualTo("1 Old 0, 2 New 0, 3 Old 1, 4 New 1"));
            board.SetContent(new byte[16]);
            board.Firmware = content => new[] { board.Say($"ok {(content[0] == content[1] ? content[0] : 0)}") }.Concat(Store(content).Skip(1));
            Assert.That(Tell(Make(options)), Is.EqualTo("1 Old 0, 2 New 0, 3 Corrupt 1, 4 New 1"));
            Assert.That(made[2].Detail, Is.EqualTo("it says 'ok 0', where 1 or 2 would be right"));
        }

        [Test]
        public void ShouldCallItAHangWhenNothingIsSaid()
        {
            Make("--from saving --until done --good ok --check-timeout 0.01");
            Assert.That((made[0].Verdict, made[0].Detail), Is.EqualTo((Verdict.Hang, "no verdict within 0.01 s of virtual time; the last line that it printed is 'done'")));
            board.Firmware = content => content[0] == content[1] ? Store(content) : new Action[0];
            Make(Usual + " --check-timeout 0.01");
            Assert.That(made[0].Detail, Is.EqualTo("no verdict within 0.01 s of virtual time; it printed nothing"));
        }

        [Test]
        public void ShouldKnowThatNothingIsThere()
        {
            board.Firmware = content => new[] { board.Say(content[0] > 2 ? "state empty" : "state ok") }.Concat(Store(content).Skip(1));
            var cuts = Make(Usual + " --lost empty --supply no-cell");
            Assert.That(cuts.Select(x => (x.Verdict, x.IsGood)), Has.All.EqualTo((Verdict.Lost, true)));
            board.HasCell = true;
            board.Firmware = content => new[] { board.Say(content[0] == content[1] ? "state ok" : "state empty") }.Concat(Store(content).Skip(1));
            Assert.That(Make(Usual + " --lost empty").Select(x => x.IsGood), Is.EqualTo(new[] { false, true, false, true }));
        }

        [Test]
        public void ShouldCutRecoveryUpToItsVerdict()
        {
            board.Firmware = content => new[] { board.Put(1, content[0]), board.Put(2, 7), board.Say("state ok"), board.Put(3, 7) }.Concat(Store(content).Skip(1));
            Assert.That(Tell(Make("--from saving --until done --good ok --depth 2 --only 1")), Is.EqualTo("1 Consistent 0, 1,1 Consistent 0, 1,2 Consistent 0"));
        }

        [Test]
        public void ShouldTypeWhenItIsAsked()
        {
            board.Firmware = _ => new Action[] { board.Say("hello"), () => board.Uart.Say("$ ") };
            board.OnInput = text => text == "work" ? Store(board.GetContent()).Skip(1) : text == "state" ? Store(board.GetContent()).Take(1) : new Action[0];
            Assert.That(Tell(Make("--prompt '^[$] $' --input work --until done --ask state --good ok --bad bad")), Is.EqualTo("1 Corrupt 0, 2 Consistent 0, 3 Corrupt 0, 4 Consistent 0"));
            Assert.That(board.Typed, Does.StartWith("work\rstate\rwork\rstate\r"));
        }

        [Test]
        public void ShouldReadThroughColoursAndOtherUarts()
        {
            board.Firmware = content => new Action[] { () => board.Other.Say("\u001b[32mstate ok\u001b[0m\r\n"), board.Say("\u001b[1m\u001b[32msaving\u001b[0m"), board.Put(0, 1), () => board.Other.Say("do"), board.Say("ne"), () => board.Other.Say("ne\n") };
            Assert.That(Tell(Make("--from ^saving$ --until ^done$ --good '^state ok$'")), Is.EqualTo("1 Consistent 0"));
        }

        [TestCase("--from never --until done --good ok", "fw: --from 'never' matches no line within 0.02 s of virtual time; the last line that it printed is 'done'")]
        [TestCase("--from saving --until never --good ok", "fw: --until 'never' matches no line within 0.02 s of virtual time after the run has begun with --from 'saving'; the last line that it printed is 'done'")]
        [TestCase("--from saving --until done --good never", "fw: --good 'never' matches no line within 0.02 s of virtual time after the run without a cut and a power cycle; the last line that it printed is 'done'")]
        [TestCase("--from saving --until done --good never --bad state", "fw: after the run without a cut and a power cycle it is not well: it says 'state ok 2'")]
        [TestCase("--from saving --until done --good ok --step never", "fw: --step 'never' matches no line of the run without a cut")]
        [TestCase("--from 'saved 2' --until done --good ok", "fw: it never writes backup SRAM between --from and --until")]
        [TestCase("--prompt '^> $' --input x --until done --good ok", "--prompt '^> $' is not shown within 0.02 s of virtual time; the last line that it printed is 'done'")]
        [TestCase("--from saving --until done --good ok --only 5", "--only 5 is out of range: the run of fw has 4 writes")]
        public void ShouldSayInOneLineWhatCanNotBeCut(string options, string message)
        {
            var said = Assert.Throws<RecoverableException>(() => Make(options + " --run-timeout 0.02 --check-timeout 0.02")).Message;
            Assert.That(said, Does.StartWith(message).And.Not.Contain("\n"));
            Assert.That(board.LiveStates, Is.Zero);
        }

        [Test]
        public void ShouldSayThatALineHasNoEnd()
        {
            board.Firmware = content => Store(content).SkipLast(1).Append(() => board.Uart.Say("done"));
            var said = Assert.Throws<RecoverableException>(() => Make(Usual + " --run-timeout 0.02")).Message;
            Assert.That(said, Does.EndWith("the last that it printed is 'done', with no end of line"));
        }

        [Test]
        public void ShouldKnowFunctionsByTheirSymbols()
        {
            var image = Elf(("main", 0x08000101, 2), ("save_all", 0x08000201, 2), ("$t", 0x08000200, 0), ("counter", 0x20000000, 1));
            var symbols = new ElfSymbols(image, "fw.elf");
            Assert.That(symbols.AddressOf("save_all", "--from-symbol"), Is.EqualTo(0x08000200));
            Assert.That(Assert.Throws<RecoverableException>(() => symbols.AddressOf("save", "--from-symbol")).Message, Is.EqualTo("--from-symbol save: fw.elf has no function of that name, but save_all"));
            Assert.That(Assert.Throws<RecoverableException>(() => symbols.AddressOf("counter", "--until-symbol")).Message, Does.StartWith("--until-symbol counter: fw.elf has no function of that name (was it made part"));
        }

        [Test]
        public void ShouldSayWhyThereAreNoSymbols()
        {
            Assert.That(Assert.Throws<RecoverableException>(() => Make("--from-symbol x --until done --good ok")).Message, Does.StartWith("fw is no ELF file, which alone names addresses"));
            Assert.That(Assert.Throws<RecoverableException>(() => new ElfSymbols(Elf(), "fw.elf")).Message, Does.StartWith("fw.elf has no symbols, it was stripped"));
            Assert.That(Assert.Throws<RecoverableException>(() => new ElfSymbols(Elf(("main", 1, 2)).Take(150).ToArray(), "fw.elf")).Message, Does.StartWith("fw.elf is cut short or damaged"));
        }

        // 52 bytes of header, symbols, names, then sections: none, symbols, names.
        private static byte[] Elf(params (string Name, uint Address, byte Type)[] symbols)
        {
            var table = new List<byte>(new byte[16]);
            var names = new List<byte> { 0 };
            foreach(var (name, address, type) in symbols)
            {
                table.AddRange(Words((uint)names.Count, address, 2));
                table.AddRange(new byte[] { type, 0, 1, 0 });
                names.AddRange(name.Select(x => (byte)x).Append((byte)0));
            }
            var namesAt = 52u + (uint)table.Count;
            var header = new byte[52];
            new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1 }.CopyTo(header, 0);
            Words(namesAt + (uint)names.Count).CopyTo(header, 32);
            header[46] = 40;
            header[48] = 3;
            return header.Concat(table).Concat(names).Concat(new byte[40]).Concat(Words(0, 2, 0, 0, 52, (uint)table.Count, 2, 0, 4, 16)).Concat(Words(0, 3, 0, 0, namesAt, (uint)names.Count, 0, 0, 1, 0)).ToArray();
        }

        private static byte[] Words(params uint[] words) => words.SelectMany(BitConverter.GetBytes).ToArray();

        private static string Tell(IEnumerable<CutRecord> records) => string.Join(", ", records.Select(x => $"{x.Name} {x.Verdict} {x.StepsDone}"));

        private static IEnumerable<Action> Pause(int operations) => Enumerable.Repeat<Action>(() => { }, operations);

        // It can tell the state only if both bytes are the same.
        private IEnumerable<Action> Store(byte[] content)
        {
            yield return board.Say(content[0] == content[1] ? $"state ok {content[0]}" : "state bad");
            yield return board.Say("saving");
            for(byte step = 1; step <= 2; step++)
            {
                yield return board.Put(0, step);
                yield return board.Put(1, step);
                yield return board.Say($"saved {step}");
            }
            yield return board.Say("done");
        }

        private List<CutRecord> Make(string text)
        {
            var options = CampaignOptions.Parse(text);
            using(var campaign = new PowerFailCampaign(board, new FirmwareGuest(board, "fw", new byte[0], options.Firmware), "fw", options))
            {
                made = campaign.Cuts(_ => false).ToList();
            }
            return made;
        }

        private int Listeners => board.Uart.Listeners + board.Other.Listeners;

        private ConsoleBoard board;
        private int listenersOfHost;
        private List<CutRecord> made;

        private const string Usual = "--from saving --until done --good ok --bad bad";
    }
}
