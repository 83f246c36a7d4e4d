// Evens out the arrival of one person's sound and plays it at its own pace. Decoded sound goes in as it arrives, any
// number of samples comes out whenever the sound card asks.
//
// The delay follows the network: 97 % of the arrival jitter of the last ten seconds, plus half a frame, plus 5 ms
// (media/jitter_buffer.hpp does the same). It is reached by playing up to 2.5 % faster or slower; what is far too much
// is left out. A gap is faded out and in, so that nothing clicks. Pure: the caller brings the time.

export interface PlayoutFigures {
  readonly jitterMs: number;
  readonly targetMs: number;
  readonly bufferedMs: number;
  readonly underruns: number;
  readonly skippedMs: number;
}

const RATE = 48; // samples a millisecond
const WINDOW = 500; // arrivals that the jitter is judged by: ten seconds
const FRAME_MS = 20;
const MARGIN_MS = FRAME_MS / 2 + 5;
const SHORTEST_MS = 20;
const LONGEST_MS = 400;
const MAX_STRETCH = 0.025;
const TOLERANCE_MS = 3;
const EXCESS_MS = 120; // beyond the target: left out rather than played faster
const CAPACITY = 48_000; // samples
const FADE = 240; // samples: 5 ms

export class PlayoutBuffer {
  private readonly rings: readonly Float32Array[];
  private written = 0; // samples since the beginning
  private position = 0; // the next to be played, with fractions
  private headCaptureMs = Number.NaN; // of the sample after the last written one
  private playing = false;
  private gain = 0;
  private averageMs = 0; // what is buffered, smoothed
  private readonly last: number[]; // of each channel, the last sample played, for the fade
  private readonly transits: number[] = [];
  private sorted: number[] | null = null;
  private underruns = 0;
  private skipped = 0;

  constructor(channels = 1) {
    this.rings = Array.from({ length: channels }, () => new Float32Array(CAPACITY));
    this.last = Array.from({ length: channels }, () => 0);
  }

  // One frame of sound, one channel after the other, captured at captureMs (the sender's clock) and arrived at arrivedMs (ours).
  push(samples: Float32Array, captureMs: number, arrivedMs: number): void {
    this.note(arrivedMs - captureMs);
    const gap = captureMs - this.headCaptureMs;
    // The server stopped forwarding this person for a while, or the sender's clock jumped.
    if (!(Math.abs(gap) < FRAME_MS / 2)) this.beginSpurt();
    this.write(samples);
    this.headCaptureMs = captureMs + samples.length / this.rings.length / RATE;
    if (!this.playing && this.bufferedMs >= this.startMs()) this.beginPlaying();
    if (this.bufferedMs > this.targetMs + EXCESS_MS) this.skip();
  }

  // Adds to the channels of `out`; one channel alone goes to all of them. Returns what the loudest sample was.
  mixInto(out: readonly Float32Array[], volume: number): number {
    const length = out[0]?.length ?? 0;
    if (!this.playing) return this.fadeOut(out, 0, length, volume);
    this.averageMs += (this.bufferedMs - this.averageMs) * 0.01;
    const step = this.step();
    let peak = 0;
    for (let i = 0; i < length; ++i) {
      if (this.position + 1 >= this.written) {
        this.playing = false;
        this.underruns += 1;
        return Math.max(peak, this.fadeOut(out, i, length, volume));
      }
      this.gain = Math.min(1, this.gain + 1 / FADE);
      for (let c = 0; c < this.rings.length; ++c) this.last[c] = this.sample(c);
      peak = Math.max(peak, this.add(out, i, volume));
      this.position += step;
    }
    return peak;
  }

  // When the sample that is played next was captured, by the sender's clock; NaN when nothing plays.
  get captureMs(): number {
    return this.playing ? this.headCaptureMs - this.bufferedMs : Number.NaN;
  }

