// When a picture should be seen so that it goes with the voice: per person, how long after its capture sound is heard, less
// what it may be ahead of it.

const STALE_MS = 500; // nothing heard for so long: pictures need not wait
const SMOOTHING = 0.2;
// So much a picture may be ahead of its sound: half of what anybody notices (ITU-R BT.1359: 125 ms), and less of the
// picture's own speed is given away.
const LEAD_MS = 42;
// From handing a picture over until it is seen: a frame of a screen with 60 Hz.
const PAINT_MS = 17;

interface Heard {
  delayMs: number; // our clock at the ear minus the sender's at the microphone
  atMs: number;
}

export class LipSync {
  outputLatencyMs = 0;
  private readonly people = new Map<string, Heard>();

  // The playout hands over what was captured then, now; NaN: nothing plays.
  heard(person: string, captureMs: number, nowMs: number): void {
    if (Number.isNaN(captureMs)) return;
    const delayMs = nowMs + this.outputLatencyMs - captureMs;
    const before = this.people.get(person);
    const known = before && nowMs - before.atMs < STALE_MS && Math.abs(before.delayMs - delayMs) < 200;
    const smoothed = known ? before.delayMs + (delayMs - before.delayMs) * SMOOTHING : delayMs;
    this.people.set(person, { delayMs: smoothed, atMs: nowMs });
  }

  // From capture to ear, the sender's clock to ours; 0 while nothing was heard.
  delayOf(person: string): number {
    return this.people.get(person)?.delayMs ?? 0;
  }

  // Milliseconds from now; 0 when it should be seen at once.
  waitMs(person: string, captureMs: number, nowMs: number): number {
    const heard = this.people.get(person);
    if (!heard || nowMs - heard.atMs > STALE_MS) return 0;
    return Math.max(0, captureMs + heard.delayMs - LEAD_MS - PAINT_MS - nowMs);
  }
}
