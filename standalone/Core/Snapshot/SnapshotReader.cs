// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

using Antmicro.Migrant;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>Restores what <see cref="SnapshotWriter"/> wrote.</summary>
    internal sealed class SnapshotReader
    {
        public SnapshotReader(Stream stream, params object[] wellKnown)
        {
            reader = new BinaryReader(stream, Encoding.UTF8, true);
            primitives = new PrimitiveReader(stream);
            objects.Add(null);
            objects.AddRange(wellKnown);
        }

        /// <exception cref="RecoverableException">The snapshot is damaged or was made by another version.</exception>
        public object Read()
        {
            try
            {
                var root = ReadReference();
                while(bodies.Count > 0)
                {
                    ReadBody(bodies.Dequeue());
                }
                if(reader.ReadUInt32() != SnapshotWriter.EndMark)
                {
                    throw new RecoverableException("The snapshot is damaged.");
                }
                // hashes of keys are known only now that the keys are complete
                foreach(var fill in fills)
                {
                    fill();
                }
                return root;
            }
            catch(Exception e) when(e is EndOfStreamException || e is ArgumentException || e is IndexOutOfRangeException || e is InvalidCastException)
            {
                throw new RecoverableException($"The snapshot is damaged: {e.Message}", e);
            }
        }

        /// <summary>Runs the hooks of the restored objects.</summary>
        public void CallHooks(bool late)
        {
            foreach(var item in restored)
            {
                var shape = TypeShape.Of(item.GetType());
                shape.CallHooks(item, late ? shape.LatePostLoad : shape.PostLoad);
            }
        }

        private static object ReadPrimitive(BinaryReader reader, Type type)
        {
            var underlying = type.IsEnum ? Enum.GetUnderlyingType(type) : type;
            var value = ReadPlain(reader, underlying);
            return type.IsEnum ? Enum.ToObject(type, value) : value;
        }

        private static object ReadPlain(BinaryReader reader, Type type)
        {
            switch(Type.GetTypeCode(type))
            {
            case TypeCode.Boolean:
                return reader.ReadBoolean();
            case TypeCode.Char:
                return (char)reader.ReadUInt16();
            case TypeCode.SByte:
                return reader.ReadSByte();
            case TypeCode.Byte:
                return reader.ReadByte();
            case TypeCode.Int16:
                return reader.ReadInt16();
            case TypeCode.UInt16:
                return reader.ReadUInt16();
            case TypeCode.Int32:
                return reader.ReadInt32();
            case TypeCode.UInt32:
                return reader.ReadUInt32();
            case TypeCode.Int64:
                return reader.ReadInt64();
            case TypeCode.UInt64:
                return reader.ReadUInt64();
            case TypeCode.Single:
                return reader.ReadSingle();
            case TypeCode.Double:
                return reader.ReadDouble();
            case TypeCode.Decimal:
                return reader.ReadDecimal();
            default:
                throw new NotSupportedException($"No primitive: {type}.");
            }
        }

        private object ReadReference()
        {
            var id = reader.ReadInt32();
            if(id < objects.Count)
            {
                return objects[id];
            }
            if(id != objects.Count)
            {
                throw new RecoverableException("The snapshot is damaged.");
            }
            // taken before the header, which may refer to further objects
            objects.Add(null);
            var result = ReadHeader();
            objects[id] = result;
            return result;
        }

        private object ReadHeader()
        {
            var type = ReadType();
            if(type == typeof(Type))
            {
                return ReadType();
            }
            var shape = TypeShape.Of(type);
            object result;
            switch(shape.Kind)
            {
            case ShapeKind.String:
                return reader.ReadString();
            case ShapeKind.Primitive:
                return ReadPrimitive(reader, type);
            case ShapeKind.Delegate:
                return ReadDelegate(type);
            case ShapeKind.Array:
                var lengths = Enumerable.Range(0, type.GetArrayRank()).Select(_ => reader.ReadInt32()).ToArray();
                result = Array.CreateInstance(type.GetElementType(), lengths);
                break;
            case ShapeKind.Dictionary:
            case ShapeKind.Set:
            case ShapeKind.Special:
                result = shape.Create();
                break;
            default:
                if(reader.ReadBoolean())
                {
                    return shape.Singleton;
                }
                result = shape.Create();
                break;
            }
            bodies.Enqueue(result);
            return result;
        }

        private void ReadBody(object target)
        {
            var shape = TypeShape.Of(target.GetType());
            restored.Add(target);
            switch(shape.Kind)
            {
            case ShapeKind.Array:
                ReadArray((Array)target);
                break;
            case ShapeKind.Dictionary:
            case ShapeKind.Set:
                ReadCollection(target, shape);
                break;
            case ShapeKind.Special:
                Construct(target, shape);
                ((ISpeciallySerializable)target).Load(primitives);
                break;
            default:
                Construct(target, shape);
                ReadFields(target, shape);
                break;
            }
        }

        private static void Construct(object target, TypeShape shape)
        {
            foreach(var (field, arguments) in shape.Constructed)
            {
                field.SetValue(target, Activator.CreateInstance(field.FieldType, arguments));
            }
        }

        private void ReadFields(object target, TypeShape shape)
        {
            foreach(var field in shape.Fields)
            {
                field.SetValue(target, ReadValue(field.FieldType));
            }
        }

        private object ReadValue(Type declared)
        {
            if(!declared.IsValueType)
            {
                return ReadReference();
            }
            var shape = TypeShape.Of(declared);
            switch(shape.Kind)
            {
            case ShapeKind.Primitive:
                return ReadPrimitive(reader, declared);
            case ShapeKind.Nullable:
                return reader.ReadBoolean() ? ReadValue(declared.GetGenericArguments()[0]) : null;
            case ShapeKind.Skipped:
                return Activator.CreateInstance(declared);
            default:
                CheckDescription(shape);
                var result = shape.Create();
                ReadFields(result, shape);
                return result;
            }
        }

        private void ReadArray(Array target)
        {
            var element = target.GetType().GetElementType();
            if(element.IsPrimitive)
            {
                var bytes = reader.ReadBytes(Buffer.ByteLength(target));
                Buffer.BlockCopy(bytes, 0, target, 0, bytes.Length);
                return;
            }
            if(target.Rank == 1)
            {
                for(var i = 0; i < target.Length; i++)
                {
                    target.SetValue(ReadValue(element), i);
                }
                return;
            }
            var index = new int[target.Rank];
            for(var i = 0; i < target.Length; i++)
            {
                var rest = i;
                for(var dimension = target.Rank - 1; dimension >= 0; dimension--)
                {
                    index[dimension] = rest % target.GetLength(dimension);
                    rest /= target.GetLength(dimension);
                }
                target.SetValue(ReadValue(element), index);
            }
        }

        private void ReadCollection(object target, TypeShape shape)
        {
            var comparer = ReadReference();
            var count = reader.ReadInt32();
            var items = new object[count * shape.ItemTypes.Length];
            for(var i = 0; i < items.Length; i++)
            {
                items[i] = ReadValue(shape.ItemTypes[i % shape.ItemTypes.Length]);
            }
            var comparerType = typeof(IEqualityComparer<>).MakeGenericType(shape.ItemTypes[0]);
            shape.Type.GetConstructor(new[] { comparerType }).Invoke(target, new[] { comparer });
            fills.Add(() =>
            {
                if(shape.Kind == ShapeKind.Dictionary)
                {
                    for(var i = 0; i < items.Length; i += 2)
                    {
                        ((IDictionary)target).Add(items[i], items[i + 1]);
                    }
                    return;
                }
                var add = shape.Type.GetMethod("Add", shape.ItemTypes);
                foreach(var item in items)
                {
                    add.Invoke(target, new[] { item });
                }
            });
        }

        private object ReadDelegate(Type type)
        {
            Delegate result = null;
            var count = reader.ReadInt32();
            for(var i = 0; i < count; i++)
            {
                var target = ReadReference();
                var declaring = ReadType();
                var name = reader.ReadString();
                var generic = Enumerable.Range(0, reader.ReadInt32()).Select(_ => ReadType()).ToArray();
                var parameters = Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString()).ToArray();
                var method = declaring.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                    .FirstOrDefault(x => x.Name == name && (x.IsGenericMethodDefinition ? x.GetGenericArguments().Length : 0) == generic.Length
                        && x.GetParameters().Select(y => y.ParameterType.ToString()).SequenceEqual(parameters))
                    ?? throw new RecoverableException($"The snapshot was made by another version: {declaring.Name} has no method '{name}' as it was.");
                if(generic.Length > 0)
                {
                    method = method.MakeGenericMethod(generic);
                }
                result = Delegate.Combine(result, method.IsStatic && target == null ? Delegate.CreateDelegate(type, method) : Delegate.CreateDelegate(type, target, method));
            }
            return result;
        }

        private Type ReadType()
        {
            var id = reader.ReadInt32();
            if(id < types.Count)
            {
                return types[id];
            }
            var type = TypeNames.Find(reader.ReadString());
            types.Add(type);
            CheckDescription(TypeShape.Of(type));
            return type;
        }

        private void CheckDescription(TypeShape shape)
        {
            if(!described.Add(shape.Type))
            {
                return;
            }
            var names = Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString()).ToArray();
            if(!names.SequenceEqual(shape.Fields.Select(x => x.Name)))
            {
                throw new RecoverableException($"The snapshot was made by another version: {shape.Type.Name} differs.");
            }
        }

        internal PrimitiveReader Primitives => primitives;

        private readonly BinaryReader reader;
        private readonly PrimitiveReader primitives;
        private readonly List<object> objects = new List<object>();
        private readonly List<Type> types = new List<Type>();
        private readonly HashSet<Type> described = new HashSet<Type>();
        private readonly Queue<object> bodies = new Queue<object>();
        private readonly List<object> restored = new List<object>();
        private readonly List<Action> fills = new List<Action>();
    }
}
