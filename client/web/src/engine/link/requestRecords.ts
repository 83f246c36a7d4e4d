// The bodies of a link over plain requests, as ../../../../../protocol/README.md has them: numbered records, so that what
// travels in several requests at once comes out in order, each once.
export const PADDING = 0;
export const GOODBYE = 0xffff_ffff;
const HEAD_BYTES = 8;
const MAX_PAYLOAD = 64 * 1024;
// What may lie ahead of a gap.
const MAX_WAITING = 1024;

export interface Message {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export function encodeRecords(records: readonly Message[]): Uint8Array<ArrayBuffer> {
  const size = records.reduce((sum, { bytes }) => sum + HEAD_BYTES + bytes.length, 0);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { number, bytes } of records) {
    view.setUint32(at, number);
    view.setUint32(at + 4, bytes.length);
    out.set(bytes, at + HEAD_BYTES);
    at += HEAD_BYTES + bytes.length;
  }
  return out;
}

// Says that `last` was the number of the last message.
export function goodbyeRecord(last: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, last);
  return { number: GOODBYE, bytes };
}

// Cuts a stream of bytes into records, however they arrive.
export class RecordReader {
  private pending = new Uint8Array(0);

  // Throws when a record claims to be longer than a carrier's message may be.
  feed(bytes: Uint8Array): Message[] {
    const all = new Uint8Array(this.pending.length + bytes.length);
    all.set(this.pending);
    all.set(bytes, this.pending.length);
    const view = new DataView(all.buffer);
    const records: Message[] = [];
    let at = 0;
    while (all.length - at >= HEAD_BYTES) {
      const length = view.getUint32(at + 4);
      if (length > MAX_PAYLOAD) throw new Error("a record is too long");
      if (all.length - at < HEAD_BYTES + length) break;
      records.push({ number: view.getUint32(at), bytes: all.slice(at + HEAD_BYTES, at + HEAD_BYTES + length) });
      at += HEAD_BYTES + length;
    }
    this.pending = all.slice(at);
    return records;
  }

  // Nothing is half read.
  get atBoundary(): boolean {
    return this.pending.length === 0;
  }
}

// Brings numbered messages into order.
export class Reorder {
  next = 1;
  private readonly waiting = new Map<number, Uint8Array>();
  private last: number | null = null;

  // What can be handed on now. Throws when it is too far ahead of what is missing.
  put({ number, bytes }: Message): Uint8Array[] {
    if (number === PADDING) return [];
    if (number === GOODBYE) {
      this.last = bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : 0;
      return [];
    }
    if (number >= this.next) this.waiting.set(number, bytes);
    if (this.waiting.size > MAX_WAITING) throw new Error("too much is missing");
    const ready: Uint8Array[] = [];
    for (let message = this.waiting.get(this.next); message; message = this.waiting.get(this.next)) {
      this.waiting.delete(this.next++);
      ready.push(message);
    }
    return ready;
  }

  // A goodbye came, and all that was said before it.
  get ended(): boolean {
    return this.last !== null && this.next > this.last;
  }
}
