# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The command line of campaigns: options, the folder of the report, jobs, and merged reports."""

import contextlib
import io
import json
import os
import re
import sys
import tempfile
import threading
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import boards  # noqa: E402
import campaign  # noqa: E402
import hosts  # noqa: E402

STORE = "firmware-fixtures/programs/store.py"


def option(name, value=None, tool=False, names_report=False, hidden=False, choices=(), firmware=False):
    return {"name": name, "value": value, "help": "what it does", "choices": {x: "what that is" for x in choices},
            "tool": tool, "namesReport": names_report, "firmware": firmware, "hidden": hidden}


GRAMMAR = campaign.Grammar([
    option("--supply", "KIND", names_report=True, choices=("cell", "no-cell")), option("--sample", "K", names_report=True), option("--shard", "I/N", names_report=True),
    option("--report", "DIR"), option("--resume"), option("--overwrite"), option("--jobs", "N", tool=True), option("--help", tool=True), option("--job", "K/J", hidden=True)])


def arguments(*words):
    with mock.patch.object(hosts, "choose", lambda name: name or "standalone"):
        return campaign.Arguments(words)


class GrammarTests(unittest.TestCase):
    def test_should_tell_program_own_options_and_those_of_the_campaign_apart(self):
        others, tool, rest = GRAMMAR.split(["--sample", "5", "--resume", "p.py", "--jobs=2", "--supply=no-cell"])
        self.assertEqual(others, ["p.py"])
        self.assertEqual(tool, {"--jobs": "2"})
        self.assertEqual(rest, [("--sample", "5"), ("--resume", None), ("--supply", "no-cell")])

    def test_should_take_what_follows_for_a_value_whatever_it_is(self):
        self.assertEqual(GRAMMAR.split(["--report", "--resume"])[2], [("--report", "--resume")])
        self.assertEqual(GRAMMAR.split(["--report", "p.py", "q.py"])[0], ["q.py"])
        self.assertEqual(GRAMMAR.split(["--report=a=b"])[2], [("--report", "a=b")])
        self.assertEqual(GRAMMAR.split(["-h"])[1], {"--help": None})

    def test_should_say_what_is_wrong(self):
        for words, wrong in ((["--bogus"], "there is no option '--bogus': say one of --supply, .*--help$"), (["--sample"], "--sample: a value is missing"),
                             (["--report="], "--report: a value is missing"), (["--report", ""], "--report: a value is missing"),
                             (["--resume=1"], "--resume takes no value"), (["--job", "1/2"], "there is no option '--job'"), (["-x"], "no option '-x'")):
            with self.subTest(words), self.assertRaisesRegex(hosts.HostError, wrong):
                GRAMMAR.split(words)

    def test_should_know_the_options_of_the_campaign(self):
        grammar = campaign.Grammar.load()
        for name in campaign.MERGE_OPTIONS + ("--jobs", "--board", "--firmware", "--resume", "--only"):
            self.assertIn(name, grammar.options)
        self.assertEqual(list(grammar.options["--supply"]["choices"]), ["cell", "no-cell", "slow-ramp", "vbat-bounce", "usb-unplug"])
        self.assertIsNone(grammar.options["--reboot"]["value"])

    def test_should_tell_of_each_option_and_choice_but_hidden_ones(self):
        grammar = campaign.Grammar.load()
        text = grammar.help()
        for name, facts in grammar.options.items():
            self.assertEqual(bool(re.search(rf"^  {name}\b", text, re.MULTILINE)), not facts["hidden"], name)
            for choice in facts["choices"]:
                self.assertRegex(text, rf"(?m)^    {choice} ")
        self.assertLessEqual(max(len(line) for line in text.split("\n")), 132)


class WordTests(unittest.TestCase):
    def test_should_keep_from_the_monitor_what_it_would_take_apart(self):
        self.assertEqual(campaign.option_words([("--resume", None), ("--from", "^it is (now) +x"), ("--good", r"ok \d+$"), ("--bad", "it's"), ("--lost", "50%")]),
                         ["--resume", "--from", "^it is (now) +x", "--good%=ok%20%5Cd%2B%24", "--bad%=it%27s", "--lost%=50%25"])

    def test_should_take_such_words_itself(self):
        grammar = campaign.Grammar([option("--from", "REGEX")])
        self.assertEqual(grammar.split(["--from%=it%27s", "--from=100%=all"])[2], [("--from", "it's"), ("--from", "100%=all")])


