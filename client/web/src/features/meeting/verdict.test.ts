import { describe, expect, it } from "vitest";
import type { Person, Phase, Statistics, StreamStatistics } from "../../engine/types";
import { verdictOf } from "./verdict";

function person(id: string, quality: "good" | "weak" = "good", connected = true): Person {
  const connection = { quality, roundTripMs: quality === "weak" ? 480 : 20, backlogMs: 0 };
  const parts = { role: "guest" as const, tracks: [], hand: 0, recording: false, decodes: [] };
  return { id, number: 1, name: id, you: id === "you", connected, connection, ...parts };
}

function stream(who: string, lost: number, jitterMs = 5): StreamStatistics {
  const figures = { bitrate: 1, frameRate: 50, layer: 0, width: 0, height: 0, playoutDelayMs: 30, latencyMs: 0 };
  return { track: 1, person: who, kind: "microphone", direction: "received", lost, jitterMs, ...figures };
}

const figures = (parts: Partial<Statistics> = {}): Statistics => ({
  at: 0,
  route: "wss://meet.example.org",
  roundTripMs: 20,
  sendBacklogMs: 5,
  cpu: "nominal",
  streams: [stream("anna", 0), stream("ben", 0)],
  ...parts,
});
const inside: Phase = { kind: "in" };
const verdict = (
  parts: Partial<Statistics>,
  people = [person("you"), person("anna"), person("ben")],
  phase: Phase = inside,
) => verdictOf(figures(parts), { people, phase });

describe("whose leg is at fault", () => {
  it("is nobody's when all is well", () => {
    expect(verdict({})).toMatchObject({ words: "verdict.good", state: "good" });
  });

  it("is one's own: no link, a slow way, an upload that is behind, a machine that is busy", () => {
    const lost: Phase = { kind: "reconnecting", since: 0 };
    expect(verdict({}, undefined, lost).words).toBe("verdict.lost");
    expect(verdict({ roundTripMs: 512.4 })).toMatchObject({ words: "verdict.far", values: { ms: 512 } });
    expect(verdict({ sendBacklogMs: 900 }).words).toBe("verdict.upload");
    expect(verdict({ cpu: "critical" }).words).toBe("verdict.cpu");
    expect(verdict({ streams: [stream("anna", 0.2), stream("ben", 0.1)] }).words).toBe("verdict.download");
  });

  it("is somebody else's, who says so themselves", () => {
    const people = [person("you"), person("anna", "weak"), person("ben")];
    expect(verdict({ streams: [stream("anna", 0.2), stream("ben", 0)] }, people)).toEqual({
      words: "verdict.other",
      state: "warn",
      values: { name: "anna", ms: 480 },
    });
    const gone = [person("you"), person("anna", "good", false)];
    expect(verdict({}, gone).words).toBe("verdict.otherLost");
  });

  it("is not known when one person alone stutters and says nothing", () => {
    expect(verdict({ streams: [stream("anna", 0), stream("ben", 0, 200)] })).toMatchObject({
      words: "verdict.stream",
      values: { name: "ben" },
    });
  });
});
