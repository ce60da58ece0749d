// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using Standalone.Host.Monitor;
using Standalone.Host.Testers;

namespace Standalone.Host.Robot
{
    internal enum HotSpotAction
    {
        None,
        Pause,
        Serialize,
    }

    internal enum ProviderType
    {
        Serialization,
        Reexecution,
    }

    /// <summary>
    /// The keywords of Renode that this project's suites use, with Renode's names and arguments. Times are in virtual seconds.
    /// </summary>
    internal sealed class Keywords : IDisposable
    {
        /// <param name="monitor">Runs commands.</param>
        /// <param name="clock">Virtual time.</param>
        /// <param name="table">Where these keywords are offered, to run them again for `Requires`.</param>
        public Keywords(Monitor.Monitor monitor, ITestClock clock, KeywordTable table)
        {
            this.monitor = monitor;
            this.clock = clock;
            this.table = table;
            uarts = new Testers<TerminalTester, IUART>("UART");
            leds = new Testers<LedTester, ILed>("LED");
            EmulationManager.Instance.EmulationChanged += OnEmulationChanged;
        }

        /// <summary>Removes temporary files.</summary>
        public void Dispose()
        {
            EmulationManager.Instance.EmulationChanged -= OnEmulationChanged;
            if(temporaryDirectory != null)
            {
                Directory.Delete(temporaryDirectory, true);
                temporaryDirectory = null;
            }
        }

        [Keyword("Removes all machines, variables and testers.")]
        public void ResetEmulation()
        {
            EmulationManager.Instance.Clear();
            table.Recorded.Clear();
            if(logTester != null)
            {
                Logger.RemoveBackend(logTester);
                logTester = null;
            }
        }

        [Keyword("Starts the emulation. Time runs while a keyword waits.", Replay.Always)]
        public void StartEmulation()
        {
            EmulationManager.Instance.CurrentEmulation.StartAll();
        }

        [Keyword("Runs a Monitor command and returns what it prints.")]
        public string ExecuteCommand(string command, string machine = null)
        {
            if(!string.IsNullOrWhiteSpace(machine))
            {
                monitor.Machine = FindMachine(machine);
            }
            var output = new CapturedOutput();
            if(!monitor.Parse(command, output))
            {
                throw new KeywordException($"Could not execute command '{command}': {output.Errors}");
            }
            return output.Errors.Length == 0 ? AsSent(output.Contents)
                : throw new KeywordException($"There was an error when executing command '{command}': {output.Errors}");
        }

        [Keyword("Runs a Monitor command given in parts.")]
        public string ExecuteCommand(string[] commandFragments, string machine = null)
        {
            return ExecuteCommand(string.Join(" ", commandFragments), machine);
        }

        [Keyword("Runs a Monitor script and returns what it prints.")]
        public string ExecuteScript(string path)
        {
            var output = new CapturedOutput();
            return monitor.TryExecuteScript(path, output) ? AsSent(output.Contents) : throw new KeywordException($"Could not execute script: {output.Errors}");
        }

        [Keyword("Only Renode offers Python.")]
        public object ExecutePython(string command, string machine = null)
        {
            throw new KeywordException(Monitor.Monitor.NotOffered("Execute Python").Message);
        }

        [Keyword("Ends the host.", Replay.Always)]
        public void StopRemoteServer()
        {
            StopRequested?.Invoke();
        }

        [Keyword("Pauses, or saves and loads, the emulation in the middle of a test.")]
        public void HandleHotSpot(HotSpotAction action)
        {
            if(action != HotSpotAction.Serialize)
            {
                return;
            }
            var isStarted = EmulationManager.Instance.CurrentEmulation.IsStarted;
            var machine = CurrentMachineName;
            var file = AllocateTemporaryFile();
            EmulationManager.Instance.Save(file);
            EmulationManager.Instance.Load(file);
            SelectMachine(machine);
            if(isStarted)
            {
                EmulationManager.Instance.CurrentEmulation.StartAll();
            }
        }

        [Keyword("Saves the emulation under a name for `Requires`.", Replay.Never)]
        public void Provides(string state, ProviderType type = ProviderType.Serialization)
        {
            string file = null;
            if(type == ProviderType.Serialization)
            {
                file = AllocateTemporaryFile();
                EmulationManager.Instance.Save(file);
            }
            states[state] = new State(file, CurrentMachineName, table.Recorded.ToList());
        }