  get targetMs(): number {
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.jitterMs + MARGIN_MS));
  }

  get figures(): PlayoutFigures {
    return {
      jitterMs: this.jitterMs,
      targetMs: this.targetMs,
      bufferedMs: this.bufferedMs,
      underruns: this.underruns,
      skippedMs: this.skipped / RATE,
    };
  }

  private get bufferedMs(): number {
    return Math.max(0, this.written - this.position) / RATE;
  }

  private get jitterMs(): number {
    if (this.transits.length === 0) return 0;
    this.sorted ??= [...this.transits].sort((a, b) => a - b);
    const late = this.sorted[Math.floor((this.sorted.length - 1) * 0.97)] ?? 0;
    return late - (this.sorted[0] ?? 0);
  }

  private note(transitMs: number): void {
    const newest = this.transits.at(-1);
    // Another clock, or a route with another delay altogether: what was learnt is of no use.
    if (newest !== undefined && Math.abs(transitMs - newest) > 2000) this.transits.length = 0;
    this.transits.push(transitMs);
    if (this.transits.length > WINDOW) this.transits.shift();
    this.sorted = null;
  }

  // A frame that has just arrived holds FRAME_MS of sound; the fastest ones wait for the whole target.
  private startMs(): number {
    const newest = this.transits.at(-1) ?? 0;
    const fastest = Math.min(...this.transits);
    return Math.max(FRAME_MS, FRAME_MS + this.targetMs - MARGIN_MS - (newest - fastest));
  }

  private beginSpurt(): void {
    this.playing = false;
    this.position = this.written;
  }

  private beginPlaying(): void {
    this.playing = true;
    this.gain = 0;
    this.averageMs = this.bufferedMs;
  }

  private write(samples: Float32Array): void {
    const length = samples.length / this.rings.length;
    for (const [c, ring] of this.rings.entries()) {
      for (let i = 0; i < length; ++i) ring[(this.written + i) % CAPACITY] = samples[c * length + i] ?? 0;
    }
    this.written += length;
    const oldest = this.written - CAPACITY + 1;
    if (this.position < oldest) this.position = oldest;
  }

  // Half a frame lies in the buffer on average beyond what jitter needs.
  private step(): number {
    const excess = this.averageMs - (this.targetMs + FRAME_MS / 2 - MARGIN_MS + 5);
    // A little more or less is not worth another speed.
    const beyond = Math.sign(excess) * Math.max(0, Math.abs(excess) - TOLERANCE_MS);
    return 1 + Math.max(-MAX_STRETCH, Math.min(MAX_STRETCH, beyond / 400));
  }

  private skip(): void {
    const keep = (this.targetMs + FRAME_MS) * RATE;
    const position = this.written - keep;
    if (position <= this.position) return;
    this.skipped += position - this.position;
    this.position = position;
    this.gain = 0;
    this.averageMs = this.bufferedMs;
  }

  private sample(channel: number): number {
    const ring = this.rings[channel];
    const before = Math.floor(this.position);
    const share = this.position - before;
    const a = ring?.[before % CAPACITY] ?? 0;
    const b = ring?.[(before + 1) % CAPACITY] ?? 0;
    return a + (b - a) * share;
  }

  private fadeOut(out: readonly Float32Array[], from: number, to: number, volume: number): number {
    let peak = 0;
    for (let i = from; i < to && this.gain > 0; ++i) {
      this.gain = Math.max(0, this.gain - 1 / FADE);
      peak = Math.max(peak, this.add(out, i, volume));
    }
    return peak;
  }

  // The last samples, into the place `i`.
  private add(out: readonly Float32Array[], i: number, volume: number): number {
    let peak = 0;
    for (let c = 0; c < out.length; ++c) {
      const channel = out[c];
      if (!channel) continue;
      const value = (this.last[Math.min(c, this.last.length - 1)] ?? 0) * this.gain * volume;
      channel[i] = (channel[i] ?? 0) + value;
      peak = Math.max(peak, Math.abs(value));
    }
    return peak;
  }
}
