// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Renode's random numbers: a generator for each thread, by its name, and the seed of those that are to come.</summary>
    internal sealed class RenodeRandomState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type == typeof(PseudorandomNumberGenerator) && generators != null;

        /// <summary>State of a <see cref="PseudorandomNumberGenerator"/>.</summary>
        public RenodeRandomState(object item)
        {
            random = (PseudorandomNumberGenerator)item;
        }

        /// <inheritdoc/>
        public override object TakeState(object previous) => new State { Seed = seed.GetValue(null), Generators = Parts.ToArray() };

        /// <inheritdoc/>
        public override void RestoreState(object state)
        {
            var taken = (State)state;
            seed.SetValue(null, taken.Seed);
            // As after a snapshot: each thread takes up the one with its name.
            forget.Invoke(random, null);
            var waiting = waitingGenerators.GetValue(random);
            foreach(var generator in taken.Generators)
            {
                addGenerator.Invoke(waiting, new[] { generator });
            }
        }

        /// <inheritdoc/>
        public override IEnumerable<object> Parts => ((IEnumerable)values.GetValue(generators.GetValue(random))).Cast<object>();

        private readonly PseudorandomNumberGenerator random;

        private static readonly FieldInfo generators = FieldOf("generator", BindingFlags.Instance);
        private static readonly FieldInfo waitingGenerators = FieldOf("serializedGenerators", BindingFlags.Instance);
        private static readonly PropertyInfo values = generators?.FieldType.GetProperty("Values");
        private static readonly MethodInfo addGenerator = waitingGenerators?.FieldType.GetMethod("Add");
        private static readonly FieldInfo seed = FieldOf("baseSeed", BindingFlags.Static);
        private static readonly MethodInfo forget = typeof(PseudorandomNumberGenerator).GetMethod("InitializeGenerator", BindingFlags.Instance | BindingFlags.NonPublic);

        private static FieldInfo FieldOf(string name, BindingFlags kind) => typeof(PseudorandomNumberGenerator).GetField(name, kind | BindingFlags.NonPublic);

        private sealed class State
        {
            public object Seed;
            public object[] Generators;
        }
    }
}
