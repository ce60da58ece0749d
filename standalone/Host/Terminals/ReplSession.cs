// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using Standalone.Host.Testers;

namespace Standalone.Host.Terminals
{
    /// <summary>A board whose serial line is the user's terminal, a pseudo-terminal, or a text to be typed.</summary>
    internal sealed class ReplSession
    {
        /// <param name="uart">The serial line.</param>
        /// <param name="log">Told how lines end while the terminal is raw.</param>
        /// <param name="execute">Runs a Monitor command and returns what it says.</param>
        public ReplSession(IUART uart, ConsoleBackend log, Func<string, string> execute)
        {
            this.uart = uart;
            this.log = log;
            this.execute = execute;
            port = new UartPort(uart);
        }

        /// <summary>Types what comes on standard input into the board's prompt.</summary>
        /// <param name="silence">How long the board may say nothing, in virtual time.</param>
        /// <returns>The exit code: 0 if the prompt came after the last line.</returns>
        public int Feed(TimeInterval silence)
        {
            var output = Console.OpenStandardOutput();
            port.Received += x => output.WriteByte(x);
            var isDone = new ReplFeeder(port, clock, silence).TryFeed(Console.In, out var problem);
            output.WriteByte((byte)'\n');
            output.Flush();
            if(!isDone)
            {
                Console.Error.WriteLine($"standalone-host: {problem}");
            }
            return isDone ? 0 : 1;
        }

        /// <summary>Connects the board to the user's terminal until the user leaves.</summary>
        public int Interact()
        {
            Console.Error.WriteLine("Ctrl-] or Ctrl-A x leaves; Ctrl-A m takes a Monitor command (supplies PowerCycle 2); all other keys go to the board.");
            var mode = NativeTerminal.SetRaw(StandardInput);
            if(mode == null)
            {
                throw new RecoverableException("the terminal can't be switched to raw mode");
            }
            log.LineBreak = "\r\n";
            void Restore(object sender, EventArgs e) => NativeTerminal.Restore(StandardInput, mode);
            AppDomain.CurrentDomain.ProcessExit += Restore;
            try
            {
                using var output = Console.OpenStandardOutput();
                port.Received += x => pendingOutput.Add(x);
                new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
                RunPaced(() => Flush(output));
                Flush(output);
            }
            finally
            {
                log.LineBreak = "\n";
                AppDomain.CurrentDomain.ProcessExit -= Restore;
                NativeTerminal.Restore(StandardInput, mode);
                Console.Error.WriteLine();
            }
            return 0;
        }

        /// <summary>Connects the board to a pseudo-terminal until the process is ended.</summary>
        /// <param name="path">Where a link to it is made.</param>
        public int Serve(string path)
        {
            using var terminal = new UartPtyTerminal(path);
            terminal.AttachTo(uart);
            terminal.Received += () => wake.Set();
            Console.Out.WriteLine($"The board's serial line is at {path}; Ctrl-C ends.");
            Console.Out.Flush();
            RunPaced(() => { });
            return 0;
        }

        /// <summary>Ends <see cref="Interact"/> or <see cref="Serve"/>, from any thread.</summary>
        public void Stop()
        {
            isEnding = true;
            wake.Set();
        }

        // Virtual time follows the clock on the wall, or falls behind if the host is too slow.
        private void RunPaced(Action afterSlice)
        {
            var wall = Stopwatch.StartNew();
            var start = clock.Now;
            while(!isEnding)
            {
                while(keys.TryDequeue(out var key))
                {
                    uart.WriteChar(key);
                }
                while(commands.TryDequeue(out var command))
                {
                    pendingOutput.AddRange(Encoding.UTF8.GetBytes(execute(command).Replace("\n", "\r\n")));
                }
                clock.Run(Slice);
                afterSlice();
                var ahead = (clock.Now - start).ToTimeSpan() - wall.Elapsed;
                if(ahead > MinimalWait)
                {
                    wake.WaitOne(ahead);
                }
                else if(ahead < -MaximalLag)
                {
                    wall.Restart();
                    start = clock.Now;
                }
            }
        }

        private void ReadKeys()
        {
            var buffer = new byte[256];
            var isPrefixed = false;
            string command = null;
            while(!isEnding)
            {
                var count = NativeTerminal.Read(StandardInput, buffer);
                if(count == 0)
                {
                    Stop();
                    return;
                }
                for(var i = 0; i < count; i++)
                {
                    var key = buffer[i];
                    if(key == LeaveKey || (isPrefixed && key is (byte)'x' or (byte)'X'))
                    {
                        Stop();
                        return;
                    }
                    if(!isPrefixed && key == PrefixKey && command == null)
                    {
                        isPrefixed = true;
                        continue;
                    }
                    if(command != null || (isPrefixed && key == (byte)'m'))
                    {
                        command = EditCommand(command, key);
                        isPrefixed = false;
                        continue;
                    }
                    if(isPrefixed && key != PrefixKey)
                    {
                        keys.Enqueue(PrefixKey);
                    }
                    isPrefixed = false;
                    keys.Enqueue(key);
                }
                wake.Set();
            }
        }

        // Returns the command as far as it is typed; null once it is complete or given up.
        private string EditCommand(string command, byte key)
        {
            switch(key)
            {
            case (byte)'m' when command == null:
                Console.Error.Write("\r\n(monitor) ");
                return string.Empty;
            case (byte)'\r':
                Console.Error.Write("\r\n");
                commands.Enqueue(command);
                return null;
            case 0x03:
                Console.Error.Write("\r\n");
                return null;
            case 0x08:
            case 0x7F:
                if(command.Length == 0)
                {
                    return command;
                }
                Console.Error.Write("\b \b");
                return command[..^1];
            case < 0x20:
                return command;
            default:
                Console.Error.Write((char)key);
                return command + (char)key;
            }
        }

        private void Flush(Stream output)
        {
            if(pendingOutput.Count > 0)
            {
                output.Write(pendingOutput.ToArray());
                output.Flush();
                pendingOutput.Clear();
            }
        }

        private volatile bool isEnding;

        private readonly IUART uart;
        private readonly ConsoleBackend log;
        private readonly UartPort port;
        private readonly EmulationClock clock = new();
        private readonly AutoResetEvent wake = new(false);
        private readonly ConcurrentQueue<byte> keys = new();
        private readonly ConcurrentQueue<string> commands = new();
        private readonly Func<string, string> execute;
        private readonly List<byte> pendingOutput = new();

        private const int StandardInput = 0;
        private const byte LeaveKey = 0x1D;
        private const byte PrefixKey = 0x01;

        private static readonly TimeInterval Slice = TimeInterval.FromMilliseconds(5ul);
        private static readonly TimeSpan MinimalWait = TimeSpan.FromMilliseconds(1);
        private static readonly TimeSpan MaximalLag = TimeSpan.FromMilliseconds(200);
    }

    /// <summary>A UART of the emulation as testers see it.</summary>
    internal sealed class UartPort : ITerminalPort
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
}
