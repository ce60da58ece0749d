// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

using Antmicro.Renode.Exceptions;

namespace Standalone.Host.Terminals
{
    /// <summary>Terminal functions of the C library (Linux).</summary>
    internal static class NativeTerminal
    {
        /// <summary>Opens a pseudo-terminal in raw mode.</summary>
        /// <param name="slave">Its other side, kept open so that programs may come and go.</param>
        /// <param name="name">The device that other programs open.</param>
        /// <returns>This side's descriptor, which doesn't block.</returns>
        public static int OpenPseudoTerminal(out int slave, out string name)
        {
            var master = posix_openpt(ReadWrite | NoControllingTerminal | CloseOnExec);
            if(master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
            {
                throw Failure("no pseudo-terminal can be opened");
            }
            var buffer = new byte[128];
            if(ptsname_r(master, buffer, (nuint)buffer.Length) != 0)
            {
                throw Failure("the pseudo-terminal has no name");
            }
            name = System.Text.Encoding.UTF8.GetString(buffer, 0, Array.IndexOf<byte>(buffer, 0));
            slave = open(name, ReadWrite | NoControllingTerminal | CloseOnExec);
            if(slave < 0)
            {
                throw Failure($"{name} can't be opened");
            }
            // Raw: no echo, and nothing is translated.
            var mode = new byte[ModeSize];
            if(tcgetattr(slave, mode) == 0)
            {
                cfmakeraw(mode);
                tcsetattr(slave, 0, mode);
            }
            fcntl(master, SetStatusFlags, ReadWrite | NonBlocking);
            return master;
        }

        /// <summary>Waits until there is something to read.</summary>
        /// <returns>The bytes read; none if the other end was closed or the descriptor is gone.</returns>
        public static int Read(int descriptor, byte[] buffer)
        {
            var request = new PollRequest { Descriptor = descriptor, Events = PollIn };
            while(true)
            {
                var ready = poll(ref request, 1, -1);
                if(ready < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                {
                    continue;
                }
                if(ready <= 0)
                {
                    return 0;
                }
                var count = read(descriptor, buffer, (nuint)buffer.Length);
                if(count < 0 && Marshal.GetLastPInvokeError() is Interrupted or TryAgain)
                {
                    continue;
                }
                return Math.Max(0, (int)count);
            }
        }

        /// <summary>Writes if there is room, or will be in time.</summary>
        /// <param name="descriptor">One that does not block.</param>
        /// <param name="data">What is to be written.</param>
        /// <param name="patience">How long to wait for room, in milliseconds.</param>
        /// <returns>The number of bytes written, which may be fewer.</returns>
        public static int Write(int descriptor, byte[] data, int patience)
        {
            var deadline = Environment.TickCount64 + patience;
            while(true)
            {
                var count = write(descriptor, data, (nuint)data.Length);
                if(count > 0)
                {
                    return (int)count;
                }
                if(count < 0 && Marshal.GetLastPInvokeError() is not (Interrupted or TryAgain))
                {
                    return 0;
                }
                var left = deadline - Environment.TickCount64;
                if(left <= 0)
                {
                    return 0;
                }
                // The system does not always tell a pseudo-terminal that there is room.
                var request = new PollRequest { Descriptor = descriptor, Events = PollOut };
                poll(ref request, 1, (int)Math.Min(left, LongestPoll));
            }
        }

        public static void Close(int descriptor)
        {
            close(descriptor);
        }

        private static RecoverableException Failure(string what)
        {
            return new RecoverableException($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        [DllImport("libc", SetLastError = true)]
        private static extern int tcgetattr(int descriptor, byte[] mode);

        [DllImport("libc", SetLastError = true)]
        private static extern int tcsetattr(int descriptor, int actions, byte[] mode);

        [DllImport("libc")]
        private static extern void cfmakeraw(byte[] mode);

        [DllImport("libc", SetLastError = true)]
        private static extern int posix_openpt(int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int grantpt(int descriptor);

        [DllImport("libc", SetLastError = true)]
        private static extern int unlockpt(int descriptor);

        [DllImport("libc", SetLastError = true)]
        private static extern int ptsname_r(int descriptor, byte[] buffer, nuint size);

        [DllImport("libc", SetLastError = true)]
        private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int fcntl(int descriptor, int command, int argument);

        [DllImport("libc", SetLastError = true)]
        private static extern int poll(ref PollRequest requests, nuint count, int milliseconds);

        [DllImport("libc", SetLastError = true)]
        private static extern nint read(int descriptor, byte[] buffer, nuint count);

        [DllImport("libc", SetLastError = true)]
        private static extern nint write(int descriptor, byte[] buffer, nuint count);

        [DllImport("libc")]
        private static extern int close(int descriptor);

        // struct termios is 60 bytes with glibc and musl.
        private const int ModeSize = 128;
        private const int ReadWrite = 2;
        private const int NoControllingTerminal = 0x100;
        private const int NonBlocking = 0x800;
        private const int CloseOnExec = 0x80000;
        private const int SetStatusFlags = 4;
        private const short PollIn = 1;
        private const short PollOut = 4;
        private const int LongestPoll = 20;
        private const int Interrupted = 4;
        private const int TryAgain = 11;

        [StructLayout(LayoutKind.Sequential)]
        private struct PollRequest
        {
            public int Descriptor;
            public short Events;
            public short Happened;
        }
    }
}
