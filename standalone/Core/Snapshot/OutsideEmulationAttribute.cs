// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>
    /// Checkpoints leave it alone: on a class, its objects; on a field, what the field holds. Unlike
    /// <see cref="Migrant.TransientAttribute"/>, which they heed as well, it says nothing about files.
    /// </summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Field)]
    public sealed class OutsideEmulationAttribute : Attribute
    {
    }
}
