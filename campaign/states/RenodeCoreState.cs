// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CPU;

using Range = Antmicro.Renode.Core.Range;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Registers of Renode's core, as its own snapshots keep them: the state that its translation library exports. Translations stay: they depend on memory,
    /// not on time.
    /// </summary>
    internal sealed class RenodeCoreState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => coreType != null && coreType.IsAssignableFrom(type);

        /// <summary>Can the cores of this host be kept in memory?</summary>
        public static bool IsOffered => coreType != null && required.All(x => FieldOf(x) != null);

        /// <summary>State of a <c>TranslationCPU</c>.</summary>
        public RenodeCoreState(object item)
        {
            core = (ICPUWithMappedMemory)item;
            state = (Func<IntPtr>)FieldOf(Export).GetValue(item);
            stateSize = (Func<int>)FieldOf(ExportSize).GetValue(item);
            windows = (Func<IntPtr>)FieldOf(ExportWindows).GetValue(item);
            windowsSize = (Func<int>)FieldOf(ExportWindowsSize).GetValue(item);
            flush = (Action)Delegate.CreateDelegate(typeof(Action), item, coreType.GetMethod("FlushTlb"));
        }

        /// <inheritdoc/>
        public override void Settle()
        {
            // It ends some time after the machine was paused.
            ((Thread)thread.GetValue(core))?.Join();
        }

        /// <inheritdoc/>
        public override object TakeState(object previous)
        {
            return new State
            {
                Registers = Copy(state(), stateSize()),
                Windows = Copy(windows(), windowsSize()),
                Mappings = Mappings.ToArray(),
            };
        }

        /// <inheritdoc/>
        public override void RestoreState(object taken)
        {
            var then = (State)taken;
            var now = Mappings.ToList();
            foreach(var old in now.Except(then.Mappings))
            {
                core.UnmapMemory(new Range(old.StartingOffset, old.Size));
            }
            foreach(var missing in then.Mappings.Except(now))
            {
                core.MapMemory(missing);
            }
            Marshal.Copy(then.Registers, 0, state(), then.Registers.Length);
            if(then.Windows.Length > 0)
            {
                Marshal.Copy(then.Windows, 0, windows(), then.Windows.Length);
            }
            flush();
        }

        /// <inheritdoc/>
        public override bool IsRestoredFirst => true;

        private static byte[] Copy(IntPtr address, int size)
        {
            var result = new byte[address == IntPtr.Zero ? 0 : size];
            if(result.Length > 0)
            {
                Marshal.Copy(address, result, 0, size);
            }
            return result;
        }

        private static FieldInfo FieldOf(string name) => coreType.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);

        private IEnumerable<IMappedSegment> Mappings => ((IEnumerable)mappings.GetValue(core)).Cast<object>().Select(x => (IMappedSegment)segment.GetValue(x));

        private readonly ICPUWithMappedMemory core;
        private readonly Func<IntPtr> state;
        private readonly Func<int> stateSize;
        private readonly Func<IntPtr> windows;
        private readonly Func<int> windowsSize;
        private readonly Action flush;

        /// <summary>What a core notes of a memory that is mapped: whether it knows where that is in the process. It goes on knowing.</summary>
        public const string Mapping = "Antmicro.Renode.Peripherals.CPU.SegmentMapping";

        private static readonly Type coreType = typeof(ICPU).Assembly.GetType("Antmicro.Renode.Peripherals.CPU.TranslationCPU");
        private static readonly FieldInfo mappings = coreType == null ? null : FieldOf(MappingList);
        private static readonly PropertyInfo segment = typeof(ICPU).Assembly.GetType(Mapping)?.GetProperty("Segment");
        private static readonly FieldInfo thread = typeof(ICPU).Assembly.GetType("Antmicro.Renode.Peripherals.CPU.BaseCPU")?.GetField("cpuThread", BindingFlags.Instance | BindingFlags.NonPublic);
        private static readonly string[] required = { Export, ExportSize, ExportWindows, ExportWindowsSize, MappingList };

        private const string Export = "TlibExportState";
        private const string ExportSize = "TlibGetStateSize";
        private const string ExportWindows = "TlibExportExternalMmuState";
        private const string ExportWindowsSize = "TlibGetExternalMmuStateSize";
        private const string MappingList = "currentMappings";

        private sealed class State
        {
            public byte[] Registers;
            public byte[] Windows;
            public IMappedSegment[] Mappings;
        }
    }
}
