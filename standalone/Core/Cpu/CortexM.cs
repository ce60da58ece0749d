// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.IRQControllers;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>
    /// An ARMv7-M processor: libunicorn executes the instructions, this class adds what the profile needs around them
    /// (exceptions, sleep, faults) and connects it to the bus. Section numbers are those of the ARMv7-M ARM.
    /// </summary>
    /// <remarks>
    /// What differs from silicon: the memory protection unit's registers protect nothing. Floating-point state is always stacked
    /// at once, never lazily. Only CCR.UNALIGN_TRP makes an unaligned LDM or LDRD fault. A load that faults inside an IT block lets
    /// the rest of that block execute. Exceptions leave the exclusive monitor as it is.
    /// </remarks>
    [GPIO(NumberOfInputs = 1)]
    public sealed unsafe partial class CortexM : IExecutionEngine, IControllableCPU, ICpuSupportingGdb, ICPUWithMappedMemory, IGPIOReceiver, ICheckpointed, IDisposable
    {
        /// <param name="cpuType">cortex-m3, cortex-m4, cortex-m4f or cortex-m7.</param>
        /// <param name="nvic">The interrupt controller, which belongs to this processor alone.</param>
        /// <param name="cpuId">Ignored: a machine has one processor.</param>
        /// <param name="numberOfMPURegions">What MPU_TYPE shows; 8 if left out.</param>
        public CortexM(string cpuType, IMachine machine, NVIC nvic, [NameAlias("id")] uint cpuId = 0, uint? numberOfMPURegions = null)
        {
            if(nvic == null)
            {
                throw new ConstructionException("A Cortex-M processor needs an NVIC: give nvic: <name>.");
            }
            if(!models.ContainsKey(cpuType ?? ""))
            {
                throw new ConstructionException($"Processor type '{cpuType}' is not supported here ({string.Join(", ", models.Keys)} are); Renode has more.");
            }
            this.machine = machine;
            this.nvic = nvic;
            Model = cpuType;
            NumberOfMPURegions = numberOfMPURegions ?? 8;
            PerformanceInMips = 100;
            OpenEngine();
            nvic.AttachCPU(this);
            Reset();
        }

        ~CortexM()
        {
            CloseEngine();
        }

        public void Dispose()
        {
            CloseEngine();
            GC.SuppressFinalize(this);
        }

        /// <summary>Reset as by the pin: the program starts over from the vector table. Inside a slice, at its end.</summary>
        public void Reset()
        {
            if(IsExecuting)
            {
                resetRequested = true;
                RequestStop();
                return;
            }
            ResetState();
        }

        /// <summary>Input 0 is the NVIC's request line.</summary>
        public void OnGPIO(int number, bool value)
        {
            if(number != 0)
            {
                this.Log(LogLevel.Warning, "Input {0} does not exist, only input 0 does", number);
            }
            // the NVIC tells of pending exceptions by itself, before it sets the line
        }

        public ulong Step(int count = 1)
        {
            if(IsExecuting)
            {
                throw new RecoverableException("Cannot step: the processor is executing.");
            }
            var wasHalted = isHalted;
            var wasExact = ExactSlices;
            isHalted = false;
            ExactSlices = true;
            try
            {
                ((Machine)machine).AdvanceInstructions(this, (ulong)count);
            }
            finally
            {
                ExactSlices = wasExact;
                isHalted = wasHalted;
            }
            return PC.RawValue;
        }

        public void SyncTime()
        {
            // time is always in step here: the clock adds InstructionsInSlice
        }

        public void RequestReturn() => RequestStop();

        public IEnumerable<CPURegister> GetRegisters() => registers;

        public RegisterValue GetRegister(int register)
        {
            if(register >= RegisterS0 && register < RegisterS0 + 32)
            {
                return Unicorn.Read(engine, Unicorn.S0 + register - RegisterS0);
            }
            if(register >= RegisterD0 && register < RegisterD0 + 16)
            {
                var s = Unicorn.S0 + 2 * (register - RegisterD0);
                return Unicorn.Read(engine, s) | (ulong)Unicorn.Read(engine, s + 1) << 32;
            }
            switch(register)
            {
            case >= 0 and <= 12:
                return Unicorn.Read(engine, Unicorn.R0 + register);
            case 13:
                return Unicorn.Read(engine, Unicorn.SP);
            case 14:
                return Unicorn.Read(engine, Unicorn.LR);
            case 15:
                return PC;
            case RegisterXpsr:
                return Unicorn.Read(engine, Unicorn.Xpsr);
            case RegisterFpscr:
                return Unicorn.Read(engine, Unicorn.Fpscr);
            case RegisterVectorTable:
                return VectorTableOffset;
            case RegisterCpacr:
                return nvic.CoprocessorAccess;
            case RegisterFpccr:
                return nvic.FloatingPointContextControl;
            }
            if(privilegedRegisters.TryGetValue(register, out var id))
            {
                uint result = 0;
                AsPrivileged(() => result = Unicorn.Read(engine, id));
                return result;
            }
            throw new RecoverableException($"Wrong register index: {register}");
        }

        public void SetRegister(int register, RegisterValue value)
        {
            if(register >= RegisterS0 && register < RegisterS0 + 32)
            {
                Unicorn.Write(engine, Unicorn.S0 + register - RegisterS0, (uint)value);
                return;
            }
            if(register >= RegisterD0 && register < RegisterD0 + 16)
            {
                var s = Unicorn.S0 + 2 * (register - RegisterD0);
                Unicorn.Write(engine, s, (uint)(value.RawValue & uint.MaxValue));
                Unicorn.Write(engine, s + 1, (uint)(value.RawValue >> 32));
                return;
            }
            switch(register)
            {
            case >= 0 and <= 12:
                Unicorn.Write(engine, Unicorn.R0 + register, (uint)value);
                return;
            case 13:
                SP = value;
                return;
            case 14:
                Unicorn.Write(engine, Unicorn.LR, (uint)value);
                return;
            case 15:
                PC = value;
                return;
            case RegisterXpsr:
                Unicorn.Write(engine, Unicorn.XpsrAll, (uint)value);
                RefreshModeFlags();
                return;
            case RegisterFpscr:
                Unicorn.Write(engine, Unicorn.Fpscr, (uint)value);
                return;
            case RegisterVectorTable:
                VectorTableOffset = (uint)value;
                return;
            case RegisterCpacr:
                nvic.CoprocessorAccess = (uint)value;
                return;
            }
            if(!privilegedRegisters.TryGetValue(register, out var id))
            {
                throw new RecoverableException($"Wrong register index: {register}");
            }
            AsPrivileged(() => Unicorn.Write(engine, id, (uint)value));
            RefreshModeFlags();
            NotifyPending();
        }

        public void AddHook(ulong addr, CpuAddressHook hook)
        {
            if(!addressHooks.TryGetValue((uint)addr, out var hooks))
            {
                addressHooks.Add((uint)addr, hooks = new List<CpuAddressHook>());
            }
            hooks.Add(hook);
            UpdateTracing();
        }

        public void RemoveHook(ulong addr, CpuAddressHook hook)
        {
            if(addressHooks.TryGetValue((uint)addr, out var hooks) && hooks.Remove(hook) && hooks.Count == 0)
            {
                addressHooks.Remove((uint)addr);
            }
            UpdateTracing();
        }

        public void RemoveHooksAt(ulong addr)
        {
            addressHooks.Remove((uint)addr);
            UpdateTracing();
        }

        public void RemoveAllHooks()
        {
            addressHooks.Clear();
            UpdateTracing();
        }

        public void AddHookAtInterruptBegin(Action<ulong> hook) => interruptBegin += hook;

        public void AddHookAtInterruptEnd(Action<ulong> hook) => interruptEnd += hook;

        /// <summary>Writes the event register: set, it ends a WFE.</summary>
        public void SetEventFlag(bool value) => eventRegister = value;

        public void AddHookAtWfiStateChange(Action<bool> hook) => sleepChanged += hook;

        public string Model { get; }

        public string Architecture => "arm-m";

        public IBusController Bus => machine.SystemBus;

        /// <summary>Address of the current instruction; inside an access by the program, of the instruction that makes it.</summary>
        public RegisterValue PC
        {
            get => engineIsRunning && hot->Tracing == 0 ? GetExecutingAddress() : Unicorn.Read(engine, Unicorn.PC);
            set
            {
                programCounterIsSet = true;
                if(IsExecuting)
                {
                    requestedProgramCounter = (uint)value & ~1u;
                    RequestStop();
                    return;
                }
                isSleeping = false;
                SetProgramCounter((uint)value);
            }
        }

        public RegisterValue SP
        {
            get => Unicorn.Read(engine, Unicorn.SP);
            set
            {
                stackPointerIsSet = true;
                Unicorn.Write(engine, Unicorn.SP, (uint)value & ~3u);
            }
        }

        public RegisterValue LR
        {
            get => Unicorn.Read(engine, Unicorn.LR);
            set => Unicorn.Write(engine, Unicorn.LR, (uint)value);
        }

        /// <summary>General registers 0 to 15.</summary>
        public RegisterAccessor R => new RegisterAccessor(this);

        public bool IsHalted
        {
            get => isHalted;
            set
            {
                isHalted = value;
                if(value)
                {
                    RequestStop();
                }
            }
        }

        public uint PerformanceInMips
        {
            get => performanceInMips;
            set => performanceInMips = value != 0 ? value : throw new RecoverableException("PerformanceInMips must be at least 1.");
        }

        public bool ExactSlices { get; set; }

        public ulong ExecutedInstructions => executedBefore + InstructionsInSlice;

        public ulong InstructionsInSlice
        {
            get
            {
                if(!IsExecuting)
                {
                    return 0;
                }
                // the count runs ahead to the end of the block being executed
                return hot->Executed - hot->CurrentCount;
            }
        }

        public bool IsSleeping => isSleeping;

        public bool IsExecuting { get; private set; }

        public bool OnPossessedThread => IsExecuting && !isStarting && Environment.CurrentManagedThreadId == executingThread;

        /// <summary>Whether a fault came at a priority at which none can be taken (B1.5.15). Only a reset ends it.</summary>
        public bool IsLockedUp => isLockedUp;

        public uint VectorTableOffset
        {
            get => vectorTableOffset;
            set
            {
                vectorTableOffset = value & 0xFFFFFF80;
                vectorTableIsSet = true;
            }
        }

        /// <summary>Where the vector table is after a reset; null: where the lowest loaded part of the program is.</summary>
        public uint? InitVectorTableOffset { get; set; }

        public uint NumberOfMPURegions { get; }

        [field: Transient]
        public event Action<HaltArguments> Halted;

        /// <summary>Whether stores take the short way. Without it they are slow and all else is as before.</summary>
        internal bool AcceleratesStores
        {
            get => accelerator != null;
            set => accelerator = value ? accelerator ?? StoreAccelerator.TryCreate(engine, Unicorn.Version) : null;
        }

        internal string Name => machine.TryGetLocalName(this, out var name) ? name : "cpu";

        private void ResetState()
        {
            resetRequested = false;
            executedBefore = 0;
            isSleeping = false;
            isLockedUp = false;
            isHalted = false;
            eventRegister = false;
            programCounterIsSet = false;
            stackPointerIsSet = false;
            vectorTableIsSet = false;
            vectorTableOffset = 0;
            requestedProgramCounter = null;
            pendingFault = null;
            SetMode(0, XpsrThumb, 0, 0);
            AsPrivileged(() =>
            {
                foreach(var id in savedRegisters)
                {
                    if(id != Unicorn.Control)
                    {
                        Unicorn.Write(engine, id, 0);
                    }
                }
            });
            Unicorn.Write(engine, Unicorn.LR, uint.MaxValue);
            Unicorn.Write(engine, Unicorn.PC, 1);
            RefreshModeFlags();
        }

        private void StartFromVectorTable()
        {
            if(!vectorTableIsSet)
            {
                VectorTableOffset = InitVectorTableOffset ?? (uint)(machine.SystemBus.LowestLoadedAddress ?? 0);
            }
            if(programCounterIsSet)
            {
                return;
            }
            programCounterIsSet = true;
            var table = vectorTableOffset;
            uint stack;
            uint start;
            isStarting = true;
            try
            {
                stack = ReadWord(table);
                start = ReadWord(table + 4);
            }
            catch(BusAccessException)
            {
                EnterLockup($"the vector table at 0x{table:X8} cannot be read");
                return;
            }
            finally
            {
                isStarting = false;
            }
            this.Log(LogLevel.Info, "Setting initial values: PC = 0x{0:X}, SP = 0x{1:X}.", start, stack);
            if(!stackPointerIsSet)
            {
                SP = stack;
            }
            Unicorn.Write(engine, Unicorn.PC, start | 1);
            if((start & 1) == 0)
            {
                RaiseFault(FaultKind.InvalidState, start);
            }
        }

        private void SetProgramCounter(uint value)
        {
            Unicorn.Write(engine, Unicorn.PC, value | 1);
            // an IT block does not go with a jump from outside
            Unicorn.Write(engine, Unicorn.XpsrAll, (Unicorn.Read(engine, Unicorn.Xpsr) & ~XpsrIfThen) | XpsrThumb);
            RefreshModeFlags();
        }

        private void OpenEngine()
        {
            engine = Unicorn.OpenCortexM(models[Model]);
            hot = (HotState*)NativeMemory.AllocZeroed((nuint)sizeof(HotState));
            hot->Table = (BlockInfo*)NativeMemory.AllocZeroed(BlockTableSize, (nuint)sizeof(BlockInfo));
            self = GCHandle.Alloc(this, GCHandleType.Weak);
            hot->Owner = GCHandle.ToIntPtr(self);
            coreRegisters = new uint[16];
            accesses = new (uint Address, int Size, bool IsWrite)[64];
            InstallHooks();
            accelerator = StoreAccelerator.TryCreate(engine, Unicorn.Version);
            this.Log(accelerator != null ? LogLevel.Debug : LogLevel.Warning, "libunicorn {0}: stores to memory are {1}", Unicorn.Describe(Unicorn.Version),
                accelerator != null ? "accelerated" : "slow, because this build of it can't be accelerated");
            mappingIsStale = true;
        }

        private void CloseEngine()
        {
            if(engine == IntPtr.Zero)
            {
                return;
            }
            Unicorn.uc_close(engine);
            engine = IntPtr.Zero;
            NativeMemory.Free(hot->Table);
            NativeMemory.Free(hot);
            hot = null;
            foreach(var region in ioRegions.Values)
            {
                NativeMemory.Free((void*)region);
            }
            ioRegions.Clear();
            self.Free();
        }

        /// <summary>The engine hides stack pointers and masks from unprivileged code, from us too.</summary>
        private void AsPrivileged(Action action)
        {
            var xpsr = Unicorn.Read(engine, Unicorn.Xpsr);
            var isUnprivileged = (xpsr & XpsrException) == 0 && (Unicorn.Read(engine, Unicorn.Control) & ControlUnprivileged) != 0;
            if(isUnprivileged)
            {
                Unicorn.Write(engine, Unicorn.XpsrAll, xpsr | 1);
            }
            action();
            if(isUnprivileged)
            {
                Unicorn.Write(engine, Unicorn.XpsrAll, xpsr);
            }
        }

        /// <summary>Sets CONTROL, xPSR and both stack pointers, from any mode to any mode.</summary>
        private void SetMode(uint control, uint xpsr, uint mainStack, uint processStack)
        {
            // CONTROL.SPSEL can be written in privileged thread mode only, and that can be reached through handler mode
            Unicorn.Write(engine, Unicorn.XpsrAll, xpsr | 1);
            Unicorn.Write(engine, Unicorn.Control, control & ControlFloatingPoint);
            Unicorn.Write(engine, Unicorn.XpsrAll, xpsr & ~XpsrException);
            Unicorn.Write(engine, Unicorn.Control, control & ~ControlUnprivileged);
            Unicorn.Write(engine, Unicorn.Msp, mainStack);
            Unicorn.Write(engine, Unicorn.Psp, processStack);
            if((xpsr & XpsrException) != 0)
            {
                Unicorn.Write(engine, Unicorn.XpsrAll, xpsr);
            }
            if((control & ControlUnprivileged) != 0)
            {
                Unicorn.Write(engine, Unicorn.Control, control);
            }
            RefreshModeFlags();
        }

        private void RefreshModeFlags() => Unicorn.Write(engine, Unicorn.ApsrNzcv, Unicorn.Read(engine, Unicorn.Xpsr) & 0xF0000000);

        private uint? requestedProgramCounter;
        private bool isHalted;
        private bool isSleeping;
        private bool isLockedUp;
        private bool eventRegister;
        private bool programCounterIsSet;
        private bool stackPointerIsSet;
        private bool vectorTableIsSet;
        private bool resetRequested;
        [Transient]
        private bool isStarting;
        private uint vectorTableOffset;
        private uint performanceInMips;
        private ulong executedBefore;

        [Transient]
        private IntPtr engine;
        [Transient]
        private HotState* hot;
        [Transient]
        private GCHandle self;
        [Transient]
        private int executingThread;
        [Transient]
        private Action<ulong> interruptBegin;
        [Transient]
        private Action<ulong> interruptEnd;
        [Transient]
        private Action<bool> sleepChanged;

        private readonly IMachine machine;
        private readonly NVIC nvic;
        [Constructor]
        [OutsideEmulation]
        private readonly Dictionary<uint, List<CpuAddressHook>> addressHooks = new Dictionary<uint, List<CpuAddressHook>>();

        private const uint XpsrThumb = 1 << 24;
        private const uint XpsrException = 0x1FF;
        private const uint XpsrIfThen = 0x0600FC00;
        private const uint ControlUnprivileged = 1;
        private const uint ControlProcessStack = 2;
        private const uint ControlFloatingPoint = 4;

        private const int RegisterXpsr = 25;
        private const int RegisterVectorTable = 20;
        private const int RegisterFpccr = 23;
        private const int RegisterCpacr = 27;
        private const int RegisterFpscr = 74;
        private const int RegisterD0 = 42;
        private const int RegisterS0 = 200;

        private static readonly Dictionary<string, int> models = new Dictionary<string, int>
        {
            { "cortex-m3", Unicorn.ModelCortexM3 },
            { "cortex-m4", Unicorn.ModelCortexM4 },
            { "cortex-m4f", Unicorn.ModelCortexM4 },
            { "cortex-m7", Unicorn.ModelCortexM7 },
        };

        private static readonly Dictionary<int, int> privilegedRegisters = new Dictionary<int, int>
        {
            { 16, Unicorn.Msp },
            { 17, Unicorn.Psp },
            { 18, Unicorn.Control },
            { 19, Unicorn.Basepri },
            { 28, Unicorn.Primask },
            { 30, Unicorn.Faultmask },
        };

        /// <summary>All but xPSR and PC; CONTROL first, as the others depend on it.</summary>
        private static readonly int[] savedRegisters = new[] { Unicorn.Control, Unicorn.Msp, Unicorn.Psp, Unicorn.LR, Unicorn.Primask, Unicorn.Basepri, Unicorn.Faultmask, Unicorn.Fpscr }
            .Concat(Enumerable.Range(Unicorn.R0, 13)).Concat(Enumerable.Range(Unicorn.S0, 32)).ToArray();

        private static readonly CPURegister[] registers = Enumerable.Range(0, 13).Select(x => new CPURegister(x, 32, true, false, new[] { $"R{x}" }))
            .Append(new CPURegister(13, 32, true, false, new[] { "SP", "R13" }))
            .Append(new CPURegister(14, 32, true, false, new[] { "LR", "R14" }))
            .Append(new CPURegister(15, 32, true, false, new[] { "PC", "R15" }))
            .Append(new CPURegister(16, 32, false, false, new[] { "MSP" }))
            .Append(new CPURegister(17, 32, false, false, new[] { "PSP" }))
            .Append(new CPURegister(18, 32, false, false, new[] { "Control" }))
            .Append(new CPURegister(19, 32, false, false, new[] { "BasePri" }))
            .Append(new CPURegister(RegisterVectorTable, 32, false, false, new[] { "VecBase" }))
            .Append(new CPURegister(RegisterFpccr, 32, false, true, new[] { "FPCCR" }))
            .Append(new CPURegister(RegisterXpsr, 32, false, false, new[] { "CPSR", "XPSR" }))
            .Append(new CPURegister(RegisterCpacr, 32, false, false, new[] { "CPACR" }))
            .Append(new CPURegister(28, 32, false, false, new[] { "PRIMASK" }))
            .Append(new CPURegister(30, 32, false, false, new[] { "FAULTMASK" }))
            .Concat(Enumerable.Range(0, 16).Select(x => new CPURegister(RegisterD0 + x, 64, false, false, new[] { $"D{x}" })))
            .Append(new CPURegister(RegisterFpscr, 32, false, false, new[] { "FPSCR" }))
            .Concat(Enumerable.Range(0, 32).Select(x => new CPURegister(RegisterS0 + x, 32, false, false, new[] { $"S{x}" })))
            .ToArray();

        /// <summary>Access to R0-R15 by index.</summary>
        public readonly struct RegisterAccessor
        {
            internal RegisterAccessor(CortexM cpu)
            {
                this.cpu = cpu;
            }

            public RegisterValue this[int index]
            {
                get => cpu.GetRegister(index is >= 0 and <= 15 ? index : throw new RecoverableException($"Wrong register index: {index}"));
                set => cpu.SetRegister(index is >= 0 and <= 15 ? index : throw new RecoverableException($"Wrong register index: {index}"), value);
            }

            private readonly CortexM cpu;
        }
    }
}
