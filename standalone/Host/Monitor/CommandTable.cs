// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;

namespace Standalone.Host.Monitor
{
    /// <summary>The Monitor's commands, apart from the names of objects.</summary>
    internal sealed class CommandTable
    {
        public CommandTable(Monitor monitor)
        {
            this.monitor = monitor;
            Add("alias", "ALIAS \"command\"", "sets ALIAS.", (x, o) => SetVariable(VariableKind.Alias, x));
            Add("currentTime", "", "prints out and logs the current emulation virtual time.", (x, o) => PrintTime(o));
            Add("echo", "\"text\"", "prints its arguments.", (x, o) => o.WriteLine(JoinText(x)));
            Add("execute", "VARIABLE", "executes the commands in a variable.", (x, o) => RunVariable(VariableKind.Variable, x, o));
            Add("help", "[COMMAND]", "prints this help message or info about specified command.", Help, "?", "h");
            Add("include", "@file ...", "loads a Monitor script, a platform file or plugin classes.", Include, "i");
            Add("log", "\"message\" [LEVEL]", "logs messages.", (x, o) => Log(x));
            Add("logFile", "@file", "sets the output file for logger.", (x, o) => LogFile(x), "logF");
            Add("logLevel", "[LEVEL] [OBJECT]", "sets logging level for backends.", SetLogLevel);
            Add("mach", "create [\"name\"] | add \"name\" | rem \"name\" | set \"name\"|number | clear", "lists and manipulates machines.", Mach);
            Add("macro", "MACRO \"commands\"", "sets MACRO.", (x, o) => SetVariable(VariableKind.Macro, x));
            Add("numbersMode", "Hexadecimal|Decimal|Both", "sets the way numbers are displayed.", SetNumbersMode);
            Add("path", "", "prints the folders in which files are looked for.", (x, o) => o.WriteLine(string.Join(";", monitor.Paths)));
            Add("pause", "", "pauses the emulation.", (x, o) => Pause(o), "p");
            Add("peripherals", "", "prints list of registered and named peripherals.", (x, o) => PrintPeripherals(o), "peri");
            Add("quit", "", "quits the emulator.", (x, o) => monitor.Shell.Quit(), "q");
            Add("require", "$VARIABLE", "verifies the existence of a variable.", (x, o) => Require(x));
            Add("runMacro", "$MACRO", "executes the commands in a macro.", (x, o) => RunVariable(VariableKind.Macro, x, o));
            Add("set", "VARIABLE \"value\"", "sets VARIABLE.", (x, o) => SetVariable(VariableKind.Variable, x));
            Add("showAnalyzer", "UART", "shows a UART in the console.", (x, o) => ShowAnalyzer(x), "sa");
            Add("start", "[@file]", "starts the emulation.", Start, "s");
            Add("string", "words", "treats given arguments as a single string.", (x, o) => o.WriteLine($"\"{JoinText(x)}\""), "str");
            Add("using", "[PREFIX]|-", "exposes a prefix to avoid typing full object names.", Using);
            Add("version", "", "shows version information.", (x, o) => o.WriteLine(EmulationManager.Instance.VersionString));
        }

        /// <summary>Runs a command.</summary>
        /// <returns>False if there is no command of that name.</returns>
        public bool TryExecute(string name, IReadOnlyList<Token> arguments, IOutput output, bool byAlternativeName)
        {
            var command = commands.FirstOrDefault(x => byAlternativeName ? x.AlternativeNames.Contains(name) : x.Name == name);
            if(command == null)
            {
                return false;
            }
            command.Action(takesVariables.Contains(command.Name) ? arguments : ExpandAll(arguments), output);
            return true;
        }

        /// <summary>Whether Renode's Monitor has a command that isn't offered here.</summary>
        public static bool IsKnownToRenode(string name)
        {
            return renodeOnly.Contains(name);
        }

        private void Add(string name, string usage, string description, Action<IReadOnlyList<Token>, IOutput> action, params string[] alternativeNames)
        {
            commands.Add(new Command(name, usage, description, action, alternativeNames));
        }