        [Keyword("Brings the emulation into the state that `Provides` saved.", Replay.Never)]
        public void Requires(string state)
        {
            if(!states.TryGetValue(state, out var saved))
            {
                throw new KeywordException($"Required state {state} not found.");
            }
            ResetEmulation();
            if(saved.File != null)
            {
                EmulationManager.Instance.Load(saved.File);
                SelectMachine(saved.Machine);
            }
            foreach(var (name, arguments, replay) in saved.Keywords)
            {
                if(saved.File == null || replay == Replay.Always)
                {
                    table.Run(name, arguments);
                }
            }
        }

        [Keyword("Lets time run until the emulation pauses by itself.")]
        public void WaitForPause(float timeout)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            emulation.StartAll();
            clock.Run(Seconds(timeout));
            if(emulation.IsStarted)
            {
                throw new KeywordException($"Emulation did not pause in expected time of {timeout} seconds.");
            }
        }

        [Keyword("Returns the name of a new empty file that is removed at the end.", Replay.Always)]
        public string AllocateTemporaryFile()
        {
            temporaryDirectory ??= Directory.CreateTempSubdirectory("standalone-host-").FullName;
            var result = Path.Combine(temporaryDirectory, $"file{temporaryFileCount++}");
            File.Create(result).Dispose();
            return result;
        }

        [Keyword("Creates a log tester.", Replay.Always)]
        public void CreateLogTester(float timeout, bool? defaultPauseEmulation = null, uint maxLogEntries = 1_000_000)
        {
            logPauses = defaultPauseEmulation ?? false;
            logTester = new LogTester(clock, Seconds(timeout), maxLogEntries);
            Logger.AddBackend(logTester, "Log Tester", true);
        }

        [Keyword("Waits for a log entry and returns it.")]
        public string WaitForLogEntry(string pattern, float? timeout = null, bool keep = false, bool treatAsRegex = false, bool? pauseEmulation = null,
            LogLevel level = null, bool startEmulation = true)
        {
            var result = CurrentLogTester.WaitForEntry(pattern, out var isFailingString, Seconds(timeout), keep, treatAsRegex, pauseEmulation ?? logPauses, level);
            if(result == null)
            {
                var dropped = logTester.HasDroppedEntries
                    ? $"Warning: Buffered log messages exceeded configured max {logTester.MaxEntries}, some messages were dropped \n" : string.Empty;
                var messages = logTester.GetMessages(MaxMessagesShown).ToList();
                throw new KeywordException($"Expected pattern \"{pattern}\" did not appear in the log\n {dropped}Last {messages.Count} buffered log messages are: \n {string.Join("\n ", messages)}");
            }
            return isFailingString ? throw new InvalidOperationException($"Log tester failed!\n\nTest failing entry has been found in log:\n{result}") : result;
        }

        [Keyword("Waits and fails if a log entry comes.")]
        public void ShouldNotBeInLog(string pattern, float? timeout = null, bool treatAsRegex = false, bool? pauseEmulation = null, LogLevel level = null)
        {
            var result = CurrentLogTester.WaitForEntry(pattern, out _, Seconds(timeout), true, treatAsRegex, pauseEmulation ?? logPauses, level);
            if(logTester.HasDroppedEntries)
            {
                throw new KeywordException($"Number of buffered log messages exceeded configured max {logTester.MaxEntries} and some messages were dropped");
            }
            if(result != null)
            {
                throw new KeywordException($"Unexpected line detected in the log: {result}");
            }
        }

        [Keyword("Forgets the log entries collected so far.")]
        public void ClearLogTesterHistory()
        {
            CurrentLogTester.ClearHistory();
        }

        [Keyword("A log entry that contains this makes every wait for one fail.")]
        public void RegisterFailingLogString(string pattern, bool treatAsRegex = false)
        {
            CurrentLogTester.RegisterFailingString(pattern, treatAsRegex);
        }

        [Keyword("Takes back Register Failing Log String.")]
        public void UnregisterFailingLogString(string pattern, bool treatAsRegex = false)
        {
            CurrentLogTester.UnregisterFailingString(pattern, treatAsRegex);
        }

