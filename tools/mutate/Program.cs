// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Mutate
{
    /// <summary>
    /// Mutation testing of the models: changes one operator, number, condition or statement at a time and asks whether a unit
    /// test fails. All mutants are compiled at once, and the tests run in a process that stays.
    /// </summary>
    public static class Program
    {
        public static int Main(string[] arguments)
        {
            if(arguments[0] == "--worker")
            {
                TestWorker.Run(arguments[1], new Regex(arguments[2]));
                return 0;
            }
            // ROOT BUILT JOBS BLOCK [--again]: where the sources are, the tests that were built, processes, a folder of peripherals/
            // or "all"; and whether mutants that were killed before are left out, which is right after tests were added.
            var (root, built, jobs, block) = (arguments[0], arguments[1], int.Parse(arguments[2]), arguments[3]);
            var again = arguments.Contains("--again");
            var mutants = new List<Mutant>();
            var folder = Path.Combine(root, "build", "mutate", block);
            var memory = Path.Combine(folder, "killed.txt");
            PrepareTests(built, folder);
            Compile(root, folder, x => block == "all" || x.Split('/')[1] == block, mutants);
            var known = again && File.Exists(memory) ? File.ReadAllLines(memory).ToHashSet() : new HashSet<string>();
            foreach(var (mutant, key) in mutants.Zip(KeysOf(mutants)).Where(x => x.First.Verdict == null && known.Contains(x.Second)))
            {
                mutant.Verdict = Killed;
            }
            File.WriteAllLines(memory, known);
            var keys = KeysOf(mutants).ToArray();
            Try(folder, jobs, root, block, mutants, number =>
            {
                var mutant = mutants[number];
                if(mutant.Verdict == Killed)
                {
                    File.AppendAllText(memory, keys[number] + "\n");
                    return;
                }
                Console.WriteLine($"{mutant.File}:{mutant.Line}: {mutant.Verdict}: {mutant.Change}");
            });
            Report(mutants);
            return 0;
        }

        // Lines may move, so a mutant is known by its change and how many such there were before in its block.
        private static IEnumerable<string> KeysOf(IEnumerable<Mutant> mutants)
        {
            var counts = new Dictionary<string, int>();
            foreach(var text in mutants.Select(x => $"{Path.GetDirectoryName(x.File)}: {x.Change}"))
            {
                counts[text] = counts.GetValueOrDefault(text) + 1;
                yield return $"{text} #{counts[text]}";
            }
        }

        private static void PrepareTests(string built, string folder)
        {
            Directory.CreateDirectory(folder);
            foreach(var file in Directory.GetFiles(built))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }
        }

        private static void Compile(string root, string folder, Func<string, bool> isMutated, List<Mutant> mutants)
        {
            var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")).Split(Path.PathSeparator).Where(x => Path.GetFileName(x).StartsWith("System.") || Path.GetFileName(x) is "mscorlib.dll" or "netstandard.dll" or "Microsoft.CSharp.dll");
            var host = Directory.GetFiles(folder, "Standalone.*.dll");
            var references = platform.Concat(host).Select(x => MetadataReference.CreateFromFile(x));
            var options = new CSharpParseOptions(LanguageVersion.CSharp12);
            var sources = Directory.GetFiles(Path.Combine(root, "peripherals"), "*.cs", SearchOption.AllDirectories).OrderBy(x => x, StringComparer.Ordinal)
                .Select(x => CSharpSyntaxTree.ParseText(File.ReadAllText(x), options, Path.GetRelativePath(root, x))).ToArray();
            var original = CSharpCompilation.Create("Peripherals", sources, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
            var dropped = new HashSet<int>();
            while(true)
            {
                mutants.Clear();
                var trees = sources.Select(x => !isMutated(x.FilePath) ? x
                    : CSharpSyntaxTree.ParseText(new Mutator(original.GetSemanticModel(x), x.FilePath, mutants, dropped).Visit(x.GetRoot()).ToFullString(), options, x.FilePath)).ToArray();
                var switches = CSharpSyntaxTree.ParseText(SwitchSource.Replace("COUNT", $"{mutants.Count + 1}"), options);
                var errors = original.RemoveAllSyntaxTrees().AddSyntaxTrees(trees).AddSyntaxTrees(switches).Emit(Path.Combine(folder, "Peripherals.dll"))
                    .Diagnostics.Where(x => x.Severity == DiagnosticSeverity.Error).ToArray();
                if(errors.Length == 0)
                {
                    break;
                }
                var guilty = errors.SelectMany(GuiltyOf).ToArray();
                if(guilty.Length == 0)
                {
                    throw new InvalidOperationException($"the models don't compile: {errors[0]}");
                }
                dropped.UnionWith(guilty);
            }
            foreach(var number in dropped)
            {
                mutants[number].Verdict = Uncompilable;
            }
        }

        // The innermost mutant about the error; where there is none, all of the member.
        private static IEnumerable<int> GuiltyOf(Diagnostic error)
        {
            var node = error.Location.SourceTree.GetRoot().FindNode(error.Location.SourceSpan);
            var own = node.AncestorsAndSelf().Select(x => x switch
            {
                ConditionalExpressionSyntax conditional => conditional.Condition.ToString(),
                IfStatementSyntax condition => condition.Condition.ToString(),
                _ => "",
            }).Select(x => SwitchCall.Match(x)).FirstOrDefault(x => x.Success && x.Index <= 1);
            return (own != null ? new[] { own } : SwitchCall.Matches(node.FirstAncestorOrSelf<MemberDeclarationSyntax>().ToString()).ToArray())
                .Select(x => int.Parse(x.Groups[1].Value));
        }

        private static void Try(string folder, int jobs, string root, string block, List<Mutant> mutants, Action<int> tell)
        {
            var clock = Stopwatch.StartNew();
            var pattern = TestsFor(root, block);
            using var first = new Worker(folder, pattern);
            var tests = first.Ask("cover", TimeSpan.FromMinutes(30)).Split('\t').Select(x => x.Split(';')).ToArray();
            var failed = tests.Where(x => x[2] == "-1").ToArray();
            if(failed.Length > 0)
            {
                throw new InvalidOperationException($"{failed.Length} tests fail without a mutant, the first is {failed[0][1]}");
            }
            var covering = new Dictionary<int, List<(int Test, int Rank)>>();
            foreach(var test in tests.Where(x => x[3] != ""))
            {
                foreach(var mutant in test[3].Split(' ').Select(int.Parse))
                {
                    covering.TryAdd(mutant, new List<(int, int)>());
                    covering[mutant].Add((int.Parse(test[0]), int.Parse(test[2])));
                }
            }
            // Other blocks' tests that reach the same mutants of a file mostly do the same there: they only build a chip.
            var pathsOf = mutants.Select(x => x.File).Distinct().ToDictionary(x => x, x => tests.ToDictionary(y => int.Parse(y[0]),
                y => string.Join(" ", y[3].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(z => mutants[int.Parse(z)].File == x))));
            var ofBlock = mutants.Select(x => x.File.Split('/')[1]).Distinct().ToDictionary(x => x, x => OwnTests(root, x, tests));
            Console.WriteLine($"{mutants.Count(x => x.Verdict == null)} mutants, {tests.Length} tests ({ofBlock.Sum(x => x.Value.Count)} of the block), which took {clock.Elapsed.TotalSeconds:F0} s without a mutant");
            var restarts = 0;
            var lastKill = new ConcurrentDictionary<int, int>();
            var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, mutants.Count).Where(x => mutants[x].Verdict == null));
            var threads = Enumerable.Range(0, jobs).Select(x => new Thread(() =>
            {
                using var worker = new Worker(folder, pattern);
                while(waiting.TryDequeue(out var number))
                {
                    var mutant = mutants[number];
                    mutant.Verdict = Uncovered;
                    if(covering.TryGetValue(number, out var all))
                    {
                        var (own, paths) = (ofBlock[mutant.File.Split('/')[1]], pathsOf[mutant.File]);
                        var others = all.Where(y => !own.Contains(y.Test)).OrderBy(y => y.Rank).GroupBy(y => paths[y.Test]).SelectMany(y => y.Take(MostAlike)).OrderBy(y => y.Rank);
                        // What killed a neighbour comes first.
                        var chosen = all.Where(y => own.Contains(y.Test)).OrderBy(y => y.Rank).Concat(others).Select(y => y.Test).OrderByDescending(y => lastKill.GetValueOrDefault(y));
                        var limit = TimeSpan.FromMilliseconds(10000 + (3 * all.Sum(y => y.Rank)));
                        var question = $"kill {number} {string.Join(" ", chosen)}";
                        var answer = worker.Ask(question, limit);
                        if(answer == TestWorker.Restart)
                        {
                            restarts++;
                            worker.Restart();
                            answer = worker.Ask(question, limit);
                        }
                        mutant.Verdict = answer == "" ? Survived : Killed;
                        if(int.TryParse(answer, out var killer))
                        {
                            lastKill[killer] = number;
                        }
                    }
                    lock(waiting)
                    {
                        tell(number);
                    }
                }
            })).ToList();
            threads.ForEach(x => x.Start());
            threads.ForEach(x => x.Join());
            Console.WriteLine($"took {clock.Elapsed.TotalSeconds:F0} s, with {restarts} restarts of a process that could run no more tests");
        }

        // A block has to be tested by its own tests, those that are common to all, and the facts of its registers.
        private static string TestsFor(string root, string block)
        {
            var classes = Directory.GetFiles(Path.Combine(root, "unit-tests"), "*.cs", SearchOption.AllDirectories)
                .Where(x => block == "all" || Path.GetFileName(Path.GetDirectoryName(x)) == block || Path.GetFileName(Path.GetDirectoryName(x)) == "common")
                .Select(Path.GetFileNameWithoutExtension);
            var registers = RegisterBlocks.TryGetValue(block, out var names) ? names : block == "all" ? ".*" : "(?!)";
            return $@"^(?!{LeftOut})UnitTests\.(({string.Join("|", classes)})\.|Fidelity\..*\b({registers})\b)";
        }

        private static HashSet<int> OwnTests(string root, string block, string[][] tests)
        {
            var classes = new[] { block, "common" }.Select(x => Path.Combine(root, "unit-tests", x)).Where(Directory.Exists)
                .SelectMany(x => Directory.GetFiles(x, "*.cs")).Select(Path.GetFileNameWithoutExtension).ToArray();
            return tests.Where(x => classes.Any(y => x[1].StartsWith($"UnitTests.{y}."))).Select(x => int.Parse(x[0])).ToHashSet();
        }

        private static void Report(List<Mutant> mutants)
        {
            foreach(var group in mutants.GroupBy(x => x.File).Concat(mutants.GroupBy(x => x.File.Split('/')[1])))
            {
                var (killed, survived, uncovered) = (group.Count(x => x.Verdict == Killed), group.Count(x => x.Verdict == Survived), group.Count(x => x.Verdict == Uncovered));
                Console.WriteLine($"{group.Key,-50} {killed,5} killed {survived,4} survived {uncovered,4} not reached  {100.0 * killed / Math.Max(1, killed + survived + uncovered),5:F1} %");
            }
        }

        private const string Killed = "killed";
        private const string Survived = "survived";
        private const string Uncovered = "not reached by a test";
        private const string Uncompilable = "does not compile";

        private const string SwitchSource = @"namespace Mutation
{
    public static class Switch
    {
        public static bool Is(int mutant)
        {
            Seen[mutant] = true;
            if(--CallsLeft < 0)
            {
                throw new System.TimeoutException(""a mutant made a loop endless"");
            }
            return mutant == Active;
        }

        public static int Active = -1;
        public static long CallsLeft = long.MaxValue;
        public static readonly bool[] Seen = new bool[COUNT];
    }
}";

        private static readonly Regex SwitchCall = new Regex(@"Mutation\.Switch\.Is\((\d+)\)");

        private const int MostAlike = 4;

        // They take long, or test something else.
        private const string LeftOut = @"UnitTests\.(Contract\.|Fuzz|ResetOracle|Campaign|Platform)";

        private static readonly Dictionary<string, string> RegisterBlocks = new Dictionary<string, string>
        {
            { "clocks", "RCC" }, { "memory", "FLASH" }, { "power", "PWR" }, { "rtc", "RTC" }, { "sd", "SDIO" }, { "watchdogs", "IWDG|WWDG" },
        };

        /// <summary>A process that runs tests; a new one if a mutant kills it or takes too much of its processor time.</summary>
        private sealed class Worker : IDisposable
        {
            public Worker(string folder, string tests)
            {
                this.folder = folder;
                this.tests = tests;
                Start();
            }

            public string Ask(string question, TimeSpan limit)
            {
                process.StandardInput.WriteLine(question);
                var answer = process.StandardOutput.ReadLineAsync();
                try
                {
                    var start = process.TotalProcessorTime;
                    while(!answer.Wait(500))
                    {
                        process.Refresh();
                        if(process.TotalProcessorTime - start > limit)
                        {
                            process.Kill();
                        }
                    }
                }
                catch(InvalidOperationException)
                {
                    // It is gone; then there is no answer either.
                }
                if(answer.Result == null)
                {
                    Restart();
                    return "no answer";
                }
                return answer.Result;
            }

            public void Restart()
            {
                Dispose();
                Start();
            }

            public void Dispose()
            {
                if(!process.HasExited)
                {
                    process.Kill();
                }
                process.Dispose();
            }

            private void Start()
            {
                process = Process.Start(new ProcessStartInfo(Environment.ProcessPath, new[] { Environment.GetCommandLineArgs()[0], "--worker", folder, tests })
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                });
            }

            private Process process;
            private readonly string folder;
            private readonly string tests;
        }
    }
}
