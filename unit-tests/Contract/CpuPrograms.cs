// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace UnitTests.Contract
{
    /// <summary>
    /// Programs for a Cortex-M4, as opcodes with their assembly beside them. They start at 0x200; those that log append words from
    /// 0x20000004 on, at the offset in the word at 0x20000000.
    /// </summary>
    internal static class CpuPrograms
    {
        /// <summary>Logs SP, CONTROL, PRIMASK, BASEPRI, FAULTMASK.</summary>
        public static readonly CpuProgram Boot = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4668, // mov r0, sp
                0xF000, 0xF812, // bl 22a <log>
                0xF3EF, 0x8014, // mrs r0, CONTROL
                0xF000, 0xF80E, // bl 22a <log>
                0xF3EF, 0x8010, // mrs r0, PRIMASK
                0xF000, 0xF80A, // bl 22a <log>
                0xF3EF, 0x8011, // mrs r0, BASEPRI
                0xF000, 0xF806, // bl 22a <log>
                0xF3EF, 0x8013, // mrs r0, FAULTMASK
                0xF000, 0xF802, // bl 22a <log>
                0xBF00, // nop
                0xE7FD, // b.n 226 <main+0x26>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
            });

        /// <summary>Counts in r0 for ever.</summary>
        public static readonly CpuProgram Idle = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x3001, // adds r0, #1
                0xE7FD, // b.n 200 <main>
            });

        /// <summary>SysTick every 1000 clocks; the handler counts at 0x20000800.</summary>
        public static readonly CpuProgram SysTick = new CpuProgram(
            new Dictionary<int, uint> { [15] = 0x222 },
            new ushort[]
            {
                // main:
                0x480A, // ldr r0, [pc, #40]
                0xF240, 0x31E7, // movw r1, #999
                0x6041, // str r1, [r0, #4]
                0x2100, // movs r1, #0
                0x6081, // str r1, [r0, #8]
                0x2107, // movs r1, #7
                0x6001, // str r1, [r0, #0]
                0xBF00, // nop
                0xE7FD, // b.n 210 <main+0x10>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector15:
                0x4803, // ldr r0, [pc, #12]
                0x6801, // ldr r1, [r0, #0]
                0x3101, // adds r1, #1
                0x6001, // str r1, [r0, #0]
                0x4770, // bx lr
                0xE010, 0xE000, // .word 0xe000e010
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Pends SysTick, whose handler (priority 0x20) pends PendSV (priority of the word at 0x20000804).</summary>
        public static readonly CpuProgram TailChain = new CpuProgram(
            new Dictionary<int, uint> { [15] = 0x234, [14] = 0x254 },
            new ushort[]
            {
                // main:
                0x4817, // ldr r0, [pc, #92]
                0x4918, // ldr r1, [pc, #96]
                0x6809, // ldr r1, [r1, #0]
                0x7001, // strb r1, [r0, #0]
                0x2120, // movs r1, #32
                0x7041, // strb r1, [r0, #1]
                0x4816, // ldr r0, [pc, #88]
                0xF04F, 0x6180, // mov.w r1, #67108864
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2004, // movs r0, #4
                0xF000, 0xF802, // bl 226 <log>
                0xBF00, // nop
                0xE7FD, // b.n 222 <main+0x22>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector15:
                0xB510, // push {r4, lr}
                0x2001, // movs r0, #1
                0xF7FF, 0xFFF5, // bl 226 <log>
                0x480A, // ldr r0, [pc, #40]
                0xF04F, 0x5180, // mov.w r1, #268435456
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2002, // movs r0, #2
                0xF7FF, 0xFFEA, // bl 226 <log>
                0xBD10, // pop {r4, pc}
                // vector14:
                0xB510, // push {r4, lr}
                0x2003, // movs r0, #3
                0xF7FF, 0xFFE5, // bl 226 <log>
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0xED22, 0xE000, // .word 0xe000ed22
                0x0804, 0x2000, // .word 0x20000804
                0xED04, 0xE000, // .word 0xe000ed04
            });

        /// <summary>Interrupt 0 of priority 0x80 against BASEPRI 0x80, then 0x90; then BASEPRI_MAX.</summary>
        public static readonly CpuProgram BasePriority = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x26A },
            new ushort[]
            {
                // main:
                0x4C1C, // ldr r4, [pc, #112]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0x2080, // movs r0, #128
                0xF380, 0x8811, // msr BASEPRI, r0
                0xF8C4, 0x5100, // str.w r5, [r4, #256]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2001, // movs r0, #1
                0xF000, 0xF81B, // bl 25c <log>
                0x2090, // movs r0, #144
                0xF380, 0x8811, // msr BASEPRI, r0
                0xF3BF, 0x8F6F, // isb sy
                0x2002, // movs r0, #2
                0xF000, 0xF813, // bl 25c <log>
                0x20A0, // movs r0, #160
                0xF380, 0x8812, // msr BASEPRI_MAX, r0
                0xF3EF, 0x8011, // mrs r0, BASEPRI
                0xF000, 0xF80C, // bl 25c <log>
                0x2040, // movs r0, #64
                0xF380, 0x8812, // msr BASEPRI_MAX, r0
                0xF3EF, 0x8011, // mrs r0, BASEPRI
                0xF000, 0xF805, // bl 25c <log>
                0x2000, // movs r0, #0
                0xF380, 0x8811, // msr BASEPRI, r0
                0xBF00, // nop
                0xE7FD, // b.n 258 <main+0x58>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFF5, // bl 25c <log>
                0xBD10, // pop {r4, pc}
                0xE100, 0xE000, // .word 0xe000e100
            });

        /// <summary>Interrupt 0 against PRIMASK, then FAULTMASK.</summary>
        public static readonly CpuProgram Masks = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x260 },
            new ushort[]
            {
                // main:
                0x4C1A, // ldr r4, [pc, #104]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0xB672, // cpsid i
                0xF8C4, 0x5100, // str.w r5, [r4, #256]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2001, // movs r0, #1
                0xF000, 0xF818, // bl 252 <log>
                0xB662, // cpsie i
                0xF3BF, 0x8F6F, // isb sy
                0x2002, // movs r0, #2
                0xF000, 0xF812, // bl 252 <log>
                0xB671, // cpsid f
                0xF8C4, 0x5100, // str.w r5, [r4, #256]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2003, // movs r0, #3
                0xF000, 0xF808, // bl 252 <log>
                0xB661, // cpsie f
                0xF3BF, 0x8F6F, // isb sy
                0x2004, // movs r0, #4
                0xF000, 0xF802, // bl 252 <log>
                0xBF00, // nop
                0xE7FD, // b.n 24e <main+0x4e>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFF5, // bl 252 <log>
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0xE100, 0xE000, // .word 0xe000e100
            });

        /// <summary>Interrupts 0 and 2 of priority 0x80, 1 of 0x40; 0 pends 2, then 1.</summary>
        public static readonly CpuProgram Nesting = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x234, [17] = 0x256, [18] = 0x266 },
            new ushort[]
            {
                // main:
                0x4C1B, // ldr r4, [pc, #108]
                0x2507, // movs r5, #7
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x491A, // ldr r1, [pc, #104]
                0x6031, // str r1, [r6, #0]
                0x2501, // movs r5, #1
                0xF8C4, 0x5100, // str.w r5, [r4, #256]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2001, // movs r0, #1
                0xF000, 0xF802, // bl 226 <log>
                0xBF00, // nop
                0xE7FD, // b.n 222 <main+0x22>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB570, // push {r4, r5, r6, lr}
                0x200A, // movs r0, #10
                0xF7FF, 0xFFF5, // bl 226 <log>
                0x4C0E, // ldr r4, [pc, #56]
                0x2504, // movs r5, #4
                0x6025, // str r5, [r4, #0]
                0x2502, // movs r5, #2
                0x6025, // str r5, [r4, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x200B, // movs r0, #11
                0xF7FF, 0xFFE9, // bl 226 <log>
                0xBD70, // pop {r4, r5, r6, pc}
                // vector17:
                0xB510, // push {r4, lr}
                0x2014, // movs r0, #20
                0xF7FF, 0xFFE4, // bl 226 <log>
                0x9801, // ldr r0, [sp, #4]
                0xF7FF, 0xFFE1, // bl 226 <log>
                0xBD10, // pop {r4, pc}
                // vector18:
                0xB510, // push {r4, lr}
                0x201E, // movs r0, #30
                0xF7FF, 0xFFDC, // bl 226 <log>
                0xBD10, // pop {r4, pc}
                0xE100, 0xE000, // .word 0xe000e100
                0x4080, 0x0080, // .word 0x00804080
                0xE200, 0xE000, // .word 0xe000e200
            });

        /// <summary>Supervisor call on the main stack: the handler logs EXC_RETURN, IPSR, the stacked frame and its address.</summary>
        public static readonly CpuProgram Frame = new CpuProgram(
            new Dictionary<int, uint> { [11] = 0x230 },
            new ushort[]
            {
                // main:
                0x2010, // movs r0, #16
                0x2111, // movs r1, #17
                0x2212, // movs r2, #18
                0x2313, // movs r3, #19
                0x469C, // mov ip, r3
                0xF04F, 0x3414, // mov.w r4, #336860180
                0x46A6, // mov lr, r4
                0x4280, // cmp r0, r0
                0xDF05, // svc 5
                0xF000, 0xF805, // bl 222 <log>
                0x4668, // mov r0, sp
                0xF000, 0xF802, // bl 222 <log>
                0xBF00, // nop
                0xE7FD, // b.n 21e <main+0x1e>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector11:
                0x466B, // mov r3, sp
                0xF01E, 0x0F04, // tst.w lr, #4
                0xBF18, // it ne
                0xF3EF, 0x8309, // mrsne r3, PSP
                0xB510, // push {r4, lr}
                0x461C, // mov r4, r3
                0x4670, // mov r0, lr
                0xF7FF, 0xFFEE, // bl 222 <log>
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFEA, // bl 222 <log>
                0x6820, // ldr r0, [r4, #0]
                0xF7FF, 0xFFE7, // bl 222 <log>
                0x6860, // ldr r0, [r4, #4]
                0xF7FF, 0xFFE4, // bl 222 <log>
                0x68A0, // ldr r0, [r4, #8]
                0xF7FF, 0xFFE1, // bl 222 <log>
                0x68E0, // ldr r0, [r4, #12]
                0xF7FF, 0xFFDE, // bl 222 <log>
                0x6920, // ldr r0, [r4, #16]
                0xF7FF, 0xFFDB, // bl 222 <log>
                0x6960, // ldr r0, [r4, #20]
                0xF7FF, 0xFFD8, // bl 222 <log>
                0x69A0, // ldr r0, [r4, #24]
                0xF7FF, 0xFFD5, // bl 222 <log>
                0x69E0, // ldr r0, [r4, #28]
                0xF7FF, 0xFFD2, // bl 222 <log>
                0x4620, // mov r0, r4
                0xF7FF, 0xFFCF, // bl 222 <log>
                0x2055, // movs r0, #85
                0x6020, // str r0, [r4, #0]
                0xBD10, // pop {r4, pc}
            });

        /// <summary>The same on the process stack.</summary>
        public static readonly CpuProgram ProcessFrame = new CpuProgram(
            new Dictionary<int, uint> { [11] = 0x240 },
            new ushort[]
            {
                // main:
                0x4826, // ldr r0, [pc, #152]
                0xF380, 0x8809, // msr PSP, r0
                0x2002, // movs r0, #2
                0xF380, 0x8814, // msr CONTROL, r0
                0xF3BF, 0x8F6F, // isb sy
                0x2010, // movs r0, #16
                0x2111, // movs r1, #17
                0x2212, // movs r2, #18
                0x2313, // movs r3, #19
                0x469C, // mov ip, r3
                0xF04F, 0x3414, // mov.w r4, #336860180
                0x46A6, // mov lr, r4
                0x4280, // cmp r0, r0
                0xDF05, // svc 5
                0xF000, 0xF805, // bl 232 <log>
                0x4668, // mov r0, sp
                0xF000, 0xF802, // bl 232 <log>
                0xBF00, // nop
                0xE7FD, // b.n 22e <main+0x2e>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector11:
                0x466B, // mov r3, sp
                0xF01E, 0x0F04, // tst.w lr, #4
                0xBF18, // it ne
                0xF3EF, 0x8309, // mrsne r3, PSP
                0xB510, // push {r4, lr}
                0x461C, // mov r4, r3
                0x4670, // mov r0, lr
                0xF7FF, 0xFFEE, // bl 232 <log>
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFEA, // bl 232 <log>
                0x6820, // ldr r0, [r4, #0]
                0xF7FF, 0xFFE7, // bl 232 <log>
                0x6860, // ldr r0, [r4, #4]
                0xF7FF, 0xFFE4, // bl 232 <log>
                0x68A0, // ldr r0, [r4, #8]
                0xF7FF, 0xFFE1, // bl 232 <log>
                0x68E0, // ldr r0, [r4, #12]
                0xF7FF, 0xFFDE, // bl 232 <log>
                0x6920, // ldr r0, [r4, #16]
                0xF7FF, 0xFFDB, // bl 232 <log>
                0x6960, // ldr r0, [r4, #20]
                0xF7FF, 0xFFD8, // bl 232 <log>
                0x69A0, // ldr r0, [r4, #24]
                0xF7FF, 0xFFD5, // bl 232 <log>
                0x69E0, // ldr r0, [r4, #28]
                0xF7FF, 0xFFD2, // bl 232 <log>
                0x4620, // mov r0, r4
                0xF7FF, 0xFFCF, // bl 232 <log>
                0x2055, // movs r0, #85
                0x6020, // str r0, [r4, #0]
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0x0C00, 0x2000, // .word 0x20000c00
            });

        /// <summary>The same with a stack pointer that is no multiple of 8.</summary>
        public static readonly CpuProgram UnalignedFrame = new CpuProgram(
            new Dictionary<int, uint> { [11] = 0x232 },
            new ushort[]
            {
                // main:
                0xB081, // sub sp, #4
                0x2010, // movs r0, #16
                0x2111, // movs r1, #17
                0x2212, // movs r2, #18
                0x2313, // movs r3, #19
                0x469C, // mov ip, r3
                0xF04F, 0x3414, // mov.w r4, #336860180
                0x46A6, // mov lr, r4
                0x4280, // cmp r0, r0
                0xDF05, // svc 5
                0xF000, 0xF805, // bl 224 <log>
                0x4668, // mov r0, sp
                0xF000, 0xF802, // bl 224 <log>
                0xBF00, // nop
                0xE7FD, // b.n 220 <main+0x20>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector11:
                0x466B, // mov r3, sp
                0xF01E, 0x0F04, // tst.w lr, #4
                0xBF18, // it ne
                0xF3EF, 0x8309, // mrsne r3, PSP
                0xB510, // push {r4, lr}
                0x461C, // mov r4, r3
                0x4670, // mov r0, lr
                0xF7FF, 0xFFEE, // bl 224 <log>
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFEA, // bl 224 <log>
                0x6820, // ldr r0, [r4, #0]
                0xF7FF, 0xFFE7, // bl 224 <log>
                0x6860, // ldr r0, [r4, #4]
                0xF7FF, 0xFFE4, // bl 224 <log>
                0x68A0, // ldr r0, [r4, #8]
                0xF7FF, 0xFFE1, // bl 224 <log>
                0x68E0, // ldr r0, [r4, #12]
                0xF7FF, 0xFFDE, // bl 224 <log>
                0x6920, // ldr r0, [r4, #16]
                0xF7FF, 0xFFDB, // bl 224 <log>
                0x6960, // ldr r0, [r4, #20]
                0xF7FF, 0xFFD8, // bl 224 <log>
                0x69A0, // ldr r0, [r4, #24]
                0xF7FF, 0xFFD5, // bl 224 <log>
                0x69E0, // ldr r0, [r4, #28]
                0xF7FF, 0xFFD2, // bl 224 <log>
                0x4620, // mov r0, r4
                0xF7FF, 0xFFCF, // bl 224 <log>
                0x2055, // movs r0, #85
                0x6020, // str r0, [r4, #0]
                0xBD10, // pop {r4, pc}
            });

        /// <summary>Fills s0-s31 from 0x20000400, is interrupted, stores them at 0x20000500; logs EXC_RETURN and CONTROL of the handler, FPSCR, CONTROL.</summary>
        public static readonly CpuProgram FloatingPoint = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x260 },
            new ushort[]
            {
                // main:
                0x481F, // ldr r0, [pc, #124]
                0xF44F, 0x0170, // mov.w r1, #15728640
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x4C1C, // ldr r4, [pc, #112]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0x481A, // ldr r0, [pc, #104]
                0xEC90, 0x0A20, // vldmia r0, {s0-s31}
                0xF04F, 0x4020, // mov.w r0, #2684354560
                0xEEE1, 0x0A10, // vmsr fpscr, r0
                0xF8C4, 0x5100, // str.w r5, [r4, #256]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x4814, // ldr r0, [pc, #80]
                0xEC80, 0x0A20, // vstmia r0, {s0-s31}
                0xEEF1, 0x0A10, // vmrs r0, fpscr
                0xF000, 0xF806, // bl 252 <log>
                0xF3EF, 0x8014, // mrs r0, CONTROL
                0xF000, 0xF802, // bl 252 <log>
                0xBF00, // nop
                0xE7FD, // b.n 24e <main+0x4e>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x4670, // mov r0, lr
                0xF7FF, 0xFFF5, // bl 252 <log>
                0xF3EF, 0x8014, // mrs r0, CONTROL
                0xF7FF, 0xFFF1, // bl 252 <log>
                0x4807, // ldr r0, [pc, #28]
                0xEC90, 0x0A10, // vldmia r0, {s0-s15}
                0x2000, // movs r0, #0
                0xEEE1, 0x0A10, // vmsr fpscr, r0
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0xED88, 0xE000, // .word 0xe000ed88
                0xE100, 0xE000, // .word 0xe000e100
                0x0400, 0x2000, // .word 0x20000400
                0x0500, 0x2000, // .word 0x20000500
                0x0600, 0x2000, // .word 0x20000600
            });

        /// <summary>Sleeps; counts at 0x20000804 how often it woke. SysTick every 1000 clocks counts at 0x20000800.</summary>
        public static readonly CpuProgram Sleep = new CpuProgram(
            new Dictionary<int, uint> { [15] = 0x22E },
            new ushort[]
            {
                // main:
                0x480D, // ldr r0, [pc, #52]
                0xF240, 0x31E7, // movw r1, #999
                0x6041, // str r1, [r0, #4]
                0x2100, // movs r1, #0
                0x6081, // str r1, [r0, #8]
                0x2107, // movs r1, #7
                0x6001, // str r1, [r0, #0]
                0x4C0A, // ldr r4, [pc, #40]
                0xBF30, // wfi
                0x6821, // ldr r1, [r4, #0]
                0x3101, // adds r1, #1
                0x6021, // str r1, [r4, #0]
                0xE7FA, // b.n 212 <main+0x12>
                0xBF00, // nop
                0xE7FD, // b.n 21c <main+0x1c>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector15:
                0x4804, // ldr r0, [pc, #16]
                0x6801, // ldr r1, [r0, #0]
                0x3101, // adds r1, #1
                0x6001, // str r1, [r0, #0]
                0x4770, // bx lr
                0xE010, 0xE000, // .word 0xe000e010
                0x0804, 0x2000, // .word 0x20000804
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Sleeps with PRIMASK set until interrupt 0 is pending; logs 1, lets it in, logs 2.</summary>
        public static readonly CpuProgram MaskedSleep = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x236 },
            new ushort[]
            {
                // main:
                0x4C0F, // ldr r4, [pc, #60]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0xB672, // cpsid i
                0xBF30, // wfi
                0x2001, // movs r0, #1
                0xF000, 0xF808, // bl 228 <log>
                0xB662, // cpsie i
                0xF3BF, 0x8F6F, // isb sy
                0x2002, // movs r0, #2
                0xF000, 0xF802, // bl 228 <log>
                0xBF00, // nop
                0xE7FD, // b.n 224 <main+0x24>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFF5, // bl 228 <log>
                0xBD10, // pop {r4, pc}
                0xE100, 0xE000, // .word 0xe000e100
            });

        /// <summary>WFE after SEV goes on at once; the next one sleeps.</summary>
        public static readonly CpuProgram Event = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0xBF40, // sev
                0xBF20, // wfe
                0x2001, // movs r0, #1
                0xF000, 0xF806, // bl 216 <log>
                0xBF20, // wfe
                0x2002, // movs r0, #2
                0xF000, 0xF802, // bl 216 <log>
                0xBF00, // nop
                0xE7FD, // b.n 212 <main+0x12>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
            });

        /// <summary>Sleeps with SLEEPDEEP until interrupt 0; logs 1.</summary>
        public static readonly CpuProgram DeepSleep = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x22E },
            new ushort[]
            {
                // main:
                0x4C0D, // ldr r4, [pc, #52]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0x480B, // ldr r0, [pc, #44]
                0x2104, // movs r1, #4
                0x6001, // str r1, [r0, #0]
                0xBF30, // wfi
                0x2001, // movs r0, #1
                0xF000, 0xF802, // bl 220 <log>
                0xBF00, // nop
                0xE7FD, // b.n 21c <main+0x1c>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFF5, // bl 220 <log>
                0xBD10, // pop {r4, pc}
                0xE100, 0xE000, // .word 0xe000e100
                0xED10, 0xE000, // .word 0xe000ed10
            });

        /// <summary>Counts boots at 0x20000800; asks for a reset with a wrong key, logs 1, then with the right one unless this is boot 3, logs 2.</summary>
        public static readonly CpuProgram ResetRequest = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x480F, // ldr r0, [pc, #60]
                0x6804, // ldr r4, [r0, #0]
                0x3401, // adds r4, #1
                0x6004, // str r4, [r0, #0]
                0x4D0E, // ldr r5, [pc, #56]
                0xF04F, 0x0104, // mov.w r1, #4
                0x6029, // str r1, [r5, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0x2001, // movs r0, #1
                0xF000, 0xF80B, // bl 230 <log>
                0x2C03, // cmp r4, #3
                0xD006, // beq.n 22c <main+0x2c>
                0x490A, // ldr r1, [pc, #40]
                0x6029, // str r1, [r5, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0x2002, // movs r0, #2
                0xF000, 0xF802, // bl 230 <log>
                0xBF00, // nop
                0xE7FD, // b.n 22c <main+0x2c>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0000, // .short 0x0000
                0x0800, 0x2000, // .word 0x20000800
                0xED0C, 0xE000, // .word 0xe000ed0c
                0x0004, 0x05FA, // .word 0x05fa0004
            });

        /// <summary>Reads and writes where nothing is; logs what it read, then 1.</summary>
        public static readonly CpuProgram DataNowhere = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0xF04F, 0x44A0, // mov.w r4, #1342177280
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF806, // bl 216 <log>
                0x6024, // str r4, [r4, #0]
                0x2001, // movs r0, #1
                0xF000, 0xF802, // bl 216 <log>
                0xBF00, // nop
                0xE7FD, // b.n 212 <main+0x12>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
            });

        /// <summary>Meets an undefined instruction; the handler of HardFault logs IPSR, CFSR, HFSR and EXC_RETURN.</summary>
        public static readonly CpuProgram Undefined = new CpuProgram(
            new Dictionary<int, uint> { [3] = 0x214 },
            new ushort[]
            {
                // main:
                0xDE00, // udf #0
                0xBF00, // nop
                0xE7FD, // b.n 202 <main+0x2>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector3:
                0xB510, // push {r4, lr}
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFF4, // bl 206 <log>
                0x4C05, // ldr r4, [pc, #20]
                0x6820, // ldr r0, [r4, #0]
                0xF7FF, 0xFFF0, // bl 206 <log>
                0x6860, // ldr r0, [r4, #4]
                0xF7FF, 0xFFED, // bl 206 <log>
                0x9801, // ldr r0, [sp, #4]
                0xF7FF, 0xFFEA, // bl 206 <log>
                0xE7FE, // b.n 232 <vector3+0x1e>
                0xED28, 0xE000, // .word 0xe000ed28
            });

        /// <summary>
        /// Writes SHCSR with the word at 0x20000804, takes the one at 0x20000800 into r4 and executes the two half-words at 0x20C, which the test chooses.
        /// All handlers take the stack at 0x20001000 and log IPSR, CFSR, HFSR, BFAR, EXC_RETURN; then, if the word at 0x20000808 is 0, the stacked PC, else they
        /// load from r4. Without a fault it logs 0x77.
        /// </summary>
        public static readonly CpuProgram Fault = new CpuProgram(
            new Dictionary<int, uint> { [2] = 0x226, [3] = 0x226, [4] = 0x226, [5] = 0x226, [6] = 0x226, [11] = 0x226, [15] = 0x226, [16] = 0x20C },
            new ushort[]
            {
                // main:
                0x4F17, // ldr r7, [pc, #92]
                0x6878, // ldr r0, [r7, #4]
                0x4917, // ldr r1, [pc, #92]
                0x6008, // str r0, [r1, #0]
                0x683C, // ldr r4, [r7, #0]
                0x2600, // movs r6, #0
                0xBF00, // nop
                0xBF00, // nop
                0x2077, // movs r0, #119
                0xF000, 0xF801, // bl 218 <log>
                // stop:
                0xE7FE, // b.n 216 <stop>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // handler:
                0x466D, // mov r5, sp
                0x480F, // ldr r0, [pc, #60]
                0x4685, // mov sp, r0
                0x46F0, // mov r8, lr
                0x4B0F, // ldr r3, [pc, #60]
                0xF3EF, 0x8005, // mrs r0, IPSR
                0xF7FF, 0xFFF0, // bl 218 <log>
                0x6818, // ldr r0, [r3, #0]
                0xF7FF, 0xFFED, // bl 218 <log>
                0x6858, // ldr r0, [r3, #4]
                0xF7FF, 0xFFEA, // bl 218 <log>
                0x6918, // ldr r0, [r3, #16]
                0xF7FF, 0xFFE7, // bl 218 <log>
                0x4640, // mov r0, r8
                0xF7FF, 0xFFE4, // bl 218 <log>
                0x68B8, // ldr r0, [r7, #8]
                0xB108, // cbz r0, 258 <intact>
                0x6820, // ldr r0, [r4, #0]
                0xE7DE, // b.n 216 <stop>
                // intact:
                0x69A8, // ldr r0, [r5, #24]
                0xF7FF, 0xFFDD, // bl 218 <log>
                0xE7DA, // b.n 216 <stop>
                0x0800, 0x2000, // .word 0x20000800
                0xED24, 0xE000, // .word 0xe000ed24
                0x1000, 0x2000, // .word 0x20001000
                0xED28, 0xE000, // .word 0xe000ed28
            });

        /// <summary>Enables interrupts 0 and 5. The handler of 5 counts at 0x20000800 and writes the count to 0x40000000.</summary>
        public static readonly CpuProgram Lines = new CpuProgram(
            new Dictionary<int, uint> { [21] = 0x218, [16] = 0x22C },
            new ushort[]
            {
                // main:
                0x4C0D, // ldr r4, [pc, #52]
                0x2521, // movs r5, #33
                0x6025, // str r5, [r4, #0]
                0xBF00, // nop
                0xE7FD, // b.n 206 <main+0x6>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector21:
                0x4808, // ldr r0, [pc, #32]
                0x6801, // ldr r1, [r0, #0]
                0x3101, // adds r1, #1
                0x6001, // str r1, [r0, #0]
                0xF04F, 0x4080, // mov.w r0, #1073741824
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFEB, // bl 20a <log>
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0xE100, 0xE000, // .word 0xe000e100
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Masks all, waits in a loop until 0x20000804 is not 0, then lets interrupt 0 in.</summary>
        public static readonly CpuProgram HeldLine = new CpuProgram(
            new Dictionary<int, uint> { [16] = 0x236 },
            new ushort[]
            {
                // main:
                0x4C0F, // ldr r4, [pc, #60]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0xF504, 0x7640, // add.w r6, r4, #768
                0x2180, // movs r1, #128
                0x7031, // strb r1, [r6, #0]
                0xB672, // cpsid i
                0x4E0C, // ldr r6, [pc, #48]
                0x6830, // ldr r0, [r6, #0]
                0x2800, // cmp r0, #0
                0xD0FC, // beq.n 212 <main+0x12>
                0xB662, // cpsie i
                0xF3BF, 0x8F6F, // isb sy
                0x2001, // movs r0, #1
                0xF000, 0xF802, // bl 228 <log>
                0xBF00, // nop
                0xE7FD, // b.n 224 <main+0x24>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector16:
                0xB510, // push {r4, lr}
                0x2009, // movs r0, #9
                0xF7FF, 0xFFF5, // bl 228 <log>
                0xBD10, // pop {r4, pc}
                0xE100, 0xE000, // .word 0xe000e100
                0x0804, 0x2000, // .word 0x20000804
            });

        /// <summary>Moves the vector table to 0x20000200, then pends SysTick.</summary>
        public static readonly CpuProgram VectorTable = new CpuProgram(
            new Dictionary<int, uint> { [15] = 0x232, [14] = 0x23C },
            new ushort[]
            {
                // main:
                0x4811, // ldr r0, [pc, #68]
                0x4912, // ldr r1, [pc, #72]
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0x4811, // ldr r0, [pc, #68]
                0xF04F, 0x6180, // mov.w r1, #67108864
                0x6001, // str r1, [r0, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x2004, // movs r0, #4
                0xF000, 0xF802, // bl 224 <log>
                0xBF00, // nop
                0xE7FD, // b.n 220 <main+0x20>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                // vector15:
                0xB510, // push {r4, lr}
                0x2001, // movs r0, #1
                0xF7FF, 0xFFF5, // bl 224 <log>
                0xBD10, // pop {r4, pc}
                // vector14:
                0xB510, // push {r4, lr}
                0x2002, // movs r0, #2
                0xF7FF, 0xFFF0, // bl 224 <log>
                0xBD10, // pop {r4, pc}
                0x0000, // .short 0x0000
                0xED08, 0xE000, // .word 0xe000ed08
                0x0200, 0x2000, // .word 0x20000200
                0xED04, 0xE000, // .word 0xe000ed04
            });

        /// <summary>Unaligned and paired accesses to memory; logs what it read.</summary>
        public static readonly CpuProgram Unaligned = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C11, // ldr r4, [pc, #68]
                0x4812, // ldr r0, [pc, #72]
                0x4912, // ldr r1, [pc, #72]
                0xE9C4, 0x0100, // strd r0, r1, [r4]
                0xF8D4, 0x0001, // ldr.w r0, [r4, #1]
                0xF000, 0xF814, // bl 23a <log>
                0xF8B4, 0x0003, // ldrh.w r0, [r4, #3]
                0xF000, 0xF810, // bl 23a <log>
                0xF994, 0x0007, // ldrsb.w r0, [r4, #7]
                0xF000, 0xF80C, // bl 23a <log>
                0x480C, // ldr r0, [pc, #48]
                0xF8C4, 0x0002, // str.w r0, [r4, #2]
                0xE9D4, 0x0500, // ldrd r0, r5, [r4]
                0xF000, 0xF805, // bl 23a <log>
                0x4628, // mov r0, r5
                0xF000, 0xF802, // bl 23a <log>
                0xBF00, // nop
                0xE7FD, // b.n 236 <main+0x36>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0800, 0x2000, // .word 0x20000800
                0x2211, 0x4433, // .word 0x44332211
                0x6655, 0x8877, // .word 0x88776655
                0xCCDD, 0xAABB, // .word 0xaabbccdd
            });

        /// <summary>LDREX and STREX on a counter; a STREX without LDREX fails.</summary>
        public static readonly CpuProgram Exclusive = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C0D, // ldr r4, [pc, #52]
                0xE854, 0x1F00, // ldrex r1, [r4]
                0x3101, // adds r1, #1
                0xE844, 0x1000, // strex r0, r1, [r4]
                0xF000, 0xF80D, // bl 22a <log>
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF80A, // bl 22a <log>
                0x2107, // movs r1, #7
                0xE844, 0x1000, // strex r0, r1, [r4]
                0xF000, 0xF805, // bl 22a <log>
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF802, // bl 22a <log>
                0xBF00, // nop
                0xE7FD, // b.n 226 <main+0x26>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Writes 5 to 0x40000004; the address of that instruction is in the word at 0x20000800.</summary>
        public static readonly CpuProgram Store = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C05, // ldr r4, [pc, #20]
                0xA003, // add r0, pc, #12
                0x6020, // str r0, [r4, #0]
                0xF04F, 0x4480, // mov.w r4, #1073741824
                0x2505, // movs r5, #5
                0xBF00, // nop
                0xBF00, // nop
                0x6065, // str r5, [r4, #4]
                0xBF00, // nop
                0xBF00, // nop
                0xE7FD, // b.n 214 <main+0x14>
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Byte, half-word and word accesses to the device at 0x40000000.</summary>
        public static readonly CpuProgram Narrow = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0xF04F, 0x4480, // mov.w r4, #1073741824
                0x7860, // ldrb r0, [r4, #1]
                0xF000, 0xF80D, // bl 224 <log>
                0x8860, // ldrh r0, [r4, #2]
                0xF000, 0xF80A, // bl 224 <log>
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF807, // bl 224 <log>
                0x20AB, // movs r0, #171
                0x7060, // strb r0, [r4, #1]
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF802, // bl 224 <log>
                0xBF00, // nop
                0xE7FD, // b.n 220 <main+0x20>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
            });

        /// <summary>Calls the routine at 0x20000900 for ever; its result goes to 0x20000800.</summary>
        public static readonly CpuProgram Patch = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C02, // ldr r4, [pc, #8]
                0x4D03, // ldr r5, [pc, #12]
                0x47A0, // blx r4
                0x6028, // str r0, [r5, #0]
                0xE7FC, // b.n 204 <main+0x4>
                0x0000, // .short 0x0000
                0x0901, 0x2000, // .word 0x20000901
                0x0800, 0x2000, // .word 0x20000800
            });

        /// <summary>Writes a routine to 0x20000900 and calls it, twice with different code; logs the results.</summary>
        public static readonly CpuProgram SelfModify = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C0E, // ldr r4, [pc, #56]
                0x1C66, // adds r6, r4, #1
                0x480E, // ldr r0, [pc, #56]
                0x6020, // str r0, [r4, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x47B0, // blx r6
                0xF000, 0xF80B, // bl 22c <log>
                0x480B, // ldr r0, [pc, #44]
                0x6020, // str r0, [r4, #0]
                0xF3BF, 0x8F4F, // dsb sy
                0xF3BF, 0x8F6F, // isb sy
                0x47B0, // blx r6
                0xF000, 0xF802, // bl 22c <log>
                0xBF00, // nop
                0xE7FD, // b.n 228 <main+0x28>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0000, // .short 0x0000
                0x0900, 0x2000, // .word 0x20000900
                0x2007, 0x4770, // .word 0x47702007
                0x2008, 0x4770, // .word 0x47702008
            });

        /// <summary>Sets bit 9 of 0x20000800 and bit 3 of 0x40000004 through their aliases; logs both words and the alias.</summary>
        public static readonly CpuProgram BitBand = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C0C, // ldr r4, [pc, #48]
                0x2501, // movs r5, #1
                0x6025, // str r5, [r4, #0]
                0x480C, // ldr r0, [pc, #48]
                0x6800, // ldr r0, [r0, #0]
                0xF000, 0xF80B, // bl 224 <log>
                0x6820, // ldr r0, [r4, #0]
                0xF000, 0xF808, // bl 224 <log>
                0x4C09, // ldr r4, [pc, #36]
                0x6025, // str r5, [r4, #0]
                0x4809, // ldr r0, [pc, #36]
                0x6800, // ldr r0, [r0, #0]
                0xF000, 0xF802, // bl 224 <log>
                0xBF00, // nop
                0xE7FD, // b.n 220 <main+0x20>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0000, // .short 0x0000
                0x0024, 0x2201, // .word 0x22010024
                0x0800, 0x2000, // .word 0x20000800
                0x008C, 0x4200, // .word 0x4200008c
                0x0004, 0x4000, // .word 0x40000004
            });

        /// <summary>Divides, also by zero; logs the results.</summary>
        public static readonly CpuProgram Divide = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x2164, // movs r1, #100
                0x2207, // movs r2, #7
                0xFBB1, 0xF0F2, // udiv r0, r1, r2
                0xF000, 0xF80F, // bl 22a <log>
                0x2164, // movs r1, #100
                0x2200, // movs r2, #0
                0xFBB1, 0xF0F2, // udiv r0, r1, r2
                0xF000, 0xF809, // bl 22a <log>
                0xF06F, 0x0163, // mvn.w r1, #99
                0x2207, // movs r2, #7
                0xFB91, 0xF0F2, // sdiv r0, r1, r2
                0xF000, 0xF802, // bl 22a <log>
                0xBF00, // nop
                0xE7FD, // b.n 226 <main+0x26>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
            });

        /// <summary>Reads 0x40010000; writes 1 to 0x40000000; reads and writes there; writes 0 to 0x40000000; reads again; then logs the three reads.</summary>
        public static readonly CpuProgram Switch = new CpuProgram(
            new Dictionary<int, uint>(),
            new ushort[]
            {
                // main:
                0x4C0E, // ldr r4, [pc, #56]
                0xF04F, 0x4580, // mov.w r5, #1073741824
                0x2101, // movs r1, #1
                0x2200, // movs r2, #0
                0x6826, // ldr r6, [r4, #0]
                0x6029, // str r1, [r5, #0]
                0x6827, // ldr r7, [r4, #0]
                0x6021, // str r1, [r4, #0]
                0x602A, // str r2, [r5, #0]
                0xF8D4, 0x8000, // ldr.w r8, [r4]
                0x4630, // mov r0, r6
                0xF000, 0xF808, // bl 22e <log>
                0x4638, // mov r0, r7
                0xF000, 0xF805, // bl 22e <log>
                0x4640, // mov r0, r8
                0xF000, 0xF802, // bl 22e <log>
                0xBF00, // nop
                0xE7FD, // b.n 22a <main+0x2a>
                // log:
                0xF04F, 0x5100, // mov.w r1, #536870912
                0x680A, // ldr r2, [r1, #0]
                0x5088, // str r0, [r1, r2]
                0x3204, // adds r2, #4
                0x600A, // str r2, [r1, #0]
                0x4770, // bx lr
                0x0000, 0x4001, // .word 0x40010000
            });
    }

    /// <summary>A program: where its exception handlers are, by exception number, and its code.</summary>
    internal record CpuProgram(Dictionary<int, uint> Handlers, ushort[] Code);
}
