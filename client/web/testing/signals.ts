// What a page is shown and told instead of a camera and a microphone, and what of it is seen and heard elsewhere: time
// codes in the pictures, a known sound with clicks. The same for whatever carries them.
import { nowMs } from "../src/engine/media/clock";
import type { CameraStart } from "./camera.worker";
import CameraWorker from "./camera.worker?worker";
import type { Heard } from "./ear.worklet";
import earUrl from "./ear.worklet.ts?worker&url";
import { likeness, SAMPLE_RATE } from "./knownSound";
import mouthUrl from "./mouth.worklet.ts?worker&url";
import { TimeCodeReader } from "./timeCode";

export interface SourceOptions {
  readonly number: number; // of the camera and the voice: 0…63
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

export interface Seen {
  readonly atMs: number; // when the picture was on the page, ms since 1970
  readonly paintedMs: number; // when the camera painted it
  readonly camera: number;
}

// Not in TypeScript's library: https://www.w3.org/TR/mediacapture-transform/
type Generator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
declare const MediaStreamTrackGenerator: new (init: { kind: "video" }) => Generator;

class Signals {
  readonly clicksSaid: number[] = []; // ms since 1970
  readonly clicksHeard: number[] = []; // when they are in the air
  private readonly seen = new Map<Element, Seen[]>();
  private heard = new Float32Array(SAMPLE_RATE / 2); // the latest
  private readonly ears = new WeakMap<BaseAudioContext, Promise<AudioNode>>();

  // From now on whoever asks for a camera or a microphone gets these.
  replaceDevices(options: SourceOptions): void {
    navigator.mediaDevices.getUserMedia = async (wanted = {}) => {
      const tracks: MediaStreamTrack[] = [];
      if (wanted.audio) tracks.push(await this.microphone(options.number));
      if (wanted.video) tracks.push(camera(options));
      return new MediaStream(tracks);
    };
  }

  // Listens to all that this page plays from now on.
  listen(): void {
    const signals = this;
    const { connect } = AudioNode.prototype as { connect: (...to: unknown[]) => AudioNode | undefined };
    AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
      if (to[0] instanceof AudioDestinationNode)
        void signals.ear(this.context, connect).then((ear) => connect.call(this, ear));
      return connect.apply(this, to);
    } as typeof AudioNode.prototype.connect;
  }

  // Reads the pictures that this element shows as soon as the page can have them. Reading a large canvas takes long: with
  // a pause between readings they disturb less of what they measure.
  watch(picture: HTMLCanvasElement | HTMLVideoElement, pauseMs = 0): void {
    const reader = new TimeCodeReader();
    const seen: Seen[] = [];
    this.seen.set(picture, seen);
    let last: number | null = 0; // what was shown a moment ago; null: not known
    const look = () => {
      const atMs = nowMs();
      const code = picture.width > 0 || picture instanceof HTMLVideoElement ? reader.read(picture) : null;
      const shown = code?.paintedMs ?? 0;
      // A canvas does not say when it was drawn on: only what was not there one frame ago is new.
      const changed = last !== null && shown !== last;
      if (code && changed) seen.push({ atMs, ...code });
      last = shown;
      if (pauseMs === 0 || shown === 0 || !changed) next();
      else setTimeout(rested, pauseMs);
    };
    const rested = () => {
      if (picture instanceof HTMLCanvasElement) last = null;
      next();
    };
    const next = () => {
      if (picture instanceof HTMLVideoElement) picture.requestVideoFrameCallback(look);
      else requestAnimationFrame(look);
    };
    next();
  }

  pictures(): Seen[][] {
    return [...this.seen.values()].map((each) => [...each]);
  }

  // Of these voices, how well each is recognised in what was just heard.
  likeness(voices: readonly number[]): number[] {
    return voices.map((voice) => likeness(this.heard, voice));
  }

  forget(): void {
    this.clicksSaid.length = 0;
    this.clicksHeard.length = 0;
    for (const seen of this.seen.values()) seen.length = 0;
  }

  private async microphone(voice: number): Promise<MediaStreamTrack> {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE });
    await context.audioWorklet.addModule(mouthUrl);
    const mouth = new AudioWorkletNode(context, "known-sound", { numberOfInputs: 0, outputChannelCount: [1] });
    mouth.port.onmessage = (event: MessageEvent<number>) => this.clicksSaid.push(event.data);
    mouth.port.postMessage({ voice });
    const stream = context.createMediaStreamDestination();
    mouth.connect(stream);
    await context.resume();
    const [track] = stream.stream.getAudioTracks();
    if (!track) throw new Error("no sound");
    return track;
  }

  private ear(context: BaseAudioContext, connect: (...to: unknown[]) => unknown): Promise<AudioNode> {
    const known = this.ears.get(context);
    if (known) return known;
    const made = context.audioWorklet.addModule(earUrl).then(() => {
      const ear = new AudioWorkletNode(context, "ear", { channelCount: 1, channelCountMode: "explicit" });
      ear.port.onmessage = (event: MessageEvent<Heard>) => this.hear(event.data, context as AudioContext);
      connect.call(ear, context.destination); // it gives silence; what leads nowhere is not run
      return ear;
    });
    this.ears.set(context, made);
    return made;
  }

  private hear(heard: Heard, context: AudioContext): void {
    if ("clickMs" in heard) {
      this.clicksHeard.push(heard.clickMs + 1000 * (context.baseLatency + (context.outputLatency || 0)));
      return;
    }
    this.heard.copyWithin(0, heard.samples.length);
    this.heard.set(heard.samples, this.heard.length - heard.samples.length);
  }
}

function camera(options: SourceOptions): MediaStreamTrack {
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const { width, height, frameRate, number } = options;
  const start: CameraStart = { writable: track.writable, width, height, frameRate, camera: number };
  const worker = new CameraWorker();
  worker.postMessage(start, [start.writable]);
  track.getSettings = () => ({ width, height, frameRate, deviceId: "signals" });
  return track;
}

export const signals = new Signals();

declare global {
  interface Window {
    signals: Signals;
  }
}
window.signals = signals;
