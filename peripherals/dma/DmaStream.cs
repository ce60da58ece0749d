// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>One stream of a DMA controller: where it is in its transfer, and how an item is moved (RM0090 10.3.6 to 10.3.16).</summary>
    internal sealed partial class DmaStream
    {
        public DmaStream(int number, string name, DmaPort peripheralPort, DmaPort memoryPort, GuestMistakes mistakes)
        {
            this.name = name;
            this.peripheralPort = peripheralPort;
            this.memoryPort = memoryPort;
            this.mistakes = mistakes;
            Number = number;
        }

        /// <summary>What a reset does, apart from the registers and the line.</summary>
        public void Reset()
        {
            flags = 0;
            programmed = 0;
            total = 0;
            fifo.Clear();
        }

        /// <summary>The lines follow the state.</summary>
        public void UpdateInterrupt()
        {
            // DMEIE, TEIE, HTIE and TCIE are one bit below their flags.
            Interrupt.Set((flags & ((uint)interruptEnables.Value << 2 | (fifoErrorInterrupt.Value ? FifoError : 0))) != 0);
        }

        /// <summary>Serves one request: a burst of items. How many is told.</summary>
        public int Serve()
        {
            var before = left.Value;
            var beats = (int)Math.Min(BeatsOf(peripheralBurst), before);
            for(var i = 0; i < beats && enabled.Value; i++)
            {
                MoveItem();
            }
            Settle(before);
            return beats;
        }

        /// <summary>Moves items from memory to memory, without a request.</summary>
        public void Move(int items)
        {
            var before = left.Value;
            var block = (int)Math.Min((ulong)items, before) & ~3;
            if(block > 0 && fifo.Level == 0 && MoveBlock(block))
            {
                items -= block;
            }
            for(; items > 0 && enabled.Value && left.Value > 0; items--)
            {
                MoveItem();
            }
            Settle(before);
        }

        /// <summary>The peripheral, which controls the flow, has had its last item.</summary>
        public void EndFlow()
        {
            if(enabled.Value && flowControl.Value)
            {
                Finish();
            }
        }

        public int Number { get; }

        public GPIO Interrupt { get; } = new GPIO();

        /// <summary>Channel whose requests are served.</summary>
        public int Channel => (int)channel.Value;

        /// <summary>PL.</summary>
        public int Priority => (int)priority.Value;

        /// <summary>Does it serve requests?</summary>
        public bool IsListening => enabled.Value && !IsMemoryToMemory && left.Value > 0;

        /// <summary>Items that it has yet to move without being asked to.</summary>
        public int ItemsToMove => enabled.Value && IsMemoryToMemory ? (int)left.Value : 0;

        private void Start()
        {
            var reason = ReasonNotToStart();
            if(reason != null)
            {
                mistakes.Report(name + "CR.EN", "not set, because " + reason);
                enabled.Value = false;
                return;
            }
            if(IsMemoryToMemory)
            {
                fifoMode.Value = true;
            }
            if(!fifoMode.Value)
            {
                memorySize.Value = peripheralSize.Value;
                peripheralBurst.Value = 0;
                memoryBurst.Value = 0;
            }
            wordSteps.Value &= fifoMode.Value && peripheralBurst.Value == 0;
            var threshold = ((int)fifoThreshold.Value + 1) * (DmaFifo.Size / 4);
            if(fifoMode.Value && ((memoryBurst.Value != 0 && threshold % MemoryBurstBytes != 0) || (int)BeatsOf(peripheralBurst) * PeripheralWidth > DmaFifo.Size))
            {
                mistakes.Report(name + "FCR.FTH", "FIFO error: the bursts of MBURST and MSIZE don't fill the threshold, or those of PBURST and PSIZE don't fit into the FIFO; EN is cleared");
                flags |= FifoError;
                enabled.Value = false;
                return;
            }
            if(flowControl.Value)
            {
                circular.Value = false;
                left.Value = ushort.MaxValue;
            }
            circular.Value |= doubleBuffer.Value;
            if(left.Value == 0)
            {
                left.Value = programmed;
            }
            if(left.Value == 0)
            {
                mistakes.Report(name + "NDTR", "0 when EN was set: nothing will be moved");
            }
            Begin();
        }

        private string ReasonNotToStart()
        {
            if(flags != 0)
            {
                return "flags of an earlier transfer are set in LISR or HISR (10.3.17)";
            }
            if(direction.Value == Direction.Reserved || peripheralSize.Value == 3 || (fifoMode.Value && memorySize.Value == 3))
            {
                return "DIR, PSIZE or MSIZE has a reserved value";
            }
            return IsMemoryToMemory && (circular.Value || doubleBuffer.Value || flowControl.Value) ? "CIRC, DBM and PFCTRL are not for transfers from memory to memory" : null;
        }

        // A round from the addresses on that the registers hold.
        private void Begin()
        {
            total = left.Value;
            peripheralAt = peripheralAddress.Value & ~(ulong)(PeripheralWidth - 1);
            memoryAt = (currentTarget.Value ? secondMemoryAddress : memoryAddress).Value & ~(ulong)(MemoryWidth - 1);
            toLoad = (long)total * PeripheralWidth;
            fifo.Clear();
            Load();
        }

        private void Stop()
        {
            if(direction.Value != Direction.MemoryToPeripheral)
            {
                Flush();
            }
            fifo.Clear();
            flags |= TransferComplete;
        }

        private void MoveItem()
        {
            if(direction.Value == Direction.MemoryToPeripheral)
            {
                if(Check(peripheralPort, peripheralAt))
                {
                    peripheralPort.Write(peripheralAt, fifo.Pop(PeripheralWidth), PeripheralWidth);
                }
            }
            else if(Check(peripheralPort, peripheralAt))
            {
                fifo.Push(peripheralPort.Read(peripheralAt, PeripheralWidth), PeripheralWidth);
            }
            if(!enabled.Value)
            {
                return;
            }
            left.Value--;
            if(left.Value == 0 && !IsMemoryToMemory)
            {
                peripheralPort.TellOfLastItem(peripheralAt);
            }
            peripheralAt += PeripheralStep;
            if(direction.Value == Direction.MemoryToPeripheral)
            {
                Load();
            }
            else
            {
                Drain();
            }
        }

        // What is half done, or done, after items were moved.
        private void Settle(ulong before)
        {
            if(before > total / 2 && left.Value <= total / 2 && !flowControl.Value)
            {
                flags |= HalfTransfer;
            }
            if(enabled.Value && left.Value == 0)
            {
                Finish();
            }
            UpdateInterrupt();
        }

        private void Finish()
        {
            Flush();
            if(!enabled.Value)
            {
                return;
            }
            flags |= TransferComplete;
            if(circular.Value)
            {
                currentTarget.Value ^= doubleBuffer.Value;
                left.Value = programmed;
                Begin();
            }
            else
            {
                enabled.Value = false;
            }
            UpdateInterrupt();
        }

        // From memory: in direct mode one item ahead, else as much as there is room for (10.3.12).
        private void Load()
        {
            if(direction.Value != Direction.MemoryToPeripheral)
            {
                return;
            }
            var room = fifoMode.Value ? DmaFifo.Size : PeripheralWidth;
            while(toLoad > 0 && fifo.Level + MemoryWidth <= room && Check(memoryPort, memoryAt))
            {
                fifo.Push(memoryPort.Read(memoryAt, MemoryWidth), MemoryWidth);
                memoryAt += MemoryStep;
                toLoad -= MemoryWidth;
            }
        }

        // To memory: in direct mode each item, else whole bursts once the threshold is reached.
        private void Drain()
        {
            var threshold = ((int)fifoThreshold.Value + 1) * (DmaFifo.Size / 4);
            if(fifoMode.Value && fifo.Level < threshold)
            {
                return;
            }
            while(fifo.Level >= MemoryBurstBytes)
            {
                for(var end = fifo.Level - MemoryBurstBytes; fifo.Level > end && Store();)
                {
                }
            }
        }

        private void Flush()
        {
            while(direction.Value != Direction.MemoryToPeripheral && fifo.Level > 0 && Store())
            {
            }
        }

        private bool Store()
        {
            if(!Check(memoryPort, memoryAt))
            {
                return false;
            }
            memoryPort.Write(memoryAt, fifo.Pop(MemoryWidth), MemoryWidth);
            memoryAt += MemoryStep;
            return true;
        }

        private bool MoveBlock(int items)
        {
            var count = items * PeripheralWidth;
            var isFill = !peripheralIncrement.Value;
            if(!memoryIncrement.Value || wordSteps.Value || !peripheralPort.IsPlainMemory(peripheralAt, isFill ? PeripheralWidth : count, false)
                || !memoryPort.IsPlainMemory(memoryAt, count, true) || (memoryAt < peripheralAt + (ulong)count && peripheralAt < memoryAt + (ulong)count))
            {
                return false;
            }
            var content = peripheralPort.ReadBlock(peripheralAt, isFill ? PeripheralWidth : count);
            memoryPort.WriteBlock(memoryAt, isFill ? Enumerable.Repeat(content, items).SelectMany(x => x).ToArray() : content);
            left.Value -= (ulong)items;
            peripheralAt += (ulong)items * PeripheralStep;
            memoryAt += (ulong)count;
            return true;
        }

        private bool Check(DmaPort port, ulong address)
        {
            var refusal = port.RefusalOf(address);
            if(refusal != null)
            {
                mistakes.Report(name + (port == memoryPort ? (currentTarget.Value ? "M1AR" : "M0AR") : "PAR"), "transfer error, because " + refusal + "; EN is cleared");
                Fail();
            }
            return refusal == null;
        }

        private void Fail()
        {
            flags |= TransferError;
            enabled.Value = false;
            fifo.Clear();
        }

        private static ulong BeatsOf(IValueRegisterField burst) => burst.Value == 0 ? 1 : 2ul << (int)burst.Value;

        private bool IsMemoryToMemory => direction.Value == Direction.MemoryToMemory;

        private int PeripheralWidth => 1 << (int)peripheralSize.Value;

        private int MemoryWidth => fifoMode.Value ? 1 << (int)memorySize.Value : PeripheralWidth;

        private int MemoryBurstBytes => (int)BeatsOf(memoryBurst) * MemoryWidth;

        private ulong PeripheralStep => !peripheralIncrement.Value ? 0ul : wordSteps.Value ? 4ul : (ulong)PeripheralWidth;

        private ulong MemoryStep => memoryIncrement.Value ? (ulong)MemoryWidth : 0;

        private uint flags;
        // NDTR as the program wrote it: what a round begins with.
        private ulong programmed;
        private ulong total;
        private ulong peripheralAt;
        private ulong memoryAt;
        // Bytes that are still to come from memory in this round.
        private long toLoad;

        private readonly string name;
        private readonly DmaPort peripheralPort;
        private readonly DmaPort memoryPort;
        private readonly GuestMistakes mistakes;
        private readonly DmaFifo fifo = new DmaFifo();

        private const uint FifoError = 1 << 0;
        private const uint DirectModeError = 1 << 2;
        private const uint TransferError = 1 << 3;
        private const uint HalfTransfer = 1 << 4;
        private const uint TransferComplete = 1 << 5;

        private enum Direction
        {
            PeripheralToMemory,
            MemoryToPeripheral,
            MemoryToMemory,
            Reserved,
        }
    }
}
