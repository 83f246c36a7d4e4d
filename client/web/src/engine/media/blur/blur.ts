// A camera whose background is blurred: a track like any other, to be shown and to be sent.
import type { FromBlur, ToBlur } from "./blur.worker";
import BlurWorker from "./blur.worker?worker";

export interface Blurred {
  readonly stream: MediaStream;
  stop(): void; // also the camera
}

// Not in TypeScript's library: https://www.w3.org/TR/mediacapture-transform/
interface Transforms {
  MediaStreamTrackProcessor?: new (init: {
    track: MediaStreamTrack;
    maxBufferSize: number;
  }) => { readonly readable: ReadableStream<VideoFrame> };
  MediaStreamTrackGenerator?: new (init: {
    kind: "video";
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

export function canBlur(): boolean {
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as Transforms;
  return MediaStreamTrackProcessor !== undefined && MediaStreamTrackGenerator !== undefined;
}

// Rejects when the browser or the machine cannot; `lost` is called when it turns out later to be too slow, or fails.
export async function blurred(camera: MediaStream, lost: () => void): Promise<Blurred> {
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as Transforms;
  const [track] = camera.getVideoTracks();
  if (!track || !MediaStreamTrackProcessor || !MediaStreamTrackGenerator) throw new Error("this browser cannot blur");
  const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const worker = new BlurWorker();
  const { frameRate = 30 } = track.getSettings();
  const message: ToBlur = { from: readable, to: generator.writable, frameRate };
  worker.postMessage(message, [readable, generator.writable]);
  const stop = () => {
    worker.terminate();
    generator.stop();
    track.stop();
  };
  await new Promise<void>((done, failed) => {
    worker.onmessage = ({ data }: MessageEvent<FromBlur>) => {
      if (data.kind === "running") {
        done();
        return;
      }
      failed(new Error(data.kind));
      lost();
    };
    worker.onerror = () => failed(new Error("the worker could not be started"));
  }).catch((error: unknown) => {
    stop();
    throw error;
  });
  return { stream: new MediaStream([generator]), stop };
}
