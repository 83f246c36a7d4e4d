// Whose leg is at fault when a meeting stutters, in a sentence, from one's own figures and what others say of theirs. Pure.
import type { MeetingState, Statistics } from "../../engine/types";
import type { Key, Values } from "../../i18n/i18n";

export interface Verdict {
  readonly words: Key;
  readonly values: Values;
  readonly state: "good" | "warn" | "bad";
}

const SLOW_ROUND_TRIP_MS = 300;
const BEHIND_MS = 250;
const MUCH_LOST = 0.05;
const MUCH_JITTER_MS = 80;

export function verdictOf(statistics: Statistics, state: Pick<MeetingState, "people" | "phase">): Verdict {
  const { roundTripMs, sendBacklogMs, cpu, streams } = statistics;
  if (state.phase.kind === "reconnecting") return verdict("verdict.lost", "bad");
  if (cpu === "critical") return verdict("verdict.cpu", "bad");
  if (sendBacklogMs > BEHIND_MS) return verdict("verdict.upload", "bad", { ms: Math.round(sendBacklogMs) });
  if (roundTripMs > SLOW_ROUND_TRIP_MS) return verdict("verdict.far", "bad", { ms: Math.round(roundTripMs) });

  const received = streams.filter(({ direction }) => direction === "received");
  const bad = received.filter(({ lost, jitterMs }) => lost > MUCH_LOST || jitterMs > MUCH_JITTER_MS);
  const persons = new Set(received.map(({ person }) => person));
  const troubled = [...new Set(bad.map(({ person }) => person))];
  const others = state.people.filter(({ you }) => !you);
  const weak = others.filter(({ connected, connection }) => !connected || connection.quality === "weak");
  if (troubled.length > 1 && troubled.length === persons.size) return verdict("verdict.download", "bad");
  const culprit = weak.find(({ id }) => troubled.includes(id)) ?? weak[0];
  if (culprit) {
    return culprit.connected
      ? verdict("verdict.other", "warn", { name: culprit.name, ms: culprit.connection.roundTripMs })
      : verdict("verdict.otherLost", "warn", { name: culprit.name });
  }
  const [first] = others.filter(({ id }) => troubled.includes(id));
  if (first) return verdict("verdict.stream", "warn", { name: first.name });
  if (cpu === "serious") return verdict("verdict.cpu", "warn");
  return verdict("verdict.good", "good");
}

function verdict(words: Key, state: Verdict["state"], values: Values = {}): Verdict {
  return { words, values, state };
}
