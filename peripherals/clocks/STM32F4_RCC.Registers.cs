// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers of the clock tree, of its interrupts, and those of the backup domain and the reset flags.</content>
    public partial class STM32F4_RCC
    {
        private void DefineClockRegisters()
        {
            Define(Registers.CR)
                .WithFlag(0, out tree.HsiOn, name: "HSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Hsi), name: "HSIRDY")
                .WithReservedBits(2, 1)
                .WithValueField(3, 5, name: "HSITRIM")
                .WithValueField(8, 8, FieldMode.Read, name: "HSICAL")
                .WithFlag(16, out tree.HseOn, name: "HSEON")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ =>
                {
                    startUp.CountQuestion();
                    return tree.IsReady(ClockSources.Hse);
                }, name: "HSERDY")
                .WithFlag(18, out tree.HseBypass, changeCallback: (old, _) =>
                {
                    if(tree.HseOn.Value)
                    {
                        tree.HseBypass.Value = old;
                    }
                }, name: "HSEBYP")
                .WithFlag(19, out clockSecurity, name: "CSSON")
                .WithReservedBits(20, 4)
                .WithFlag(24, out tree.PllOn, name: "PLLON")
                .WithFlag(25, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Pll), name: "PLLRDY")
                .WithFlag(26, out tree.PllI2SOn, name: "PLLI2SON")
                .WithFlag(27, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.PllI2S), name: "PLLI2SRDY")
                .WithFlag(28, out tree.PllSaiOn, name: "PLLSAION")
                .WithFlag(29, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.PllSai), name: "PLLSAIRDY")
                .WithReservedBits(30, 2)
                .WithWriteCallback((_, __) =>
                {
                    tree.KeepSourceOfSystemClock();
                    UpdateClocks();
                });

            Define(Registers.PLLCFGR)
                .WithValueField(0, 6, out tree.PllM, name: "PLLM")
                .WithValueField(6, 9, out tree.PllN, name: "PLLN")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, out tree.PllP, name: "PLLP")
                .WithReservedBits(18, 4)
                .WithFlag(22, out tree.PllFromHse, name: "PLLSRC")
                .WithReservedBits(23, 1)
                .WithValueField(24, 4, out tree.PllQ, name: "PLLQ")
                .WithValueField(28, 3, out tree.PllR, name: "PLLR")
                .WithReservedBits(31, 1);

            Define(Registers.CFGR)
                .WithEnumField(0, 2, out tree.Switch, name: "SW")
                .WithEnumField<DoubleWordRegister, SystemClock>(2, 2, FieldMode.Read, valueProviderCallback: _ => tree.Current, name: "SWS")
                .WithValueField(4, 4, out tree.AhbPrescaler, name: "HPRE")
                .WithReservedBits(8, 2)
                .WithValueField(10, 3, out tree.Apb1Prescaler, name: "PPRE1")
                .WithValueField(13, 3, out tree.Apb2Prescaler, name: "PPRE2")
                .WithValueField(16, 5, out tree.RtcPrescaler, name: "RTCPRE")
                .WithValueField(21, 2, out tree.Output1, name: "MCO1")
                .WithFlag(23, name: "I2SSRC")
                .WithValueField(24, 3, out tree.Output1Prescaler, name: "MCO1PRE")
                .WithValueField(27, 3, out tree.Output2Prescaler, name: "MCO2PRE")
                .WithValueField(30, 2, out tree.Output2, name: "MCO2")
                .WithWriteCallback((_, __) => UpdateClocks());

            var clockInterrupt = Define(Registers.CIR)
                .WithFlag(7, out clockSecurityFlag, FieldMode.Read, name: "CSSF")
                .WithReservedBits(15, 1)
                .WithFlag(23, FieldMode.Write, writeCallback: (_, value) => clockSecurityFlag.Value &= !value, name: "CSSC")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            interruptFlags = new IFlagRegisterField[InterruptSources.Length];
            interruptEnables = new IFlagRegisterField[InterruptSources.Length];
            for(var i = 0; i < InterruptSources.Length; i++)
            {
                var j = i;
                var name = InterruptSources[i].ToString().ToUpperInvariant();
                clockInterrupt
                    .WithFlag(i, out interruptFlags[i], FieldMode.Read, name: name + "RDYF")
                    .WithFlag(8 + i, out interruptEnables[i], name: name + "RDYIE")
                    .WithFlag(16 + i, FieldMode.Write, writeCallback: (_, value) => interruptFlags[j].Value &= !value, name: name + "RDYC");
            }

            Registers.SSCGR.Define(this)
                .WithValueField(0, 13, name: "MODPER")
                .WithValueField(13, 15, name: "INCSTEP")
                .WithReservedBits(28, 2)
                .WithFlag(30, name: "SPREADSEL")
                .WithFlag(31, name: "SSCGEN");

            DefineFactors(Registers.PLLI2SCFGR, "PLLI2S", out tree.PllI2SM, out tree.PllI2SN, out tree.PllI2SR);
            DefineFactors(Registers.PLLSAICFGR, "PLLSAI", out _, out tree.PllSaiN, out _);

            // Their fields are facts of the line: all but one only choose clocks of what is not modelled.
            Define(Registers.DCKCFGR)
                .WithValueField(0, 24, name: "DCKCFGR")
                .WithFlag(24, out tree.FasterTimers, name: "TIMPRE")
                .WithValueField(25, 7, name: "DCKCFGR")
                .WithWriteCallback((_, __) => UpdateClocks());
            Define(Registers.DCKCFGR2)
                .WithValueField(0, 32, name: "DCKCFGR2");
            Define(Registers.CKGATENR)
                .WithValueField(0, 32, name: "CKGATENR");
        }

        private void DefineFactors(Registers register, string pll, out IValueRegisterField m, out IValueRegisterField n, out IValueRegisterField r)
        {
            Define(register)
                .WithValueField(0, 6, out m, name: pll + "M")
                .WithValueField(6, 9, out n, name: pll + "N")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, name: pll + "P")
                .WithReservedBits(18, 6)
                .WithValueField(24, 4, name: pll + "Q")
                .WithValueField(28, 3, out r, name: pll + "R")
                .WithReservedBits(31, 1)
                .WithWriteCallback((_, __) => UpdateClocks());
        }

        private void DefineBackupAndStatusRegisters()
        {
            backup.Define(Define(Registers.BDCR), () => tree.IsReady(ClockSources.Lse));

            var controlStatus = Registers.CSR.Define(this)
                .WithFlag(0, out tree.LsiOn, name: "LSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Lsi), name: "LSIRDY")
                .WithReservedBits(2, 22)
                .WithFlag(24, FieldMode.Write, writeCallback: (_, value) => resetFlags = value ? ResetCause.None : resetFlags, name: "RMVF")
                .WithWriteCallback((_, __) => UpdateClocks());
            for(var i = 0; i < ResetFlagNames.Length; i++)
            {
                var flag = (ResetCause)(1u << (25 + i));
                controlStatus.WithFlag(25 + i, FieldMode.Read, valueProviderCallback: _ => resetFlags.HasFlag(flag), name: ResetFlagNames[i]);
            }
        }

        private string RefusalOf(Registers register)
        {
            switch(register)
            {
            case Registers.PLLCFGR:
                return tree.PllOn.Value || tree.PllI2SOn.Value ? "a PLL runs" : null;
            case Registers.PLLI2SCFGR:
                return tree.PllI2SOn.Value ? "PLLI2S runs" : null;
            case Registers.PLLSAICFGR:
                return tree.PllSaiOn.Value ? "PLLSAI runs" : null;
            case Registers.SSCGR:
                return tree.PllOn.Value ? "the main PLL runs" : null;
            default:
                return null;
            }
        }

        private IFlagRegisterField clockSecurity;
        private IFlagRegisterField clockSecurityFlag;
        private IFlagRegisterField[] interruptFlags;
        private IFlagRegisterField[] interruptEnables;

        // In the order of their bits in RCC_CIR.
        private static readonly ClockSources[] InterruptSources =
        {
            ClockSources.Lsi, ClockSources.Lse, ClockSources.Hsi, ClockSources.Hse, ClockSources.Pll, ClockSources.PllI2S, ClockSources.PllSai,
        };

        private static readonly string[] ResetFlagNames = { "BORRSTF", "PINRSTF", "PORRSTF", "SFTRSTF", "IWDGRSTF", "WWDGRSTF", "LPWRRSTF" };

        private enum Registers
        {
            CR = 0x00,
            PLLCFGR = 0x04,
            CFGR = 0x08,
            CIR = 0x0C,
            AHB1RSTR = 0x10,
            AHB2RSTR = 0x14,
            AHB3RSTR = 0x18,
            APB1RSTR = 0x20,
            APB2RSTR = 0x24,
            AHB1ENR = 0x30,
            AHB2ENR = 0x34,
            AHB3ENR = 0x38,
            APB1ENR = 0x40,
            APB2ENR = 0x44,
            AHB1LPENR = 0x50,
            AHB2LPENR = 0x54,
            AHB3LPENR = 0x58,
            APB1LPENR = 0x60,
            APB2LPENR = 0x64,
            BDCR = 0x70,
            CSR = 0x74,
            SSCGR = 0x80,
            PLLI2SCFGR = 0x84,
            PLLSAICFGR = 0x88,
            DCKCFGR = 0x8C,
            CKGATENR = 0x90,
            DCKCFGR2 = 0x94,
        }
    }
}
