// The way into a room and back into it: opens a WebSocket, says Hello, keeps the link, and after a loss tries again.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { decodeOnlyMessage, encodeMessage, FrameKind, Lane } from "../../protocol/frames";
import {
  CloseSchema,
  type HelloReply,
  HelloReplySchema,
  HelloSchema,
  Resumption,
  type Welcome,
} from "../../protocol/messages/link_pb";
import type { Ending } from "../types";
import type { ConnectSettings } from "../workerMessages";
import { Backoff } from "./backoff";
import { LadderSocket } from "./ladderSocket";
import { type Carrier, Link, type LinkEvents } from "./link";

export interface ConnectionEvents {
  // Both sides count from 1; restored: as the same participant.
  opened(restored: boolean): void;
  resumed(): void;
  reconnecting(): void;
  tokenWanted(): void;
  ended(ending: Ending, release: string): void;
  control(message: Uint8Array): string | null;
  object(bytes: Uint8Array): void;
  feedback(): void;
}

// The part of WebSocket that is needed: tests bring their own.
export interface Socket {
  binaryType: BinaryType;
  readonly bufferedAmount: number;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const PROTOCOL = 1;
const GIVE_UP_MS = 5 * 60_000;
const GREETING_MS = 10_000;
// A connection that held for so long was good: the next loss begins with short pauses again.
const STABLE_MS = 10_000;

type Resume = { linkId: Uint8Array; linkKey: Uint8Array };

export class Connection implements LinkEvents {
  readonly link: Link;
  private socket: Socket | null = null;
  private resume: Resume | null = null;
  private token = "";
  private welcomed = false; // on this connection
  private ended_ = false;
  private readonly backoff = new Backoff();
  private pause: ReturnType<typeof setTimeout> | undefined;
  private attemptAtMs = 0;
  private lostAtMs = Number.NaN;

  constructor(
    private readonly settings: ConnectSettings,
    private readonly events: ConnectionEvents,
    private readonly clock: () => number,
    private readonly open: (url: string) => Socket = (url) => new LadderSocket(url),
  ) {
    this.link = new Link(clock, this);
    this.token = settings.token;
  }

  start(): void {
    this.attempt();
  }

  // Master let us in again.
  useToken(token: string): void {
    this.token = token;
    this.resume = null;
    this.attempt();
  }

  // A pause is worth nothing when the browser says that the network is back; a connection may be dead.
  networkChanged(): void {
    if (this.ended_) return;
    if (this.pause !== undefined) this.attempt();
    else if (this.welcomed) this.link.probe();
  }

  tick(): void {
    if (this.ended_) return;
    const now = this.clock();
    this.link.tick();
    if (this.socket && !this.welcomed && now - this.attemptAtMs > GREETING_MS) this.lost();
    if (this.welcomed && now - this.attemptAtMs > STABLE_MS) this.backoff.reset();
  }

  leave(): void {
    if (this.ended_) return;
    this.ended_ = true;
    clearTimeout(this.pause);
    const close = toBinary(CloseSchema, create(CloseSchema, { code: "left" }));
    this.link.flush();
    if (this.welcomed) this.socket?.send(encodeMessage({ kind: FrameKind.close, lane: Lane.control, body: close }));
    this.socket?.close();
  }

  // ---- LinkEvents ----

  control(message: Uint8Array): string | null {
    return this.events.control(message);
  }
  object(bytes: Uint8Array): void {
    this.events.object(bytes);
  }
  feedback(): void {
    this.events.feedback();
  }
  silent(): void {
    this.lost();
  }
  failed(reason: string): void {
    this.end({ code: "protocol-error", message: reason });
  }
  closed(body: Uint8Array): void {
    try {
      const { code, message } = fromBinary(CloseSchema, body);
      if (code === "draining") this.lost();
      else this.end({ code, message });
    } catch {
      this.end({ code: "protocol-error", message: "the server's goodbye is not understood" });
    }
  }

  // ---- connecting ----