        private void Help(IReadOnlyList<Token> arguments, IOutput output)
        {
            if(arguments.Count == 0)
            {
                output.WriteLine("Available commands:");
                output.WriteLine($"{"Name",-18}| Description");
                output.WriteLine(new string('=', 80));
                foreach(var command in commands.OrderBy(x => x.Name, StringComparer.Ordinal))
                {
                    output.WriteLine($"{command.Name,-18}: {command.Description}");
                }
                output.WriteLine();
                output.WriteLine("You can also provide a device name to access its methods.");
                return;
            }
            var name = arguments[0].Text;
            var found = commands.FirstOrDefault(x => x.Name == name || x.AlternativeNames.Contains(name));
            if(found != null)
            {
                output.WriteLine($"{found.Name}: {found.Description}");
                if(found.AlternativeNames.Length > 0)
                {
                    output.WriteLine($"short: {string.Join(", ", found.AlternativeNames)}");
                }
                output.WriteLine($"Usage: {found.Name} {found.Usage}");
                return;
            }
            if(name != null && monitor.FindObject(name) is object target)
            {
                output.Write(monitor.Access.Describe(name, target.GetType()));
                return;
            }
            throw new RecoverableException($"No such command: {arguments[0].Original}.");
        }

        private void Include(IReadOnlyList<Token> arguments, IOutput output)
        {
            var files = arguments.Select(x => x.IsText ? x.Text : throw BadUsage("include")).ToList();
            if(files.Count == 0)
            {
                throw BadUsage("include");
            }
            monitor.Include(files, output);
        }

        private void Start(IReadOnlyList<Token> arguments, IOutput output)
        {
            if(arguments.Count > 0)
            {
                Include(arguments, output);
            }
            if(EmulationManager.Instance.CurrentEmulation.IsStarted)
            {
                output.WriteLine("Emulation is already started. Ignoring command");
                return;
            }
            output.WriteLine("Starting emulation...");
            monitor.Shell.Start();
        }

        private void Pause(IOutput output)
        {
            output.WriteLine("Pausing emulation...");
            monitor.Shell.Pause();
        }

        private void Mach(IReadOnlyList<Token> arguments, IOutput output)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            if(arguments.Count == 0)
            {
                output.WriteLine(monitor.Machine == null ? "No machine selected." : $"Current machine: {emulation[monitor.Machine]}");
                var names = emulation.Machines.Select(x => emulation[x]).ToList();
                for(var i = 0; i < names.Count; i++)
                {
                    output.WriteLine($"\t{i}: {names[i]}");
                }
                return;
            }
            var name = arguments.Count > 1 ? arguments[1] : null;
            switch(arguments[0].Text)
            {
            case "create" when name == null || name.IsText:
                monitor.CreateMachine(name?.Text);
                return;
            case "clear" when name == null:
                monitor.Machine = null;
                return;
            case "add" when name?.IsText == true:
                var machine = new Machine();
                emulation.AddMachine(machine, name.Text);
                monitor.Machine ??= machine;
                return;
            case "rem" when name?.IsText == true:
                emulation.RemoveMachine(FindMachine(name.Text));
                return;
            case "set" when name?.IsText == true:
                monitor.Machine = FindMachine(name.Text);
                return;
            case "set" when name?.Kind == TokenKind.Integer:
                monitor.Machine = emulation.Machines.ElementAtOrDefault(monitor.Convert<int>(name))
                    ?? throw new RecoverableException("Wrong machine number. Type mach to show a list of available machines.");
                return;
            }
            throw BadUsage("mach");
        }

        private static IMachine FindMachine(string name)
        {
            return EmulationManager.Instance.CurrentEmulation.TryGetMachineByName(name, out var machine) ? machine
                : throw new RecoverableException($"Machine {name} not found.");
        }

        private void Using(IReadOnlyList<Token> arguments, IOutput output)
        {
            if(arguments.Count == 0)
            {
                output.WriteLine("Current 'using':");
                output.WriteLine(string.Join(Printer.EndOfLine, monitor.Usings.Select(x => $"\t{x.TrimEnd('.')}").DefaultIfEmpty("\t[none]")));
                return;
            }
            var prefix = arguments[0].Text ?? throw BadUsage("using");
            if(prefix == "-")
            {
                monitor.Usings.Clear();
                return;
            }
            prefix = prefix.EndsWith('.') ? prefix : prefix + ".";
            if(!monitor.Usings.Contains(prefix))
            {
                monitor.Usings.Add(prefix);
            }
        }

