// Speaks the known sound, and says when it clicked.
/// <reference path="../src/engine/media/worklet.d.ts" />
import { CLICK_EVERY_MS, CLICK_SAMPLES, click, knownNoise } from "./knownSound";

class Mouth extends AudioWorkletProcessor {
  private readonly click = click();
  private noise = new Float32Array();
  private at = 0;
  private clicked = Number.POSITIVE_INFINITY; // samples since the last click began
  private interval = Math.floor(Date.now() / CLICK_EVERY_MS);

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<{ voice: number }>) => {
      this.noise = knownNoise(event.data.voice) as Float32Array<ArrayBuffer>;
    };
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (!out || this.noise.length === 0) return true;
    const interval = Math.floor(Date.now() / CLICK_EVERY_MS);
    if (interval !== this.interval) {
      this.interval = interval;
      this.clicked = 0;
      this.port.postMessage(Date.now());
    }
    for (let i = 0; i < out.length; ++i) {
      const clicking = this.clicked < CLICK_SAMPLES;
      out[i] = (clicking ? this.click[this.clicked] : this.noise[this.at]) ?? 0;
      this.at = (this.at + 1) % this.noise.length;
      this.clicked += 1;
    }
    return true;
  }
}

registerProcessor("known-sound", Mouth);
