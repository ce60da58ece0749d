# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Runs the Robot suites on one host and prints 'passed failed skipped' as its last line."""

import argparse
import os
import sys

import hosts

# Robot's status if the suites or options are wrong, for example if no test has the name: there is no result then.
DATA_ERROR = 252


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="build.sh robot")
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--output", help="folder for log.html, report.html and output.xml")
    parser.add_argument("--firmware", help="folder that holds <board>.elf")
    parser.add_argument("--console", choices=("uart", "usb"), default="uart", help="where its REPL is (default uart)")
    parser.add_argument("--test", action="append", default=[], help="run only tests whose name matches; may be repeated")
    parser.add_argument("suites", nargs="*", help="suite files; default: all of robot-tests")
    arguments = parser.parse_args()

    try:
        import robot
        from robot.api import ExecutionResult
    except ImportError:
        raise hosts.HostError("Robot Framework is missing: run './build.sh robot', which installs it") from None

    host_name = hosts.choose(arguments.host)
    output = arguments.output or os.path.join(hosts.ROOT, "build", "robot", host_name)
    suites = arguments.suites or [os.path.join(hosts.ROOT, "robot-tests")]
    for suite in suites:
        if not os.path.exists(suite):
            raise hosts.HostError(f"there is no suite '{suite}'")
    os.makedirs(output, exist_ok=True)
    options = {
        "outputdir": output,
        "variable": [f"HOST:{host_name}", f"DEFAULT_CONSOLE:{arguments.console}"],
        "test": arguments.test,
        "name": f"renode-bkpsram on {host_name}",
        "consolewidth": 110,
        "loglevel": "INFO",
    }
    if arguments.firmware:
        options["variable"].append(f"FIRMWARE_DIR:{os.path.abspath(arguments.firmware)}")
    with hosts.Host(host_name, os.path.join(output, "host.log")) as host:
        options["variable"].append(f"PORT_NUMBER:{host.port}")
        if robot.run(*suites, **options) == DATA_ERROR:
            raise hosts.HostError("Robot ran no test: what it says is above")

    totals = ExecutionResult(os.path.join(output, "output.xml")).statistics.total
    print(f"robot-result {totals.passed} {totals.failed} {totals.skipped}")
    return 0 if totals.failed == 0 and totals.passed else 1


if __name__ == "__main__":
    hosts.main_guard(main)
