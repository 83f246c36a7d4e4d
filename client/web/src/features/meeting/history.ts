// The last two minutes of figures, for plots. Pure.
import type { Statistics, StreamStatistics } from "../../engine/types";

export const MOST_POINTS = 120; // one a second

export interface History {
  readonly latest: Statistics;
  readonly roundTrip: readonly number[]; // ms, oldest first
  readonly backlog: readonly number[]; // ms
  readonly bitrates: ReadonlyMap<string, readonly number[]>; // bit/s, by stream
}

export function keyOf({ direction, track, layer }: StreamStatistics): string {
  // What is sent is sent in several layers at once; what is received changes between them.
  return direction === "sent" ? `sent ${track} ${layer}` : `received ${track}`;
}

export function grown(history: History | null, latest: Statistics): History {
  const bitrates = latest.streams.map((stream): [string, readonly number[]] => {
    const key = keyOf(stream);
    return [key, appended(history?.bitrates.get(key), stream.bitrate)];
  });
  return {
    latest,
    roundTrip: appended(history?.roundTrip, latest.roundTripMs),
    backlog: appended(history?.backlog, latest.sendBacklogMs),
    bitrates: new Map(bitrates),
  };
}

// Points of an SVG polyline in a box of width × height; the newest stands at the right.
export function pointsOf(values: readonly number[], most: number, width: number, height: number): string {
  const step = width / (MOST_POINTS - 1);
  const first = width - (values.length - 1) * step;
  const y = (value: number) => height - (most > 0 ? Math.min(1, value / most) : 0) * height;
  return values.map((value, at) => `${(first + at * step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}

function appended(values: readonly number[] = [], value: number): readonly number[] {
  return [...values, value].slice(-MOST_POINTS);
}
