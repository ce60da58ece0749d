// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// The state of the current emulation, in memory, to go back to any number of times. Going back changes the very objects of
    /// the emulation, so that references to them and the processors' translations stay good; it takes about a millisecond.
    /// </summary>
    /// <remarks>
    /// Held is what the machines, the externals and all that they refer to contain, and time and randomness. Outside of it, and
    /// left as they are: fields marked Transient, subscribers to events that belong to the program around the emulation, hooks of
    /// the processors, log levels, host resources such as files and sockets. Lists of hooks in the emulation (watchpoints, hooks
    /// of the bus or of lines) are part of it. See the standalone host's <c>OutsideEmulation</c>.
    /// </remarks>
    internal sealed class Checkpoint : IDisposable
    {
        /// <summary>Keeps the state of the current emulation. Cheap if another checkpoint of it is there, with which it shares what is the same.</summary>
        /// <exception cref="RecoverableException">The emulation is being run.</exception>
        public static Checkpoint Take()
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            CheckIdle(emulation);
            using(emulation.ObtainPausedState())
            {
                var previous = latest.TryGetTarget(out var found) && found.emulation == emulation ? found : null;
                if(previous != null && previous.graph.Count > previous.completeCount + previous.completeCount / 4 + MinimumGrowth)
                {
                    // what nothing refers to any more is dropped by starting anew
                    previous = null;
                }
                var result = new Checkpoint(emulation, previous);
                latest.SetTarget(result);
                return result;
            }
        }

        /// <summary>Sets the emulation back to what it was. It must still be the current one, with the same machines.</summary>
        /// <exception cref="RecoverableException">It is another emulation, or it is being run, or the checkpoint was disposed of.</exception>
        public void Restore()
        {
            if(graph == null)
            {
                throw new RecoverableException("The checkpoint cannot be restored: it was disposed of.");
            }
            if(EmulationManager.Instance.CurrentEmulation != emulation || !emulation.Machines.SequenceEqual(machines))
            {
                throw new RecoverableException("The checkpoint cannot be restored: it was taken of another emulation, or of other machines.");
            }
            CheckIdle(emulation);
            using(emulation.ObtainPausedState())
            {
                Settle();
                RestoreNativeStates(first: true);
                for(var i = 0; i < copies.Length; i++)
                {
                    RestoreBatch(graph.Batches[i], copies[i]);
                }
                RestoreNativeStates(first: false);
                latest.SetTarget(this);
            }
        }

        /// <summary>Frees the memory; the emulation stays as it is.</summary>
        public void Dispose()
        {
            foreach(var state in states ?? Array.Empty<object>())
            {
                (state as IDisposable)?.Dispose();
            }
            graph = null;
            copies = null;
            states = null;
            emulation = null;
            machines = null;
        }

        /// <summary>Can this host's cores be kept in memory? Else snapshots in files are all there is.</summary>
        public static bool IsOffered => advancing != null || RenodeCoreState.IsOffered;

        /// <summary>How many objects it holds a copy of.</summary>
        public int ObjectCount => copies?.Sum(x => x.Length) ?? 0;

        private Checkpoint(Emulation emulation, Checkpoint previous)
        {
            this.emulation = emulation;
            machines = emulation.Machines.ToArray();
            graph = previous?.graph ?? new ObjectGraph();
            completeCount = previous?.completeCount ?? 0;
            if(previous == null)
            {
                graph.Add(emulation);
                graph.Complete();
                completeCount = graph.Count;
            }
            Settle();
            foreach(var part in graph.NativeStates.SelectMany(x => x.Parts).ToList())
            {
                graph.Add(part);
            }
            var changed = Compare(previous);
            graph.Complete();
            copies = new object[graph.Batches.Count][];
            for(var i = 0; i < copies.Length; i++)
            {
                copies[i] = i < changed.Length ? Extend(graph.Batches[i], changed[i]) : Extend(graph.Batches[i], Array.Empty<object>());
            }
            var earlier = previous?.states ?? Array.Empty<object>();
            states = graph.NativeStates.Select((x, i) => x.TakeState(i < earlier.Length ? earlier[i] : null)).ToArray();
        }

        private void Settle()
        {
            foreach(var state in graph.NativeStates)
            {
                state.Settle();
            }
        }

        private static void CheckIdle(Emulation emulation)
        {
            if((bool?)advancing?.GetValue(emulation) == true)
            {
                throw new RecoverableException("A checkpoint cannot be taken or restored while the emulation is being run: end that first.");
            }
        }

        /// <summary>Copies of the objects that are known so far, shared with the previous checkpoint where they are the same.</summary>
        private object[][] Compare(Checkpoint previous)
        {
            var count = graph.Batches.Count;
            var result = new object[count][];
            for(var i = 0; i < count; i++)
            {
                var batch = graph.Batches[i];
                var shared = previous != null && i < previous.copies.Length ? previous.copies[i] : Array.Empty<object>();
                var own = new object[batch.Count];
                Array.Copy(shared, own, shared.Length);
                for(var j = batch.Layout.FindDifferent(batch.Objects, shared, 0, shared.Length); j < shared.Length; j = batch.Layout.FindDifferent(batch.Objects, shared, j + 1, shared.Length))
                {
                    own[j] = batch.Layout.Clone(batch.Objects[j]);
                    batch.Layout.Visit(batch.Objects[j], graph);
                }
                for(var j = shared.Length; j < own.Length; j++)
                {
                    own[j] = batch.Layout.Clone(batch.Objects[j]);
                    if(previous != null)
                    {
                        batch.Layout.Visit(batch.Objects[j], graph);
                    }
                }
                result[i] = own;
            }
            return result;
        }

        private static object[] Extend(ObjectGraph.Batch batch, object[] known)
        {
            if(known.Length == batch.Count)
            {
                return known;
            }
            var result = new object[batch.Count];
            Array.Copy(known, result, known.Length);
            for(var i = known.Length; i < result.Length; i++)
            {
                result[i] = batch.Layout.Clone(batch.Objects[i]);
            }
            return result;
        }

        private static void RestoreBatch(ObjectGraph.Batch batch, object[] copies)
        {
            var layout = batch.Layout;
            var objects = batch.Objects;
            for(var i = layout.FindDifferent(objects, copies, 0, copies.Length); i < copies.Length; i = layout.FindDifferent(objects, copies, i + 1, copies.Length))
            {
                layout.CopyBack(objects[i], copies[i]);
            }
        }

        private void RestoreNativeStates(bool first)
        {
            for(var i = 0; i < states.Length; i++)
            {
                if(graph.NativeStates[i].IsRestoredFirst == first)
                {
                    graph.NativeStates[i].RestoreState(states[i]);
                }
            }
        }

        private Emulation emulation;
        private IMachine[] machines;
        private ObjectGraph graph;
        // by batch, in the order of its objects
        private object[][] copies;
        private object[] states;

        /// <summary>Size of the graph when nothing in it was superfluous.</summary>
        private readonly int completeCount;

        // the standalone host's
        private static readonly PropertyInfo advancing = typeof(Emulation).GetProperty("IsAdvancing", BindingFlags.Instance | BindingFlags.NonPublic);

        // what the next one is likely to be similar to; not kept alive by this
        private static readonly WeakReference<Checkpoint> latest = new WeakReference<Checkpoint>(null);

        private const int MinimumGrowth = 10000;
    }
}
