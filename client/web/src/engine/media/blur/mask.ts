// Where a person is in a picture, made calm enough to be looked at. Pure.

// A person's hand moves in tenths of a second; a model's doubt flickers from picture to picture.
const APPEARS = 0.7; // of what is new
const FADES = 0.4;
// Below and above these the model is sure enough.
const SURELY_NOT = 0.2;
const SURELY = 0.8;

export class Mask {
  private readonly values: Float32Array;

  constructor(size: number) {
    this.values = new Float32Array(size);
  }

  // `found`: 0…1 for each place; `alpha`: four bytes for each, of which the last becomes the opacity.
  update(found: Float32Array, alpha: Uint8ClampedArray): void {
    for (let i = 0; i < this.values.length; ++i) {
      const now = steeper(found[i] ?? 0);
      const before = this.values[i] ?? 0;
      const value = before + (now - before) * (now > before ? APPEARS : FADES);
      this.values[i] = value;
      alpha[4 * i + 3] = value * 255;
    }
  }
}

function steeper(value: number): number {
  return Math.min(1, Math.max(0, (value - SURELY_NOT) / (SURELY - SURELY_NOT)));
}

// How often the person is looked for: every picture where that is cheap, seldom where it is not, and not at all where even
// that takes too long.
export class Effort {
  private costMs = 0;
  private since = 0; // pictures since the last search
  private slow = 0; // pictures in a row that took longer than there is time

  // `spentMs`: on the picture before, search and drawing; `budgetMs`: until the next one comes.
  next(spentMs: number, searched: boolean, budgetMs: number): "search" | "reuse" | "give-up" {
    if (searched) this.costMs += (spentMs - this.costMs) * 0.2;
    this.slow = spentMs > budgetMs ? this.slow + 1 : 0;
    if (this.slow > Effort.MOST_SLOW) return "give-up";
    this.since += 1;
    const every = Math.min(Effort.MOST_REUSED, Math.ceil(this.costMs / (budgetMs * Effort.SHARE)));
    if (this.since < every) return "reuse";
    this.since = 0;
    return "search";
  }

  private static readonly SHARE = 0.5; // of the time may be spent
  private static readonly MOST_REUSED = 4;
  private static readonly MOST_SLOW = 90;
}
