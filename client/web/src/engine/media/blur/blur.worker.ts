// Blurs what is behind a person, picture by picture: finds the person on a small copy, and draws them sharp over a copy
// that was shrunk and enlarged.

import modelUrl from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";
import create, { type Tflite } from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js";
import wasmUrl from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url";
import { Effort, Mask } from "./mask";

export interface ToBlur {
  readonly from: ReadableStream<VideoFrame>;
  readonly to: WritableStream<VideoFrame>;
  readonly frameRate: number;
}
export type FromBlur = { kind: "running" } | { kind: "failed"; message: string } | { kind: "too-slow" };

const SHRINK = 24; // the larger, the less can be made out

class Blur {
  private readonly width: number;
  private readonly height: number;
  private readonly small: OffscreenCanvasRenderingContext2D;
  private readonly maskContext: OffscreenCanvasRenderingContext2D;
  private readonly blurred = context(1, 1);
  private readonly output = context(1, 1);
  private readonly mask: Mask;
  private readonly alpha: ImageData;

  constructor(private readonly tflite: Tflite) {
    this.width = tflite._getInputWidth();
    this.height = tflite._getInputHeight();
    this.small = context(this.width, this.height, true);
    this.maskContext = context(this.width, this.height);
    this.mask = new Mask(this.width * this.height);
    this.alpha = new ImageData(this.width, this.height);
  }

  search(frame: VideoFrame): void {
    const { small, tflite, width, height } = this;
    small.drawImage(frame, 0, 0, width, height);
    const { data } = small.getImageData(0, 0, width, height);
    const input = tflite._getInputMemoryOffset() / 4;
    for (let from = 0, to = input; from < data.length; from += 4) {
      for (let colour = 0; colour < 3; ++colour) tflite.HEAPF32[to++] = (data[from + colour] ?? 0) / 255;
    }
    tflite._runInference();
    const output = tflite._getOutputMemoryOffset() / 4;
    this.mask.update(tflite.HEAPF32.subarray(output, output + width * height), this.alpha.data);
    this.maskContext.putImageData(this.alpha, 0, 0);
  }

  draw(frame: VideoFrame): VideoFrame {
    const { displayWidth: width, displayHeight: height } = frame;
    const { output, blurred } = this;
    resize(output, width, height);
    resize(blurred, Math.ceil(width / SHRINK), Math.ceil(height / SHRINK));
    blurred.drawImage(frame, 0, 0, blurred.canvas.width, blurred.canvas.height);
    output.globalCompositeOperation = "copy";
    output.drawImage(this.maskContext.canvas, 0, 0, width, height);
    output.globalCompositeOperation = "source-in";
    output.drawImage(frame, 0, 0, width, height);
    output.globalCompositeOperation = "destination-over";
    output.drawImage(blurred.canvas, 0, 0, width, height);
    return new VideoFrame(output.canvas, { timestamp: frame.timestamp, alpha: "discard" });
  }
}

async function run({ from, to, frameRate }: ToBlur): Promise<void> {
  const [wasmBinary, model] = await Promise.all(
    [wasmUrl, modelUrl].map(async (url) => (await fetch(url)).arrayBuffer()),
  );
  if (!wasmBinary || !model) throw new Error("the person finder could not be loaded");
  const tflite = await create({ wasmBinary, print: () => {} });
  tflite.HEAPU8.set(new Uint8Array(model), tflite._getModelBufferMemoryOffset());
  if (tflite._loadModel(model.byteLength) !== 0) throw new Error("the person finder refused its model");
  const blur = new Blur(tflite);
  const effort = new Effort();
  const reader = from.getReader();
  const writer = to.getWriter();
  post({ kind: "running" });
  let step: ReturnType<Effort["next"]> = "search";
  for (;;) {
    const { done, value: frame } = await reader.read();
    if (done || !frame) break;
    const began = performance.now();
    if (step === "search") blur.search(frame);
    const picture = blur.draw(frame);
    frame.close();
    if ((writer.desiredSize ?? 0) > 0) await writer.write(picture);
    else picture.close(); // whoever takes them is behind
    step = effort.next(performance.now() - began, step === "search", 1000 / frameRate);
    if (step === "give-up") {
      post({ kind: "too-slow" });
      break;
    }
  }
  await reader.cancel().catch(() => {});
  await writer.close().catch(() => {});
}

function context(width: number, height: number, read = false): OffscreenCanvasRenderingContext2D {
  const made = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: read });
  if (!made) throw new Error("this browser has no canvas in workers");
  made.imageSmoothingQuality = "medium";
  return made;
}

function resize({ canvas }: OffscreenCanvasRenderingContext2D, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function post(message: FromBlur): void {
  self.postMessage(message);
}

self.onmessage = (event: MessageEvent<ToBlur>) => {
  run(event.data).catch((error: unknown) => post({ kind: "failed", message: String(error) }));
};
