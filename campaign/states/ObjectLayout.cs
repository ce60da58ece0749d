// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// How the objects of one type are kept by a checkpoint: as a copy of each, to be compared with it and copied back. The code
    /// for that is generated, as an emulation has tens of thousands of objects.
    /// </summary>
    internal sealed class ObjectLayout
    {
        /// <returns>null if objects of that type are left alone.</returns>
        public static ObjectLayout Of(Type type)
        {
            lock(cache)
            {
                if(!cache.TryGetValue(type, out var result))
                {
                    result = IsLeftAlone(type) ? null : new ObjectLayout(type);
                    cache.Add(type, result);
                }
                return result;
            }
        }

        /// <summary>
        /// Whether it is no part of any emulation. A program (which tests are, too) is outside except for its peripherals; a plugin,
        /// being a library that knows this one, is inside.
        /// </summary>
        public static bool IsOutside(Type type)
        {
            for(var current = type; current != null; current = current.DeclaringType)
            {
                if(IsMarked(current, OutsideEmulation) || current.IsDefined(typeof(TransientAttribute), true))
                {
                    return true;
                }
                if(typeof(IPeripheral).IsAssignableFrom(current))
                {
                    return false;
                }
            }
            var assembly = type.Assembly;
            lock(outsideAssemblies)
            {
                if(!outsideAssemblies.TryGetValue(assembly, out var result))
                {
                    var own = typeof(Emulation).Assembly;
                    var name = assembly.GetName().Name;
                    result = assembly != own && !name.StartsWith("System.", StringComparison.Ordinal)
                        && (assembly.IsDynamic || assembly.EntryPoint != null || assembly.GetReferencedAssemblies().All(x => x.Name != own.GetName().Name));
                    outsideAssemblies.Add(assembly, result);
                }
                return result;
            }
        }

        public object Clone(object target)
        {
            if(target is Array array)
            {
                return array.Clone();
            }
            var result = memberwiseClone(target);
            if(hasFinalizer)
            {
                // what it would free belongs to the original
                GC.SuppressFinalize(result);
            }
            return result;
        }

        /// <summary>The first index from <paramref name="start"/> at which an object is not as its copy is; the end if all are.</summary>
        public int FindDifferent(object[] objects, object[] copies, int start, int end)
        {
            if(Type.IsArray)
            {
                while(start < end && HasSameContent((Array)objects[start], (Array)copies[start]))
                {
                    start++;
                }
                return start;
            }
            find ??= CreateFind();
            return find(objects, copies, start, end);
        }

        public void CopyBack(object target, object copy)
        {
            if(target is Array array)
            {
                Array.Copy((Array)copy, array, array.Length);
                return;
            }
            copyBack ??= CreateCopyBack();
            copyBack(target, copy);
        }

        /// <summary>Tells the graph of all objects that one refers to.</summary>
        public void Visit(object target, ObjectGraph graph)
        {
            if(!HasReferences)
            {
                return;
            }
            if(target is object[] items)
            {
                foreach(var item in items)
                {
                    graph.Add(item);
                }
                return;
            }
            if(visit == null)
            {
                // most types have few objects, for which generating code would take longer
                if(++visits < FewVisits && !Type.IsArray)
                {
                    VisitParts(target, references, graph);
                    return;
                }
                visit = CreateVisit();
            }
            visit(target, graph);
        }

        public Type Type { get; }

        /// <summary>Whether anything can change; else there is nothing to keep.</summary>
        public bool HasState { get; }

        public bool HasReferences { get; }

        /// <summary>A delegate whose subscribers outside of the emulation are those of now, and all others those of then.</summary>
        internal static Delegate Merge(Delegate then, Delegate now)
        {
            if(ReferenceEquals(then, now))
            {
                return then;
            }
            var thenAll = then?.GetInvocationList() ?? Array.Empty<Delegate>();
            var nowOutside = (now?.GetInvocationList() ?? Array.Empty<Delegate>()).Where(IsOutside).ToList();
            if(nowOutside.Count == 0 && !thenAll.Any(IsOutside))
            {
                return then;
            }
            var result = thenAll.Where(x => !IsOutside(x) || nowOutside.Remove(x)).ToList();
            return Delegate.Combine(result.Concat(nowOutside).ToArray());
        }

        private ObjectLayout(Type type)
        {
            Type = type;
            if(type.IsArray)
            {
                elementSize = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf)).MakeGenericMethod(type.GetElementType()).Invoke(null, null);
                HasState = !IsMarked(type.GetElementType(), FixedArrays);
                HasReferences = ContainsReferences(type.GetElementType());
                return;
            }
            var all = FieldsOf(type);
            fields = all.Where(x => !x.IsInitOnly).ToArray();
            references = all.Where(x => ContainsReferences(x.FieldType)).ToArray();
            HasState = fields.Length > 0;
            HasReferences = references.Length > 0;
            hasFinalizer = type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes).DeclaringType != typeof(object);
        }

        private static bool IsOutside(Delegate part) => part.Target != null ? IsOutside(part.Target.GetType()) : part.Method.DeclaringType == null || IsOutside(part.Method.DeclaringType);

        private static bool IsLeftAlone(Type type)
        {
            // a boxed value never changes, nor does a delegate, whose targets are the graph's concern
            if(type.IsValueType || typeof(Delegate).IsAssignableFrom(type) || IsAny(type, ofProcess) || IsAny(type, unchanging) || NativeState.IsOfProcess(type))
            {
                return true;
            }
            if(type.IsArray)
            {
                return IsPointer(type.GetElementType());
            }
            if(type.IsGenericType && unfollowedGenerics.Contains(type.GetGenericTypeDefinition()))
            {
                return true;
            }
            return IsOutside(type);
        }

        private static FieldInfo[] FieldsOf(Type type)
        {
            var result = new List<FieldInfo>();
            for(var current = type; current != null && current != typeof(object); current = current.BaseType)
            {
                result.AddRange(current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(x => IsKept(x)));
            }
            return result.ToArray();
        }

        private static bool IsKept(FieldInfo field)
        {
            var type = field.FieldType;
            return !IsPointer(type) && !field.IsDefined(typeof(TransientAttribute)) && !IsMarked(field, OutsideEmulation)
                && !IsAny(type, ofProcess);
        }

        private static bool IsPointer(Type type) => type.IsPointer || type.IsFunctionPointer || type == typeof(IntPtr) || type == typeof(UIntPtr) || type == typeof(GCHandle);

        // The marks are the standalone host's.
        private static bool IsMarked(MemberInfo member, string mark) => member.GetCustomAttributes(true).Any(x => x.GetType().Name == mark);

        private static bool IsAny(Type type, Type[] types) => Array.Exists(types, x => x.IsAssignableFrom(type));

        private static IEnumerable<FieldInfo> PartsOf(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

        private static bool ContainsReferences(Type type)
        {
            if(!type.IsValueType)
            {
                return !type.IsPointer && !type.IsFunctionPointer && !IsAny(type, ofProcess) && !IsAny(type, unchanging);
            }
            return !type.IsPrimitive && !type.IsEnum && PartsOf(type).Any(x => x.FieldType != type && ContainsReferences(x.FieldType));
        }

        private bool HasSameContent(Array a, Array b)
        {
            // References compare as bits, too. Padding may differ where values do not, which costs a copy.
            var size = checked((int)((long)a.Length * elementSize));
            return MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(a), size)
                .SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(b), size));
        }

        private DifferenceFinder CreateFind()
        {
            var method = new DynamicMethod("Find", typeof(int), new[] { typeof(object[]), typeof(object[]), typeof(int), typeof(int) }, typeof(ObjectLayout).Module, true);
            var code = method.GetILGenerator();
            var target = code.DeclareLocal(Type);
            var copy = code.DeclareLocal(Type);
            var loop = code.DefineLabel();
            var end = code.DefineLabel();
            code.MarkLabel(loop);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldarg_3);
            code.Emit(OpCodes.Bge, end);
            LoadElement(OpCodes.Ldarg_0, target);
            LoadElement(OpCodes.Ldarg_1, copy);
            foreach(var field in fields)
            {
                Compare(new[] { field });
            }
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldc_I4_1);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Starg_S, (byte)2);
            code.Emit(OpCodes.Br, loop);
            code.MarkLabel(end);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ret);
            return method.CreateDelegate<DifferenceFinder>();

            void LoadElement(OpCode array, LocalBuilder into)
            {
                code.Emit(array);
                code.Emit(OpCodes.Ldarg_2);
                code.Emit(OpCodes.Ldelem_Ref);
                code.Emit(OpCodes.Stloc, into);
            }

            void Compare(FieldInfo[] path)
            {
                var type = path[^1].FieldType;
                if(IsStructure(type))
                {
                    if(IsOpaque(type))
                    {
                        code.Emit(OpCodes.Br, end);
                        return;
                    }
                    foreach(var part in PartsOf(type))
                    {
                        Compare(path.Append(part).ToArray());
                    }
                    return;
                }
                foreach(var local in new[] { target, copy })
                {
                    code.Emit(OpCodes.Ldloc, local);
                    LoadPath(code, path);
                    // as bits: NaN is equal to itself, and 0 differs from -0
                    if(type == typeof(double))
                    {
                        code.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits)));
                    }
                    else if(type == typeof(float))
                    {
                        code.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToInt32Bits)));
                    }
                }
                code.Emit(OpCodes.Bne_Un, end);
            }
        }

        private Action<object, object> CreateCopyBack()
        {
            var method = new DynamicMethod("CopyBack", null, new[] { typeof(object), typeof(object) }, typeof(ObjectLayout).Module, true);
            var code = method.GetILGenerator();
            foreach(var field in fields)
            {
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Ldarg_1);
                code.Emit(OpCodes.Ldfld, field);
                if(typeof(Delegate).IsAssignableFrom(field.FieldType))
                {
                    code.Emit(OpCodes.Ldarg_0);
                    code.Emit(OpCodes.Ldfld, field);
                    code.Emit(OpCodes.Call, typeof(ObjectLayout).GetMethod(nameof(Merge), BindingFlags.Static | BindingFlags.NonPublic));
                }
                code.Emit(OpCodes.Stfld, field);
            }
            code.Emit(OpCodes.Ret);
            return method.CreateDelegate<Action<object, object>>();
        }

        private Action<object, ObjectGraph> CreateVisit()
        {
            if(Type.IsArray && !Type.IsSZArray)
            {
                var element = Type.GetElementType();
                return element.IsValueType ? VisitBoxed : (target, graph) =>
                {
                    foreach(var item in (Array)target)
                    {
                        graph.Add(item);
                    }
                };
            }
            var method = new DynamicMethod("Visit", null, new[] { typeof(object), typeof(ObjectGraph) }, typeof(ObjectLayout).Module, true);
            var code = method.GetILGenerator();
            if(Type.IsArray)
            {
                EmitArrayVisit(code);
            }
            else
            {
                foreach(var field in references)
                {
                    EmitVisit(code, () => code.Emit(OpCodes.Ldarg_0), new[] { field });
                }
            }
            code.Emit(OpCodes.Ret);
            return method.CreateDelegate<Action<object, ObjectGraph>>();
        }

        private void EmitArrayVisit(ILGenerator code)
        {
            var element = Type.GetElementType();
            var index = code.DeclareLocal(typeof(int));
            var loop = code.DefineLabel();
            var end = code.DefineLabel();
            code.MarkLabel(loop);
            code.Emit(OpCodes.Ldloc, index);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldlen);
            code.Emit(OpCodes.Conv_I4);
            code.Emit(OpCodes.Bge, end);
            foreach(var part in PartsOf(element).Where(x => ContainsReferences(x.FieldType)))
            {
                EmitVisit(code, () =>
                {
                    code.Emit(OpCodes.Ldarg_0);
                    code.Emit(OpCodes.Ldloc, index);
                    code.Emit(OpCodes.Ldelema, element);
                }, new[] { part });
            }
            code.Emit(OpCodes.Ldloc, index);
            code.Emit(OpCodes.Ldc_I4_1);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Stloc, index);
            code.Emit(OpCodes.Br, loop);
            code.MarkLabel(end);
        }

        private static void EmitVisit(ILGenerator code, Action loadOwner, FieldInfo[] path)
        {
            var type = path[^1].FieldType;
            if(IsStructure(type))
            {
                foreach(var part in PartsOf(type).Where(x => ContainsReferences(x.FieldType)))
                {
                    EmitVisit(code, loadOwner, path.Append(part).ToArray());
                }
                return;
            }
            code.Emit(OpCodes.Ldarg_1);
            loadOwner();
            LoadPath(code, path);
            code.Emit(OpCodes.Call, typeof(ObjectGraph).GetMethod(nameof(ObjectGraph.Add)));
        }

        private static void VisitBoxed(object target, ObjectGraph graph)
        {
            foreach(var item in (Array)target)
            {
                VisitParts(item, PartsOf(item.GetType()), graph);
            }
        }

        private static void VisitParts(object value, IEnumerable<FieldInfo> parts, ObjectGraph graph)
        {
            foreach(var part in parts.Where(x => ContainsReferences(x.FieldType)))
            {
                var inner = part.GetValue(value);
                if(part.FieldType.IsValueType && inner != null)
                {
                    VisitParts(inner, PartsOf(inner.GetType()), graph);
                }
                else
                {
                    graph.Add(inner);
                }
            }
        }

        private static void LoadPath(ILGenerator code, FieldInfo[] path)
        {
            foreach(var field in path[..^1])
            {
                code.Emit(OpCodes.Ldflda, field);
            }
            code.Emit(OpCodes.Ldfld, path[^1]);
        }

        private static bool IsStructure(Type type) => type.IsValueType && !type.IsPrimitive && !type.IsEnum;

        /// <summary>Whether the fields don't tell all of the content: such values are always copied.</summary>
        private static bool IsOpaque(Type type) => type.IsExplicitLayout || type.IsDefined(typeof(InlineArrayAttribute)) || type.IsDefined(typeof(UnsafeValueTypeAttribute));

        private DifferenceFinder find;
        private Action<object, object> copyBack;
        private Action<object, ObjectGraph> visit;
        private int visits;

        private readonly bool hasFinalizer;
        private readonly int elementSize;
        private readonly FieldInfo[] fields = Array.Empty<FieldInfo>();
        private readonly FieldInfo[] references = Array.Empty<FieldInfo>();

        private static readonly Func<object, object> memberwiseClone = typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic).CreateDelegate<Func<object, object>>();
        private static readonly Dictionary<Type, ObjectLayout> cache = new Dictionary<Type, ObjectLayout>();
        private static readonly Dictionary<Assembly, bool> outsideAssemblies = new Dictionary<Assembly, bool>();

        // tied to the process: not even what refers to them is set back
        private static readonly Type[] ofProcess =
        {
            typeof(Thread), typeof(WaitHandle), typeof(Stream), typeof(TextWriter), typeof(TextReader), typeof(Timer), typeof(Task), typeof(CancellationTokenSource),
            typeof(System.Net.Sockets.Socket), typeof(SafeHandle), typeof(Stopwatch), typeof(ManualResetEventSlim), typeof(SemaphoreSlim), typeof(ReaderWriterLockSlim), typeof(Barrier),
            typeof(CountdownEvent), typeof(ILogger),
        };

        private static readonly Type[] unchanging =
        {
            typeof(MemberInfo), typeof(Assembly), typeof(Module), typeof(CultureInfo), typeof(Encoding), typeof(Regex), typeof(Exception), typeof(WeakReference), typeof(string),
        };

        private static readonly Type[] unfollowedGenerics =
        {
            typeof(ThreadLocal<>), typeof(AsyncLocal<>), typeof(ConditionalWeakTable<,>), typeof(WeakReference<>),
        };

        private const string OutsideEmulation = "OutsideEmulationAttribute";
        private const string FixedArrays = "FixedArraysAttribute";
        private const int FewVisits = 20;

        private delegate int DifferenceFinder(object[] objects, object[] copies, int start, int end);
    }
}
