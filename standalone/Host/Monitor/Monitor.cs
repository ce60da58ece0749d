// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;

using Standalone.Host.Platform;

namespace Standalone.Host.Monitor
{
    /// <summary>
    /// The part of Renode's Monitor that this project uses: variables, macros, scripts, commands, and access to every object
    /// of the emulation by its name.
    /// </summary>
    internal sealed class Monitor
    {
        /// <param name="types">The types that can be named; included .cs files are added to them.</param>
        /// <param name="compiler">Compiles included .cs files.</param>
        public Monitor(TypeDirectory types, PluginCompiler compiler)
        {
            Types = types;
            Compiler = compiler;
            converter = new ValueConverter(FindObject);
            Access = new ObjectAccess(converter, types, () => Machine);
            commands = new CommandTable(this);
            paths = new List<string> { startingDirectory };
            Current = this;
            JoinEmulation();
            EmulationManager.Instance.EmulationChanged += OnEmulationChanged;
            SetGlobalPath(CurrentDirectoryVariable, startingDirectory);
        }

        /// <summary>Runs one line: one or more commands between semicolons.</summary>
        /// <returns>False, with one line of error, if a command failed; those after it are not run.</returns>
        public bool Parse(string line, IOutput output)
        {
            try
            {
                Execute(line, output);
                return true;
            }
            catch(RecoverableException e)
            {
                output.WriteError(OneLine(e.Message));
                return false;
            }
        }

        /// <summary>Runs one line.</summary>
        /// <exception cref="RecoverableException">A command failed.</exception>
        public void Execute(string line, IOutput output)
        {
            if(string.IsNullOrWhiteSpace(line))
            {
                return;
            }
            var command = new List<Token>();
            foreach(var token in Tokenize(line))
            {
                if(token.Kind != TokenKind.Split)
                {
                    command.Add(token);
                    continue;
                }
                ExecuteTokens(command, output);
                command.Clear();
            }
            ExecuteTokens(command, output);
        }

        /// <summary>Runs the lines of a script, with $ORIGIN set to the script's folder.</summary>
        public void ExecuteScript(string path, IOutput output)
        {
            if(!TryResolvePath(path, out var file) || !File.Exists(file))
            {
                throw new RecoverableException($"Could not find file '{path}'");
            }
            var hadOrigin = variables.TryGetValue(GlobalPrefix + OriginVariable, out var oldOrigin);
            SetGlobalPath(OriginVariable, Path.GetDirectoryName(file));
            try
            {
                foreach(var (number, text) in JoinTextBlocks(File.ReadAllLines(file)))
                {
                    try
                    {
                        Execute(text, output);
                    }
                    catch(RecoverableException e) when(e is not ScriptException)
                    {
                        throw new ScriptException($"{file}:{number}: {e.Message}");
                    }
                }
            }
            finally
            {
                if(hadOrigin)
                {
                    variables[GlobalPrefix + OriginVariable] = oldOrigin;
                }
            }
        }

        /// <summary>Includes files as `include` does: .cs files together, or one .repl file or script.</summary>
        public void Include(IReadOnlyList<string> files, IOutput output)
        {
            var resolved = files.Select(x => TryResolvePath(x, out var file) && File.Exists(file) ? file
                : throw new RecoverableException($"File does not exist: {x}")).ToList();
            var extension = Path.GetExtension(resolved[0]);
            var other = resolved.FirstOrDefault(x => Path.GetExtension(x) != extension);
            if(other != null)
            {
                throw new RecoverableException($"All file extensions must match (saw {extension} and {Path.GetExtension(other)})!");
            }
            if(resolved.Count > 1 && extension != ".cs")
            {
                throw new RecoverableException("Inclusion of multiple files is currently only supported for *.cs!");
            }
            switch(extension)
            {
            case ".cs":
                foreach(var assembly in Compiler.Load(resolved))
                {
                    Types.Add(assembly);
                }
                break;
            case ".py":
                // Some are there for what only Renode can lack, and say so.
                if(!File.ReadLines(resolved[0]).FirstOrDefault(string.Empty).StartsWith(ForRenodeAlone, StringComparison.Ordinal))
                {
                    throw NotOffered("Python");
                }
                break;
            case ".repl":
                LoadPlatform(resolved[0]);
                break;
            default:
                ExecuteScript(resolved[0], output);
                break;
            }
        }

