"""Delay, jitter, loss and rate between the office and the Internet, both ways.

The kernel may lack netem; `impair`, the program built here, decides instead when a packet that the router forwards
goes on, and whether. A rate is a plain token bucket of tc, which every kernel with traffic control has.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from driver.host import LabError
from driver.networks import Impair, Network
from driver.services import LAB, Lab

SOURCE = LAB / "impair" / "impair.cpp"
# What a cheap modem holds: about a fifth of a second at 1 Mbit/s.
BUCKET = "burst 6000 latency 200ms"


def build_impair(folder: Path) -> Path:
    """The program, compiled when its source is newer; `folder` is shared by all runs."""
    program = folder / "impair"
    if program.exists() and program.stat().st_mtime > SOURCE.stat().st_mtime:
        return program
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "impair.new"
    done = subprocess.run(["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(fresh), str(SOURCE)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"impair does not compile: {done.stderr.strip()}")
    return fresh.replace(program)


def needs_program(wanted: Impair) -> bool:
    return wanted.delay_ms > 0 or wanted.jitter_ms > 0 or wanted.loss_percent > 0


def impair(lab: Lab, network: Network) -> None:
    wanted = network.impair
    if not wanted:
        return
    fw = lab.machines["fw"]
    if needs_program(wanted):
        queues = {"0": "br0", "1": "wan"}
        program = fw.start("impair", [
            str(lab.folder.parent / "impair"), "--delay-ms", str(wanted.delay_ms), "--jitter-ms",
            str(wanted.jitter_ms), "--loss-percent", str(wanted.loss_percent), *queues])
        fw.wait_for_queues(len(queues), program)
        for queue, device in queues.items():
            # nft's own queue statement may be missing from the kernel where this target is not.
            fw.run(["iptables", "-t", "mangle", "-A", "FORWARD", "-i", device, "-j", "NFQUEUE", "--queue-num", queue])
    if wanted.rate_kbit > 0:
        for device in ("br0", "wan"):
            fw.run(["tc", "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{wanted.rate_kbit:g}kbit",
                    *BUCKET.split()])
