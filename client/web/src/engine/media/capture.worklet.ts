// Sound of a microphone (mixed to one channel) or a screen (two), in blocks of 20 ms to the uplink worker.
/// <reference path="./worklet.d.ts" />
import type { CapturedBlock } from "./messages";
import { Blocks } from "./soundFrames";

class Capture extends AudioWorkletProcessor {
  private readonly blocks: Blocks;
  private uplink: MessagePort | null = null;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    this.blocks = new Blocks(options.outputChannelCount?.[0] ?? 1, (samples) => {
      const block: CapturedBlock = { samples };
      this.uplink?.postMessage(block, [samples.buffer]);
    });
    this.port.onmessage = (event: MessageEvent<{ port: MessagePort }>) => {
      this.uplink = event.data.port;
    };
  }

  override process(inputs: Float32Array[][]): boolean {
    this.blocks.push(inputs[0] ?? []); // empty while nothing is connected
    return true;
  }
}

registerProcessor("vistime-capture", Capture);
