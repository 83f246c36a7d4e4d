#!/usr/bin/env python3
"""Writes a sample sound and picture, so that a first meeting needs no microphone and no camera.

    make_sample.py DIR     writes DIR/voice.wav and DIR/picture.y4m unless they are there

voice.wav: 48 kHz, one channel, 16 bit; a hum that glides and pauses like speech, so that gaps are audible.
picture.y4m: 320x180, 15 frames a second, 4:2:0; a bar that crosses the picture, so that a stall is visible.
"""

import array
import math
import os
import sys
import wave

SAMPLE_RATE = 48_000
SECONDS = 8
WIDTH, HEIGHT, FRAMES_PER_SECOND = 320, 180, 15
BAR_WIDTH = 24


def voice_samples():
    """One channel of 16-bit samples: three overtones of a gliding tone, four syllables a second."""
    samples = array.array("h")
    phase = 0.0
    for index in range(SAMPLE_RATE * SECONDS):
        second = index / SAMPLE_RATE
        phase += 2 * math.pi * (170 + 60 * math.sin(2 * math.pi * 0.4 * second)) / SAMPLE_RATE
        loudness = max(0.0, math.sin(2 * math.pi * 4 * second)) * (1.0 if second % 2 < 1.5 else 0.0)
        tone = math.sin(phase) + 0.5 * math.sin(2 * phase) + 0.25 * math.sin(3 * phase)
        samples.append(int(9000 * loudness * tone / 1.75))
    return samples


def write_voice(path):
    samples = voice_samples()
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


def picture_frame(number, count):
    """One frame's planes: a bright bar on a grey ramp; its colour turns with its position."""
    left = number * (WIDTH - BAR_WIDTH) // (count - 1)
    row = bytearray(64 + column * 96 // WIDTH for column in range(WIDTH))
    row[left : left + BAR_WIDTH] = bytes([220]) * BAR_WIDTH
    chroma = (WIDTH // 2) * (HEIGHT // 2)
    turn = 2 * math.pi * number / count
    blue = bytes([128 + round(40 * math.cos(turn))]) * chroma
    red = bytes([128 + round(40 * math.sin(turn))]) * chroma
    return bytes(row) * HEIGHT + blue + red


def write_picture(path):
    count = FRAMES_PER_SECOND * SECONDS
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(count):
            file.write(b"FRAME\n" + picture_frame(number, count))


def make_sample(directory):
    os.makedirs(directory, exist_ok=True)
    for name, write in (("voice.wav", write_voice), ("picture.y4m", write_picture)):
        path = os.path.join(directory, name)
        if not os.path.exists(path):
            # Written aside and renamed: an interrupted run leaves no half a file that looks whole.
            write(path + ".new")
            os.rename(path + ".new", path)


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    make_sample(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
