# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Makes the campaigns that docs/campaigns.md shows, and puts their pages and the table of their verdicts there."""

import json
import os
import re
import shutil
import subprocess
import sys

import hosts

DOCS = os.path.join(hosts.ROOT, "docs")
PROGRAMS = "firmware-fixtures/programs"
# Name of the page, program, options.
CAMPAIGNS = (
    ("store", "store.py", []),
    ("store-depth2", "store.py", ["--depth", "2"]),
    ("store-vbat-bounce", "store.py", ["--supply", "vbat-bounce"]),
    ("store-instructions", "store.py", ["--cut-at", "instructions", "--sample", "2000"]),
    ("naive_struct", "naive_struct.py", []),
    ("naive_json", "naive_json.py", []),
    ("naive_checksum", "naive_checksum.py", []),
)
VERDICTS = ("old", "new", "lost", "corrupt", "hang", "exception")


def make(page, program, options):
    folder = os.path.join(hosts.ROOT, "build/campaign/docs", page)
    command = [sys.executable, "tools/campaign.py", f"{PROGRAMS}/{program}", *options, "--host", "standalone", "--report", folder, "--overwrite"]
    status = subprocess.run(command, cwd=hosts.ROOT).returncode
    if status not in (0, 1):
        raise hosts.HostError(f"{' '.join(command[1:])} ended with status {status}")
    shutil.copy(os.path.join(folder, "campaign.html"), os.path.join(DOCS, "campaigns", page + ".html"))
    with open(os.path.join(folder, "campaign.json"), encoding="utf-8") as report:
        result = json.load(report)
    totals = " | ".join(str(result["totals"][verdict] or "") for verdict in VERDICTS)
    return f"| [`{' '.join([program, *options])}`](campaigns/{page}.html) | {result['run']['writes']} | {len(result['cuts'])} | {totals} |"


def main():
    os.makedirs(os.path.join(DOCS, "campaigns"), exist_ok=True)
    table = [f"| campaign | writes | cuts | {' | '.join(VERDICTS)} |", "|---|---|---|" + "---|" * len(VERDICTS)]
    table += [make(*campaign) for campaign in CAMPAIGNS]
    path = os.path.join(DOCS, "campaigns.md")
    with open(path, encoding="utf-8") as page:
        text = page.read()
    with open(path, "w", encoding="utf-8") as page:
        page.write(re.sub(r"\| campaign \|.*?\n\n", lambda _: "\n".join(table) + "\n\n", text, flags=re.DOTALL))


if __name__ == "__main__":
    hosts.main_guard(main)
