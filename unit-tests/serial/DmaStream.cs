// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;

namespace UnitTests
{
    /// <summary>A DMA stream that acts at each request.</summary>
    public class DmaStream : IGPIOReceiver
    {
        public DmaStream(Action move)
        {
            this.move = move;
        }

        public void OnGPIO(int number, bool value)
        {
            if(value)
            {
                move();
            }
        }

        public void Reset()
        {
        }

        private readonly Action move;
    }
}