        private void SetVariable(VariableKind kind, IReadOnlyList<Token> arguments)
        {
            if(arguments.Count != 2 || arguments[0].Kind is not (TokenKind.Literal or TokenKind.Variable))
            {
                throw BadUsage(kind == VariableKind.Variable ? "set" : kind.ToString().ToLowerInvariant());
            }
            if(arguments[1].Kind == TokenKind.TextBlockMark)
            {
                throw new RecoverableException("the text block is not closed with \"\"\"");
            }
            monitor.SetVariable(kind, arguments[0].Text, ExpandAll(arguments.Skip(1))[0]);
        }

        private void RunVariable(VariableKind kind, IReadOnlyList<Token> arguments, IOutput output)
        {
            if(arguments.Count == 0)
            {
                output.WriteLine(string.Join(Printer.EndOfLine, monitor.GetVariableNames(kind).Select(x => $"\t{x}")));
                return;
            }
            if(arguments[0].Text == null || !monitor.TryGetVariable(kind, arguments[0].Text, out var text))
            {
                throw new RecoverableException($"No such {(kind == VariableKind.Macro ? "macro" : "variable")}: {arguments[0].Original}");
            }
            monitor.ExecuteLines(text.Text ?? text.Original, output);
        }

        private void Require(IReadOnlyList<Token> arguments)
        {
            // A variable that isn't set was told of when it was replaced by its value.
            if(arguments.Count == 0)
            {
                throw BadUsage("require");
            }
        }

        private void SetNumbersMode(IReadOnlyList<Token> arguments, IOutput output)
        {
            if(arguments.Count == 0)
            {
                output.WriteLine($"Current mode: {monitor.NumbersMode}");
                return;
            }
            monitor.NumbersMode = monitor.Convert<NumbersMode>(arguments[0]);
        }

        private void ShowAnalyzer(IReadOnlyList<Token> arguments)
        {
            var name = arguments.LastOrDefault(x => x.Kind == TokenKind.Literal) ?? throw BadUsage("showAnalyzer");
            if(!monitor.TryFindPeripheral(name.Text, out var peripheral, out _))
            {
                throw new RecoverableException($"Peripheral not found: {name.Text}");
            }
            monitor.Shell.ShowAnalyzer(peripheral);
        }

        private void PrintPeripherals(IOutput output)
        {
            if(monitor.Machine == null)
            {
                throw new RecoverableException("Select active machine first.");
            }
            output.WriteLine("Available peripherals:");
            output.WriteLine();
            var rows = monitor.Machine.GetRegisteredPeripherals().Where(x => !string.IsNullOrEmpty(x.Name)).ToList();
            var children = rows.ToLookup(x => x.Parent);
            PrintChildren(output, children, null, "  ", new HashSet<IPeripheral>());
        }

        private static void PrintChildren(IOutput output, ILookup<IPeripheral, PeripheralTreeEntry> children, IPeripheral parent, string indent,
            HashSet<IPeripheral> shown)
        {
            foreach(var group in children[parent].GroupBy(x => x.Peripheral))
            {
                if(!shown.Add(group.Key))
                {
                    continue;
                }
                output.WriteLine($"{indent}{group.First().Name} ({group.Key.GetType().Name})");
                foreach(var entry in group)
                {
                    var point = entry.RegistrationPoint?.PrettyString;
                    if(!string.IsNullOrEmpty(point))
                    {
                        output.WriteLine($"{indent}│ {point}");
                    }
                }
                PrintChildren(output, children, group.Key, indent + "  ", shown);
            }
        }

        private void PrintTime(IOutput output)
        {
            var time = EmulationManager.Instance.CurrentEmulation.MasterTimeSource.ElapsedVirtualTime;
            output.WriteLine($"Current virtual time: {time}");
        }

        private void Log(IReadOnlyList<Token> arguments)
        {
            if(arguments.Count == 0 || !arguments[0].IsText)
            {
                throw BadUsage("log");
            }
            Logger.Log(arguments.Count > 1 ? GetLevel(arguments[1]) : LogLevel.Info, "Script: {0}", arguments[0].Text);
        }

