// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>FIFO memory and its windows (RM0090 34.11, 34.16.1).</content>
    public sealed partial class STM32F4_OTG
    {
        private void PlaceFifos()
        {
            receiveFifo.Place(0, (uint)receiveDepth.Value);
            for(var i = 0; i < transmitFifos.Length; i++)
            {
                PlaceTransmitFifo(i);
            }
        }

        private void PlaceTransmitFifo(int number)
        {
            transmitFifos[number].Place((uint)transmitStarts[number].Value, (uint)transmitDepths[number].Value);
            ForgetPackets(number);
        }

        private void CheckPlace(string register, ulong start, ulong depth)
        {
            if(start + depth > (ulong)fifoMemory.Length)
            {
                mistakes.Report(register, $"the FIFO ends at word {start + depth}, but the memory has {fifoMemory.Length}");
            }
        }

        private void FlushTransmitFifos(int number)
        {
            for(var i = 0; i < transmitFifos.Length; i++)
            {
                if(i == number || number == AllFifos)
                {
                    transmitFifos[i].Flush();
                    ForgetPackets(i);
                }
            }
        }

        private void ForgetPackets(int fifo)
        {
            foreach(var endpoint in inEndpoints.Where(x => x.FifoNumber == fifo))
            {
                endpoint.Flush();
            }
        }

        private OtgFifo FifoOf(OtgInEndpoint endpoint) => transmitFifos[endpoint.FifoNumber < transmitFifos.Length ? endpoint.FifoNumber : 0];

        private bool IsFifoEmptyEnough(OtgInEndpoint endpoint)
        {
            var fifo = FifoOf(endpoint);
            return isEmptyLevel.Value ? fifo.Count == 0 : fifo.Free * 2 >= fifo.Depth;
        }

        private uint ReadFifo(long offset)
        {
            if(receiveFifo.UnreadWords == 0)
            {
                mistakes.Report(OffsetToString(offset), "read as 0, because no data are left of the packet that OTG_FS_GRXSTSP told of");
                return 0;
            }
            var result = receiveFifo.ReadWord();
            if(receiveFifo.UnreadWords == 0)
            {
                HandlePacketRead();
            }
            TellHost();
            return result;
        }

        private void WriteFifo(long offset, uint value)
        {
            var number = (offset / FifoWindowSize) - 1;
            if(number >= inEndpoints.Length || IsHost)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because there is no such endpoint");
                return;
            }
            var endpoint = inEndpoints[number];
            if(!FifoOf(endpoint).Push(value))
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because the FIFO is full (DTXFSTS)");
                return;
            }
            endpoint.AddWord();
            endpoint.FormPackets();
            UpdateInterrupt();
            TellHost();
        }

        private uint ReadStatus()
        {
            if(receiveFifo.IsEmpty)
            {
                mistakes.Report(OffsetToString((long)Registers.GRXSTSP), "read as 0, because the receive FIFO is empty (GINTSTS.RXFLVL)");
                return 0;
            }
            if(receiveFifo.UnreadWords > 0)
            {
                mistakes.Report(OffsetToString((long)Registers.GRXSTSP), "data of the packet before were not read: they are dropped");
                HandlePacketRead();
            }
            currentStatus = receiveFifo.PopStatus();
            var endpoint = outEndpoints[currentStatus & 0xF];
            switch(StatusOf(currentStatus))
            {
            case OtgPacketStatus.GlobalOutNak:
                globalOutNakEffective = globalOutNak;
                break;
            case OtgPacketStatus.OutCompleted:
                endpoint.IsEnabled = false;
                endpoint.Flags |= OtgEndpoint.TransferCompleted;
                break;
            case OtgPacketStatus.SetupCompleted:
                endpoint.Flags |= OtgOutEndpoint.SetupDone;
                break;
            default:
                if(receiveFifo.UnreadWords == 0)
                {
                    HandlePacketRead();
                }
                break;
            }
            UpdateInterrupt();
            TellHost();
            return currentStatus;
        }

        // XFRSIZ counts what the firmware has taken.
        private void HandlePacketRead()
        {
            if(StatusOf(currentStatus) != OtgPacketStatus.OutData)
            {
                return;
            }
            var endpoint = outEndpoints[currentStatus & 0xF];
            var bytes = (uint)OtgReceiveFifo.BytesOf(currentStatus);
            endpoint.TransferSize -= bytes < endpoint.TransferSize ? bytes : endpoint.TransferSize;
        }

        private uint ReadMemory(long offset)
        {
            var index = (offset - DebugWindow) / 4;
            return index < fifoMemory.Length ? fifoMemory[index] : 0;
        }

        private void WriteMemory(long offset, uint value)
        {
            var index = (offset - DebugWindow) / 4;
            if(index < fifoMemory.Length)
            {
                fifoMemory[index] = value;
            }
        }

        private static OtgPacketStatus StatusOf(uint status) => (OtgPacketStatus)(status >> 17 & 0xF);

        private uint currentStatus;

        private const int AllFifos = 0x10;
    }
}
