// Opens, decodes, mixes in time and draws what others send, away from the page.
import { decodeObjectHeader, OBJECT_HEADER_BYTES, type ObjectHeader } from "../../protocol/objectHeader";
import { SframeOpener } from "../crypto/sframe";
import type { DownlinkToLink, LinkToDownlink } from "../workerMessages";
import { AudioReceiver } from "./audioReceiver";
import { nowMs } from "./clock";
import { LipSync } from "./lipSync";
import type { FromDownlink, PlayoutReport, ReceivedFigures, ReceivedTrack, ToDownlink, ToPlayout } from "./messages";
import { ReplayWindow } from "./replayWindow";
import { type Painter, painterOf } from "./surface";
import { VideoReceiver } from "./videoReceiver";

const KEYFRAME_CHECK_MS = 100;
const FIGURES_MS = 1000;

interface Receiver {
  track: ReceivedTrack;
  readonly audio: AudioReceiver | null;
  readonly video: VideoReceiver | null;
  replay: ReplayWindow;
  bytes: number;
  opened: boolean;
  toldUnreadable: boolean;
  playout: PlayoutReport["streams"][number] | null;
}

class Downlink {
  private readonly receivers = new Map<number, Receiver>();
  // By view; they may come before their track is announced, and outlive it.
  private readonly painters = new Map<number, { track: number; painter: Painter }>();
  private readonly sync = new LipSync();
  private link: MessagePort | null = null;
  private playout: MessagePort | null = null;
  private opener: SframeOpener | null = null;
  private opened: Promise<void> = Promise.resolve();

  take(message: ToDownlink): void {
    switch (message.kind) {
      case "start":
        this.start(message);
        break;
      case "tracks":
        this.setTracks(message.tracks);
        break;
      case "surface":
        this.show(message.view, message.track, painterOf(message.surface));
        break;
      case "surface-gone":
        this.receivers.get(message.track)?.video?.removePainter(message.view);
        this.painters.get(message.view)?.painter.close();
        this.painters.delete(message.view);
        break;
      case "output-latency":
        this.sync.outputLatencyMs = message.ms;
        break;
    }
  }

  private start({ link, playout, baseKey }: ToDownlink & { kind: "start" }): void {
    this.opener = new SframeOpener(new Uint8Array(baseKey));
    this.link = link;
    this.playout = playout;
    link.onmessage = (event: MessageEvent<LinkToDownlink>) => this.arrived(event.data);
    playout.onmessage = (event: MessageEvent<PlayoutReport>) => this.played(event.data);
    setInterval(() => this.askForKeyframes(), KEYFRAME_CHECK_MS);
    setInterval(() => post({ kind: "figures", streams: this.figures() }), FIGURES_MS);
  }

  private show(view: number, track: number, painter: Painter): void {
    this.painters.set(view, { track, painter });
    this.receivers.get(track)?.video?.addPainter(view, painter);
  }

  private setTracks(tracks: readonly ReceivedTrack[]): void {
    const named = new Map(tracks.map((track) => [track.id, track]));
    for (const [id, receiver] of this.receivers) {
      const track = named.get(id);
      const same =
        track &&
        track.codec === receiver.track.codec &&
        track.kind === receiver.track.kind &&
        track.channels === receiver.track.channels;
      if (!same) this.forget(id, receiver);
      else if (track.session !== receiver.track.session) receiver.replay = new ReplayWindow();
      if (same) receiver.track = track;
    }
    for (const track of tracks) if (!this.receivers.has(track.id)) this.add(track);
  }

  private add(track: ReceivedTrack): void {
    const sound = track.kind === "microphone" || track.kind === "screen-audio";
    const video = sound
      ? null
      : new VideoReceiver(
          track.codec,
          (captureMs) => this.sync.waitMs(track.person, captureMs, nowMs()),
          (width, height) => post({ kind: "size", track: track.id, width, height }),
        );
    const channels = track.channels === 2 ? 2 : 1;
    const audio = sound
      ? new AudioReceiver(channels, ({ samples, captureMs, arrivedMs }) =>
          this.play({ kind: "sound", track: track.id, channels, samples, captureMs, arrivedMs }, [samples.buffer]),
        )
      : null;
    this.receivers.set(track.id, {
      track,
      audio,
      video,
      replay: new ReplayWindow(),
      bytes: 0,
      opened: false,
      toldUnreadable: false,
      playout: null,
    });
    for (const [view, { track: shown, painter }] of this.painters) {
      if (shown === track.id) video?.addPainter(view, painter);
    }
  }

