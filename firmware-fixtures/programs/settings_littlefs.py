"""Settings on littlefs, renamed over the old ones at once. For power-fail campaigns, on images that have VfsLfs2: docs/campaigns.md."""

import json
import os

import pyb

PATH = "/flash/settings.json"
NEXT = "/flash/settings.new"


def put(number):
    with open(NEXT, "w") as file:
        json.dump({"number": number, "name": "n%d" % number}, file)
    os.rename(NEXT, PATH)


def setup():
    # The firmware mounts at its next boot what it finds.
    flash = pyb.Flash(start=0)
    os.umount("/flash")
    os.VfsLfs2.mkfs(flash)
    os.mount(flash, "/flash")
    put(0)


def run():
    for number in 1, 2:
        put(number)
        yield


def check(done):
    try:
        with open(PATH) as file:
            settings = json.load(file)
    except OSError:
        return "lost"
    number = settings["number"]
    if settings != {"number": number, "name": "n%d" % number}:
        return "corrupt"
    return "old" if number == done else "new" if number == done + 1 else "corrupt"
