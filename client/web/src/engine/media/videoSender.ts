// A camera or screen, from frames to encoded frames with their headers: one encoder for each layer that somebody wants,
// all fed with the same picture. What cannot be sent in time is not encoded.
import type { ObjectHeader } from "../../protocol/objectHeader";
import type { Layer } from "../types";
import type { Emit } from "./audioSender";
import { nowMs } from "./clock";
import { encoderConfig, type VideoCodec } from "./codecs";

const MOST_QUEUED = 2; // frames in an encoder
const BEHIND_MS = 150; // the oldest object that the server has not confirmed
const KEYFRAME_INTERVAL_MS = 300;
const SAME_SHAPE = 0.03; // sizes are rounded to even numbers

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
    private currentLayer: Layer,
    private readonly codec: VideoCodec,
    private readonly emit: Emit,
    private readonly failed: (message: string) => void,
  ) {}

  get layer(): Layer {
    return this.currentLayer;
  }

  // Its numbers go on: for whoever receives it, it is the same layer.
  useLayer(layer: Layer): void {
    this.close();
    this.currentLayer = layer;
    this.keyframe = true;
    this.lastKeyframeMs = Number.NEGATIVE_INFINITY;
  }

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
    encoder.configure(encoderConfig(this.codec, this.layer));
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
  private layers: LayerEncoder[];
  private readonly reader: ReadableStreamDefaultReader<VideoFrame>;
  private stopped = false;
  private shape = 0; // width : height of the pictures that the layers are made for
  private told = 0; // the one that was told to be needed

  constructor(
    frames: ReadableStream<VideoFrame>,
    private readonly codec: VideoCodec,
    layers: readonly Layer[],
    private readonly backlogMs: () => number,
    private readonly emit: Emit,
    private readonly resized: (width: number, height: number) => void,
    private readonly ended: () => void,
    private readonly failed: (message: string) => void,
  ) {
    this.layers = layers.map((layer) => this.encoderOf(layer));
    this.shape = shapeOf(layers);
    this.reader = frames.getReader();
    void this.run();
  }

  get encoders(): readonly LayerEncoder[] {
    return this.layers;
  }

  setLayers(layers: readonly Layer[]): void {
    const before = this.layers;
    this.layers = layers.map((layer) => {
      const kept = before.find((each) => each.layer.spatial === layer.spatial);
      kept?.useLayer(layer);
      return kept ?? this.encoderOf(layer);
    });
    for (const each of before) if (!this.layers.includes(each)) each.close();
    this.shape = shapeOf(layers);
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
    if (this.noticeShape(frame)) {
      frame.close();
      return;
    }
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

  // A window that was dragged larger, or a phone that was turned: pictures would be distorted until there are layers of
  // that shape. True while they are missing.
  private noticeShape({ displayWidth: width, displayHeight: height }: VideoFrame): boolean {
    const shape = width / height;
    if (Math.abs(shape / this.shape - 1) < SAME_SHAPE) return false;
    if (this.told !== shape) this.resized(width, height);
    this.told = shape;
    return true;
  }

  private encoderOf(layer: Layer): LayerEncoder {
    return new LayerEncoder(layer, this.codec, this.emit, this.failed);
  }
}

function shapeOf(layers: readonly Layer[]): number {
  const largest = layers.at(-1);
  return largest ? largest.width / largest.height : 1;
}
