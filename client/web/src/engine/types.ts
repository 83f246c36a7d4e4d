// What the engine tells whoever shows a meeting, and what it can be asked. No React, no DOM elements but those
// that pictures are shown on.
import type { PictureElement } from "./media/surface";
import type { Pressure } from "./pressure";

export type Role = "guest" | "moderator" | "host";
export type TrackKind = "microphone" | "camera" | "screen" | "screen-audio";
export type Codec = "opus" | "vp8" | "vp9" | "h264" | "av1";

export interface Layer {
  readonly spatial: number; // 0 is the smallest
  readonly width: number; // pixels
  readonly height: number;
  readonly bitrate: number; // bit/s, what its sender aims at
  readonly frameRate: number;
}

export interface Track {
  readonly id: number; // participant number << 8 | index
  readonly person: string;
  readonly kind: TrackKind;
  readonly codec: Codec;
  readonly muted: boolean;
  readonly layers: readonly Layer[];
  readonly channels: number;
}

export interface Person {
  readonly id: string;
  readonly number: number; // unique in the room, in the order of joining
  readonly name: string;
  readonly role: Role;
  readonly you: boolean;
  readonly connected: boolean; // false while its link waits to be resumed
  readonly tracks: readonly Track[];
  readonly hand: number; // place in the queue of raised hands, from 1; 0: not raised
  readonly recording: boolean; // keeps what it hears and sees
  readonly decodes: readonly Codec[]; // of video; empty: not said
  readonly connection: Connection;
}

// Somebody's own leg, between them and the server, by their own figures.
export interface Connection {
  readonly quality: "unknown" | "good" | "weak";
  readonly roundTripMs: number;
  readonly backlogMs: number; // age of the oldest object sent and not confirmed
}

export interface Waiter {
  readonly id: string;
  readonly name: string;
}

export interface ChatLine {
  readonly id: string; // hex of the message's 16 bytes
  readonly sequence: number; // in the room; 0 while it is not confirmed
  readonly from: string; // person
  readonly fromName: string;
  readonly sentAt: number; // ms since 1970, the server's clock; ours while it is not confirmed
  readonly to: string; // person of a private message, else empty
  readonly text: string;
  readonly replyTo: string; // id of the line it answers, else empty
  readonly reactions: readonly LineReaction[]; // in the order in which they came
  readonly state: "sending" | "said" | "failed" | "unreadable";
}

export interface LineReaction {
  readonly person: string;
  readonly name: string;
  readonly reaction: string; // one emoji; the newest of each person
}

export interface Room {
  readonly id: string;
  readonly name: string;
  readonly locked: boolean;
  readonly lobby: boolean;
  readonly maxPeople: number;
}

// Why a meeting is over for this page. Codes are those of protocol/README.md, and "connection-lost".
export interface Ending {
  readonly code: string;
  readonly message: string; // the server's or engine's sentence, English; the page has its own words for known codes
}

export type Phase =
  | { readonly kind: "connecting" }
  | { readonly kind: "waiting" } // in the lobby
  | { readonly kind: "in" }
  | { readonly kind: "reconnecting"; readonly since: number } // ms, performance.now()
  | { readonly kind: "ended"; readonly ending: Ending };

// One of what this page sends. `problem` says why it is not on although it was asked for.
export interface OwnDevice {
  readonly state: "off" | "starting" | "on" | "muted";
  readonly deviceId: string;
  readonly problem: DeviceProblem | null;
}

// "failed": the machine is too slow for it, or it broke; the camera goes on without.
export type BlurState = "unsupported" | "off" | "on" | "failed";

export type DeviceProblem = "none" | "refused" | "in-use" | "gone" | "unsupported" | "failed";

export interface MeetingState {
  readonly phase: Phase;
  readonly room: Room;
  readonly you: string; // person id; empty until there is a snapshot
  readonly people: readonly Person[]; // in the order of joining
  readonly waiting: readonly Waiter[]; // for host and moderators: who is in the lobby
  readonly speakers: readonly string[]; // persons heard now, the loudest first
  readonly chat: readonly ChatLine[]; // in the order of the room, unconfirmed ones last
  readonly chatComplete: boolean; // nothing older is still on its way
  readonly microphone: OwnDevice;
  readonly camera: OwnDevice;
  readonly screen: OwnDevice;
  readonly blur: BlurState; // of one's own background
  readonly quality: "good" | "weak" | "lost";
  readonly unreadable: readonly number[]; // tracks that nothing could be opened of: another key sealed them
}