        [Keyword("Writes the log to a file.", Replay.Never)]
        public void LogToFile(string filePath, bool flushAfterEveryWrite = false)
        {
            Logger.AddBackend(new FileBackend(filePath, flushAfterEveryWrite), "file", true);
        }

        [Keyword("Keeps the log for Save Cached Log.")]
        public void EnableLoggingToCache()
        {
            if(cachedLog == null)
            {
                cachedLog = AllocateTemporaryFile();
                Logger.AddBackend(new FileBackend(cachedLog, false), CacheBackendName, true);
            }
        }

        [Keyword("Writes the log kept so far to a file.")]
        public void SaveCachedLog(string filePath)
        {
            if(cachedLog == null)
            {
                throw new KeywordException("Cannot save cached log, cached logging has not been enabled.");
            }
            Logger.GetBackends()[CacheBackendName].Flush();
            File.Copy(cachedLog, filePath, true);
        }

        [Keyword("Forgets the log kept so far.")]
        public void ClearCachedLog()
        {
            if(cachedLog == null)
            {
                return;
            }
            Logger.RemoveBackend(Logger.GetBackends()[CacheBackendName]);
            File.Delete(cachedLog);
            cachedLog = null;
            EnableLoggingToCache();
        }

        [Keyword("How long UART keywords wait if nothing else is said.", Replay.Always)]
        public void SetDefaultUartTimeout(float timeout)
        {
            uartTimeout = timeout;
        }

        [Keyword("Which tester is meant if nothing else is said; none for the only one.", Replay.Always)]
        public void SetDefaultTester(int? id)
        {
            uarts.SetDefault(id);
        }

        [Keyword("Creates a terminal tester for a UART and returns its number.", Replay.Always)]
        public int CreateTerminalTester(string uart, float? timeout = null, string machine = null, string endLineOption = null, bool? defaultPauseEmulation = null,
            bool? defaultWaitForEcho = null, bool? defaultMatchNextLine = null, bool binaryMode = false)
        {
            uartPauses = defaultPauseEmulation ?? false;
            uartWaitsForEcho = defaultWaitForEcho ?? true;
            uartMatchesNextLine = defaultMatchNextLine ?? false;
            return uarts.Create(uart, machine == null ? null : FindMachine(machine), x =>
                new TerminalTester(new UartPort(x), clock, Seconds(timeout ?? uartTimeout), Enum.TryParse<EndLineOption>(endLineOption, out var option) ? option : default, binaryMode));
        }

        [Keyword("Returns what the UART said and what was made of it.")]
        public string GetTerminalTesterReport(int? testerId = null)
        {
            return uarts.Get(testerId).GetReport();
        }

        [Keyword("Forgets what the UART said.")]
        public void ClearTerminalTesterReport(int? testerId = null)
        {
            uarts.Get(testerId).ClearReport();
        }

        [Keyword("A line that contains this makes every wait fail.")]
        public void RegisterFailingUartString(string pattern, bool treatAsRegex = false, int? testerId = null)
        {
            uarts.Get(testerId).RegisterFailingString(pattern, treatAsRegex);
        }

        [Keyword("Takes back Register Failing Uart String.")]
        public void UnregisterFailingUartString(string pattern, bool treatAsRegex = false, int? testerId = null)
        {
            uarts.Get(testerId).UnregisterFailingString(pattern, treatAsRegex);
        }

        [Keyword("Waits for text, in a line that need not have ended.")]
        public object WaitForPromptOnUart(string prompt, int? testerId = null, float? timeout = null, bool treatAsRegex = false, bool? pauseEmulation = null)
        {
            return WaitForLineOnUart(prompt, timeout, testerId, treatAsRegex, true, pauseEmulation);
        }

        [Keyword("Waits for a line that contains text and returns it (Line, Timestamp in ms, Groups).")]
        public object WaitForLineOnUart(string content, float? timeout = null, int? testerId = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool? pauseEmulation = null, bool? matchNextLine = null)
        {
            return Check(testerId, false, x =>
                x.WaitFor(content, Seconds(timeout), treatAsRegex, includeUnfinishedLine, pauseEmulation ?? uartPauses, matchNextLine ?? uartMatchesNextLine));
        }