        private void LogFile(IReadOnlyList<Token> arguments)
        {
            var path = arguments.FirstOrDefault();
            if(path?.IsText != true)
            {
                throw BadUsage("logFile");
            }
            if(Logger.GetBackends().TryGetValue(FileBackendName, out var previous))
            {
                Logger.RemoveBackend(previous);
            }
            Logger.AddBackend(new FileBackend(path.Text, arguments.Count > 1), FileBackendName, true);
        }

        private void SetLogLevel(IReadOnlyList<Token> arguments, IOutput output)
        {
            var backends = Logger.GetBackends().Where(x => x.Value.IsControllable).ToList();
            if(arguments.Count == 0)
            {
                output.WriteLine("Currently set levels:");
                foreach(var backend in backends)
                {
                    output.WriteLine($"{backend.Key,-18}: {backend.Value.GetLogLevel()}");
                }
                return;
            }
            var level = GetLevel(arguments[0]);
            var names = arguments.Skip(1).Where(x => x.Text != null).Select(x => x.Text).ToList();
            var ids = new List<int> { -1 };
            foreach(var name in names)
            {
                if(backends.Any(x => x.Key == name))
                {
                    backends.RemoveAll(x => x.Key != name);
                    continue;
                }
                var element = monitor.FindObject(name) ?? throw new RecoverableException($"Could not find emulation element or backend named: {name}");
                var elements = element is IMachine machine
                    ? machine.GetRegisteredPeripherals().Select(x => (object)x.Peripheral).Distinct()
                    : new[] { element };
                ids = elements.Select(x => EmulationManager.Instance.CurrentEmulation.CurrentLogger.GetOrCreateSourceId(x)).ToList();
            }
            foreach(var backend in backends)
            {
                ids.ForEach(x => backend.Value.SetLogLevel(level, x));
            }
        }

        private LogLevel GetLevel(Token token)
        {
            if(token.Kind == TokenKind.Integer)
            {
                var number = monitor.Convert<int>(token);
                return number is >= -1 and <= 3 ? (LogLevel)number : throw new RecoverableException($"{number} is no log level: it is -1 (Noisy) to 3 (Error)");
            }
            return logLevels.TryGetValue(token.Text ?? string.Empty, out var level) ? level
                : throw new RecoverableException($"'{token.Original}' is no log level: it is one of {string.Join(", ", logLevels.Keys)}");
        }

        private List<Token> ExpandAll(IEnumerable<Token> tokens)
        {
            return tokens.Select(x =>
            {
                if(x.Kind != TokenKind.Variable)
                {
                    return x;
                }
                return monitor.TryGetVariable(VariableKind.Variable, x.Text, out var value) ? value
                    : throw new RecoverableException($"No such variable: ${x.Text}");
            }).ToList();
        }

        private string JoinText(IEnumerable<Token> tokens)
        {
            return string.Join(" ", tokens.Select(x => Convert.ToString(x.Value, CultureInfo.InvariantCulture)));
        }

        private RecoverableException BadUsage(string name)
        {
            return new RecoverableException($"Usage: {name} {commands.First(x => x.Name == name).Usage}");
        }

        private readonly Monitor monitor;
        private readonly List<Command> commands = new();

        private const string FileBackendName = "file";

        // Commands for which a variable is a name, not a value.
        private static readonly HashSet<string> takesVariables = new() { "alias", "execute", "macro", "runMacro", "set" };

        private static readonly Dictionary<string, LogLevel> logLevels = new()
        {
            { "Noisy", LogLevel.Noisy },
            { "Debug", LogLevel.Debug },
            { "Info", LogLevel.Info },
            { "Warning", LogLevel.Warning },
            { "Error", LogLevel.Error },
        };

        private static readonly HashSet<string> renodeOnly = new()
        {
            "allowPrivates", "analyzers", "autoSave", "createPlatform", "displayImage", "history", "lastLog", "logNetwork", "python", "py",
            "plugins", "resd", "reverseExecMode", "setAndRevertAfter", "sockets", "tags", "verboseMode", "watch", "sleep", "mono",
        };

        private sealed record Command(string Name, string Usage, string Description, Action<IReadOnlyList<Token>, IOutput> Action,
            string[] AlternativeNames);
    }
}
