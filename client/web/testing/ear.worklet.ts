// Hears what a page plays: says when it clicks, and hands over the sound.
/// <reference path="../src/engine/media/worklet.d.ts" />
import { CLICK_EVERY_MS, CLICK_PEAK } from "./knownSound";

export type Heard = { readonly clickMs: number } | { readonly samples: Float32Array };

const BLOCK = 4800; // samples that are handed over at a time
const LOUD = CLICK_PEAK / 2;

class Ear extends AudioWorkletProcessor {
  private block = new Float32Array(BLOCK);
  private filled = 0;
  private clickMs = 0;

  override process(inputs: Float32Array[][]): boolean {
    const sound = inputs[0]?.[0];
    if (!sound) return true;
    for (const sample of sound) {
      if (Math.abs(sample) > LOUD && Date.now() - this.clickMs > CLICK_EVERY_MS / 2) {
        this.clickMs = Date.now();
        this.tell({ clickMs: this.clickMs });
      }
      this.block[this.filled++] = sample;
      if (this.filled < BLOCK) continue;
      this.tell({ samples: this.block });
      this.block = new Float32Array(BLOCK);
      this.filled = 0;
    }
    return true;
  }

  private tell(heard: Heard): void {
    this.port.postMessage(heard);
  }
}

registerProcessor("ear", Ear);