        /// <summary>Loads a .repl file into the current machine, creating one if there is none.</summary>
        public void LoadPlatform(string file)
        {
            if(Machine == null)
            {
                CreateMachine(null);
            }
            new PlatformLoader(Machine, this).LoadFile(file);
        }

        /// <summary>Creates a machine and makes it the current one.</summary>
        public void CreateMachine(string name)
        {
            var machine = new Machine();
            EmulationManager.Instance.CurrentEmulation.AddMachine(machine, name ?? string.Empty);
            Machine = machine;
        }

        /// <summary>Runs Monitor commands with another folder in front of the search path.</summary>
        public void InDirectory(string directory, Action action)
        {
            paths.Insert(0, directory);
            try
            {
                action();
            }
            finally
            {
                paths.RemoveAt(0);
            }
        }

        /// <summary>Finds a file or folder: as given, or below one of the search path's folders.</summary>
        public bool TryResolvePath(string name, out string path)
        {
            foreach(var directory in paths.Prepend(string.Empty))
            {
                var candidate = Path.GetFullPath(Path.Combine(directory, name), startingDirectory);
                if(File.Exists(candidate) || Directory.Exists(candidate))
                {
                    path = candidate;
                    return true;
                }
            }
            path = null;
            return false;
        }

        /// <summary>Sets a variable of the current machine, or a global one if its name says so or there is no machine.</summary>
        public void SetVariable(VariableKind kind, string name, Token value)
        {
            Collection(kind)[QualifyName(name)] = value;
        }

        /// <summary>Looks a variable up: as named, then for the current machine, then among the global ones.</summary>
        public bool TryGetVariable(VariableKind kind, string name, out Token value)
        {
            var collection = Collection(kind);
            return collection.TryGetValue(name, out value)
                || (Machine != null && collection.TryGetValue($"{MachinePrefix}{name}", out value))
                || collection.TryGetValue(GlobalPrefix + name, out value);
        }

        public IEnumerable<string> GetVariableNames(VariableKind kind)
        {
            return Collection(kind).Keys.OrderBy(x => x, StringComparer.Ordinal);
        }

        /// <summary>Sets the commands that run when a peripheral, or the machine, is reset.</summary>
        public void SetResetMacro(string peripheralName, IEnumerable<string> lines)
        {
            var text = string.Join("\n", lines);
            SetVariable(VariableKind.Macro, peripheralName == null ? "reset" : $"{MachinePrefix}{peripheralName}.reset", new Token(TokenKind.Text, text, text));
        }

        /// <summary>Runs several lines, the first failure ends it.</summary>
        public void ExecuteLines(string text, IOutput output)
        {
            foreach(var line in text.Split('\n'))
            {
                Execute(line.Trim('\r'), output);
            }
        }

        /// <summary>Finds what a name at the start of a command stands for: a fixed name, an external, a peripheral.</summary>
        public object FindObject(string name)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            switch(name)
            {
            case "emulation":
                return emulation;
            case "connector":
                return emulation.Connector;
            case "EmulationManager":
                return EmulationManager.Instance;
            case "machine" when Machine != null:
                return Machine;
            }
            if(emulation.ExternalsManager.TryGetByName(name, out IExternal external))
            {
                return external;
            }
            return TryFindPeripheral(name, out var peripheral, out _) ? peripheral : null;
        }

        /// <summary>Finds a peripheral of the current machine by its name, or by its name without a prefix in use.</summary>
        public bool TryFindPeripheral(string name, out IPeripheral peripheral, out string fullName)
        {
            peripheral = null;
            fullName = name;
            if(Machine == null)
            {
                return false;
            }
            foreach(var prefix in Usings.Prepend(string.Empty))
            {
                if(Machine.TryGetByName(prefix + name, out peripheral))
                {
                    fullName = prefix + name;
                    return true;
                }
            }
            return false;
        }

