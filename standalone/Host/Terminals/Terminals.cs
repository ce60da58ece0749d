// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.UART;

namespace Standalone.Host.Terminals
{
    /// <summary>Something outside the emulation that a UART can be connected to.</summary>
    public abstract class HostTerminal : IExternal, IConnectable<IUART>, IDisposable
    {
        /// <summary>Connects a UART: what it sends goes out, what comes in is sent to it.</summary>
        public void AttachTo(IUART uart)
        {
            DetachFrom(attached);
            attached = uart;
            uart.CharReceived += WriteChar;
        }

        /// <summary>Disconnects a UART.</summary>
        public void DetachFrom(IUART uart)
        {
            if(uart != null && uart == attached)
            {
                uart.CharReceived -= WriteChar;
                attached = null;
            }
        }

        /// <summary>Takes a character from the UART.</summary>
        public abstract void WriteChar(byte value);

        public abstract void Dispose();

        /// <summary>Hands over what came in.</summary>
        protected void Receive(byte[] data, int count)
        {
            var copy = data.AsSpan(0, count).ToArray();
            HostInput.Post(() =>
            {
                foreach(var value in copy)
                {
                    attached?.WriteChar(value);
                }
            });
        }

        private IUART attached;
    }

    /// <summary>A pseudo-terminal, for programs that want a serial port, under a name of one's choice.</summary>
    public sealed class UartPtyTerminal : HostTerminal
    {
        /// <param name="linkName">Where a link to the device is made.</param>
        /// <param name="forceCreate">Replace a file of that name.</param>
        /// <exception cref="RecoverableException">There is such a file, or no pseudo-terminal.</exception>
        public UartPtyTerminal(string linkName, bool forceCreate = false)
        {
            this.linkName = Path.GetFullPath(linkName);
            var existing = new FileInfo(this.linkName);
            // A link that leads nowhere was left by a host that was killed.
            if(existing.LinkTarget != null && (forceCreate || !File.Exists(existing.LinkTarget) || existing.LinkTarget.StartsWith("/dev/pts/", StringComparison.Ordinal)))
            {
                existing.Delete();
            }
            else if(existing.Exists && forceCreate)
            {
                existing.Delete();
            }
            else if(existing.Exists)
            {
                throw new RecoverableException($"There is a file '{linkName}' already: choose another name for the terminal");
            }
            master = NativeTerminal.OpenPseudoTerminal(out slave, out var device);
            try
            {
                File.CreateSymbolicLink(this.linkName, device);
            }
            catch(Exception e) when(e is IOException or UnauthorizedAccessException)
            {
                NativeTerminal.Close(slave);
                NativeTerminal.Close(master);
                throw new RecoverableException($"No link '{linkName}' to {device} can be made: {e.Message}");
            }
            new Thread(ReadAll) { IsBackground = true, Name = "pty" }.Start();
        }

        public override void WriteChar(byte value)
        {
            if(!isDisposed)
            {
                // A reader that is slower than the guest holds up the emulation; without one, what does not fit is lost, as on a serial line.
                isRead = NativeTerminal.Write(master, new[] { value }, isRead ? Patience : 0) > 0;
            }
        }

        /// <summary>Removes the link.</summary>
        public override void Dispose()
        {
            if(isDisposed)
            {
                return;
            }
            isDisposed = true;
            if(new FileInfo(linkName).LinkTarget != null)
            {
                File.Delete(linkName);
            }
            NativeTerminal.Close(slave);
        }

        private void ReadAll()
        {
            var buffer = new byte[1024];
            while(!isDisposed)
            {
                var count = NativeTerminal.Read(master, buffer);
                if(count == 0)
                {
                    break;
                }
                Receive(buffer, count);
            }
            NativeTerminal.Close(master);
        }

        private volatile bool isDisposed;
        private bool isRead = true;

        private readonly string linkName;
        private readonly int master;
        private readonly int slave;

        // Milliseconds.
        private const int Patience = 2000;
    }

    /// <summary>What `emulation` and UARTs offer in the Monitor beside their own members.</summary>
    public static class TerminalExtensions
    {
        /// <summary>Creates a pseudo-terminal.</summary>
        public static void CreateUartPtyTerminal(this Emulation emulation, string name, string fileName, bool forceCreate = false)
        {
            emulation.ExternalsManager.AddExternal(Owned(new UartPtyTerminal(fileName, forceCreate)), name);
        }

        // Ends with the emulation and with the process.
        private static T Owned<T>(T terminal) where T : IDisposable
        {
            void End()
            {
                EmulationManager.Instance.EmulationChanged -= End;
                terminal.Dispose();
            }

            EmulationManager.Instance.EmulationChanged += End;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => terminal.Dispose();
            return terminal;
        }
    }
}
