// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>State of an object that is in none of its fields, or that a copy of them would not tell. Its fields are kept all the same, unless it says otherwise.</summary>
    internal abstract class NativeState
    {
        /// <returns>null: what the fields hold is all.</returns>
        public static NativeState Of(object item)
        {
            var type = item.GetType();
            lock(factories)
            {
                if(!factories.TryGetValue(type, out var factory))
                {
                    factory = HostNativeState.FactoryFor(type) ?? makers.FirstOrDefault(x => x.IsFor(type)).Make;
                    factories.Add(type, factory);
                }
                return factory?.Invoke(item);
            }
        }

        /// <summary>Are the fields of such objects to be left alone, as they tell of this process, and not of the emulation?</summary>
        public static bool IsOfProcess(Type type) => MappedMemoryState.IsFor(type) || type.FullName == RenodeCoreState.Mapping;

        /// <summary>Waits until nothing changes by itself any more; the emulation is paused.</summary>
        public virtual void Settle()
        {
        }

        /// <summary>Takes the state.</summary>
        /// <param name="previous">A state taken before, null if there is none: what is as it was may be shared with it.</param>
        /// <returns>A state that stays as it is. If it can be disposed of, it is when its checkpoint is.</returns>
        public abstract object TakeState(object previous);

        /// <summary>Goes back to it.</summary>
        public abstract void RestoreState(object state);

        /// <summary>Objects that belong to the state, but are not referred to by the object.</summary>
        public virtual IEnumerable<object> Parts => Enumerable.Empty<object>();

        /// <summary>Whether the state is restored before the fields of all objects, or after.</summary>
        public virtual bool IsRestoredFirst => false;

        private static readonly Dictionary<Type, Func<object, NativeState>> factories = new Dictionary<Type, Func<object, NativeState>>();

        private static readonly (Func<Type, bool> IsFor, Func<object, NativeState> Make)[] makers =
        {
            (MappedMemoryState.IsFor, x => new MappedMemoryState(x)),
            (RenodeCoreState.IsFor, x => new RenodeCoreState(x)),
            (RenodeRandomState.IsFor, x => new RenodeRandomState(x)),
            (RenodeBusState.IsFor, x => new RenodeBusState(x)),
            (RenodeTimeSourceState.IsFor, x => new RenodeTimeSourceState(x)),
        };
    }
}
