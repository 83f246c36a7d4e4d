import { describe, expect, it } from "vitest";
import { collect, type Sources } from "./statistics";
import type { Person } from "./types";

const anna: Person = {
  id: "anna",
  number: 2,
  name: "Anna",
  role: "guest",
  you: false,
  connected: true,
  hand: 0,
  recording: false,
  decodes: [],
  connection: { quality: "unknown", roundTripMs: 0, backlogMs: 0 },
  tracks: [{ id: 513, person: "anna", kind: "camera", codec: "vp8", muted: false, layers: [], channels: 0 }],
};
const you: Person = { ...anna, id: "you", number: 1, name: "You", you: true, tracks: [] };

function sources(at: number, bytes: number, frames: number, lost: number, before: Sources["before"]): Sources {
  const picture = { layer: 1, width: 640, height: 360, jitterMs: 3, playoutDelayMs: 40, latencyMs: 90 };
  return {
    at,
    route: "wss://meet.example.org",
    link: { roundTripMs: 20, unconfirmedMs: 5 },
    cpu: "fair",
    people: [you, anna],
    you: "you",
    sent: [{ index: 0, spatial: 0, width: 0, height: 0, bytes, frames, skipped: 0 }],
    received: [
      { track: 513, bytes, frames, lost, ...picture },
      { track: 999, bytes, frames, lost, ...picture },
    ],
    before,
  };
}

describe("collect", () => {
  it("makes rates of counters", () => {
    const first = collect(sources(1000, 0, 0, 0, new Map()));
    expect(first.statistics.streams.map(({ bitrate }) => bitrate)).toEqual([0, 0]);
    const { statistics } = collect(sources(2000, 10_000, 27, 3, first.rates));
    expect(statistics.streams).toHaveLength(2); // a track that is nobody's is left out
    expect(statistics.streams[0]).toMatchObject({ track: 256, person: "you", kind: "microphone", bitrate: 80_000 });
    expect(statistics.streams[1]).toMatchObject({ person: "anna", frameRate: 27, lost: 0.1, layer: 1, jitterMs: 3 });
    expect(statistics).toMatchObject({ roundTripMs: 20, sendBacklogMs: 5 });
  });

  it("begins anew with a new stream", () => {
    const { rates } = collect(sources(1000, 10_000, 100, 0, new Map()));
    const { statistics } = collect(sources(2000, 500, 5, 0, rates));
    expect(statistics.streams[1]).toMatchObject({ bitrate: 0, frameRate: 0 });
  });
});
