import { describe, expect, it } from "vitest";
import type { ObjectHeader } from "../../protocol/objectHeader";
import { FrameSequence } from "./sequence";

function header(sequence: number, parts: Partial<ObjectHeader> = {}): ObjectHeader {
  return {
    track: 257,
    sequence,
    captureUs: 0n,
    keyframe: false,
    discardable: false,
    voice: false,
    spatial: 0,
    temporal: 0,
    audioLevel: 127,
    dependsOn: 1,
    ...parts,
  };
}
const key = (sequence: number, spatial = 0) => header(sequence, { keyframe: true, dependsOn: 0, spatial });

describe("FrameSequence", () => {
  it("waits for a keyframe and follows the chain from there", () => {
    const frames = new FrameSequence();
    expect(frames.accept(header(6))).toBe(false);
    expect(frames.takeKeyframeRequest(0)).toBe(0);
    expect(frames.takeKeyframeRequest(499)).toBeNull();
    expect(frames.takeKeyframeRequest(500)).toBe(0);
    expect(frames.accept(key(7))).toBe(true);
    expect(frames.takeKeyframeRequest(2000)).toBeNull();
    expect(frames.accept(header(8))).toBe(true);
  });

  it("asks again when something needed is missing, also when what follows it comes", () => {
    const frames = new FrameSequence();
    frames.accept(key(1));
    expect(frames.accept(header(3))).toBe(false);
    expect(frames.accept(header(4))).toBe(false);
    expect(frames.takeKeyframeRequest(0)).toBe(0);
    expect(frames.lost).toBe(1);
    expect(frames.accept(key(5))).toBe(true);
  });

  it("does without what nobody depends on", () => {
    const frames = new FrameSequence();
    frames.accept(key(1));
    // 2 is discardable and was left out; 3 needs 1.
    expect(frames.accept(header(3, { dependsOn: 2 }))).toBe(true);
    // A discardable one that needs something missing is left out, and nothing is asked for.
    expect(frames.accept(header(5, { discardable: true, dependsOn: 1 }))).toBe(false);
    expect(frames.takeKeyframeRequest(0)).toBeNull();
    expect(frames.accept(header(6, { dependsOn: 3 }))).toBe(true);
  });

  it("changes to another layer at its keyframe", () => {
    const frames = new FrameSequence();
    frames.accept(key(10, 0));
    expect(frames.accept(header(500, { spatial: 1, discardable: true }))).toBe(false);
    expect(frames.accept(key(501, 1))).toBe(true);
    expect(frames.accept(header(502, { spatial: 1 }))).toBe(true);
  });

  it("shows nothing twice, and counts past the end", () => {
    const frames = new FrameSequence();
    frames.accept(key(2 ** 32 - 1));
    expect(frames.accept(header(0))).toBe(true);
    expect(frames.accept(header(0))).toBe(false);
    expect(frames.accept(header(2 ** 32 - 1))).toBe(false);
  });

  it("starts again at a keyframe when the decoder gave up", () => {
    const frames = new FrameSequence();
    frames.accept(key(1));
    frames.restart();
    expect(frames.accept(header(2))).toBe(false);
    expect(frames.takeKeyframeRequest(0)).toBe(0);
    expect(frames.accept(key(3))).toBe(true);
  });
});
