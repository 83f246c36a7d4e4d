// What this page sends: its devices, their way into the uplink worker, and what the room is told of them.
import { Codec as WireCodec, TrackKind as WireKind } from "../../protocol/messages/room_pb";
import type { BlurState, Codec, DeviceProblem, Layer, OwnDevice, Person, TrackKind } from "../types";
import type { ClientBody } from "../workerMessages";
import type { AudioGraph } from "./audioGraph";
import { type Blurred, blurred, canBlur } from "./blur/blur";
import { encodable, screenCodec, type VideoCodec } from "./codecs";
import { close, type Opened, openCamera, openMicrophone, openScreen, problemOfLoss } from "./devices";
import { framesOf } from "./frames";
import { planLayers } from "./layers";
import type { FromUplink, SentFigures, ToUplink } from "./messages";
import { soundOf } from "./soundFrames";

export const MICROPHONE = 0;
export const CAMERA = 1;
export const SCREEN = 2;
export const SCREEN_AUDIO = 3;

const VOICE = { bitrate: 32_000, channels: 1 };
const SCREEN_SOUND = { bitrate: 96_000, channels: 2 };
const SCREEN_RATE = 15; // frames a second
const CAMERA_CODEC: VideoCodec = "vp8";
const WIRE_CODECS: Record<Codec, WireCodec> = {
  opus: WireCodec.OPUS,
  vp8: WireCodec.VP8,
  vp9: WireCodec.VP9,
  h264: WireCodec.H264,
  av1: WireCodec.AV1,
};
const OFF: OwnDevice = { state: "off", deviceId: "", problem: null };

interface Publication {
  readonly case: "publish";
  readonly value: {
    readonly index: number;
    readonly kind: WireKind;
    readonly codec: WireCodec;
    readonly muted: boolean;
    readonly layers: Layer[];
    readonly channels: number;
  };
}

export interface SendingEvents {
  changed(): void;
  spokeWhileMuted(): void;
}

export class Sending {
  microphone = OFF;
  camera = OFF;
  screen = OFF;
  cameraStream: MediaStream | null = null;
  screenStream: MediaStream | null = null;
  level = 0; // 0…1, what the microphone hears
  figures: readonly SentFigures[] = [];
  blur: BlurState = canBlur() ? "off" : "unsupported";
  private openedCamera: MediaStream | null = null;
  private blurred: Blurred | null = null;
  private microphoneStream: MediaStream | null = null;
  private readonly publications = new Map<number, Publication>();
  private readonly asked = new Map<number, number>(); // by index: the latest request for a device wins
  private people: readonly Person[] = [];
  private screenEncodes: readonly VideoCodec[] = [];

  constructor(
    private readonly uplink: Worker,
    private readonly graph: AudioGraph,
    private readonly send: (body: ClientBody) => void,
    private readonly events: SendingEvents,
  ) {
    uplink.addEventListener("message", (event: MessageEvent<FromUplink>) => this.heard(event.data));
  }

  async useMicrophone(deviceId: string | null): Promise<void> {
    const muted = this.microphone.state === "muted";
    this.dropMicrophone();
    this.microphone = deviceId === null ? OFF : { state: "starting", deviceId, problem: null };
    this.events.changed();
    const opened = await this.latest(MICROPHONE, deviceId, openMicrophone);
    if (!opened) return;
    this.microphone = ownDevice(opened, opened.stream?.getAudioTracks()[0], deviceId ?? "");
    if (opened.stream) {
      this.microphoneStream = opened.stream;
      this.sendSound(MICROPHONE, WireKind.MICROPHONE, opened.stream, VOICE);
      whenEnded(opened.stream, () => void this.lostMicrophone());
    }
    if (muted && this.microphone.state === "on") this.setMicrophoneMuted(true);
    this.events.changed();
  }

  setMicrophoneMuted(muted: boolean): void {
    if (this.microphone.state !== (muted ? "on" : "muted")) return;
    this.microphone = { ...this.microphone, state: muted ? "muted" : "on" };
    this.tell({ kind: "audio-muted", index: MICROPHONE, muted });
    if (this.microphoneStream) this.graph.setMuted(this.microphoneStream, muted);
    const publication = this.publications.get(MICROPHONE);
    if (publication) this.publications.set(MICROPHONE, { ...publication, value: { ...publication.value, muted } });
    this.send({ case: "setMuted", value: { index: MICROPHONE, muted } });
    this.events.changed();
  }

