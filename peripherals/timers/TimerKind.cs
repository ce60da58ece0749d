// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The kinds of timer that the chip has.</summary>
    public enum TimerKind
    {
        /// <summary>TIM1, TIM8: 16 bits, four channels, complementary outputs, repetition counter, break input (RM0090 chapter 17).</summary>
        Advanced,
        /// <summary>TIM3, TIM4: 16 bits, four channels (RM0090 chapter 18).</summary>
        GeneralPurpose16,
        /// <summary>TIM2, TIM5: 32 bits, four channels (RM0090 chapter 18).</summary>
        GeneralPurpose32,
        /// <summary>TIM9, TIM12: 16 bits, up, two channels (RM0090 chapter 19).</summary>
        TwoChannel,
        /// <summary>TIM10, TIM11, TIM13, TIM14: 16 bits, up, one channel (RM0090 chapter 19).</summary>
        OneChannel,
        /// <summary>TIM6, TIM7: 16 bits, up, no channel (RM0090 chapter 20).</summary>
        Basic,
    }

    /// <summary>What a kind of timer has.</summary>
    internal sealed class TimerFacts
    {
        public static TimerFacts Of(TimerKind kind, TimerOption option)
        {
            var result = Of(kind);
            result.Registers.Add("OR", option == TimerOption.TIM2 ? 0xC00u : option == TimerOption.TIM5 ? 0xC0u : option == TimerOption.TIM11 ? 3u : 0);
            return result;
        }

        public int Channels { get; }

        /// <summary>32 bits?</summary>
        public bool IsWide { get; }

        /// <summary>Registers, and their bits.</summary>
        public RegisterMap Registers { get; }

        private static TimerFacts Of(TimerKind kind)
        {
            switch(kind)
            {
            case TimerKind.Advanced:
                return new TimerFacts(4, isWide: false, FullMap(control2: 0x7FFD, interrupts: 0x7FFF, status: 0x1EFF, events: 0xFF, enables: 0x3FFF, repetition: 0xFF, breaks: 0xFFFF));
            case TimerKind.GeneralPurpose16:
                return new TimerFacts(4, isWide: false, FullMap(control2: 0xF8, interrupts: 0x5F5F, status: 0x1E5F, events: 0x5F, enables: 0xBBBB));
            case TimerKind.GeneralPurpose32:
                return new TimerFacts(4, isWide: true, FullMap(control2: 0xF8, interrupts: 0x5F5F, status: 0x1E5F, events: 0x5F, enables: 0xBBBB, counter: uint.MaxValue));
            case TimerKind.TwoChannel:
                return new TimerFacts(2, isWide: false, Map(control1: 0x38F, slave: 0xF7, interrupts: 0x47, status: 0x647, events: 0x47, modes1: 0xFFFF, enables: 0xBB, compare2: 0xFFFF));
            case TimerKind.OneChannel:
                return new TimerFacts(1, isWide: false, Map(control1: 0x387, interrupts: 3, status: 0x203, events: 3, modes1: 0xFF, enables: 0xB));
            default:
                return new TimerFacts(0, isWide: false, Map(control1: 0x8F, control2: 0x70, interrupts: 0x101, status: 1, events: 1, compare1: 0));
            }
        }

        private static RegisterMap FullMap(uint control2, uint interrupts, uint status, uint events, uint enables, uint repetition = 0, uint breaks = 0, uint counter = 0xFFFF)
        {
            return Map(0x3FF, control2, 0xFFF7, interrupts, status, events, 0xFFFF, 0xFFFF, enables, counter, repetition, counter, counter, counter, breaks, 0x1F1F, counter);
        }

        private static RegisterMap Map(uint control1, uint control2 = 0, uint slave = 0, uint interrupts = 0, uint status = 0, uint events = 0, uint modes1 = 0, uint modes2 = 0,
            uint enables = 0, uint counter = 0xFFFF, uint repetition = 0, uint compare1 = 0xFFFF, uint compare2 = 0, uint compare34 = 0, uint breaks = 0, uint burst = 0, uint burstAccess = 0)
        {
            return new RegisterMap
            {
                { "CR1", control1 },
                { "CR2", control2 },
                { "SMCR", slave },
                { "DIER", interrupts },
                { "SR", status },
                { "EGR", events },
                { "CCMR1", modes1 },
                { "CCMR2", modes2 },
                { "CCER", enables },
                { "CNT", counter },
                { "PSC", 0xFFFF },
                { "ARR", counter, counter },
                { "RCR", repetition },
                { "CCR1", compare1 },
                { "CCR2", compare2 },
                { "CCR3", compare34 },
                { "CCR4", compare34 },
                { "BDTR", breaks },
                { "DCR", burst },
                { "DMAR", burstAccess },
            };
        }

        private TimerFacts(int channels, bool isWide, RegisterMap registers)
        {
            Channels = channels;
            IsWide = isWide;
            Registers = registers;
        }
    }
}