  private attempt(): void {
    clearTimeout(this.pause);
    this.pause = undefined;
    this.drop();
    if (this.ended_) return;
    this.attemptAtMs = this.clock();
    const socket = this.open(this.settings.url);
    this.socket = socket;
    this.welcomed = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.greet(socket);
    socket.onmessage = (event) => this.arrived(socket, event.data);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private greet(socket: Socket): void {
    const { release } = this.settings;
    const known = this.resume && { ...this.resume, received: this.link.received };
    const hello = create(HelloSchema, {
      protocol: PROTOCOL,
      release,
      build: "web",
      ...(known ? { resume: known } : { token: this.token }),
    });
    const body = toBinary(HelloSchema, hello);
    socket.send(encodeMessage({ kind: FrameKind.hello, lane: Lane.control, body }));
  }

  private arrived(socket: Socket, data: unknown): void {
    if (this.socket !== socket || this.ended_) return;
    if (!(data instanceof ArrayBuffer)) {
      this.end({ code: "protocol-error", message: "the server sent text" });
      return;
    }
    const bytes = new Uint8Array(data);
    if (this.welcomed) {
      this.link.receive(bytes);
      return;
    }
    const reply = readReply(bytes);
    if (reply) this.replied(socket, reply);
    else this.end({ code: "protocol-error", message: "the server's greeting is not understood" });
  }

  private replied(socket: Socket, { reply }: HelloReply): void {
    switch (reply.case) {
      case "welcome":
        this.welcome(socket, reply.value);
        break;
      case "updateRequired":
        this.end({ code: "update-required", message: "this page is of another release" }, reply.value.release);
        break;
      case "serverOlder":
        this.end({ code: "server-older", message: "the server is of an older release" }, reply.value.release);
        break;
      case "draining":
        this.lost(reply.value.retryAfterMs);
        break;
      case "refusal":
        this.refused(reply.value.code, reply.value.message);
        break;
      default:
        this.end({ code: "protocol-error", message: "the server's greeting is empty" });
    }
  }

  private welcome(socket: Socket, welcome: Welcome): void {
    this.welcomed = true;
    this.lostAtMs = Number.NaN;
    this.resume = { linkId: welcome.linkId, linkKey: welcome.linkKey };
    if (welcome.keepAliveMs > 0) this.link.keepAliveMs = welcome.keepAliveMs;
    const carrier: Carrier = {
      get buffered() {
        return socket.bufferedAmount;
      },
      send: (message) => socket.send(message),
      close: () => socket.close(),
    };
    if (welcome.resumption === Resumption.RESUMED) {
      this.events.resumed();
      this.link.attach(carrier, welcome.received);
    } else {
      this.link.attachFresh(carrier);
      this.events.opened(welcome.resumption === Resumption.RESTORED);
    }
    this.link.tick();
  }

  private refused(code: string, message: string): void {
    if (code === "resume-unknown" && this.resume) {
      this.drop();
      this.events.reconnecting();
      this.events.tokenWanted();
    } else if (code === "overloaded") {
      this.lost();
    } else {
      this.end({ code, message });
    }
  }

  private lost(afterMs = 0): void {
    const now = this.clock();
    this.drop();
    if (Number.isNaN(this.lostAtMs)) {
      this.lostAtMs = now;
      this.events.reconnecting();
    }
    if (now - this.lostAtMs > GIVE_UP_MS) {
      this.end({ code: "connection-lost", message: "the server was not reached for five minutes" });
      return;
    }
    this.pause = setTimeout(() => this.attempt(), Math.max(afterMs, this.backoff.next()));
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.welcomed = false;
    this.link.detach();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private end(ending: Ending, release = ""): void {
    if (this.ended_) return;
    this.ended_ = true;
    clearTimeout(this.pause);
    this.drop();
    this.events.ended(ending, release);
  }
}

function readReply(bytes: Uint8Array): HelloReply | null {
  try {
    const body = decodeOnlyMessage(FrameKind.helloReply, bytes);
    return body && fromBinary(HelloReplySchema, body);
  } catch {
    return null;
  }
}
