// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>
    /// Runs random operations, repeatable by their seed. A sequence that fails is shortened as far as it still fails, and told.
    /// </summary>
    public static class RandomSequence
    {
        /// <param name="seed">Decides the sequence.</param>
        /// <param name="length">Operations.</param>
        /// <param name="next">Makes an operation; its ToString has to tell it.</param>
        /// <param name="run">Runs operations from a fresh start; throws <see cref="BrokenRuleException"/> or whatever the models throw.</param>
        public static void Check<T>(int seed, int length, Func<Random, T> next, Action<IReadOnlyList<T>> run)
        {
            var random = new Random(seed);
            var operations = Enumerable.Range(0, length).Select(_ => next(random)).ToList();
            var failure = FailureOf(operations, run);
            if(failure == null)
            {
                return;
            }
            operations = Shorten(operations.Take(failure.Value.Count).ToList(), run, ref failure);
            Assert.Fail($"seed {seed}: {failure.Value.Message}\nafter these operations, all others left out:\n  {string.Join("\n  ", operations)}");
        }

        /// <summary>To be called by the runner before each operation, so that a failure can be placed.</summary>
        public static void Begin(int index)
        {
            current = index;
        }

        private static (int Count, string Message)? FailureOf<T>(IReadOnlyList<T> operations, Action<IReadOnlyList<T>> run)
        {
            try
            {
                run(operations);
                return null;
            }
            catch(BrokenRuleException e)
            {
                return (current + 1, e.Message);
            }
            catch(Exception e) when(!(e is ResultStateException))
            {
                return (current + 1, e.ToString());
            }
        }

        private static List<T> Shorten<T>(List<T> operations, Action<IReadOnlyList<T>> run, ref (int Count, string Message)? failure)
        {
            var runs = 0;
            for(var size = operations.Count / 2; size > 0; size /= 2)
            {
                for(var start = operations.Count - size - 1; start >= 0 && runs < MostRuns; start -= size)
                {
                    var shorter = operations.Take(start).Concat(operations.Skip(start + size)).ToList();
                    var shorterFailure = FailureOf(shorter, run);
                    runs++;
                    if(shorterFailure != null)
                    {
                        operations = shorter.Take(shorterFailure.Value.Count).ToList();
                        failure = shorterFailure;
                        start = Math.Min(start, operations.Count);
                    }
                }
            }
            return operations;
        }

        [ThreadStatic]
        private static int current;

        private const int MostRuns = 500;
    }

    /// <summary>A rule that a random sequence has broken.</summary>
    public class BrokenRuleException : Exception
    {
        public BrokenRuleException(string message) : base(message)
        {
        }
    }
}
