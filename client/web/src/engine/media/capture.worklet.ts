// The microphone's sound, mixed to one channel, in blocks of 20 ms to the uplink worker.
/// <reference path="./worklet.d.ts" />
import type { CapturedBlock } from "./messages";

const BLOCK = 960; // samples at 48 kHz

class Capture extends AudioWorkletProcessor {
  private block = new Float32Array(BLOCK);
  private filled = 0;
  private uplink: MessagePort | null = null;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<{ port: MessagePort }>) => {
      this.uplink = event.data.port;
    };
  }

  override process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const first = channels[0];
    if (!first) return true; // nothing is connected at the moment
    for (let i = 0; i < first.length; ++i) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.block[this.filled++] = sum / channels.length;
      if (this.filled === BLOCK) this.send();
    }
    return true;
  }

  private send(): void {
    const block: CapturedBlock = { samples: this.block };
    this.uplink?.postMessage(block, [this.block.buffer]);
    this.block = new Float32Array(BLOCK);
    this.filled = 0;
  }
}

registerProcessor("vistime-capture", Capture);
