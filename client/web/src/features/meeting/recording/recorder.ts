// Records what is heard and shown here into a file on this machine. Where the browser can, it writes as it goes, so that
// a crash loses seconds and not the meeting; elsewhere it is downloaded at the end.
import { compose, HEIGHT, WIDTH } from "./composition";
import TickerWorker from "./ticker.worker?worker";

const FRAME_MS = 66;
const CHUNK_MS = 1000;
const MOST_IN_MEMORY = 1024 * 1024 * 1024; // bytes, where nothing can be written as it goes
const VIDEO_BITRATE = 1_500_000;
const AUDIO_BITRATE = 96_000;
const TYPES = [
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
  "video/mp4;codecs=avc1.42e01f,mp4a.40.2",
  "video/mp4",
];

// Not in TypeScript's library: https://wicg.github.io/file-system-access/
interface FilePicker {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

export interface Target {
  write(chunk: Blob): Promise<void>;
  finish(): Promise<void>;
}

export class Recorder {
  private written: Promise<void> = Promise.resolve();
  private readonly ticker = new TickerWorker();
  private stopped = false;

  private constructor(
    private readonly recorder: MediaRecorder,
    private readonly target: Target,
    private readonly failed: (error: unknown) => void,
  ) {}

  // `sound`: all that is heard and said; `stage`: what is shown.
  static start(
    target: Target,
    sound: MediaStream,
    stage: () => Element | null,
    failed: (error: unknown) => void,
  ): Recorder {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser has no canvas");
    const draw = () => compose(context, stage());
    draw();
    const pictures = canvas.captureStream();
    const stream = new MediaStream([...pictures.getVideoTracks(), ...sound.getAudioTracks()]);
    const mimeType = typeOfRecording();
    const options = { mimeType, videoBitsPerSecond: VIDEO_BITRATE, audioBitsPerSecond: AUDIO_BITRATE };
    const recorder = new Recorder(new MediaRecorder(stream, options), target, failed);
    recorder.ticker.onmessage = draw;
    recorder.ticker.postMessage(FRAME_MS);
    recorder.run();
    return recorder;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.ticker.terminate();
    const ended = new Promise((done) => this.recorder.addEventListener("stop", done, { once: true }));
    if (this.recorder.state !== "inactive") {
      this.recorder.stop();
      await ended;
    }
    for (const track of this.recorder.stream.getVideoTracks()) track.stop();
    await this.written;
    await this.target.finish();
  }

  private run(): void {
    this.recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) this.written = this.written.then(() => this.target.write(data)).catch(this.failed);
    };
    this.recorder.onerror = (event) => this.failed(event);
    this.recorder.start(CHUNK_MS);
  }
}

export function canRecord(): boolean {
  return "MediaRecorder" in window && "captureStream" in HTMLCanvasElement.prototype;
}

// Asks where to; null when somebody thought better of it.
export async function chooseTarget(name: string): Promise<Target | null> {
  const extension = typeOfRecording().startsWith("video/mp4") ? ".mp4" : ".webm";
  const suggestedName = fileNameOf(name) + extension;
  const { showSaveFilePicker } = window as FilePicker;
  if (!showSaveFilePicker) return inMemory(suggestedName);
  try {
    const mime = extension === ".mp4" ? "video/mp4" : "video/webm";
    const types = [{ description: mime, accept: { [mime]: [extension] } }];
    const handle = await showSaveFilePicker({ suggestedName, types });
    const file = await handle.createWritable();
    return { write: (chunk) => file.write(chunk), finish: () => file.close() };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    return inMemory(suggestedName); // a policy that forbids the picker
  }
}

export function inMemory(name: string): Target {
  const chunks: Blob[] = [];
  let size = 0;
  return {
    write: async (chunk) => {
      size += chunk.size;
      if (size > MOST_IN_MEMORY) throw new Error("the recording is larger than this browser can keep");
      chunks.push(chunk);
    },
    finish: async () => {
      const address = URL.createObjectURL(new Blob(chunks));
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    },
  };
}

// Any name a meeting can have, as one that every file system takes.
export function fileNameOf(name: string, at = new Date()): string {
  const plain = name
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .slice(0, 60);
  const day = at.toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
  return `${plain || "Meeting"} ${day}`;
}

function typeOfRecording(): string {
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
}
