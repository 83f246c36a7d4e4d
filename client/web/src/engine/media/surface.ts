// What pictures are shown on. A video element where the page can feed one (Chromium): the browser then converts, scales
// and shows a picture as it does those of its own, at a third of what drawing it on a canvas costs. Else a canvas.

export type PictureElement = HTMLCanvasElement | HTMLVideoElement;
// What the downlink worker is given for it.
export type Surface = OffscreenCanvas | WritableStream<VideoFrame>;

// Not in TypeScript's library: https://www.w3.org/TR/mediacapture-transform/
type Generator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
type GeneratorConstructor = new (init: { kind: "video" }) => Generator;

function generatorConstructor(): GeneratorConstructor | undefined {
  return (globalThis as { MediaStreamTrackGenerator?: GeneratorConstructor }).MediaStreamTrackGenerator;
}

export function pictureElement(): PictureElement {
  if (!generatorConstructor()) return document.createElement("canvas");
  const video = document.createElement("video");
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  return video;
}

export function surfaceOf(element: PictureElement): Surface {
  if (element instanceof HTMLCanvasElement) return element.transferControlToOffscreen();
  const Generator = generatorConstructor();
  if (!Generator) throw new Error("this browser shows pictures on a canvas only");
  const track = new Generator({ kind: "video" });
  element.srcObject = new MediaStream([track]);
  return track.writable;
}

// ---- in the worker ----

export interface Painter {
  paint(frame: VideoFrame): void; // the caller closes the frame
  close(): void;
}

export function painterOf(surface: Surface): Painter {
  return surface instanceof WritableStream ? new TrackPainter(surface) : new CanvasPainter(surface);
}

class TrackPainter implements Painter {
  private readonly writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(surface: WritableStream<VideoFrame>) {
    this.writer = surface.getWriter();
    this.writer.closed.catch(() => {}); // the element is gone
  }

  // A page that does not keep up misses pictures.
  paint(frame: VideoFrame): void {
    if ((this.writer.desiredSize ?? 0) > 0) this.writer.write(frame.clone()).catch(() => {});
  }

  close(): void {
    this.writer.close().catch(() => {});
  }
}

class CanvasPainter implements Painter {
  private readonly context: OffscreenCanvasRenderingContext2D | null;

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  paint(frame: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = frame;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.context?.drawImage(frame, 0, 0, width, height);
  }

  close(): void {}
}
