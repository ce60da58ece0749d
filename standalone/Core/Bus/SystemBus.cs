// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Utilities;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Peripherals.Bus
{
    /// <summary>The bus: finds the peripheral of an address and hands it the access.</summary>
    public sealed class SystemBus : IBusController
    {
        internal SystemBus(Machine machine)
        {
            this.machine = machine;
        }

        public void Reset()
        {
        }

        /// <exception cref="RecoverableException">There is no memory where the file wants to go.</exception>
        public void LoadFileChunks(string path, IEnumerable<FileChunk> chunks, IPeripheral cpu)
        {
            foreach(var chunk in chunks)
            {
                var data = chunk.Data.ToArray();
                for(var done = 0; done < data.Length;)
                {
                    var address = chunk.OffsetToLoad + (ulong)done;
                    var block = FindBlock(address);
                    if(block?.Registered.Peripheral is not IMultibyteWritePeripheral)
                    {
                        throw new RecoverableException($"Cannot load '{path}': there is no memory at 0x{address:X8}. Was it built for another chip?");
                    }
                    done += ChunkAt(block, address, data.Length - done);
                }
                WriteBytes(data, chunk.OffsetToLoad);
                LowestLoadedAddress = Math.Min(LowestLoadedAddress ?? ulong.MaxValue, chunk.OffsetToLoad);
                this.Log(LogLevel.Info, "Loaded {0} bytes at 0x{1:X8}.", data.Length, chunk.OffsetToLoad);
            }
        }

        public void Register(IBusPeripheral peripheral, BusRangeRegistration registrationPoint) => RegisterRange(peripheral, registrationPoint, null);

        public void Register(IKnownSize peripheral, BusPointRegistration registrationPoint)
        {
            RegisterRange(peripheral, registrationPoint.ToRangeRegistration(checked((ulong)peripheral.Size)), null);
        }

        public void Register(IBusPeripheral peripheral, BusMultiRegistration registrationPoint)
        {
            RegisterRange(peripheral, registrationPoint, registrationPoint.ConnectionRegionName);
        }

        public void Register(ICPU cpu, CPURegistrationPoint registrationPoint)
        {
            if(cpus.Contains(cpu))
            {
                throw new RegistrationException("The processor is already registered.");
            }
            machine.RegisterAsAChildOf(this, cpu, registrationPoint);
            cpus.Add(cpu);
            machine.AddProcessor(cpu);
            if(cpu is ICPUWithMappedMemory withMemory)
            {
                foreach(var segment in mappedSegments)
                {
                    withMemory.MapMemory(segment);
                }
            }
        }

        public void Register(IPeripheral peripheral, NullRegistrationPoint registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        public void Unregister(IBusPeripheral peripheral)
        {
            foreach(var block in blocks.Where(x => x.Registered.Peripheral == peripheral))
            {
                UnmapMemory(block.Range);
            }
            blocks = blocks.Where(x => x.Registered.Peripheral != peripheral).ToArray();
            lastBlock = null;
            machine.UnregisterAsAChildOf(this, peripheral);
        }

        public void Unregister(IKnownSize peripheral) => Unregister((IBusPeripheral)peripheral);

        public void Unregister(IPeripheral peripheral)
        {
            if(peripheral is IBusPeripheral busPeripheral)
            {
                Unregister(busPeripheral);
                return;
            }
            machine.UnregisterAsAChildOf(this, peripheral);
        }

        public void Unregister(ICPU cpu)
        {
            cpus.Remove(cpu);
            machine.RemoveProcessor(cpu);
            machine.UnregisterAsAChildOf(this, cpu);
        }

        public IEnumerable<BusRangeRegistration> GetRegistrationPoints(IBusPeripheral peripheral)
        {
            return blocks.Where(x => x.Registered.Peripheral == peripheral).Select(x => x.Registered.RegistrationPoint).ToArray();
        }

        public byte ReadByte(ulong address, IPeripheral context = null, ulong? cpuState = null) => (byte)Read(address, 1);

        public void WriteByte(ulong address, byte value, IPeripheral context = null, ulong? cpuState = null) => Write(address, 1, value);

        public ushort ReadWord(ulong address, IPeripheral context = null, ulong? cpuState = null) => (ushort)Read(address, 2);

        public void WriteWord(ulong address, ushort value, IPeripheral context = null, ulong? cpuState = null) => Write(address, 2, value);

        public uint ReadDoubleWord(ulong address, IPeripheral context = null, ulong? cpuState = null) => (uint)Read(address, 4);

        public void WriteDoubleWord(ulong address, uint value, IPeripheral context = null, ulong? cpuState = null) => Write(address, 4, value);

        public ulong ReadQuadWord(ulong address, IPeripheral context = null, ulong? cpuState = null) => Read(address, 8);

        public void WriteQuadWord(ulong address, ulong value, IPeripheral context = null, ulong? cpuState = null) => Write(address, 8, value);

        public byte[] ReadBytes(ulong address, int count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null)
        {
            var result = new byte[count];
            ReadBytes(address, count, result, 0, onlyMemory, context, cpuState);
            return result;
        }

        public void ReadBytes(ulong address, int count, byte[] destination, int startIndex, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null)
        {
            while(count > 0)
            {
                var block = FindBlock(address);
                var chunk = ChunkAt(block, address, count);
                if(block == null)
                {
                    ReportHole(address, chunk);
                    Array.Clear(destination, startIndex, chunk);
                }
                else if(block.Registered.Peripheral is IMultibyteWritePeripheral memory)
                {
                    memory.ReadBytes(block.OffsetOf(address), chunk, context).CopyTo(destination, startIndex);
                }
                else
                {
                    CheckMemoryOnly(block, onlyMemory);
                    for(var i = 0; i < chunk; i++)
                    {
                        destination[startIndex + i] = ReadByte(address + (ulong)i);
                    }
                }
                address += (ulong)chunk;
                startIndex += chunk;
                count -= chunk;
            }
        }

        public void WriteBytes(byte[] bytes, ulong address, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null)
        {
            WriteBytes(bytes, address, 0, bytes.Length, onlyMemory, context, cpuState);
        }

        public void WriteBytes(byte[] bytes, ulong address, long count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null)
        {
            WriteBytes(bytes, address, 0, count, onlyMemory, context, cpuState);
        }

        public void WriteBytes(byte[] bytes, ulong address, int startingIndex, long count, bool onlyMemory = false, IPeripheral context = null, ulong? cpuState = null)
        {
            while(count > 0)
            {
                var block = FindBlock(address);
                var chunk = ChunkAt(block, address, count);
                if(block == null)
                {
                    ReportHole(address, chunk);
                }
                else if(block.Registered.Peripheral is IMultibyteWritePeripheral memory)
                {
                    memory.WriteBytes(block.OffsetOf(address), bytes, startingIndex, chunk, context);
                }
                else
                {
                    CheckMemoryOnly(block, onlyMemory);
                    for(var i = 0; i < chunk; i++)
                    {
                        WriteByte(address + (ulong)i, bytes[startingIndex + i]);
                    }
                }
                address += (ulong)chunk;
                startingIndex += chunk;
                count -= chunk;
            }
        }

        public IBusRegistered<IBusPeripheral> WhatIsAt(ulong address, IPeripheral context = null) => FindBlock(address)?.Registered;

        public IPeripheral WhatPeripheralIsAt(ulong address, IPeripheral context = null, ulong? initiatorState = null) => FindBlock(address)?.Registered.Peripheral;

        public IBusRegistered<MappedMemory> FindMemory(ulong address, ICPU context = null)
        {
            var block = FindBlock(address);
            return block?.Registered.Peripheral is MappedMemory memory ? new BusRegistered<MappedMemory>(memory, block.Registered.RegistrationPoint) : null;
        }

        public bool IsMemory(ulong address, ICPU context = null, ulong? initiatorState = null) => FindBlock(address)?.Registered.Peripheral is MappedMemory;

        public void SetPeripheralEnabled(IPeripheral peripheral, bool value)
        {
            if(value)
            {
                disabled.Remove(peripheral);
            }
            else
            {
                disabled.Add(peripheral);
            }
            foreach(var block in blocks.Where(x => x.Registered.Peripheral == peripheral))
            {
                block.Enabled = value;
            }
        }

        public bool IsPeripheralEnabled(IPeripheral peripheral) => !disabled.Contains(peripheral);

        public IEnumerable<ICPU> GetCPUs() => cpus.ToArray();

        public bool TryGetCurrentCPU(out ICPU cpu)
        {
            cpu = machine.CurrentProcessor;
            return cpu != null;
        }

        public string DecorateWithCPUNameAndPC(string str)
        {
            var cpu = machine.CurrentProcessor;
            return cpu == null || !machine.TryGetLocalName(cpu, out var name) ? str : $"[{name}: 0x{cpu.PC.RawValue:X}] {str}";
        }

        public void UnmapMemory(Range range, ICPU context = null)
        {
            if(mappedSegments.RemoveAll(x => range.Intersects(new Range(x.StartingOffset, x.Size))) == 0)
            {
                return;
            }
            foreach(var cpu in cpus.OfType<ICPUWithMappedMemory>())
            {
                cpu.UnmapMemory(range);
            }
        }

        public void Tag(Range range, string tag, ulong defaultValue = 0, bool pausing = false, bool silent = false, bool overridePeripheralAccesses = false)
        {
            tags.Add(new TagEntry { Range = range, Name = tag, DefaultValue = defaultValue, Pausing = pausing, Silent = silent, Overrides = overridePeripheralAccesses });
        }

        public void SetHookAfterPeripheralRead<T>(IBusPeripheral peripheral, Func<T, long, T> hook, Range? subrange = null)
        {
            SetHook(peripheral, hook, subrange, block => block.ReadHooks);
        }

        public void ClearHookAfterPeripheralRead<T>(IBusPeripheral peripheral) => SetHook<T>(peripheral, null, null, block => block.ReadHooks);

        public void SetHookBeforePeripheralWrite<T>(IBusPeripheral peripheral, Func<T, long, T> hook, Range? subrange = null)
        {
            SetHook(peripheral, hook, subrange, block => block.WriteHooks);
        }

        public IEnumerable<IRegistered<IBusPeripheral, BusRangeRegistration>> Children => blocks.Select(x => x.Registered).ToArray();

        public IMachine Machine => machine;

        public UnhandledAccessBehaviour UnhandledAccessBehaviour { get; set; }

        public ulong? LowestLoadedAddress { get; private set; }

        /// <summary>Reads 1, 2, 4 or 8 bytes.</summary>
        internal ulong Read(ulong address, int width)
        {
            var block = FindBlock(address);
            var tag = tags.Count == 0 ? null : tags.FirstOrDefault(x => x.Range.Contains(address));
            if(block == null || (tag != null && tag.Overrides))
            {
                return ReadNothing(address, width, tag);
            }
            if(!block.Enabled)
            {
                this.Log(LogLevel.Warning, "Tried to read a locked peripheral: {0}. Address 0x{1:X}.", block.Registered.Peripheral.GetName(), address);
                return 0;
            }
            var result = block.Methods.Read(block.OffsetOf(address), width, address);
            return block.ReadHooks.Count > 0 && block.ReadHooks.TryGetValue(width, out var hook) ? hook(result, block.OffsetOf(address)) : result;
        }

        internal void Write(ulong address, int width, ulong value)
        {
            var block = FindBlock(address);
            var tag = tags.Count == 0 ? null : tags.FirstOrDefault(x => x.Range.Contains(address));
            if(block == null || (tag != null && tag.Overrides))
            {
                WriteNothing(address, width, value, tag);
                return;
            }
            if(!block.Enabled)
            {
                this.Log(LogLevel.Warning, "Tried to write a locked peripheral: {0}. Address 0x{1:X}, value 0x{2:X}", block.Registered.Peripheral.GetName(), address, value);
                return;
            }
            if(block.WriteHooks.Count > 0 && block.WriteHooks.TryGetValue(width, out var hook))
            {
                value = hook(value, block.OffsetOf(address));
            }
            block.Methods.Write(block.OffsetOf(address), width, value, address);
        }

        private void SetHook<T>(IBusPeripheral peripheral, Func<T, long, T> hook, Range? subrange, Func<Block, Dictionary<int, Func<ulong, long, ulong>>> choose)
        {
            if(!machine.IsRegistered(peripheral))
            {
                throw new RecoverableException($"Cannot set hook on peripheral {peripheral}, it is not registered.");
            }
            var width = Unsafe.SizeOf<T>();
            foreach(var block in blocks.Where(x => x.Registered.Peripheral == peripheral))
            {
                var hooks = choose(block);
                hooks.Remove(width);
                if(hook != null)
                {
                    hooks.Add(width, (value, offset) => subrange != null && !subrange.Value.Contains(offset) ? value
                        : Convert.ToUInt64(hook((T)Convert.ChangeType(value, typeof(T)), offset)));
                }
            }
        }

        private void RegisterRange(IBusPeripheral peripheral, BusRangeRegistration registration, string region)
        {
            var clash = blocks.FirstOrDefault(x => x.Range.Intersects(registration.Range));
            if(clash != null)
            {
                throw new RegistrationException($"Cannot register {peripheral.GetType().Name} at {registration.Range}: {clash.Registered.Peripheral.GetType().Name} is at {clash.Range}.");
            }
            var block = new Block(new BusRegistered<IBusPeripheral>(peripheral, registration), new AccessMethods(peripheral, region));
            blocks = blocks.Append(block).OrderBy(x => x.Start).ToArray();
            lastBlock = null;
            if(peripheral is IMapped mapped && region == null)
            {
                foreach(var segment in mapped.MappedSegments)
                {
                    MapSegment(new PlacedSegment(segment, registration.Range.StartAddress - registration.Offset));
                }
            }
            // Last: who is told of it may use it.
            machine.RegisterAsAChildOf(this, peripheral, registration);
        }

        private void MapSegment(PlacedSegment segment)
        {
            mappedSegments.Add(segment);
            foreach(var cpu in cpus.OfType<ICPUWithMappedMemory>())
            {
                cpu.MapMemory(segment);
            }
        }

        private Block FindBlock(ulong address)
        {
            var last = lastBlock;
            if(last != null && address - last.Start < last.Size)
            {
                return last;
            }
            var low = 0;
            var high = blocks.Length - 1;
            while(low <= high)
            {
                var middle = (low + high) / 2;
                var block = blocks[middle];
                if(address < block.Start)
                {
                    high = middle - 1;
                }
                else if(address - block.Start >= block.Size)
                {
                    low = middle + 1;
                }
                else
                {
                    lastBlock = block;
                    return block;
                }
            }
            return null;
        }

        private int ChunkAt(Block block, ulong address, long count)
        {
            if(block != null)
            {
                return (int)Math.Min((ulong)count, block.Range.EndAddress - address + 1);
            }
            var next = blocks.FirstOrDefault(x => x.Start > address);
            return (int)(next == null ? count : (long)Math.Min((ulong)count, next.Start - address));
        }

        private void ReportHole(ulong address, int count)
        {
            this.Log(LogLevel.Warning, "Tried to access bytes at non-existing peripheral in range {0}.", new Range(address, (ulong)count));
        }

        private void CheckMemoryOnly(Block block, bool onlyMemory)
        {
            if(onlyMemory)
            {
                throw new RecoverableException($"Tried to access {block.Registered.Peripheral.GetName()} but only memory accesses were allowed.");
            }
        }

        private ulong ReadNothing(ulong address, int width, TagEntry tag)
        {
            if(UnhandledAccessBehaviour == UnhandledAccessBehaviour.ThrowException && (tag == null || !tag.Overrides))
            {
                throw new BusAccessException(BusAccessError.AddressError);
            }
            var value = tag?.DefaultValue ?? 0;
            if(Reports(tag))
            {
                var message = $"Read{(SysbusAccessWidth)width} from {Describe(tag, "non existing peripheral")} at 0x{address:X}, returning 0x{value.ToString("X16").Substring(16 - width * 2)}.";
                this.Log(tag != null && tag.Silent ? LogLevel.Debug : LogLevel.Warning, "{0}", DecorateWithCPUNameAndPC(tag == null ? message.Substring(0, message.IndexOf(", returning", StringComparison.Ordinal)) + "." : message));
            }
            PauseOn(tag);
            return width == 8 ? value : value & ((1UL << (8 * width)) - 1);
        }

        private void WriteNothing(ulong address, int width, ulong value, TagEntry tag)
        {
            if(UnhandledAccessBehaviour == UnhandledAccessBehaviour.ThrowException && (tag == null || !tag.Overrides))
            {
                throw new BusAccessException(BusAccessError.AddressError);
            }
            if(Reports(tag))
            {
                this.Log(tag != null && tag.Silent ? LogLevel.Debug : LogLevel.Warning, "{0}",
                    DecorateWithCPUNameAndPC($"Write{(SysbusAccessWidth)width} to {Describe(tag, "non existing peripheral")} at 0x{address:X}, value 0x{value:X}."));
            }
            PauseOn(tag);
        }

        private bool Reports(TagEntry tag)
        {
            switch(UnhandledAccessBehaviour)
            {
            case UnhandledAccessBehaviour.Report:
                return true;
            case UnhandledAccessBehaviour.ReportIfTagged:
                return tag != null;
            case UnhandledAccessBehaviour.ReportIfNotTagged:
                return tag == null;
            default:
                return false;
            }
        }

        private void PauseOn(TagEntry tag)
        {
            if(tag != null && tag.Pausing)
            {
                machine.Pause();
            }
        }

        private static string Describe(TagEntry tag, string otherwise) => tag == null ? otherwise : $"(tag: '{tag.Name}') {otherwise}";

        private Block lastBlock;
        private Block[] blocks = Array.Empty<Block>();

        private readonly Machine machine;
        private readonly List<ICPU> cpus = new List<ICPU>();
        private readonly List<PlacedSegment> mappedSegments = new List<PlacedSegment>();
        private readonly HashSet<IPeripheral> disabled = new HashSet<IPeripheral>(ReferenceEqualityComparer.Instance);
        private readonly List<TagEntry> tags = new List<TagEntry>();

        private sealed class Block
        {
            public Block(IBusRegistered<IBusPeripheral> registered, AccessMethods methods)
            {
                Registered = registered;
                Methods = methods;
                Start = Range.StartAddress;
                Size = Range.Size;
                offset = registered.RegistrationPoint.Offset;
            }

            public long OffsetOf(ulong address) => (long)(address - Start + offset);

            public Range Range => Registered.RegistrationPoint.Range;

            public bool Enabled = true;

            public readonly IBusRegistered<IBusPeripheral> Registered;
            public readonly AccessMethods Methods;
            public readonly ulong Start;
            public readonly ulong Size;
            /// <summary>Change what is read, by its width in bytes.</summary>
            public readonly Dictionary<int, Func<ulong, long, ulong>> ReadHooks = new Dictionary<int, Func<ulong, long, ulong>>();
            /// <summary>Change what is written, by its width in bytes.</summary>
            public readonly Dictionary<int, Func<ulong, long, ulong>> WriteHooks = new Dictionary<int, Func<ulong, long, ulong>>();

            private readonly ulong offset;
        }

        private sealed class PlacedSegment : IMappedSegment
        {
            public PlacedSegment(IMappedSegment inner, ulong address)
            {
                this.inner = inner;
                this.address = address;
            }

            public void Touch() => inner.Touch();

            public IntPtr Pointer => inner.Pointer;

            public ulong StartingOffset => address + inner.StartingOffset;

            public ulong Size => inner.Size;

            private readonly IMappedSegment inner;
            private readonly ulong address;
        }

        private sealed class TagEntry
        {
            public Range Range;
            public string Name;
            public ulong DefaultValue;
            public bool Pausing;
            public bool Silent;
            public bool Overrides;
        }
    }
}
