// The page's end of the link worker: requests with their answers, and what the room says.
import type { ServerMessage } from "../protocol/messages/room_pb";
import { type Ending, MeetingError } from "./types";
import type { ClientBody, ConnectSettings, FromLink, ToLink } from "./workerMessages";

export interface LinkClientEvents {
  opened(restored: boolean): void;
  resumed(): void;
  reconnecting(): void;
  tokenWanted(): void;
  message(message: ServerMessage): void;
  ended(ending: Ending, release: string): void;
}

export type LinkFigures = Extract<FromLink, { kind: "figures" }>;

interface Pending {
  readonly done: () => void;
  readonly failed: (error: MeetingError) => void;
}

export class LinkClient {
  figures: LinkFigures = { kind: "figures", roundTripMs: 0, unconfirmedMs: 0, sentBytes: 0, receivedBytes: 0 };
  private readonly pending = new Map<number, Pending>();
  private lastRequest = 0;
  private ended = false;

  constructor(
    private readonly worker: Worker,
    private readonly events: LinkClientEvents,
  ) {
    worker.onmessage = (event: MessageEvent<FromLink>) => this.heard(event.data);
  }

  open(settings: ConnectSettings, uplink: MessagePort, downlink: MessagePort): void {
    this.tell({ kind: "open", settings, uplink, downlink }, [uplink, downlink]);
  }

  useToken(token: string): void {
    this.tell({ kind: "token", token });
  }

  networkChanged(): void {
    this.tell({ kind: "network-changed" });
  }

  // Without an answer.
  say(body: ClientBody): void {
    this.tell({ kind: "send", request: 0, body });
  }

  // Done when the room has done it; rejected with its reason otherwise.
  ask(body: ClientBody): Promise<void> {
    if (this.ended) return Promise.reject(new MeetingError("ended", "The meeting is over."));
    const request = ++this.lastRequest;
    return new Promise((done, failed) => {
      this.pending.set(request, { done, failed });
      this.tell({ kind: "send", request, body });
    });
  }

  leave(): void {
    this.tell({ kind: "leave" });
    this.giveUp("left", "You have left the meeting.");
  }

  private heard(message: FromLink): void {
    switch (message.kind) {
      case "opened":
        // What was asked before the room counted anew will never be answered.
        this.giveUpPending("interrupted", "The connection was interrupted before this was done.");
        this.events.opened(message.restored);
        break;
      case "resumed":
        this.events.resumed();
        break;
      case "reconnecting":
        this.events.reconnecting();
        break;
      case "token-wanted":
        this.events.tokenWanted();
        break;
      case "message":
        this.events.message(message.message);
        break;
      case "answered":
        this.answered(message.request, message.code, message.message);
        break;
      case "figures":
        this.figures = message;
        break;
      case "ended":
        this.giveUp(message.ending.code, message.ending.message);
        this.events.ended(message.ending, message.release);
        break;
    }
  }

  private answered(request: number, code: string, message: string): void {
    const pending = this.pending.get(request);
    this.pending.delete(request);
    if (code === "") pending?.done();
    else pending?.failed(new MeetingError(code, message));
  }

  private giveUp(code: string, message: string): void {
    this.ended = true;
    this.giveUpPending(code, message);
  }

  private giveUpPending(code: string, message: string): void {
    const error = new MeetingError(code, message);
    for (const { failed } of this.pending.values()) failed(error);
    this.pending.clear();
  }

  private tell(message: ToLink, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
