// Everybody's sound, each with a buffer of its own, mixed for the sound card.
/// <reference path="./worklet.d.ts" />
import type { PlayoutCommand, PlayoutReport, ToPlayout } from "./messages";
import { PlayoutBuffer } from "./playoutBuffer";

const REPORT_SECONDS = 0.1;

interface Stream {
  readonly buffer: PlayoutBuffer;
  peak: number;
}

class Playout extends AudioWorkletProcessor {
  private readonly streams = new Map<number, Stream>();
  private readonly volumes = new Map<number, number>();
  private downlink: MessagePort | null = null;
  private reported = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<PlayoutCommand>) => this.obey(event.data);
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0] ?? [];
    for (const [track, stream] of this.streams) {
      stream.peak = Math.max(stream.peak, stream.buffer.mixInto(out, this.volumes.get(track) ?? 1));
    }
    for (const channel of out) {
      for (let i = 0; i < channel.length; ++i) channel[i] = limited(channel[i] ?? 0);
    }
    if (currentTime - this.reported >= REPORT_SECONDS) this.report();
    return true;
  }

  private obey(command: PlayoutCommand): void {
    if (command.kind === "volume") {
      this.volumes.set(command.track, command.volume);
      return;
    }
    this.downlink = command.port;
    this.downlink.onmessage = (event: MessageEvent<ToPlayout>) => this.take(event.data);
  }

  private take(message: ToPlayout): void {
    if (message.kind === "gone") {
      this.streams.delete(message.track);
      this.volumes.delete(message.track);
      return;
    }
    let stream = this.streams.get(message.track);
    if (!stream) {
      stream = { buffer: new PlayoutBuffer(message.channels), peak: 0 };
      this.streams.set(message.track, stream);
    }
    stream.buffer.push(message.samples, message.captureMs, message.arrivedMs);
  }

  private report(): void {
    this.reported = currentTime;
    const streams = [...this.streams].map(([track, stream]) => {
      const { jitterMs, bufferedMs, underruns } = stream.buffer.figures;
      const peak = stream.peak;
      stream.peak = 0;
      return { track, captureMs: stream.buffer.captureMs, peak, jitterMs, delayMs: bufferedMs, underruns };
    });
    const report: PlayoutReport = { streams };
    this.downlink?.postMessage(report);
  }
}

// Several people at once may exceed what the card can play: bent, not cut.
function limited(value: number): number {
  const KNEE = 0.8;
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  const over = (size - KNEE) / (1 - KNEE);
  return Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh(over));
}

registerProcessor("vistime-playout", Playout);
