// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

using Antmicro.Migrant;
using Antmicro.Migrant.Hooks;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>How the objects of one type go into a snapshot.</summary>
    internal sealed class TypeShape
    {
        public static TypeShape Of(Type type)
        {
            lock(cache)
            {
                if(!cache.TryGetValue(type, out var result))
                {
                    result = new TypeShape(type);
                    cache.Add(type, result);
                }
                return result;
            }
        }

        /// <summary>Makes an object without running a constructor.</summary>
        public object Create() => RuntimeHelpers.GetUninitializedObject(Type);

        public void CallHooks(object target, MethodInfo[] hooks)
        {
            foreach(var hook in hooks)
            {
                try
                {
                    hook.Invoke(target, null);
                }
                catch(TargetInvocationException e)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException).Throw();
                }
            }
        }

        public Type Type { get; }

        public ShapeKind Kind { get; }

        /// <summary>Fields that are saved, base classes' first.</summary>
        public FieldInfo[] Fields { get; } = Array.Empty<FieldInfo>();

        /// <summary>Fields that are made anew.</summary>
        public (FieldInfo Field, object[] Arguments)[] Constructed { get; } = Array.Empty<(FieldInfo, object[])>();

        /// <summary>Key and value type of a dictionary, or item type of a set.</summary>
        public Type[] ItemTypes { get; } = Array.Empty<Type>();

        public MethodInfo[] PreSave { get; } = Array.Empty<MethodInfo>();

        public MethodInfo[] PostSave { get; } = Array.Empty<MethodInfo>();

        public MethodInfo[] PostLoad { get; } = Array.Empty<MethodInfo>();

        public MethodInfo[] LatePostLoad { get; } = Array.Empty<MethodInfo>();

        /// <summary>The type's only object, if it has such a one.</summary>
        public object Singleton { get; }

        private TypeShape(Type type)
        {
            Type = type;
            Kind = Classify(type);
            if(Kind == ShapeKind.Dictionary || Kind == ShapeKind.Set)
            {
                ItemTypes = type.GetGenericArguments();
            }
            if(Kind != ShapeKind.Object && Kind != ShapeKind.Special)
            {
                return;
            }
            Singleton = type.GetProperty("Instance", BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly) is PropertyInfo property
                && property.PropertyType == type && property.GetIndexParameters().Length == 0 ? property.GetValue(null) : null;
            var lineage = new List<Type>();
            for(var current = type; current != null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
            {
                lineage.Insert(0, current);
            }
            var fields = lineage.SelectMany(x => x.GetFields(Everything).OrderBy(y => y.Name, StringComparer.Ordinal)).ToArray();
            Constructed = fields.Where(x => x.GetCustomAttribute<ConstructorAttribute>() != null)
                .Select(x => (x, x.GetCustomAttribute<ConstructorAttribute>().Parameters)).ToArray();
            if(Kind == ShapeKind.Object)
            {
                Fields = fields.Where(IsSaved).ToArray();
            }
            PreSave = Hooks<PreSerializationAttribute>(lineage);
            PostSave = Hooks<PostSerializationAttribute>(lineage);
            PostLoad = Hooks<PostDeserializationAttribute>(lineage);
            LatePostLoad = Hooks<LatePostDeserializationAttribute>(lineage);
        }

        private static ShapeKind Classify(Type type)
        {
            if(type.GetCustomAttribute<TransientAttribute>(true) != null || unsavable.Any(x => x.IsAssignableFrom(type)) || type.IsPointer || type.IsFunctionPointer || type.IsByRefLike)
            {
                return ShapeKind.Skipped;
            }
            if(type.IsPrimitive || type.IsEnum || type == typeof(decimal))
            {
                return ShapeKind.Primitive;
            }
            if(type == typeof(string))
            {
                return ShapeKind.String;
            }
            if(typeof(Type).IsAssignableFrom(type))
            {
                return ShapeKind.TypeReference;
            }
            if(type.IsArray)
            {
                return ShapeKind.Array;
            }
            if(typeof(Delegate).IsAssignableFrom(type))
            {
                return ShapeKind.Delegate;
            }
            if(typeof(ISpeciallySerializable).IsAssignableFrom(type))
            {
                return ShapeKind.Special;
            }
            if(type.IsGenericType)
            {
                var definition = type.GetGenericTypeDefinition();
                if(definition == typeof(Nullable<>))
                {
                    return ShapeKind.Nullable;
                }
                if(definition == typeof(Dictionary<,>) || definition == typeof(System.Collections.Concurrent.ConcurrentDictionary<,>))
                {
                    return ShapeKind.Dictionary;
                }
                if(definition == typeof(HashSet<>))
                {
                    return ShapeKind.Set;
                }
                if(definition == typeof(ThreadLocal<>) || definition == typeof(AsyncLocal<>) || definition == typeof(ConditionalWeakTable<,>) || definition == typeof(WeakReference<>))
                {
                    return ShapeKind.Skipped;
                }
            }
            return ShapeKind.Object;
        }

        private static bool IsSaved(FieldInfo field)
        {
            return field.GetCustomAttribute<TransientAttribute>() == null && Classify(field.FieldType) != ShapeKind.Skipped;
        }

        private static MethodInfo[] Hooks<T>(IEnumerable<Type> lineage) where T : Attribute
        {
            return lineage.SelectMany(x => x.GetMethods(Everything)).Where(x => x.GetCustomAttribute<T>(false) != null).ToArray();
        }

        private static readonly Dictionary<Type, TypeShape> cache = new Dictionary<Type, TypeShape>();

        // tied to the process that made them
        private static readonly Type[] unsavable =
        {
            typeof(Thread), typeof(WaitHandle), typeof(Stream), typeof(TextWriter), typeof(TextReader), typeof(Timer), typeof(Task), typeof(CancellationTokenSource),
            typeof(System.Net.Sockets.Socket), typeof(IntPtr), typeof(UIntPtr), typeof(System.Runtime.InteropServices.SafeHandle), typeof(Assembly), typeof(IEnumerator),
        };

        private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    }

    internal enum ShapeKind
    {
        /// <summary>Field by field.</summary>
        Object,
        Primitive,
        String,
        Array,
        Delegate,
        TypeReference,
        Nullable,
        Dictionary,
        Set,

        /// <summary>The object writes itself.</summary>
        Special,

        /// <summary>Not saved: null after loading.</summary>
        Skipped,
    }
}
