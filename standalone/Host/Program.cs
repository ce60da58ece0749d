// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.UART;

using Standalone.Host.Monitor;
using Standalone.Host.Robot;

namespace Standalone.Host
{
    internal static class Program
    {
        public static int Main(string[] arguments)
        {
            try
            {
                var options = Options.Parse(arguments);
                if(options.ShowHelp)
                {
                    Console.Out.WriteLine(Options.Help);
                    return 0;
                }
                if(options.ShowVersion)
                {
                    Console.Out.WriteLine($"standalone-host {Assembly.GetExecutingAssembly().GetName().Version}");
                    return 0;
                }
                return Run(options);
            }
            catch(UsageException e)
            {
                Console.Error.WriteLine($"standalone-host: {e.Message}");
                return 2;
            }
            catch(Exception e) when(e is RecoverableException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"standalone-host: {Monitor.Monitor.OneLine(e.Message)}");
                return 1;
            }
        }

        /// <summary>A Monitor with all that the host offers.</summary>
        internal static Monitor.Monitor CreateMonitor()
        {
            var assemblies = new[] { typeof(Machine).Assembly, typeof(CombinedInput).Assembly };
            var types = new TypeDirectory();
            foreach(var assembly in assemblies.Append(Assembly.GetExecutingAssembly()))
            {
                types.Add(assembly);
            }
            return new Monitor.Monitor(types, new PluginCompiler(Path.Combine(AppContext.BaseDirectory, "plugin-cache"), assemblies));
        }

        private static int Run(Options options)
        {
            var log = new ConsoleBackend { UseColors = !options.Plain && !Console.IsErrorRedirected };
            if(!options.HideLog)
            {
                Logger.AddBackend(log, "console", true);
            }
            // Only in the console does time run while nobody waits for it.
            Emulation.IsTimeDriven = options.RobotPort != null;
            var monitor = CreateMonitor();
            var output = new ConsoleOutput();
            var shell = new ConsoleShell(options.HideAnalyzers);
            monitor.Shell = shell;
            RunStartup(options, monitor, output);
            if(options.RobotPort != null)
            {
                return Serve(options.RobotPort.Value, monitor);
            }
            if(shell.HasQuit || (options.Commands.Count > 0 && !options.Console && Console.IsInputRedirected))
            {
                return 0;
            }
            return ReadCommands(monitor, output, shell);
        }

        private static void RunStartup(Options options, Monitor.Monitor monitor, IOutput output)
        {
            if(options.File != null)
            {
                monitor.Include(new[] { options.File }, output);
            }
            foreach(var command in options.Commands)
            {
                monitor.Execute(command, output);
            }
        }

        private static int Serve(int port, Monitor.Monitor monitor)
        {
            var table = new KeywordTable();
            using var keywords = new Keywords(monitor, new EmulationClock());
            table.Add(keywords);
            RemoteServer server;
            try
            {
                server = new RemoteServer(port, table);
            }
            catch(SocketException e)
            {
                throw new RecoverableException($"port {port} can't be opened: {e.Message}");
            }
            using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, x => Stop(x, server.Abort));
            using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, x => Stop(x, server.Abort));
            Console.Out.WriteLine($"Robot Framework remote server is listening on port {server.Port}");
            Console.Out.Flush();
            server.Run();
            return 0;
        }

        private static int ReadCommands(Monitor.Monitor monitor, IOutput output, ConsoleShell shell)
        {
            // So that what removes files and links at the exit is run.
            using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, x => Stop(x, () => Environment.Exit(ExitByInterrupt)));
            var isInteractive = !Console.IsInputRedirected;
            var failed = false;
            while(!shell.HasQuit)
            {
                if(isInteractive)
                {
                    var machine = monitor.Machine == null ? "monitor" : EmulationManager.Instance.CurrentEmulation[monitor.Machine];
                    Console.Out.Write($"({machine}) ");
                }
                var line = ReadCommand();
                if(line == null)
                {
                    break;
                }
                using(EmulationManager.Instance.CurrentEmulation.ObtainPausedState())
                {
                    failed |= !monitor.Parse(line, output);
                }
            }
            EmulationManager.Instance.CurrentEmulation.PauseAll();
            return failed && !isInteractive ? 1 : 0;
        }

        // A command goes on while a text block is open.
        private static string ReadCommand()
        {
            var line = Console.In.ReadLine();
            if(line == null || line.Split("\"\"\"").Length % 2 == 1)
            {
                return line;
            }
            var block = new StringBuilder(line);
            while(Console.In.ReadLine() is string next)
            {
                block.Append('\n').Append(next);
                if(next.Split("\"\"\"").Length % 2 == 0)
                {
                    break;
                }
            }
            return block.ToString();
        }

        private static void Stop(PosixSignalContext context, Action stop)
        {
            context.Cancel = true;
            stop();
        }

        private const int ExitByInterrupt = 130;

        private sealed class ConsoleShell : StillShell
        {
            public ConsoleShell(bool hideAnalyzers)
            {
                this.hideAnalyzers = hideAnalyzers;
            }

            public override void ShowAnalyzer(IPeripheral peripheral)
            {
                if(peripheral is not IUART uart)
                {
                    throw new RecoverableException($"an analyzer for {peripheral.GetType().Name} is not offered by the standalone host: Renode has it");
                }
                if(Emulation.IsTimeDriven || hideAnalyzers || !shown.Add(uart))
                {
                    return;
                }
                var output = Console.OpenStandardOutput();
                uart.CharReceived += x => output.WriteByte(x);
            }

            private readonly bool hideAnalyzers;
            private readonly HashSet<IUART> shown = new();
        }
    }
}
