// Sound of a microphone (mixed to one channel) or a screen (two), in blocks of 20 ms to the uplink worker.
/// <reference path="./worklet.d.ts" />
import type { CapturedBlock } from "./messages";

const BLOCK = 960; // samples at 48 kHz

class Capture extends AudioWorkletProcessor {
  private readonly channels: number;
  private block: Float32Array;
  private filled = 0; // samples of each channel
  private uplink: MessagePort | null = null;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    this.channels = options.outputChannelCount?.[0] ?? 1;
    this.block = new Float32Array(BLOCK * this.channels);
    this.port.onmessage = (event: MessageEvent<{ port: MessagePort }>) => {
      this.uplink = event.data.port;
    };
  }

  override process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const first = channels[0];
    if (!first) return true; // nothing is connected at the moment
    for (let i = 0; i < first.length; ++i) {
      if (this.channels === 1) {
        let sum = 0;
        for (const channel of channels) sum += channel[i] ?? 0;
        this.block[this.filled] = sum / channels.length;
      } else {
        for (let c = 0; c < this.channels; ++c) {
          this.block[c * BLOCK + this.filled] = (channels[c] ?? first)[i] ?? 0;
        }
      }
      this.filled += 1;
      if (this.filled === BLOCK) this.send();
    }
    return true;
  }

  private send(): void {
    const block: CapturedBlock = { samples: this.block };
    this.uplink?.postMessage(block, [this.block.buffer]);
    this.block = new Float32Array(BLOCK * this.channels);
    this.filled = 0;
  }
}

registerProcessor("vistime-capture", Capture);
