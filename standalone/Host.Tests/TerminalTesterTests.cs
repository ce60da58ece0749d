// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Time;

using NUnit.Framework;

using Standalone.Host.Testers;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class TerminalTesterTests
    {
        [SetUp]
        public void SetUp()
        {
            guest = new Guest();
            tester = new TerminalTester(guest, guest, TimeInterval.FromSeconds(1ul));
        }

        [Test]
        public void ShouldWaitForALineAndTakeWhatCameBefore()
        {
            guest.Say(10, "first\r\nsecond one\r\nthird\r\n");
            Assert.That(tester.WaitFor("second").Line, Is.EqualTo("second one"));
            Assert.That(tester.WaitFor("first", TimeInterval.Empty), Is.Null);
        }

        [Test]
        public void ShouldStopTimeAtTheMatch()
        {
            guest.Say(10, "a\n");
            guest.Say(20, "b\n");
            Assert.That(tester.WaitFor("a").Timestamp, Is.EqualTo(10));
            Assert.That(guest.Now, Is.EqualTo(TimeInterval.FromMilliseconds(10ul)));
            Assert.That(tester.WaitFor("b").Line, Is.EqualTo("b"));
        }

        [Test]
        public void ShouldGiveUpAfterTheTimeout()
        {
            guest.Say(501, "late\n");
            Assert.That(tester.WaitFor("late", TimeInterval.FromMilliseconds(500ul)), Is.Null);
            Assert.That(guest.Now, Is.EqualTo(TimeInterval.FromMilliseconds(500ul)));
            Assert.That(tester.GetReport(), Does.Contain("Line containing >>late<< event: failure"));
        }

        [Test]
        public void ShouldMatchAPromptOnlyIfAsked()
        {
            guest.Say(1, "x\n>>> ");
            Assert.That(tester.WaitFor(">>> "), Is.Null);
            Assert.That(tester.WaitFor(">>> ", includeUnfinishedLine: true).Line, Is.EqualTo(">>> "));
        }

        [Test]
        public void ShouldForgetTheUnfinishedLineAfterItMatched()
        {
            guest.Say(1, ">>> abc");
            guest.Say(2, "\nabc\n");
            Assert.That(tester.WaitFor("abc", includeUnfinishedLine: true).Line, Is.EqualTo(">>> abc"));
            Assert.That(tester.WaitFor("abc").Line, Is.EqualTo("abc"));
        }

        [Test]
        public void ShouldReturnGroups()
        {
            guest.Say(1, "value=42 unit=mV\n");
            var match = tester.WaitFor(@"value=(\d+) unit=(\w+)", treatAsRegex: true);
            Assert.That(match.Groups, Is.EqualTo(new[] { "42", "mV" }));
        }

        [Test]
        public void ShouldLeaveOutColours()
        {
            guest.Say(1, "\x1B[31mred\x1B[0m text\n");
            Assert.That(tester.WaitFor("text").Line, Is.EqualTo("red text"));
        }

        [Test]
        public void ShouldSendTextWithCarriageReturn()
        {
            tester.WriteLine("1+1");
            Assert.That(guest.Heard, Is.EqualTo("1+1\r"));
        }

        private Guest guest;
        private TerminalTester tester;

        // A guest that says things at given times.
        private sealed class Guest : ITerminalPort, ITestClock
        {
            public void Say(ulong milliseconds, string text)
            {
                script.Enqueue((TimeInterval.FromMilliseconds(milliseconds), text));
            }

            public void Send(byte value)
            {
                heard.Append((char)value);
            }

            public bool Run(TimeInterval limit)
            {
                isStopped = false;
                var end = Now + limit;
                while(!isStopped)
                {
                    if(saying.Count == 0)
                    {
                        if(script.Count == 0 || script.Peek().Time > end)
                        {
                            Now = end;
                            return false;
                        }
                        var (time, text) = script.Dequeue();
                        Now = time > Now ? time : Now;
                        text.ToList().ForEach(saying.Enqueue);
                        continue;
                    }
                    Received?.Invoke((byte)saying.Dequeue());
                }
                return true;
            }

            public void Stop()
            {
                isStopped = true;
            }

            public void Pause()
            {
            }

            public string Heard => heard.ToString();

            public TimeInterval Now { get; private set; }

            public event Action<byte> Received;

            private bool isStopped;

            private readonly StringBuilder heard = new();
            private readonly Queue<char> saying = new();
            private readonly Queue<(TimeInterval Time, string Text)> script = new();
        }
    }
}
