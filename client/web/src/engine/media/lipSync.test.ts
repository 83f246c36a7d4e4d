import { describe, expect, it } from "vitest";
import { LipSync } from "./lipSync";

describe("LipSync", () => {
  it("lets a picture wait until it is 42 ms ahead of its sound where both are noticed", () => {
    const sync = new LipSync();
    sync.outputLatencyMs = 20;
    sync.heard("anna", 1000, 51_000); // the sender's clock is 50 s behind
    expect(sync.waitMs("anna", 1000, 51_000)).toBe(0);
    expect(sync.waitMs("anna", 1100, 51_010)).toBe(51);
    expect(sync.waitMs("anna", 900, 51_000)).toBe(0);
    expect(sync.waitMs("ben", 1000, 51_000)).toBe(0);
  });

  it("waits for nobody who is silent", () => {
    const sync = new LipSync();
    sync.heard("anna", 1000, 2000);
    sync.heard("anna", Number.NaN, 2400);
    expect(sync.waitMs("anna", 1500, 2400)).toBeGreaterThan(0);
    expect(sync.waitMs("anna", 1700, 2600)).toBe(0);
  });

  it("follows slowly, and at once when all is new", () => {
    const sync = new LipSync();
    sync.heard("anna", 0, 100);
    sync.heard("anna", 100, 250);
    expect(sync.waitMs("anna", 250, 250)).toBeCloseTo(51);
    sync.heard("anna", 200, 900);
    expect(sync.waitMs("anna", 900, 900)).toBeCloseTo(641);
  });
});
