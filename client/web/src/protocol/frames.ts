// Frames: how everything on a link is wrapped. One carrier message (a WebSocket binary message) holds one or more:
//
//    u8      head     bits 0-3 kind, bits 4-5 lane, bit 6 abandoned, bit 7 more
//    varint  length   of the body, unsigned LEB128
//    bytes   body
//
// A message too large for one frame is cut into several of the same kind and lane, all but the last with `more` set;
// parts of different lanes interleave, parts of one lane do not. `abandoned` (with an empty body) takes back the parts
// sent so far.
import type { Bytes } from "./bytes";
import { MAX_OBJECT_BYTES } from "./objectHeader";

export const FrameKind = {
  hello: 0, // client, first: protobuf Hello
  helloReply: 1, // server, first: protobuf HelloReply
  control: 2, // u32 number, then protobuf ClientMessage or ServerMessage
  ack: 3, // u32: every control message up to this number has arrived
  object: 4, // a media object; see objectHeader.ts
  ping: 5, // u64: the sender's clock, microseconds
  pong: 6, // u64: the ping's value, sent back
  feedback: 7, // u64: how many bytes of objects have arrived on this connection
  close: 8, // protobuf Close
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

// In the order in which they are sent.
export const Lane = { control: 0, audio: 1, video: 2, bulk: 3 } as const;
export type Lane = (typeof Lane)[keyof typeof Lane];
export const LANES = [Lane.control, Lane.audio, Lane.video, Lane.bulk] as const;

// One TLS record holds it whole, and a higher lane never waits for more than this.
export const MAX_FRAME_BODY = 15 * 1024;
export const MAX_CARRIER_MESSAGE = 64 * 1024;
export const MAX_CONTROL_BYTES = 256 * 1024;
// What protobuf's readers take for a 64-bit number.
const MAX_VARINT_BYTES = 10;

const MORE = 0x80;
const ABANDONED = 0x40;
const LAST_KIND = FrameKind.close;

// A whole message, not cut into frames.
export interface Message {
  readonly kind: FrameKind;
  readonly lane: Lane;
  readonly body: Uint8Array;
}

interface Frame extends Message {
  readonly more: boolean;
  readonly abandoned: boolean;
}

function limitOf(kind: FrameKind): number {
  return kind === FrameKind.object ? MAX_OBJECT_BYTES : MAX_CONTROL_BYTES;
}

// Puts one carrier message together from frames. The owner keeps within MAX_CARRIER_MESSAGE.
export class FrameWriter {
  private readonly buffer = new Uint8Array(MAX_CARRIER_MESSAGE);
  private used = 0;

  get size(): number {
    return this.used;
  }

  // Writes the next part of `message`, of which `sent` bytes are out already: at most `room` bytes of body, and at most
  // MAX_FRAME_BODY. Answers how many bytes of it are out then.
  appendPart(message: Message, sent: number, room: number): number {
    const end = Math.min(message.body.length, sent + Math.min(room, MAX_FRAME_BODY));
    this.append(message, message.body.subarray(sent, end), end < message.body.length ? MORE : 0);
    return end;
  }

  // Takes back the parts that were sent of a message.
  appendAbandoned(message: Message): void {
    this.append(message, new Uint8Array(), ABANDONED);
  }

  // What was written so far, in a buffer of its own; the writer is empty again.
  take(): Bytes {
    const message = this.buffer.slice(0, this.used);
    this.used = 0;
    return message;
  }

  private append({ kind, lane }: Message, body: Uint8Array, flags: number): void {
    this.buffer[this.used++] = kind | (lane << 4) | flags;
    for (let left = body.length; ; left >>>= 7) {
      this.buffer[this.used++] = left < 0x80 ? left : (left & 0x7f) | 0x80;
      if (left < 0x80) break;
    }
    this.buffer.set(body, this.used);
    this.used += body.length;
  }
}

// A carrier message that holds just this message, which fits into one frame.
export function encodeMessage(message: Message): Bytes {
  const writer = new FrameWriter();
  writer.appendPart(message, 0, MAX_FRAME_BODY);
  return writer.take();
}

// The only message in a carrier message, as greetings are sent. Null when it is anything else, or of another kind.
export function decodeOnlyMessage(kind: FrameKind, carrierMessage: Uint8Array): Uint8Array | null {
  if (carrierMessage.length > MAX_CARRIER_MESSAGE) return null;
  const reader = new FrameReader(carrierMessage);
  const frame = reader.take();
  if (typeof frame === "string" || !reader.empty) return null;
  return frame.kind === kind && !frame.more && !frame.abandoned ? frame.body : null;
}

class FrameReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get empty(): boolean {
    return this.at === this.bytes.length;
  }

  // The next frame, its body a view; or what is wrong with it.
  take(): Frame | string {
    const head = this.bytes[this.at++];
    const length = this.takeVarint();
    if (head === undefined || length === null || length > MAX_CARRIER_MESSAGE) {
      return "a frame's head is cut short or names an impossible length";
    }
    const body = this.bytes.subarray(this.at, this.at + length);
    if (body.length < length) return `a frame of ${length} bytes is cut short`;
    this.at += length;
    const kind = head & 0x0f;
    if (kind > LAST_KIND) return `frames of kind ${kind} are unknown`;
    const frame: Frame = {
      kind: kind as FrameKind,
      lane: ((head >> 4) & 0x03) as Lane,
      more: (head & MORE) !== 0,
      abandoned: (head & ABANDONED) !== 0,
      body,
    };
    if (frame.abandoned && (frame.more || length > 0)) return "a frame that abandons its message has a body";
    return frame;
  }

  // Null when it does not end, or is longer than a 64-bit number can be.
  private takeVarint(): number | null {
    let value = 0;
    for (let size = 0; size < MAX_VARINT_BYTES; ++size) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * 2 ** (7 * size);
      if (byte < 0x80) return value;
    }
    return null;
  }
}

