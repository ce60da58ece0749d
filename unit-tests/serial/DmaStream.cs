// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;

namespace UnitTests
{
    /// <summary>A DMA stream that acts at once, as long as its request is high and it has something to do.</summary>
    public class DmaStream : IGPIOReceiver
    {
        /// <summary>Writes 0, 1, 2 and so on when the line asks for it.</summary>
        /// <param name="line">The request.</param>
        /// <param name="write">Writes an item.</param>
        /// <param name="items">Items that it has.</param>
        public static void Feed(GPIO line, Action<uint> write, uint items)
        {
            var next = 0u;
            new DmaStream(line, () => write(next++), items);
        }

        /// <summary>Reads when the line asks for it.</summary>
        /// <param name="line">The request.</param>
        /// <param name="read">Reads an item.</param>
        /// <param name="items">Items that it has room for.</param>
        public static List<uint> Collect(GPIO line, Func<uint> read, uint items = uint.MaxValue)
        {
            var result = new List<uint>();
            new DmaStream(line, () => result.Add(read()), items);
            return result;
        }

        public void OnGPIO(int number, bool value)
        {
            if(isMoving)
            {
                return;
            }
            isMoving = true;
            for(; line.IsSet && left > 0; left--)
            {
                move();
            }
            isMoving = false;
        }

        public void Reset()
        {
        }

        private DmaStream(GPIO line, Action move, uint items)
        {
            this.line = line;
            this.move = move;
            left = items;
            line.Connect(this, 0);
        }

        private uint left;
        private bool isMoving;

        private readonly GPIO line;
        private readonly Action move;
    }
}
