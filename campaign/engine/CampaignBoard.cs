// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A machine of the current emulation with this project's models. Disposing of it puts the emulation back to where it was.</summary>
    internal sealed class CampaignBoard : ICampaignBoard
    {
        /// <summary>Name of the machine of an emulation that has a memory to cut.</summary>
        /// <exception cref="RecoverableException">There is none; one line says what to do.</exception>
        public static string Find(Emulation emulation)
        {
            var names = emulation.Names.ToArray();
            if(names.Length == 0)
            {
                throw new RecoverableException("there is no machine: load a board first");
            }
            return names.FirstOrDefault(x => emulation[x].GetPeripheralsOfType<STM32F4_BackupSRAM>().Any()) ?? throw Unsuitable(names[0]);
        }

        /// <summary>Finds the models, and pauses the emulation.</summary>
        /// <param name="name">Name of the machine.</param>
        /// <param name="keepsState">Is the emulation to be put back to where it was?</param>
        /// <exception cref="RecoverableException">The board lacks a model that a campaign needs.</exception>
        public CampaignBoard(string name, bool keepsState = true)
        {
            Name = name;
            // Look before anything is changed.
            FindModels();
            Emulation.PauseAll();
            if(keepsState)
            {
                original = EmulationState.Take();
                quiet = EmulationState.IsCheap ? new QuietLines(machine) : null;
                Emulation.SetGlobalAdvanceImmediately(true);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if(IsCurrent)
            {
                // Otherwise somebody has begun something new meanwhile, and the old machine is gone.
                foreach(var memory in Memories)
                {
                    memory.Watcher = null;
                }
                original?.Restore();
                quiet?.Dispose();
            }
            original?.Dispose();
        }

        /// <inheritdoc/>
        public void RunFor(TimeInterval time)
        {
            Emulation.RunFor(time);
        }

        /// <inheritdoc/>
        public ICampaignState TakeState() => EmulationState.Take();

        /// <inheritdoc/>
        public void Restore(ICampaignState state)
        {
            ((EmulationState)state).Restore();
            if(!HasCheapStates)
            {
                // A snapshot brings new objects.
                FindModels();
                Emulation.SetGlobalAdvanceImmediately(true);
            }
        }

        /// <inheritdoc/>
        public void Seed(int seed)
        {
            Emulation.SetSeed(seed);
        }

        /// <inheritdoc/>
        public void RestartNoise(int seed)
        {
            Seed(seed);
            supplies.RandomContent.Restart();
        }

        /// <inheritdoc/>
        public string GetRetainedChecksum()
        {
            using(var writer = new BinaryWriter(retained, Encoding.UTF8, true))
            {
                foreach(var model in retaining)
                {
                    model.WriteRetainedState(writer);
                }
            }
            return retained.Complete();
        }

        /// <inheritdoc/>
        public void PowerOn()
        {
            supplies.PowerOn();
        }

        /// <inheritdoc/>
        public void PlugCable()
        {
            if(connector == null || !connector.FeedsBoard)
            {
                throw new RecoverableException($"board '{Name}' is not fed by a USB cable: say --supply slow-ramp");
            }
            connector.Plug();
            connector.OtherSupply = false;
        }

        /// <inheritdoc/>
        public void PullCable()
        {
            connector.PullCable();
        }

        /// <inheritdoc/>
        public void PowerOff(bool withinAccess)
        {
            if(withinAccess)
            {
                supplies.CutPowerAtOnce();
            }
            else
            {
                supplies.PowerOff();
            }
        }

        /// <inheritdoc/>
        public void RampDown(double seconds, bool withinAccess)
        {
            if(withinAccess)
            {
                supplies.RampVddAtOnce(0, seconds);
            }
            else
            {
                supplies.RampVdd(0, seconds);
            }
        }

        /// <inheritdoc/>
        public string Name { get; }

        /// <inheritdoc/>
        public IMachine Machine => machine;

        /// <inheritdoc/>
        public bool IsCurrent => Emulation.TryGetMachineByName(Name, out var current) && current == machine;

        /// <inheritdoc/>
        public IReadOnlyList<INonVolatileMemory> Memories { get; private set; }

        /// <inheritdoc/>
        public INonVolatileMemory BackupSram { get; private set; }

        /// <inheritdoc/>
        public bool IsRunning => supplies.Resets.IsOn && !supplies.Resets.IsCutOff;

        /// <inheritdoc/>
        public bool HasCheapStates => EmulationState.IsCheap;

        /// <inheritdoc/>
        public bool IsPowered => supplies.IsPowered;

        /// <inheritdoc/>
        public bool HasCell
        {
            get => supplies.CoinCellPresent;
            set
            {
                if(value)
                {
                    supplies.InsertCoinCell();
                }
                else
                {
                    supplies.RemoveCoinCell();
                }
            }
        }

        /// <inheritdoc/>
        public SupplyVolts Volts => new SupplyVolts { Vdd = supplies.Vdd, Vbat = supplies.Vbat };

        /// <inheritdoc/>
        public (double Falling, double Rising) PowerDownThreshold => supplies.Resets.PowerDownThreshold;

        /// <inheritdoc/>
        public (double Falling, double Rising) BrownOutThreshold => supplies.Resets.BrownOutThreshold;

        /// <inheritdoc/>
        public TimeInterval Now
        {
            get
            {
                if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
                {
                    cpu.SyncTime();
                }
                return machine.ElapsedVirtualTime.TimeElapsed;
            }
        }

        /// <inheritdoc/>
        public uint ProgramCounter => machine.SystemBus.TryGetCurrentCPU(out var cpu) ? (uint)cpu.PC.RawValue : 0;

        /// <inheritdoc/>
        public ulong Instructions => machine.SystemBus.GetCPUs().First().ExecutedInstructions;

        /// <inheritdoc/>
        public double InstructionsPerMicrosecond
        {
            get
            {
                var cpu = machine.SystemBus.GetCPUs().First();
                // No interface of Renode has it.
                return Convert.ToDouble(cpu.GetType().GetProperty("PerformanceInMips").GetValue(cpu));
            }
        }

        /// <inheritdoc/>
        public ClockReading Clock => new ClockReading
        {
            IsStopped = !clock.IsCounting,
            Seconds = (clock.TimeOfDay.Ticks / (double)TimeSpan.TicksPerSecond) - (clock.IsCounting ? machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds : 0),
        };

        private static RecoverableException Unsuitable(string name)
        {
            var lines = string.Join(", ", Enum.GetNames(typeof(ChipLine)).Select(x => x.Replace('_', '/')));
            return new RecoverableException($"board '{name}' has no backup SRAM: use a board of platforms/, or give yours this project's models ({lines})");
        }

        private void FindModels()
        {
            if(!Emulation.TryGetMachineByName(Name, out machine))
            {
                throw new RecoverableException($"there is no machine '{Name}'");
            }
            supplies = machine.GetPeripheralsOfType<STM32F4_Supplies>().FirstOrDefault();
            BackupSram = machine.GetPeripheralsOfType<STM32F4_BackupSRAM>().FirstOrDefault();
            Memories = machine.GetPeripheralsOfType<IHasNonVolatileMemories>().SelectMany(x => x.NonVolatileMemories).GroupBy(x => x.TargetName).Select(x => x.First())
                .OrderBy(x => Array.IndexOf(CampaignOptions.TargetNames, x.TargetName)).ToArray();
            clock = machine.GetPeripheralsOfType<IKeepsTime>().FirstOrDefault();
            connector = machine.GetPeripheralsOfType<UsbConnector>().FirstOrDefault();
            // By name: a snapshot may bring them in another order.
            retaining = machine.GetPeripheralsOfType<IRetainsState>().OrderBy(x => machine.GetAnyNameOrTypeName((IPeripheral)x), StringComparer.Ordinal).ToArray();
            if(supplies == null || BackupSram == null || clock == null)
            {
                throw Unsuitable(Name);
            }
        }

        private static Emulation Emulation => EmulationManager.Instance.CurrentEmulation;

        private IMachine machine;
        private STM32F4_Supplies supplies;
        private IKeepsTime clock;
        private UsbConnector connector;
        private IRetainsState[] retaining;

        private readonly RetainedChecksum retained = new RetainedChecksum();
        private readonly EmulationState original;
        private readonly QuietLines quiet;
    }
}
