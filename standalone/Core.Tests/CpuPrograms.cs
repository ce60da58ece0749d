// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Standalone.Core.Tests
{
    /// <summary>Thumb programs of the processor's tests, with the address each is made for. R7 points to a log.</summary>
    internal static class CpuPrograms
    {
        public static readonly Program Handler1 = new Program(0x08000800, new ushort[]
        {
            0x2001, // movs r0, #1
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4770, // bx lr
        });

        public static readonly Program Handler2 = new Program(0x08000840, new ushort[]
        {
            0x2002, // movs r0, #2
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4770, // bx lr
        });

        public static readonly Program Handler3 = new Program(0x08000880, new ushort[]
        {
            0x2003, // movs r0, #3
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4770, // bx lr
        });

        public static readonly Program HandlerPending = new Program(0x080008C0, new ushort[]
        {
            0x2010, // movs r0, #16
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4905, // ldr r1, [pc, #20]
            0x2202, // movs r2, #2
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x2011, // movs r0, #17
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4770, // bx lr
            0xE200, 0xE000, // .word 0xe000e200
        });

        public static readonly Program LogException = new Program(0x08000940, new ushort[]
        {
            0xF3EF, 0x8005, // mrs r0, IPSR
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4670, // mov r0, lr
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4668, // mov r0, sp
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4770, // bx lr
        });

        public static readonly Program Idle = new Program(0x08000400, new ushort[]
        {
            0xE7FE, // b.n 8000400
        });

        public static readonly Program Count = new Program(0x08000400, new ushort[]
        {
            0x3401, // adds r4, #1
            0xE7FD, // b.n 8000400
        });

        public static readonly Program SupervisorCall = new Program(0x08000400, new ushort[]
        {
            0x2005, // movs r0, #5
            0xDF07, // svc 7
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 8000408
        });

        public static readonly Program PendSV = new Program(0x08000400, new ushort[]
        {
            0x4905, // ldr r1, [pc, #20]
            0xF04F, 0x5280, // mov.w r2, #268435456
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x2009, // movs r0, #9
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 8000416
            0xED04, 0xE000, // .word 0xe000ed04
        });

        public static readonly Program MaskedByPrimask = new Program(0x08000400, new ushort[]
        {
            0xB672, // cpsid i
            0x4907, // ldr r1, [pc, #28]
            0x2201, // movs r2, #1
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x2008, // movs r0, #8
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xB662, // cpsie i
            0x2009, // movs r0, #9
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 800041e
            0xE200, 0xE000, // .word 0xe000e200
        });

        public static readonly Program MaskedByBasepri = new Program(0x08000400, new ushort[]
        {
            0x2040, // movs r0, #64
            0xF380, 0x8811, // msr BASEPRI, r0
            0x490C, // ldr r1, [pc, #48]
            0x2201, // movs r2, #1
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x2008, // movs r0, #8
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x2050, // movs r0, #80
            0xF380, 0x8812, // msr BASEPRI_MAX, r0
            0xF3EF, 0x8011, // mrs r0, BASEPRI
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x2000, // movs r0, #0
            0xF380, 0x8811, // msr BASEPRI, r0
            0x2009, // movs r0, #9
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 8000434
            0x0000, // .short 0x0000
            0xE200, 0xE000, // .word 0xe000e200
        });

        public static readonly Program FloatingPoint = new Program(0x08000400, new ushort[]
        {
            0x4916, // ldr r1, [pc, #88]
            0xF44F, 0x0270, // mov.w r2, #15728640
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0xF04F, 0x4020, // mov.w r0, #2684354560
            0xEEE1, 0x0A10, // vmsr fpscr, r0
            0xEEB7, 0x0A00, // vmov.f32 s0, #112
            0xEEF0, 0x7A00, // vmov.f32 s15, #0
            0xEEB0, 0x8A08, // vmov.f32 s16, #8
            0x490E, // ldr r1, [pc, #56]
            0x2201, // movs r2, #1
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0xEEF1, 0x0A10, // vmrs r0, fpscr
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xEE10, 0x0A10, // vmov r0, s0
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xEE17, 0x0A90, // vmov r0, s15
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xEE18, 0x0A10, // vmov r0, s16
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xF3EF, 0x8014, // mrs r0, CONTROL
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 800045a
            0xED88, 0xE000, // .word 0xe000ed88
            0xE200, 0xE000, // .word 0xe000e200
        });

        public static readonly Program FloatingPointHandler = new Program(0x08000980, new ushort[]
        {
            0x4670, // mov r0, lr
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xF3EF, 0x8014, // mrs r0, CONTROL
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xEEF1, 0x0A10, // vmrs r0, fpscr
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xEEB1, 0x0A00, // vmov.f32 s0, #16
            0xEEF1, 0x7A04, // vmov.f32 s15, #20
            0x4770, // bx lr
        });

        public static readonly Program FloatingPointDisabled = new Program(0x08000400, new ushort[]
        {
            0x2001, // movs r0, #1
            0xEEB7, 0x0A00, // vmov.f32 s0, #112
            0x2002, // movs r0, #2
            0xE7FE, // b.n 8000408
        });

        public static readonly Program DivisionByZero = new Program(0x08000400, new ushort[]
        {
            0x4906, // ldr r1, [pc, #24]
            0xF44F, 0x7204, // mov.w r2, #528
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x2300, // movs r3, #0
            0x2407, // movs r4, #7
            0xFBB4, 0xF5F3, // udiv r5, r4, r3
            0x2601, // movs r6, #1
            0xE7FE, // b.n 800041a
            0xED14, 0xE000, // .word 0xe000ed14
        });

        public static readonly Program Unaligned = new Program(0x08000400, new ushort[]
        {
            0x4905, // ldr r1, [pc, #20]
            0xF44F, 0x7202, // mov.w r2, #520
            0x600A, // str r2, [r1, #0]
            0xF3BF, 0x8F4F, // dsb sy
            0xF3BF, 0x8F6F, // isb sy
            0x4B02, // ldr r3, [pc, #8]
            0x681D, // ldr r5, [r3, #0]
            0x2601, // movs r6, #1
            0xE7FE, // b.n 8000416
            0xED14, 0xE000, // .word 0xe000ed14
            0x2001, 0x2000, // .word 0x20002001
        });

        public static readonly Program Undefined = new Program(0x08000400, new ushort[]
        {
            0x2601, // movs r6, #1
            0xDE00, // udf #0
            0x2602, // movs r6, #2
            0xE7FE, // b.n 8000406
        });

        public static readonly Program BusError = new Program(0x08000400, new ushort[]
        {
            0x4902, // ldr r1, [pc, #8]
            0x2503, // movs r5, #3
            0xBF00, // nop
            0x680D, // ldr r5, [r1, #0]
            0x2601, // movs r6, #1
            0xE7FE, // b.n 800040a
            0x0010, 0x6000, // .word 0x60000010
        });

        public static readonly Program BusErrorStore = new Program(0x08000400, new ushort[]
        {
            0x4902, // ldr r1, [pc, #8]
            0x2503, // movs r5, #3
            0xF841, 0x5B04, // str.w r5, [r1], #4
            0x2601, // movs r6, #1
            0xE7FE, // b.n 800040a
            0x0020, 0x6000, // .word 0x60000020
        });

        public static readonly Program Breakpoint = new Program(0x08000400, new ushort[]
        {
            0xBE01, // bkpt 0x0001
            0xE7FE, // b.n 8000402
        });

        public static readonly Program FaultHandler = new Program(0x080009C0, new ushort[]
        {
            0xF3EF, 0x8005, // mrs r0, IPSR
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x9806, // ldr r0, [sp, #24]
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4907, // ldr r1, [pc, #28]
            0x6808, // ldr r0, [r1, #0]
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x6848, // ldr r0, [r1, #4]
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x68C8, // ldr r0, [r1, #12]
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x6908, // ldr r0, [r1, #16]
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 80009e8
            0x0000, // .short 0x0000
            0xED28, 0xE000, // .word 0xe000ed28
        });

        public static readonly Program WaitForInterrupt = new Program(0x08000400, new ushort[]
        {
            0xBF30, // wfi
            0x3401, // adds r4, #1
            0xE7FC, // b.n 8000400
        });

        public static readonly Program WaitForEvent = new Program(0x08000400, new ushort[]
        {
            0xBF40, // sev
            0xBF20, // wfe
            0x2001, // movs r0, #1
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xBF20, // wfe
            0x2002, // movs r0, #2
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 8000412
        });

        public static readonly Program StoreAndLoad = new Program(0x08000400, new ushort[]
        {
            0xF04F, 0x4180, // mov.w r1, #1073741824
            0xBF00, // nop
            0x600A, // str r2, [r1, #0]
            0x604B, // str r3, [r1, #4]
            0x688C, // ldr r4, [r1, #8]
            0xE9D1, 0x5604, // ldrd r5, r6, [r1, #16]
            0xE7FE, // b.n 8000410
        });

        public static readonly Program SwitchPage = new Program(0x08000400, new ushort[]
        {
            0xF04F, 0x4180, // mov.w r1, #1073741824
            0x4A04, // ldr r2, [pc, #16]
            0x2311, // movs r3, #17
            0x2422, // movs r4, #34
            0x6013, // str r3, [r2, #0]
            0x6008, // str r0, [r1, #0]
            0x6014, // str r4, [r2, #0]
            0x6815, // ldr r5, [r2, #0]
            0x6048, // str r0, [r1, #4]
            0x6816, // ldr r6, [r2, #0]
            0xE7FE, // b.n 8000416
            0x4000, 0x4002, // .word 0x40024000
        });

        public static readonly Program ReadOften = new Program(0x08000400, new ushort[]
        {
            0x4904, // ldr r1, [pc, #16]
            0x680A, // ldr r2, [r1, #0]
            0x680B, // ldr r3, [r1, #0]
            0xF8D1, 0x4001, // ldr.w r4, [r1, #1]
            0x1C4D, // adds r5, r1, #1
            0x47A8, // blx r5
            0x680E, // ldr r6, [r1, #0]
            0xE7FE, // b.n 8000410
            0xBF00, // nop
            0x8000, 0x0800, // .word 0x08008000
        });

        public static readonly Program JumpThroughRegister = new Program(0x08000400, new ushort[]
        {
            0x4700, // bx r0
        });

        public static readonly Program SelfModifying = new Program(0x08000400, new ushort[]
        {
            0x4905, // ldr r1, [pc, #20]
            0x4788, // blx r1
            0x4605, // mov r5, r0
            0x4905, // ldr r1, [pc, #20]
            0xF242, 0x0202, // movw r2, #8194
            0x800A, // strh r2, [r1, #0]
            0x3101, // adds r1, #1
            0x4788, // blx r1
            0x4606, // mov r6, r0
            0xE7FE, // b.n 8000414
            0x0000, // .short 0x0000
            0x3001, 0x2000, // .word 0x20003001
            0x3000, 0x2000, // .word 0x20003000
        });

        /// <summary>Calls code, stores 200 words beside it, changes it, calls it again.</summary>
        public static readonly Program StoreBesideCode = new Program(0x08000400, new ushort[]
        {
            0x4907, // ldr r1, [pc, #28]
            0x4788, // blx r1
            0x4605, // mov r5, r0
            0x3901, // subs r1, #1
            0x23C8, // movs r3, #200
            0x63CB, // str r3, [r1, #60]
            0x3B01, // subs r3, #1
            0xD1FC, // bne.n 800040a
            0xF242, 0x0202, // movw r2, #8194
            0x800A, // strh r2, [r1, #0]
            0x3101, // adds r1, #1
            0x4788, // blx r1
            0x4606, // mov r6, r0
            0xE7FE, // b.n 800041c
            0x0000, // .short 0x0000
            0x3001, 0x2000, // .word 0x20003001
        });

        public static readonly Program ReturnOne = new Program(0x20003000, new ushort[]
        {
            0x2001, // movs r0, #1
            0x4770, // bx lr
        });

        public static readonly Program CallReturnOne = new Program(0x08000400, new ushort[]
        {
            0x4901, // ldr r1, [pc, #4]
            0x4788, // blx r1
            0x3401, // adds r4, #1
            0xE7FC, // b.n 8000402
            0x3001, 0x2000, // .word 0x20003001
        });

        public static readonly Program Unprivileged = new Program(0x08000400, new ushort[]
        {
            0x4808, // ldr r0, [pc, #32]
            0xF380, 0x8809, // msr PSP, r0
            0x2003, // movs r0, #3
            0xF380, 0x8814, // msr CONTROL, r0
            0xF3BF, 0x8F6F, // isb sy
            0xDF00, // svc 0
            0xF3EF, 0x8014, // mrs r0, CONTROL
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0x4668, // mov r0, sp
            0x6038, // str r0, [r7, #0]
            0x3704, // adds r7, #4
            0xE7FE, // b.n 8000420
            0x0000, // .short 0x0000
            0x4000, 0x2000, // .word 0x20004000
        });

        public static readonly Program ResetRequest = new Program(0x08000400, new ushort[]
        {
            0x4901, // ldr r1, [pc, #4]
            0x4A02, // ldr r2, [pc, #8]
            0x600A, // str r2, [r1, #0]
            0xE7FE, // b.n 8000406
            0xED0C, 0xE000, // .word 0xe000ed0c
            0x0004, 0x05FA, // .word 0x05fa0004
        });

        public static readonly Program BitBand = new Program(0x08000400, new ushort[]
        {
            0x4902, // ldr r1, [pc, #8]
            0x2201, // movs r2, #1
            0x614A, // str r2, [r1, #20]
            0x694B, // ldr r3, [r1, #20]
            0x698C, // ldr r4, [r1, #24]
            0xE7FE, // b.n 800040a
            0x0000, 0x2204, // .word 0x22040000
        });

        public static readonly Program IfThenStore = new Program(0x08000400, new ushort[]
        {
            0x4280, // cmp r0, r0
            0xBF14, // ite ne
            0x600A, // strne r2, [r1, #0]
            0x604B, // streq r3, [r1, #4]
            0x2601, // movs r6, #1
            0xE7FE, // b.n 800040a
        });

        public static readonly Program Exclusive = new Program(0x08000400, new ushort[]
        {
            0xF04F, 0x2120, // mov.w r1, #536879104
            0xE851, 0x2F00, // ldrex r2, [r1]
            0x3201, // adds r2, #1
            0xE841, 0x2300, // strex r3, r2, [r1]
            0x2B00, // cmp r3, #0
            0xD1F8, // bne.n 8000404
            0xE7FE, // b.n 8000412
        });

        public static readonly Program SleepOnExit = new Program(0x08000400, new ushort[]
        {
            0x4902, // ldr r1, [pc, #8]
            0x2202, // movs r2, #2
            0x600A, // str r2, [r1, #0]
            0xBF30, // wfi
            0x2601, // movs r6, #1
            0xE7FE, // b.n 800040a
            0xED10, 0xE000, // .word 0xe000ed10
        });
    }

    /// <summary>Code and where it goes.</summary>
    internal sealed record Program(uint Address, ushort[] Code);
}
