// Encodes and seals what this page sends, away from the page, so that a busy page does not disturb it.

import { concatenated } from "../../protocol/bytes";
import { encodeObjectHeader, type ObjectHeader } from "../../protocol/objectHeader";
import { SframeSealer } from "../crypto/sframe";
import type { LinkToUplink, UplinkToLink } from "../workerMessages";
import { AudioSender } from "./audioSender";
import { nowMs } from "./clock";
import type { CapturedBlock, FromUplink, SentFigures, SoundSource, ToUplink } from "./messages";
import { Blocks, readSound } from "./soundFrames";
import { VideoSender } from "./videoSender";

const AUDIO_DEADLINE_MS = 400;
const VIDEO_DEADLINE_MS = 1500; // the server and the sender's pacing drop earlier; this is the end of all patience
const FIGURES_MS = 1000;

type Sender = { audio: AudioSender; stop: () => void } | { video: VideoSender };

class Uplink {
  private readonly senders = new Map<number, Sender>();
  private link: MessagePort | null = null;
  private baseKey = new Uint8Array();
  private session = 0n;
  private number = 0;
  private backlogMs = 0;
  private connected = false;
  private readonly sealers = new Map<number, Promise<SframeSealer>>();
  private sealed: Promise<void> = Promise.resolve();

  take(message: ToUplink): void {
    switch (message.kind) {
      case "start":
        this.start(message.link, message.baseKey, message.session);
        break;
      case "number":
        this.number = message.number;
        break;
      case "audio":
        this.addAudio(message);
        break;
      case "audio-muted": {
        const sender = this.senders.get(message.index);
        if (sender && "audio" in sender) sender.audio.muted = message.muted;
        break;
      }
      case "video":
        this.addVideo(message);
        break;
      case "layers": {
        const sender = this.senders.get(message.index);
        if (sender && "video" in sender) sender.video.setLayers(message.layers);
        break;
      }
      case "stop":
        this.stop(message.index);
        break;
      case "keyframe-wanted": {
        const sender = this.senders.get(message.index);
        if (sender && "video" in sender) sender.video.askForKeyframe(message.spatial);
        break;
      }
      case "layers-wanted": {
        const sender = this.senders.get(message.index);
        if (sender && "video" in sender) sender.video.setWanted(message.spatial);
        break;
      }
    }
  }

  private start(link: MessagePort, baseKey: Uint8Array, session: bigint): void {
    this.link = link;
    this.baseKey = new Uint8Array(baseKey);
    this.session = session;
    link.onmessage = (event: MessageEvent<LinkToUplink>) => {
      if (event.data.kind === "backlog") this.backlogMs = event.data.oldestMs;
      else this.connected = event.data.connected;
    };
    setInterval(() => post({ kind: "figures", streams: this.figures() }), FIGURES_MS);
  }

  private addAudio({ index, from, channels, bitrate }: ToUplink & { kind: "audio" }): void {
    this.stop(index);
    const audio = new AudioSender(
      channels,
      bitrate,
      (header, payload) => this.send({ ...header, track: this.track(index) }, payload, true),
      (meter, voice) => post({ kind: "level", index, meter, voice }),
      (message) => post({ kind: "failed", index, message }),
    );
    this.senders.set(index, { audio, stop: listen(from, channels, (block) => audio.take(block, nowMs())) });
  }

  private addVideo({ index, codec, layers, frames }: ToUplink & { kind: "video" }): void {
    this.stop(index);
    const video = new VideoSender(
      frames,
      codec,
      layers,
      () => (this.connected ? this.backlogMs : Number.POSITIVE_INFINITY),
      (header, payload) => this.send({ ...header, track: this.track(index) }, payload, false),
      (width, height) => post({ kind: "resized", index, width, height }),
      () => post({ kind: "ended", index }),
      (message) => post({ kind: "failed", index, message }),
    );
    this.senders.set(index, { video });
  }

  private stop(index: number): void {
    const sender = this.senders.get(index);
    if (!sender) return;
    this.senders.delete(index);
    if ("audio" in sender) {
      sender.stop();
      sender.audio.close();
    } else {
      sender.video.close();
    }
  }

  private track(index: number): number {
    return ((this.number << 8) | index) >>> 0;
  }

  // Sealing is asynchronous; one after the other keeps the order, and the counters in step with it.
  private send(header: ObjectHeader, payload: Uint8Array, audio: boolean): void {
    const index = header.track & 0xff;
    this.sealed = this.sealed
      .then(() => this.seal(index, header, payload, audio))
      .catch((error: unknown) => post({ kind: "failed", index, message: String(error) }));
  }

  private async seal(index: number, header: ObjectHeader, payload: Uint8Array, audio: boolean): Promise<void> {
    const sealer = await this.sealerOf(index);
    const head = encodeObjectHeader(header);
    const body = await sealer.seal(payload, head.subarray(4));
    const bytes = concatenated([head, body]);
    const deadlineMs = audio ? AUDIO_DEADLINE_MS : VIDEO_DEADLINE_MS;
    const message: UplinkToLink = { kind: "object", object: { bytes: bytes.buffer, audio, deadlineMs } };
    this.link?.postMessage(message, [bytes.buffer]);
  }

  // One for each track for as long as the page lives: a counter is never used again under the same key.
  private sealerOf(index: number): Promise<SframeSealer> {
    let sealer = this.sealers.get(index);
    if (!sealer) {
      sealer = SframeSealer.create(this.baseKey, (this.session << 8n) | BigInt(index));
      this.sealers.set(index, sealer);
    }
    return sealer;
  }

  private figures(): SentFigures[] {
    return [...this.senders].flatMap(([index, sender]) => {
      if ("audio" in sender) {
        const { bytes, packets: frames, skipped } = sender.audio;
        return [{ index, spatial: 0, width: 0, height: 0, bytes, frames, skipped }];
      }
      return sender.video.encoders
        .filter((each) => each.wanted)
        .map(({ layer, bytes, frames, skipped }) => {
          const { spatial, width, height } = layer;
          return { index, spatial, width, height, bytes, frames, skipped };
        });
    });
  }
}

// The answer ends it.
function listen(from: SoundSource, channels: number, take: (block: Float32Array) => void): () => void {
  if ("frames" in from) return readSound(from.frames, new Blocks(channels, take));
  from.port.onmessage = (event: MessageEvent<CapturedBlock>) => take(event.data.samples);
  return () => from.port.close();
}

function post(message: FromUplink): void {
  self.postMessage(message);
}

const uplink = new Uplink();
self.onmessage = (event: MessageEvent<ToUplink>) => uplink.take(event.data);
