"""The known voice and picture of a meeting, and finding the voice again in a recording.

A voice is a steady tone; Goertzel's algorithm gives the share of a recording's energy that is in it.
"""

from __future__ import annotations

import array
import math
import struct
import wave
from pathlib import Path

RATE = 48_000
AMPLITUDE = 9_000
# A fifth of a second: short enough that one gap spoils one block, long enough for 5 Hz of resolution.
BLOCK = RATE // 5
# A block counts as the tone when this much of its energy is in it; speech coding leaves well above 0.9.
PURE = 0.6
# Below this mean square a block is silence, whose spectrum means nothing.
SILENT = 100.0 ** 2
IVF_HEADER = 32


def write_tone(path: Path, frequency: float, seconds: float = 1.0) -> None:
    """A WAV file which repeats without a click when `frequency` times `seconds` is whole."""
    samples = array.array("h", (
        round(AMPLITUDE * math.sin(2 * math.pi * frequency * index / RATE)) for index in range(round(RATE * seconds))))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


def tone_share(samples: array.array[int], frequency: float, rate: int) -> float:
    """The share, 0 to 1, of the samples' energy at `frequency`; 0 for silence."""
    count = len(samples)
    energy = math.fsum(sample * sample for sample in samples)
    if count == 0 or energy / count < SILENT:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return min(1.0, 2 * power / (count * energy))


def seconds_of_tone(path: Path, frequency: float, from_s: float = 0.0) -> float:
    """How many seconds of a WAV file, from this place on, are this tone."""
    with wave.open(str(path), "rb") as recording:
        channels, rate = recording.getnchannels(), recording.getframerate()
        if recording.getsampwidth() != 2:
            return 0.0
        samples = array.array("h", recording.readframes(recording.getnframes()))[::channels]
    samples = samples[max(0, round(from_s * rate)):]
    block = BLOCK * rate // RATE
    heard = sum(tone_share(samples[start:start + block], frequency, rate) > PURE
                for start in range(0, len(samples) - block + 1, block))
    return heard * block / rate


def write_picture(path: Path, width: int = 160, height: int = 96, rate: int = 10, frames: int = 10) -> None:
    """A Y4M file: a bar that wanders over a slope of grey."""
    with open(path, "wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(frames):
            bar = frame * width // frames
            row = bytes(235 if bar <= column < bar + 16 else 60 + column // 2 for column in range(width))
            out.write(b"FRAME\n" + row * height + bytes([110]) * (width * height // 4) +
                      bytes([150]) * (width * height // 4))


def ivf_times_ms(path: Path) -> list[float]:
    """When each picture of an IVF file is due; those that were not written to their end do not count."""
    data = path.read_bytes()
    if len(data) < IVF_HEADER or data[:4] != b"DKIF":
        return []
    position, rate, scale = (struct.unpack_from(kind, data, at)[0] for kind, at in (("<H", 6), ("<I", 16), ("<I", 20)))
    times = []
    while position + 12 <= len(data):
        size, time = struct.unpack_from("<IQ", data, position)
        position += 12 + size
        if position <= len(data):
            times.append(1000 * time * scale / max(1, rate))
    return times
