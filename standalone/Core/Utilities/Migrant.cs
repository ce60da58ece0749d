// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Migrant
{
    /// <summary>The field is left out of snapshots and has its type's default value after one was loaded.</summary>
    [AttributeUsage(AttributeTargets.Field | AttributeTargets.Event | AttributeTargets.Class | AttributeTargets.Struct)]
    public class TransientAttribute : Attribute
    {
    }

    /// <summary>The field is left out of snapshots; after loading it is made anew with the given arguments.</summary>
    [AttributeUsage(AttributeTargets.Field)]
    public class ConstructorAttribute : TransientAttribute
    {
        public ConstructorAttribute(params object[] parameters)
        {
            Parameters = parameters;
        }

        public object[] Parameters { get; }
    }

    /// <summary>An object that writes and reads its own snapshot.</summary>
    public interface ISpeciallySerializable
    {
        void Load(PrimitiveReader reader);

        void Save(PrimitiveWriter writer);
    }
}

namespace Antmicro.Migrant.Hooks
{
    /// <summary>The method runs before its object goes into a snapshot.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class PreSerializationAttribute : Attribute
    {
    }

    /// <summary>The method runs after its object went into a snapshot.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class PostSerializationAttribute : Attribute
    {
    }

    /// <summary>The method runs when its object was restored.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class PostDeserializationAttribute : Attribute
    {
    }

    /// <summary>The method runs when the whole snapshot was restored.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class LatePostDeserializationAttribute : Attribute
    {
    }
}
