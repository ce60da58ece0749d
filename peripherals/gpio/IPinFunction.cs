// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A peripheral whose signals reach pins as alternate functions.</summary>
    internal interface IPinFunctions
    {
        /// <summary>Joins a pin to a signal of the peripheral, until the function is disconnected.</summary>
        /// <param name="signal">Name of the signal without the peripheral's, e.g. CH1.</param>
        /// <param name="pin">The pin.</param>
        /// <returns>The pin's end of the signal; null if the peripheral has, or models, no such signal.</returns>
        IPinFunction Connect(string signal, IPinListener pin);
    }

    /// <summary>A signal of a peripheral, as the pin sees it that selects it.</summary>
    internal interface IPinFunction
    {
        /// <summary>The pin's level has changed; the peripheral may listen.</summary>
        void HandlePinLevel(bool level);

        /// <summary>More, or less, than before can be seen at the pin.</summary>
        void HandleWatch();

        /// <summary>The pin selects something else.</summary>
        void Disconnect();

        /// <summary>The level that the peripheral drives now; null if it leaves the pin alone.</summary>
        bool? Level { get; }
    }

    /// <summary>A signal that takes whole frames from the wire, not each edge.</summary>
    internal interface IFrameReceiver : IPinFunction
    {
        /// <summary>A frame begins on the wire.</summary>
        void HandleFrame(WireFrame frame);
    }

    /// <summary>A frame of a serial interface on its way over a wire.</summary>
    internal sealed class WireFrame
    {
        /// <param name="data">Data, without start, parity and stop bits.</param>
        /// <param name="length">Number of data bits.</param>
        /// <param name="bitRate">Bits a second.</param>
        public WireFrame(uint data, int length, uint bitRate)
        {
            Data = data;
            Length = length;
            BitRate = bitRate;
        }

        public uint Data { get; }

        public int Length { get; }

        public uint BitRate { get; }
    }

    /// <summary>A peripheral whose signals are lines on the board with parts of it on them, which see each level, whatever the pin has selected.</summary>
    internal interface IBoardBus
    {
        /// <summary>A line that the board pulls up has a new level.</summary>
        /// <param name="signal">Name of the signal that the pin could select, without the peripheral's, e.g. SCL.</param>
        /// <param name="line">The line.</param>
        void HandleLine(string signal, IBoardLine line);
    }

    /// <summary>A line that the board pulls up.</summary>
    internal interface IBoardLine
    {
        /// <summary>An open drain of the board holds the line low, or lets it go.</summary>
        void Hold(bool isLow);

        /// <summary>Its level.</summary>
        bool Level { get; }
    }

    /// <summary>A pin that has selected a signal.</summary>
    internal interface IPinListener
    {
        /// <summary>A frame leaves through the pin: what is wired to it takes it.</summary>
        void SendFrame(WireFrame frame);

        /// <summary>The signal's level may have changed.</summary>
        void HandleFunctionLevel();

        /// <summary>Does anything see each change at the pin: a part of the board, or a wire? If not, the signal need not tell of any.</summary>
        bool IsWatched { get; }

        /// <summary>Does nobody drive or pull the pin, nor what is wired to it?</summary>
        bool IsFloating { get; }
    }
}
