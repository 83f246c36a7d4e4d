// A track's sound as blocks of 20 ms, straight from where the browser captures it: a worklet in between would add its own
// buffer, and hand blocks over in bursts.

export const SAMPLE_RATE = 48_000;
const BLOCK = 960; // samples of each channel

// Not in TypeScript's library: https://www.w3.org/TR/mediacapture-transform/
type Processor = new (init: {
  track: MediaStreamTrack;
  maxBufferSize: number;
}) => { readonly readable: ReadableStream<AudioData> };

// Null where the browser has no such thing, or the device another rate, which a worklet's context resamples.
export function soundOf(track: MediaStreamTrack): ReadableStream<AudioData> | null {
  const { MediaStreamTrackProcessor } = globalThis as { MediaStreamTrackProcessor?: Processor };
  if (!MediaStreamTrackProcessor || track.getSettings().sampleRate !== SAMPLE_RATE) return null;
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 10 }).readable;
}

// Collects what comes in pieces of any size. Pure.
export class Blocks {
  private block: Float32Array;
  private filled = 0; // samples of each channel

  // `full` is given 20 ms, one channel after the other.
  constructor(
    private readonly channels: number,
    private readonly full: (block: Float32Array) => void,
  ) {
    this.block = new Float32Array(BLOCK * channels);
  }

  // Channels of the same length. More than are wanted are mixed when one is wanted; a missing one is like the first.
  push(channels: readonly Float32Array[]): void {
    const [first] = channels;
    if (!first) return;
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
      if (this.filled === BLOCK) this.hand();
    }
  }

  private hand(): void {
    this.full(this.block);
    this.block = new Float32Array(BLOCK * this.channels);
    this.filled = 0;
  }
}

// Until the track ends or the answer is called.
export function readSound(frames: ReadableStream<AudioData>, blocks: Blocks): () => void {
  const reader = frames.getReader();
  const run = async () => {
    for (;;) {
      const { done, value: data } = await reader.read();
      if (done || !data) return;
      const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex, format: "f32-planar" });
        return samples;
      });
      data.close();
      blocks.push(channels);
    }
  };
  run().catch(() => {}); // the track is gone
  return () => void reader.cancel().catch(() => {});
}
