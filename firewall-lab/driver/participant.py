"""A running `vistime join --json`: its events as they come, and commands to it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from driver.host import Host

Event = dict[str, Any]


class Participant:
    """Speaks a tone, shows a picture and records what comes; `voice` and `picture` are files, `into` a folder."""

    def __init__(self, host: Host, program: Path, name: str, link: str, *, voice: Path, picture: Path, into: Path,
                 flags: list[str], environment: dict[str, str]) -> None:
        self.name, self.into = name, into
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._ended = False
        self.started_ms = time.time() * 1000
        self._log = open(host.logs / f"{name}.log", "ab")
        self._process = subprocess.Popen(
            host.command([str(program), "join", link, "--json", "--name", name, "--send-audio", str(voice),
                          "--send-video", str(picture), "--loop", "--record", str(into), *flags]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=host.environment(environment))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._log.write(line)
            self._log.flush()
            try:
                event = json.loads(line)
            except ValueError:
                continue
            with self._changed:
                self._events.append(event)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, matches: Callable[[Event], bool], patience_s: float, start: int = 0) -> Event | None:
        """The first matching event from number `start` on; None when it does not come in time or can no more."""
        deadline = time.monotonic() + patience_s
        with self._changed:
            looked_at = start
            while True:
                for event in self._events[looked_at:]:
                    if matches(event):
                        return event
                looked_at = len(self._events)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    return None
                self._changed.wait(left)

    def wait_for_event(self, name: str, patience_s: float, start: int = 0, **values: Any) -> Event | None:
        return self.wait_for(
            lambda event: event.get("event") == name and all(event.get(key) == value for key, value in values.items()),
            patience_s, start)

    def count(self) -> int:
        """How many events came; a later wait that starts there sees only what is new."""
        with self._changed:
            return len(self._events)

    def events(self, name: str) -> list[Event]:
        with self._changed:
            return [event for event in self._events if event.get("event") == name]

    def since_start_ms(self, event: Event | None) -> int | None:
        return round(event["time_ms"] - self.started_ms) if event else None

    def tell(self, **command: Any) -> None:
        """Sends a command; one that has left cannot be told anything, which its missing answer shows."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def wait_for_end(self, patience_s: float) -> int | None:
        try:
            code = self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(patience_s)
        return code

    def leave(self, patience_s: float = 10.0) -> int | None:
        """Leaves and closes the recording; ended by force when that takes too long."""
        self.tell(do="leave")
        code = self.wait_for_end(patience_s)
        if code is None:
            self._process.kill()
            self.wait_for_end(patience_s)
        self._log.close()
        return code
