// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace UnitTests.Contract
{
    /// <summary>
    /// What a core is to do with peripherals, access by access, and the program that does it: at 0x200, with its script at 0x800.
    /// It logs what it reads, and what a timer at 0x40000000 counts, as the other programs do. Its handler of all exceptions
    /// logs IPSR and the timer, writes the word at 0x20000804 to the address at 0x20000800, and counts at 0x20000808.
    /// </summary>
    internal sealed class AccessScript
    {
        public AccessScript Write(ulong address, uint value) => Add(1, address, value);

        public AccessScript WriteHalf(ulong address, uint value) => Add(2, address, value);

        public AccessScript WriteByte(ulong address, uint value) => Add(3, address, value);

        /// <summary>Logs what is read.</summary>
        public AccessScript Read(ulong address) => Add(4, address, 0);

        /// <summary>Reads until all of these bits are set, and logs the time.</summary>
        public AccessScript UntilSet(ulong address, uint bits) => Add(5, address, bits);

        /// <summary>Reads until none of these bits is set, and logs the time.</summary>
        public AccessScript UntilClear(ulong address, uint bits) => Add(6, address, bits);

        /// <summary>Logs the time.</summary>
        public AccessScript Time() => Add(7, 0, 0);

        /// <summary>What the handler of exceptions does to end what asked for it.</summary>
        public AccessScript OnException(ulong address, uint value) => Write(Acknowledge, (uint)address).Write(Acknowledge + 4, value);

        /// <summary>The words at 0x800.</summary>
        public IReadOnlyList<uint> Words => words;

        /// <summary>Counts exceptions.</summary>
        public const ulong Exceptions = Acknowledge + 8;

        private AccessScript Add(uint action, ulong address, uint value)
        {
            words.AddRange(new[] { action, (uint)address, value });
            return this;
        }

        private readonly List<uint> words = new List<uint>();

        private const ulong Acknowledge = 0x20000800;

        /// <summary>Address of the handler.</summary>
        public const uint Handler = 0x24C;

        /// <summary>The program.</summary>
        public static readonly CpuProgram Program = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0xF44F, 0x6400, // mov.w r4, #2048
                0xF04F, 0x5500, // mov.w r5, #536870912
                0x4E19, // ldr r6, [pc, #100]
                // next:
                0xCC07, // ldmia r4!, {r0, r1, r2}
                0xE8DF, 0xF000, // tbb [pc, r0]
                // table:
                0x0504, 0x0907, // .word 0x09070504
                0x0D0B, 0x1512, // .word 0x15120d0b
                // end:
                0xE7FE, // b.n 218 <end>
                // write:
                0x600A, // str r2, [r1, #0]
                0xE7F5, // b.n 20a <next>
                // writeh:
                0x800A, // strh r2, [r1, #0]
                0xE7F3, // b.n 20a <next>
                // writeb:
                0x700A, // strb r2, [r1, #0]
                0xE7F1, // b.n 20a <next>
                // read:
                0x6808, // ldr r0, [r1, #0]
                0xE008, // b.n 23c <logit>
                // set:
                0x6808, // ldr r0, [r1, #0]
                0xEA32, 0x0000, // bics.w r0, r2, r0
                0xD1FB, // bne.n 22a <set>
                0xE002, // b.n 23a <time>
                // clear:
                0x6808, // ldr r0, [r1, #0]
                0x4210, // tst r0, r2
                0xD1FC, // bne.n 234 <clear>
                // time:
                0x6830, // ldr r0, [r6, #0]
                // logit:
                0xF000, 0xF801, // bl 242 <log>
                0xE7E3, // b.n 20a <next>
                // log:
                0x682B, // ldr r3, [r5, #0]
                0x50E8, // str r0, [r5, r3]
                0x3304, // adds r3, #4
                0x602B, // str r3, [r5, #0]
                0x4770, // bx lr
                // handler:
                0xB510, // push {r4, lr}
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFF6, // bl 242 <log>
                0x6830, // ldr r0, [r6, #0]
                0xF7FF, 0xFFF3, // bl 242 <log>
                0x4C05, // ldr r4, [pc, #20]
                0xE894, 0x0007, // ldmia.w r4, {r0, r1, r2}
                0x6001, // str r1, [r0, #0]
                0x3201, // adds r2, #1
                0x60A2, // str r2, [r4, #8]
                0xF3BF, 0x8F4F, // dsb sy
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0x0024, 0x4000, // .word 0x40000024
                0x0800, 0x2000, // .word 0x20000800
            });
    }
}
