// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Mutate
{
    /// <summary>
    /// Runs unit tests against the mutated models in a process of its own. A line in is a question, a line out the answer:
    /// <c>cover</c> gives each test's number, name, time and mutants, <c>kill MUTANT TEST...</c> the number of a test that fails, or nothing.
    /// </summary>
    public sealed class TestWorker : ITestListener
    {
        public static void Run(string folder, Regex chosen)
        {
            var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
            Console.SetOut(TextWriter.Null);
            Console.SetError(TextWriter.Null);
            var worker = new TestWorker(folder, chosen);
            for(var question = Console.ReadLine(); question != null; question = Console.ReadLine())
            {
                var words = question.Split(' ');
                answers.WriteLine(words[0] == "cover" ? worker.Cover() : worker.Kill(int.Parse(words[1]), words.Skip(2).Select(int.Parse).ToArray()));
            }
        }

        public void TestStarted(ITest test)
        {
            callsLeft.SetValue(null, MostCalls);
            Array.Clear(seen, 0, seen.Length);
        }

        public void TestFinished(ITestResult result)
        {
            if(result.Test.IsSuite)
            {
                return;
            }
            finished?.Invoke(result);
        }

        public void TestOutput(TestOutput output)
        {
        }

        public void SendMessage(TestMessage message)
        {
        }

        private TestWorker(string folder, Regex chosen)
        {
            var mutation = Assembly.LoadFrom(Path.Combine(folder, "Peripherals.dll")).GetType("Mutation.Switch");
            active = mutation.GetField("Active");
            callsLeft = mutation.GetField("CallsLeft");
            seen = (bool[])mutation.GetField("Seen").GetValue(null);
            runner = new NUnitTestAssemblyRunner(new DefaultTestAssemblyBuilder());
            runner.Load(Assembly.LoadFrom(Path.Combine(folder, "UnitTests.dll")), new Dictionary<string, object> { { "NumberOfTestWorkers", 0 }, { "SynchronousEvents", true } });
            tests = CasesOf(runner.LoadedTest).Where(x => chosen.IsMatch(x.FullName)).ToArray();
            numbersOf = tests.Select((test, index) => (test, index)).ToDictionary(x => x.test, x => x.index);
        }

        private static IEnumerable<ITest> CasesOf(ITest test)
        {
            return test.IsSuite ? test.Tests.SelectMany(CasesOf) : new[] { test };
        }

        private string Cover()
        {
            var lines = new List<string>();
            finished = result =>
            {
                var passed = result.ResultState.Status != TestStatus.Failed;
                var covered = Enumerable.Range(0, seen.Length).Where(x => seen[x]);
                lines.Add($"{numbersOf[result.Test]};{result.Test.FullName.Replace(';', ',').Replace('\t', ' ')};{(passed ? (int)(result.Duration * 1000) : -1)};{string.Join(" ", covered)}");
            };
            runner.Run(this, new Selection(tests));
            return string.Join("\t", lines);
        }

        private string Kill(int mutant, int[] numbers)
        {
            var (killer, ran) = ("", 0);
            finished = result =>
            {
                ran++;
                if(killer == "" && result.ResultState.Status == TestStatus.Failed)
                {
                    killer = $"{numbersOf[result.Test]}";
                    runner.StopRun(false);
                }
            };
            active.SetValue(null, mutant);
            // The likely killers alone first: a run stops only between fixtures and cases, and has a price of its own.
            for(int start = 0, count = 4; start < numbers.Length && killer == ""; start += count, count *= 8)
            {
                runner.Run(this, new Selection(numbers.Skip(start).Take(count).Select(x => tests[x])));
            }
            active.SetValue(null, -1);
            // A mutant can leave something behind that keeps later tests from running.
            return killer == "" && ran != numbers.Length ? Restart : killer;
        }

        /// <summary>Answer of a worker that can't run its tests any more.</summary>
        public const string Restart = "restart";

        private Action<ITestResult> finished;

        private readonly NUnitTestAssemblyRunner runner;
        private readonly ITest[] tests;
        private readonly Dictionary<ITest, int> numbersOf;
        private readonly FieldInfo active;
        private readonly FieldInfo callsLeft;
        private readonly bool[] seen;

        private const long MostCalls = 100000000;

        /// <summary>Some tests, and the suites that they are in.</summary>
        private sealed class Selection : ITestFilter
        {
            public Selection(IEnumerable<ITest> tests)
            {
                selected = new HashSet<ITest>(tests);
                foreach(var test in selected.ToArray())
                {
                    for(var parent = test.Parent; parent != null && selected.Add(parent); parent = parent.Parent)
                    {
                    }
                }
            }

            public bool Pass(ITest test) => selected.Contains(test);

            public bool Pass(ITest test, bool negated) => selected.Contains(test) != negated;

            public bool IsExplicitMatch(ITest test) => selected.Contains(test);

            public TNode ToXml(bool recursive) => new TNode("selection");

            public TNode AddToXml(TNode parentNode, bool recursive) => parentNode.AddElement("selection");

            private readonly HashSet<ITest> selected;
        }
    }
}