        [Keyword("Waits for several lines that follow each other.")]
        public object WaitForLinesOnUart(string[] content, float? timeout = null, int? testerId = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool? pauseEmulation = null, bool? matchFromNextLine = null)
        {
            return Check(testerId, false, x =>
                x.WaitFor(content, Seconds(timeout), treatAsRegex, includeUnfinishedLine, pauseEmulation ?? uartPauses, matchFromNextLine ?? uartMatchesNextLine));
        }

        [Keyword("Waits for bytes, given as hex digits, with a tester in binary mode.")]
        public object WaitForBytesOnUart(string content, float? timeout = null, int? testerId = null, bool treatAsRegex = false, bool? pauseEmulation = null,
            bool? matchStart = false)
        {
            return Check(testerId, true, x => x.WaitFor(content, Seconds(timeout), treatAsRegex, true, pauseEmulation ?? uartPauses, matchStart ?? uartMatchesNextLine));
        }

        [Keyword("Waits and fails if a line that contains text comes.")]
        public void ShouldNotBeOnUart(string content, float? timeout = null, int? testerId = null, bool treatAsRegex = false, bool includeUnfinishedLine = false)
        {
            var result = uarts.Get(testerId).WaitFor(content, Seconds(timeout), treatAsRegex, includeUnfinishedLine);
            if(result != null)
            {
                throw new InvalidOperationException($"Terminal tester failed!\n\nUnexpected entry has been found on UART#:\n{result.Line}");
            }
        }

        [Keyword("Waits for a line, whatever it contains, and returns it.")]
        public object WaitForNextLineOnUart(float? timeout = null, int? testerId = null, bool? pauseEmulation = null)
        {
            return Check(testerId, false, x => x.NextLine(Seconds(timeout), pauseEmulation ?? uartPauses));
        }

        [Keyword("Sends a character by its number.")]
        public void SendKeyToUart(byte c, int? testerId = null)
        {
            uarts.Get(testerId).Write(((char)c).ToString());
        }

        [Keyword("Sends a character.")]
        public void WriteCharOnUart(char c, int? testerId = null)
        {
            uarts.Get(testerId).Write(c.ToString());
        }

        [Keyword("Sends text.")]
        public void WriteToUart(string content, int? testerId = null)
        {
            uarts.Get(testerId).Write(content);
        }

        [Keyword("Sends text and a carriage return, and waits for its echo.")]
        public void WriteLineToUart(string content = "", int? testerId = null, bool? waitForEcho = null, bool? pauseEmulation = null)
        {
            var tester = uarts.Get(testerId);
            tester.WriteLine(content);
            if((waitForEcho ?? uartWaitsForEcho) && tester.WaitFor(content, includeUnfinishedLine: true, pauseEmulation: pauseEmulation ?? uartPauses) == null)
            {
                Fail(tester);
            }
        }

        [Keyword("Fails if the UART says anything in that time.")]
        public void TestIfUartIsIdle(float timeout, int? testerId = null, bool? pauseEmulation = null)
        {
            var tester = uarts.Get(testerId);
            if(!tester.IsIdle(Seconds(timeout), pauseEmulation ?? uartPauses))
            {
                Fail(tester);
            }
        }

        [Keyword("How long LED keywords wait if nothing else is said.", Replay.Always)]
        public void SetDefaultLedTimeout(float timeout)
        {
            ledTimeout = timeout;
        }

        [Keyword("Creates a tester for an LED and returns its number.", Replay.Always)]
        public int CreateLedTester(string led, float? defaultTimeout = null, string machine = null)
        {
            return leds.Create(led, machine == null ? null : FindMachine(machine), x => new LedTester(x, clock, Seconds(defaultTimeout ?? ledTimeout)));
        }

        [Keyword("Waits for an LED to be on (True) or off (False).")]
        public void AssertLedState(bool state, float? timeout = null, int? testerId = null, bool pauseEmulation = false)
        {
            leds.Get(testerId).AssertState(state, Seconds(timeout), pauseEmulation);
        }

        [Keyword("Waits for an LED's state, which must then last.")]
        public void AssertAndHoldLedState(bool initialState, float timeoutAssert, float timeoutHold, int? testerId = null, bool pauseEmulation = false)
        {
            leds.Get(testerId).AssertAndHoldState(initialState, Seconds(timeoutAssert), Seconds(timeoutHold), pauseEmulation);
        }

