#!/usr/bin/env python3
"""Writes the reports of this folder: the real doctor on five networks of the firewall lab.

    write_reports.py [PROGRAMS]

PROGRAMS is the folder with vistimed and vistime (build/bin). Needs what the lab needs: root and its packages.
"""

import re
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB = HERE.parent.parent / "firewall-lab"
# Network of the lab -> what the client's environment says of proxies.
NETWORKS = {
    "open": {},
    "proxy-basic": {"https_proxy": "http://proxy.lab.test:3128"},  # without the password that it asks for
    "inspection-untrusted": {"https_proxy": "http://proxy.lab.test:3128"},
    "own-ports": {},
    "closed": {},
}
DOCTOR = ["doctor", "https://meet.lab.test"]


def enter_client(lab: subprocess.Popen[str]) -> list[str]:
    """The command that runs others on the lab's client, once the lab stands."""
    enter: list[str] = []
    for line in lab.stdout or ():
        found = re.search(r"enter client: (.*) bash$", line)
        if found:
            enter = found[1].split()
        if "kept until" in line and enter:
            return enter
    raise SystemExit("the lab did not come up")


def write_reports(network: str, environment: dict[str, str], programs: Path) -> None:
    lab = subprocess.Popen(
        [sys.executable, "lab.py", "--controls", "--keep", "--programs", str(programs), network],
        cwd=LAB, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        variables = [f"{name}={value}" for name, value in {"LC_ALL": "C.UTF-8", **environment}.items()]
        page = HERE / f"{network}.html"
        # The client's root is this machine's: only its network and /etc differ.
        command = [*enter_client(lab), "env", *variables, str(programs / "vistime"), *DOCTOR, "--html", str(page)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        (HERE / f"{network}.txt").write_text(done.stdout)
        print(f"{network}: exit code {done.returncode}", flush=True)
    finally:
        lab.send_signal(signal.SIGINT)
        lab.wait()


def main(arguments: list[str]) -> None:
    programs = Path(arguments[0] if arguments else HERE.parent.parent / "build/bin").resolve()
    for network, environment in NETWORKS.items():
        write_reports(network, environment, programs)


if __name__ == "__main__":
    main(sys.argv[1:])
