// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers (RM0090 17.4, 18.4, 19.4, 19.5, 20.4); which bits a kind of timer has of them is in <see cref="TimerFacts"/>.</content>
    public partial class STM32F4_Timer
    {
        private void DefineRegisters()
        {
            Define(Registers.CR1)
                .WithFlag(0, valueProviderCallback: _ => enabled, writeCallback: (_, value) => enabled = value, name: "CEN")
                .WithFlag(1, out updateDisabled, name: "UDIS")
                .WithFlag(2, out overflowUpdatesOnly, name: "URS")
                .WithFlag(3, out onePulse, name: "OPM")
                .WithFlag(4, valueProviderCallback: _ => isDown, writeCallback: (_, value) => WriteDirection(value), name: "DIR")
                .WithValueField(5, 2, out alignment, name: "CMS")
                .WithFlag(7, out reloadPreloaded, name: "ARPE")
                .WithValueField(8, 2, out clockDivision, name: "CKD")
                .WithReservedBits(10, 22);

            Define(Registers.CR2)
                .WithFlag(0, name: "CCPC")
                .WithReservedBits(1, 1)
                .WithFlag(2, name: "CCUS")
                .WithFlag(3, out requestsAtUpdate, name: "CCDS")
                .WithValueField(4, 3, out masterMode, name: "MMS")
                .WithFlag(7, out joinsInputs, changeCallback: (_, __) => DriveInput(0, pins[0]), name: "TI1S")
                .WithValueField(8, 7, out idleStates, name: "OIS1, OIS1N, OIS2, OIS2N, OIS3, OIS3N, OIS4")
                .WithReservedBits(15, 17);

            Define(Registers.SMCR)
                .WithValueField(0, 3, out slaveMode, name: "SMS")
                .WithReservedBits(3, 1)
                .WithValueField(4, 3, out triggerSelection, name: "TS")
                .WithFlag(7, name: "MSM")
                .WithValueField(8, 4, out externalFilter, name: "ETF")
                .WithValueField(12, 2, out externalPrescaler, name: "ETPS")
                .WithFlag(14, out externalClock2, name: "ECE")
                .WithFlag(15, out externalPolarity, name: "ETP")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) =>
                {
                    SelectTrigger();
                    TellTriggerSources();
                });

            Define(Registers.DIER)
                .WithValueField(0, 15, out interruptEnables, writeCallback: (_, value) => DropRequests(~(uint)(value >> FirstRequest)), name: "UIE, CC1IE, CC2IE, CC3IE, CC4IE, COMIE, TIE, BIE, UDE, CC1DE, CC2DE, CC3DE, CC4DE, COMDE, TDE")
                .WithReservedBits(15, 17);

            Define(Registers.SR)
                .WithValueField(0, 13, valueProviderCallback: _ => flags, writeCallback: (_, value) => flags &= (uint)value, name: "UIF, CC1IF, CC2IF, CC3IF, CC4IF, COMIF, TIF, BIF, CC1OF, CC2OF, CC3OF, CC4OF")
                .WithReservedBits(13, 19);

            Define(Registers.EGR)
                .WithValueField(0, 8, FieldMode.Write, writeCallback: (_, value) => GenerateEvents((uint)value), name: "UG, CC1G, CC2G, CC3G, CC4G, COMG, TG, BG")
                .WithReservedBits(8, 24);

            DefineModes(Registers.CCMR1, 0, "CC1S, OC1FE, OC1PE, OC1M, OC1CE; IC1PSC, IC1F", "CC2S, OC2FE, OC2PE, OC2M, OC2CE; IC2PSC, IC2F");
            DefineModes(Registers.CCMR2, 2, "CC3S, OC3FE, OC3PE, OC3M, OC3CE; IC3PSC, IC3F", "CC4S, OC4FE, OC4PE, OC4M, OC4CE; IC4PSC, IC4F");

            Define(Registers.CCER)
                .WithValueField(0, 16, valueProviderCallback: _ => GatherEnables(), writeCallback: (_, value) => SpreadEnables((uint)value), name: "CC1E, CC1P, CC1NE, CC1NP, CC2E, CC2P, CC2NE, CC2NP, CC3E, CC3P, CC3NE, CC3NP, CC4E, CC4P, CC4NP")
                .WithReservedBits(16, 16);

            Define(Registers.CNT)
                .WithValueField(0, 32, valueProviderCallback: _ => counter, writeCallback: (_, value) => WriteCounter((uint)value), name: "CNT");

            Define(Registers.PSC)
                .WithValueField(0, 16, out prescalerValue, name: "PSC")
                .WithReservedBits(16, 16);

            Define(Registers.ARR)
                .WithValueField(0, 32, valueProviderCallback: _ => autoReload, writeCallback: (_, value) => WriteReload((uint)value), name: "ARR");

            Define(Registers.RCR)
                .WithValueField(0, 8, out repetitions, name: "REP")
                .WithReservedBits(8, 24);

            for(var i = 0; i < channels.Length; i++)
            {
                var channel = channels[i];
                Define((Registers)((int)Registers.CCR1 + (4 * i)))
                    .WithValueField(0, 32, valueProviderCallback: _ => ReadCompare(channel), writeCallback: (_, value) => channel.Write((uint)value), name: "CCR");
            }

            Define(Registers.BDTR)
                .WithValueField(0, 8, name: "DTG")
                .WithValueField(8, 2, name: "LOCK")
                .WithFlag(10, out offStateIdle, name: "OSSI")
                .WithFlag(11, out offStateRun, name: "OSSR")
                .WithFlag(12, out breakEnabled, name: "BKE")
                .WithFlag(13, out breakPolarity, name: "BKP")
                .WithFlag(14, out automaticOutput, name: "AOE")
                .WithFlag(15, out mainOutput, name: "MOE")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => UpdateBreak());

            Define(Registers.DCR)
                .WithValueField(0, 5, out burstBase, name: "DBA")
                .WithReservedBits(5, 3)
                .WithValueField(8, 5, out burstLength, name: "DBL")
                .WithReservedBits(13, 19)
                .WithWriteCallback((_, __) => burstIndex = 0);

            Define(Registers.DMAR)
                .WithValueField(0, 32, valueProviderCallback: _ => RegistersCollection.Read(NextOfBurst()), writeCallback: (_, value) => base.WriteRegister(NextOfBurst(), (uint)value), name: "DMAB");
        }

        private void DefineModes(Registers register, int first, string firstName, string secondName)
        {
            Define(register)
                .WithValueField(0, 8, valueProviderCallback: _ => ModeOf(first), writeCallback: (_, value) => SetMode(first, (uint)value), name: firstName)
                .WithValueField(8, 8, valueProviderCallback: _ => ModeOf(first + 1), writeCallback: (_, value) => SetMode(first + 1, (uint)value), name: secondName)
                .WithReservedBits(16, 16);
        }

        private uint ModeOf(int channel) => channel < channels.Length ? channels[channel].Mode : 0;

        private void SetMode(int channel, uint value)
        {
            if(channel >= channels.Length)
            {
                return;
            }
            var heard = channels[channel].Selection == 3;
            channels[channel].Mode = value;
            if(heard != (channels[channel].Selection == 3))
            {
                TellTriggerSources();
            }
        }

        private uint GatherEnables()
        {
            var result = 0u;
            foreach(var channel in channels)
            {
                result |= channel.Enables << (4 * channel.Number);
            }
            return result;
        }

        private void SpreadEnables(uint value)
        {
            foreach(var channel in channels)
            {
                channel.Enables = value >> (4 * channel.Number) & 0xF;
            }
        }

        private void WriteDirection(bool value)
        {
            // Read only in centre-aligned and encoder modes (RM0090 18.4.1).
            if(!IsCentered && !(Slave >= SlaveMode.EncoderOnSecond && Slave <= SlaveMode.EncoderOnBoth))
            {
                isDown = value;
            }
        }

        private void WriteCounter(uint value)
        {
            counter = value;
            CompareAll();
        }

        private void WriteReload(uint value)
        {
            autoReload = value;
            if(!reloadPreloaded.Value)
            {
                activeReload = value;
            }
        }

        private uint ReadCompare(TimerChannel channel)
        {
            if(channel.IsInput)
            {
                flags &= ~FlagOf(channel);
            }
            return channel.Value;
        }

        private long NextOfBurst()
        {
            var result = 4 * (long)(burstBase.Value + burstIndex);
            burstIndex = burstIndex >= burstLength.Value ? 0 : burstIndex + 1;
            if(burstIndex != 0 && burstRequest != 0)
            {
                // The same event asks for the rest, too.
                Request(burstRequest);
            }
            // Itself it can't reach.
            return result >= (long)Registers.DCR ? (long)Registers.CR1 : result;
        }

        private IFlagRegisterField updateDisabled;
        private IFlagRegisterField overflowUpdatesOnly;
        private IFlagRegisterField onePulse;
        private IFlagRegisterField reloadPreloaded;
        private IFlagRegisterField requestsAtUpdate;
        private IFlagRegisterField joinsInputs;
        private IFlagRegisterField externalClock2;
        private IFlagRegisterField externalPolarity;
        private IFlagRegisterField offStateIdle;
        private IFlagRegisterField offStateRun;
        private IFlagRegisterField breakEnabled;
        private IFlagRegisterField breakPolarity;
        private IFlagRegisterField automaticOutput;
        private IFlagRegisterField mainOutput;
        private IValueRegisterField alignment;
        private IValueRegisterField clockDivision;
        private IValueRegisterField masterMode;
        private IValueRegisterField idleStates;
        private IValueRegisterField slaveMode;
        private IValueRegisterField triggerSelection;
        private IValueRegisterField externalFilter;
        private IValueRegisterField externalPrescaler;
        private IValueRegisterField interruptEnables;
        private IValueRegisterField prescalerValue;
        private IValueRegisterField repetitions;
        private IValueRegisterField burstBase;
        private IValueRegisterField burstLength;

        private enum Registers
        {
            CR1 = 0x00,
            CR2 = 0x04,
            SMCR = 0x08,
            DIER = 0x0C,
            SR = 0x10,
            EGR = 0x14,
            CCMR1 = 0x18,
            CCMR2 = 0x1C,
            CCER = 0x20,
            CNT = 0x24,
            PSC = 0x28,
            ARR = 0x2C,
            RCR = 0x30,
            CCR1 = 0x34,
            CCR2 = 0x38,
            CCR3 = 0x3C,
            CCR4 = 0x40,
            BDTR = 0x44,
            DCR = 0x48,
            DMAR = 0x4C,
            OR = 0x50,
        }
    }
}
