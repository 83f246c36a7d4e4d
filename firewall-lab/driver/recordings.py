"""What a participant's recording holds after a moment: how long the known voice, and how many pictures.

A recording follows the clock: what was lost is silence in it. Its recording.json says when each file begins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from driver import sounds


def files_of(folder: Path, kind: str) -> Iterator[tuple[Path, float, float]]:
    """Each recorded file of a kind with when the recording and the file began, in Unix ms."""
    for description in sorted(folder.glob("**/recording.json")):
        content = json.loads(description.read_text(encoding="utf-8"))
        started_ms = float(content["started_ms"])
        for file in content["files"]:
            path = description.parent / file["file"]
            if file["kind"] == kind and path.exists():
                yield path, started_ms, started_ms + file["start_ms"]


def heard_s(folder: Path, frequency: float, since_ms: float) -> float:
    """Seconds of the tone after `since_ms`, in the file that has most of it."""
    return max((sounds.seconds_of_tone(path, frequency, (since_ms - begins_ms) / 1000)
                for path, _, begins_ms in files_of(folder, "microphone")), default=0.0)


def pictures(folder: Path, since_ms: float) -> int:
    """Pictures after `since_ms`; their times count from the recording's beginning."""
    return sum(started_ms + time_ms >= since_ms
               for path, started_ms, _ in files_of(folder, "camera") for time_ms in sounds.ivf_times_ms(path))
