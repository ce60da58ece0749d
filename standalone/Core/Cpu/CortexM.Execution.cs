// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.CPU
{
    // How instructions are run and counted, and how accesses reach the bus.
    //
    // The engine calls OnBlock before each basic block. That is where instructions are counted and where a run ends: a stop
    // requested there keeps the block from being executed. A stop requested anywhere else would leave an instruction half done
    // (Unicorn 2.0.1 tests for it right after each memory access), so the only use made of that is to abandon an access that faults.
    public sealed unsafe partial class CortexM
    {
        public ulong ExecuteSlice(ulong maxInstructions)
        {
            if(IsExecuting)
            {
                throw new InvalidOperationException("A slice is already running.");
            }
            if(isHalted || isLockedUp)
            {
                return 0;
            }
            if(skipInstructions > 0)
            {
                var skipped = Math.Min(skipInstructions, maxInstructions);
                skipInstructions -= skipped;
                return skipped;
            }
            IsExecuting = true;
            executingThread = Environment.CurrentManagedThreadId;
            stopRequested = false;
            hot->Executed = 0;
            hot->CurrentCount = 0;
            sliceLimit = maxInstructions;
            try
            {
                PrepareSlice();
                while(!stopRequested && !isHalted && !isLockedUp && !resetRequested)
                {
                    TakePendingException();
                    if(isSleeping || isLockedUp || hot->Executed >= sliceLimit)
                    {
                        break;
                    }
                    Run();
                    if(requestedProgramCounter.HasValue)
                    {
                        SetProgramCounter(requestedProgramCounter.Value);
                        requestedProgramCounter = null;
                    }
                }
            }
            finally
            {
                IsExecuting = false;
                executedBefore += hot->Executed;
                accelerationDue -= Math.Min(accelerationDue, hot->Executed);
            }
            if(resetRequested)
            {
                ResetState();
            }
            return hot->Executed;
        }

        public void LimitSlice(ulong instructions)
        {
            if(!IsExecuting)
            {
                return;
            }
            sliceLimit = Math.Min(sliceLimit, InstructionsInSlice + instructions);
            hot->Limit = Math.Min(hot->Limit, sliceLimit);
        }

        public void RequestStop()
        {
            if(IsExecuting)
            {
                stopRequested = true;
                hot->Limit = 0;
            }
        }

        public void OrderTranslationBlocksInvalidation(IntPtr start, IntPtr end)
        {
            foreach(var segment in segments)
            {
                var from = Math.Max((ulong)start, segment.Host);
                var to = Math.Min((ulong)end, segment.Host + segment.Size);
                if(from < to && segment.IsMapped && codePages.ContainsAny(segment.Address + (from - segment.Host), to - from))
                {
                    Unicorn.RemoveTranslations(engine, segment.Address + (from - segment.Host), segment.Address + (to - segment.Host));
                }
            }
        }

        public void MapMemory(IMappedSegment segment)
        {
            if(((segment.StartingOffset | (ulong)segment.Pointer) & PageMask) != 0)
            {
                throw new RegistrationException($"Memory at 0x{segment.StartingOffset:X} cannot be mapped: address and host memory must be multiples of 0x{PageMask + 1:X}.");
            }
            segment.Touch();
            segments.RemoveAll(x => x.Address == segment.StartingOffset);
            segments.Add(new MappedRange
            {
                Address = segment.StartingOffset,
                Size = (segment.Size + PageMask) & ~PageMask,
                Host = (ulong)segment.Pointer,
                IsEnabled = true,
            });
            segments.Sort((a, b) => a.Address.CompareTo(b.Address));
            InvalidateMapping();
            foreach(var page in ioPages.Concat(busReadPages).Where(x => x >= segment.StartingOffset && x - segment.StartingOffset < segment.Size))
            {
                SetMappedMemoryEnabled(new Range(page, PageMask + 1), false);
            }
        }

        public void UnmapMemory(Range range)
        {
            segments.RemoveAll(x => range.Intersects(new Range(x.Address, x.Size)));
            InvalidateMapping();
        }

        /// <summary>The page may be mapped later; pages are of 4 KB.</summary>
        public void SetPageAccessViaIo(ulong address)
        {
            if(ioPages.Add(address & ~PageMask))
            {
                SetMappedMemoryEnabled(new Range(address & ~PageMask, PageMask + 1), false);
            }
        }

        public void ClearPageAccessViaIo(ulong address)
        {
            if(ioPages.Remove(address & ~PageMask))
            {
                SetMappedMemoryEnabled(new Range(address & ~PageMask, PageMask + 1), true);
            }
        }

        /// <summary>No instruction can be fetched from these addresses: a bus fault.</summary>
        public void ForbidExecution(Range range)
        {
            if(forbiddenRanges.Contains(range))
            {
                return;
            }
            forbiddenRanges.Add(range);
            foreach(var segment in segments.Where(x => x.IsMapped && range.Intersects(new Range(x.Address, x.Size))))
            {
                Switch(segment, segment.IsEnabled);
            }
        }

        /// <summary>Writes of instructions to memory at these addresses come over the bus, and what they write is what the bus makes of it; reads and fetches stay direct.</summary>
        public void SendWritesToBus(Range range)
        {
            if(busWrittenRanges.Contains(range))
            {
                return;
            }
            busWrittenRanges.Add(range);
            foreach(var segment in segments.Where(x => x.IsMapped && range.Intersects(new Range(x.Address, x.Size))))
            {
                Switch(segment, segment.IsEnabled);
            }
        }

        /// <summary>
        /// Reads of instructions from these pages come over the bus, from no others any more; fetches stay direct. What the bus makes of a page from which
        /// instructions were fetched is written to its memory, too.
        /// </summary>
        public void SendReadsToBus(IEnumerable<ulong> pages)
        {
            var wanted = pages.Select(x => x & ~PageMask).ToHashSet();
            var changed = busReadPages.Except(wanted).Concat(wanted.Except(busReadPages)).ToArray();
            busReadPages.Clear();
            busReadPages.UnionWith(wanted);
            fetchedPages.IntersectWith(wanted);
            foreach(var page in changed)
            {
                SetMappedMemoryEnabled(new Range(page, PageMask + 1), !wanted.Contains(page) && !ioPages.Contains(page));
            }
        }

        /// <summary>Lets time pass in which the processor does nothing, not even take interrupts, from the end of the current block on. Adds up.</summary>
        public void SkipTime(TimeInterval amountOfTime)
        {
            skipInstructions += amountOfTime.Ticks * PerformanceInMips / TimeInterval.TicksPerMicrosecond;
            RequestStop();
        }

        /// <summary>Whole mapped segments are switched at once, from one access to the next; parts of a segment when the slice ends.</summary>
        private void SetMappedMemoryEnabled(Range range, bool enabled)
        {
            if(engine == IntPtr.Zero)
            {
                // Disposed of, while a peripheral of its machine still lives.
                return;
            }
            foreach(var segment in segments.ToArray().Where(x => range.Intersects(new Range(x.Address, x.Size))))
            {
                if(!range.Contains(new Range(segment.Address, segment.Size)))
                {
                    SplitSegment(segment, range);
                }
            }
            foreach(var segment in segments.Where(x => range.Intersects(new Range(x.Address, x.Size)) && x.IsEnabled != enabled))
            {
                Switch(segment, enabled);
            }
        }

        private void Switch(MappedRange segment, bool enabled)
        {
            segment.IsEnabled = enabled;
            if(!mappedRegions.TryGetValue((segment.Address, segment.Size), out var mapped) || mapped != segment)
            {
                // not mapped yet
                return;
            }
            Unicorn.Check(Unicorn.uc_mem_unmap(engine, segment.Address, (nuint)segment.Size), "unmap memory");
            MapSegment(segment);
        }

        private void SplitSegment(MappedRange segment, Range range)
        {
            var cuts = new[] { segment.Address, Math.Max(segment.Address, range.StartAddress & ~PageMask), Math.Min(segment.Address + segment.Size, (range.EndAddress & ~PageMask) + PageMask + 1), segment.Address + segment.Size }
                .Distinct().ToArray();
            segments.Remove(segment);
            for(var i = 0; i + 1 < cuts.Length; i++)
            {
                segments.Add(new MappedRange { Address = cuts[i], Size = cuts[i + 1] - cuts[i], Host = segment.Host + (cuts[i] - segment.Address), IsEnabled = segment.IsEnabled });
            }
            segments.Sort((a, b) => a.Address.CompareTo(b.Address));
            InvalidateMapping();
        }

        private void InvalidateMapping()
        {
            mappingIsStale = true;
            RequestStop();
        }

        private void PrepareSlice()
        {
            if(mappingIsStale)
            {
                RebuildMapping();
            }
            if(!programCounterIsSet || !vectorTableIsSet)
            {
                StartFromVectorTable();
            }
            UpdateTraps();
            UpdateTracing();
            UpdateReadHook();
        }

        /// <summary>
        /// Maps memories, and whatever lies between them to the bus. What was mapped alike before is left alone: unmapping takes
        /// the engine time in proportion to the size, which is why the bus is mapped in chunks, too.
        /// </summary>
        private void RebuildMapping()
        {
            var wanted = new Dictionary<(ulong Address, ulong Size), MappedRange>();
            var next = 0UL;
            foreach(var segment in segments)
            {
                AddBus(next, segment.Address);
                wanted.Add((segment.Address, segment.Size), segment);
                next = segment.Address + segment.Size;
            }
            AddBus(next, AddressSpaceEnd);

            foreach(var region in mappedRegions.Where(x => !wanted.TryGetValue(x.Key, out var segment) || segment != x.Value).ToArray())
            {
                Unicorn.Check(Unicorn.uc_mem_unmap(engine, region.Key.Address, (nuint)region.Key.Size), "unmap memory");
                mappedRegions.Remove(region.Key);
            }
            accelerator?.RemoveDataPages();
            foreach(var (region, segment) in wanted)
            {
                var isNew = mappedRegions.TryAdd(region, segment);
                if(segment == null && isNew)
                {
                    MapRegionToBus(region.Address, region.Size);
                }
                else if(isNew)
                {
                    MapSegment(segment);
                }
                else if(segment != null && segment.IsMapped)
                {
                    accelerator?.AddDataPages(segment.Address, segment.Size);
                }
            }
            accelerationDue = 0;
            lastSegment = null;
            mappingIsStale = false;

            void AddBus(ulong start, ulong end)
            {
                for(; start < end; start = Math.Min(end, (start & ~(BusChunk - 1)) + BusChunk))
                {
                    wanted.Add((start, Math.Min(end, (start & ~(BusChunk - 1)) + BusChunk) - start), null);
                }
            }
        }

        private bool MayExecute(uint address) => !IsExecuteNever(address) && !forbiddenRanges.Any(x => x.Contains((ulong)address));

        private void MapSegment(MappedRange segment)
        {
            segment.IsMapped = segment.IsEnabled;
            if(segment.IsEnabled)
            {
                var permissions = Unicorn.PermissionRead | Unicorn.PermissionWrite | (MayExecute((uint)segment.Address) ? Unicorn.PermissionExecute : 0);
                Unicorn.Check(Unicorn.uc_mem_map_ptr(engine, segment.Address, (nuint)segment.Size, permissions, (void*)segment.Host), $"map memory at 0x{segment.Address:X}");
                if(busWrittenRanges.Any(x => x.Contains(segment.Address)))
                {
                    // Mapped like this in the first place, the engine would call the hook, and then write.
                    Unicorn.Check(Unicorn.uc_mem_protect(engine, segment.Address, (nuint)segment.Size, permissions & ~Unicorn.PermissionWrite), "protect memory");
                }
                accelerator?.AddDataPages(segment.Address, segment.Size);
                accelerationDue = 0;
                return;
            }
            MapRegionToBus(segment.Address, segment.Size);
        }

        private void MapRegionToBus(ulong address, ulong size)
        {
            if(!ioRegions.TryGetValue(address, out var data))
            {
                data = (IntPtr)NativeMemory.Alloc((nuint)sizeof(IoRegion));
                ioRegions.Add(address, data);
            }
            *(IoRegion*)data = new IoRegion { Owner = hot->Owner, Base = address };
            Unicorn.Check(Unicorn.uc_mmio_map(engine, address, (nuint)size, (delegate* unmanaged[Cdecl]<IntPtr, ulong, uint, IoRegion*, ulong>)&OnRead, (void*)data,
                (delegate* unmanaged[Cdecl]<IntPtr, ulong, uint, ulong, IoRegion*, void>)&OnWrite, (void*)data), $"map the bus at 0x{address:X}");
        }

        private void InstallHooks()
        {
            Unicorn.AddHook(engine, Unicorn.HookBlock, blockHook, hot, 1, 0);
            Unicorn.AddHook(engine, Unicorn.HookEdgeGenerated, (delegate* unmanaged[Cdecl]<IntPtr, TranslatedBlock*, TranslatedBlock*, HotState*, void>)&OnTranslated, hot, 1, 0);
            Unicorn.AddHook(engine, Unicorn.HookInterrupt, (delegate* unmanaged[Cdecl]<IntPtr, uint, HotState*, void>)&OnInterrupt, hot, 1, 0);
            Unicorn.AddHook(engine, Unicorn.HookProtectedWrite, (delegate* unmanaged[Cdecl]<IntPtr, int, ulong, int, long, HotState*, byte>)&OnProtectedWrite, hot, 1, 0);
            Unicorn.AddHook(engine, Unicorn.HookInvalidInstruction, (delegate* unmanaged[Cdecl]<IntPtr, HotState*, byte>)&OnInvalidInstruction, hot, 1, 0);
        }

        /// <summary>Looks at each instruction instead of each block while something asks for that.</summary>
        private void UpdateTracing()
        {
            if(IsExecuting && engineIsRunning)
            {
                RequestStop();
                return;
            }
            var wanted = ExactSlices || addressHooks.Count > 0 || nvic.TrapsDivisionByZero || nvic.TrapsUnaligned || stepOverBlock;
            if(wanted == (hot->Tracing != 0))
            {
                return;
            }
            if(wanted)
            {
                traceHook = Unicorn.AddHook(engine, Unicorn.HookCode, (delegate* unmanaged[Cdecl]<IntPtr, ulong, uint, HotState*, void>)&OnInstruction, hot, 1, 0);
            }
            else
            {
                Unicorn.Check(Unicorn.uc_hook_del(engine, traceHook), "remove a hook");
            }
            hot->Tracing = wanted ? 1 : 0;
            Unicorn.RemoveAllTranslations(engine);
        }

        /// <summary>The engine can fetch from no page that is on the bus: those that both is done with are memory, and each read is looked at.</summary>
        private void UpdateReadHook()
        {
            if(fetchedPages.Count > 0 == (readHook != IntPtr.Zero))
            {
                return;
            }
            if(readHook == IntPtr.Zero)
            {
                readHook = Unicorn.AddHook(engine, Unicorn.HookRead, (delegate* unmanaged[Cdecl]<IntPtr, int, ulong, int, long, HotState*, void>)&OnMemoryRead, hot, 1, 0);
            }
            else
            {
                Unicorn.Check(Unicorn.uc_hook_del(engine, readHook), "remove a hook");
                readHook = IntPtr.Zero;
            }
            Unicorn.RemoveAllTranslations(engine);
        }

        private bool TryFetch(uint address)
        {
            var page = address & ~PageMask;
            if(!busReadPages.Contains(page) || !fetchedPages.Add(page))
            {
                return false;
            }
            SetMappedMemoryEnabled(new Range(page, PageMask + 1), true);
            UpdateReadHook();
            return true;
        }

        private void ReadFetchedPage(uint address, uint size)
        {
            if(!fetchedPages.Contains(address & ~PageMask))
            {
                return;
            }
            var value = ReadFromBus(address, size);
            var memory = TranslateToHost(address, size);
            for(var i = 0; memory != null && i < size; i++)
            {
                memory[i] = (byte)(value >> (8 * i));
            }
        }

        private void UpdateTraps()
        {
            var traps = InstructionTraits.SendsEvent;
            if(nvic.HasCandidate)
            {
                traps |= InstructionTraits.ChangesMasks;
            }
            if(!nvic.IsFpuEnabled)
            {
                traps |= InstructionTraits.UsesFpu;
            }
            hot->Traps = traps;
        }

        /// <summary>Runs until something outside of the instruction stream has to be done, and does it.</summary>
        private void Run()
        {
            UpdateTraps();
            Accelerate();
            hot->Leaving = 0;
            leaveReason = LeaveReason.None;
            interruptNumber = NoInterrupt;
            hot->CurrentCount = 0;
            accessesOfBlock = ulong.MaxValue;
            skipHooksAt = stoppedAtHook;
            stoppedAtHook = null;
            engineIsRunning = true;
            var error = Unicorn.uc_emu_start(engine, Unicorn.Read(engine, Unicorn.PC) | 1UL, 0, 0, 0);
            engineIsRunning = false;

            if(pendingFault.HasValue)
            {
                var fault = pendingFault.Value;
                pendingFault = null;
                Unicorn.Write(engine, Unicorn.PC, fault.ProgramCounter | 1);
                RaiseFault(fault.Kind, fault.Address);
            }
            else if(error != 0)
            {
                HandleEngineError(error);
            }
            else if(interruptNumber != NoInterrupt)
            {
                HandleEngineException(interruptNumber);
            }
            else if(leaveReason == LeaveReason.None)
            {
                // only WFI ends a run on its own
                EnterSleep(untilEvent: false);
            }
            else if(leaveReason == LeaveReason.Trap)
            {
                // the block is run again instruction by instruction
                stepOverBlock = true;
                UpdateTracing();
            }
            else if(leaveReason == LeaveReason.AddressHook)
            {
                CallAddressHooks();
            }
            if(stepOverBlock && leaveReason != LeaveReason.Trap)
            {
                stepOverBlock = false;
                UpdateTracing();
            }
            hot->CurrentCount = 0;
        }

        private void Accelerate()
        {
            if(accelerator == null)
            {
                hot->Limit = sliceLimit;
                return;
            }
            if(hot->Executed >= accelerationDue)
            {
                accelerationDue = hot->Executed + accelerator.Run();
            }
            hot->Limit = Math.Min(sliceLimit, accelerationDue);
        }

        private void CallAddressHooks()
        {
            var address = Unicorn.Read(engine, Unicorn.PC);
            stoppedAtHook = address;
            if(addressHooks.TryGetValue(address, out var hooks))
            {
                foreach(var hook in hooks.ToArray())
                {
                    hook(this, address);
                }
            }
        }

        private void HandleEngineException(uint number)
        {
            var pc = Unicorn.Read(engine, Unicorn.PC);
            switch(number)
            {
            case EngineUndefinedInstruction:
                var last = ReadCode(pc - 2);
                if(pc == hot->BlockAddress + hot->BlockSize && (Thumb.IsWaitForEvent(ReadCode(pc - 4), last) || Thumb.IsYield(ReadCode(pc - 4), last)))
                {
                    if(Thumb.IsWaitForEvent(ReadCode(pc - 4), last))
                    {
                        EnterSleep(untilEvent: true);
                    }
                    break;
                }
                RaiseFault(FaultKind.UndefinedInstruction, pc);
                break;
            case EngineSupervisorCall:
                CallSupervisor();
                break;
            case EnginePrefetchAbort:
                RaiseFetchFault(pc);
                break;
            case EngineBreakpoint:
                RaiseFault(FaultKind.Breakpoint, pc);
                break;
            case EngineExceptionReturn:
                ReturnFromException(pc | 1);
                break;
            case EngineNoCoprocessor:
                RaiseFault(FaultKind.NoCoprocessor, pc);
                break;
            case EngineInvalidState:
                RaiseFault(FaultKind.InvalidState, pc);
                break;
            default:
                this.Log(LogLevel.Error, "The engine stopped with exception {0} at 0x{1:X}; treated as an undefined instruction", number, pc);
                RaiseFault(FaultKind.UndefinedInstruction, pc);
                break;
            }
        }

        private void HandleEngineError(int error)
        {
            var pc = Unicorn.Read(engine, Unicorn.PC);
            switch(error)
            {
            case ErrorFetchProtected or ErrorFetchUnmapped:
                RaiseFetchFault(pc);
                break;
            case ErrorException:
                RaiseFault(FaultKind.InvalidState, pc);
                break;
            default:
                this.Log(LogLevel.Error, "The engine cannot go on at PC 0x{0:X} ({1}); processor halted", pc, Unicorn.DescribeError(error));
                Halt(HaltReason.Abort);
                break;
            }
        }

        private void RaiseFetchFault(uint address)
        {
            // A wide instruction may end in the next page.
            if(TryFetch(address) || TryFetch(address + 2))
            {
                return;
            }
            if(IsExecuteNever(address))
            {
                RaiseFault(FaultKind.InstructionAccess, address);
                return;
            }
            if(forbiddenRanges.Any(x => x.Contains((ulong)address)) || Bus.UnhandledAccessBehaviour == UnhandledAccessBehaviour.ThrowException)
            {
                RaiseFault(FaultKind.InstructionBus, address);
                return;
            }
            // as Renode does: most likely the program is not loaded, or jumped through a bad pointer
            this.Log(LogLevel.Error, "Trying to execute code outside RAM or ROM at 0x{0:X8}; processor halted", address);
            Halt(HaltReason.Abort);
        }

        private void Halt(HaltReason reason)
        {
            IsHalted = true;
            Halted?.Invoke(new HaltArguments(reason, this, Unicorn.Read(engine, Unicorn.PC)));
        }

        /// <summary>Called before a block when the fast path does not apply.</summary>
        /// <returns>Whether the block is to be executed.</returns>
        private bool CheckBlock(uint address, InstructionTraits traits)
        {
            if(hot->Leaving != 0)
            {
                Unicorn.uc_emu_stop(engine);
                return false;
            }
            if(stopRequested || pendingFault.HasValue || requestedProgramCounter.HasValue || hot->Executed >= sliceLimit)
            {
                return Leave(address, LeaveReason.Stop);
            }
            if(nvic.HasCandidate && CanTakePendingException())
            {
                return Leave(address, LeaveReason.Exception);
            }
            Accelerate();
            UpdateTraps();
            traits &= hot->Traps;
            if((traits & InstructionTraits.UsesFpu) != 0 && hot->Tracing == 0)
            {
                return Leave(address, LeaveReason.Trap);
            }
            if((traits & InstructionTraits.SendsEvent) != 0)
            {
                eventRegister = true;
            }
            if((traits & InstructionTraits.ChangesMasks) != 0)
            {
                // look again when this block has run
                hot->Limit = 0;
            }
            return true;
        }

        /// <summary>
        /// Ends the run before a block. The engine knows its PC only roughly here; writing it makes the engine start the block
        /// over, with the right PC, and the second time it can be stopped.
        /// </summary>
        private bool Leave(uint address, LeaveReason reason)
        {
            leaveReason = reason;
            hot->Leaving = 1;
            hot->Limit = 0;
            hot->CurrentCount = 0;
            Unicorn.Write(engine, Unicorn.PC, address | 1);
            return false;
        }

        private void CheckInstruction(uint address)
        {
            if(stopRequested || pendingFault.HasValue || requestedProgramCounter.HasValue || hot->Executed >= sliceLimit)
            {
                StopTracing(LeaveReason.Stop);
                return;
            }
            if(nvic.HasCandidate && CanTakePendingException())
            {
                StopTracing(LeaveReason.Exception);
                return;
            }
            if(addressHooks.Count > 0 && addressHooks.ContainsKey(address) && skipHooksAt != address)
            {
                StopTracing(LeaveReason.AddressHook);
                return;
            }
            skipHooksAt = null;
            var first = ReadCode(address);
            var second = Thumb.IsWide(first) ? ReadCode(address + 2) : (ushort)0;
            if((Thumb.GetTraits(first, second) & InstructionTraits.UsesFpu) != 0 && !nvic.IsFpuEnabled)
            {
                Abandon(FaultKind.NoCoprocessor, address, address);
            }
            else if(nvic.TrapsDivisionByZero && Thumb.TryGetDivisor(first, second, out var divisor) && GetRegister(divisor).RawValue == 0)
            {
                Abandon(FaultKind.DivisionByZero, address, address);
            }
            else if(nvic.TrapsUnaligned && Thumb.TryGetAccess(first, second, ReadCoreRegisters(address), out var access) && access.IsUnaligned)
            {
                Abandon(FaultKind.Unaligned, address, access.Address);
            }
            else
            {
                hot->Executed++;
                hot->CurrentCount = 1;
            }

            void Abandon(FaultKind kind, uint pc, uint faultAddress)
            {
                pendingFault = new Fault { Kind = kind, ProgramCounter = pc, Address = faultAddress };
                StopTracing(LeaveReason.Stop);
            }
        }

        private void StopTracing(LeaveReason reason)
        {
            leaveReason = reason;
            hot->CurrentCount = 0;
            Unicorn.uc_emu_stop(engine);
        }

        private ulong ReadFromBus(uint address, uint size)
        {
            var misaligned = address & (size - 1);
            if(misaligned != 0 && busReadPages.Contains(address & ~PageMask))
            {
                // As Renode's cores read what is on the bus.
                var low = ReadFromBus(address - misaligned, size);
                return (low >> (int)(8 * misaligned)) | ReadFromBus(address - misaligned + size, size) << (int)(8 * (size - misaligned));
            }
            NoteAccess(address, size, isWrite: false);
            try
            {
                switch(size)
                {
                case 1:
                    return Bus.ReadByte(address, this);
                case 2:
                    return Bus.ReadWord(address, this);
                case 4:
                    return Bus.ReadDoubleWord(address, this);
                default:
                    return Bus.ReadDoubleWord(address, this) | (ulong)Bus.ReadDoubleWord(address + 4, this) << 32;
                }
            }
            catch(BusAccessException)
            {
                AbandonAccess(address);
            }
            catch(Exception e)
            {
                this.Log(LogLevel.Error, "Reading 0x{0:X8} at PC 0x{1:X8} failed in the peripheral: {2}", address, PC.RawValue, e);
            }
            return 0;
        }

        private void WriteToBus(uint address, uint size, ulong value)
        {
            NoteAccess(address, size, isWrite: true);
            try
            {
                switch(size)
                {
                case 1:
                    Bus.WriteByte(address, (byte)value, this);
                    break;
                case 2:
                    Bus.WriteWord(address, (ushort)value, this);
                    break;
                case 4:
                    Bus.WriteDoubleWord(address, (uint)value, this);
                    break;
                default:
                    Bus.WriteDoubleWord(address, (uint)value, this);
                    Bus.WriteDoubleWord(address + 4, (uint)(value >> 32), this);
                    break;
                }
            }
            catch(BusAccessException)
            {
                AbandonAccess(address);
            }
            catch(Exception e)
            {
                this.Log(LogLevel.Error, "Writing 0x{0:X8} at PC 0x{1:X8} failed in the peripheral: {2}", address, PC.RawValue, e);
            }
        }

        private void NoteAccess(uint address, uint size, bool isWrite)
        {
            if(accessesOfBlock != hot->Executed)
            {
                accessesOfBlock = hot->Executed;
                accessCount = 0;
            }
            accessAddress = null;
            if(accessCount < accesses.Length)
            {
                accesses[accessCount++] = (address, (int)size, isWrite);
            }
        }

        /// <summary>Makes the engine give up the instruction in the middle, before it changes a register.</summary>
        private void AbandonAccess(uint address)
        {
            if(pendingFault.HasValue)
            {
                return;
            }
            var pc = GetExecutingAddress();
            pendingFault = new Fault { Kind = FaultKind.DataBus, ProgramCounter = pc, Address = address };
            if(hot->Tracing == 0)
            {
                hot->Executed -= Math.Min(hot->Executed, (ulong)CountInstructions(pc, hot->BlockAddress + hot->BlockSize));
            }
            hot->CurrentCount = 0;
            hot->Limit = 0;
            Unicorn.Write(engine, Unicorn.PC, pc | 1);
        }

        /// <summary>
        /// The engine doesn't say where in a block it is. The instruction is found by what it accesses: the registers are right
        /// inside an access, so each load or store of the block can be asked for its address.
        /// </summary>
        private uint GetExecutingAddress()
        {
            if(accessesOfBlock != hot->Executed || accessCount == 0 || hot->Tracing != 0)
            {
                return hot->Tracing != 0 ? Unicorn.Read(engine, Unicorn.PC) : hot->BlockAddress;
            }
            if(accessAddress.HasValue)
            {
                return accessAddress.Value;
            }
            ReadCoreRegisters(0);
            var end = hot->BlockAddress + hot->BlockSize;
            var cursor = hot->BlockAddress;
            uint? result = null;
            for(var i = 0; i < accessCount; i++)
            {
                var (address, size, isWrite) = accesses[i];
                result = FindAccess(cursor, end, address, size, isWrite);
                if(result.HasValue)
                {
                    // the next access may belong to the same instruction only if it goes on upwards
                    var goesOn = i + 1 < accessCount && accesses[i + 1].Address > address && accesses[i + 1].IsWrite == isWrite && IsAccess(result.Value, accesses[i + 1].Address, size, isWrite);
                    cursor = goesOn ? result.Value : result.Value + InstructionSize(result.Value);
                }
            }
            if(result == null)
            {
                var (address, size, isWrite) = accesses[accessCount - 1];
                result = FindAccess(hot->BlockAddress, end, address, size, isWrite);
            }
            accessAddress = result ?? hot->BlockAddress;
            return accessAddress.Value;
        }

        private uint? FindAccess(uint from, uint end, uint address, int size, bool isWrite)
        {
            for(var pc = from; pc < end; pc += InstructionSize(pc))
            {
                if(IsAccess(pc, address, size, isWrite))
                {
                    return pc;
                }
            }
            return null;
        }

        private bool IsAccess(uint pc, uint address, int size, bool isWrite)
        {
            var first = ReadCode(pc);
            coreRegisters[15] = pc;
            return Thumb.TryGetAccess(first, Thumb.IsWide(first) ? ReadCode(pc + 2) : (ushort)0, coreRegisters, out var access)
                && access.IsWrite == isWrite && access.Overlaps(address, size);
        }

        private uint[] ReadCoreRegisters(uint pc)
        {
            for(var i = 0; i < 13; i++)
            {
                coreRegisters[i] = Unicorn.Read(engine, Unicorn.R0 + i);
            }
            coreRegisters[13] = Unicorn.Read(engine, Unicorn.SP);
            coreRegisters[14] = Unicorn.Read(engine, Unicorn.LR);
            coreRegisters[15] = pc;
            return coreRegisters;
        }

        private uint InstructionSize(uint pc) => Thumb.IsWide(ReadCode(pc)) ? 4u : 2u;

        private int CountInstructions(uint start, uint end)
        {
            var count = 0;
            for(var pc = start; pc < end; pc += InstructionSize(pc))
            {
                count++;
            }
            return count;
        }

        private ushort ReadCode(uint address)
        {
            var pointer = TranslateToHost(address, 2);
            return pointer != null ? *(ushort*)pointer : (ushort)0;
        }

        private byte* TranslateToHost(uint address, uint size)
        {
            var last = lastSegment;
            if(last == null || address < last.Address || address + (ulong)size > last.Address + last.Size || !last.IsMapped)
            {
                last = segments.Find(x => x.IsMapped && address >= x.Address && address + (ulong)size <= x.Address + x.Size);
                if(last == null)
                {
                    return null;
                }
                lastSegment = last;
            }
            return (byte*)last.Host + (address - last.Address);
        }

        private BlockInfo Learn(uint address, uint size)
        {
            codePages.Add(address, size);
            accelerator?.AddCode(address, size);
            var result = new BlockInfo { Address = address, Size = (ushort)size };
            for(var pc = address; pc < address + size; pc += InstructionSize(pc))
            {
                var first = ReadCode(pc);
                result.Traits |= Thumb.GetTraits(first, Thumb.IsWide(first) ? ReadCode(pc + 2) : (ushort)0);
                result.Count++;
            }
            return result;
        }

        /// <summary>Device and system regions of the default memory map (B3.1).</summary>
        private static bool IsExecuteNever(uint address) => address is >= 0x40000000 and < 0x60000000 or >= 0xA0000000;

        private static CortexM Find(IntPtr owner) => Unsafe.As<CortexM>(GCHandle.FromIntPtr(owner).Target);

        private static BlockInfo* Lookup(HotState* hot, uint address) => hot->Table + ((address >> 1) & (BlockTableSize - 1));

        private static void* CreateBlockHook()
        {
            var longWay = (delegate* unmanaged[Cdecl]<IntPtr, ulong, uint, HotState*, void>)&OnBlock;
            HotState state;
            BlockInfo info;
            var layout = new BlockCounter.Layout
            {
                Executed = Offset(&state, &state.Executed),
                Limit = Offset(&state, &state.Limit),
                Table = Offset(&state, &state.Table),
                Traps = Offset(&state, &state.Traps),
                Tracing = Offset(&state, &state.Tracing),
                BlockAddress = Offset(&state, &state.BlockAddress),
                BlockSize = Offset(&state, &state.BlockSize),
                CurrentCount = Offset(&state, &state.CurrentCount),
                BlockInfoSize = Offset(&info, &info.Size),
                BlockInfoCount = Offset(&info, &info.Count),
                BlockInfoTraits = Offset(&info, &info.Traits),
                TableMask = BlockTableSize - 1,
            };
            var shortWay = sizeof(BlockInfo) == BlockCounter.EntrySize ? BlockCounter.TryCreate(layout, longWay) : null;
            return shortWay != null ? shortWay : longWay;

            static byte Offset(void* start, void* field) => checked((byte)((byte*)field - (byte*)start));
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnBlock(IntPtr engine, ulong address, uint size, HotState* hot)
        {
            var info = Lookup(hot, (uint)address);
            if(info->Address != (uint)address || info->Size != size)
            {
                *info = Find(hot->Owner).Learn((uint)address, size);
            }
            if(hot->Executed >= hot->Limit || (info->Traits & hot->Traps) != 0 || hot->Tracing != 0)
            {
                if(hot->Tracing != 0)
                {
                    hot->BlockAddress = (uint)address;
                    hot->BlockSize = size;
                    return;
                }
                if(!Find(hot->Owner).CheckBlock((uint)address, info->Traits))
                {
                    return;
                }
            }
            hot->BlockAddress = (uint)address;
            hot->BlockSize = size;
            hot->CurrentCount = info->Count;
            hot->Executed += info->Count;
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnInstruction(IntPtr engine, ulong address, uint size, HotState* hot) => Find(hot->Owner).CheckInstruction((uint)address);

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnTranslated(IntPtr engine, TranslatedBlock* current, TranslatedBlock* previous, HotState* hot)
        {
            // the code at an address changed, or is new: forget what was known of it
            *Lookup(hot, (uint)current->Address) = Find(hot->Owner).Learn((uint)current->Address, current->Size);
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnInterrupt(IntPtr engine, uint number, HotState* hot)
        {
            Find(hot->Owner).interruptNumber = number;
            Unicorn.uc_emu_stop(engine);
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static byte OnInvalidInstruction(IntPtr engine, HotState* hot)
        {
            Find(hot->Owner).interruptNumber = EngineUndefinedInstruction;
            return 1;
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnMemoryRead(IntPtr engine, int type, ulong address, int size, long value, HotState* hot) => Find(hot->Owner).ReadFetchedPage((uint)address, (uint)size);

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static byte OnProtectedWrite(IntPtr engine, int type, ulong address, int size, long value, HotState* hot)
        {
            // the engine itself writes nothing there
            Find(hot->Owner).WriteToBus((uint)address, (uint)size, (ulong)value);
            return 1;
        }

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static ulong OnRead(IntPtr engine, ulong offset, uint size, IoRegion* region) => Find(region->Owner).ReadFromBus((uint)(region->Base + offset), size);

        [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
        private static void OnWrite(IntPtr engine, ulong offset, uint size, ulong value, IoRegion* region) => Find(region->Owner).WriteToBus((uint)(region->Base + offset), size, value);

        private ulong skipInstructions;
        [Transient]
        private bool mappingIsStale;
        [Transient]
        private bool engineIsRunning;
        [Transient]
        private bool stopRequested;
        [Transient]
        private bool stepOverBlock;
        [Transient]
        private uint? skipHooksAt;
        [Transient]
        private uint? stoppedAtHook;
        [Transient]
        private ulong sliceLimit;
        [Transient]
        private uint interruptNumber;
        [Transient]
        private LeaveReason leaveReason;
        [Transient]
        private Fault? pendingFault;
        [Transient]
        private IntPtr traceHook;
        [Transient]
        private IntPtr readHook;
        [Transient]
        private MappedRange lastSegment;
        [Transient]
        private StoreAccelerator accelerator;
        /// <summary>Count within the slice at which the accelerator is due.</summary>
        [Transient]
        private ulong accelerationDue;
        [Transient]
        private ulong accessesOfBlock;
        [Transient]
        private int accessCount;
        /// <summary>Of the instruction that made the last access; null: not looked for yet.</summary>
        [Transient]
        private uint? accessAddress;
        [Transient]
        private uint[] coreRegisters;
        [Transient]
        private (uint Address, int Size, bool IsWrite)[] accesses;

        [Constructor]
        [OutsideEmulation]
        private readonly List<MappedRange> segments = new List<MappedRange>();
        [Constructor]
        [OutsideEmulation]
        private readonly Dictionary<(ulong Address, ulong Size), MappedRange> mappedRegions = new Dictionary<(ulong Address, ulong Size), MappedRange>();
        [Constructor]
        [OutsideEmulation]
        private readonly Dictionary<ulong, IntPtr> ioRegions = new Dictionary<ulong, IntPtr>();
        [Constructor]
        [OutsideEmulation]
        private readonly List<Range> forbiddenRanges = new List<Range>();
        [Constructor]
        [OutsideEmulation]
        private readonly List<Range> busWrittenRanges = new List<Range>();
        private readonly HashSet<ulong> ioPages = new HashSet<ulong>();
        private readonly HashSet<ulong> busReadPages = new HashSet<ulong>();
        private readonly HashSet<ulong> fetchedPages = new HashSet<ulong>();
        [Constructor]
        [OutsideEmulation]
        private readonly CodePages codePages = new CodePages();

        private static readonly void* blockHook = CreateBlockHook();

        private const ulong AddressSpaceEnd = 1UL << 32;
        private const ulong PageMask = 0xFFF;
        private const ulong BusChunk = 0x4000000;
        private const uint BlockTableSize = 1 << 17;
        private const uint NoInterrupt = uint.MaxValue;

        // numbers of Unicorn's interrupt hook, and errors of its run
        private const uint EngineUndefinedInstruction = 1;
        private const uint EngineSupervisorCall = 2;
        private const uint EnginePrefetchAbort = 3;
        private const uint EngineBreakpoint = 7;
        private const uint EngineExceptionReturn = 8;
        private const uint EngineNoCoprocessor = 17;
        private const uint EngineInvalidState = 18;
        private const int ErrorFetchUnmapped = 8;
        private const int ErrorFetchProtected = 14;
        private const int ErrorException = 21;

        private enum LeaveReason
        {
            None,
            Stop,
            Exception,
            Trap,
            AddressHook,
        }

        private struct Fault
        {
            public FaultKind Kind;
            public uint ProgramCounter;
            public uint Address;
        }

        /// <summary>What the callbacks touch for each block.</summary>
        private struct HotState
        {
            public ulong Executed;
            public ulong Limit;
            public BlockInfo* Table;
            public InstructionTraits Traps;
            public int Tracing;
            public uint BlockAddress;
            public uint BlockSize;
            /// <summary>Instructions of the current block, contained in <see cref="Executed"/>.</summary>
            public uint CurrentCount;
            public int Leaving;
            public IntPtr Owner;
        }

        private struct BlockInfo
        {
            public uint Address;
            public ushort Size;
            public ushort Count;
            public InstructionTraits Traits;
        }

        private struct IoRegion
        {
            public IntPtr Owner;
            public ulong Base;
        }

#pragma warning disable 649 // the library fills it
        private struct TranslatedBlock
        {
            public ulong Address;
            public ushort Count;
            public ushort Size;
        }
#pragma warning restore 649

        private sealed class MappedRange
        {
            public ulong Address;
            public ulong Size;
            public ulong Host;
            public bool IsEnabled;
            public bool IsMapped;
        }

        /// <summary>Pages of which code was translated.</summary>
        private sealed class CodePages
        {
            public void Add(uint address, uint size)
            {
                pages.Add(address >> PageBits);
                pages.Add((address + size - 1) >> PageBits);
            }

            public bool ContainsAny(ulong address, ulong size)
            {
                for(var page = address >> PageBits; page <= (address + size - 1) >> PageBits; page++)
                {
                    if(pages.Contains((uint)page))
                    {
                        return true;
                    }
                }
                return false;
            }

            private readonly HashSet<uint> pages = new HashSet<uint>();

            private const int PageBits = 12;
        }
    }
}
