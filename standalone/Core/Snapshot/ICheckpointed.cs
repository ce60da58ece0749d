// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>An object with state that is in none of its fields. Its fields are kept all the same.</summary>
    internal interface ICheckpointed
    {
        /// <param name="previous">A state taken before, null if there is none: what is as it was may be shared with it.</param>
        /// <returns>A state that stays as it is. If it can be disposed of, it is when its checkpoint is.</returns>
        object TakeState(object previous);

        void RestoreState(object state);

        /// <summary>Whether the state is restored before the fields of all objects, or after.</summary>
        bool IsRestoredFirst { get; }
    }
}
