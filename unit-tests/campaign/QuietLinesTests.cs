// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Campaigns;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class QuietLinesTests : ChipTest
    {
        [Test]
        public void ShouldKeepWhatACampaignPrintsFromThoseWhoListened()
        {
            CompleteChip();
            SelectUsartPins();
            SetBits(RccBase + 0x44, 1 << 4);
            Write(UsartBase + 0x08, 0x8B);
            Write(UsartBase + 0x0C, 0x200C);
            var heard = new List<byte>();
            var own = new List<byte>();
            Usart.CharReceived += heard.Add;
            Send('a');
            using(new QuietLines(Machine))
            {
                Usart.CharReceived += own.Add;
                Send('b');
            }
            Send('c');
            Assert.That(heard, Is.EqualTo("ac"));
            Assert.That(own, Is.EqualTo("b"));
        }

        private void Send(char value)
        {
            Write(UsartBase + 0x04, value);
            RunFor(0.001);
        }
    }
}
