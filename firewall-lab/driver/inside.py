"""The run of one network, as process 1 of fresh namespaces: when it ends, by whatever, everything in them ends.

    python3 -m driver.inside NETWORK-FILE RUN-FOLDER PROGRAMS [--controls] [--keep]

Says on standard output what it does; the result is RUN-FOLDER/result.json.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from driver import networks
from driver.certificates import make_certificates
from driver.controls import Finding, run_controls
from driver.host import LabError
from driver.impairment import impair
from driver.meeting import Outcome, meet
from driver.services import Lab, keep_logs, start_services
from driver.topology import Machines, build_machines
from driver.verdict import verdict


def say(step: str) -> None:
    print(step, flush=True)


def contain() -> None:
    """Own /run and /dev/shm; nothing that is mounted here is seen outside."""
    for folder in ("/run", "/dev/shm"):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)


def judge(lab: Lab, network: networks.Network, controls_only: bool) -> tuple[list[Finding], Outcome | None]:
    say("controls")
    findings = run_controls(lab, network)
    if controls_only or not all(finding.passed for finding in findings):
        return findings, None
    say("meeting")
    return findings, meet(lab, network)


def say_how_to_enter(machines: Machines) -> None:
    # The driver outside replaces PID by the number under which this process is known there.
    for name, host in machines.items():
        say(f"enter {name}: nsenter --target PID --all nsenter --target {host.process_id} --net --mount --uts bash")


def run(network: networks.Network, folder: Path, programs: Path, controls_only: bool, keep: bool) -> None:
    findings: list[Finding] = []
    outcome, trouble, lab = None, None, None
    try:
        say("building")
        contain()
        certificates = make_certificates(folder / "certificates")
        lab = Lab(folder, build_machines(network, folder), certificates, programs)
        start_services(lab, network)
        impair(lab, network)
        findings, outcome = judge(lab, network, controls_only)
    except (LabError, subprocess.CalledProcessError, OSError) as error:
        trouble = str(error)
    finally:
        if lab:
            keep_logs(lab)
    result = verdict(network, findings, outcome, trouble)
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    if keep and lab:
        say_how_to_enter(lab.machines)
        say("kept until Ctrl-C")
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


def main(arguments: list[str]) -> None:
    options = {argument for argument in arguments if argument.startswith("--")}
    network, folder, programs = (Path(argument) for argument in arguments if not argument.startswith("--"))
    run(networks.load(network), folder, programs, "--controls" in options, "--keep" in options)


if __name__ == "__main__":
    main(sys.argv[1:])
