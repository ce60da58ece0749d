// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

namespace Antmicro.Renode.Core.CAN
{
    /// <summary>A frame on a hub, as its content.</summary>
    public class CANMessageFrame
    {
        /// <param name="id">11 bits, or 29 in extended format.</param>
        /// <param name="data">Its bytes.</param>
        /// <param name="extendedFormat">29 bits.</param>
        /// <param name="remoteFrame">It asks for data.</param>
        /// <param name="fdFormat">A frame of CAN FD.</param>
        /// <param name="bitRateSwitch">Faster in its data.</param>
        public CANMessageFrame(uint id, byte[] data, bool extendedFormat = false, bool remoteFrame = false, bool fdFormat = false, bool bitRateSwitch = false)
        {
            Id = id;
            Data = data;
            ExtendedFormat = extendedFormat;
            RemoteFrame = remoteFrame;
            FDFormat = fdFormat;
            BitRateSwitch = bitRateSwitch;
        }

        public override string ToString()
        {
            return $"[Message: Data={DataAsHex}, Remote={RemoteFrame}, Extended={ExtendedFormat}, BitRateSwitch={BitRateSwitch}, FDFormat={FDFormat}, Id={Id}, DataLength={Data.Length}]";
        }

        public string DataAsHex => $"[{string.Join(", ", Data.Select(x => $"0x{x:X}"))}]";

        public uint Id { get; }

        public byte[] Data { get; }

        public bool ExtendedFormat { get; }

        public bool RemoteFrame { get; }

        public bool FDFormat { get; }

        public bool BitRateSwitch { get; }
    }
}
