# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Makes the campaigns that docs/campaigns.md shows, and puts their pages and the tables of their verdicts there. Given the word "writes" or "places", those of that table alone."""

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
# The same for programs that keep files: of the thousands of places in a sector's 4096 words a sample, and of time, which erases take most of.
SPI_FLASH = ["--firmware", "build/firmware/black_f407vet6-SPIFLASH.elf"]
PYBOARD = ["--board", "pyboard11"]
FILE_CAMPAIGNS = (
    ("settings_in_place", "settings_in_place.py", ["--sample", "300"]),
    ("settings_in_place-time", "settings_in_place.py", ["--cut-at", "time", "--sample", "300"]),
    ("settings_renamed", "settings_renamed.py", ["--sample", "300"]),
    ("settings_renamed-time", "settings_renamed.py", ["--cut-at", "time", "--sample", "300"]),
    ("settings_littlefs-time", "settings_littlefs.py", [*PYBOARD, "--cut-at", "time", "--sample", "300"]),
    ("settings_in_place-spiflash", "settings_in_place.py", [*SPI_FLASH, "--sample", "100"]),
    ("settings_renamed-spiflash", "settings_renamed.py", [*SPI_FLASH, "--sample", "100"]),
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
    path = os.path.join(DOCS, "campaigns.md")
    for first, campaigns in (("writes", CAMPAIGNS), ("places", FILE_CAMPAIGNS)):
        if sys.argv[1:] and first not in sys.argv[1:]:
            continue
        table = [f"| campaign | {first} | cuts | {' | '.join(VERDICTS)} |", "|---|---|---|" + "---|" * len(VERDICTS)]
        table += [make(*campaign) for campaign in campaigns]
        with open(path, encoding="utf-8") as page:
            text = page.read()
        with open(path, "w", encoding="utf-8") as page:
            page.write(re.sub(r"\| campaign \| " + first + r" \|.*?\n\n", lambda _: "\n".join(table) + "\n\n", text, flags=re.DOTALL))


if __name__ == "__main__":
    hosts.main_guard(main)