  async useCamera(deviceId: string | null): Promise<void> {
    this.dropCamera();
    this.camera = deviceId === null ? OFF : { state: "starting", deviceId, problem: null };
    this.events.changed();
    const opened = await this.latest(CAMERA, deviceId, openCamera);
    if (!opened) return;
    const track = opened.stream?.getVideoTracks()[0];
    if (opened.stream && track) {
      whenEnded(opened.stream, () => void this.lostCamera());
      const asked = this.asked.get(CAMERA);
      const shown = await this.withBlur(opened.stream);
      if (this.asked.get(CAMERA) !== asked) {
        close(opened.stream);
        this.blurred?.stop();
        return;
      }
      this.openedCamera = opened.stream;
      this.cameraStream = shown;
      const [sent = track] = shown.getVideoTracks();
      this.sendPictures(CAMERA, WireKind.CAMERA, CAMERA_CODEC, layersOf(CAMERA, track.getSettings()), sent);
    }
    this.camera = ownDevice(opened, track, deviceId ?? "");
    this.events.changed();
  }

  // Of one's own camera's background.
  async setBlur(on: boolean): Promise<void> {
    if (this.blur === "unsupported") return;
    this.blur = on ? "on" : "off";
    if (this.camera.state === "on") await this.useCamera(this.camera.deviceId);
    else this.events.changed();
  }

  // The stream itself where blur is off or cannot be had.
  private async withBlur(stream: MediaStream): Promise<MediaStream> {
    if (this.blur !== "on") return stream;
    try {
      this.blurred = await blurred(stream, () => this.lostBlur());
      return this.blurred.stream;
    } catch {
      this.blur = "failed";
      return stream;
    }
  }

  private lostBlur(): void {
    this.blur = "failed";
    if (this.camera.state === "on") void this.useCamera(this.camera.deviceId);
  }

  async shareScreen(withAudio: boolean): Promise<void> {
    this.stopSharing();
    this.screen = { state: "starting", deviceId: "", problem: null };
    this.events.changed();
    const opened = await this.latest(SCREEN, "", () => openScreen(withAudio));
    if (!opened) return;
    const track = opened.stream?.getVideoTracks()[0];
    const thoughtBetter = opened.problem === "none";
    this.screen = thoughtBetter ? OFF : ownDevice(opened, track, "");
    if (opened.stream && track) {
      this.screenStream = opened.stream;
      whenEnded(opened.stream, () => this.stopSharing());
      const layers = layersOf(SCREEN, track.getSettings());
      this.screenEncodes = await encodable(
        layers[0] ?? { width: 1280, height: 720, bitrate: 1_000_000, frameRate: 15 },
      );
      if (this.screenStream !== opened.stream) return; // stopped meanwhile
      this.sendPictures(SCREEN, WireKind.SCREEN, this.screenCodec(), layers, track);
      if (opened.stream.getAudioTracks().length > 0) {
        this.sendSound(SCREEN_AUDIO, WireKind.SCREEN_AUDIO, opened.stream, SCREEN_SOUND);
      }
    }
    this.events.changed();
  }

  stopSharing(): void {
    this.asked.set(SCREEN, (this.asked.get(SCREEN) ?? 0) + 1);
    if (this.screenStream) this.graph.stop(this.screenStream);
    close(this.screenStream);
    this.screenStream = null;
    this.unpublish(SCREEN);
    this.unpublish(SCREEN_AUDIO);
    if (this.screen.state === "off") return;
    this.screen = OFF;
    this.events.changed();
  }

  // Somebody who came may not decode the codec in which the screen is sent.
  setPeople(people: readonly Person[]): void {
    this.people = people;
    const track = this.screenStream?.getVideoTracks()[0];
    const published = this.publications.get(SCREEN);
    const codec = this.screenCodec();
    if (!track || !published || published.value.codec === WIRE_CODECS[codec]) return;
    this.sendPictures(SCREEN, WireKind.SCREEN, codec, layersOf(SCREEN, track.getSettings()), track);
  }

  // A moderator muted or stopped one of our tracks: the room knows it already.
  silencedByOther(kind: TrackKind): void {
    if (kind === "microphone") this.setMicrophoneMuted(true);
    else if (kind === "camera") void this.useCamera(null);
    else this.stopSharing();
  }

  // The room counts from 1 again: it is told everything anew.
  publishAgain(): void {
    for (const publication of this.publications.values()) this.send(publication);
  }

  keyframeWanted(index: number, spatial: number): void {
    this.tell({ kind: "keyframe-wanted", index, spatial });
  }

  layersWanted(index: number, spatial: readonly number[]): void {
    this.tell({ kind: "layers-wanted", index, spatial });
  }

  close(): void {
    this.dropMicrophone();
    this.dropCamera();
    this.stopSharing();
  }

  // Opens a device; nothing when it was asked for something else meanwhile, or for none.
  private async latest(
    index: number,
    deviceId: string | null,
    open: (deviceId: string) => Promise<Opened>,
  ): Promise<Opened | null> {
    const number = (this.asked.get(index) ?? 0) + 1;
    this.asked.set(index, number);
    if (deviceId === null) return null;
    const opened = await open(deviceId);
    if (this.asked.get(index) === number) return opened;
    close(opened.stream);
    return null;
  }

