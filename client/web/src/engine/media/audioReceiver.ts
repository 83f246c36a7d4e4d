// One person's sound, from opened packets to samples. WebCodecs conceals nothing by itself, but a packet that is only
// its first byte makes libopus do so.
import type { ObjectHeader } from "../../protocol/objectHeader";

export interface DecodedSound {
  readonly samples: Float32Array; // 48 kHz, one channel after the other
  readonly captureMs: number;
  readonly arrivedMs: number;
}

const FRAME_MS = 20;
const SAMPLE_RATE = 48_000;
// More than 100 ms missing is a pause: the server forwards the loudest only.
const MOST_CONCEALED = 5;

export class AudioReceiver {
  private decoder: AudioDecoder | null = null;
  private readonly pending: { captureMs: number; arrivedMs: number }[] = [];
  private lastSequence = -1;
  private lastCaptureMs = 0;
  private toc = 0; // the first byte of the last packet
  packets = 0;
  lost = 0;

  constructor(
    private readonly channels: number,
    private readonly heard: (sound: DecodedSound) => void,
  ) {}

  receive(header: ObjectHeader, packet: Uint8Array, arrivedMs: number): void {
    const captureMs = Number(header.captureUs) / 1000;
    const missing = this.lastSequence < 0 ? 0 : ((header.sequence - this.lastSequence) >>> 0) - 1;
    if (missing < 0 || missing >= 2 ** 31 || packet.length === 0) return; // seen already, or nothing
    const steady = Math.abs(captureMs - this.lastCaptureMs - (missing + 1) * FRAME_MS) < FRAME_MS / 2;
    if (steady && missing > 0 && missing <= MOST_CONCEALED) {
      this.lost += missing;
      for (let i = 1; i <= missing; ++i) {
        this.decode(Uint8Array.of(this.toc & ~3), this.lastCaptureMs + i * FRAME_MS, arrivedMs);
      }
    }
    this.lastSequence = header.sequence;
    this.lastCaptureMs = captureMs;
    this.toc = packet[0] ?? 0;
    this.packets += 1;
    this.decode(packet, captureMs, arrivedMs);
  }

  close(): void {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
  }

  private decode(packet: Uint8Array, captureMs: number, arrivedMs: number): void {
    this.decoder ??= this.open();
    this.pending.push({ captureMs, arrivedMs });
    try {
      this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: captureMs * 1000, data: packet }));
    } catch {
      this.fail();
    }
  }

  private open(): AudioDecoder {
    const decoder = new AudioDecoder({ output: (data) => this.decoded(data), error: () => this.fail() });
    decoder.configure({ codec: "opus", sampleRate: SAMPLE_RATE, numberOfChannels: this.channels });
    return decoder;
  }

  // A broken packet closes a decoder for good: the next one opens another.
  private fail(): void {
    this.pending.length = 0;
    this.close();
  }

  private decoded(data: AudioData): void {
    // One for each packet, in order.
    const which = this.pending.shift();
    const samples = planar(data, this.channels);
    data.close();
    if (which) this.heard({ samples, ...which });
  }
}

// A packet of another kind than was announced is still played.
function planar(data: AudioData, channels: number): Float32Array {
  const { numberOfFrames, numberOfChannels } = data;
  const samples = new Float32Array(numberOfFrames * channels);
  for (let c = 0; c < channels; ++c) {
    const channel = samples.subarray(c * numberOfFrames, (c + 1) * numberOfFrames);
    data.copyTo(channel, { planeIndex: Math.min(c, numberOfChannels - 1), format: "f32-planar" });
  }
  return samples;
}
