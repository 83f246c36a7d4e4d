// The microphone, or a screen's sound, from blocks of samples to packets with their headers.
import type { ObjectHeader } from "../../protocol/objectHeader";
import { audioLevel, meterOf, VoiceActivity } from "./audioLevel";
import { CaptureClock } from "./clock";

export type Emit = (header: Omit<ObjectHeader, "track">, payload: Uint8Array) => void;

const FRAME_MS = 20;
const SAMPLE_RATE = 48_000;
const MOST_QUEUED = 5; // blocks that the encoder has not taken up
const LEVEL_EVERY = 5; // blocks

// WebCodecs' types lag behind what it takes.
interface OpusEncoderConfig extends AudioEncoderConfig {
  opus: { frameDuration: number; complexity: number; useinbandfec: boolean; usedtx: boolean; packetlossperc: number };
}

interface Measured {
  readonly captureMs: number;
  readonly level: number;
  readonly voice: boolean;
}

export class AudioSender {
  muted = false;
  bytes = 0;
  packets = 0;
  skipped = 0;
  private readonly clock = new CaptureClock(FRAME_MS);
  private readonly voice = new VoiceActivity();
  private readonly measured: Measured[] = []; // of the blocks in the encoder, in order
  private encoder: AudioEncoder | null = null;
  private sequence = 0;
  private blocks = 0;
  private peak = 0;

  constructor(
    private readonly channels: number,
    private readonly bitrate: number,
    private readonly emit: Emit,
    private readonly said: (meter: number, voice: boolean) => void,
    private readonly failed: (message: string) => void,
  ) {}

  // One channel after the other.
  take(samples: Float32Array, arrivedMs: number): void {
    const captureMs = this.clock.next(arrivedMs);
    const level = audioLevel(samples);
    const voice = this.voice.update(level);
    this.peak = Math.max(this.peak, meterOf(level));
    this.blocks += 1;
    if (this.blocks % LEVEL_EVERY === 0) {
      this.said(this.peak, voice);
      this.peak = 0;
    }
    if (this.muted) return;
    this.encoder ??= this.open();
    if (this.encoder.encodeQueueSize > MOST_QUEUED) {
      this.sequence = (this.sequence + 1) >>> 0; // lost, and to be concealed
      this.skipped += 1;
      return;
    }
    this.measured.push({ captureMs, level, voice });
    const data = new AudioData({
      format: "f32-planar",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: this.channels,
      numberOfFrames: samples.length / this.channels,
      timestamp: Math.round(captureMs * 1000),
      data: samples as Float32Array<ArrayBuffer>,
    });
    this.encoder.encode(data);
    data.close();
  }

  close(): void {
    if (this.encoder && this.encoder.state !== "closed") this.encoder.close();
    this.encoder = null;
  }

  private open(): AudioEncoder {
    const encoder = new AudioEncoder({
      output: (chunk) => this.encoded(chunk),
      error: (error) => {
        this.measured.length = 0;
        this.encoder = null;
        this.failed(error.message);
      },
    });
    const config: OpusEncoderConfig = {
      codec: "opus",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: this.channels,
      bitrate: this.bitrate,
      opus: { frameDuration: FRAME_MS * 1000, complexity: 5, useinbandfec: true, usedtx: false, packetlossperc: 5 },
    };
    encoder.configure(config);
    return encoder;
  }

  private encoded(chunk: EncodedAudioChunk): void {
    const measured = this.measured.shift();
    if (!measured) return;
    const payload = new Uint8Array(chunk.byteLength);
    chunk.copyTo(payload);
    this.packets += 1;
    this.bytes += payload.length;
    const header = {
      sequence: this.sequence,
      captureUs: BigInt(Math.round(measured.captureMs * 1000)),
      keyframe: true,
      discardable: true,
      voice: measured.voice,
      spatial: 0,
      temporal: 0,
      audioLevel: measured.level,
      dependsOn: 0,
    };
    this.sequence = (this.sequence + 1) >>> 0;
    this.emit(header, payload);
  }
}
