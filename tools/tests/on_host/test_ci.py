# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What docs/ci.md shows works as it stands there."""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from package_bench import FIRMWARE, HOST, SYSTEM_PYTHON, TIMEOUT_S, CiTest, blocks, hosts, write_lists

try:
    import yaml
except ImportError:
    yaml = None

PARTS = 3


class FileTests(unittest.TestCase):
    @unittest.skipIf(yaml is None, "PyYAML (python3-yaml) is not here to parse the files of docs/ci.md")
    def test_should_be_workflows_with_steps(self):
        action, by_hand, gitlab = (yaml.safe_load(x) for x in blocks("yaml")[:3])
        for workflow in (action, by_hand):
            # YAML 1.1 reads 'on' as a truth.
            self.assertEqual(workflow[True], ["push", "pull_request"])
            steps = workflow["jobs"]["power"]["steps"]
            self.assertTrue(all({"uses", "run"} & set(x) for x in steps), steps)
        self.assertEqual(action["jobs"]["power"]["steps"][-1]["with"], {"renode-revision": "v1.16.1", "tests-to-run": "tests/power.robot"})
        self.assertTrue(all(isinstance(x, str) for x in gitlab["power"]["script"]))
        self.assertEqual(gitlab["power"]["artifacts"]["paths"], ["results"])

    @unittest.skipIf(yaml is None, "PyYAML (python3-yaml) is not here to parse the files of docs/ci.md")
    def test_should_be_matrices_whose_last_job_gets_all_parts(self):
        github, gitlab = (yaml.safe_load(x) for x in blocks("yaml")[3:])
        steps = {name: github["jobs"][name]["steps"] for name in ("cuts", "report")}
        self.assertFalse(github["jobs"]["cuts"]["strategy"]["fail-fast"])
        self.assertEqual(github["jobs"]["report"]["needs"], "cuts")
        upload = [x["with"] for x in steps["cuts"] if "upload-artifact" in x.get("uses", "")]
        download = [x["with"] for x in steps["report"] if "download-artifact" in x.get("uses", "")]
        self.assertEqual([(x["name"], x["path"]) for x in upload], [("shard-${{ matrix.shard }}", "shard-${{ matrix.shard }}")])
        self.assertEqual(download, [{"pattern": "shard-*"}])
        self.assertEqual(gitlab["report"]["needs"], ["cuts"])
        self.assertEqual(gitlab["cuts"]["artifacts"]["paths"], ["shard-*"])

    def test_should_name_the_package_of_this_version(self):
        for page in ("README.md", "docs/ci.md"):
            with open(os.path.join(hosts.ROOT, page), encoding="utf-8") as file:
                self.assertEqual(set(re.findall(r"renode-bkpsram-(\d+\.\d+\.\d+)", file.read())), {write_lists.version()}, page)


@unittest.skipUnless(HOST == "standalone", "the matrices of docs/ci.md are of the standalone host")
class MatrixTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="a folder ")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.makedirs(os.path.join(self.folder, "tests"))
        os.makedirs(os.path.join(self.folder, "renode-bkpsram"))
        shutil.copy(FIRMWARE, os.path.join(self.folder, "tests", "firmware.elf"))
        shutil.copy(os.path.join(hosts.ROOT, "firmware-fixtures", "programs", "naive_struct.py"), os.path.join(self.folder, "tests", "settings.py"))
        # All of it is built already.
        with open(os.path.join(self.folder, "renode-bkpsram", "build.sh"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\n[ "$1" = campaign ] && shift && exec {SYSTEM_PYTHON} -B "{hosts.ROOT}/tools/campaign.py" "$@"\n')
        os.chmod(file.name, 0o755)

    def test_should_make_the_report_of_one_job(self):
        github, gitlab = ([x for x in re.findall(r"^ +- (?:run: )?(renode-bkpsram/build.sh .*)$", block, re.MULTILINE)] for block in blocks("yaml")[3:])
        part = github[0].partition(" --shard ")[0]
        self.run_line(part + " --report report || test $? -eq 1", {})
        alone = self.take_report()
        self.assertGreater(len(alone), 10)
        variables = {"matrix.shard": "CI_NODE_INDEX", "strategy.job-total": "CI_NODE_TOTAL"}
        for cuts, merge in (github, gitlab):
            line = re.sub(r"\$\{\{ ([a-z.-]+) \}\}", lambda x: "$" + variables[x.group(1)], cuts)
            for shard in range(1, PARTS + 1):
                self.run_line(line, {"CI_NODE_INDEX": str(shard), "CI_NODE_TOTAL": str(PARTS)})
            # Some cuts of that program fail.
            self.run_line(merge, {}, 1)
            self.assertEqual(self.take_report(), alone)

    def run_line(self, line, variables, status=0):
        seen = subprocess.run(["bash", "-c", line], cwd=self.folder, env=dict(os.environ, **variables), capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        self.assertEqual(seen.returncode, status, line + seen.stdout + seen.stderr)

    def take_report(self):
        """What the report says of each cut; the folders are gone afterwards."""
        with open(os.path.join(self.folder, "report", "campaign.json"), encoding="utf-8") as file:
            report = json.load(file)
        for path in glob.glob(os.path.join(self.folder, "shard-*")) + [os.path.join(self.folder, "report")]:
            shutil.rmtree(path)
        return report["cuts"]


class SuiteTests(CiTest):
    def test_should_pass_as_it_stands_there(self):
        self.run_robot(self.suite)

    def test_should_fail_if_the_firmware_does_not_start(self):
        # A vector table without a stack and without code.
        with open(os.path.join(self.folder, "tests", "firmware.bin"), "wb") as file:
            file.write(bytes(1024))
        with open(self.suite, encoding="utf-8") as file:
            text = file.read()
        with open(self.suite, "w", encoding="utf-8") as file:
            file.write(text.replace("firmware.elf", "firmware.bin"))
        with self.assertRaisesRegex(AssertionError, "1 test, 0 passed, 1 failed"):
            self.run_robot(self.suite)


if __name__ == "__main__":
    unittest.main()
