// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// DMA controller (RM0090 chapter 10): eight streams of eight channels, from peripherals, to them, and in DMA2 from memory to memory;
    /// FIFO, bursts, circular and double-buffer mode. Output n is the interrupt of stream n.
    /// </summary>
    /// <remarks>
    /// Input 8 * s + c, 0 to 63, is the request of channel c to stream s, as in RM0090 tables 42 and 43, by a source whose line is high as long as
    /// it asks. The same plus 64, 128 or 192 is for sources that ask with a rise, as timers do, of which a request has up to three: it is kept until
    /// it is served or the line falls. Input 256 + s tells that a peripheral which controls the flow (PFCTRL) has had its last item.
    /// We choose: a request is served 8 HCLK cycles after it came, each further item in the next 8; while a line stays high, up to 16 items are
    /// moved at once, and the time that they took passes then; streams that wait together take turns, in the order of PL and number; from memory
    /// to memory an item takes 4 cycles, and up to 1024 items arrive together when their time has passed. We choose: nothing ever keeps
    /// memory from a stream, so that DMEIF (a request comes while the item before still waits for memory) is never set and FEIF only for a wrong
    /// configuration of bursts. We choose: EN can't be set while flags of the stream are, nor with a reserved value in DIR, PSIZE or MSIZE; the lowest
    /// bits of an address that isn't aligned count as 0; what fills the last item in memory only in part is filled up with zeroes. We choose: the
    /// memory port of DMA1 reaches memories alone, that of DMA2 peripherals, too.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_DMA : GatedRegisterBlock, IGPIOReceiver, INumberedGPIOOutput, IHasFrequency, IResetMember
    {
        /// <summary>Creates the controller, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip, which say when it is reset.</param>
        /// <param name="number">1 or 2: only DMA2 reaches all memories and peripherals with its peripheral port.</param>
        public STM32F4_DMA(IMachine machine, STM32F4_Supplies supplies, int number) : base(machine, "DMA" + number, typeof(Registers), $"RCC_AHB1ENR.DMA{number}EN is off")
        {
            if(supplies == null || number < 1 || number > 2)
            {
                throw new ConstructionException("'supplies' is missing, or 'number' is neither 1 nor 2");
            }
            this.number = number;
            var peripheralPort = new DmaPort(machine, this, "peripheral", reachesMemories: number == 2, reachesPeripherals: number == 2);
            var memoryPort = new DmaPort(machine, this, "memory", reachesMemories: true, reachesPeripherals: number == 2);
            streams = Enumerable.Range(0, StreamCount).Select(x => new DmaStream(x, $"DMA{number}_S{x}", peripheralPort, memoryPort, mistakes)).ToArray();
            Connections = streams.ToDictionary(x => x.Number, x => (IGPIO)x.Interrupt);
            timer = new LimitTimer(machine.ClockSource, ResetFrequency, this, "transfer", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += HandleTime;
            DefineRegisters();
            supplies.Resets.Attach(this);
        }

        /// <summary>A request, or the end of what a peripheral has, as the remarks number them.</summary>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= FirstEnd + StreamCount)
            {
                this.Log(LogLevel.Error, "There is no input {0}; inputs are 0 to {1}", number, FirstEnd + StreamCount - 1);
                return;
            }
            if(number >= FirstEnd)
            {
                if(value)
                {
                    streams[number - FirstEnd].EndFlow();
                }
                return;
            }
            var bit = 1ul << (number % RequestCount);
            ref var lines = ref requests[number / RequestCount];
            lines = value ? lines | bit : lines & ~bit;
            if(value)
            {
                Schedule(Latency);
            }
        }

        /// <inheritdoc/>
        public override string OffsetToString(long offset)
        {
            var inStreams = offset - DmaStream.FirstRegister;
            return inStreams < 0 || inStreams >= StreamCount * DmaStream.Distance ? base.OffsetToString(offset)
                : $"DMA{number}_S{inStreams / DmaStream.Distance}{(Registers)(DmaStream.FirstRegister + (inStreams % DmaStream.Distance))}";
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass == ResetClass.BackupDomainReset)
            {
                return;
            }
            base.Reset();
            foreach(var stream in streams)
            {
                stream.Reset();
            }
            // Lines that are high are those of other peripherals; what was asked by a rise is forgotten.
            Array.Clear(requests, 1, requests.Length - 1);
            timer.Enabled = false;
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            foreach(var stream in streams)
            {
                stream.UpdateInterrupt();
            }
        }

        /// <summary>HCLK in Hz, above 0.</summary>
        public ulong Frequency
        {
            get => timer.Frequency;
            set => timer.Frequency = Math.Max(1, value);
        }

        /// <summary>Interrupts of the streams.</summary>
        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        private protected override void WriteRegister(long offset, uint value)
        {
            var inStreams = offset - DmaStream.FirstRegister;
            if(inStreams < 0 || inStreams >= StreamCount * DmaStream.Distance)
            {
                base.WriteRegister(offset, value);
                return;
            }
            base.WriteRegister(offset, streams[inStreams / DmaStream.Distance].Filter(inStreams % DmaStream.Distance, value, ReadRegister(offset)));
            Schedule(Latency);
        }

        /// <summary>Without clock nothing is moved.</summary>
        private protected override void HandleClockChanged()
        {
            timer.Enabled = false;
            Schedule(Latency);
        }

        private void DefineRegisters()
        {
            for(var half = 0; half < 2; half++)
            {
                var status = (half == 0 ? Registers.LISR : Registers.HISR).Define(this);
                var clear = (half == 0 ? Registers.LIFCR : Registers.HIFCR).Define(this);
                foreach(var stream in streams.Skip(half * StreamCount / 2).Take(StreamCount / 2))
                {
                    stream.DefineRegisters(RegistersCollection, status, clear);
                }
                foreach(var register in new[] { status, clear })
                {
                    register.WithReservedBits(12, 4).WithReservedBits(28, 4);
                }
            }
        }

        // When there is something to do, it is done after this many cycles.
        private void Schedule(int cycles)
        {
            var isAsked = streams.Any(IsAsked);
            if(!ClockEnabled || isMoving || (timer.Enabled ? !isAsked || isShortWait : !isAsked && NextMover == null))
            {
                return;
            }
            VirtualClock.Synchronize(machine);
            if(timer.Enabled)
            {
                // Requests don't wait for all of a block of memory.
                timer.Limit = Math.Min(timer.Limit, timer.Value + (ulong)cycles);
            }
            else
            {
                timer.Limit = (ulong)(isAsked ? cycles : Math.Min(NextMover.ItemsToMove, ItemsAtOnce) * CyclesOfMemoryItem);
                timer.ResetValue();
                timer.Enabled = true;
            }
            isShortWait = isAsked;
            VirtualClock.EndSlice(machine);
        }

        private void HandleTime()
        {
            timer.Enabled = false;
            var cycles = 0;
            isMoving = true;
            // Time that was meant for items from memory to memory is theirs, whoever else asks now.
            NextMover?.Move((int)timer.Limit / CyclesOfMemoryItem);
            for(var i = 0; i < RequestsAtOnce && streams.Any(IsAsked); i++)
            {
                foreach(var stream in streams.Where(IsAsked).OrderByDescending(x => x.Priority).ThenBy(x => x.Number).ToArray())
                {
                    // Another stream may have ended what asked for it.
                    if(IsAsked(stream))
                    {
                        TakeRises(stream);
                        cycles += stream.Serve() * CyclesOfItem;
                    }
                }
            }
            isMoving = false;
            Schedule(Math.Max(cycles, Latency));
        }

        private void TakeRises(DmaStream stream)
        {
            for(var i = 1; i < requests.Length; i++)
            {
                requests[i] &= ~RequestOf(stream);
            }
        }

        private bool IsAsked(DmaStream stream) => stream.IsListening && (requests.Aggregate((x, y) => x | y) & RequestOf(stream)) != 0;

        private static ulong RequestOf(DmaStream stream) => 1ul << ((8 * stream.Number) + stream.Channel);

        private DmaStream NextMover => streams.Where(x => x.ItemsToMove > 0).OrderByDescending(x => x.Priority).ThenBy(x => x.Number).FirstOrDefault();

        private bool isMoving;
        private bool isShortWait;

        private readonly int number;
        // By input: levels, then rises of up to three sources.
        private readonly ulong[] requests = new ulong[4];
        private readonly DmaStream[] streams;
        private readonly LimitTimer timer;

        private const int StreamCount = 8;
        private const int RequestCount = 64;
        private const int FirstEnd = 4 * RequestCount;
        private const int Latency = 8;
        private const int CyclesOfItem = 8;
        private const int CyclesOfMemoryItem = 4;
        private const int RequestsAtOnce = 16;
        private const int ItemsAtOnce = 1024;
        private const ulong ResetFrequency = 16000000;

        private enum Registers
        {
            LISR = 0x00,
            HISR = 0x04,
            LIFCR = 0x08,
            HIFCR = 0x0C,
            CR = 0x10,
            NDTR = 0x14,
            PAR = 0x18,
            M0AR = 0x1C,
            M1AR = 0x20,
            FCR = 0x24,
        }
    }
}
