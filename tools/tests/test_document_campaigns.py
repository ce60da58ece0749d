# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The table of campaigns in the documentation."""

import json
import os
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import document_campaigns  # noqa: E402
import hosts  # noqa: E402


class MakeTests(unittest.TestCase):
    def make(self, status):
        with tempfile.TemporaryDirectory() as root:
            docs, report = os.path.join(root, "docs"), os.path.join(root, "build/campaign/docs/page")
            os.makedirs(os.path.join(docs, "campaigns"))
            os.makedirs(report)
            with open(os.path.join(report, "campaign.html"), "w", encoding="utf-8") as file:
                file.write("page")
            with open(os.path.join(report, "campaign.json"), "w", encoding="utf-8") as file:
                json.dump({"totals": dict.fromkeys(document_campaigns.VERDICTS, 0) | {"old": 3, "lost": 2}, "run": {"writes": 7}, "cuts": [0] * 5}, file)
            with mock.patch.object(hosts, "ROOT", root), mock.patch.object(document_campaigns, "DOCS", docs), \
                    mock.patch("subprocess.run", return_value=mock.Mock(returncode=status)):
                row = document_campaigns.make("page", "store.py", ["--depth", "2"])
            self.assertTrue(os.path.exists(os.path.join(docs, "campaigns", "page.html")))
            return row

    def test_should_make_a_row_of_each_report(self):
        for status in (0, 1):
            self.assertEqual(self.make(status), "| [`store.py --depth 2`](campaigns/page.html) | 7 | 5 | 3 |  | 2 |  |  |  |")

    def test_should_stop_at_a_campaign_that_could_not_run(self):
        with self.assertRaisesRegex(hosts.HostError, "store.py --depth 2 .* ended with status 2"):
            self.make(2)


if __name__ == "__main__":
    unittest.main()