  private forget(id: number, receiver: Receiver): void {
    receiver.audio?.close();
    receiver.video?.close();
    if (receiver.audio) this.play({ kind: "gone", track: id });
    this.receivers.delete(id);
  }

  // Opening is asynchronous; one after the other keeps the order.
  private arrived({ bytes, arrivedMs }: LinkToDownlink): void {
    const object = new Uint8Array(bytes);
    const header = decodeObjectHeader(object);
    const receiver = header && this.receivers.get(header.track);
    if (!receiver) return;
    this.opened = this.opened.then(() => this.receive(receiver, header, object, arrivedMs)).catch(() => {}); // what a decoder does not take must not stop what comes after it
  }

  private async receive(
    receiver: Receiver,
    header: ObjectHeader,
    object: Uint8Array,
    arrivedMs: number,
  ): Promise<void> {
    const opened = await this.opener?.open(
      object.subarray(OBJECT_HEADER_BYTES),
      object.subarray(4, OBJECT_HEADER_BYTES),
    );
    const expected = (receiver.track.session << 8n) | BigInt(header.track & 0xff);
    // What another key sealed, or what was said before, is nobody's voice.
    if (!opened || opened.kid !== expected || !receiver.replay.accept(opened.counter)) {
      if (!opened && !receiver.toldUnreadable && !receiver.opened) {
        receiver.toldUnreadable = true;
        post({ kind: "unreadable", track: header.track });
      }
      return;
    }
    if (this.receivers.get(header.track) !== receiver) return; // gone meanwhile
    receiver.opened = true;
    receiver.bytes += object.length;
    receiver.audio?.receive(header, opened.plaintext, arrivedMs);
    receiver.video?.receive(header, opened.plaintext);
  }

  private played(report: PlayoutReport): void {
    const now = nowMs();
    const levels = new Map<string, number>();
    for (const stream of report.streams) {
      const receiver = this.receivers.get(stream.track);
      if (!receiver) continue;
      receiver.playout = stream;
      const { person, kind } = receiver.track;
      levels.set(person, Math.max(levels.get(person) ?? 0, stream.peak));
      if (kind === "microphone") this.sync.heard(person, stream.captureMs, now);
    }
    post({ kind: "levels", levels: [...levels].map(([person, peak]) => ({ person, meter: meterOfPeak(peak) })) });
  }

  private askForKeyframes(): void {
    const now = nowMs();
    for (const [track, { video }] of this.receivers) {
      const spatial = video?.takeKeyframeRequest(now) ?? null;
      if (spatial === null) continue;
      const wish: DownlinkToLink = { kind: "keyframe-wanted", track, spatial };
      this.link?.postMessage(wish);
    }
  }

  private figures(): ReceivedFigures[] {
    return [...this.receivers.values()].map(({ track, audio, video, bytes, playout }) => ({
      track: track.id,
      bytes,
      frames: video?.frames ?? audio?.packets ?? 0,
      lost: video?.lost ?? audio?.lost ?? 0,
      layer: video?.layer ?? 0,
      width: video?.size.width ?? 0,
      height: video?.size.height ?? 0,
      jitterMs: playout?.jitterMs ?? 0,
      playoutDelayMs: playout?.delayMs ?? 0,
      latencyMs: video ? video.latencyMs : this.sync.delayOf(track.person),
    }));
  }

  private play(message: ToPlayout, transfer: Transferable[] = []): void {
    this.playout?.postMessage(message, transfer);
  }
}

// 0 at -60 dB and below.
function meterOfPeak(peak: number): number {
  return peak <= 0.001 ? 0 : Math.min(1, 1 + (20 * Math.log10(peak)) / 60);
}

function post(message: FromDownlink): void {
  self.postMessage(message);
}

const downlink = new Downlink();
self.onmessage = (event: MessageEvent<ToDownlink>) => downlink.take(event.data);
