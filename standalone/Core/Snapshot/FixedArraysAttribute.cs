// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>
    /// On a class: an array of its objects is never written to once it is filled, but replaced. Checkpoints follow it, and hold no copy
    /// of it; nor do they of an object all of whose fields are read-only.
    /// </summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class FixedArraysAttribute : Attribute
    {
    }
}