class FolderTests(unittest.TestCase):
    def folder(self, options, board=boards.load()[1]):
        folder, rest = campaign.report_folder(GRAMMAR, "a/p.py", board, "standalone", options)
        return os.path.relpath(folder, hosts.ROOT), rest

    def test_should_name_it_by_what_is_cut_and_write_it_anew(self):
        self.assertEqual(self.folder([]), ("build/campaign/p-standalone", [("--overwrite", None)]))
        self.assertEqual(self.folder([("--shard", "1/2"), ("--supply", "no-cell"), ("--sample", "5")], "pyboard11")[0],
                         "build/campaign/p-pyboard11-no-cell-sample5-shard1of2-standalone")

    def test_should_go_on_with_it_if_told_to(self):
        self.assertEqual(self.folder([("--resume", None)])[1], [("--resume", None)])
        self.assertEqual(self.folder([("--overwrite", None)])[1], [("--overwrite", None)])

    def test_should_take_the_one_that_is_given_and_never_overwrite_it(self):
        folder, rest = campaign.report_folder(GRAMMAR, "p.py", "x", "standalone", [("--report", "some/where"), ("--sample", "2")])
        self.assertEqual(folder, os.path.abspath("some/where"))
        self.assertEqual(rest, [("--sample", "2")])


class ArgumentsTests(unittest.TestCase):
    def setUp(self):
        self.directory = os.getcwd()
        os.chdir(hosts.ROOT)
        self.addCleanup(os.chdir, self.directory)

    def test_should_give_each_job_its_part(self):
        asked = arguments(STORE, "--jobs", "3", "--sample", "7", "--report", "a b", "--resume")
        self.assertEqual(asked.jobs, 3)
        words = asked.job_options(2)
        self.assertRegex(words, r"^--sample 7 --resume --job 2/3 --report '.*/a b' --replay-as \S+$")
        self.assertIn("./build.sh%20campaign%20" + STORE, words)
        self.assertNotIn("--job", arguments(STORE).job_options(1))

    def test_should_replay_with_what_was_given(self):
        words = arguments(STORE, "--board", "pyboard11", "--host", "standalone", "--firmware", "x.elf").job_options(1)
        self.assertIn("--board%20pyboard11%20--firmware%20x.elf%20--host%20standalone", words)

    def test_should_say_what_is_wrong(self):
        for words, wrong in (([], "which program"), ([STORE, STORE], "one program at a time"), (["none.py"], "there is no program 'none.py'"),
                             ([STORE, "--jobs", "0"], "--jobs 0: give a whole number from 1 to 64"), ([STORE, "--jobs", "two"], "--jobs two: give"),
                             ([STORE, "--jobs", "2", "--only", "3"], "leave out --jobs"), ([STORE, "--board", "x"], "there is no board 'x'"),
                             (["merge"], "merge: which reports"), (["merge", "none"], "there is no folder 'none'"),
                             (["merge", "tools", "--sample", "3"], "merge takes no --sample"), (["merge", "tools", "--jobs", "3"], "merge takes no --jobs")):
            with self.subTest(words), self.assertRaisesRegex(hosts.HostError, wrong):
                arguments(*words)
        with self.assertRaisesRegex(hosts.HostError, "has quotes in it"):
            campaign.monitor_words(["it's"])
        self.assertRegex(arguments(STORE, "--report", "it's").job_options(1), r"--report%=\S+it%27s --replay")

    def test_should_cut_firmware_without_a_program(self):
        asked = arguments("--firmware", "VERSION", "--from", "^saving$", "--until", "done", "--good", "ok", "--board", "pyboard11")
        self.assertEqual((asked.program, asked.firmware, asked.board.name), ("VERSION", "VERSION", "pyboard11"))
        self.assertEqual(os.path.relpath(asked.folder), "build/campaign/VERSION-pyboard11-standalone")
        words = asked.job_options(1)
        self.assertRegex(words, r"^--from%=%5Esaving%24 --until done --good ok --overwrite --report ")
        self.assertIn("--replay-as ./build.sh%20campaign%20--board%20pyboard11%20--firmware%20VERSION", words)

    def test_should_tell_programs_and_firmware_apart(self):
        for words, wrong in (([STORE, "--from", "x"], f"--from is for firmware, and {STORE} is a program for MicroPython"), (["--until", "x", "--good", "y"], "--until is for firmware: which"),
                             (["--firmware", "VERSION"], "what does it print"), (["--firmware", "none.elf", "--until", "x", "--good", "y"], "there is no firmware 'none.elf'"),
                             ([STORE, "--firmware", "x.elf", "--until-symbol", "x"], "--until-symbol is for firmware, and")):
            with self.subTest(words), self.assertRaisesRegex(hosts.HostError, wrong):
                arguments(*words)

    def test_should_merge_into_a_folder_of_its_own(self):
        asked = arguments("merge", "tools", "docs")
        self.assertEqual(asked.folders, [os.path.abspath("tools"), os.path.abspath("docs")])
        self.assertEqual(os.path.relpath(asked.folder), "build/campaign/merged-standalone")
        self.assertEqual(asked.options, [("--overwrite", None)])

    def test_should_help_without_a_program(self):
        self.assertTrue(arguments("--help").wants_help)


