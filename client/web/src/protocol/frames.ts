// Frames: how everything on a link is wrapped. One carrier message (a WebSocket binary message) holds one or more:
//
//    u8      head     bits 0-3 kind, bits 4-5 lane, bit 6 abandoned, bit 7 more
//    varint  length   of the body, unsigned LEB128
//    bytes   body
//
// A message too large for one frame is cut into several of the same kind and lane, all but the last with `more` set;
// parts of different lanes interleave, parts of one lane do not. `abandoned` (with an empty body) takes back the parts
// sent so far.
import { type Bytes, concatenated } from "./bytes";
import { MAX_OBJECT_BYTES } from "./objectHeader";

export { concatenated };

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
export const LANES = 4;

// One TLS record holds it whole, and a higher lane never waits for more than this.
export const MAX_FRAME_BODY = 15 * 1024;
export const MAX_CARRIER_MESSAGE = 64 * 1024;
export const MAX_CONTROL_BYTES = 256 * 1024;
// What protobuf's readers take for a 64-bit number.
const MAX_VARINT_BYTES = 10;

const MORE = 0x80;
const ABANDONED = 0x40;
const LAST_KIND = FrameKind.close;

// A whole message, put together from its frames.
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

// What a carrier message holds breaks the protocol: the link should then be closed.
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FrameError";
  }
}

// One frame, which is a carrier message as well. `body` has at most MAX_FRAME_BODY bytes; `more`: parts of it follow.
export function encodeFrame(kind: FrameKind, lane: Lane, body: Uint8Array, more = false): Bytes {
  return encode(kind | (lane << 4) | (more ? MORE : 0), body);
}

// Takes back the parts that were sent of a message of this kind and lane.
export function encodeAbandoned(kind: FrameKind, lane: Lane): Bytes {
  return encode(kind | (lane << 4) | ABANDONED, new Uint8Array());
}

function encode(head: number, body: Uint8Array): Bytes {
  const length: number[] = [];
  for (let left = body.length; ; left >>>= 7) {
    length.push(left < 0x80 ? left : (left & 0x7f) | 0x80);
    if (left < 0x80) break;
  }
  return concatenated([Uint8Array.of(head, ...length), body]);
}

class FrameReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get empty(): boolean {
    return this.at === this.bytes.length;
  }

  // The next frame, its body a view. Throws FrameError.
  take(): Frame {
    const head = this.bytes[this.at++];
    const length = this.takeVarint();
    if (head === undefined || length === null || length > MAX_CARRIER_MESSAGE) {
      throw new FrameError("a frame's head is cut short or names an impossible length");
    }
    const body = this.bytes.subarray(this.at, this.at + length);
    if (body.length < length) throw new FrameError(`a frame of ${length} bytes is cut short`);
    this.at += length;
    const kind = head & 0x0f;
    if (kind > LAST_KIND) throw new FrameError(`frames of kind ${kind} are unknown`);
    const frame: Frame = {
      kind: kind as FrameKind,
      lane: ((head >> 4) & 0x03) as Lane,
      more: (head & MORE) !== 0,
      abandoned: (head & ABANDONED) !== 0,
      body,
    };
    if (frame.abandoned && (frame.more || length > 0)) {
      throw new FrameError("a frame that abandons its message has a body");
    }
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

  // The messages that a carrier message completes, in order. A body is a view of the carrier message or of memory of its
  // own. Throws FrameError on any violation; what came before it in the same carrier message is then lost as well.
  receive(carrierMessage: Uint8Array): Message[] {
    if (carrierMessage.length > MAX_CARRIER_MESSAGE) {
      throw new FrameError(`a carrier message of ${carrierMessage.length} bytes exceeds ${MAX_CARRIER_MESSAGE}`);
    }
    const reader = new FrameReader(carrierMessage);
    const messages: Message[] = [];
    while (!reader.empty) {
      const message = this.receiveFrame(reader.take());
      if (message) messages.push(message);
    }
    return messages;
  }

  // A new connection starts with nothing half received.
  reset(): void {
    this.partial.clear();
  }

  // The message that this frame completes, if it does.
  private receiveFrame({ kind, lane, body, more, abandoned }: Frame): Message | null {
    const known = this.partial.get(lane);
    if (known && known.kind !== kind) throw new FrameError("a message was interrupted by another of its lane");
    if (abandoned) {
      this.partial.delete(lane);
      return null;
    }
    if (!known && !more) return { kind, lane, body };
    const partial = known ?? new PartialMessage(kind);
    partial.append(body);
    if (more) this.partial.set(lane, partial);
    else this.partial.delete(lane);
    return more ? null : { kind, lane, body: partial.body };
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

  // Throws FrameError when the message would be larger than its kind may be.
  append(part: Uint8Array): void {
    const size = this.size + part.length;
    if (size > limitOf(this.kind)) throw new FrameError(`a message exceeds ${limitOf(this.kind)} bytes`);
    if (size > this.bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.bytes.length));
      grown.set(this.body);
      this.bytes = grown;
    }
    this.bytes.set(part, this.size);
    this.size = size;
  }
}
