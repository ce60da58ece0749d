// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A transmit mailbox (RM0090 32.7.1): what is in it, and what became of it.</summary>
    internal sealed class CanMailbox
    {
        public void Reset()
        {
            IsPending = IsAborting = IsCompleted = IsSent = HasFailed = false;
            Order = 0;
        }

        /// <summary>TXRQ was set.</summary>
        public void Request(ulong order)
        {
            IsPending = true;
            Order = order;
            IsCompleted = IsSent = HasFailed = false;
        }

        /// <summary>The request is over.</summary>
        public void Complete(bool isSent)
        {
            IsPending = IsAborting = false;
            IsCompleted = true;
            IsSent = isSent;
        }

        /// <summary>The frame as it will be sent.</summary>
        /// <param name="stamp">Time stamp that takes the place of the last two bytes; null if none does.</param>
        public CanFrame ToFrame(ushort? stamp = null)
        {
            var identifier = (uint)((Standard.Value << 21) | (Extended.Value << 3)) | (IsExtended.Value ? CanFrame.ExtendedFlag : 0) | (IsRemote.Value ? CanFrame.RemoteFlag : 0);
            var high = (uint)High.Value;
            if(stamp.HasValue)
            {
                high = (high & 0xFFFF) | ((uint)stamp.Value >> 8 << 16) | ((uint)stamp.Value << 24);
            }
            return new CanFrame(identifier, (int)Length.Value, (uint)Low.Value, high);
        }

        public bool IsPending { get; private set; }

        /// <summary>ABRQ, of a frame that is on the wire.</summary>
        public bool IsAborting { get; set; }

        /// <summary>RQCP.</summary>
        public bool IsCompleted { get; set; }

        /// <summary>TXOK.</summary>
        public bool IsSent { get; set; }

        /// <summary>TERR.</summary>
        public bool HasFailed { get; set; }

        /// <summary>Which request it was, counted.</summary>
        public ulong Order { get; private set; }

        public IFlagRegisterField IsRemote;
        public IFlagRegisterField IsExtended;
        public IFlagRegisterField SendsTime;
        public IValueRegisterField Extended;
        public IValueRegisterField Standard;
        public IValueRegisterField Length;
        public IValueRegisterField Time;
        public IValueRegisterField Low;
        public IValueRegisterField High;
    }
}
