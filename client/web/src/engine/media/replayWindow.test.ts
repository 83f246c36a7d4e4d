import { describe, expect, it } from "vitest";
import { ReplayWindow } from "./replayWindow";

describe("ReplayWindow", () => {
  it("takes each counter once, also out of order", () => {
    const window = new ReplayWindow();
    for (const counter of [0n, 2n, 1n, 5n]) expect(window.accept(counter)).toBe(true);
    for (const counter of [0n, 1n, 2n, 5n]) expect(window.accept(counter)).toBe(false);
    expect(window.accept(3n)).toBe(true);
  });

  it("refuses what is too old to be known", () => {
    const window = new ReplayWindow();
    window.accept(1000n);
    expect(window.accept(873n)).toBe(true);
    expect(window.accept(872n)).toBe(false);
    expect(window.accept(2n ** 63n)).toBe(true);
    expect(window.accept(1001n)).toBe(false);
  });
});
