import { describe, expect, it } from "vitest";
import { PlayoutBuffer } from "./playoutBuffer";

const FRAME = 960;
const QUANTUM = 128;

// A ramp whose values tell where in the sound they belong.
function frame(index: number): Float32Array {
  return Float32Array.from({ length: FRAME }, (_, i) => (index * FRAME + i) / 1e6);
}

// Plays for `seconds`; `arrival(i)` says when frame i comes, in ms after it was captured.
function play(buffer: PlayoutBuffer, seconds: number, arrival: (i: number) => number) {
  const heard: { atMs: number; captureMs: number; value: number }[] = [];
  const frames = Array.from({ length: seconds * 50 }, (_, i) => ({ i, at: i * 20 + 20 + arrival(i) }));
  let next = 0;
  for (let sample = 0; sample < seconds * 48_000; sample += QUANTUM) {
    const nowMs = sample / 48;
    for (let due = frames[next]; due && due.at <= nowMs; due = frames[++next]) {
      buffer.push(frame(due.i), due.i * 20, due.at);
    }
    const out = new Float32Array(QUANTUM);
    const captureMs = buffer.captureMs;
    buffer.mixInto([out], 1);
    heard.push({ atMs: nowMs, captureMs, value: out[QUANTUM - 1] ?? 0 });
  }
  return heard;
}

describe("PlayoutBuffer", () => {
  it("plays an even stream soon and without a gap", () => {
    const buffer = new PlayoutBuffer();
    const heard = play(buffer, 5, () => 5);
    expect(buffer.figures.underruns).toBe(0);
    const end = heard.at(-1);
    // Captured, 20 ms of a frame, 5 ms on the way, and the shortest delay.
    expect((end?.atMs ?? 0) - (end?.captureMs ?? 0)).toBeLessThan(65);
  });

  it("takes as much delay as the jitter needs, and no gaps then", () => {
    const buffer = new PlayoutBuffer();
    let seed = 1;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    let before = 0;
    const ordered = (i: number) => {
      const at = Math.max(before, i * 20 + random() * 40);
      before = at;
      return at - i * 20;
    };
    const heard = play(buffer, 30, ordered);
    const afterwards = heard.slice(heard.length / 2);
    const delays = afterwards.map((each) => each.atMs - each.captureMs).filter((each) => !Number.isNaN(each));
    expect(Math.max(...delays)).toBeLessThan(130);
    const silent = afterwards.filter((each) => Number.isNaN(each.captureMs)).length;
    expect(silent / afterwards.length).toBeLessThan(0.02);
  });

  it("loses the delay of a hiccup again", () => {
    const buffer = new PlayoutBuffer();
    const heard = play(buffer, 20, (i) => (i >= 100 && i < 130 ? (130 - i) * 20 + 5 : 5));
    const end = heard.at(-1);
    expect((end?.atMs ?? 0) - (end?.captureMs ?? 0)).toBeLessThan(130);
    expect(buffer.figures.skippedMs).toBeGreaterThan(100);
  });

  it("begins anew where the server left somebody out", () => {
    const buffer = new PlayoutBuffer();
    for (let i = 0; i < 10; ++i) buffer.push(frame(i), i * 20, i * 20 + 25);
    buffer.push(frame(500), 10_000, 10_025);
    expect(buffer.figures.bufferedMs).toBeLessThan(21);
    for (let i = 501; i < 510; ++i) buffer.push(frame(i), i * 20, i * 20 + 25);
    expect(buffer.captureMs).toBeGreaterThan(9_900);
  });

  it("fades rather than clicks when nothing comes", () => {
    const buffer = new PlayoutBuffer();
    const loud = new Float32Array(FRAME).fill(0.5);
    for (let i = 0; i < 4; ++i) buffer.push(loud, i * 20, i * 20 + 20);
    const out = new Float32Array(FRAME * 6);
    buffer.mixInto([out], 1);
    let steepest = 0;
    for (let i = 1; i < out.length; ++i) steepest = Math.max(steepest, Math.abs((out[i] ?? 0) - (out[i - 1] ?? 0)));
    expect(steepest).toBeLessThan(0.01);
    expect(out.at(-1)).toBe(0);
    expect(Math.max(...out)).toBeCloseTo(0.5, 3);
  });

  it("does not grow without end", () => {
    const buffer = new PlayoutBuffer();
    for (let i = 0; i < 1000; ++i) buffer.push(frame(i), i * 20, 5);
    expect(buffer.figures.bufferedMs).toBeLessThan(1001);
  });
});