        /// <summary>Converts a word to a value of a type.</summary>
        public T Convert<T>(Token token)
        {
            if(token.Kind == TokenKind.Variable)
            {
                token = Expand(token);
            }
            return converter.TryConvert(token, typeof(T), out var result, out var problem) ? (T)result : throw new RecoverableException(problem);
        }

        /// <summary>The one line for what only Renode has.</summary>
        public static RecoverableException NotOffered(string what)
        {
            return new RecoverableException($"{what} is not offered by the standalone host: Renode has it");
        }

        /// <summary>Makes one line of a message.</summary>
        public static string OneLine(string message)
        {
            return string.Join(" ", message.Split(new[] { '\r', '\n' }, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        /// <summary>The Monitor that extension methods of the Monitor's objects use.</summary>
        public static Monitor Current { get; private set; }

        /// <summary>The machine that commands mean; null if none is selected.</summary>
        public IMachine Machine { get; set; }

        public TypeDirectory Types { get; }

        public PluginCompiler Compiler { get; }

        public ObjectAccess Access { get; }

        public NumbersMode NumbersMode { get; set; }

        /// <summary>Prefixes, each with its dot, that names may leave out.</summary>
        public List<string> Usings { get; } = new() { "sysbus." };

        /// <summary>Folders in which paths are looked for, the current one last.</summary>
        public IReadOnlyList<string> Paths => paths;

        /// <summary>Where the console asks for what to do on `start`, `pause` and `quit`.</summary>
        public IShell Shell { get; set; } = new StillShell();

        private void ExecuteTokens(IEnumerable<Token> words, IOutput output)
        {
            var tokens = words.Where(x => x.Kind != TokenKind.Comment).ToList();
            if(tokens.Count == 0)
            {
                return;
            }
            for(var i = 0; i < tokens.Count; i++)
            {
                if(tokens[i].Kind == TokenKind.Execution)
                {
                    var captured = new CapturedOutput();
                    Execute(tokens[i].Text, captured);
                    Execute(string.Join(" ", tokens.Select((x, j) => i == j ? captured.Contents.Trim() : x.Original)), output);
                    return;
                }
                if(tokens[i].Kind == TokenKind.Path && TryResolvePath(tokens[i].Text, out var path))
                {
                    tokens[i] = new Token(TokenKind.Path, tokens[i].Original, path);
                }
            }
            try
            {
                ExecuteCommand(tokens, output);
            }
            catch(RecoverableException e) when(e is not CommandException and not ScriptException)
            {
                var text = string.Join(" ", tokens.Select(x => x.Original));
                text = text.Length <= MaxCommandShown ? text : text[..MaxCommandShown] + "...";
                throw new CommandException(e is UnknownCommandException ? e.Message : $"There was an error executing command '{text}': {e.Message}");
            }
            catch(Exception e) when(e is not RecoverableException)
            {
                // A mistake in a model, or an argument that it doesn't check: nothing to end the host for.
                throw new CommandException($"There was an error executing command '{string.Join(" ", tokens.Select(x => x.Original))}': {e.GetType().Name}: {e.Message}");
            }
        }

        private void ExecuteCommand(List<Token> tokens, IOutput output)
        {
            if(tokens.Count == 3 && tokens[0].Kind == TokenKind.Variable && tokens[1].Kind is TokenKind.Assign or TokenKind.AssignIfUnset)
            {
                if(tokens[1].Kind == TokenKind.Assign || !TryGetVariable(VariableKind.Variable, tokens[0].Text, out _))
                {
                    var value = tokens[2].Kind == TokenKind.Variable ? Expand(tokens[2]) : tokens[2];
                    SetVariable(VariableKind.Variable, tokens[0].Text, value);
                }
                return;
            }
            if(tokens[0].Kind != TokenKind.Literal)
            {
                throw new UnknownCommandException($"No such command or device: {tokens[0].Original}");
            }
            var name = tokens[0].Text;
            var rest = tokens.Skip(1).ToList();
            if(commands.TryExecute(name, rest, output, byAlternativeName: false))
            {
                return;
            }
            if(FindObject(name) is object target)
            {
                ExecuteOnObject(TryFindPeripheral(name, out _, out var fullName) ? fullName : name, target, rest, output);
                return;
            }
            if(Access.Has(typeof(EmulationManager), name))
            {
                ExecuteOnObject("EmulationManager", EmulationManager.Instance, tokens, output);
                return;
            }
            if(commands.TryExecute(name, rest, output, byAlternativeName: true))
            {
                return;
            }
            if(TryGetVariable(VariableKind.Alias, name, out var alias))
            {
                ExecuteTokens(Tokenize(alias.Text).Concat(rest), output);
                return;
            }
            if(CommandTable.IsKnownToRenode(name))
            {
                throw new UnknownCommandException(NotOffered($"The command '{name}'").Message);
            }
            throw new UnknownCommandException($"No such command or device: {name}");
        }

        private void ExecuteOnObject(string name, object target, List<Token> rest, IOutput output)
        {
            if(rest.Count == 0)
            {
                output.Write(Access.Describe(name, target.GetType()));
                return;
            }
            var expanded = rest.Select(x => x.Kind == TokenKind.Variable ? Expand(x) : x).ToList();
            var result = Access.Execute(name, target, expanded);
            if(result != null)
            {
                output.Write(Printer.Print(result, NumbersMode));
            }
        }

        private Token Expand(Token variable)
        {
            return TryGetVariable(VariableKind.Variable, variable.Text, out var value) ? value
                : throw new RecoverableException($"No such variable: ${variable.Text}");
        }

        // A path may begin with a variable: $ORIGIN/board.repl
        private List<Token> Tokenize(string line)
        {
            while(true)
            {
                var result = Tokenizer.Tokenize(line, out var rest);
                if(rest == line.Length)
                {
                    return result;
                }
                if(result.Count > 0 && result[^1].Kind == TokenKind.Variable && !char.IsWhiteSpace(line[rest]))
                {
                    var variable = result[^1];
                    var start = rest - variable.Original.Length;
                    line = string.Concat(line.AsSpan(0, start), Expand(variable).Original, line.AsSpan(rest));
                    continue;
                }
                throw new RecoverableException($"Could not tokenize here: {line[rest..].Trim()}");
            }
        }

        private static IEnumerable<(int Line, string Text)> JoinTextBlocks(IReadOnlyList<string> lines)
        {
            var result = new List<(int Line, string Text)>();
            string block = null;
            var blockStart = 0;
            for(var i = 0; i < lines.Count; i++)
            {
                var marks = CountMarks(lines[i]);
                if(block != null)
                {
                    block += "\n" + lines[i];
                }
                else if(marks % 2 == 1)
                {
                    // The mark may stand on a line of its own: it belongs to the line before.
                    block = lines[i];
                    blockStart = i + 1;
                    if(lines[i].StartsWith(TextBlockMark, StringComparison.Ordinal) && result.Count > 0)
                    {
                        block = $"{result[^1].Text} {block}";
                        blockStart = result[^1].Line;
                        result.RemoveAt(result.Count - 1);
                    }
                    continue;
                }
                else
                {
                    result.Add((i + 1, lines[i]));
                    continue;
                }
                if(marks % 2 == 1)
                {
                    result.Add((blockStart, block));
                    block = null;
                }
            }
            if(block != null)
            {
                throw new RecoverableException($"line {blockStart}: the text block is not closed with {TextBlockMark}");
            }
            return result;
        }

        private static int CountMarks(string line)
        {
            var count = 0;
            for(var i = line.IndexOf(TextBlockMark, StringComparison.Ordinal); i >= 0; i = line.IndexOf(TextBlockMark, i + TextBlockMark.Length, StringComparison.Ordinal))
            {
                count++;
            }
            return count;
        }

        private void SetGlobalPath(string name, string path)
        {
            variables[GlobalPrefix + name] = new Token(TokenKind.Path, "@" + path.Replace(" ", "\\ "), path);
        }

        private string QualifyName(string name)
        {
            var dot = name.IndexOf('.');
            if(dot > 0)
            {
                var scope = name[..(dot + 1)];
                if(scope == GlobalPrefix || EmulationManager.Instance.CurrentEmulation.Names.Any(x => $"{x.Replace('-', '_')}." == scope))
                {
                    return name;
                }
            }
            return (Machine == null ? GlobalPrefix : MachinePrefix) + name;
        }

        private Dictionary<string, Token> Collection(VariableKind kind)
        {
            return kind switch
            {
                VariableKind.Macro => macros,
                VariableKind.Alias => aliases,
                _ => variables,
            };
        }

        private void OnEmulationChanged()
        {
            var hadOrigin = variables.TryGetValue(GlobalPrefix + OriginVariable, out var origin);
            variables.Clear();
            macros.Clear();
            aliases.Clear();
            SetGlobalPath(CurrentDirectoryVariable, startingDirectory);
            if(hadOrigin)
            {
                variables[GlobalPrefix + OriginVariable] = origin;
            }
            Machine = null;
            paths.Clear();
            paths.Add(startingDirectory);
            JoinEmulation();
        }

        private void JoinEmulation()
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            emulation.MachineAdded += JoinMachine;
            emulation.MachineRemoved += removed => Machine = Machine == removed ? null : Machine;
            foreach(var existing in emulation.Machines)
            {
                JoinMachine(existing);
            }
        }

        private void JoinMachine(IMachine joined)
        {
            joined.MachineReset += RunResetMacro;
            joined.PeripheralReset += RunResetMacro;
        }

        private void RunResetMacro(IMachine machine)
        {
            RunMacroOf(machine, "reset");
        }

        private void RunResetMacro(IMachine machine, IPeripheral peripheral)
        {
            if(machine.TryGetLocalName(peripheral, out var name))
            {
                RunMacroOf(machine, $"{name}.reset");
            }
        }

        private void RunMacroOf(IMachine machine, string name)
        {
            var selected = Machine;
            Machine = machine;
            try
            {
                if(TryGetVariable(VariableKind.Macro, name, out var macro))
                {
                    ExecuteLines(macro.Text, new ConsoleOutput());
                }
            }
            finally
            {
                Machine = selected;
            }
        }

        private string MachinePrefix => $"{EmulationManager.Instance.CurrentEmulation[Machine].Replace('-', '_')}.";

        private readonly ValueConverter converter;
        private readonly CommandTable commands;
        private readonly List<string> paths;
        private readonly string startingDirectory = Environment.CurrentDirectory;
        private readonly Dictionary<string, Token> variables = new();
        private readonly Dictionary<string, Token> macros = new();
        private readonly Dictionary<string, Token> aliases = new();

        private const int MaxCommandShown = 120;
        private const string GlobalPrefix = "global.";
        private const string OriginVariable = "ORIGIN";
        private const string CurrentDirectoryVariable = "CWD";
        private const string ForRenodeAlone = "# For Renode alone;";
        private const string TextBlockMark = "\"\"\"";

        // Says which command failed.
        private sealed class CommandException : RecoverableException
        {
            public CommandException(string message) : base(message)
            {
            }
        }

        // Says which line of which script failed.
        private sealed class ScriptException : RecoverableException
        {
            public ScriptException(string message) : base(message)
            {
            }
        }
    }

    internal sealed class UnknownCommandException : RecoverableException
    {
        public UnknownCommandException(string message) : base(message)
        {
        }
    }

    internal enum VariableKind
    {
        Variable,
        Macro,
        Alias,
    }

    /// <summary>What decides whether time runs by itself.</summary>
    internal interface IShell
    {
        /// <summary>The emulation was started: let time run, if this shell does.</summary>
        void Start();

        /// <summary>The emulation was paused.</summary>
        void Pause();

        /// <summary>The user wants to leave.</summary>
        void Quit();

        /// <summary>The user wants to see and type into a UART.</summary>
        void ShowAnalyzer(IPeripheral peripheral);
    }

    /// <summary>A shell in which time runs only while something waits for it.</summary>
    internal class StillShell : IShell
    {
        public virtual void Start()
        {
            EmulationManager.Instance.CurrentEmulation.StartAll();
        }

        public virtual void Pause()
        {
            EmulationManager.Instance.CurrentEmulation.PauseAll();
        }

        public virtual void Quit()
        {
            HasQuit = true;
        }

        public virtual void ShowAnalyzer(IPeripheral peripheral)
        {
            // As in Renode without a user interface: there is nothing to show it in.
        }

        public bool HasQuit { get; private set; }
    }
}
