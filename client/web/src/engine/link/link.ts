// A link: an ordered two-way pipe of messages that survives its connection (protocol/README.md, section 4). Control
// messages are numbered, acknowledged and sent again; media objects are only continued. No I/O and no clock of its own.
import { type Bytes, readU32, readU64, u32, u64 } from "../../protocol/bytes";
import { Assembler, FrameKind, Lane, type Message } from "../../protocol/frames";
import { SendQueue } from "./sendQueue";

export interface Carrier {
  // How many bytes it has taken and not yet passed on.
  readonly buffered: number;
  send(message: Bytes): void;
  close(): void;
}

export interface LinkEvents {
  control(message: Uint8Array): string | null; // what is wrong with it, or null
  object(bytes: Uint8Array): void;
  feedback(): void; // the server confirmed objects
  closed(body: Uint8Array): void; // Close: the link is over
  failed(reason: string): void; // the peer breaks the protocol: the link is over
  silent(): void; // nothing heard for too long: the connection is dead
}

export interface LinkFigures {
  readonly roundTripMs: number;
  readonly unconfirmedMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const SILENCE_MS = 10_000;
// Beyond this the peer acknowledges nothing.
const MOST_UNACKNOWLEDGED = 4096;
const MOST_UNACKNOWLEDGED_BYTES = 4 * 1024 * 1024;
const WRONG_SIZE = "a frame's body has the wrong size";
const PROBE_MS = 1500;
const FEEDBACK_MS = 1000;
// So little lies in the WebSocket's own buffer, where nothing can be overtaken or dropped any more.
const MOST_BUFFERED = 24 * 1024;

export class Link {
  private carrier: Carrier | null = null;
  private readonly queue = new SendQueue();
  private readonly assembler = new Assembler();
  private unacknowledged: { number: number; body: Bytes }[] = [];
  private unacknowledgedBytes = 0;
  private over = false; // closed or failed: nothing follows
  private sentNumber = 0;
  private receivedNumber = 0;
  private acknowledgedNumber = 0; // the last one we acknowledged
  private unconfirmed: { total: number; atMs: number }[] = [];
  private objectBytesSent = 0; // on this connection
  private objectBytesReceived = 0;
  private feedbackSent = 0;
  private feedbackAtMs = 0;
  private heardAtMs = 0;
  private pingAtMs = 0;
  private roundTripMs = 0;
  private sentBytes = 0;
  private receivedBytes = 0;
  keepAliveMs = 5000;

  constructor(
    private readonly clock: () => number, // ms
    private readonly events: LinkEvents,
  ) {}

  // The number of the last control message received: goes into Hello.
  get received(): number {
    return this.receivedNumber;
  }
  get attached(): boolean {
    return this.carrier !== null;
  }
  get idle(): boolean {
    return this.queue.empty;
  }
  get figures(): LinkFigures {
    const { roundTripMs, unconfirmedMs, sentBytes, receivedBytes } = this;
    return { roundTripMs, unconfirmedMs, sentBytes, receivedBytes };
  }
  // Age of the oldest object that the server has not confirmed.
  get unconfirmedMs(): number {
    const oldest = this.unconfirmed[0];
    return oldest ? this.clock() - oldest.atMs : 0;
  }

  // A connection on which Hello and Welcome were exchanged; what the peer has not received is sent again.
  attach(carrier: Carrier, peerReceived: number): void {
    this.install(carrier);
    const wrong = this.forget(peerReceived);
    if (wrong !== null) {
      this.fail(wrong);
      return;
    }
    for (const { body } of this.unacknowledged) this.queue.push(FrameKind.control, Lane.control, body);
    this.flush();
  }

  // Both sides count from 1: the link is new, or the server was restarted.
  attachFresh(carrier: Carrier): void {
    this.install(carrier);
    this.unacknowledged = [];
    this.unacknowledgedBytes = 0;
    this.sentNumber = 0;
    this.receivedNumber = 0;
    this.acknowledgedNumber = 0;
  }

  // The connection is gone; the link waits for another.
  detach(): void {
    this.carrier = null;
    this.queue.clear();
    this.unconfirmed = [];
  }

  sendControl(message: Uint8Array): void {
    this.sentNumber += 1;
    const body = new Uint8Array(4 + message.length);
    new DataView(body.buffer).setUint32(0, this.sentNumber);
    body.set(message, 4);
    this.unacknowledged.push({ number: this.sentNumber, body });
    this.unacknowledgedBytes += body.length;
    if (this.unacknowledged.length > MOST_UNACKNOWLEDGED || this.unacknowledgedBytes > MOST_UNACKNOWLEDGED_BYTES) {
      this.fail("the server acknowledges nothing");
      return;
    }
    if (!this.carrier) return;
    this.queue.push(FrameKind.control, Lane.control, body);
    this.flush();
  }

  // Dropped at once while there is no connection.
  sendObject(bytes: Uint8Array, audio: boolean, deadlineMs: number): void {
    if (!this.carrier) return;
    this.queue.push(FrameKind.object, audio ? Lane.audio : Lane.video, bytes, this.clock() + deadlineMs);
    this.flush();
  }

