// A camera or screen, from frames to encoded frames with their headers: one encoder for each layer that somebody wants,
// all fed with the same picture. What cannot be sent in time is not encoded.
import type { ObjectHeader } from "../../protocol/objectHeader";
import type { Codec, Layer } from "../types";
import type { Emit } from "./audioSender";
import { nowMs } from "./clock";

const CODEC_STRINGS: Partial<Record<Codec, string>> = { vp8: "vp8", vp9: "vp09.00.40.08" };
const MOST_QUEUED = 2; // frames in an encoder
const BEHIND_MS = 150; // the oldest object that the server has not confirmed
const KEYFRAME_INTERVAL_MS = 300;

// Not in TypeScript's library.
interface LayeredMetadata extends EncodedVideoChunkMetadata {
  readonly svc?: { readonly temporalLayerId?: number };
}

// Where a frame stands among its layer's temporal layers.
export class Dependencies {
  private sinceBase = 0; // objects since the last one of temporal layer 0

  // How far back the object lies that this one needs; 0 for a keyframe.
  next(keyframe: boolean, temporal: number): number {
    const back = keyframe ? 0 : this.sinceBase + 1;
    this.sinceBase = keyframe || temporal === 0 ? 0 : this.sinceBase + 1;
    return back;
  }
}

class LayerEncoder {
  wanted = false;
  bytes = 0;
  frames = 0;
  skipped = 0;
  private encoder: VideoEncoder | null = null;
  private readonly dependencies = new Dependencies();
  private sequence = 0;
  private keyframe = true;
  private lastKeyframeMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly layer: Layer,
    private readonly codec: Codec,
    private readonly emit: Emit,
    private readonly failed: (message: string) => void,
  ) {}

  wake(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.keyframe = true;
    this.lastKeyframeMs = Number.NEGATIVE_INFINITY; // whoever wants it now has not seen that one
  }

  askForKeyframe(): void {
    this.keyframe = true;
  }

  encode(frame: VideoFrame, now: number): void {
    this.encoder ??= this.open();
    if (this.encoder.encodeQueueSize > MOST_QUEUED) {
      this.skipped += 1;
      return;
    }
    const keyFrame = this.keyframe && now - this.lastKeyframeMs >= KEYFRAME_INTERVAL_MS;
    if (keyFrame) {
      this.keyframe = false;
      this.lastKeyframeMs = now;
    }
    this.encoder.encode(frame, { keyFrame });
  }

  close(): void {
    if (this.encoder && this.encoder.state !== "closed") this.encoder.close();
    this.encoder = null;
  }

  private open(): VideoEncoder {
    const encoder = new VideoEncoder({
      output: (chunk, metadata: LayeredMetadata | undefined) =>
        this.encoded(chunk, metadata?.svc?.temporalLayerId ?? 0),
      error: (error) => {
        this.encoder = null;
        this.keyframe = true;
        this.failed(error.message);
      },
    });
    encoder.configure({
      codec: CODEC_STRINGS[this.codec] ?? this.codec,
      width: this.layer.width,
      height: this.layer.height,
      bitrate: this.layer.bitrate,
      framerate: this.layer.frameRate,
      latencyMode: "realtime",
      scalabilityMode: "L1T2",
    });
    return encoder;
  }

  private encoded(chunk: EncodedVideoChunk, temporal: number): void {
    const payload = new Uint8Array(chunk.byteLength);
    chunk.copyTo(payload);
    const keyframe = chunk.type === "key";
    const header: Omit<ObjectHeader, "track"> = {
      sequence: this.sequence,
      captureUs: BigInt(chunk.timestamp),
      keyframe,
      discardable: temporal > 0,
      voice: false,
      spatial: this.layer.spatial,
      temporal,
      audioLevel: 127,
      dependsOn: this.dependencies.next(keyframe, temporal),
    };
    this.sequence = (this.sequence + 1) >>> 0;
    this.frames += 1;
    this.bytes += payload.length;
    this.emit(header, payload);
  }
}

export class VideoSender {
  readonly encoders: readonly LayerEncoder[];
  private readonly reader: ReadableStreamDefaultReader<VideoFrame>;
  private stopped = false;

  constructor(
    frames: ReadableStream<VideoFrame>,
    codec: Codec,
    layers: readonly Layer[],
    private readonly backlogMs: () => number,
    emit: Emit,
    private readonly ended: () => void,
    failed: (message: string) => void,
  ) {
    this.encoders = layers.map((layer) => new LayerEncoder(layer, codec, emit, failed));
    this.reader = frames.getReader();
    void this.run();
  }

  setWanted(spatial: readonly number[]): void {
    for (const each of this.encoders) {
      if (spatial.includes(each.layer.spatial)) each.wake();
      else each.wanted = false;
    }
  }

  askForKeyframe(spatial: number): void {
    this.encoders.find((each) => each.layer.spatial === spatial)?.askForKeyframe();
  }

  close(): void {
    this.stopped = true;
    void this.reader.cancel().catch(() => {});
    for (const each of this.encoders) each.close();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const { done, value: frame } = await this.reader.read();
      if (done || !frame) break;
      this.encode(frame);
    }
    if (!this.stopped) this.ended();
  }

  private encode(frame: VideoFrame): void {
    const now = nowMs();
    const wanted = this.encoders.filter((each) => each.wanted);
    if (wanted.length > 0 && this.backlogMs() <= BEHIND_MS && !this.stopped) {
      // Our own clock, which the sound's headers are in as well.
      const stamped = new VideoFrame(frame, { timestamp: Math.round(now * 1000) });
      for (const each of wanted) each.encode(stamped, now);
      stamped.close();
    } else {
      for (const each of wanted) each.skipped += 1;
    }
    frame.close();
  }
}
