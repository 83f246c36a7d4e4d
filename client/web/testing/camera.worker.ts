// A camera: moving, detailed pictures with their time codes, paced here since a page in the background is slowed down.
import { nowMs } from "../src/engine/media/clock";
import { writeTimeCode } from "./timeCode";

export interface CameraStart {
  readonly writable: WritableStream<VideoFrame>;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly camera: number;
}

const SPEED = 4; // pixels a frame

self.onmessage = ({ data }: MessageEvent<CameraStart>) => {
  const { width, height, frameRate, camera } = data;
  const writer = data.writable.getWriter();
  const scene = paintScene(width * 2, height);
  const picture = new Uint8Array(width * height * 1.5).fill(128);
  const luma = picture.subarray(0, width * height);
  let count = 0;
  let writing = false;

  const paint = async () => {
    const paintedMs = nowMs();
    const left = (count * SPEED) % width;
    for (let y = 0; y < height; ++y) {
      const from = y * width * 2 + left;
      luma.set(scene.subarray(from, from + width), y * width);
    }
    writeTimeCode(luma, width, height, { paintedMs, camera });
    count += 1;
    const timestamp = Math.round(performance.now() * 1000);
    await writer.write(new VideoFrame(picture, { format: "I420", codedWidth: width, codedHeight: height, timestamp }));
  };

  const interval = 1000 / frameRate;
  let due = performance.now();
  const tick = () => {
    // Who reads too slowly gets fewer pictures, not older ones.
    if (!writing) {
      writing = true;
      paint().then(
        () => {
          writing = false;
        },
        () => self.close(), // nobody takes the pictures any more
      );
    }
    due = Math.max(due + interval, performance.now() - interval);
    setTimeout(tick, due - performance.now());
  };
  tick();
};

// Smooth shapes with edges, and a little of what lenses and sensors add; it repeats after half its width.
function paintScene(width: number, height: number): Uint8Array {
  const scene = new Uint8Array(width * height);
  let noise = 1;
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const turn = (x * 4 * Math.PI) / width;
      const shape = Math.sin(3 * turn + y / 40) + Math.sin(y / 23 - 5 * turn) + Math.sin(17 * turn) * Math.sin(y / 9);
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      scene[y * width + x] = 128 + (shape > 0 ? 30 : -30) + 18 * shape + (noise >>> 29) - 4;
    }
  }
  return scene;
}
