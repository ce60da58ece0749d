// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// What passes between the core and the rest of the chip: that it sleeps, lightly or deeply (PM0214 2.5), that firmware asks for
    /// a system reset (SYSRESETREQ of AIRCR, PM0214 4.4.5), that an event ends WFE (PM0214 2.5.3), and where the core finds its vector table after a reset (RM0090 2.4).
    /// </summary>
    /// <remarks>The NVIC of release 1.16.1 tells none of that, so it is watched here, on any version alike. GPIO input 0 is an event: its rising edge sets
    /// the core's event register.</remarks>
    public class CoreSignals : IPeripheral, IGPIOReceiver
    {
        /// <summary>Creates the signals of one core.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="cpu">The core.</param>
        /// <param name="nvic">Its interrupt controller.</param>
        /// <param name="bootAddress">Where the vector table is after a reset: 0, where BOOT0 selects what memory appears.</param>
        public CoreSignals(IMachine machine, CortexM cpu, NVIC nvic, uint bootAddress = 0)
        {
            if(cpu == null || nvic == null)
            {
                throw new ConstructionException("'cpu' or 'nvic' is missing: name the core and its interrupt controller");
            }
            this.machine = machine;
            Core = cpu;
            this.nvic = nvic;
            this.bootAddress = bootAddress;
            InSleep = new GPIO();
            InDeepSleep = new GPIO();
            SystemResetRequest = new GPIO();
            cpu.AddHookAtWfiStateChange(HandleSleep);
            if(!HostFeatures.CoreEscalatesFaults)
            {
                escalation = new FaultEscalation(cpu, nvic);
            }
            Subscribe();
            Connect();
        }

        /// <summary>Ends sleep and takes the request for a reset back.</summary>
        public void Reset()
        {
            InSleep.Unset();
            InDeepSleep.Unset();
            SystemResetRequest.Unset();
            escalation?.Reset();
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            if(value)
            {
                Core.SetEventFlag(true);
            }
        }

        /// <summary>Has the core met a fault where no handler can take one (PM0214 2.4.4)? Only a reset ends that.</summary>
        public bool IsLockedUp => escalation?.IsLockedUp ?? HostFeatures.LockupLineOf(nvic).IsSet;

        /// <summary>The core.</summary>
        internal CortexM Core { get; }

        /// <summary>High while the core sleeps by WFI or WFE with SLEEPDEEP clear.</summary>
        public GPIO InSleep { get; }

        /// <summary>High while the core sleeps by WFI or WFE with SLEEPDEEP set.</summary>
        public GPIO InDeepSleep { get; }

        /// <summary>Goes high when SYSRESETREQ is written, until the reset. While nobody listens, the write resets the machine at once.</summary>
        public GPIO SystemResetRequest { get; }

        [PostDeserialization]
        private void Subscribe()
        {
            machine.MachineReset += _ => StartFromBootAddress();
            machine.PeripheralsChanged += (_, args) =>
            {
                if(args.Operation == PeripheralsChangedEventArgs.PeripheralChangeType.Addition)
                {
                    Connect();
                }
            };
        }

        private void Connect()
        {
            if(!isWatching && machine.IsRegistered(nvic))
            {
                isWatching = true;
                machine.SystemBus.SetHookBeforePeripheralWrite<uint>(nvic, FilterWrite, new Range(ApplicationInterruptAndResetControl, FaultRegistersEnd - ApplicationInterruptAndResetControl));
                escalation?.ShowStatus(machine.SystemBus);
            }
            if(!hasBooted && machine.SystemBus.GetCPUs().Contains(Core) && machine.SystemBus.IsMemory(bootAddress, Core))
            {
                hasBooted = true;
                StartFromBootAddress();
            }
        }

        private void StartFromBootAddress()
        {
            if(hasBooted)
            {
                HostFeatures.SetVectorTable(Core, bootAddress);
            }
        }

        private void HandleSleep(bool sleeps)
        {
            if(!sleeps)
            {
                InSleep.Unset();
                InDeepSleep.Unset();
                return;
            }
            (nvic.DeepSleepEnabled ? InDeepSleep : InSleep).Set();
        }

        private uint FilterWrite(uint value, long offset)
        {
            if(offset == (long)FaultEscalation.HardFaultStatus)
            {
                escalation?.ClearStatus(value);
            }
            return offset == (long)ApplicationInterruptAndResetControl ? FilterResetRequest(value) : value;
        }

        private uint FilterResetRequest(uint value)
        {
            if(value >> 16 != WriteKey || (value & SystemResetRequestBit) == 0 || !SystemResetRequest.IsConnected)
            {
                return value;
            }
            this.Log(LogLevel.Debug, "Reset requested by SYSRESETREQ");
            SystemResetRequest.Set();
            // The machine's reset would be one by the pin.
            return value & ~SystemResetRequestBit;
        }

        private bool isWatching;
        private bool hasBooted;

        private readonly IMachine machine;
        private readonly NVIC nvic;
        private readonly FaultEscalation escalation;
        private readonly uint bootAddress;

        private const ulong ApplicationInterruptAndResetControl = 0xD0C;
        private const ulong FaultRegistersEnd = 0xD30;
        private const uint SystemResetRequestBit = 1 << 2;
        private const uint WriteKey = 0x5FA;
    }
}
