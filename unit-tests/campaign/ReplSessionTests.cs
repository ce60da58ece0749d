// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The raw REPL, and MicroPython as a guest, on a UART that says what it is told to.</summary>
    [TestFixture]
    public class ReplSessionTests
    {
        [SetUp]
        public void MakeBoard()
        {
            board = new ReplBoard();
            repl = new ReplSession(board);
            repl.Attach();
        }

        [TearDown]
        public void Dispose()
        {
            ((IDisposable)board.Machine).Dispose();
        }

        [Test]
        public void ShouldEnterTheRawReplOnWhicheverUartItIs()
        {
            board.Uart.Boot(0.25);
            Assert.That(repl.WaitForBoot(1), Is.True);
            Assert.That(board.Uart.Received, Is.EqualTo("\u0001"));
            Assert.That(board.Other.Received, Is.Empty);
        }

        [Test]
        public void ShouldWaitNoLongerThanItMay()
        {
            Assert.That(repl.WaitForBoot(0.5), Is.False);
            Assert.That(board.Now.TotalSeconds, Is.EqualTo(0.5).Within(0.02));
            board.Uart.Boot(0);
            board.Uart.IsMute = true;
            Assert.That(repl.WaitForBoot(0.5), Is.False);
        }

        [Test]
        public void ShouldTakeOutputAndTracebackApart()
        {
            Boot();
            board.Uart.Answer = code => (code == "print(1)\n" ? "1\r\n" : "?", "");
            Assert.That(repl.Run("print(1)", 1), Is.True);
            Assert.That((repl.Output, repl.Traceback, repl.HasExited), Is.EqualTo(("1\r\n", "", false)));
            board.Uart.Answer = _ => ("so far", "Traceback (most recent call last):\r\n  File\r\nOSError: 5\r\n");
            Assert.That(repl.Run("x", 1), Is.True);
            Assert.That(repl.Output, Is.EqualTo("so far"));
            Assert.That(repl.Traceback, Does.StartWith("Traceback").And.EndWith("OSError: 5"));
        }

        [Test]
        public void ShouldSeeThatCodeEndedMicroPython()
        {
            Boot();
            board.Uart.Answer = _ => ("bye", "");
            board.Uart.AfterEnd = "\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>";
            Assert.That(repl.Run("x", 1), Is.True);
            Assert.That(repl.HasExited, Is.True);
        }

        [Test]
        public void ShouldTellWhenCodeBeginsAndEnds()
        {
            Boot();
            var seen = new List<string>();
            repl.Began = () => seen.Add("began");
            repl.Ended = () => seen.Add("ended");
            board.Uart.Answer = _ => ("\u0002a\u0002b", "");
            repl.Start("x");
            Assert.That(seen, Is.Empty);
            Assert.That(repl.IsThrough, Is.False);
            Assert.That(repl.WaitForEnd(1), Is.True);
            Assert.That(seen, Is.EqualTo(new[] { "began", "ended" }));
            Assert.That(repl.Marks, Is.EqualTo(2));
        }

        [Test]
        public void ShouldStopWaitingForAnotherReason()
        {
            Boot();
            board.Uart.IsMute = true;
            repl.Start("x");
            var looks = 0;
            Assert.That(repl.WaitForEnd(1, () => ++looks == 5), Is.False);
            Assert.That(looks, Is.EqualTo(5));
            Assert.That(repl.WaitForEnd(0.1), Is.False);
        }

        [Test]
        public void ShouldForgetAtAnotherPointInTime()
        {
            Boot();
            board.Uart.Answer = _ => ("\u0002", "");
            repl.Run("x", 1);
            repl.Clear();
            Assert.That((repl.Marks, repl.Output, repl.IsThrough), Is.EqualTo((0, "", false)));
            // The same UART, as an object that a snapshot has brought.
            repl.Attach();
            Assert.That(repl.Run("x", 1), Is.True);
            var listeners = board.Uart.Listeners;
            repl.Detach();
            // Renode itself listens, too.
            Assert.That(board.Uart.Listeners, Is.EqualTo(listeners - 1));
        }

        [Test]
        public void ShouldSendTextAsUtf8()
        {
            Boot();
            board.Uart.Answer = code => (code, "");
            repl.Run("'ü\u4e2d'", 1);
            Assert.That(repl.Output, Is.EqualTo("'ü\u4e2d'\n"));
        }

        [TestCase("'old'", Verdict.Old)]
        [TestCase("'new'", Verdict.New)]
        [TestCase("'lost'", Verdict.Lost)]
        [TestCase("'corrupt'", Verdict.Corrupt)]
        [TestCase("'consistent'", Verdict.Consistent)]
        [TestCase("True", Verdict.Consistent)]
        [TestCase("False", Verdict.Corrupt)]
        [TestCase("None", null)]
        [TestCase("'OLD'", null)]
        public void ShouldReadTheVerdictOfMicroPython(string answer, Verdict? verdict)
        {
            var guest = Guest();
            board.Uart.Answer = code => (code == "print('\\x05%r'%(check(3),))\n" ? "noise\r\n\u0005" + answer + "\r\n" : "?", "");
            guest.StartCheck(3);
            Assert.That(guest.WaitForEnd(1), Is.EqualTo(GuestOutcome.Returned));
            Assert.That(guest.ReadVerdict(out var said), Is.EqualTo(verdict));
            Assert.That(said, Is.EqualTo(answer));
            Assert.That(guest.Transcript, Is.EqualTo("noise"));
        }

        [Test]
        public void ShouldTellHowMicroPythonEnded()
        {
            var guest = Guest();
            board.Uart.Answer = _ => ("", "Traceback\r\nValueError: no\r\n");
            guest.StartRun();
            Assert.That(guest.WaitForEnd(1), Is.EqualTo(GuestOutcome.Raised));
            Assert.That(guest.Exception, Is.EqualTo("ValueError: no"));
            board.Uart.Answer = _ => ("", "");
            board.Uart.AfterEnd = "raw REPL; CTRL-B to exit\r\n>";
            Assert.That(guest.Load(1), Is.EqualTo(GuestOutcome.Left));
            board.Uart.IsMute = true;
            Assert.That(guest.Load(0.1), Is.EqualTo(GuestOutcome.Running));
        }

        [Test]
        public void ShouldSayWhatIsNoProgramForACampaign()
        {
            var guest = Guest();
            string Said(Func<string, (string, string)> answer)
            {
                board.Uart.Answer = answer;
                return Assert.Throws<RecoverableException>(() => guest.Introduce(0.1)).Message;
            }
            Assert.That(Said(x => ("", x == "the source\n" ? "SyntaxError: invalid\r\n" : "")), Is.EqualTo("p.py raises at once: SyntaxError: invalid"));
            Assert.That(Said(x => (x.Contains("'run'") ? "False" : "True", "")), Does.StartWith("p.py has no function run(): define run(), which is cut"));
            Assert.That(Said(x => (x.Contains("'check'") ? "False" : "True", "")), Does.StartWith("p.py has no function check(): define check(done), which says what is left"));
            Assert.That(Said(x => ("True", x.Contains("'setup'") ? "ValueError: no" : "")), Is.EqualTo("p.py: setup() raises ValueError: no"));
            board.Uart.Answer = _ => ("True\r\n", "");
            Assert.DoesNotThrow(() => guest.Introduce(0.1));
            board.Uart.IsMute = true;
            Assert.That(Said(_ => ("", "")), Does.StartWith("p.py does not get to its end within 0.1 s of virtual time"));
        }

        private void Boot()
        {
            board.Uart.Boot(0);
            Assert.That(repl.WaitForBoot(1), Is.True);
        }

        private MicroPythonGuest Guest()
        {
            var guest = new MicroPythonGuest(board, "p.py", "the source");
            guest.Attach();
            board.Uart.Boot(0);
            Assert.That(guest.WaitForBoot(1), Is.True);
            return guest;
        }

        private ReplBoard board;
        private ReplSession repl;

        /// <summary>What the UARTs have to say arrives while time passes.</summary>
        private sealed class ReplBoard : FakeBoard
        {
            public ReplBoard()
            {
                machine = new Machine();
                Other = Add("uart1");
                Uart = Add("uart2");
            }

            public override void RunFor(TimeInterval time)
            {
                base.RunFor(time);
                Other.Say(Now);
                Uart.Say(Now);
            }

            public override IMachine Machine => machine;

            public FakeUart Uart { get; }

            public FakeUart Other { get; }

            private FakeUart Add(string name)
            {
                var uart = new FakeUart();
                machine.SystemBus.Register(uart, NullRegistrationPoint.Instance);
                machine.SetLocalName(uart, name);
                return uart;
            }

            private readonly Machine machine;
        }

        private sealed class FakeUart : IUART
        {
            public void Boot(double seconds)
            {
                received.Clear();
                bootsAt = seconds;
            }

            public void WriteChar(byte value)
            {
                received.Add(value);
                if(value == 1)
                {
                    Queue("raw REPL; CTRL-B to exit\r\n>");
                    code.Clear();
                }
                else if(value == 4)
                {
                    var (output, error) = Answer(Encoding.UTF8.GetString(code.ToArray()));
                    code.Clear();
                    Queue($"OK{output}\u0004{error}\u0004{AfterEnd}");
                }
                else
                {
                    code.Add(value);
                }
            }

            public void Say(TimeInterval now)
            {
                if(bootsAt != null && now.TotalSeconds >= bootsAt)
                {
                    bootsAt = null;
                    Queue("MicroPython\r\n>>> ");
                    IsMute = false;
                }
                var bytes = toSay.ToArray();
                toSay.Clear();
                foreach(var value in bytes)
                {
                    CharReceived?.Invoke(value);
                }
            }

            public void Reset()
            {
            }

            public string Received => Encoding.UTF8.GetString(received.ToArray());

            public int Listeners => CharReceived?.GetInvocationList().Length ?? 0;

            public Func<string, (string Output, string Error)> Answer { get; set; } = _ => ("", "");

            public string AfterEnd { get; set; } = ">";

            public bool IsMute { get; set; }

            public uint BaudRate => 115200;

            public Bits StopBits => Bits.One;

            public Parity ParityBit => Parity.None;

            public event Action<byte> CharReceived;

            private void Queue(string text)
            {
                if(!IsMute)
                {
                    toSay.AddRange(Encoding.UTF8.GetBytes(text));
                }
            }

            private double? bootsAt;

            private readonly List<byte> received = new List<byte>();
            private readonly List<byte> code = new List<byte>();
            private readonly List<byte> toSay = new List<byte>();
        }
    }
}