  private screenCodec(): VideoCodec {
    return screenCodec(this.screenEncodes, this.people, navigator.hardwareConcurrency);
  }

  private sendSound(index: number, kind: WireKind, stream: MediaStream, { bitrate, channels }: typeof VOICE): void {
    const [track] = stream.getAudioTracks();
    const frames = track ? soundOf(track) : null;
    if (frames) {
      this.tell({ kind: "audio", index, from: { frames }, channels, bitrate }, [frames]);
      this.graph.add(stream);
    } else {
      const { port1: port, port2 } = new MessageChannel();
      this.tell({ kind: "audio", index, from: { port }, channels, bitrate }, [port]);
      this.graph.capture(stream, channels, port2);
    }
    this.publish(index, kind, "opus", [], channels);
  }

  private sendPictures(
    index: number,
    kind: WireKind,
    codec: VideoCodec,
    layers: readonly Layer[],
    track: MediaStreamTrack,
  ): void {
    const frames = framesOf(track);
    this.tell({ kind: "video", index, codec, layers, frames }, [frames]);
    this.publish(index, kind, codec, layers, 0);
  }

  private publish(index: number, kind: WireKind, codec: Codec, layers: readonly Layer[], channels: number): void {
    const value = { index, kind, codec: WIRE_CODECS[codec], muted: false, layers: [...layers], channels };
    const publication: Publication = { case: "publish", value };
    this.publications.set(index, publication);
    this.send(publication);
  }

  private unpublish(index: number): void {
    if (!this.publications.delete(index)) return;
    this.tell({ kind: "stop", index });
    this.send({ case: "unpublish", value: { index } });
  }

  // The pictures have another shape than the layers: these are planned anew.
  private resized(index: number, width: number, height: number): void {
    const published = this.publications.get(index);
    if (!published) return;
    const layers = layersOf(index, { width, height });
    this.tell({ kind: "layers", index, layers });
    const publication: Publication = { case: "publish", value: { ...published.value, layers } };
    this.publications.set(index, publication);
    this.send(publication);
  }

  private dropMicrophone(): void {
    if (this.microphoneStream) this.graph.stop(this.microphoneStream);
    close(this.microphoneStream);
    this.microphoneStream = null;
    this.level = 0;
    this.unpublish(MICROPHONE);
  }

  private dropCamera(): void {
    this.blurred?.stop();
    this.blurred = null;
    close(this.openedCamera);
    this.openedCamera = null;
    this.cameraStream = null;
    this.unpublish(CAMERA);
  }

  // Another device takes over where there is one; what was muted stays muted.
  private async lostMicrophone(): Promise<void> {
    const problem = await problemOfLoss("microphone");
    if (problem === "gone") await this.useMicrophone("");
    else await this.useMicrophone(null);
    this.microphone = { ...this.microphone, problem };
    this.events.changed();
  }

  private async lostCamera(): Promise<void> {
    const problem = await problemOfLoss("camera");
    await this.useCamera(null);
    this.camera = { ...this.camera, problem };
    this.events.changed();
  }

  private failed(index: number): void {
    if (index === MICROPHONE) {
      this.dropMicrophone();
      this.microphone = { ...OFF, problem: "failed" };
    } else if (index === CAMERA) {
      this.dropCamera();
      this.camera = { ...OFF, problem: "failed" };
    } else {
      this.stopSharing();
      this.screen = { ...OFF, problem: "failed" };
    }
    this.events.changed();
  }

  private heard(message: FromUplink): void {
    switch (message.kind) {
      case "level":
        if (message.index !== MICROPHONE) break;
        this.level = message.meter;
        if (message.voice && this.microphone.state === "muted") this.events.spokeWhileMuted();
        break;
      case "figures":
        this.figures = message.streams;
        break;
      case "failed":
        this.failed(message.index);
        break;
      case "resized":
        this.resized(message.index, message.width, message.height);
        break;
      case "ended":
        break; // the track says so as well
    }
  }

  private tell(message: ToUplink, transfer: Transferable[] = []): void {
    this.uplink.postMessage(message, transfer);
  }
}

function layersOf(index: number, { width = 640, height = 360, frameRate = 30 }: MediaTrackSettings): Layer[] {
  return index === SCREEN
    ? planLayers(width, height, SCREEN_RATE, 1)
    : planLayers(width, height, Math.min(30, frameRate));
}

function ownDevice(opened: Opened, track: MediaStreamTrack | undefined, deviceId: string): OwnDevice {
  const problem: DeviceProblem | null = opened.problem ?? (track ? null : "none");
  if (problem) return { ...OFF, problem };
  return { state: "on", deviceId: track?.getSettings().deviceId ?? deviceId, problem: null };
}

// A device that is pulled out, or a permission that is taken back; not our own stopping.
function whenEnded(stream: MediaStream, ended: () => void): void {
  for (const track of stream.getTracks()) track.addEventListener("ended", ended, { once: true });
}
