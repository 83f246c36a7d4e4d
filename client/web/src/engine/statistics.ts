// Figures for people, from the counters of link and workers. Pure.
import type { ReceivedFigures, SentFigures } from "./media/messages";
import type { Pressure } from "./pressure";
import type { Person, Statistics, StreamStatistics, TrackKind } from "./types";

interface Counters {
  readonly bytes: number;
  readonly frames: number;
  readonly lost: number;
  readonly at: number; // ms
}

// By stream, what was counted the last time.
export type Rates = ReadonlyMap<string, Counters>;

export interface Sources {
  readonly at: number; // ms since 1970
  readonly route: string;
  readonly link: { readonly roundTripMs: number; readonly unconfirmedMs: number };
  readonly people: readonly Person[];
  readonly you: string;
  readonly sent: readonly SentFigures[];
  readonly received: readonly ReceivedFigures[];
  readonly cpu: Pressure;
  readonly before: Rates;
}

// In the order of Sending's indices.
const SENT_KINDS: readonly TrackKind[] = ["microphone", "camera", "screen", "screen-audio"];

export function collect(from: Sources): { statistics: Statistics; rates: Rates } {
  const rates = new Map<string, Counters>();
  const rateOf = (key: string, bytes: number, frames: number, lost: number) => {
    const before = from.before.get(key);
    rates.set(key, { bytes, frames, lost, at: from.at });
    const seconds = before ? (from.at - before.at) / 1000 : 0;
    // A counter that fell belongs to a new stream.
    if (!before || seconds <= 0 || bytes < before.bytes) return { bitrate: 0, frameRate: 0, lost: 0 };
    const came = frames - before.frames;
    const gone = Math.max(0, lost - before.lost);
    return {
      bitrate: ((bytes - before.bytes) * 8) / seconds,
      frameRate: came / seconds,
      lost: gone === 0 ? 0 : gone / (came + gone),
    };
  };
  const number = from.people.find(({ id }) => id === from.you)?.number ?? 0;
  const sent = from.sent.map(
    (each): StreamStatistics => ({
      track: ((number << 8) | each.index) >>> 0,
      person: from.you,
      kind: SENT_KINDS[each.index] ?? "screen",
      direction: "sent",
      ...rateOf(`sent ${each.index} ${each.spatial}`, each.bytes, each.frames, each.skipped),
      layer: each.spatial,
      width: each.width,
      height: each.height,
      jitterMs: 0,
      playoutDelayMs: 0,
      latencyMs: 0,
    }),
  );
  const tracks = new Map(from.people.flatMap(({ tracks }) => tracks).map((track) => [track.id, track]));
  const received = from.received.flatMap((each): StreamStatistics[] => {
    const track = tracks.get(each.track);
    if (!track) return [];
    const { layer, width, height, jitterMs, playoutDelayMs, latencyMs } = each;
    const rate = rateOf(`received ${each.track}`, each.bytes, each.frames, each.lost);
    const fixed = { track: each.track, person: track.person, kind: track.kind, direction: "received" as const };
    return [{ ...fixed, ...rate, layer, width, height, jitterMs, playoutDelayMs, latencyMs }];
  });
  const { at, route, link, cpu } = from;
  const { roundTripMs, unconfirmedMs: sendBacklogMs } = link;
  return { statistics: { at, route, roundTripMs, sendBacklogMs, cpu, streams: [...sent, ...received] }, rates };
}
