// What the page, the link worker, the uplink worker and the downlink worker say to one another.
//
//   page ── control ── link worker ── wss ── conference role
//                       │      │
//      sealed objects ──┘      └── objects as they arrive
//          │                          │
//   uplink worker               downlink worker
//     ▲ PCM, frames               │ PCM, surfaces
//   microphone worklet, camera  playout worklet, tiles
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ClientMessageSchema, ServerMessage } from "../protocol/messages/room_pb";
import type { Ending } from "./types";

export type ClientBody = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>;

export interface ConnectSettings {
  readonly url: string; // wss://host/link/conference/ROOM
  readonly token: string;
  readonly release: string;
}

// page → link worker
export type ToLink =
  | { kind: "open"; settings: ConnectSettings; uplink: MessagePort; downlink: MessagePort }
  // Answered by "answered" under the same number; 0 wants no answer.
  | { kind: "send"; request: number; body: ClientBody }
  | { kind: "network-changed" } // the browser says that it is online again, or woke up
  | { kind: "token"; token: string } // after "token-wanted"
  | { kind: "leave" };

// link worker → page
export type FromLink =
  // Both sides count from 1: state, subscriptions and what was not confirmed must be said (again).
  | { kind: "opened"; restored: boolean }
  | { kind: "resumed" }
  // The server does not know the link any more: master must be asked to let us in again.
  | { kind: "token-wanted" }
  | { kind: "reconnecting" }
  | { kind: "message"; message: ServerMessage }
  | { kind: "answered"; request: number; code: string; message: string }
  | { kind: "ended"; ending: Ending; release: string } // release: the one to run, with "update-required"
  | { kind: "figures"; roundTripMs: number; unconfirmedMs: number; sentBytes: number; receivedBytes: number };

// An object ready to travel, or as it came: 24 bytes of header, then SFrame ciphertext.
export interface SealedObject {
  readonly bytes: ArrayBuffer;
  readonly audio: boolean;
  readonly deadlineMs: number; // after this long in the queue it is of no use
}

// uplink worker → link worker: objects; link worker → uplink worker: how far behind the network is.
export type UplinkToLink = { kind: "object"; object: SealedObject };
export type LinkToUplink = { kind: "backlog"; oldestMs: number } | { kind: "connected"; connected: boolean };

// link worker → downlink worker: Object frames; downlink worker → link worker: nothing but keyframe wishes.
export type LinkToDownlink = { kind: "object"; bytes: ArrayBuffer; arrivedMs: number };
export type DownlinkToLink = { kind: "keyframe-wanted"; track: number; spatial: number };
