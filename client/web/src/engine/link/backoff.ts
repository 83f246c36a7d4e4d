// Pauses between attempts: they double from a fifth of a second to five, half of each by chance, so that a server that
// comes back is not met by everybody at once.

const SHORTEST_MS = 200;
const LONGEST_MS = 5000;

export class Backoff {
  private step = SHORTEST_MS;

  constructor(private readonly random: () => number = Math.random) {}

  next(): number {
    const pause = this.step * (0.5 + 0.5 * this.random());
    this.step = Math.min(LONGEST_MS, this.step * 2);
    return pause;
  }

  reset(): void {
    this.step = SHORTEST_MS;
  }
}
