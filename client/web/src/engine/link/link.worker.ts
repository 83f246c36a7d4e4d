// Owns the link, so that neither encoding nor drawing nor the page keeps it waiting. The ways are drawn in
// ../workerMessages.ts.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ClientMessageSchema, type ServerMessage, ServerMessageSchema } from "../../protocol/messages/room_pb";
import { nowMs } from "../media/clock";
import type {
  ClientBody,
  DownlinkToLink,
  FromLink,
  LinkToDownlink,
  LinkToUplink,
  ToLink,
  UplinkToLink,
} from "../workerMessages";
import { Connection, type ConnectionEvents } from "./connection";

const TICK_MS = 100;
const DRAIN_MS = 5; // while the WebSocket holds more than it should
const FIGURES_MS = 1000;

class LinkWorker implements ConnectionEvents {
  private connection: Connection | null = null;
  private uplink: MessagePort | null = null;
  private downlink: MessagePort | null = null;
  private draining: ReturnType<typeof setTimeout> | undefined;
  private timers: ReturnType<typeof setInterval>[] = [];

  take(message: ToLink): void {
    switch (message.kind) {
      case "open":
        this.open(message);
        break;
      case "send":
        this.send(message.request, message.body);
        break;
      case "network-changed":
        this.connection?.networkChanged();
        break;
      case "token":
        this.connection?.useToken(message.token);
        break;
      case "leave":
        this.connection?.leave();
        for (const timer of this.timers) clearInterval(timer);
        break;
    }
  }

  // ---- ConnectionEvents ----

  opened(restored: boolean): void {
    this.tellConnected(true);
    post({ kind: "opened", restored });
  }
  resumed(): void {
    this.tellConnected(true);
    post({ kind: "resumed" });
  }
  reconnecting(): void {
    this.tellConnected(false);
    post({ kind: "reconnecting" });
  }
  tokenWanted(): void {
    post({ kind: "token-wanted" });
  }
  ended(ending: { code: string; message: string }, release: string): void {
    this.tellConnected(false);
    post({ kind: "ended", ending, release });
  }
  control(bytes: Uint8Array): string | null {
    const message = parsed(bytes);
    if (!message) return "a message of the server is not understood";
    if (message.body.case === "answer") {
      const { request, code, message: text } = message.body.value;
      post({ kind: "answered", request, code, message: text });
    } else {
      post({ kind: "message", message });
    }
    return null;
  }
  object(bytes: Uint8Array): void {
    const copy = bytes.slice().buffer;
    const message: LinkToDownlink = { kind: "object", bytes: copy, arrivedMs: nowMs() };
    this.downlink?.postMessage(message, [copy]);
  }
  feedback(): void {
    this.tellBacklog();
  }

  // ----

  private open({ settings, uplink, downlink }: ToLink & { kind: "open" }): void {
    this.uplink = uplink;
    this.downlink = downlink;
    const connection = new Connection(settings, this, nowMs);
    this.connection = connection;
    uplink.onmessage = (event: MessageEvent<UplinkToLink>) => {
      const { bytes, audio, deadlineMs } = event.data.object;
      connection.link.sendObject(new Uint8Array(bytes), audio, deadlineMs);
      this.drain();
    };
    downlink.onmessage = (event: MessageEvent<DownlinkToLink>) => {
      const { track, spatial } = event.data;
      this.send(0, { case: "requestKeyframe", value: { track, spatial } });
    };
    this.timers = [
      setInterval(() => {
        connection.tick();
        this.tellBacklog();
      }, TICK_MS),
      setInterval(() => post({ kind: "figures", ...connection.link.figures }), FIGURES_MS),
    ];
    connection.start();
  }

  private send(request: number, body: ClientBody): void {
    const message = create(ClientMessageSchema, { request, body });
    this.connection?.link.sendControl(toBinary(ClientMessageSchema, message));
    this.drain();
  }

  // A WebSocket does not say when its buffer has room again.
  private drain(): void {
    if (this.draining !== undefined || this.connection?.link.idle !== false) return;
    this.draining = setTimeout(() => {
      this.draining = undefined;
      this.connection?.link.flush();
      this.drain();
    }, DRAIN_MS);
  }

  private tellBacklog(): void {
    const message: LinkToUplink = { kind: "backlog", oldestMs: this.connection?.link.unconfirmedMs ?? 0 };
    this.uplink?.postMessage(message);
  }

  private tellConnected(connected: boolean): void {
    const message: LinkToUplink = { kind: "connected", connected };
    this.uplink?.postMessage(message);
  }
}

function parsed(bytes: Uint8Array): ServerMessage | null {
  try {
    return fromBinary(ServerMessageSchema, bytes);
  } catch {
    return null;
  }
}

function post(message: FromLink): void {
  self.postMessage(message);
}

const worker = new LinkWorker();
self.onmessage = (event: MessageEvent<ToLink>) => worker.take(event.data);
