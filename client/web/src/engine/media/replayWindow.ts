// Refuses what was received before: a server could send again what somebody said. As media/replay_window.hpp.

const SIZE = 128n; // how far behind the newest a counter may be

export class ReplayWindow {
  private newest = -1n;
  private seen = 0n; // bit n: counter newest - n

  // True once for each counter.
  accept(counter: bigint): boolean {
    if (counter > this.newest) {
      const ahead = counter - this.newest;
      this.seen = this.newest < 0n || ahead >= SIZE ? 1n : BigInt.asUintN(Number(SIZE), this.seen << ahead) | 1n;
      this.newest = counter;
      return true;
    }
    const behind = this.newest - counter;
    if (behind >= SIZE || ((this.seen >> behind) & 1n) === 1n) return false;
    this.seen |= 1n << behind;
    return true;
  }
}
