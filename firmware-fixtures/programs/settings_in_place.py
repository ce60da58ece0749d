"""Settings in a file that is rewritten in place, as most people do it first. For power-fail campaigns: docs/campaigns.md."""

import json
import os

PATH = "/flash/settings.json"


def put(number):
    with open(PATH, "w") as file:
        json.dump({"number": number, "name": "n%d" % number}, file)


def setup():
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
    except ValueError:
        return "corrupt"
    number = settings["number"]
    if settings != {"number": number, "name": "n%d" % number}:
        return "corrupt"
    return "old" if number == done else "new" if number == done + 1 else "corrupt"
