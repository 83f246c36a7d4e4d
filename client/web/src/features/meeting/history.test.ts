import { describe, expect, it } from "vitest";
import type { Statistics } from "../../engine/types";
import { grown, type History, MOST_POINTS, pointsOf } from "./history";

const stream = { track: 7, person: "a", kind: "camera" as const, direction: "sent" as const, frameRate: 30 };
const rest = { width: 1, height: 1, lost: 0, jitterMs: 0, playoutDelayMs: 0, latencyMs: 0 };
const at = (second: number): Statistics => ({
  at: second * 1000,
  route: "",
  roundTripMs: second,
  sendBacklogMs: 0,
  cpu: "unknown",
  streams: [0, 1].map((layer) => ({ ...stream, ...rest, layer, bitrate: second * (layer + 1) })),
});

describe("history", () => {
  it("keeps two minutes of each figure, of each layer for itself", () => {
    let history: History | null = null;
    for (let second = 1; second <= MOST_POINTS + 5; ++second) history = grown(history, at(second));
    expect(history?.roundTrip).toHaveLength(MOST_POINTS);
    expect(history?.roundTrip[0]).toBe(6);
    expect(history?.bitrates.get("sent 7 1")?.at(-1)).toBe(250);
    expect(history?.bitrates.size).toBe(2);
  });
});

describe("points", () => {
  it("end at the right, and are as high as they are large", () => {
    expect(pointsOf([0, 5, 10], 10, 119, 20)).toBe("117.0,20.0 118.0,10.0 119.0,0.0");
    expect(pointsOf([3], 0, 119, 20)).toBe("119.0,20.0");
    expect(pointsOf([], 1, 119, 20)).toBe("");
  });
});
