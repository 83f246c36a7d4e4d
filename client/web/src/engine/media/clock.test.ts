import { describe, expect, it } from "vitest";
import { CaptureClock } from "./clock";

describe("CaptureClock", () => {
  it("gives blocks that arrive in bursts their even times", () => {
    const clock = new CaptureClock(20);
    expect(clock.next(1020)).toBe(1000);
    expect(clock.next(1055)).toBeCloseTo(1020, 1);
    expect(clock.next(1060)).toBeCloseTo(1040, 1);
    expect(clock.next(1100)).toBeCloseTo(1060, 1);
  });

  it("never says that a block began later than it can have", () => {
    const clock = new CaptureClock(20);
    clock.next(1050); // came late
    expect(clock.next(1055)).toBe(1035);
    expect(clock.next(1075)).toBe(1055);
  });

  it("begins anew after a sleep", () => {
    const clock = new CaptureClock(20);
    clock.next(1020);
    expect(clock.next(9020)).toBe(9000);
  });

  it("follows a device whose clock is slow", () => {
    const clock = new CaptureClock(20);
    const blocks = 50 * 60 * 10;
    let captured = 0;
    for (let i = 0; i < blocks; ++i) captured = clock.next(20 + i * 20.002);
    expect((blocks - 1) * 20.002 - captured).toBeLessThan(1);
  });
});
