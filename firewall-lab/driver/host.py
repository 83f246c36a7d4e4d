"""One machine of a lab: a process holding a network and a mount namespace, and what runs in them.

/etc is an overlay that forgets, /run is empty, so a machine's resolv.conf, certificate store or users are its
own, and nothing of them outlives the lab.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

# Only what a machine fresh from installation has: a proxy or certificate variable of the person who runs the lab
# would decide the result.
BARE_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "SHELL": "/bin/sh",
}
LISTENING = "0A"
POLL_S = 0.02
LISTEN_PATIENCE_S = 20.0

# The changes to /etc lie on a tmpfs: an overlay's may not lie on another overlay, which is what a container's disk is.
# Home and temporary files as well, where every user may reach them, wherever the sources are.
SET_UP = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/changes /run/work /run/home
mkdir -m 1777 /run/tmp
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/changes,workdir=/run/work /etc
rm -rf /etc/resolv.conf /etc/hosts /etc/ssl/certs
mkdir /etc/ssl/certs
printf '127.0.0.1 localhost\\n::1 localhost\\n' >/etc/hosts
hostname "$1"
ip link set lo up
echo ready
exec sleep infinity
"""


class LabError(Exception):
    """The lab itself could not be built or run, which says nothing about the program under test."""


class Host:
    """A machine named `name`; `folder` is the run's folder, where its programs' output goes."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--propagation", "private", "--", "sh", "-c", SET_UP, "sh",
             name],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BARE_ENVIRONMENT, text=True)
        assert self._holder.stdout and self._holder.stderr
        if self._holder.stdout.readline() != "ready\n":
            raise LabError(f"machine {name}: {self._holder.stderr.read().strip()}")

    @property
    def process_id(self) -> int:
        return self._holder.pid

    def command(self, arguments: list[str]) -> list[str]:
        """The command that runs `arguments` on this machine."""
        return ["nsenter", "--target", str(self.process_id), "--net", "--mount", "--uts", "--", *arguments]

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        return {**BARE_ENVIRONMENT, "HOME": "/run/home", "TMPDIR": "/run/tmp", **(extra or {})}

    def run(self, arguments: list[str], *, text: str | None = None, environment: dict[str, str] | None = None,
            patience_s: float = 60.0, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end. Raises LabError when it fails, unless `check` is off."""
        try:
            done = subprocess.run(
                self.command(arguments), input=text, stdin=None if text is not None else subprocess.DEVNULL,
                env=self.environment(environment), capture_output=True, text=True, timeout=patience_s,
                errors="replace")
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{self.name}: '{' '.join(arguments)}' took longer than {patience_s:g} s") from error
        if check and done.returncode != 0:
            raise LabError(f"{self.name}: '{' '.join(arguments)}': {(done.stderr or done.stdout).strip()}")
        return done

    def shell(self, script: str, environment: dict[str, str] | None = None, patience_s: float = 60.0,
              check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run(["sh", "-c", script], environment=environment, patience_s=patience_s, check=check)

    def start(self, name: str, arguments: list[str],
              environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts a program; its output goes to logs/NAME.log."""
        with open(self.logs / f"{name}.log", "ab") as log:
            return subprocess.Popen(self.command(arguments), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    env=self.environment(environment))

    def path(self, inside: str) -> Path:
        """A path of this machine as the driver reaches it."""
        return Path(f"/proc/{self.process_id}/root{inside}")

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        target = self.path(inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def append(self, inside: str, text: str) -> None:
        with open(self.path(inside), "a", encoding="utf-8") as target:
            target.write(text)

    def ports(self, kind: str) -> set[int]:
        """The ports of this machine with a listening TCP or a bound UDP socket."""
        found = set()
        for family in ("", "6"):
            with open(f"/proc/{self.process_id}/net/{kind}{family}", encoding="ascii") as table:
                found |= listening_ports(table.read(), any_state=kind == "udp")
        return found

    def wait_for_port(self, port: int, kind: str = "tcp", program: subprocess.Popen[bytes] | None = None,
                      what: str = "") -> None:
        deadline = time.monotonic() + LISTEN_PATIENCE_S
        while port not in self.ports(kind):
            if program and program.poll() is not None:
                raise LabError(f"{self.name}: {what} ended with {program.returncode}; see its log")
            if time.monotonic() > deadline:
                raise LabError(f"{self.name}: {what or 'nothing'} listens on {kind} port {port}")
            time.sleep(POLL_S)

    def wait_for_queues(self, count: int, program: subprocess.Popen[bytes]) -> None:
        """Waits until so many queues of this machine's packets have somebody who decides about them."""
        deadline = time.monotonic() + LISTEN_PATIENCE_S
        while len(Path(f"/proc/{self.process_id}/net/netfilter/nfnetlink_queue").read_text().splitlines()) < count:
            if program.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"{self.name}: impair did not take its queues; see its log")
            time.sleep(POLL_S)

    def trust(self, certificates: list[Path]) -> None:
        """Makes these the only authorities that this machine's programs trust."""
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        self.write(bundle, "".join(certificate.read_text() for certificate in certificates))
        for certificate in certificates:
            # OpenSSL finds an authority by a link named after the hash of its name.
            digest = subprocess.run(["openssl", "x509", "-noout", "-subject_hash", "-in", str(certificate)],
                                    check=True, capture_output=True, text=True).stdout.strip()
            self.write(f"/etc/ssl/certs/{digest}.0", certificate.read_text())


def listening_ports(table: str, *, any_state: bool = False) -> set[int]:
    """The local ports in the text of /proc/net/tcp or udp."""
    ports = set()
    for line in table.splitlines()[1:]:
        fields = line.split()
        if any_state or fields[3] == LISTENING:
            ports.add(int(fields[1].rsplit(":", 1)[1], 16))
    return ports
