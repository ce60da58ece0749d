// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Which bytes of what a cut has left were looked at, since the power came back, before anything else was written there. Firmware that finds the same in them
    /// does the same, whatever is in others.
    /// </summary>
    internal sealed class LookedAt
    {
        /// <summary>Nothing was looked at yet.</summary>
        /// <param name="left">What the cut has left.</param>
        public LookedAt(CutRemains left)
        {
            areas = left.Areas.Select(x => new Area(x)).ToArray();
        }

        private LookedAt(LookedAt before, CutRemains left)
        {
            areas = before.areas.Select((x, i) => x.CopyFor(left.Areas[i])).ToArray();
            IsUnclear = before.IsUnclear;
        }

        /// <summary>The same so far, after another cut where it would have been the same; goes on by itself.</summary>
        /// <param name="left">What that one has left.</param>
        public LookedAt CopyFor(CutRemains left) => new LookedAt(this, left);

        /// <summary>A memory was read.</summary>
        public void Read(string target, int offset, int size)
        {
            ForEach(target, offset, size, (area, i) =>
            {
                var isLeft = !area.IsErased && !area.Written[i];
                area.Seen[i] |= isLeft;
                IsUnclear |= isLeft && area.Left.IsUnstable(i, 1);
            });
        }

        /// <summary>A memory was written, at once.</summary>
        public void Write(string target, int offset, int size)
        {
            ForEach(target, offset, size, (area, i) => area.Written[i] = true);
        }

        /// <summary>A memory was programmed. What that makes of it depends on what was there, unless it was erased.</summary>
        public void Program(string target, int offset, int size)
        {
            ForEach(target, offset, size, (area, _) => IsUnclear |= !area.IsErased);
        }

        /// <summary>A memory was erased: what the cut has left there is gone.</summary>
        public void Erase(string target, int offset, int size)
        {
            foreach(var area in areas.Where(x => x.Left.Target == target && x.Left.Offset >= offset && x.Left.Offset + x.Left.Content.Length <= offset + size))
            {
                area.IsErased = true;
            }
        }

        /// <summary>Would all that was looked at be the same after another cut, each time?</summary>
        public bool IsSameIn(CutRemains other)
        {
            for(var i = 0; i < areas.Length; i++)
            {
                if(!areas[i].IsSameIn(other.Areas[i]))
                {
                    return false;
                }
            }
            return true;
        }

        /// <summary>From now on it can be asked <see cref="IsSameIn"/>.</summary>
        /// <param name="forGood">There will be no copy: of what the cut has left only that stays which was looked at.</param>
        public void Close(bool forGood)
        {
            foreach(var area in areas)
            {
                area.Close(forGood);
            }
        }

        /// <summary>What a cut has left that is still there, but for what it shares with the one of which this is.</summary>
        public IEnumerable<CutRemains.Area> StillIn(CutRemains other) => other.Areas.Where((_, i) => !areas[i].IsErased);

        /// <summary>Does what was done depend on more than what was looked at, or on chance?</summary>
        public bool IsUnclear { get; private set; }

        private void ForEach(string target, int offset, int size, Action<Area, int> action)
        {
            foreach(var area in areas)
            {
                if(area.Left.Target != target)
                {
                    continue;
                }
                var end = Math.Min(offset + size, area.Left.Offset + area.Left.Content.Length) - area.Left.Offset;
                for(var i = Math.Max(offset - area.Left.Offset, 0); i < end; i++)
                {
                    action(area, i);
                }
            }
        }

        private readonly Area[] areas;

        private sealed class Area
        {
            public Area(CutRemains.Area left)
            {
                Left = left;
                Seen = new bool[left.Content.Length];
                Written = new bool[left.Content.Length];
            }

            public Area CopyFor(CutRemains.Area left)
            {
                var result = new Area(left) { IsErased = IsErased };
                Seen.CopyTo(result.Seen, 0);
                Written.CopyTo(result.Written, 0);
                return result;
            }

            public void Close(bool forGood)
            {
                stretches = Stretches().ToArray();
                if(forGood)
                {
                    Left = null;
                    Seen = null;
                    Written = null;
                }
            }

            public bool IsSameIn(CutRemains.Area other)
            {
                foreach(var (start, bytes) in stretches)
                {
                    if(!other.Content.AsSpan(start, bytes.Length).SequenceEqual(bytes) || other.IsUnstable(start, bytes.Length))
                    {
                        return false;
                    }
                }
                return true;
            }

            private IEnumerable<(int Start, byte[] Bytes)> Stretches()
            {
                for(var i = 0; i < Seen.Length;)
                {
                    var start = i;
                    for(; i < Seen.Length && Seen[i]; i++)
                    {
                    }
                    if(i > start)
                    {
                        yield return (start, Left.Content.AsSpan(start, i - start).ToArray());
                    }
                    for(; i < Seen.Length && !Seen[i]; i++)
                    {
                    }
                }
            }

            public CutRemains.Area Left;
            public bool[] Seen;
            public bool[] Written;
            public bool IsErased;

            private (int Start, byte[] Bytes)[] stretches;
        }
    }
}
