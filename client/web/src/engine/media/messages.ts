// What the page and the media workers and worklets say to one another; the ways between them are drawn in
// ../workerMessages.ts.
import type { Codec, Layer, TrackKind } from "../types";
import type { VideoCodec } from "./codecs";
import type { Surface } from "./surface";

// ---- uplink worker ----

export type ToUplink =
  | { kind: "start"; link: MessagePort; baseKey: Uint8Array; session: bigint }
  // The participant's number in the room: part of each track's id.
  | { kind: "number"; number: number }
  | { kind: "audio"; index: number; from: SoundSource; channels: number; bitrate: number }
  | { kind: "audio-muted"; index: number; muted: boolean }
  | { kind: "video"; index: number; codec: VideoCodec; layers: readonly Layer[]; frames: ReadableStream<VideoFrame> }
  // The answer to "resized": from now on in these.
  | { kind: "layers"; index: number; layers: readonly Layer[] }
  | { kind: "stop"; index: number }
  | { kind: "keyframe-wanted"; index: number; spatial: number }
  | { kind: "layers-wanted"; index: number; spatial: readonly number[] };

// Blocks from the capture worklet, or the browser's own frames.
export type SoundSource = { readonly port: MessagePort } | { readonly frames: ReadableStream<AudioData> };

export type FromUplink =
  | { kind: "level"; index: number; meter: number; voice: boolean } // 0…1, ten times a second
  | { kind: "ended"; index: number } // the source gives nothing more
  | { kind: "resized"; index: number; width: number; height: number } // of the pictures that the source gives
  | { kind: "failed"; index: number; message: string }
  | { kind: "figures"; streams: readonly SentFigures[] }; // once a second

export interface SentFigures {
  readonly index: number;
  readonly spatial: number;
  readonly width: number;
  readonly height: number;
  readonly bytes: number; // since the beginning
  readonly frames: number;
  readonly skipped: number;
}

// ---- downlink worker ----

export interface ReceivedTrack {
  readonly id: number;
  readonly person: string;
  readonly kind: TrackKind;
  readonly codec: Codec;
  readonly channels: number;
  readonly session: bigint; // the media session of its publisher; 0 while it is not known
}

export type ToDownlink =
  | { kind: "start"; link: MessagePort; playout: MessagePort; baseKey: Uint8Array }
  // All there are; those that are not named any more are forgotten.
  | { kind: "tracks"; tracks: readonly ReceivedTrack[] }
  | { kind: "surface"; view: number; track: number; surface: Surface }
  | { kind: "surface-gone"; view: number; track: number }
  // Between what the playout worklet hands over and the ear.
  | { kind: "output-latency"; ms: number };

export type FromDownlink =
  | { kind: "size"; track: number; width: number; height: number }
  | { kind: "unreadable"; track: number } // once for each track
  | { kind: "levels"; levels: readonly { person: string; meter: number }[] } // ten times a second
  | { kind: "figures"; streams: readonly ReceivedFigures[] }; // once a second

export interface ReceivedFigures {
  readonly track: number;
  readonly bytes: number; // since the beginning
  readonly frames: number;
  readonly lost: number;
  readonly layer: number;
  readonly width: number;
  readonly height: number;
  readonly jitterMs: number;
  readonly playoutDelayMs: number;
  // From capture to eye or ear, by the two sides' clocks: true only where these agree, as on one machine.
  readonly latencyMs: number;
}

// ---- worklets ----

// Capture worklet → uplink worker.
export interface CapturedBlock {
  readonly samples: Float32Array; // 20 ms at 48 kHz, one channel after the other
}

// Downlink worker → playout worklet.
export type ToPlayout =
  | { kind: "sound"; track: number; channels: number; samples: Float32Array; captureMs: number; arrivedMs: number }
  | { kind: "gone"; track: number };

// Playout worklet → downlink worker, ten times a second.
export interface PlayoutReport {
  readonly streams: readonly {
    readonly track: number;
    readonly captureMs: number; // of what is handed to the sound card now; NaN while nothing plays
    readonly peak: number; // 0…1, since the last report
    readonly jitterMs: number;
    readonly delayMs: number;
    readonly underruns: number;
  }[];
}

// Page → playout worklet.
export type PlayoutCommand = { kind: "connect"; port: MessagePort } | { kind: "volume"; track: number; volume: number };
