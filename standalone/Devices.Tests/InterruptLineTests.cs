// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class InterruptLineTests : Bench
    {
        [Test]
        public void ShouldCombineInputs()
        {
            var combined = new CombinedInput(3);
            combined.OnGPIO(0, true);
            combined.OnGPIO(2, true);
            combined.OnGPIO(0, false);
            Assert.That(combined.OutputLine.IsSet, Is.True);
            combined.OnGPIO(2, false);
            Assert.That(combined.OutputLine.IsSet, Is.False);
            Assert.That(() => combined.OnGPIO(3, true), Throws.Nothing);
            Assert.That(combined.OutputLine.IsSet, Is.False);
            combined.OnGPIO(1, true);
            combined.Reset();
            Assert.That(combined.OutputLine.IsSet, Is.False);
        }
    }
}
