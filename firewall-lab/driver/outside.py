"""Runs networks side by side, each contained in fresh namespaces, and collects their results."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driver import networks
from driver.impairment import build_impair, needs_program
from driver.networks import Network
from driver.verdict import verdict

LAB = Path(__file__).resolve().parent.parent
RUNS = LAB.parent / "build" / "lab"
# Longer than any network's meeting; one that is still not over hangs.
PATIENCE_S = 420.0
TAIL_LINES = 15
TAILED = ("vistimed", "squid", "client")

Result = dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """How the networks are to be run."""

    programs: Path
    networks: Path
    controls_only: bool = False
    keep: bool = False
    jobs: int = 2


class Runner:
    """Starts labs and ends them; `report` is told each step and each result."""

    def __init__(self, wish: Wish, say: Callable[[str], None], report: Callable[[Result, Path], None]) -> None:
        self._wish, self._say, self._report = wish, say, report
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def stop(self) -> None:
        """Ends every lab at once: killing what holds a lab's process namespace kills all that is in it."""
        with self._lock:
            self._stopped = True
            for process in self._running.values():
                process.kill()

    def run_all(self, chosen: list[Network]) -> list[Result]:
        if any(network.impair and needs_program(network.impair) for network in chosen):
            build_impair(RUNS)
        together = [network for network in chosen if not network.alone]
        with ThreadPoolExecutor(max_workers=self._wish.jobs) as pool:
            results = list(pool.map(self.run_one, together))
        results += [self.run_one(network) for network in chosen if network.alone]
        return sorted(results, key=lambda result: result["number"])

    def run_one(self, network: Network) -> Result:
        folder = RUNS / network.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        process = self._start(network, folder)
        if process is None:
            return verdict(network, [], None, "stopped before it began")
        clock = threading.Timer(PATIENCE_S, process.kill)
        if not self._wish.keep:
            clock.start()
        self._follow(network, folder, process)
        process.wait()
        clock.cancel()
        result = self._result(network, folder, process)
        if not self._stopped and not self._wish.keep:
            self._report(result, folder)
        return result

    def _start(self, network: Network, folder: Path) -> subprocess.Popen[str] | None:
        file = self._wish.networks / f"{network.number:02d}-{network.name}.toml"
        options = ["--controls"] * self._wish.controls_only + ["--keep"] * self._wish.keep
        # setpriv: should this driver be killed outright, the lab goes with it.
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork",
                   "--kill-child", "--mount-proc", sys.executable, "-m", "driver.inside", str(file), str(folder),
                   str(self._wish.programs), *options]
        with self._lock:
            if self._stopped:
                return None
            process = subprocess.Popen(
                command, cwd=LAB, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                stderr=open(folder / "lab.log", "wb"), env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
            self._running[network.name] = process
            return process

    def _follow(self, network: Network, folder: Path, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            step = line.rstrip("\n")
            if step.startswith("enter "):
                step = step.replace("PID", str(first_child(process.pid)), 1)
            self._say(f"{network.number:2d} {network.name}: {step}")
            if step.startswith("kept"):
                self._report(self._result(network, folder, process), folder)

    def _result(self, network: Network, folder: Path, process: subprocess.Popen[str]) -> Result:
        try:
            result: Result = json.loads((folder / "result.json").read_text())
            return result
        except (OSError, ValueError):
            last = tail(folder / "lab.log", 1) or [f"ended with {process.returncode} and left no result"]
            return verdict(network, [], None, last[0])


def first_child(process_id: int) -> int:
    with open(f"/proc/{process_id}/task/{process_id}/children", encoding="ascii") as children:
        return int(children.read().split()[0])


def tail(path: Path, lines: int = TAIL_LINES) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def tails(folder: Path) -> list[tuple[str, list[str]]]:
    """The last lines of the logs that tell most about a failure."""
    found = [(path.name, tail(path)) for path in sorted((folder / "logs").glob("*.log"))
             if path.name.startswith(TAILED) or "squid" in path.name]
    return [(name, lines) for name, lines in [("lab.log", tail(folder / "lab.log")), *found] if lines]
