// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The objects that can be reached from an emulation, by type. It only grows, and checkpoints share it.</summary>
    internal sealed class ObjectGraph
    {
        /// <summary>Takes up an object, unless it is known or to be left alone. <see cref="Complete"/> does so for all that it refers to.</summary>
        public void Add(object item)
        {
            if(item == null || item is string || !known.Add(item))
            {
                return;
            }
            if(item is Delegate several)
            {
                AddTargets(several);
                return;
            }
            if(NativeState.Of(item) is NativeState native)
            {
                NativeStates.Add(native);
            }
            var layout = ObjectLayout.Of(item.GetType());
            if(layout == null || (item is Array array && array.Length == 0))
            {
                return;
            }
            if(layout.HasReferences)
            {
                unvisited.Push((layout, item));
            }
            if(layout.HasState)
            {
                BatchOf(layout).Add(item);
            }
        }

        public void Complete()
        {
            while(unvisited.TryPop(out var next))
            {
                next.Layout.Visit(next.Item, this);
            }
        }

        public List<Batch> Batches { get; } = new List<Batch>();

        public List<NativeState> NativeStates { get; } = new List<NativeState>();

        public int Count => known.Count;

        private void AddTargets(Delegate several)
        {
            foreach(var part in several.GetInvocationList())
            {
                Add(part.Target);
            }
        }

        private Batch BatchOf(ObjectLayout layout)
        {
            if(!batches.TryGetValue(layout, out var result))
            {
                result = new Batch(layout);
                batches.Add(layout, result);
                Batches.Add(result);
            }
            return result;
        }

        private readonly HashSet<object> known = new HashSet<object>(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<ObjectLayout, Batch> batches = new Dictionary<ObjectLayout, Batch>();
        private readonly Stack<(ObjectLayout Layout, object Item)> unvisited = new Stack<(ObjectLayout Layout, object Item)>();

        /// <summary>All objects of one type.</summary>
        internal sealed class Batch
        {
            public Batch(ObjectLayout layout)
            {
                Layout = layout;
            }

            public void Add(object item)
            {
                if(Count == Objects.Length)
                {
                    Array.Resize(ref objects, Math.Max(4, 2 * Count));
                }
                objects[Count++] = item;
            }

            public ObjectLayout Layout { get; }

            public object[] Objects => objects;

            public int Count { get; private set; }

            private object[] objects = Array.Empty<object>();
        }
    }
}
