"""The declarative files of the networks: reading them, and refusing what they cannot mean.

README.md lists the keys. A key that is not known is an error, so that a misspelt rule never passes for a network
without that rule.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "networks"
MACHINES = ("client", "fw", "proxy", "internet", "server")
RESULTS = ("joined", "refused")


class NetworkError(Exception):
    """A network's file does not say what it must, or no file has the name asked for."""


@dataclass(frozen=True)
class Office:
    """What stands between: addresses, the resolver inside, and the router's rules."""

    nat: bool = True
    ipv4: bool = True
    ipv6: bool = False
    # "all": the resolver inside knows every name; "inside": only the office's own; "none": the network starts its own.
    dns: str = "all"
    # nft rules for packets between the office and the Internet, and sets, maps and chains beside them.
    forward: str = "accept"
    tables: str = ""


@dataclass(frozen=True)
class Squid:
    config: str
    http_port: str = "3128"


@dataclass(frozen=True)
class TextFile:
    at: str
    path: str
    text: str
    mode: str = "644"


@dataclass(frozen=True)
class Setup:
    at: str
    run: str


@dataclass(frozen=True)
class Program:
    at: str
    name: str
    run: list[str]
    listens: list[int] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Client:
    environment: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    trusts: list[str] = field(default_factory=lambda: ["public"])


@dataclass(frozen=True)
class Impair:
    """Of each direction; the round trip is twice the delay."""

    delay_ms: float = 0
    jitter_ms: float = 0
    loss_percent: float = 0
    rate_kbit: float = 0


@dataclass(frozen=True)
class Meeting:
    talk_s: float = 3
    # Both mute and stop their pictures for so long, then speak again.
    quiet_s: float = 0
    patience_s: float = 30


@dataclass(frozen=True)
class First:
    """An attempt before the meeting which must be refused, and what is done on the client after it."""

    failures: dict[str, str]
    then: str


@dataclass(frozen=True)
class Event:
    says: str
    at: str
    run: str
    after_s: float = 1
    # Whether the connection is lost by it, and how soon the client must be back.
    resumes: bool = True
    within_s: float = 3


@dataclass(frozen=True)
class Expected:
    result: str
    route: str | None = None
    failures: dict[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    within_ms: int | None = None


@dataclass(frozen=True)
class Control:
    says: str
    run: str
    prints: str
    at: str = "client"
    patience_s: float = 30


@dataclass(frozen=True)
class Network:
    number: int
    name: str
    title: str
    between: str
    expected: Expected
    representative: bool = False
    # Measures time: nothing else may run beside it.
    alone: bool = False
    office: Office = Office()
    squid: Squid | None = None
    file: list[TextFile] = field(default_factory=list)
    setup: list[Setup] = field(default_factory=list)
    program: list[Program] = field(default_factory=list)
    client: Client = field(default_factory=Client)
    impair: Impair | None = None
    meeting: Meeting = Meeting()
    first: First | None = None
    event: list[Event] = field(default_factory=list)
    control: list[Control] = field(default_factory=list)


PARTS: dict[str, type] = {
    "expected": Expected, "office": Office, "squid": Squid, "client": Client, "impair": Impair,
    "meeting": Meeting, "first": First,
}
LISTS: dict[str, type] = {
    "file": TextFile, "setup": Setup, "program": Program, "event": Event, "control": Control,
}


def build(kind: type, values: Any, where: str) -> Any:
    """An object of `kind` from a TOML table."""
    if not isinstance(values, dict):
        raise NetworkError(f"{where}: must be a table")
    known = {item.name: item for item in dataclasses.fields(kind)}
    for key in values:
        if key not in known:
            raise NetworkError(f"{where}: there is no key '{key}'")
    for name, item in known.items():
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if required and name not in values:
            raise NetworkError(f"{where}: the key '{name}' is missing")
    return kind(**values)


def network_of(values: dict[str, Any], where: str) -> Network:
    """The network that a parsed file describes."""
    values = dict(values)
    for key, kind in PARTS.items():
        if key in values:
            values[key] = build(kind, values[key], f"{where}: [{key}]")
    for key, kind in LISTS.items():
        if key in values:
            values[key] = [build(kind, item, f"{where}: [[{key}]]") for item in values[key]]
    network: Network = build(Network, values, where)
    check(network, where)
    return network


def check(network: Network, where: str) -> None:
    """Raises NetworkError where the values contradict one another."""
    if network.expected.result not in RESULTS:
        raise NetworkError(f"{where}: [expected] result is one of {', '.join(RESULTS)}")
    if (network.expected.result == "joined") != (network.expected.route is not None):
        raise NetworkError(f"{where}: [expected] route is given exactly when the result is joined")
    if not network.control:
        raise NetworkError(f"{where}: a network needs controls: nothing else proves that it does what it says")
    for item in [*network.file, *network.setup, *network.program, *network.event, *network.control]:
        if item.at not in MACHINES:
            raise NetworkError(f"{where}: at = '{item.at}', must be one of {', '.join(MACHINES)}")
    for control in network.control:
        try:
            re.compile(control.prints)
        except re.error as error:
            raise NetworkError(f"{where}: control '{control.says}': prints: {error}") from error


def load(path: Path) -> Network:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise NetworkError(f"{path.name}: {error}") from error
    network = network_of(values, path.name)
    if path.stem != f"{network.number:02d}-{network.name}":
        raise NetworkError(f"{path.name}: must be named {network.number:02d}-{network.name}.toml")
    return network


def load_all(folder: Path = FOLDER) -> list[Network]:
    networks = [load(path) for path in sorted(folder.glob("*.toml"))]
    if not networks:
        raise NetworkError(f"there are no networks in {folder}")
    return networks


def choose(networks: list[Network], wanted: list[str]) -> list[Network]:
    """Those asked for by name or number, in the order asked; all when none is."""
    if not wanted:
        return networks
    by_word = {word: network for network in networks for word in (network.name, str(network.number))}
    chosen = []
    for word in wanted:
        key = str(int(word)) if word.isdecimal() else word
        if key not in by_word:
            raise NetworkError(f"there is no network '{word}'; --list prints them")
        if by_word[key] not in chosen:
            chosen.append(by_word[key])
    return chosen
