# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The exam, with a run-tests.py and boards of these tests' own."""

import contextlib
import io
import os
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import boards  # noqa: E402
import exam  # noqa: E402
import hosts  # noqa: E402

# Says of each test what its name tells, as MicroPython's does.
RUN_TESTS = textwrap.dedent('''
    import os, sys, time
    output = sys.argv[sys.argv.index("-r") + 1]
    print("platform=pyboard")
    for test in sys.argv[5:]:
        if "hang" in test:
            time.sleep(60)
        if "unittest" in test:
            print("error: test", test, "requires unittest")
            sys.exit(1)
        if "crash" in test:
            print("Traceback: the port is gone")
            sys.exit(1)
        if "once" in test:
            verdict = "pass " if os.path.exists("tried") else "FAIL "
            open("tried", "w").close()
            print(verdict, test, flush=True)
            continue
        verdict = "skip " if "skip" in test else "FAIL " if "fail" in test or "lost" in test else "pass "
        if verdict == "FAIL ":
            with open(os.path.join(output, test.replace("/", "_") + ".out"), "w") as file:
                file.write("timeout waiting for first EOF reception\\\\nCRASH" if "lost" in test else "ValueError\\\\nCRASH")
        print(verdict, test, flush=True)
''').replace("\\\\n", "\\n")


class FakeBench(exam.Bench):
    """Its boards are there at once, and are counted."""

    boards = 0

    def _start(self):
        self.boards += 1
        self._live = mock.Mock()
        self._pty = "repl"
        self._pty_folder = mock.Mock()

    def _copy_files(self, tests):
        pass


class ExamTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("run-tests.py", RUN_TESTS)
        self.write("pyboard.py", "class Pyboard:\n    def read_until(self, count, ending, timeout=10, data_consumer=None):\n        return timeout\n")

    def write(self, path, content=""):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)

    def run_bench(self, *tests, timeout=60.0):
        bench = FakeBench("standalone", boards.find("pyboard11"), "image", False, self.folder, exam.Data(), 0, self.folder, timeout)
        self.addCleanup(bench.close)
        return bench, list(bench.run(tests))

    def test_should_take_verdicts_from_one_board(self):
        bench, results = self.run_bench("io/a.py", "io/skip.py", "io/fail.py", "io/b.py")
        self.assertEqual([(x.test, x.verdict) for x in results], [("io/a.py", "pass"), ("io/skip.py", "skip"), ("io/fail.py", "FAIL"), ("io/b.py", "pass")])
        self.assertEqual(bench.boards, 1)
        self.assertIn("io_fail.py.out", results[2].note)

    def test_should_fail_a_test_that_hangs_and_go_on_with_a_fresh_board(self):
        with mock.patch("exam.QUESTIONS_S", 0):
            bench, results = self.run_bench("io/a.py", "io/hang.py", "io/b.py", timeout=2.0)
        self.assertEqual([x.verdict for x in results], ["pass", "FAIL", "pass"])
        self.assertEqual(results[1].note, "hangs: no end after 2 s")
        self.assertEqual(bench.boards, 2)

    def test_should_get_a_fresh_board_when_one_no_longer_answers(self):
        bench, results = self.run_bench("io/lost.py", "io/b.py")
        self.assertEqual([x.verdict for x in results], ["FAIL", "pass"])
        self.assertEqual(bench.boards, 2)

    def test_should_fail_a_test_that_ends_run_tests(self):
        bench, results = self.run_bench("io/a.py", "io/crash.py", "io/b.py")
        self.assertEqual([(x.verdict, x.note) for x in results], [("pass", ""), ("FAIL", "Traceback: the port is gone"), ("pass", "")])
        self.assertEqual(bench.boards, 2)

    def test_should_skip_what_wants_unittest(self):
        bench, results = self.run_bench("io/unittest.py", "io/b.py")
        self.assertEqual([x.verdict for x in results], ["skip", "pass"])
        self.assertEqual(bench.boards, 1)

    def test_should_wait_for_a_slow_board_as_long_as_for_a_test(self):
        self.write("run-tests.py", 'import sys, pyboard\n'
                   'waits = [pyboard.Pyboard().read_until(1, b">", **x) for x in ({}, {"timeout": 100}, {"timeout": None})]\n'
                   'print("pass " if waits == [60, 100, None] else "FAIL ", sys.argv[5])\n')
        _, results = self.run_bench("io/a.py")
        self.assertEqual(results[0].verdict, "pass")

    def test_should_run_all_tests_on_all_boards(self):
        tests = [f"io/{x}.py" for x in range(60)]
        benches = [FakeBench("standalone", boards.find("pyboard11"), "image", False, self.folder, exam.Data(), x, self.folder, 60.0) for x in range(2)]
        running = exam.Exam(tests, benches)
        self.addCleanup(running.close)
        results = list(running.results())
        self.assertEqual(sorted(x.test for x in results), sorted(tests))
        self.assertEqual(exam.total(results, tests)["total"]["pass"], 60)

    def test_should_try_what_fails_once_more_on_a_fresh_board(self):
        bench = FakeBench("standalone", boards.find("pyboard11"), "image", False, self.folder, exam.Data(), 0, self.folder, 60.0)
        running = exam.Exam(["io/a.py", "io/fail.py", "io/known_fail.py", "io/once.py"], [bench], {"io/known_fail.py"})
        self.addCleanup(running.close)
        results = {x.test: x for x in running.results()}
        self.assertEqual([results[x].verdict for x in ("io/a.py", "io/fail.py", "io/known_fail.py", "io/once.py")], ["pass", "FAIL", "FAIL", "pass"])
        self.assertIn("at the second try, after: see", results["io/once.py"].note)
        self.assertEqual(bench.boards, 3)

    def test_should_end_with_the_error_of_a_board(self):
        bench = FakeBench("standalone", boards.find("pyboard11"), "image", False, self.folder, exam.Data(), 0, self.folder, 60.0)
        bench._start = mock.Mock(side_effect=hosts.HostError("no board"))
        with self.assertRaisesRegex(hosts.HostError, "no board"):
            list(exam.Exam(["io/a.py"], [bench]).results())

    def test_should_find_tests_by_file_folder_and_pattern(self):
        for path in ("io/a.py", "io/b.py", "io/a.py.exp", "io/data/x.py", "float/c.py"):
            self.write(path)
        self.assertEqual(exam.select_tests(["io"], self.folder, []), ["io/a.py", "io/b.py"])
        self.assertEqual(exam.select_tests(["io/b.py", "io"], self.folder, []), ["io/b.py", "io/a.py"])
        self.assertEqual(exam.select_tests(["*/c*.py"], self.folder, []), ["float/c.py"])
        self.assertEqual(exam.select_tests([], self.folder, ["float"]), ["float/c.py"])
        for name in ("no.py", "nothing", "io/a.py.exp", "../*/*.py"):
            with self.subTest(name), self.assertRaisesRegex(hosts.HostError, "there is no test"):
                exam.select_tests([name], self.folder, [])

    def test_should_refuse_what_makes_no_sense(self):
        for words, message in ((["--jobs", "0"], "--jobs 0"), (["--timeout", "-1"], "--timeout -1"), (["--board", "none"], "there is no board 'none'"),
                               (["--host", "none"], "there is no host 'none'"), (["--firmware", "none"], "firmware 'none' does not exist"),
                               (["--write-docs", "io"], "don't name tests")):
            with self.subTest(words), self.assertRaisesRegex(hosts.HostError, message):
                exam.parse(words)
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
            exam.parse(["--nothing"])

    def test_should_know_exceptions(self):
        failed = exam.Result("io/argv.py", "FAIL", 1, "")
        known = {"known": {"io/argv.py": "why"}, "open": {"io/b.py": "not yet"}}
        self.assertEqual(exam.judge(failed, known)[1::2], ("known", "why"))
        self.assertEqual(exam.judge(failed._replace(test="io/b.py"), known)[1::2], ("open", "not yet"))
        self.assertEqual(exam.judge(failed._replace(test="io/c.py"), known).verdict, "FAIL")
        self.assertIn("lists it as known", exam.judge(failed._replace(verdict="pass"), known).note)
        self.assertEqual(exam.judge(failed._replace(verdict="skip"), known).note, "")

    def test_should_write_a_script_that_writes_a_file(self):
        content = "äöü\n" * 500
        self.write("source", content)
        script = exam.copy_script(os.path.join("pkg", "sub", "mod.py"), os.path.join(self.folder, "source"))
        self.assertLess(max(map(len, script.splitlines())), 2200)
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            exec(compile(script, "script", "exec"), {})  # noqa: S102
        finally:
            os.chdir(before)
        with open(os.path.join(self.folder, "pkg", "sub", "mod.py"), encoding="utf-8") as file:
            self.assertEqual(file.read(), content)

    def test_should_write_tables_between_their_marks(self):
        page = "before\n<!-- standalone: x -->\nold\n<!-- end of standalone -->\n<!-- known: x -->\n<!-- end of known -->\nafter\n"
        self.write("exam.md", page)
        path = os.path.join(self.folder, "exam.md")
        results = [exam.Result("io/a.py", "pass", 1, ""), exam.Result("io/b.py", "skip", 1, "")]
        exam.write_docs("standalone", exam.total(results, ["io/a.py", "io/b.py"]), {"known": {"io/argv.py": "why"}}, path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("| `io` | 1 |  |  |  | 1 |", text)
        self.assertIn("| all | 1 |  |  |  | 1 |", text)
        self.assertIn("| `io/argv.py` | why |", text)
        self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
        self.assertNotIn("old", text)

    def test_docs_should_have_the_reasons_of_the_list(self):
        with open(exam.PAGE, encoding="utf-8") as page:
            text = page.read()
        for verdict, tests in exam.Data().known.items():
            self.assertEqual(exam.with_part(text, verdict, exam.reasons_table(tests)), text, "run ./build.sh exam --write-docs")


if __name__ == "__main__":
    unittest.main()
