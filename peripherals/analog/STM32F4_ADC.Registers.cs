// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers (RM0090 13.13).</content>
    public partial class STM32F4_ADC
    {
        private void DefineRegisters()
        {
            Registers.SR.Define(this)
                // AWD, EOC, JEOC, JSTRT, STRT, OVR.
                .WithValueField(0, 6, valueProviderCallback: _ => status, writeCallback: (_, value) => status &= (uint)value, name: "AWD to OVR")
                .WithReservedBits(6, 26);

            Registers.CR1.Define(this)
                .WithValueField(0, 5, out watchedChannel, name: "AWDCH")
                .WithFlag(5, out endInterrupt, name: "EOCIE")
                .WithFlag(6, out watchdogInterrupt, name: "AWDIE")
                .WithFlag(7, out injectedInterrupt, name: "JEOCIE")
                .WithFlag(8, out scan, name: "SCAN")
                .WithFlag(9, out watchesOneChannel, name: "AWDSGL")
                .WithFlag(10, out autoInjection, name: "JAUTO")
                .WithFlag(11, out discontinuous, name: "DISCEN")
                .WithFlag(12, out injectedDiscontinuous, name: "JDISCEN")
                .WithValueField(13, 3, out discontinuousCount, name: "DISCNUM")
                .WithReservedBits(16, 6)
                .WithFlag(22, out injectedWatchdog, name: "JAWDEN")
                .WithFlag(23, out regularWatchdog, name: "AWDEN")
                .WithValueField(24, 2, out resolution, name: "RES")
                .WithFlag(26, out overrunInterrupt, name: "OVRIE")
                .WithReservedBits(27, 5);

            Registers.CR2.Define(this)
                .WithFlag(0, valueProviderCallback: _ => isOn, writeCallback: (_, value) => SwitchOnOrOff(value), name: "ADON")
                .WithFlag(1, out continuous, name: "CONT")
                .WithReservedBits(2, 6)
                // Set anew, it lets DMA requests go on (13.8.1).
                .WithFlag(8, out dmaEnabled, changeCallback: (_, __) => requestsEnded = false, name: "DMA")
                .WithFlag(9, out dmaSelectionDisabled, name: "DDS")
                .WithFlag(10, out endAfterEach, name: "EOCS")
                .WithFlag(11, out leftAligned, name: "ALIGN")
                .WithReservedBits(12, 4)
                .WithValueField(16, 4, out injectedTriggerSelection, name: "JEXTSEL")
                .WithValueField(20, 2, out injectedTriggerEdges, name: "JEXTEN")
                .WithFlag(22, FieldMode.Write, writeCallback: (_, value) => StartBySoftware(value, isInjected: true), name: "JSWSTART")
                .WithReservedBits(23, 1)
                .WithValueField(24, 4, out triggerSelection, name: "EXTSEL")
                .WithValueField(28, 2, out triggerEdges, name: "EXTEN")
                .WithFlag(30, FieldMode.Write, writeCallback: (_, value) => StartBySoftware(value, isInjected: false), name: "SWSTART")
                .WithReservedBits(31, 1);

            DefineChannels(Registers.SMPR1, 3, samplingSelections, 10, 9, "SMPx");
            DefineChannels(Registers.SMPR2, 3, samplingSelections, 0, 10, "SMPx");
            for(var i = 0; i < InjectedChannels; i++)
            {
                var rank = i;
                ((Registers)((int)Registers.JOFR1 + (4 * i))).Define(this)
                    .WithValueField(0, 12, out offsets[i], name: "JOFFSET")
                    .WithReservedBits(12, 20);
                ((Registers)((int)Registers.JDR1 + (4 * i))).Define(this)
                    .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => injectedData[rank], name: "JDATA")
                    .WithReservedBits(16, 16);
            }
            Registers.HTR.Define(this, 0xFFF)
                .WithValueField(0, 12, out highThreshold, name: "HT")
                .WithReservedBits(12, 20);
            Registers.LTR.Define(this)
                .WithValueField(0, 12, out lowThreshold, name: "LT")
                .WithReservedBits(12, 20);

            Registers.SQR1.Define(this)
                .WithValueField(0, 5, out regularChannels[12], name: "SQ13")
                .WithValueField(5, 5, out regularChannels[13], name: "SQ14")
                .WithValueField(10, 5, out regularChannels[14], name: "SQ15")
                .WithValueField(15, 5, out regularChannels[15], name: "SQ16")
                .WithValueField(20, 4, out regularLength, name: "L")
                .WithReservedBits(24, 8);
            DefineChannels(Registers.SQR2, 5, regularChannels, 6, 6, "SQx");
            DefineChannels(Registers.SQR3, 5, regularChannels, 0, 6, "SQx");
            Registers.JSQR.Define(this)
                .WithValueField(0, 5, out injectedChannels[0], name: "JSQ1")
                .WithValueField(5, 5, out injectedChannels[1], name: "JSQ2")
                .WithValueField(10, 5, out injectedChannels[2], name: "JSQ3")
                .WithValueField(15, 5, out injectedChannels[3], name: "JSQ4")
                .WithValueField(20, 2, out injectedLength, name: "JL")
                .WithReservedBits(22, 10);
            Registers.DR.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => TakeData(), name: "DATA")
                .WithReservedBits(16, 16);
        }

        private void DefineChannels(Registers register, int width, IValueRegisterField[] fields, int first, int count, string name)
        {
            var definition = register.Define(this);
            for(var i = 0; i < count; i++)
            {
                definition.WithValueField(i * width, width, out fields[first + i], name: name);
            }
            definition.WithReservedBits(count * width, 32 - (count * width));
        }

        private void StartBySoftware(bool value, bool isInjected)
        {
            if(!value)
            {
                return;
            }
            if(!isOn)
            {
                mistakes.Report($"ADC{Number}_CR2.{(isInjected ? "JSWSTART" : "SWSTART")}", "nothing is converted, because ADON is 0");
                return;
            }
            Start(isInjected);
        }

        private uint ReadTriggers()
        {
            return (uint)(injectedTriggerSelection.Value << 16 | injectedTriggerEdges.Value << 20 | triggerSelection.Value << 24 | triggerEdges.Value << 28);
        }

        private IValueRegisterField watchedChannel;
        private IFlagRegisterField endInterrupt;
        private IFlagRegisterField watchdogInterrupt;
        private IFlagRegisterField injectedInterrupt;
        private IFlagRegisterField overrunInterrupt;
        private IFlagRegisterField scan;
        private IFlagRegisterField watchesOneChannel;
        private IFlagRegisterField autoInjection;
        private IFlagRegisterField discontinuous;
        private IFlagRegisterField injectedDiscontinuous;
        private IValueRegisterField discontinuousCount;
        private IFlagRegisterField injectedWatchdog;
        private IFlagRegisterField regularWatchdog;
        private IValueRegisterField resolution;
        private IFlagRegisterField continuous;
        private IFlagRegisterField dmaEnabled;
        private IFlagRegisterField dmaSelectionDisabled;
        private IFlagRegisterField endAfterEach;
        private IFlagRegisterField leftAligned;
        private IValueRegisterField injectedTriggerSelection;
        private IValueRegisterField injectedTriggerEdges;
        private IValueRegisterField triggerSelection;
        private IValueRegisterField triggerEdges;
        private IValueRegisterField highThreshold;
        private IValueRegisterField lowThreshold;
        private IValueRegisterField regularLength;
        private IValueRegisterField injectedLength;

        private readonly IValueRegisterField[] samplingSelections = new IValueRegisterField[ChannelCount];
        private readonly IValueRegisterField[] regularChannels = new IValueRegisterField[16];
        private readonly IValueRegisterField[] injectedChannels = new IValueRegisterField[InjectedChannels];
        private readonly IValueRegisterField[] offsets = new IValueRegisterField[InjectedChannels];

        private const int InjectedChannels = 4;
        private const uint TriggerBits = 0x3F3F0000;

        private enum Registers
        {
            SR = 0x00,
            CR1 = 0x04,
            CR2 = 0x08,
            SMPR1 = 0x0C,
            SMPR2 = 0x10,
            JOFR1 = 0x14,
            JOFR2 = 0x18,
            JOFR3 = 0x1C,
            JOFR4 = 0x20,
            HTR = 0x24,
            LTR = 0x28,
            SQR1 = 0x2C,
            SQR2 = 0x30,
            SQR3 = 0x34,
            JSQR = 0x38,
            JDR1 = 0x3C,
            JDR2 = 0x40,
            JDR3 = 0x44,
            JDR4 = 0x48,
            DR = 0x4C,
        }
    }
}
