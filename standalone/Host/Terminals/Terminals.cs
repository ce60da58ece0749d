// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Utilities;

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
                NativeTerminal.Write(master, new[] { value });
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

        private readonly string linkName;
        private readonly int master;
        private readonly int slave;
    }

    /// <summary>A TCP port of the local machine; the newest client is connected to the UART.</summary>
    public sealed class ServerSocketTerminal : HostTerminal
    {
        /// <param name="port">The port of 127.0.0.1.</param>
        /// <exception cref="RecoverableException">It is taken.</exception>
        public ServerSocketTerminal(int port)
        {
            listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
            }
            catch(SocketException e)
            {
                throw new RecoverableException($"Port {port} can't be opened: {e.Message}");
            }
            new Thread(Serve) { IsBackground = true, Name = "socket terminal" }.Start();
        }

        public override void WriteChar(byte value)
        {
            try
            {
                client?.Send(new[] { value });
            }
            catch(Exception e) when(e is SocketException or ObjectDisposedException)
            {
                client = null;
            }
        }

        public override void Dispose()
        {
            listener.Stop();
            client?.Dispose();
        }

        private void Serve()
        {
            var buffer = new byte[1024];
            try
            {
                while(true)
                {
                    using var accepted = listener.AcceptSocket();
                    accepted.NoDelay = true;
                    client = accepted;
                    try
                    {
                        int count;
                        while((count = accepted.Receive(buffer)) > 0)
                        {
                            Receive(buffer, count);
                        }
                    }
                    catch(SocketException)
                    {
                        // The client is gone: wait for another.
                    }
                    client = null;
                }
            }
            catch(Exception e) when(e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Disposed.
            }
        }

        private volatile Socket client;

        private readonly TcpListener listener;
    }

    /// <summary>A file that gets what a UART sends.</summary>
    public sealed class UartFileBackend : IExternal, IDisposable
    {
        /// <param name="path">The file; what is in it is lost.</param>
        /// <param name="uart">The UART.</param>
        /// <param name="immediateFlush">So that the file is complete at any time.</param>
        public UartFileBackend(string path, IUART uart, bool immediateFlush = false)
        {
            this.uart = uart;
            this.immediateFlush = immediateFlush;
            try
            {
                stream = File.Create(path);
            }
            catch(Exception e) when(e is IOException or UnauthorizedAccessException)
            {
                throw new RecoverableException($"'{path}' can't be written: {e.Message}");
            }
            uart.CharReceived += Write;
        }

        public void Dispose()
        {
            uart.CharReceived -= Write;
            stream.Dispose();
        }

        private void Write(byte value)
        {
            stream.WriteByte(value);
            if(immediateFlush)
            {
                stream.Flush();
            }
        }

        private readonly IUART uart;
        private readonly bool immediateFlush;
        private readonly FileStream stream;
    }

    /// <summary>What `emulation` and UARTs offer in the Monitor beside their own members.</summary>
    public static class TerminalExtensions
    {
        /// <summary>Creates a pseudo-terminal.</summary>
        public static void CreateUartPtyTerminal(this Emulation emulation, string name, string fileName, bool forceCreate = false)
        {
            emulation.ExternalsManager.AddExternal(Owned(new UartPtyTerminal(fileName, forceCreate)), name);
        }

        /// <summary>Creates a terminal on a TCP port of the local machine. Telnet's control codes are not used: say telnetMode false in Renode for the same.</summary>
        public static void CreateServerSocketTerminal(this Emulation emulation, int port, string name, bool telnetMode = true, bool flushOnConnect = false)
        {
            emulation.ExternalsManager.AddExternal(Owned(new ServerSocketTerminal(port)), name);
        }

        /// <summary>Writes what a UART sends to a file.</summary>
        public static void CreateFileBackend(this IUART uart, WriteFilePath path, bool immediateFlush = false)
        {
            CloseFileBackend(uart, path);
            files[path] = Owned(new UartFileBackend(path, uart, immediateFlush));
        }

        /// <summary>Ends <see cref="CreateFileBackend"/>.</summary>
        public static void CloseFileBackend(this IUART uart, WriteFilePath path)
        {
            if(files.Remove(path, out var backend))
            {
                backend.Dispose();
            }
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

        private static readonly Dictionary<string, UartFileBackend> files = new();
    }
}
