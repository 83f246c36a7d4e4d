"""The authorities and certificates of a lab, made anew for each run by the openssl program."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

DAYS = "30"
# Elliptic curves: a key takes a millisecond, an RSA one up to a second.
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True)
class Certificates:
    """Where the files are; `public` signs the server, `organisation` what an inspecting proxy shows."""

    folder: Path

    @property
    def public(self) -> Path:
        return self.folder / "public-ca.pem"

    @property
    def organisation(self) -> Path:
        return self.folder / "organisation-ca.pem"

    def chain(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_authority(folder: Path, name: str, subject: str) -> None:
    openssl("req", "-x509", *KEY, "-days", DAYS, "-subj", f"/O=Lab/CN={subject}",
            "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"),
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_certificate(folder: Path, authority: str, name: str, hosts: list[str]) -> None:
    alternatives = ",".join(f"DNS:{host}" for host in hosts)
    openssl("req", "-x509", *KEY, "-days", DAYS, "-subj", f"/CN={hosts[0]}",
            "-CA", str(folder / f"{authority}.pem"), "-CAkey", str(folder / f"{authority}.key"),
            "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"),
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", f"subjectAltName={alternatives}")


def make_certificates(folder: Path) -> Certificates:
    folder.mkdir(parents=True, exist_ok=True)
    make_authority(folder, "public-ca", "Lab Public CA")
    make_authority(folder, "organisation-ca", "Lab Organisation Inspection CA")
    make_certificate(folder, "public-ca", "meet", ["meet.lab.test"])
    make_certificate(folder, "public-ca", "www", ["www.lab.test"])
    make_certificate(folder, "organisation-ca", "portal", ["portal.lab.test"])
    return Certificates(folder)