        [Keyword("Fails if the program counter is another.")]
        public void PcShouldBeEqual(ulong value, string machine = null, string cpuName = null)
        {
            var actual = FindCpu(machine, cpuName).PC.RawValue;
            if(actual != value)
            {
                throw new KeywordException($"PC value assertion failed, actual: 0x{actual:x}, expected: 0x{value:x}");
            }
        }

        [Keyword("Fails if a register of the CPU has another value.")]
        public void RegisterShouldBeEqual(int register, ulong value, string machine = null, string cpuName = null, string message = null)
        {
            CheckRegister(register.ToString(), x => x.GetRegister(register).RawValue, value, machine, cpuName, message);
        }

        [Keyword("Fails if a register of the CPU, given by its name, has another value.")]
        public void RegisterShouldBeEqual(string register, ulong value, string machine = null, string cpuName = null, string message = null)
        {
            CheckRegister(register, x => x.GetRegister(register).RawValue, value, machine, cpuName, message);
        }

        /// <summary>A keyword asked to end the host.</summary>
        public event Action StopRequested;

        private void CheckRegister(string name, Func<ICPUWithRegisters, ulong> read, ulong value, string machine, string cpuName, string message)
        {
            var cpu = FindCpu(machine, cpuName) as ICPUWithRegisters ?? throw new KeywordException($"CPU `{cpuName}` does not allow access to registers");
            var actual = read(cpu);
            if(actual != value)
            {
                var prefix = message == null ? string.Empty : $"{message}: ";
                throw new KeywordException($"{prefix}Register {name} value assertion failed, actual: 0x{actual:x}, expected: 0x{value:x}");
            }
        }

        private object Check(int? testerId, bool isBinary, Func<TerminalTester, TerminalMatch> wait)
        {
            var tester = uarts.Get(testerId);
            if(tester.BinaryMode != isBinary)
            {
                throw new InvalidOperationException($"Attempt to wait for {(isBinary ? "bytes" : "text")} on a tester configured in {(isBinary ? "text" : "binary")} mode. "
                    + $"Please set binaryMode={isBinary} when creating the tester.");
            }
            var result = wait(tester);
            if(result == null)
            {
                Fail(tester);
            }
            if(result.IsFailingString)
            {
                throw new InvalidOperationException($"Terminal tester failed!\n\nTest failing entry has been found on UART:\n{result.Line}");
            }
            if(isBinary)
            {
                return new Dictionary<string, object>
                {
                    { "Content", Latin1(result.Line) }, { "Timestamp", result.Timestamp }, { "Groups", result.Groups.Select(Latin1).ToList() },
                };
            }
            return new Dictionary<string, object> { { "Line", result.Line }, { "Timestamp", result.Timestamp }, { "Groups", result.Groups } };
        }

        // Renode's XML turns each of the two characters that end a line into a line feed.
        private static string AsSent(string text)
        {
            return text.Replace('\r', '\n');
        }

        private static byte[] Latin1(string text)
        {
            return System.Text.Encoding.Latin1.GetBytes(text);
        }

        private static void Fail(TerminalTester tester)
        {
            throw new InvalidOperationException($"Terminal tester failed!\n\nFull report:\n{tester.GetReport()}");
        }

        private void SelectMachine(string name)
        {
            if(name != null && EmulationManager.Instance.CurrentEmulation.TryGetMachineByName(name, out var machine))
            {
                monitor.Machine = machine;
            }
        }

