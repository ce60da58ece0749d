// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Ways to let a board's virtual time pass.</summary>
    internal static class BoardTime
    {
        /// <summary>Lets so many virtual seconds pass.</summary>
        public static void RunForSeconds(this IBoardSupplies board, double seconds)
        {
            board.RunFor(TimeInterval.FromSeconds(seconds));
        }

        /// <summary>Lets so many virtual microseconds pass; none if there are less than none.</summary>
        public static void RunForMicroseconds(this IBoardSupplies board, double microseconds)
        {
            if(microseconds > 0)
            {
                board.RunFor(FromMicroseconds(microseconds));
            }
        }

        /// <summary>Lets virtual time pass.</summary>
        /// <param name="board">The board.</param>
        /// <param name="isOver">Ends it, at the end of a slice.</param>
        /// <param name="timeout">Virtual seconds.</param>
        /// <param name="slice">Virtual seconds between two looks.</param>
        /// <returns>Did it end by the condition?</returns>
        public static bool RunUntil(this IBoardSupplies board, Func<bool> isOver, double timeout, double slice)
        {
            for(var passed = 0.0; !isOver(); passed += slice)
            {
                if(passed >= timeout)
                {
                    return false;
                }
                board.RunForSeconds(slice);
            }
            return true;
        }

        /// <summary>A span of virtual time.</summary>
        public static TimeInterval FromMicroseconds(double microseconds) => TimeInterval.FromTicks((ulong)(microseconds * TimeInterval.TicksPerMicrosecond));
    }
}
