import { describe, expect, it } from "vitest";
import { Effort, Mask } from "./mask";

describe("the mask", () => {
  it("shows a person soon, and forgets them slowly", () => {
    const mask = new Mask(2);
    const alpha = new Uint8ClampedArray(8);
    const step = (...found: number[]) => {
      mask.update(Float32Array.from(found), alpha);
      return [alpha[3], alpha[7]];
    };
    expect(step(1, 0.1)).toEqual([178, 0]);
    const [person] = step(1, 0);
    expect(person).toBeGreaterThan(220);
    const [leaving] = step(0, 0);
    expect(leaving).toBeGreaterThan(120);
    for (let i = 0; i < 12; ++i) step(0, 0);
    expect(alpha[3]).toBeLessThan(2);
  });
});

describe("the effort", () => {
  const run = (costMs: number, pictures: number) => {
    const effort = new Effort();
    const steps: string[] = [];
    let searched = true;
    for (let i = 0; i < pictures; ++i) {
      const step = effort.next(searched ? costMs : 4, searched, 33);
      searched = step === "search";
      steps.push(step);
    }
    return steps;
  };

  it("is made for every picture where it is cheap, for fewer where it is not", () => {
    expect(run(10, 60).filter((step) => step === "search")).toHaveLength(60);
    const seldom = run(30, 60).filter((step) => step === "search").length;
    expect(seldom).toBeGreaterThan(25);
    expect(seldom).toBeLessThan(40);
  });

  it("ends where every picture takes too long", () => {
    const effort = new Effort();
    const steps = Array.from({ length: 100 }, () => effort.next(80, true, 33));
    expect(steps.slice(0, 90)).not.toContain("give-up");
    expect(steps.at(-1)).toBe("give-up");
  });
});
