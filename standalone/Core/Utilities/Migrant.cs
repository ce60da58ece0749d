// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Migrant
{
    /// <summary>Checkpoints leave it alone. In Renode the field is left out of snapshots and has its type's default value after one was loaded.</summary>
    [AttributeUsage(AttributeTargets.Field | AttributeTargets.Event | AttributeTargets.Class | AttributeTargets.Struct)]
    public class TransientAttribute : Attribute
    {
    }

    /// <summary>Checkpoints leave it alone. In Renode the field is left out of snapshots; after loading it is made anew with the given arguments.</summary>
    [AttributeUsage(AttributeTargets.Field)]
    public class ConstructorAttribute : TransientAttribute
    {
        public ConstructorAttribute(params object[] parameters)
        {
            Parameters = parameters;
        }

        public object[] Parameters { get; }
    }
}

namespace Antmicro.Migrant.Hooks
{
    /// <summary>Renode runs the method when it has loaded the object from a snapshot; checkpoints don't, as their objects stay.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class PostDeserializationAttribute : Attribute
    {
    }
}