// What passes and is not kept.
export type MeetingNotice =
  | { readonly kind: "reaction"; readonly person: string; readonly reaction: string }
  | { readonly kind: "unmute-asked"; readonly by: string; readonly track: TrackKind }
  | { readonly kind: "muted-by"; readonly by: string; readonly track: TrackKind }
  | { readonly kind: "stopped-by"; readonly by: string; readonly track: TrackKind }
  | { readonly kind: "muted-but-speaking" } // at most once in ten seconds
  | { readonly kind: "recording"; readonly person: string; readonly on: boolean }
  | { readonly kind: "joined" | "left"; readonly person: string; readonly name: string; readonly reason: string };

// A request that the room refused, or that could not be sent.
export class MeetingError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "MeetingError";
  }
}

export interface Meeting {
  readonly state: MeetingState; // a new object at each change
  onChange(listener: () => void): () => void; // the answer removes the listener
  onNotice(listener: (notice: MeetingNotice) => void): () => void;

  // What this page sends. A promise is done when the device runs or is known not to: see `problem`.
  useMicrophone(deviceId: string | null): Promise<void>; // null stops it and gives the device back
  setMicrophoneMuted(muted: boolean): void;
  useCamera(deviceId: string | null): Promise<void>;
  setBlur(on: boolean): Promise<void>;
  shareScreen(withAudio: boolean): Promise<void>; // asks the browser, which asks the person
  stopSharing(): void;
  // Own picture, for the tile: null while there is none.
  readonly cameraStream: MediaStream | null;
  readonly screenStream: MediaStream | null;
  // 0…1, what the microphone hears now; for meters, asked once per frame.
  microphoneLevel(): number;

  // What it receives. The element, a new pictureElement(), is the engine's from then on and must not be used for another
  // track; the wish is the size in device pixels at which the picture is shown, and is said again when that changes.
  showVideo(track: number, element: PictureElement, width: number, height: number): VideoView;
  useSpeaker(deviceId: string): Promise<void>;
  setVolume(person: string, volume: number): void; // 0…2, 1 as it comes
  volume(person: string): number;
  level(person: string): number; // 0…1, what is heard of this person now

  // An empty `to`: to everybody; an empty `replyTo`: no answer to another line.
  sendChat(text: string, to: string, replyTo?: string): Promise<void>;
  sendChatAgain(id: string): Promise<void>; // one that failed
  dropChat(id: string): void; // one that failed
  reactToChat(id: string, reaction: string, withdrawn: boolean): Promise<void>;
  setHand(raised: boolean): Promise<void>;
  react(reaction: string): Promise<void>;
  // Says to everybody that this page records, or does no longer; done when the room knows.
  setRecording(recording: boolean): Promise<void>;
  // All that is heard and said here, for a recording; ends with the meeting.
  mixedSound(): MediaStream;
  leave(): Promise<void>;

  // Host and moderators.
  mute(person: string, kind: "microphone" | "camera"): Promise<void>; // an empty person: everybody
  askToUnmute(person: string, kind: "microphone" | "camera"): Promise<void>;
  stopTrack(track: number): Promise<void>;
  remove(person: string, ban: boolean): Promise<void>;
  setLocked(locked: boolean): Promise<void>;
  setLobby(lobby: boolean): Promise<void>;
  admit(persons: readonly string[], admit: boolean): Promise<void>; // none named: everybody who waits
  setRole(person: string, role: Role): Promise<void>; // "host" hands the room over
  lowerHand(person: string): Promise<void>;
  closeRoom(): Promise<void>;

  // Figures for the statistics panel, once a second while somebody listens.
  onStatistics(listener: (statistics: Statistics) => void): () => void;
}

export interface VideoView {
  resize(width: number, height: number): void; // 0: not seen at the moment
  readonly size: { readonly width: number; readonly height: number }; // of the picture; 0 before the first frame
  onSize(listener: () => void): () => void; // also at the first picture
  close(): void;
}

export interface StreamStatistics {
  readonly track: number;
  readonly person: string;
  readonly kind: TrackKind;
  readonly direction: "sent" | "received";
  readonly bitrate: number; // bit/s
  readonly frameRate: number; // video frames or audio packets a second
  readonly layer: number;
  readonly width: number;
  readonly height: number;
  readonly lost: number; // share of what was expected, 0…1
  readonly jitterMs: number;
  readonly playoutDelayMs: number; // from arrival to the ear or the eye
  readonly latencyMs: number; // from capture to ear or eye, true where both sides' clocks agree; 0 when sent
}

export interface Statistics {
  readonly at: number; // ms since 1970
  readonly route: string; // "wss://host:443"
  readonly roundTripMs: number;
  readonly sendBacklogMs: number; // age of the oldest object that the server has not confirmed
  readonly cpu: Pressure;
  readonly streams: readonly StreamStatistics[];
}
