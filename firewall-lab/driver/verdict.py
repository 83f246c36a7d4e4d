"""Compares what came of a network with what its file expects."""

from __future__ import annotations

from typing import Any

from driver.controls import Finding
from driver.meeting import Outcome
from driver.networks import Expected, Network

# A route that runs into its patience may still be waiting when another wins, so that nothing is said about it.
SLOW_CODES = ("dns-timeout", "tcp-timeout", "tcp-unreachable", "tls-timeout", "proxy-timeout", "proxy-unreachable",
              "upgrade-timeout", "starved")


def differences(expected: Expected, outcome: Outcome) -> list[str]:
    """What is otherwise than expected, as sentences; empty when nothing is."""
    wrong = list(outcome.missed)
    if outcome.got != expected.result:
        wrong.append(f"{outcome.got}, not {expected.result}")
    elif outcome.got == "joined" and outcome.route != expected.route:
        wrong.append(f"came by {outcome.route or 'a route it did not name'}, not by {expected.route}")
    for route, code in expected.failures.items():
        got = outcome.failures.get(route)
        unsaid = got is None and outcome.got == "joined" and code in SLOW_CODES
        if got != code and not unsaid:
            wrong.append(f"{route}: {got or 'no reason given'}, not {code}")
    if expected.exit_code is not None and outcome.exit_code != expected.exit_code:
        wrong.append(f"exit code {outcome.exit_code}, not {expected.exit_code}")
    took = outcome.join_ms if outcome.got == "joined" else outcome.ended_ms
    if expected.within_ms is not None and took is not None and took > expected.within_ms:
        wrong.append(f"took {took} ms, more than {expected.within_ms} ms")
    return wrong


def verdict(network: Network, findings: list[Finding], outcome: Outcome | None, trouble: str | None) -> dict[str, Any]:
    """One network's entry of the results."""
    wrong = [f"control: {finding.says}: printed '{finding.printed}'" for finding in findings if not finding.passed]
    if trouble:
        wrong.append(f"the lab: {trouble}")
    if outcome:
        wrong += differences(network.expected, outcome)
    return {
        "number": network.number,
        "name": network.name,
        "title": network.title,
        "expected": network.expected.result,
        "got": outcome.got if outcome else "not run",
        "as_expected": not wrong,
        "route": outcome.route if outcome else None,
        "proxy": outcome.proxy if outcome else None,
        "join_ms": outcome.join_ms if outcome else None,
        "again_ms": outcome.again_ms if outcome else None,
        "sound_ms": outcome.sound_ms if outcome else None,
        "failures": outcome.failures if outcome else {},
        "resumed": outcome.resumed if outcome else [],
        "controls": {"passed": sum(finding.passed for finding in findings), "of": len(network.control)},
        "why": wrong,
    }
