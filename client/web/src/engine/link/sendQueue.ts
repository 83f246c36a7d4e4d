// What waits to be sent on one link: control before sound before pictures, and nothing that would come too late.
import type { Bytes } from "../../protocol/bytes";
import { FrameKind, FrameWriter, LANES, Lane, MAX_FRAME_BODY, type Message } from "../../protocol/frames";

interface Waiting {
  readonly message: Message;
  readonly deadlineMs: number; // the clock's time; infinity for control
  sent: number; // bytes
}

const MAX_VIDEO_BYTES = 4 * 1024 * 1024;

export class SendQueue {
  dropped = 0; // objects
  private readonly lanes: Waiting[][] = LANES.map(() => []);
  private readonly writer = new FrameWriter();

  push(kind: FrameKind, lane: Lane, body: Uint8Array, deadlineMs = Number.POSITIVE_INFINITY): void {
    this.lane(lane).push({ message: { kind, lane, body }, deadlineMs, sent: 0 });
    if (lane === Lane.video) this.bound();
  }

  get empty(): boolean {
    return this.lanes.every((lane) => lane.length === 0);
  }

  // The next frame to write, or null. `whole` is what has gone with it when it ends an object: its bytes.
  take(nowMs: number): { frame: Bytes; whole: number } | null {
    for (const lane of LANES) {
      const frame = this.takeFrom(lane, nowMs);
      if (frame) return frame;
    }
    return null;
  }

  // The connection is gone: objects are of the past, control messages are kept by the link.
  clear(): void {
    for (const lane of this.lanes) lane.length = 0;
  }

  private takeFrom(lane: Lane, nowMs: number): { frame: Bytes; whole: number } | null {
    const queue = this.lane(lane);
    for (let first = queue[0]; first; first = queue[0]) {
      if (first.deadlineMs < nowMs) {
        queue.shift();
        this.dropped += 1;
        if (first.sent === 0) continue;
        this.writer.appendAbandoned(first.message);
        return { frame: this.writer.take(), whole: 0 };
      }
      const { kind, body } = first.message;
      first.sent = this.writer.appendPart(first.message, first.sent, MAX_FRAME_BODY);
      const done = first.sent === body.length;
      if (done) queue.shift();
      return { frame: this.writer.take(), whole: done && kind === FrameKind.object ? body.length : 0 };
    }
    return null;
  }

  // Pictures are worth least when most of them wait.
  private bound(): void {
    const queue = this.lane(Lane.video);
    let bytes = queue.reduce((sum, each) => sum + each.message.body.length, 0);
    while (bytes > MAX_VIDEO_BYTES && queue.length > 1) {
      const at = queue[0]?.sent === 0 ? 0 : 1; // one that is half sent goes on or is abandoned by its deadline
      const [dropped] = queue.splice(at, 1);
      bytes -= dropped?.message.body.length ?? 0;
      this.dropped += 1;
    }
  }

  private lane(lane: Lane): Waiting[] {
    return this.lanes[lane] as Waiting[];
  }
}
