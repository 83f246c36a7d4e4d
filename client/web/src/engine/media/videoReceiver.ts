// One video track, from opened frames to pictures on surfaces. A picture is shown when the sound that was captured
// with it is heard, or at once where there is none.
import type { ObjectHeader } from "../../protocol/objectHeader";
import type { Codec } from "../types";
import { nowMs } from "./clock";
import { decoderConfig } from "./codecs";
import { FrameSequence } from "./sequence";
import type { Painter } from "./surface";

const MOST_WAITING = 8; // pictures decoded and not yet due
const LONGEST_WAIT_MS = 250;
const MOST_QUEUED = 10; // frames that the decoder has not taken up: it is too slow, and skips to the next keyframe

// Milliseconds until the moment at which what was captured then should be seen; 0 for at once.
export type WaitFor = (captureMs: number) => number;

interface Due {
  readonly frame: VideoFrame;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class VideoReceiver {
  private readonly sequence = new FrameSequence();
  private decoder: VideoDecoder | null = null;
  private readonly captures = new Map<number, number>(); // by timestamp
  private timestamp = 0;
  private readonly waiting = new Set<Due>();
  private readonly painters = new Map<number, Painter>(); // by view
  private shown: { width: number; height: number } = { width: 0, height: 0 };
  frames = 0; // drawn
  layer = 0;
  latencyMs = 0; // of the last picture: from capture to eye, the sender's clock to ours

  constructor(
    private readonly codec: Codec,
    private readonly wait: WaitFor,
    private readonly resized: (width: number, height: number) => void,
  ) {}

  get lost(): number {
    return this.sequence.lost;
  }
  get size(): { readonly width: number; readonly height: number } {
    return this.shown;
  }

  addPainter(view: number, painter: Painter): void {
    this.painters.set(view, painter);
  }

  removePainter(view: number): void {
    this.painters.delete(view);
  }

  receive(header: ObjectHeader, frame: Uint8Array): void {
    if (this.decoder && this.decoder.decodeQueueSize > MOST_QUEUED && !header.keyframe) {
      this.sequence.restart();
      return;
    }
    if (!this.sequence.accept(header)) return;
    this.layer = header.spatial;
    this.decoder ??= this.open();
    if (!this.decoder) return;
    this.timestamp += 1;
    this.captures.set(this.timestamp, Number(header.captureUs) / 1000);
    const chunk = { type: header.keyframe ? "key" : "delta", timestamp: this.timestamp, data: frame } as const;
    try {
      this.decoder.decode(new EncodedVideoChunk(chunk));
    } catch {
      this.fail();
    }
  }

  takeKeyframeRequest(nowMs: number): number | null {
    return this.sequence.takeKeyframeRequest(nowMs);
  }

  close(): void {
    for (const due of this.waiting) this.drop(due);
    this.painters.clear();
    this.closeDecoder();
  }

  private open(): VideoDecoder | null {
    const config = decoderConfig(this.codec);
    if (!config) return null;
    const decoder = new VideoDecoder({ output: (frame) => this.decoded(frame), error: () => this.fail() });
    decoder.configure(config);
    return decoder;
  }

  private fail(): void {
    this.closeDecoder();
    this.sequence.restart();
  }

  private closeDecoder(): void {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
    this.captures.clear();
  }

  private decoded(frame: VideoFrame): void {
    const captureMs = this.captures.get(frame.timestamp);
    this.captures.delete(frame.timestamp);
    const wait = captureMs === undefined ? 0 : Math.min(LONGEST_WAIT_MS, this.wait(captureMs));
    if (wait < 4) {
      this.show(frame, captureMs);
      return;
    }
    const due: Due = {
      frame,
      timer: setTimeout(() => {
        this.waiting.delete(due);
        this.show(frame, captureMs);
      }, wait),
    };
    this.waiting.add(due);
    const [oldest] = this.waiting;
    if (this.waiting.size > MOST_WAITING && oldest) this.drop(oldest);
  }

  private drop(due: Due): void {
    clearTimeout(due.timer);
    due.frame.close();
    this.waiting.delete(due);
  }

  private show(frame: VideoFrame, captureMs: number | undefined): void {
    if (captureMs !== undefined) this.latencyMs = nowMs() - captureMs;
    const { displayWidth: width, displayHeight: height } = frame;
    for (const painter of this.painters.values()) painter.paint(frame);
    frame.close();
    this.frames += 1;
    if (width === this.shown.width && height === this.shown.height) return;
    this.shown = { width, height };
    this.resized(width, height);
  }
}
