// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Standalone.Host
{
    /// <summary>A mistake in the command line, told in one line.</summary>
    internal sealed class UsageException : Exception
    {
        public UsageException(string message) : base(message)
        {
        }
    }

    /// <summary>The command line.</summary>
    internal sealed class Options
    {
        /// <summary>Reads the command line.</summary>
        /// <exception cref="UsageException">It says something that isn't understood.</exception>
        public static Options Parse(IReadOnlyList<string> arguments)
        {
            var result = new Options();
            for(var i = 0; i < arguments.Count; i++)
            {
                var argument = arguments[i];
                string attached = null;
                var equals = argument.IndexOf('=');
                if(argument.StartsWith("--", StringComparison.Ordinal) && equals > 0)
                {
                    attached = argument[(equals + 1)..];
                    argument = argument[..equals];
                }

                string Value()
                {
                    return attached ?? (++i < arguments.Count ? arguments[i] : throw new UsageException($"{argument} needs a value: see --help"));
                }

                switch(argument)
                {
                case "--help":
                case "-h":
                    result.ShowHelp = true;
                    break;
                case "--version":
                case "-v":
                    result.ShowVersion = true;
                    break;
                case "--console":
                    result.Console = true;
                    break;
                case "--plain":
                case "-p":
                    result.Plain = true;
                    break;
                case "--hide-log":
                    result.HideLog = true;
                    break;
                case "--hide-analyzers":
                    result.HideAnalyzers = true;
                    break;
                case "--disable-gui":
                case "--disable-xwt":
                case "--hide-monitor":
                    // There is nothing of the kind here.
                    break;
                case "--execute":
                case "-e":
                    result.Commands.Add(Value());
                    break;
                case "--robot-server-port":
                    result.RobotPort = Integer(argument, Value(), 0, 65535);
                    break;
                default:
                    if(argument.StartsWith('-'))
                    {
                        throw new UsageException($"the option {argument} is not offered by the standalone host (Renode may have it): see --help");
                    }
                    result.File = result.File == null ? arguments[i] : throw new UsageException($"one file can be given, not '{result.File}' and '{arguments[i]}'");
                    break;
                }
            }
            return result;
        }

        private static int Integer(string option, string text, int minimum, int maximum)
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var result) && result >= minimum && result <= maximum ? result
                : throw new UsageException($"{option} needs a number from {minimum} to {maximum}, not '{text}'");
        }

        public const string Help = """
            Usage: standalone-host [options] [script.resc | platform.repl]

            A small program that runs this project's platforms without Renode. It offers the part of Renode's Monitor, platform
            descriptions and Robot keywords that the project uses; what it doesn't offer fails with a line that says so.

              -e, --execute COMMAND      run a Monitor command after the script; may be given many times
              --console                  read Monitor commands from standard input (default if nothing else is asked for)
              --robot-server-port PORT   serve Robot keywords on 127.0.0.1 (0: any free port, which is printed)
              -p, --plain                no colours
              --hide-log                 don't show the log
              --hide-analyzers           don't show what UARTs say that a script shows
              --disable-gui, --disable-xwt, --hide-monitor   accepted, as there is none
              -v, --version              show the version
              -h, --help                 show this text

            Exit status: 0 if all went well, 1 if something failed, 2 for a wrong command line.
            """;

        public bool ShowHelp { get; private set; }

        public bool ShowVersion { get; private set; }

        public bool Console { get; private set; }

        public bool Plain { get; private set; }

        public bool HideLog { get; private set; }

        public bool HideAnalyzers { get; private set; }

        public int? RobotPort { get; private set; }

        public string File { get; private set; }

        public List<string> Commands { get; } = new();
    }
}
