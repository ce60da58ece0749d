// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Security.Cryptography;

using Antmicro.Renode.Campaigns;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class RetainedChecksumTests
    {
        [Test]
        public void ShouldBeThatOfWhatWasWrittenSinceTheLast()
        {
            var contents = new[] { "0102030405", "0102030405", "0102FF0405", "0102FF0405", "0102FF04", "0102FF0405", "0102FF040506", "00", "", "" };
            foreach(var content in contents)
            {
                var bytes = Convert.FromHexString(content);
                // In parts, as models write it.
                checksum.Write(bytes, 0, bytes.Length / 2);
                checksum.Write(bytes.AsSpan(bytes.Length / 2));
                Assert.That(checksum.Complete(), Is.EqualTo(Convert.ToHexString(SHA256.HashData(bytes))), content);
            }
        }

        private readonly RetainedChecksum checksum = new RetainedChecksum();
    }
}