  receive(carrierMessage: Uint8Array): void {
    this.heardAtMs = this.clock();
    this.receivedBytes += carrierMessage.length;
    const wrong = this.assembler.receive(carrierMessage, (message) => this.take(message));
    if (wrong !== null) this.fail(wrong);
    this.flush();
  }

  // Writes as much as the carrier should hold.
  flush(): void {
    while (this.carrier && this.carrier.buffered < MOST_BUFFERED) {
      const next = this.queue.take(this.clock());
      if (!next) return;
      if (next.whole > 0) {
        this.objectBytesSent += next.whole;
        this.unconfirmed.push({ total: this.objectBytesSent, atMs: this.clock() });
      }
      this.pass(next.frame);
    }
  }

  // A few times a second.
  tick(): void {
    if (!this.carrier) return;
    const now = this.clock();
    if (now - this.heardAtMs > SILENCE_MS) {
      this.events.silent();
      return;
    }
    if (now - this.pingAtMs >= this.keepAliveMs * 0.8) this.ping(now);
    if (now - this.feedbackAtMs >= FEEDBACK_MS && this.objectBytesReceived !== this.feedbackSent) this.confirm(now);
    this.flush();
  }

  // The network has changed: an answer within PROBE_MS, or the connection counts as dead.
  probe(): void {
    if (!this.carrier) return;
    const now = this.clock();
    this.heardAtMs = Math.min(this.heardAtMs, now - SILENCE_MS + PROBE_MS);
    this.ping(now);
  }

  private install(carrier: Carrier): void {
    this.queue.clear();
    this.assembler.reset();
    this.carrier = carrier;
    this.unconfirmed = [];
    this.objectBytesSent = 0;
    this.objectBytesReceived = 0;
    this.feedbackSent = 0;
    this.heardAtMs = this.clock();
    this.pingAtMs = Number.NEGATIVE_INFINITY;
  }

  // What is wrong with the message, or null.
  private take({ kind, body }: Message): string | null {
    if (this.over) return null;
    switch (kind) {
      case FrameKind.control:
        return this.takeControl(body);
      case FrameKind.ack:
        return body.length === 4 ? this.forget(readU32(body) ?? 0) : WRONG_SIZE;
      case FrameKind.object:
        this.objectBytesReceived += body.length;
        this.events.object(body);
        return null;
      case FrameKind.ping:
        if (body.length !== 8) return WRONG_SIZE;
        this.queueControl(FrameKind.pong, body.slice());
        return null;
      case FrameKind.pong:
        if (body.length !== 8) return WRONG_SIZE;
        this.roundTripMs = Math.max(0, this.clock() - Number(readU64(body)) / 1000);
        return null;
      case FrameKind.feedback:
        return body.length === 8 ? this.confirmed(Number(readU64(body))) : WRONG_SIZE;
      case FrameKind.close:
        this.over = true;
        this.events.closed(body);
        return null;
      default:
        return "a greeting came again";
    }
  }

  private takeControl(body: Uint8Array): string | null {
    const number = readU32(body);
    if (number === null) return WRONG_SIZE;
    if (number > this.receivedNumber + 1) return "a control message is missing";
    if (number <= this.receivedNumber) return null; // sent again: it was acknowledged too late
    this.receivedNumber = number;
    const wrong = this.events.control(body.subarray(4));
    this.acknowledge();
    return wrong;
  }

  private acknowledge(): void {
    if (this.acknowledgedNumber === this.receivedNumber) return;
    this.acknowledgedNumber = this.receivedNumber;
    this.queueControl(FrameKind.ack, u32(this.receivedNumber));
  }

  private forget(upTo: number): string | null {
    if (upTo > this.sentNumber) return "a message was acknowledged that was never sent";
    this.unacknowledged = this.unacknowledged.filter(({ number }) => number > upTo);
    this.unacknowledgedBytes = this.unacknowledged.reduce((sum, { body }) => sum + body.length, 0);
    return null;
  }

  private confirmed(total: number): string | null {
    if (total > this.objectBytesSent) return "objects were confirmed that were never sent";
    this.unconfirmed = this.unconfirmed.filter((each) => each.total > total);
    this.events.feedback();
    return null;
  }

  private ping(now: number): void {
    this.pingAtMs = now;
    this.queueControl(FrameKind.ping, u64(BigInt(Math.round(now * 1000))));
    this.flush();
  }

  private confirm(now: number): void {
    this.feedbackAtMs = now;
    this.feedbackSent = this.objectBytesReceived;
    this.queueControl(FrameKind.feedback, u64(BigInt(this.objectBytesReceived)));
  }

  // Not past the queue: the parts of a long message must not be interrupted in their lane.
  private queueControl(kind: FrameKind, body: Uint8Array): void {
    this.queue.push(kind, Lane.control, body);
  }

  private fail(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.events.failed(reason);
  }

  private pass(frame: Bytes): void {
    this.sentBytes += frame.length;
    this.carrier?.send(frame);
  }
}
