// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// What passes between the core and the rest of the chip: that it sleeps, lightly or deeply (PM0214 2.5), that firmware asks for
    /// a system reset (SYSRESETREQ of AIRCR, PM0214 4.4.5), that an event ends WFE (PM0214 2.5.3), where the core finds its vector table after a reset (RM0090 2.4),
    /// that SysTick counts HCLK or an eighth of it (CLKSOURCE of STK_CTRL, PM0214 4.5.1), and that trace is on (DEMCR.TRCENA).
    /// </summary>
    /// <remarks>Renode's NVIC of release 1.16.1 tells none of that, so it is watched here, on any version alike. GPIO input 0 is an event: its rising edge sets
    /// the core's event register.</remarks>
    public class CoreSignals : IPeripheral, IGPIOReceiver, IHasOwnLife
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
                escalation.LockedUp += HandleLockup;
            }
            else
            {
                HostFeatures.LockupLineOf(nvic).AddStateChangedHook(HandleLockup);
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
            StartsNowhere = false;
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            if(value)
            {
                Core.SetEventFlag(true);
            }
        }

        void IHasOwnLife.Start()
        {
        }

        void IHasOwnLife.Pause()
        {
        }

        // Renode lets time go on first and its cores last. The thread of one that a reset has stopped may be there by then, and runs from nowhere if it comes
        // before the core has read its vector table.
        void IHasOwnLife.Resume()
        {
            if(!Core.IsHalted)
            {
                HostFeatures.LeaveReset(Core);
            }
        }

        bool IHasOwnLife.IsPaused => false;

        /// <summary>Has the core met a fault where no handler can take one (PM0214 2.4.4)? Only a reset ends that.</summary>
        public bool IsLockedUp => StartsNowhere || (escalation?.IsLockedUp ?? HostFeatures.LockupLineOf(nvic).IsSet);

        /// <summary>DEMCR.TRCENA: does the DWT work? No system reset clears it.</summary>
        [HideInMonitor]
        public bool TraceEnabled
        {
            get => traceEnabled;
            set
            {
                if(traceEnabled != value)
                {
                    traceEnabled = value;
                    TraceEnabledChanged?.Invoke();
                }
            }
        }

        /// <summary><see cref="TraceEnabled"/> has changed.</summary>
        public event Action TraceEnabledChanged;

        /// <summary>The core.</summary>
        internal CortexM Core { get; }

        /// <summary>Has it locked up because there is no firmware, and may not go on?</summary>
        internal bool StartsNowhere { get; private set; }

        /// <summary>What takes faults in place of the core; null if it takes them itself.</summary>
        internal FaultEscalation Escalation => escalation;

        /// <summary>BFAR.</summary>
        internal uint BusFaultAddress => escalation?.BusFaultAddress ?? nvic.ReadDoubleWord((long)FaultEscalation.BusFaultAddressRegister);

        /// <summary>CFSR.</summary>
        internal uint FaultStatus => StatusAt(ConfigurableFaultStatus);

        /// <summary>High while the core sleeps by WFI or WFE with SLEEPDEEP clear.</summary>
        public GPIO InSleep { get; }

        /// <summary>High while the core sleeps by WFI or WFE with SLEEPDEEP set.</summary>
        public GPIO InDeepSleep { get; }

        /// <summary>Goes high when SYSRESETREQ is written, until the reset. While nobody listens, the write resets the machine at once.</summary>
        public GPIO SystemResetRequest { get; }

        [PostDeserialization]
        private void Subscribe()
        {
            machine.MachineReset += _ =>
            {
                StartFromBootAddress();
                ChooseSysTickClock(0);
                if(FindsErasedFlash)
                {
                    LockUpAtStart();
                }
            };
            HostFeatures.AddStartHook(machine, () =>
            {
                // Release 1.16.1 halts a core whose first instruction is in no memory.
                if(!StartsNowhere && (HostFeatures.IsEndlessReturn((uint)Core.PC.RawValue) || (Core.IsHalted && FindsErasedFlash)))
                {
                    LockUpAtStart();
                }
            });
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
                machine.SystemBus.SetHookBeforePeripheralWrite<uint>(nvic, FilterWrite, new Core.Range(SysTickControl, DebugControl + sizeof(uint) - SysTickControl));
                // There is one hook for all.
                machine.SystemBus.SetHookAfterPeripheralRead<uint>(nvic, FilterRead, new Core.Range(SysTickControl, DebugControl + sizeof(uint) - SysTickControl));
                ChooseSysTickClock(0);
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

        // Erased flash: the first fetch is a HardFault, whose vector is no better.
        private void LockUpAtStart()
        {
            StartsNowhere = true;
            Core.IsHalted = true;
            this.Log(LogLevel.Warning, "Locked up until a reset: there is no firmware, and the vector table reads as erased flash does");
        }

        private bool FindsErasedFlash => hasBooted && HostFeatures.IsEndlessReturn(machine.SystemBus.ReadDoubleWord(bootAddress + sizeof(uint), Core));

        private void HandleSleep(bool sleeps)
        {
            if(!sleeps)
            {
                InSleep.Unset();
                InDeepSleep.Unset();
                return;
            }
            if(machine.SystemBus.ReadWord(Core.PC.RawValue, Core) == BranchToItself)
            {
                // Renode lets time pass in such a loop as in WFI. On silicon the core runs, and its clocks do.
                return;
            }
            (nvic.DeepSleepEnabled ? InDeepSleep : InSleep).Set();
        }

        private void HandleLockup(bool isLockedUp)
        {
            if(isLockedUp)
            {
                this.Log(LogLevel.Warning, "Locked up until a reset: a fault where none can be handled (in HardFault or NMI, or with FAULTMASK): CFSR 0x{0:X8}, HFSR 0x{1:X8}, BFAR 0x{2:X8}",
                    StatusAt(ConfigurableFaultStatus), StatusAt(FaultEscalation.HardFaultStatus), BusFaultAddress);
            }
        }

        private uint StatusAt(ulong register) => FilterRead(nvic.ReadDoubleWord((long)register), (long)register);

        private uint FilterWrite(uint value, long offset)
        {
            switch((ulong)offset)
            {
            case SysTickControl:
                ChooseSysTickClock(value);
                return value;
            case FaultEscalation.HardFaultStatus:
                escalation?.ClearStatus(value);
                return value;
            case ApplicationInterruptAndResetControl:
                return FilterResetRequest(value);
            case DebugControl:
                TraceEnabled = (value & TraceEnableBit) != 0;
                return value;
            default:
                escalation?.RestorePriority(offset, value);
                return value;
            }
        }

        private uint FilterRead(uint value, long offset)
        {
            switch((ulong)offset)
            {
            case SysTickControl:
                return sysTickUsesHclk ? value | ClockSourceBit : value & ~ClockSourceBit;
            case FaultEscalation.HardFaultStatus:
                return value | (escalation?.Status ?? 0);
            case FaultEscalation.BusFaultAddressRegister:
                return escalation?.BusFaultAddress ?? value;
            case DebugControl:
                return TraceEnabled ? value | TraceEnableBit : value & ~TraceEnableBit;
            default:
                return escalation?.RestorePriority(offset, value) ?? value;
            }
        }

        private void ChooseSysTickClock(uint control)
        {
            sysTickUsesHclk = (control & ClockSourceBit) != 0;
            var divider = sysTickUsesHclk ? 1u : 8u;
            if(nvic.Divider != divider)
            {
                VirtualClock.Synchronize(machine);
                nvic.Divider = divider;
            }
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
        private bool sysTickUsesHclk;
        private bool traceEnabled;

        private readonly IMachine machine;
        private readonly NVIC nvic;
        private readonly FaultEscalation escalation;
        private readonly uint bootAddress;

        private const ushort BranchToItself = 0xE7FE;
        private const ulong SysTickControl = 0x010;
        private const ulong ApplicationInterruptAndResetControl = 0xD0C;
        private const ulong ConfigurableFaultStatus = 0xD28;
        private const ulong DebugControl = 0xDFC;
        private const uint ClockSourceBit = 1 << 2;
        private const uint TraceEnableBit = 1 << 24;
        private const uint SystemResetRequestBit = 1 << 2;
        private const uint WriteKey = 0x5FA;
    }
}
