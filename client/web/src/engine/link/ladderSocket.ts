// Whatever carries: a WebSocket, or plain requests where none passes. Both may be tried at once; the first on which a
// probe was answered wins, because a connection that merely opens has proved nothing: inspecting proxies accept what
// they then starve.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { decodeOnlyMessage, encodeMessage, FrameKind, Lane } from "../../protocol/frames";
import { HelloReplySchema, HelloSchema } from "../../protocol/messages/link_pb";
import type { Socket } from "./connection";
import { RequestSocket } from "./requestSocket";

export type Route = "websocket" | "requests";
type Open = (url: string) => Socket;

// Long enough for a WebSocket through a slow proxy, short enough that nobody gives up.
const STAGGER_MS = 1000;

const OPEN: Record<Route, Open> = {
  websocket: (url) => new WebSocket(url),
  requests: (url) => new RequestSocket(url),
};

// What carried the last time goes first the next time. Of this page, and not kept: the network may be another tomorrow.
let best: Route = "websocket";

export class LadderSocket implements Socket {
  binaryType: BinaryType = "arraybuffer";
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  route: Route | null = null;

  private readonly waiting: Route[];
  private readonly trying = new Set<Socket>();
  private winner: Socket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly open: Record<Route, Open> = OPEN,
  ) {
    this.waiting = best === "requests" ? ["requests", "websocket"] : ["websocket", "requests"];
    this.next();
  }

  get bufferedAmount(): number {
    return this.winner?.bufferedAmount ?? 0;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    this.winner?.send(data);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const socket of this.trying) abandon(socket);
    this.trying.clear();
    if (this.winner) abandon(this.winner);
  }

  private next(): void {
    clearTimeout(this.timer);
    const route = this.waiting.shift();
    if (this.closed || this.winner || !route) return;
    this.timer = setTimeout(() => this.next(), STAGGER_MS);
    const socket = this.open[route](this.url);
    socket.binaryType = "arraybuffer";
    this.trying.add(socket);
    socket.onopen = () => socket.send(probe());
    socket.onmessage = ({ data }) => {
      if (isReady(data)) this.won(route, socket);
      else this.lost(socket);
    };
    socket.onclose = () => this.lost(socket);
  }

  private won(route: Route, socket: Socket): void {
    if (this.closed || this.winner) return;
    clearTimeout(this.timer);
    best = route;
    this.route = route;
    this.winner = socket;
    this.trying.delete(socket);
    for (const other of this.trying) abandon(other);
    this.trying.clear();
    socket.onopen = null;
    socket.onmessage = (event) => this.onmessage?.(event);
    socket.onclose = (event) => this.onclose?.(event);
    this.onopen?.(new Event("open"));
  }

  private lost(socket: Socket): void {
    if (!this.trying.delete(socket)) return;
    abandon(socket);
    if (this.trying.size > 0 && this.waiting.length > 0) return; // its time will come
    if (this.waiting.length > 0) this.next();
    else if (this.trying.size === 0 && !this.closed) this.onclose?.(new Event("close") as CloseEvent);
  }
}

function abandon(socket: Socket): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}

function probe(): Uint8Array<ArrayBuffer> {
  const body = toBinary(HelloSchema, create(HelloSchema, { probe: true }));
  return encodeMessage({ kind: FrameKind.hello, lane: Lane.control, body });
}

function isReady(data: unknown): boolean {
  if (!(data instanceof ArrayBuffer)) return false;
  try {
    const body = decodeOnlyMessage(FrameKind.helloReply, new Uint8Array(data));
    return body !== null && body !== undefined && fromBinary(HelloReplySchema, body).reply.case === "ready";
  } catch {
    return false;
  }
}

// For tests: as a page that has just been opened.
export function forgetRoute(): void {
  best = "websocket";
}
