"""Positive and negative controls: they prove that a network does what its file says, without the program under test.

A "blocked" check alone would also pass when the proxy is simply down; so each network has both kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from driver.host import LabError
from driver.networks import Control, Network
from driver.services import LAB, Lab

# $meet and $www are the two sites; probe is the lab's own small tool. A client's HTTP status is all that most ask for.
PREAMBLE = """
meet=https://meet.lab.test www=https://www.lab.test
probe() {{ python3 {lab}/probe.py "$@"; }}
status() {{ curl --silent --output /dev/null --max-time 10 --write-out '%{{http_code}}\\n' "$@" || echo "curl $?"; }}
tunnel() {{ curl --silent --output /dev/null --max-time 10 --write-out '%{{http_connect}}\\n' "$@" || :; }}
"""


@dataclass(frozen=True)
class Finding:
    says: str
    passed: bool
    printed: str


def at_function(lab: Lab) -> str:
    """A shell function `at MACHINE COMMAND…`, for controls that make something happen elsewhere."""
    cases = " ".join(f"{name}) set -- {host.process_id} \"$@\" ;;" for name, host in lab.machines.items())
    return ('at() { machine=$1; shift; case $machine in ' + cases +
            ' esac; target=$1; shift; nsenter --target "$target" --net --mount --uts -- "$@"; }\n')


def run_control(lab: Lab, control: Control) -> Finding:
    script = PREAMBLE.format(lab=LAB) + at_function(lab) + lab.fill(control.run)
    try:
        done = lab.machines[control.at].shell(script, patience_s=control.patience_s, check=False)
        printed = " ".join(done.stdout.split())
        trouble = done.stderr.strip()
    except LabError as error:
        printed, trouble = "", str(error)
    passed = re.fullmatch(control.prints, printed) is not None
    if not passed and trouble:
        printed = f"{printed} ({trouble.splitlines()[-1]})"
    return Finding(control.says, passed, printed)


def run_controls(lab: Lab, network: Network) -> list[Finding]:
    return [run_control(lab, control) for control in network.control]
