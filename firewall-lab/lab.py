#!/usr/bin/env python3
"""The firewall lab's driver; ./dev lab calls it. See README.md beside this file."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from driver import networks, results
from driver.networks import Network, NetworkError
from driver.outside import LAB, RUNS, Result, Runner, Wish, tails

EXPECTED, OTHERWISE, WRONG_USE, MACHINE = 0, 1, 2, 3


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev lab", description="Joins a meeting through hostile networks and judges what comes of it.",
        epilog="Exit codes: 0 all as expected, 1 not, 2 wrong use. Logs of each run: build/lab/NAME/.")
    parser.add_argument("networks", nargs="*", metavar="NAME|NUMBER", help="networks to run (all)")
    parser.add_argument("--list", action="store_true", help="print the networks and leave")
    parser.add_argument("--representative", action="store_true", help="only the dozen that ./dev test runs")
    parser.add_argument("--controls", action="store_true", help="only prove that the networks do what they say")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="labs side by side (2)")
    parser.add_argument("--keep", action="store_true", help="leave a lab standing and print how to enter it")
    parser.add_argument("--json", action="store_true", help='print {"networks": [...]} on standard output')
    parser.add_argument("--networks", type=Path, default=networks.FOLDER, metavar="DIR", dest="folder",
                        help="where the networks are described (firewall-lab/networks)")
    parser.add_argument("--programs", type=Path, default=LAB.parent / "build" / "bin", metavar="DIR",
                        help="where vistimed and vistime are (build/bin)")
    asked = parser.parse_args(arguments)
    if asked.jobs < 1:
        parser.error("--jobs takes a whole number above zero")
    return asked


class Face:
    """What a person sees: progress on standard error, the marks always with a word."""

    def __init__(self) -> None:
        colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
        self._green, self._red, self._plain = ("\033[32m", "\033[31m", "\033[0m") if colour else ("", "", "")
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        with self._lock:
            print(text, file=sys.stderr, flush=True)

    def report(self, result: Result, folder: Path) -> None:
        good = result["as_expected"]
        mark, colour = ("✓", self._green) if good else ("✗", self._red)
        lines = [f"{colour}{mark} {result['number']:2d} {result['name']}: {results.summary(result)}{self._plain}"]
        lines += [f"     {reason}" for reason in result["why"]]
        if not good:
            for name, tail in tails(folder):
                lines += [f"     --- {name}", *(f"     {line[:200]}" for line in tail)]
            lines.append(f"     logs: {os.path.relpath(folder)}/")
        self.say("\n".join(lines))


def chosen_networks(asked: argparse.Namespace) -> list[Network]:
    chosen = networks.choose(networks.load_all(asked.folder), asked.networks)
    if asked.representative:
        chosen = [network for network in chosen if network.representative]
    return chosen


def hand_back(folders: list[Path]) -> None:
    """Under sudo what was written belongs to whoever called it, not to root."""
    owner = [os.environ.get(name, "") for name in ("SUDO_UID", "SUDO_GID")]
    if all(owner):
        there = [str(folder) for folder in folders if folder.exists()]
        subprocess.run(["chown", "--recursive", ":".join(owner), *there], check=False)


def run(asked: argparse.Namespace, chosen: list[Network]) -> int:
    face = Face()
    runner = Runner(Wish(asked.programs.resolve(), asked.folder.resolve(), asked.controls, asked.keep, asked.jobs), face.say, face.report)
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        runner.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    found = runner.run_all(chosen)
    if stopped:
        face.say("stopped")
        hand_back([RUNS])
        return 128 + stopped[0]
    if asked.json:
        print(json.dumps({"networks": found}, ensure_ascii=False))
    if not asked.controls and asked.folder == networks.FOLDER and len(chosen) == len(networks.load_all()):
        results.write(found, LAB / "results")
    hand_back([RUNS, LAB / "results"])
    good = sum(result["as_expected"] for result in found)
    face.say(f"{good} of {len(found)} networks as expected")
    return EXPECTED if good == len(found) else OTHERWISE


def main(arguments: list[str]) -> int:
    asked = parse(arguments)
    try:
        chosen = chosen_networks(asked)
    except NetworkError as error:
        print(f"lab: {error}", file=sys.stderr)
        return WRONG_USE
    if asked.list:
        for network in chosen:
            print(f"{network.number:2d}  {network.name:24s} {network.title}")
        return EXPECTED
    for program in ("vistimed", "vistime"):
        if not os.access(asked.programs / program, os.X_OK):
            print(f"lab: there is no {asked.programs / program}; ./dev build makes it", file=sys.stderr)
            return WRONG_USE
    if os.geteuid() != 0:
        print("lab: needs root, to make network namespaces", file=sys.stderr)
        return MACHINE
    return run(asked, chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
