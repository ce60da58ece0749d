// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Data watchpoint and trace unit (PM0214 lists it, the ARMv7-M manual tells of it in C1.8): its cycle counter counts HCLK at any rate, and
    /// stands still in Stop, in Sleep unless DBGMCU_CR.DBG_SLEEP keeps the clock, and while DEMCR.TRCENA is 0. A system reset changes nothing here.
    /// </summary>
    /// <remarks>
    /// An instruction of the simulated core takes as long as the host says (10 ns by default), so that at 168 MHz one is 1.68 cycles. Renode tells of
    /// a sleep up to a quantum (100 us) late: so long the counter goes on.
    /// We choose: without DEMCR.TRCENA all registers read 0 and ignore writes; watchpoints, trace packets, PC samples and the counters of 8 bits do
    /// nothing: their registers keep what is written; a wake-up from Standby clears all, as the core had no power.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_DWT : RegisterBlock, IResetMember
    {
        /// <summary>Creates the unit.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="rcc">Clock controller of the chip, which knows HCLK and whether the core sleeps.</param>
        /// <param name="coreSignals">Where DEMCR.TRCENA is seen; without it, that counts as set.</param>
        /// <param name="dbgmcu">Debug component of the chip, for DBG_SLEEP; may be left out.</param>
        public STM32F4_DWT(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc, CoreSignals coreSignals = null, STM32F4_DBGMCU dbgmcu = null)
            : base(machine, "DWT", typeof(Registers))
        {
            if(supplies == null || rcc == null)
            {
                throw new ConstructionException("'supplies' or 'rcc' is missing: name the chip's STM32F4_Supplies and STM32F4_RCC");
            }
            this.rcc = rcc;
            this.coreSignals = coreSignals;
            this.dbgmcu = dbgmcu;
            DefineRegisters();
            supplies.Resets.Attach(this);
            rcc.ClocksChanged += Update;
            rcc.CoreActivityChanged += Update;
            if(coreSignals != null)
            {
                coreSignals.TraceEnabledChanged += Update;
            }
            Update();
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset) => IsTraceEnabled ? base.ReadDoubleWord(offset) : 0;

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(!IsTraceEnabled)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because DEMCR.TRCENA is 0");
                return;
            }
            base.WriteDoubleWord(offset, value);
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
            case ResetClass.PowerOnReset:
            case ResetClass.PowerOnResetWithoutBattery:
            case ResetClass.BrownOutReset:
            case ResetClass.StandbyEntry:
                RegistersCollection.Reset();
                if(coreSignals != null)
                {
                    coreSignals.TraceEnabled = false;
                }
                Set(0);
                break;
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs() => Update();

        /// <summary>What DWT_CYCCNT shows: cycles of HCLK.</summary>
        public uint CycleCount
        {
            get
            {
                Advance();
                return (uint)cycles;
            }
        }

        private void DefineRegisters()
        {
            Registers.CTRL.Define(this)
                .WithFlag(0, out counterEnabled, changeCallback: (_, __) => Update(), name: "CYCCNTENA")
                .WithValueField(1, 4, name: "POSTPRESET")
                .WithValueField(5, 4, name: "POSTINIT")
                .WithFlag(9, name: "CYCTAP")
                .WithValueField(10, 2, name: "SYNCTAP")
                .WithFlag(12, name: "PCSAMPLENA")
                .WithReservedBits(13, 3)
                .WithFlag(16, name: "EXCTRCENA")
                .WithFlag(17, name: "CPIEVTENA")
                .WithFlag(18, name: "EXCEVTENA")
                .WithFlag(19, name: "SLEEPEVTENA")
                .WithFlag(20, name: "LSUEVTENA")
                .WithFlag(21, name: "FOLDEVTENA")
                .WithFlag(22, name: "CYCEVTENA")
                .WithReservedBits(23, 5)
                .WithValueField(28, 4, FieldMode.Read, valueProviderCallback: _ => Comparators, name: "NUMCOMP");
            Registers.CYCCNT.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => CycleCount, writeCallback: (_, value) => Set(value), name: "CYCCNT");
            foreach(var register in new[] { Registers.CPICNT, Registers.EXCCNT, Registers.SLEEPCNT, Registers.LSUCNT, Registers.FOLDCNT })
            {
                register.Define(this)
                    .WithValueField(0, 8, name: register.ToString())
                    .WithReservedBits(8, 24);
            }
            Registers.PCSR.Define(this)
                .WithValueField(0, 32, FieldMode.Read, name: "EIASAMPLE");
            for(var i = 0; i < (int)Comparators; i++)
            {
                ((Registers)((int)Registers.COMP0 + (Stride * i))).Define(this)
                    .WithValueField(0, 32, name: "COMP");
                ((Registers)((int)Registers.MASK0 + (Stride * i))).Define(this)
                    .WithValueField(0, 4, name: "MASK")
                    .WithReservedBits(4, 28);
                ((Registers)((int)Registers.FUNCTION0 + (Stride * i))).Define(this)
                    .WithValueField(0, 4, name: "FUNCTION")
                    .WithReservedBits(4, 1)
                    .WithFlag(5, name: "EMITRANGE")
                    .WithReservedBits(6, 1)
                    .WithFlag(7, name: "CYCMATCH")
                    .WithFlag(8, name: "DATAVMATCH")
                    .WithFlag(9, FieldMode.Read, name: "LNK1ENA")
                    .WithValueField(10, 2, name: "DATAVSIZE")
                    .WithValueField(12, 4, name: "DATAVADDR0")
                    .WithValueField(16, 4, name: "DATAVADDR1")
                    .WithReservedBits(20, 4)
                    .WithFlag(24, FieldMode.Read, name: "MATCHED")
                    .WithReservedBits(25, 7);
            }
            foreach(var (register, value) in Identification)
            {
                register.Define(this)
                    .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => value, name: register.ToString());
            }
        }

        /// <summary>What was counted till now was at the old rate.</summary>
        private void Update()
        {
            var isRunning = counterEnabled.Value && IsTraceEnabled
                && (rcc.CoreActivity == CoreActivity.Running || (rcc.CoreActivity == CoreActivity.Sleeping && dbgmcu?.KeepsClockInSleep == true));
            var newFrequency = isRunning ? rcc.AhbFrequency : 0;
            if(newFrequency != frequency)
            {
                Advance();
                since = VirtualClock.Now(machine);
                frequency = newFrequency;
            }
        }

        private void Advance()
        {
            if(frequency == 0)
            {
                return;
            }
            var now = VirtualClock.Now(machine);
            var ticks = (now - since).Ticks;
            since = now;
            // In two parts: ticks times Hz doesn't fit.
            var parts = (ticks % TimeInterval.TicksPerSecond * frequency) + partOfCycle;
            cycles += (ticks / TimeInterval.TicksPerSecond * frequency) + (parts / TimeInterval.TicksPerSecond);
            partOfCycle = parts % TimeInterval.TicksPerSecond;
        }

        private void Set(ulong value)
        {
            Advance();
            cycles = value;
            partOfCycle = 0;
        }

        private bool IsTraceEnabled => coreSignals == null || coreSignals.TraceEnabled;

        private ulong cycles;
        private ulong partOfCycle;
        private ulong frequency;
        private TimeInterval since;

        private IFlagRegisterField counterEnabled;

        private readonly STM32F4_RCC rcc;
        private readonly CoreSignals coreSignals;
        private readonly STM32F4_DBGMCU dbgmcu;

        private const uint Comparators = 4;
        private const int Stride = Registers.COMP1 - Registers.COMP0;

        private static readonly (Registers Register, uint Value)[] Identification =
        {
            (Registers.PIDR4, 0x04), (Registers.PIDR5, 0x00), (Registers.PIDR6, 0x00), (Registers.PIDR7, 0x00),
            (Registers.PIDR0, 0x02), (Registers.PIDR1, 0xB0), (Registers.PIDR2, 0x3B), (Registers.PIDR3, 0x00),
            (Registers.CIDR0, 0x0D), (Registers.CIDR1, 0xE0), (Registers.CIDR2, 0x05), (Registers.CIDR3, 0xB1),
        };

        private enum Registers
        {
            CTRL = 0x000,
            CYCCNT = 0x004,
            CPICNT = 0x008,
            EXCCNT = 0x00C,
            SLEEPCNT = 0x010,
            LSUCNT = 0x014,
            FOLDCNT = 0x018,
            PCSR = 0x01C,
            COMP0 = 0x020,
            MASK0 = 0x024,
            FUNCTION0 = 0x028,
            COMP1 = 0x030,
            MASK1 = 0x034,
            FUNCTION1 = 0x038,
            COMP2 = 0x040,
            MASK2 = 0x044,
            FUNCTION2 = 0x048,
            COMP3 = 0x050,
            MASK3 = 0x054,
            FUNCTION3 = 0x058,
            PIDR4 = 0xFD0,
            PIDR5 = 0xFD4,
            PIDR6 = 0xFD8,
            PIDR7 = 0xFDC,
            PIDR0 = 0xFE0,
            PIDR1 = 0xFE4,
            PIDR2 = 0xFE8,
            PIDR3 = 0xFEC,
            CIDR0 = 0xFF0,
            CIDR1 = 0xFF4,
            CIDR2 = 0xFF8,
            CIDR3 = 0xFFC,
        }
    }
}