// Puts messages together from frames, bounded by what each kind may measure.
export class Assembler {
  // Of each lane, the message of which parts have come.
  private readonly partial = new Map<Lane, PartialMessage>();

  // Reads a whole carrier message and hands each message in it to `sink`. A body is a view of the carrier message, or
  // of memory of its own. `sink` answers what is wrong with a message, or null. Null when all is well, else what is
  // wrong; what follows it was not read, and the link should be closed.
  receive(carrierMessage: Uint8Array, sink: (message: Message) => string | null): string | null {
    if (carrierMessage.length > MAX_CARRIER_MESSAGE) {
      return `a carrier message of ${carrierMessage.length} bytes exceeds ${MAX_CARRIER_MESSAGE}`;
    }
    const reader = new FrameReader(carrierMessage);
    while (!reader.empty) {
      const frame = reader.take();
      const wrong = typeof frame === "string" ? frame : this.receiveFrame(frame, sink);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  // A new connection starts with nothing half received.
  reset(): void {
    this.partial.clear();
  }

  private receiveFrame(frame: Frame, sink: (message: Message) => string | null): string | null {
    const { kind, lane, body } = frame;
    const known = this.partial.get(lane);
    if (known && known.kind !== kind) return "a message was interrupted by another of its lane";
    if (frame.abandoned) {
      this.partial.delete(lane);
      return null;
    }
    if (!known && !frame.more) return sink({ kind, lane, body });
    const partial = known ?? new PartialMessage(kind);
    if (!partial.append(body)) return `a message exceeds ${limitOf(kind)} bytes`;
    if (frame.more) {
      this.partial.set(lane, partial);
      return null;
    }
    // Taken out first, so that the sink may reset this assembler.
    this.partial.delete(lane);
    return sink({ kind, lane, body: partial.body });
  }
}

// Copies what it is given: a part must not keep its whole carrier message in memory.
class PartialMessage {
  private bytes: Uint8Array = new Uint8Array(2 * MAX_FRAME_BODY);
  private size = 0;

  constructor(readonly kind: FrameKind) {}

  get body(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  // False when the message would be larger than its kind may be.
  append(part: Uint8Array): boolean {
    const size = this.size + part.length;
    if (size > limitOf(this.kind)) return false;
    if (size > this.bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.bytes.length));
      grown.set(this.body);
      this.bytes = grown;
    }
    this.bytes.set(part, this.size);
    this.size = size;
    return true;
  }
}
