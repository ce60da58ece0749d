// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;

namespace UnitTests
{
    /// <summary>
    /// A program for <see cref="FakeBoard"/>: in each step, the number of the step goes to byte 0, then to byte 1. The check takes both for
    /// one value, and may write, too.
    /// </summary>
    internal sealed class FakeGuest : IGuest
    {
        public FakeGuest(FakeBoard board)
        {
            this.board = board;
            Answer = steps =>
            {
                var content = board.GetContent();
                return content[0] != content[1] ? "corrupt" : content[0] == steps ? "old" : content[0] == steps + 1 ? "new" : "lost";
            };
        }

        public void Attach() => Attached++;

        public void Detach() => Attached = 0;

        // It is on the board.
        public object Remember() => board.Guest;

        public void Recall(object memory)
        {
            Recalled++;
            RecalledRight &= board.Guest.Equals(memory);
        }

        public bool WaitForBoot(double timeout)
        {
            Boots++;
            board.RunForMicroseconds(100);
            return board.IsPowered && BootsUp(Boots);
        }

        public void Introduce(double timeout) => Load(timeout);

        public GuestOutcome Load(double timeout)
        {
            OnLoad();
            return LoadOutcome(Boots);
        }

        public void StartRun()
        {
            asked = null;
            var at = 0.0;
            var operations = new List<FakeBoard.Operation> { At(at += 10, () => Began?.Invoke()) };
            for(var step = 1; step <= Steps; step++)
            {
                var value = (byte)step;
                operations.Add(At(at += 400, () => board.Write(0, value)));
                operations.Add(At(at += 400, () => board.Write(1, value)));
                if(IsSlow)
                {
                    operations.Add(At(at += 100, () => board.WriteSlowly(0, (byte)(value * 0x11))));
                    at += 100;
                }
                operations.Add(At(at += 100, () => OnStep(value)));
                operations.Add(At(at += 100, () => board.ChangeGuest(StepsDone + 1, false)));
            }
            operations.Add(At(at += 100, End));
            Start(operations);
        }

        public void StartCheck(int stepsDone)
        {
            asked = stepsDone;
            var operations = new List<FakeBoard.Operation> { At(10, () => Began?.Invoke()) };
            if(CheckReads)
            {
                operations.Add(At(15, () => board.Read(0)));
            }
            operations.AddRange(Enumerable.Range(0, CheckWrites).Select(x => At(20 + x, () =>
            {
                OnCheckWrite(x);
                board.Write(8 + (x % 8), (byte)(x + 1));
            })));
            operations.Add(At(100, End));
            Start(operations);
        }

        public GuestOutcome WaitForEnd(double timeout, Func<bool> isOver = null)
        {
            board.RunUntil(() => IsThrough || (isOver != null && isOver()), timeout, CampaignStage.Slice);
            return !IsThrough ? GuestOutcome.Running : asked == null ? RunOutcome : CheckOutcome;
        }

        public string ExplainRun(GuestOutcome outcome, double timeout) => $"the run is {outcome}";

        public string ExplainWrites(int most) => most > 0 ? "the run writes too much" : "the run writes nothing";

        public string ExplainCheck(GuestOutcome outcome, double timeout) => outcome == GuestOutcome.Returned ? "" : outcome == GuestOutcome.Raised ? Exception : $"the check is {outcome}";

        public string ExplainProof(GuestOutcome outcome, double timeout, bool mayLose) => outcome == GuestOutcome.Returned && Answer(asked.Value) != "lost" ? null : $"the proof is {outcome}{(mayLose ? ", which may be" : "")}";

        public Verdict? ReadVerdict(out string answer)
        {
            answer = Answer(asked.Value);
            return Enum.TryParse<Verdict>(answer, true, out var verdict) ? verdict : (Verdict?)null;
        }

        public bool IsThrough => board.Guest.IsThrough;

        public int StepsDone => board.Guest.StepsDone;

        public string Exception => "ValueError: no";

        public string Transcript => "said";

        public string NoBoot => "the fake shows no prompt";

        public string NoBootHint => "is it a fake?";

        public string RunName => "the run";

        // What it looks at is not told, unless a test lets it.
        public bool RunsFromTargets { get; set; } = true;

        public bool ProvesCheck { get; set; }

        public Action Began { get; set; }

        public Action Ended { get; set; }

        public int Steps { get; set; } = 2;

        /// <summary>Does each step write the slow memory, too, after the other? The number of the step, as two digits.</summary>
        public bool IsSlow { get; set; }

        public int CheckWrites { get; set; }

        /// <summary>Does the check read backup SRAM?</summary>
        public bool CheckReads { get; set; }

        public bool IsEndless { get; set; }

        public Func<int, string> Answer { get; set; }

        public Action<int> OnStep { get; set; } = _ => { };

        public Action<int> OnCheckWrite { get; set; } = _ => { };

        public Action OnLoad { get; set; } = () => { };

        public Func<int, bool> BootsUp { get; set; } = _ => true;

        public Func<int, GuestOutcome> LoadOutcome { get; set; } = _ => GuestOutcome.Returned;

        public GuestOutcome RunOutcome { get; set; } = GuestOutcome.Returned;

        public GuestOutcome CheckOutcome { get; set; } = GuestOutcome.Returned;

        public int Boots { get; private set; }

        public int Attached { get; private set; }

        public int Recalled { get; private set; }

        public bool RecalledRight { get; private set; } = true;

        private static FakeBoard.Operation At(double microseconds, Action action) => new FakeBoard.Operation(microseconds, action);

        private void Start(IEnumerable<FakeBoard.Operation> operations)
        {
            board.ChangeGuest(0, false);
            board.Start(operations);
        }

        private void End()
        {
            if(!IsEndless)
            {
                board.ChangeGuest(StepsDone, true);
                Ended?.Invoke();
            }
        }

        private int? asked;

        private readonly FakeBoard board;
    }
}
