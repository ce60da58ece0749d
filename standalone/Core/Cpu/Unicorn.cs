// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Runtime.InteropServices;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>The part of libunicorn's C interface that the processor needs.</summary>
    internal static unsafe class Unicorn
    {
        /// <summary>Opens an engine for a Cortex-M processor.</summary>
        public static IntPtr OpenCortexM(int model)
        {
            IntPtr engine;
            try
            {
                RequireSupported(Version);
                // the M-class mode would make every model a Cortex-M33; without it the model alone decides
                Check(uc_open(ArchitectureArm, ModeThumb, out engine), "open an engine");
            }
            catch(DllNotFoundException)
            {
                throw new ConstructionException($"The library {Library} is missing: install the package libunicorn2.");
            }
            // the model can be chosen only before anything else is asked of the engine
            Check(uc_ctl_value(engine, ControlWrite(ControlCpuModel, 1), model), "choose the processor model");
            // no address ends a run
            Check(uc_ctl_value(engine, ControlWrite(ControlUseExits, 1), 1), "set up exits");
            return engine;
        }

        /// <summary>Version of the library: major, minor and patch, a byte each.</summary>
        public static uint Version => uc_version(null, null) >> 8;

        /// <exception cref="ConstructionException">The version behaves otherwise than the host takes for granted.</exception>
        public static void RequireSupported(uint version)
        {
            // 2.1 goes on after a WFE, and takes a memory that is unmapped while it runs for an attempt to execute it
            if(version >> 8 != SupportedVersion)
            {
                throw new ConstructionException($"The library {Library} is version {Describe(version)}, and the standalone host needs 2.0: install Debian 12's package libunicorn2.");
            }
        }

        public static string Describe(uint version) => $"{version >> 16}.{(version >> 8) & 0xFF}.{version & 0xFF}";

        public static uint Read(IntPtr engine, int register)
        {
            uint value = 0;
            uc_reg_read(engine, register, &value);
            return value;
        }

        public static void Write(IntPtr engine, int register, uint value) => uc_reg_write(engine, register, &value);

        /// <summary>Drops what was translated from a range of guest addresses.</summary>
        public static void RemoveTranslations(IntPtr engine, ulong start, ulong end) => uc_ctl_range(engine, ControlWrite(ControlRemoveCache, 2), start, end);

        public static void RemoveAllTranslations(IntPtr engine) => uc_ctl_none(engine, ControlWrite(ControlFlush, 0));

        public static IntPtr AddHook(IntPtr engine, int type, void* callback, void* data, ulong begin, ulong end)
        {
            Check(uc_hook_add(engine, out var hook, type, callback, data, begin, end), "add a hook");
            return hook;
        }

        public static void Check(int error, string what)
        {
            if(error != 0)
            {
                throw new RecoverableException($"Unicorn cannot {what}: {Marshal.PtrToStringAnsi(uc_strerror(error))}.");
            }
        }

        public static string DescribeError(int error) => Marshal.PtrToStringAnsi(uc_strerror(error));

        [DllImport(Library)]
        public static extern int uc_close(IntPtr engine);

        [DllImport(Library)]
        public static extern int uc_emu_start(IntPtr engine, ulong begin, ulong until, ulong timeout, nuint count);

        [DllImport(Library), SuppressGCTransition]
        public static extern int uc_emu_stop(IntPtr engine);

        [DllImport(Library), SuppressGCTransition]
        public static extern int uc_reg_read(IntPtr engine, int register, void* value);

        [DllImport(Library), SuppressGCTransition]
        public static extern int uc_reg_write(IntPtr engine, int register, void* value);

        [DllImport(Library)]
        public static extern int uc_mem_map_ptr(IntPtr engine, ulong address, nuint size, uint permissions, void* memory);

        [DllImport(Library)]
        public static extern int uc_mmio_map(IntPtr engine, ulong address, nuint size, void* read, void* readData, void* write, void* writeData);

        [DllImport(Library)]
        public static extern int uc_mem_unmap(IntPtr engine, ulong address, nuint size);

        [DllImport(Library)]
        public static extern int uc_mem_protect(IntPtr engine, ulong address, nuint size, uint permissions);

        [DllImport(Library)]
        public static extern int uc_mem_write(IntPtr engine, ulong address, void* bytes, nuint size);

        [DllImport(Library)]
        public static extern int uc_hook_del(IntPtr engine, IntPtr hook);

        [DllImport(Library)]
        public static extern int uc_context_alloc(IntPtr engine, out IntPtr context);

        [DllImport(Library)]
        public static extern int uc_context_free(IntPtr context);

        [DllImport(Library)]
        public static extern int uc_context_save(IntPtr engine, IntPtr context);

        [DllImport(Library)]
        public static extern int uc_context_restore(IntPtr engine, IntPtr context);

        public const string Library = "libunicorn.so.2";

        public const int R0 = 66;
        public const int LR = 10;
        public const int PC = 11;
        public const int SP = 12;
        public const int R12 = 78;
        public const int S0 = 79;
        public const int Fpscr = 6;
        public const int Msp = 115;
        public const int Psp = 116;
        public const int Control = 117;
        public const int Xpsr = 120;
        /// <summary>As <see cref="Xpsr"/>, and writes the GE flags too.</summary>
        public const int XpsrAll = 138;
        /// <summary>Unlike the others, writing it makes the engine derive its cached mode flags anew.</summary>
        public const int ApsrNzcv = 2;
        public const int Primask = 123;
        public const int Basepri = 124;
        public const int Faultmask = 126;

        public const int ModelCortexM3 = 8;
        public const int ModelCortexM4 = 9;
        public const int ModelCortexM7 = 10;

        public const int HookInterrupt = 1 << 0;
        public const int HookCode = 1 << 2;
        public const int HookBlock = 1 << 3;
        public const int HookProtectedWrite = 1 << 8;
        public const int HookRead = 1 << 10;
        public const int HookInvalidInstruction = 1 << 14;
        public const int HookEdgeGenerated = 1 << 15;

        public const uint PermissionRead = 1;
        public const uint PermissionWrite = 2;
        public const uint PermissionExecute = 4;

        [DllImport(Library)]
        private static extern int uc_open(int architecture, int mode, out IntPtr engine);

        [DllImport(Library)]
        private static extern uint uc_version(uint* major, uint* minor);

        // uc_ctl and uc_hook_add are variadic; for integers that makes no difference to how 64-bit Linux passes them
        [DllImport(Library, EntryPoint = "uc_ctl")]
        private static extern int uc_ctl_value(IntPtr engine, int control, long value);

        [DllImport(Library, EntryPoint = "uc_ctl")]
        private static extern int uc_ctl_range(IntPtr engine, int control, ulong start, ulong end);

        [DllImport(Library, EntryPoint = "uc_ctl")]
        private static extern int uc_ctl_none(IntPtr engine, int control);

        [DllImport(Library)]
        private static extern int uc_hook_add(IntPtr engine, out IntPtr hook, int type, void* callback, void* data, ulong begin, ulong end);

        [DllImport(Library)]
        private static extern IntPtr uc_strerror(int error);

        private static int ControlWrite(int type, int arguments) => type | (arguments << 26) | (1 << 30);

        private const uint SupportedVersion = 0x0200;
        private const int ArchitectureArm = 1;
        private const int ModeThumb = 1 << 4;
        private const int ControlUseExits = 4;
        private const int ControlCpuModel = 7;
        private const int ControlRemoveCache = 9;
        private const int ControlFlush = 10;
    }
}
