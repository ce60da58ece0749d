// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What can be ready, or not, in the clock tree.</summary>
    [Flags]
    internal enum ClockSources
    {
        Lsi = 1,
        Lse = 2,
        Hsi = 4,
        Hse = 8,
        Pll = 16,
        PllI2S = 32,
        PllSai = 64,
        NotAllowed = 128,
    }

    /// <summary>What SW in RCC_CFGR can choose.</summary>
    internal enum SystemClock
    {
        Hsi,
        Hse,
        Pll,
        /// <summary>Output R of the main PLL, where the chip line has that.</summary>
        PllR,
    }

    /// <summary>
    /// The clock tree (RM0090 6.2, 7.2): oscillators, PLLs and prescalers, as the fields of the clock controller's registers set
    /// them. It tells what is ready and how fast everything runs; all frequencies are in Hz.
    /// </summary>
    internal sealed class ClockTree
    {
        /// <summary>Creates the tree; its fields are set where the registers are declared.</summary>
        public ClockTree(ChipFacts facts, BackupDomainControl backup, ClockStartUp startUp, ulong hseFrequency, ulong lseFrequency, ulong lsiFrequency, bool pllI2SHasM)
        {
            this.facts = facts;
            this.backup = backup;
            this.startUp = startUp;
            this.hseFrequency = hseFrequency;
            this.lseFrequency = lseFrequency;
            this.lsiFrequency = lsiFrequency;
            this.pllI2SHasM = pllI2SHasM;
        }

        /// <summary>The registers were reset: the chip runs from HSI.</summary>
        public void Reset()
        {
            IsStopped = false;
            Current = SystemClock.Hsi;
            startUp.End(ClockSources.Hsi);
        }

        /// <summary>The fields are what they are: what was switched on starts, what was switched off stops.</summary>
        public void FollowSwitches()
        {
            var atOnce = (HseBypass.Value ? ClockSources.Hse : 0) | (backup.LseBypass ? ClockSources.Lse : 0);
            startUp.Follow(Running, atOnce);
            // A PLL starts when its source is ready.
            startUp.Follow(Running, atOnce);
        }

        /// <summary>HSI and HSE stand still, and with them what the RTC may count (RM0090 5.3.5).</summary>
        public void EnterStop()
        {
            IsStopped = true;
        }

        /// <summary>The chip wakes up on HSI, with HSE and the PLLs off (RM0090 5.3.5).</summary>
        public void LeaveStop()
        {
            IsStopped = false;
            HsiOn.Value = true;
            HseOn.Value = false;
            PllOn.Value = false;
            PllI2SOn.Value = false;
            PllSaiOn.Value = false;
            FollowSwitches();
            UseHsi();
        }

        /// <summary>The clock security system has seen HSE fail: what runs from it goes on from HSI (RM0090 7.2.7).</summary>
        public void LeaveHse()
        {
            var systemUsesHse = Current == SystemClock.Hse || (IsPll(Current) && PllFromHse.Value);
            HseOn.Value = false;
            if(PllFromHse.Value)
            {
                PllOn.Value = false;
            }
            if(systemUsesHse)
            {
                HsiOn.Value = true;
                UseHsi();
            }
        }

        /// <summary>What feeds the system clock can't be switched off.</summary>
        public void KeepSourceOfSystemClock()
        {
            var pllFeeds = IsPll(Current);
            PllOn.Value |= pllFeeds;
            HsiOn.Value |= Current == SystemClock.Hsi || (pllFeeds && !PllFromHse.Value);
            HseOn.Value |= Current == SystemClock.Hse || (pllFeeds && PllFromHse.Value);
        }

        /// <summary>Lets the system clock follow SW, if that is ready.</summary>
        public void FollowSwitch()
        {
            if(IsReady(SourceOf(Switch.Value)))
            {
                Current = Switch.Value;
            }
        }

        public bool IsReady(ClockSources source) => Ready.HasFlag(source);

        /// <summary>All that is ready.</summary>
        public ClockSources Ready => Running & startUp.Ready;

        /// <summary>All that is on and oscillates, ready or not yet.</summary>
        private ClockSources Running
        {
            get
            {
                var running = HsiOn.Value && !IsStopped ? ClockSources.Hsi : 0;
                running |= HseOn.Value && hseFrequency != 0 && !HseFails && !IsStopped ? ClockSources.Hse : 0;
                running |= LsiOn.Value || LsiForced ? ClockSources.Lsi : 0;
                running |= backup.LseOn && lseFrequency != 0 ? ClockSources.Lse : 0;
                if((running & startUp.Ready).HasFlag(PllFromHse.Value ? ClockSources.Hse : ClockSources.Hsi))
                {
                    running |= PllOn.Value && IsValidFactor(PllN.Value) ? ClockSources.Pll : 0;
                    running |= PllI2SOn.Value && IsValidFactor(PllI2SN.Value) ? ClockSources.PllI2S : 0;
                    running |= PllSaiOn.Value && IsValidFactor(PllSaiN.Value) ? ClockSources.PllSai : 0;
                }
                return running;
            }
        }

        /// <summary>Has what the system runs from stopped?</summary>
        public bool StandsStill => !IsStopped && !IsReady(SourceOf(Current));

        /// <summary>SYSCLK; 0 while it stands still.</summary>
        public ulong SystemFrequency => StandsStill ? 0 : FrequencyOf(Current);

        /// <summary>HCLK.</summary>
        public ulong AhbFrequency => SystemFrequency / AhbDivider(AhbPrescaler.Value);

        /// <summary>PCLK1.</summary>
        public ulong Apb1Frequency => AhbFrequency / ApbDivider(Apb1Prescaler.Value);

        /// <summary>PCLK2.</summary>
        public ulong Apb2Frequency => AhbFrequency / ApbDivider(Apb2Prescaler.Value);

        /// <summary>By what HCLK is divided for PCLK1.</summary>
        public ulong Apb1Prescaling => ApbDivider(Apb1Prescaler.Value);

        /// <summary>By what HCLK is divided for PCLK2.</summary>
        public ulong Apb2Prescaling => ApbDivider(Apb2Prescaler.Value);

        /// <summary>Timers on APB1.</summary>
        public ulong Apb1TimerFrequency => TimerFrequency(ApbDivider(Apb1Prescaler.Value));

        /// <summary>Timers on APB2.</summary>
        public ulong Apb2TimerFrequency => TimerFrequency(ApbDivider(Apb2Prescaler.Value));

        /// <summary>Output Q of the main PLL; 0 while it is off.</summary>
        public ulong Pll48Frequency => IsReady(ClockSources.Pll) && PllQ.Value >= 2 ? VcoFrequency / PllQ.Value : 0;

        /// <summary>Output R of the PLL for I2S; 0 while it is off.</summary>
        public ulong PllI2SFrequency => IsReady(ClockSources.PllI2S) && PllI2SR.Value >= 2
            ? PllSourceFrequency * PllI2SN.Value / Math.Max(1, (pllI2SHasM ? PllI2SM : PllM).Value) / PllI2SR.Value : 0;

        /// <summary>LSI; 0 while it is not ready.</summary>
        public ulong LsiFrequency => IsReady(ClockSources.Lsi) ? lsiFrequency : 0;

        /// <summary>LSE; 0 while it is not ready.</summary>
        public ulong LseFrequency => IsReady(ClockSources.Lse) ? lseFrequency : 0;

        /// <summary>HSE divided by RTCPRE; 0 while it is not ready.</summary>
        public ulong HseRtcFrequency => IsReady(ClockSources.Hse) && RtcPrescaler.Value >= 2 ? hseFrequency / RtcPrescaler.Value : 0;

        /// <summary>What the RTC counts; 0 while it stands still.</summary>
        public ulong RtcFrequency
        {
            get
            {
                if(!backup.RtcEnabled)
                {
                    return 0;
                }
                switch(backup.RtcSource)
                {
                case RtcClockSource.Lse:
                    return LseFrequency;
                case RtcClockSource.Lsi:
                    return LsiFrequency;
                case RtcClockSource.Hse:
                    return HseRtcFrequency;
                default:
                    return 0;
                }
            }
        }

        /// <summary>Output MCO1; 0 while its source is off (RM0090 7.2.10).</summary>
        public ulong Mco1Frequency
        {
            get
            {
                var sources = new[] { (ClockSources.Hsi, HsiFrequency), (ClockSources.Lse, lseFrequency), (ClockSources.Hse, hseFrequency), (ClockSources.Pll, FrequencyOf(SystemClock.Pll)) };
                var (source, frequency) = sources[(int)Output1.Value];
                return IsReady(source) ? frequency / OutputDivider(Output1Prescaler.Value) : 0;
            }
        }

        /// <summary>Output MCO2; 0 while its source is off.</summary>
        public ulong Mco2Frequency
        {
            get
            {
                var sources = new[] { (SourceOf(Current), SystemFrequency), (ClockSources.PllI2S, PllI2SFrequency), (ClockSources.Hse, hseFrequency), (ClockSources.Pll, FrequencyOf(SystemClock.Pll)) };
                var (source, frequency) = sources[(int)Output2.Value];
                return IsReady(source) ? frequency / OutputDivider(Output2Prescaler.Value) : 0;
            }
        }

        /// <summary>What the system runs from.</summary>
        public SystemClock Current { get; private set; }

        /// <summary>Does the chip stand in Stop?</summary>
        public bool IsStopped { get; private set; }

        /// <summary>Does the crystal at OSC_IN fail to oscillate?</summary>
        public bool HseFails { get; set; }

        /// <summary>Does LSI run whatever LSION says?</summary>
        public bool LsiForced { get; set; }

        public IFlagRegisterField HsiOn;
        public IFlagRegisterField HseOn;
        public IFlagRegisterField HseBypass;
        public IFlagRegisterField LsiOn;
        public IFlagRegisterField PllOn;
        public IFlagRegisterField PllI2SOn;
        public IFlagRegisterField PllSaiOn;
        public IFlagRegisterField PllFromHse;
        public IFlagRegisterField FasterTimers;
        public IValueRegisterField PllM;
        public IValueRegisterField PllN;
        public IValueRegisterField PllP;
        public IValueRegisterField PllQ;
        public IValueRegisterField PllR;
        public IValueRegisterField PllI2SM;
        public IValueRegisterField PllI2SN;
        public IValueRegisterField PllI2SR;
        public IValueRegisterField PllSaiN;
        public IValueRegisterField AhbPrescaler;
        public IValueRegisterField Apb1Prescaler;
        public IValueRegisterField Apb2Prescaler;
        public IValueRegisterField RtcPrescaler;
        public IValueRegisterField Output1;
        public IValueRegisterField Output1Prescaler;
        public IValueRegisterField Output2;
        public IValueRegisterField Output2Prescaler;
        public IEnumRegisterField<SystemClock> Switch;

        private static ulong AhbDivider(ulong prescaler) => prescaler < 8 ? 1 : prescaler < 12 ? 1ul << (int)(prescaler - 7) : 1ul << (int)(prescaler - 6);

        private static ulong ApbDivider(ulong prescaler) => prescaler < 4 ? 1 : 1ul << (int)(prescaler - 3);

        private static ulong OutputDivider(ulong prescaler) => prescaler < 4 ? 1 : prescaler - 2;

        private static bool IsPll(SystemClock clock) => clock == SystemClock.Pll || clock == SystemClock.PllR;

        private static bool IsValidFactor(ulong n) => n >= 2 && n <= 432;

        private void UseHsi()
        {
            Switch.Value = SystemClock.Hsi;
            Current = SystemClock.Hsi;
            startUp.End(ClockSources.Hsi);
        }

        private ClockSources SourceOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hsi:
                return ClockSources.Hsi;
            case SystemClock.Hse:
                return ClockSources.Hse;
            case SystemClock.Pll:
                return ClockSources.Pll;
            case SystemClock.PllR when facts.PllRIsSystemClock && PllR.Value >= 2:
                return ClockSources.Pll;
            default:
                return ClockSources.NotAllowed;
            }
        }

        private ulong FrequencyOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hse:
                return hseFrequency;
            case SystemClock.Pll:
                return VcoFrequency / (2 * (PllP.Value + 1));
            case SystemClock.PllR:
                return VcoFrequency / PllR.Value;
            default:
                return HsiFrequency;
            }
        }

        private ulong TimerFrequency(ulong apbDivider)
        {
            var factor = FasterTimers.Value ? 4ul : 2ul;
            return apbDivider <= factor ? AhbFrequency : AhbFrequency / apbDivider * factor;
        }

        private ulong PllSourceFrequency => PllFromHse.Value ? hseFrequency : HsiFrequency;

        private ulong VcoFrequency => PllSourceFrequency * PllN.Value / Math.Max(1, PllM.Value);

        private readonly ChipFacts facts;
        private readonly BackupDomainControl backup;
        private readonly ClockStartUp startUp;
        private readonly ulong hseFrequency;
        private readonly ulong lseFrequency;
        private readonly ulong lsiFrequency;
        private readonly bool pllI2SHasM;

        private const ulong HsiFrequency = 16000000;
    }
}
