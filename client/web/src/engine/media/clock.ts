// Milliseconds since 1970 with fractions, the same in the page and its workers: performance.now() alone starts anew
// in each of them.
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

// When blocks of sound were captured. They are handed over in bursts, so their arrival says little of one block; the
// earliest arrivals say when the blocks before them ended.
export class CaptureClock {
  private start = Number.NaN; // ms, when the first block began
  private blocks = 0;

  constructor(private readonly blockMs: number) {}

  // The beginning, in ms, of the block that arrives now.
  next(arrivedMs: number): number {
    const latest = arrivedMs - this.blockMs; // it cannot have begun later
    let captured = this.start + this.blocks * this.blockMs;
    if (!(Math.abs(latest - captured) < CaptureClock.JUMP_MS)) {
      this.start = latest; // the first one, or the device was asleep
      this.blocks = 0;
      captured = latest;
    } else if (latest < captured) {
      this.start += latest - captured;
      captured = latest;
    } else {
      this.start += Math.min(latest - captured, CaptureClock.DRIFT_MS); // the device's clock is slower than ours
    }
    this.blocks += 1;
    return captured;
  }

  private static readonly JUMP_MS = 120;
  private static readonly DRIFT_MS = 0.005; // per block of 20 ms: 250 ppm, more than any sound card is off
}
