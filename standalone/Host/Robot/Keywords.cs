// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using Standalone.Host.Monitor;
using Standalone.Host.Testers;

namespace Standalone.Host.Robot
{
    /// <summary>
    /// The keywords of Renode that this project's suites use, with Renode's names and arguments. Times are in virtual seconds.
    /// </summary>
    internal sealed class Keywords : IDisposable
    {
        /// <param name="monitor">Runs commands.</param>
        /// <param name="clock">Virtual time.</param>
        public Keywords(Monitor.Monitor monitor, ITestClock clock)
        {
            this.monitor = monitor;
            this.clock = clock;
            uarts = new Testers<TerminalTester, IUART>("UART");
            leds = new Testers<LedTester, ILed>("LED");
            EmulationManager.Instance.EmulationChanged += OnEmulationChanged;
        }

        public void Dispose()
        {
            EmulationManager.Instance.EmulationChanged -= OnEmulationChanged;
        }

        [Keyword("Removes all machines, variables and testers.")]
        public void ResetEmulation()
        {
            EmulationManager.Instance.Clear();
            if(logTester != null)
            {
                Logger.RemoveBackend(logTester);
                logTester = null;
            }
        }

        [Keyword("Starts the emulation. Time runs while a keyword waits.")]
        public void StartEmulation()
        {
            EmulationManager.Instance.CurrentEmulation.StartAll();
        }

        [Keyword("Runs a Monitor command and returns what it prints.")]
        public string ExecuteCommand(string command)
        {
            var output = new CapturedOutput();
            if(!monitor.Parse(command, output))
            {
                throw new KeywordException($"Could not execute command '{command}': {output.Errors}");
            }
            return output.Errors.Length == 0 ? AsSent(output.Contents)
                : throw new KeywordException($"There was an error when executing command '{command}': {output.Errors}");
        }

        [Keyword("Creates a log tester.")]
        public void CreateLogTester(float timeout, bool? defaultPauseEmulation = null)
        {
            logPauses = defaultPauseEmulation ?? false;
            logTester = new LogTester(clock, Seconds(timeout));
            Logger.AddBackend(logTester, "Log Tester", true);
        }

        [Keyword("Waits for a log entry and returns it.")]
        public string WaitForLogEntry(string pattern, float? timeout = null, bool keep = false, bool treatAsRegex = false, bool? pauseEmulation = null)
        {
            var result = CurrentLogTester.WaitForEntry(pattern, Seconds(timeout), keep, treatAsRegex, pauseEmulation ?? logPauses);
            if(result == null)
            {
                var messages = logTester.GetMessages(MaxMessagesShown).ToList();
                throw new KeywordException($"Expected pattern \"{pattern}\" did not appear in the log\n Last {messages.Count} buffered log messages are: \n {string.Join("\n ", messages)}");
            }
            return result;
        }

        [Keyword("Waits and fails if a log entry comes.")]
        public void ShouldNotBeInLog(string pattern, float? timeout = null, bool treatAsRegex = false, bool? pauseEmulation = null)
        {
            var result = CurrentLogTester.WaitForEntry(pattern, Seconds(timeout), true, treatAsRegex, pauseEmulation ?? logPauses);
            if(result != null)
            {
                throw new KeywordException($"Unexpected line detected in the log: {result}");
            }
        }

        [Keyword("How long UART keywords wait if nothing else is said.")]
        public void SetDefaultUartTimeout(float timeout)
        {
            uartTimeout = timeout;
        }

        [Keyword("Creates a terminal tester for a UART and returns its number.")]
        public int CreateTerminalTester(string uart, float? timeout = null, bool? defaultPauseEmulation = null, bool? defaultWaitForEcho = null)
        {
            uartPauses = defaultPauseEmulation ?? false;
            uartWaitsForEcho = defaultWaitForEcho ?? true;
            return uarts.Create(uart, x => new TerminalTester(new UartPort(x), clock, Seconds(timeout ?? uartTimeout)));
        }

        [Keyword("Waits for text, in a line that need not have ended.")]
        public object WaitForPromptOnUart(string prompt, int? testerId = null, float? timeout = null, bool treatAsRegex = false, bool? pauseEmulation = null)
        {
            return WaitForLineOnUart(prompt, timeout, testerId, treatAsRegex, true, pauseEmulation);
        }

        [Keyword("Waits for a line that contains text and returns it (Line, Timestamp in ms, Groups).")]
        public object WaitForLineOnUart(string content, float? timeout = null, int? testerId = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool? pauseEmulation = null)
        {
            var tester = uarts.Get(testerId);
            var result = tester.WaitFor(content, Seconds(timeout), treatAsRegex, includeUnfinishedLine, pauseEmulation ?? uartPauses) ?? throw Failure(tester);
            return new Dictionary<string, object> { { "Line", result.Line }, { "Timestamp", result.Timestamp }, { "Groups", result.Groups } };
        }

        [Keyword("Sends a character by its number.")]
        public void SendKeyToUart(byte c, int? testerId = null)
        {
            uarts.Get(testerId).Write(((char)c).ToString());
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
                throw Failure(tester);
            }
        }

        [Keyword("Creates a tester for an LED and returns its number.")]
        public int CreateLedTester(string led, float defaultTimeout = 0)
        {
            return leds.Create(led, x => new LedTester(x, clock, Seconds(defaultTimeout)));
        }

        [Keyword("Waits for an LED to be on (True) or off (False).")]
        public void AssertLedState(bool state, float? timeout = null, int? testerId = null, bool pauseEmulation = false)
        {
            leds.Get(testerId).AssertState(state, Seconds(timeout), pauseEmulation);
        }

        // Renode's XML turns each of the two characters that end a line into a line feed.
        private static string AsSent(string text)
        {
            return text.Replace('\r', '\n');
        }

        private static InvalidOperationException Failure(TerminalTester tester)
        {
            return new InvalidOperationException($"Terminal tester failed!\n\nFull report:\n{tester.GetReport()}");
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

        private LogTester CurrentLogTester => logTester
            ?? throw new KeywordException("Log tester is not available. Create it with the `CreateLogTester` keyword");

        private LogTester logTester;
        private bool logPauses;
        private bool uartPauses;
        private bool uartWaitsForEcho = true;
        private float uartTimeout = 8;

        private readonly Monitor.Monitor monitor;
        private readonly ITestClock clock;
        private readonly Testers<TerminalTester, IUART> uarts;
        private readonly Testers<LedTester, ILed> leds;

        private const int MaxMessagesShown = 1000;

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

            public int Create(string name, Func<TPeripheral, TTester> creator)
            {
                var machine = TheMachine;
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
                    return testers.Count == 1 ? testers[0] : throw new KeywordException(testers.Count == 0
                        ? "There are no testers available." : "There is more than one tester available - please specify ID of the desired tester.");
                }
                return id >= 0 && id < testers.Count ? testers[id.Value]
                    : throw new KeywordException($"Tester for given ID={id} was not found. Did you forget to create the tester?");
            }

            public void Clear()
            {
                testers.Clear();
                peripherals.Clear();
            }

            private readonly string kind;
            private readonly List<TTester> testers = new();
            private readonly List<TPeripheral> peripherals = new();
        }
    }
}
