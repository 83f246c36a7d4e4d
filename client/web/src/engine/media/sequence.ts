// Which frames of a video layer can be decoded, by what their headers say they need. As VideoReceiver::fits() in
// client/core/received_track.cpp.
import type { ObjectHeader } from "../../protocol/objectHeader";

const WINDOW = 64; // how far behind the newest an object may be and still count as being depended on
const ASK_AGAIN_MS = 500;

export class FrameSequence {
  private spatial = -1; // of the layer that is being received
  private lastSequence = 0;
  private intact = 0n; // bit n: object lastSequence - n was received whole, with all it depends on
  private waiting = true;
  private askedMs = Number.NEGATIVE_INFINITY;
  lost = 0;

  // Whether the frame may be given to the decoder.
  accept(header: ObjectHeader): boolean {
    if (!this.fits(header)) {
      if (!header.discardable) this.waiting = true;
      return false;
    }
    if (header.keyframe) {
      this.waiting = false;
      this.askedMs = Number.NEGATIVE_INFINITY;
    }
    return !this.waiting;
  }

  // The decoder gave up, or frames were left out on purpose: nothing fits until the next keyframe.
  restart(): void {
    this.intact = 0n;
    this.waiting = true;
  }

  // The layer of which a keyframe should be asked for now; repeats itself while it has not come.
  takeKeyframeRequest(nowMs: number): number | null {
    // Before the first object there is nothing to ask for: the server asks when we subscribe.
    if (!this.waiting || this.spatial < 0 || nowMs - this.askedMs < ASK_AGAIN_MS) return null;
    this.askedMs = nowMs;
    return this.spatial;
  }

  private fits(header: ObjectHeader): boolean {
    if (this.spatial !== header.spatial) {
      if (!header.keyframe) {
        if (this.spatial < 0) this.spatial = header.spatial;
        return false;
      }
      this.spatial = header.spatial;
      this.lastSequence = header.sequence;
      this.intact = 1n;
      return true;
    }
    const ahead = (header.sequence - this.lastSequence) >>> 0;
    const first = this.intact === 0n && header.keyframe;
    if (!first && (ahead === 0 || ahead >= 2 ** 31)) return false; // seen, or from before
    if (!first) this.lost += ahead - 1;
    this.intact = ahead < WINDOW ? BigInt.asUintN(WINDOW, this.intact << BigInt(ahead)) : 0n;
    this.lastSequence = header.sequence;
    const needs = header.dependsOn;
    const independent = header.keyframe || needs === 0;
    if (!independent && !(needs < WINDOW && ((this.intact >> BigInt(needs)) & 1n) === 1n)) return false;
    this.intact |= 1n;
    return true;
  }
}
