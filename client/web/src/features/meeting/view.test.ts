import { describe, expect, it } from "vitest";
import type { Person, Track } from "../../engine/types";
import { type Choice, capacityOf, orderAfter, viewOf } from "./view";

function person(number: number, kinds: Track["kind"][] = ["camera"]): Person {
  const id = `p${number}`;
  const tracks = kinds.map((kind, index): Track => {
    return { id: number * 256 + index, person: id, kind, codec: "vp8", muted: false, layers: [], channels: 0 };
  });
  const connection = { quality: "good" as const, roundTripMs: 1, backlogMs: 1 };
  const parts = { role: "guest" as const, connected: true, hand: 0, recording: false, decodes: [], connection };
  return { id, number, name: id, you: number === 1, tracks, ...parts };
}

const people = (count: number) => Array.from({ length: count }, (_, at) => person(at + 1));
const choice = (parts: Partial<Choice> = {}): Choice => ({
  mode: "auto",
  pins: [],
  order: [],
  speaker: "",
  size: { width: 1280, height: 800 },
  ...parts,
});
const keys = (items: readonly { key: string }[]) => items.map(({ key }) => key);

describe("the view", () => {
  it("of two shows the other, with oneself floating over them", () => {
    const view = viewOf({ people: people(2) }, choice());
    expect([keys(view.large), keys(view.others), view.floating?.key]).toEqual([[], ["p2"], "p1"]);
  });

  it("is a gallery in a large window, and the speaker in a small one", () => {
    expect(viewOf({ people: people(6) }, choice()).large).toEqual([]);
    const phone = { width: 375, height: 600 };
    const view = viewOf({ people: people(6) }, choice({ size: phone, speaker: "p4" }));
    expect([keys(view.large), view.others.length]).toEqual([["p4"], 5]);
    expect(viewOf({ people: people(4) }, choice({ size: phone })).large).toEqual([]);
    expect(viewOf({ people: people(6) }, choice({ size: phone, mode: "gallery" })).large).toEqual([]);
    expect(keys(viewOf({ people: people(6) }, choice({ mode: "speaker" })).large)).toEqual(["p2"]);
  });

  it("shows screens large, two of them side by side, and what is pinned before them", () => {
    const all = [person(1), person(2, ["screen", "camera"]), person(3, ["screen"])];
    expect(keys(viewOf({ people: all }, choice()).large)).toEqual(["p2 screen", "p3 screen"]);
    const pinned = viewOf({ people: all }, choice({ pins: ["p2", "gone"] }));
    expect(keys(pinned.large)).toEqual(["p2"]);
    expect(keys(pinned.others)).toContain("p2 screen");
  });
});

describe("the order of faces", () => {
  it("changes only where somebody speaks who is not on the first page", () => {
    const all = people(6);
    const first = orderAfter([], all, [], 4);
    expect(first).toEqual(["p1", "p2", "p3", "p4", "p5", "p6"]);
    expect(orderAfter(first, all, ["p2"], 4)).toBe(first);
    expect(orderAfter(first, all, ["p6", "p4"], 4)).toEqual(["p1", "p2", "p6", "p4", "p5", "p3"]);
    expect(orderAfter(first, all.slice(0, 5), [], 4)).toEqual(["p1", "p2", "p3", "p4", "p5"]);
  });
});

describe("a page", () => {
  it("holds what the window has room for, 25 at most", () => {
    expect(capacityOf({ width: 1920, height: 1000 })).toBe(25);
    expect(capacityOf({ width: 375, height: 600 })).toBe(14);
    expect(capacityOf({ width: 100, height: 100 })).toBe(4);
  });
});