class FakeHost:
    """A campaign's verbs: each call of Continue makes a cut, of a plan by job."""

    def __init__(self, log, plans, fail=None):
        self.log = log
        self.plans = plans
        self.fail = fail
        self.job = 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def keyword(self, name):
        pass

    def command(self, text):
        verb = text.split(" ")[1] if text.startswith("emulation ") else text
        if verb == "PreparePowerFailCampaign":
            self.job = int((re.search(r"--job (\d+)/", text) or [0, 1])[1])
        if verb.endswith("Campaign") or verb.endswith("Campaigns"):
            self.log.append((self.job, verb, text))
        if self.fail and self.fail(self.job, verb):
            raise hosts.HostError("it broke")
        plan = self.plans[self.job]
        if verb == "ContinuePowerFailCampaign":
            plan[0] += 1
        if verb == "FinishPowerFailCampaign":
            return f"summary of {self.job}"
        if verb == "MergePowerFailCampaigns":
            return "summary of all"
        return f"{plan[0]} {plan[1]} {plan[0]} {plan[2]}"


class CampaignTests(unittest.TestCase):
    def setUp(self):
        self.log = []

    def run_jobs(self, plans, words=(), fail=None, host="standalone"):
        asked = arguments(os.path.join(hosts.ROOT, STORE), "--host", host, "--jobs", str(len(plans)), *words)
        made = campaign.Campaign(asked, "/firmware.elf", lambda name, job: FakeHost(self.log, plans, fail))
        made.progress._last_line = float("inf")
        return made

    def verbs(self, job):
        return [verb.replace("PowerFailCampaign", "") for number, verb, _ in self.log if number == job]

    def test_should_make_the_cuts_of_one_job(self):
        made = self.run_jobs({1: [0, 2, 0]})
        self.assertEqual(made.run(), "summary of 1")
        self.assertEqual(self.verbs(1), ["Prepare", "Continue", "Continue", "Finish"])
        self.assertEqual(made.progress.total(), [2, 2, 2, 0])
        self.assertFalse(made.progress.is_partial())

    def test_should_add_up_jobs_and_make_one_report(self):
        made = self.run_jobs({1: [0, 2, 1], 2: [1, 3, 2], 3: [0, 0, 0]})
        self.assertEqual(made.run(), "summary of all")
        self.assertEqual(made.progress.total(), [5, 5, 5, 3])
        self.assertEqual([verb for _, verb, _ in self.log].count("MergePowerFailCampaigns"), 1)
        # The report is opened before anybody else looks into it, and merged when nobody writes any more.
        self.assertEqual(self.log[0][:2], (1, "PreparePowerFailCampaign"))
        self.assertEqual(self.log[-1][:2], (1, "MergePowerFailCampaigns"))
        self.assertRegex(self.log[-1][2], r'^emulation MergePowerFailCampaigns "" "--report \S+"$')

    def test_should_stop_all_jobs_if_one_fails(self):
        made = self.run_jobs({1: [0, 10 ** 9, 0], 2: [0, 3, 0]}, fail=lambda job, verb: job == 2 and verb.startswith("Continue"))
        with self.assertRaisesRegex(hosts.HostError, "^job 2 of 2: it broke; --resume goes on"):
            made.run()
        self.assertEqual(self.verbs(1)[-1], "Finish")
        self.assertNotIn("MergePowerFailCampaigns", [verb for _, verb, _ in self.log])

    def test_should_not_open_a_host_in_vain_if_the_first_can_not_begin(self):
        made = self.run_jobs({1: [0, 2, 0], 2: [0, 2, 0]}, fail=lambda job, verb: verb.startswith("Prepare"))
        with self.assertRaisesRegex(hosts.HostError, "it broke"):
            made.run()
        self.assertEqual(self.verbs(2), [])

    def test_should_say_it_once_if_all_say_the_same(self):
        made = self.run_jobs({1: [0, 2, 0]}, fail=lambda job, verb: verb.startswith("Continue"))
        with self.assertRaisesRegex(hosts.HostError, "^it broke$"):
            made.run()

    def test_should_complete_the_cut_and_the_report_when_interrupted(self):
        def stop(job, verb):
            if len({number for number, seen, _ in self.log if seen.startswith("Continue")}) == 2:
                made.stop()

        made = self.run_jobs({1: [0, 10 ** 9, 0], 2: [0, 10 ** 9, 0]}, fail=stop)
        self.assertEqual(made.run(), "summary of all")
        self.assertTrue(made.progress.is_partial())
        self.assertEqual((self.verbs(1)[-2:], self.verbs(2)[-1]), (["Finish", "Merges"], "Finish"))

    def test_should_end_all_hosts_if_asked_twice(self):
        ended = []

        class Stuck(FakeHost):
            def __exit__(self, *_):
                ended.append(self.job)
                released.set()

            def command(self, text):
                if "Continue" in text:
                    released.wait(10)
                    raise hosts.HostError("gone")
                return super().command(text)

        released = threading.Event()
        asked = arguments(os.path.join(hosts.ROOT, STORE), "--jobs", "2")
        made = campaign.Campaign(asked, "/firmware.elf", lambda name, job: Stuck(self.log, {1: [0, 2, 0], 2: [0, 2, 0]}))
        made.progress.update = mock.Mock(side_effect=KeyboardInterrupt)
        with self.assertRaises(KeyboardInterrupt):
            made.run()
        self.assertTrue(ended)
        self.assertFalse(any(job.is_alive() for job in made.jobs))


class MergeTests(unittest.TestCase):
    def merge(self, report):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "campaign.json"), "w", encoding="utf-8") as file:
                json.dump(report, file)
            log = []
            with mock.patch.object(campaign, "open_host", lambda name, job: FakeHost(log, {1: [0, 0, 0]})), contextlib.redirect_stdout(io.StringIO()) as out:
                try:
                    return campaign.run_merge(arguments("merge", folder, folder, "--report", folder, "--overwrite")), out.getvalue(), log[-1][2]
                except hosts.HostError as e:
                    return str(e), out.getvalue(), log[-1][2]

    def test_should_end_with_the_status_of_the_whole(self):
        status, out, command = self.merge({"failed": 0, "complete": True})
        self.assertEqual(status, 0)
        self.assertIn("summary of all\nReport: ", out)
        self.assertRegex(command, r'^emulation MergePowerFailCampaigns "(\S+) \1" "--overwrite --report \1"$')
        self.assertEqual(self.merge({"failed": 3, "complete": False})[0], 1)

    def test_should_not_be_content_with_a_part(self):
        self.assertRegex(self.merge({"failed": 0, "complete": False})[0], "the merged report is partial")


if __name__ == "__main__":
    unittest.main()