        private static IMachine FindMachine(string name)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            return emulation.TryGetMachineByName(name, out var result) ? result
                : throw new KeywordException($"Machine with name {name} not found. Available machines: [{string.Join(", ", emulation.Names)}]");
        }

        private static ICPU FindCpu(string machineName, string name)
        {
            var machine = machineName == null ? TheMachine : FindMachine(machineName);
            var cpus = machine.SystemBus.GetCPUs().ToList();
            if(name == null)
            {
                return cpus.Count == 1 ? cpus[0] : throw new KeywordException($"This machine has {cpus.Count} CPUs and no CPU name was specified");
            }
            return cpus.FirstOrDefault(x => machine.GetLocalName(x) == name)
                ?? throw new KeywordException($"This machine has no CPU named: {name}, available are: {string.Join(", ", cpus.Select(x => machine.GetLocalName(x)))}");
        }

        private static TimeInterval Seconds(float value)
        {
            // By way of microseconds, so that 0.1 is 0.1.
            return value >= 0 ? TimeInterval.FromMicroseconds((ulong)Math.Round(value * 1e6)) : throw new KeywordException($"{value} seconds is no time to wait");
        }

        private static TimeInterval? Seconds(float? value)
        {
            return value.HasValue ? Seconds(value.Value) : null;
        }

        private void OnEmulationChanged()
        {
            uarts.Clear();
            leds.Clear();
        }

        private static IMachine TheMachine
        {
            get
            {
                var machines = EmulationManager.Instance.CurrentEmulation.Machines.ToList();
                return machines.Count switch
                {
                    1 => machines[0],
                    0 => throw new KeywordException("There is no machine in the emulation."),
                    _ => throw new KeywordException("No machine name provided. Don't know which one to choose. "
                        + $"Available machines: [{string.Join(", ", EmulationManager.Instance.CurrentEmulation.Names)}]"),
                };
            }
        }

        private string CurrentMachineName => monitor.Machine == null ? null : EmulationManager.Instance.CurrentEmulation[monitor.Machine];

        private LogTester CurrentLogTester => logTester
            ?? throw new KeywordException("Log tester is not available. Create it with the `CreateLogTester` keyword");

        private LogTester logTester;
        private bool logPauses;
        private bool uartPauses;
        private bool uartMatchesNextLine;
        private bool uartWaitsForEcho = true;
        private float uartTimeout = 8;
        private float ledTimeout;
        private string cachedLog;
        private string temporaryDirectory;
        private int temporaryFileCount;

        private readonly Monitor.Monitor monitor;
        private readonly ITestClock clock;
        private readonly KeywordTable table;
        private readonly Testers<TerminalTester, IUART> uarts;
        private readonly Testers<LedTester, ILed> leds;
        private readonly Dictionary<string, State> states = new();

        private const string CacheBackendName = "cache";
        private const int MaxMessagesShown = 1000;

        private sealed record State(string File, string Machine, IReadOnlyList<(string, IReadOnlyList<object>, Replay)> Keywords);

        private sealed class UartPort : ITerminalPort
        {
            public UartPort(IUART uart)
            {
                this.uart = uart;
                uart.CharReceived += x => Received?.Invoke(x);
            }

            public void Send(byte value)
            {
                uart.WriteChar(value);
            }

            public event Action<byte> Received;

            private readonly IUART uart;
        }

        // Testers by number; a peripheral has one at most.
        private sealed class Testers<TTester, TPeripheral>
            where TTester : class
            where TPeripheral : class, IPeripheral
        {
            public Testers(string kind)
            {
                this.kind = kind;
            }

            public int Create(string name, IMachine machine, Func<TPeripheral, TTester> creator)
            {
                machine ??= TheMachine;
                if(!machine.TryGetByName(name, out IPeripheral found) || found is not TPeripheral peripheral)
                {
                    throw new KeywordException($"Peripheral for machine '{EmulationManager.Instance.CurrentEmulation[machine]}' not found or of wrong type: '{name}' is no {kind}. "
                        + $"Available peripherals: [{string.Join(", ", machine.GetAllNames())}]");
                }
                var index = peripherals.IndexOf(peripheral);
                if(index < 0)
                {
                    index = peripherals.Count;
                    testers.Add(creator(peripheral));
                    peripherals.Add(peripheral);
                }
                return index;
            }

            public TTester Get(int? id)
            {
                if(id == null)
                {
                    return defaultTester ?? (testers.Count == 1 ? testers[0] : throw new KeywordException(testers.Count == 0
                        ? "There are no testers available." : "There is more than one tester available - please specify ID of the desired tester."));
                }
                return id >= 0 && id < testers.Count ? testers[id.Value]
                    : throw new KeywordException($"Tester for given ID={id} was not found. Did you forget to create the tester?");
            }

            public void SetDefault(int? id)
            {
                defaultTester = id == null ? null : Get(id);
            }

            public void Clear()
            {
                testers.Clear();
                peripherals.Clear();
                defaultTester = null;
            }

            private TTester defaultTester;

            private readonly string kind;
            private readonly List<TTester> testers = new();
            private readonly List<TPeripheral> peripherals = new();
        }
    }
}
