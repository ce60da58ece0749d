// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Migrant;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>
    /// Writes an object and all that it refers to. An object's type and whatever is needed to create it stand where it is first
    /// referred to; its content follows later, in the order of the references, so that deep graphs need no deep stack.
    /// </summary>
    internal sealed class SnapshotWriter
    {
        /// <param name="wellKnown">Objects that are not written: the reader supplies its own in their place.</param>
        public SnapshotWriter(Stream stream, params object[] wellKnown)
        {
            writer = new BinaryWriter(stream, Encoding.UTF8, true);
            primitives = new PrimitiveWriter(stream);
            foreach(var item in wellKnown)
            {
                ids.Add(item, ids.Count + 1);
            }
        }

        public void Write(object root)
        {
            WriteReference(root);
            while(bodies.Count > 0)
            {
                WriteBody(bodies.Dequeue());
            }
            writer.Write(EndMark);
            writer.Flush();
            foreach(var item in written)
            {
                var shape = TypeShape.Of(item.GetType());
                shape.CallHooks(item, shape.PostSave);
            }
        }

        internal const uint EndMark = 0x444E4553;

        internal static void WritePrimitive(BinaryWriter writer, Type type, object value)
        {
            if(type.IsEnum)
            {
                type = Enum.GetUnderlyingType(type);
            }
            switch(Type.GetTypeCode(type))
            {
            case TypeCode.Boolean:
                writer.Write((bool)value);
                break;
            case TypeCode.Char:
                writer.Write((ushort)(char)value);
                break;
            case TypeCode.SByte:
                writer.Write((sbyte)value);
                break;
            case TypeCode.Byte:
                writer.Write((byte)value);
                break;
            case TypeCode.Int16:
                writer.Write((short)value);
                break;
            case TypeCode.UInt16:
                writer.Write((ushort)value);
                break;
            case TypeCode.Int32:
                writer.Write((int)value);
                break;
            case TypeCode.UInt32:
                writer.Write((uint)value);
                break;
            case TypeCode.Int64:
                writer.Write((long)value);
                break;
            case TypeCode.UInt64:
                writer.Write((ulong)value);
                break;
            case TypeCode.Single:
                writer.Write((float)value);
                break;
            case TypeCode.Double:
                writer.Write((double)value);
                break;
            case TypeCode.Decimal:
                writer.Write((decimal)value);
                break;
            default:
                throw new NotSupportedException($"No primitive: {type}.");
            }
        }

        private void WriteReference(object value)
        {
            var shape = value == null ? null : TypeShape.Of(value.GetType());
            if(shape == null || shape.Kind == ShapeKind.Skipped)
            {
                writer.Write(0);
                return;
            }
            if(ids.TryGetValue(value, out var id))
            {
                writer.Write(id);
                return;
            }
            id = ids.Count + 1;
            ids.Add(value, id);
            writer.Write(id);
            WriteHeader(value, shape);
        }

        private void WriteHeader(object value, TypeShape shape)
        {
            if(value is Type type)
            {
                WriteType(typeof(Type));
                WriteType(type);
                return;
            }
            WriteType(shape.Type);
            switch(shape.Kind)
            {
            case ShapeKind.String:
                writer.Write((string)value);
                return;
            case ShapeKind.Primitive:
                WritePrimitive(writer, shape.Type, value);
                return;
            case ShapeKind.Delegate:
                WriteDelegate((Delegate)value);
                return;
            case ShapeKind.Array:
                var array = (Array)value;
                for(var i = 0; i < array.Rank; i++)
                {
                    writer.Write(array.GetLength(i));
                }
                break;
            default:
                if(shape.Kind == ShapeKind.Object)
                {
                    var isSingleton = ReferenceEquals(value, shape.Singleton);
                    writer.Write(isSingleton);
                    if(isSingleton)
                    {
                        return;
                    }
                }
                break;
            }
            bodies.Enqueue(value);
        }

        private void WriteBody(object value)
        {
            var shape = TypeShape.Of(value.GetType());
            shape.CallHooks(value, shape.PreSave);
            written.Add(value);
            switch(shape.Kind)
            {
            case ShapeKind.Array:
                WriteArray((Array)value);
                break;
            case ShapeKind.Dictionary:
                var dictionary = (IDictionary)value;
                WriteReference(Comparer(value));
                writer.Write(dictionary.Count);
                foreach(DictionaryEntry entry in dictionary)
                {
                    WriteValue(shape.ItemTypes[0], entry.Key);
                    WriteValue(shape.ItemTypes[1], entry.Value);
                }
                break;
            case ShapeKind.Set:
                WriteReference(Comparer(value));
                var items = ((IEnumerable)value).Cast<object>().ToArray();
                writer.Write(items.Length);
                foreach(var item in items)
                {
                    WriteValue(shape.ItemTypes[0], item);
                }
                break;
            case ShapeKind.Special:
                writer.Flush();
                ((ISpeciallySerializable)value).Save(primitives);
                primitives.Flush();
                break;
            default:
                WriteFields(value, shape);
                break;
            }
        }

        private void WriteFields(object value, TypeShape shape)
        {
            foreach(var field in shape.Fields)
            {
                WriteValue(field.FieldType, field.GetValue(value));
            }
        }

        private void WriteValue(Type declared, object value)
        {
            if(!declared.IsValueType)
            {
                WriteReference(value);
                return;
            }
            var shape = TypeShape.Of(declared);
            switch(shape.Kind)
            {
            case ShapeKind.Primitive:
                WritePrimitive(writer, declared, value);
                break;
            case ShapeKind.Nullable:
                writer.Write(value != null);
                if(value != null)
                {
                    WriteValue(declared.GetGenericArguments()[0], value);
                }
                break;
            case ShapeKind.Skipped:
                break;
            default:
                // fields of a structure that this process has just met are described where they first occur
                DescribeType(shape);
                WriteFields(value, shape);
                break;
            }
        }

        private void WriteArray(Array array)
        {
            var element = array.GetType().GetElementType();
            if(element.IsPrimitive)
            {
                var bytes = new byte[Buffer.ByteLength(array)];
                Buffer.BlockCopy(array, 0, bytes, 0, bytes.Length);
                writer.Write(bytes);
                return;
            }
            foreach(var item in array)
            {
                WriteValue(element, item);
            }
        }

        private void WriteDelegate(Delegate value)
        {
            var parts = value.GetInvocationList().Where(x => x.Target == null || TypeShape.Of(x.Target.GetType()).Kind != ShapeKind.Skipped).ToArray();
            writer.Write(parts.Length);
            foreach(var part in parts)
            {
                var method = part.Method;
                if(method.DeclaringType == null)
                {
                    throw new RecoverableException($"Cannot save: {value.GetType().Name} refers to a method that was made at run time.");
                }
                WriteReference(part.Target);
                WriteType(method.DeclaringType);
                writer.Write(method.Name);
                var generic = method.IsGenericMethod ? method.GetGenericArguments() : Type.EmptyTypes;
                writer.Write(generic.Length);
                foreach(var argument in generic)
                {
                    WriteType(argument);
                }
                var parameters = (method.IsGenericMethod ? method.GetGenericMethodDefinition() : method).GetParameters();
                writer.Write(parameters.Length);
                foreach(var parameter in parameters)
                {
                    writer.Write(parameter.ParameterType.ToString());
                }
            }
        }

        private void WriteType(Type type)
        {
            if(types.TryGetValue(type, out var id))
            {
                writer.Write(id);
                return;
            }
            id = types.Count;
            types.Add(type, id);
            writer.Write(id);
            writer.Write(TypeNames.NameOf(type));
            DescribeType(TypeShape.Of(type));
        }

        private void DescribeType(TypeShape shape)
        {
            if(!described.Add(shape.Type))
            {
                return;
            }
            writer.Write(shape.Fields.Length);
            foreach(var field in shape.Fields)
            {
                writer.Write(field.Name);
            }
        }

        private static object Comparer(object collection) => collection.GetType().GetProperty("Comparer")?.GetValue(collection);

        private readonly BinaryWriter writer;
        private readonly PrimitiveWriter primitives;
        private readonly Dictionary<object, int> ids = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Type, int> types = new Dictionary<Type, int>();
        private readonly HashSet<Type> described = new HashSet<Type>();
        private readonly Queue<object> bodies = new Queue<object>();
        private readonly List<object> written = new List<object>();
    }
}
