// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.BackupDomain
{
    /// <summary>
    /// Independent watchdog (RM0090 chapter 21), clocked by LSI. Its reset leaves IWDGRSTF and PINRSTF in RCC_CSR; once
    /// started it can be stopped by a reset only.
    /// </summary>
    /// <remarks>We choose: PR and RLR are taken over at once, so that IWDG_SR always reads 0.</remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_IndependentWatchdog : BasicDoubleWordPeripheral, IKnownSize
    {
        /// <summary>Creates the watchdog, stopped.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip; they carry the reset out.</param>
        /// <param name="frequency">LSI in Hz; on silicon 17000 to 47000.</param>
        public STM32F4_IndependentWatchdog(IMachine machine, STM32F4_Supplies supplies, ulong frequency = 32000) : base(machine)
        {
            if(supplies == null || frequency == 0)
            {
                throw new ConstructionException("'supplies' is missing or 'frequency' is 0");
            }
            this.supplies = supplies;
            mistakes = new GuestMistakes(machine, this);
            counter = new LimitTimer(machine.ClockSource, frequency, this, "counter", limit: HighestReload, direction: Direction.Descending,
                workMode: WorkMode.OneShot, eventEnabled: true, divider: SmallestDivider);
            counter.LimitReached += () => supplies.RequestReset(ResetCause.IndependentWatchdog);
            DefineRegisters();
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            counter.Reset();
            isWritable = false;
        }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        private void DefineRegisters()
        {
            Registers.Key.Define(this)
                .WithValueField(0, 16, FieldMode.Write, writeCallback: (_, value) => WriteKey(value), name: "KEY")
                .WithReservedBits(16, 16);
            Registers.Prescaler.Define(this)
                .WithValueField(0, 3, out prescaler, changeCallback: (old, _) => RequireKey(prescaler, old, "IWDG_PR"), name: "PR")
                .WithReservedBits(3, 29)
                .WithWriteCallback((_, __) => counter.Divider = SmallestDivider << (int)Math.Min(prescaler.Value, HighestPrescaler));
            Registers.Reload.Define(this, (uint)HighestReload)
                .WithValueField(0, 12, out reload, changeCallback: (old, _) => RequireKey(reload, old, "IWDG_RLR"), name: "RL")
                .WithReservedBits(12, 20);
            Registers.Status.Define(this)
                .WithFlag(0, FieldMode.Read, name: "PVU")
                .WithFlag(1, FieldMode.Read, name: "RVU")
                .WithReservedBits(2, 30);
        }

        private void RequireKey(IValueRegisterField field, ulong old, string name)
        {
            if(!isWritable)
            {
                field.Value = old;
                mistakes.Report(name, "write ignored, because the key 0x5555 was not written to IWDG_KR");
            }
        }

        private void WriteKey(ulong key)
        {
            isWritable = key == AccessKey;
            if(key == StartKey)
            {
                counter.Enabled = true;
            }
            if(key == ReloadKey || key == StartKey)
            {
                // A reload of 0 still takes one clock.
                counter.Limit = Math.Max(1, reload.Value);
                counter.ResetValue();
            }
        }

        private IValueRegisterField prescaler;
        private IValueRegisterField reload;
        private bool isWritable;

        private readonly STM32F4_Supplies supplies;
        private readonly LimitTimer counter;
        private readonly GuestMistakes mistakes;

        private const ulong AccessKey = 0x5555;
        private const ulong ReloadKey = 0xAAAA;
        private const ulong StartKey = 0xCCCC;
        private const ulong HighestReload = 0xFFF;
        private const ulong SmallestDivider = 4;
        private const ulong HighestPrescaler = 6;

        private enum Registers
        {
            Key = 0x0,
            Prescaler = 0x4,
            Reload = 0x8,
            Status = 0xC,
        }
    }
}
