import { describe, expect, it } from "vitest";
import { audioLevel, meterOf, SILENCE, VoiceActivity } from "./audioLevel";

const constant = (value: number) => new Float32Array(960).fill(value);

describe("audioLevel", () => {
  it("is the root mean square in -dBov", () => {
    expect(audioLevel(constant(1))).toBe(0);
    expect(audioLevel(constant(0.1))).toBe(20);
    expect(audioLevel(constant(0))).toBe(SILENCE);
    expect(audioLevel(constant(1e-9))).toBe(SILENCE);
    expect(audioLevel(constant(2))).toBe(0);
    expect(audioLevel(new Float32Array(0))).toBe(SILENCE);
  });

  it("fills a meter from -60 dBov", () => {
    expect(meterOf(0)).toBe(1);
    expect(meterOf(30)).toBeCloseTo(0.5);
    expect(meterOf(SILENCE)).toBe(0);
  });
});

describe("VoiceActivity", () => {
  it("hears speech, holds on to the end of a word, and lets go", () => {
    const voice = new VoiceActivity();
    expect(voice.update(90)).toBe(false);
    expect(voice.update(30)).toBe(true);
    for (let i = 0; i < 19; ++i) expect(voice.update(90)).toBe(true);
    expect(voice.update(90)).toBe(false);
  });

  it("takes a steady fan for noise after a while", () => {
    const voice = new VoiceActivity();
    let speaks = true;
    for (let i = 0; i < 50 * 60 * 3; ++i) speaks = voice.update(50);
    expect(speaks).toBe(false);
  });
});
