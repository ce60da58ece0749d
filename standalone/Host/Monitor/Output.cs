// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Standalone.Host.Monitor
{
    /// <summary>Where a Monitor command's result and errors go.</summary>
    internal interface IOutput
    {
        void Write(string text);

        void WriteError(string text);
    }

    internal static class OutputExtensions
    {
        public static void WriteLine(this IOutput output, string text = "")
        {
            output.Write(text + Printer.EndOfLine);
        }
    }

    /// <summary>Keeps results and errors apart, for whoever asked for the command over a protocol.</summary>
    internal sealed class CapturedOutput : IOutput
    {
        public void Write(string text)
        {
            contents.Append(text);
        }

        public void WriteError(string text)
        {
            if(errors.Length > 0)
            {
                errors.Append('\n');
            }
            errors.Append(text);
        }

        public string Contents => contents.ToString();

        public string Errors => errors.ToString();

        private readonly StringBuilder contents = new();
        private readonly StringBuilder errors = new();
    }

    /// <summary>Results to standard output, errors to standard error.</summary>
    internal sealed class ConsoleOutput : IOutput
    {
        public void Write(string text)
        {
            Console.Out.Write(text.Replace(Printer.EndOfLine, "\n"));
            Console.Out.Flush();
        }

        public void WriteError(string text)
        {
            Console.Out.Flush();
            Console.Error.WriteLine(text);
        }
    }
}
