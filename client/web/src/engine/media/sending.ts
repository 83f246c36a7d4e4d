// What this page sends: its devices, their way into the uplink worker, and what the room is told of them.
import { Codec as WireCodec, TrackKind as WireKind } from "../../protocol/messages/room_pb";
import type { Codec, DeviceProblem, Layer, OwnDevice, TrackKind } from "../types";
import type { ClientBody } from "../workerMessages";
import type { AudioGraph } from "./audioGraph";
import { close, type Opened, openCamera, openMicrophone, openScreen } from "./devices";
import { framesOf } from "./frames";
import { planLayers } from "./layers";
import type { FromUplink, SentFigures, ToUplink } from "./messages";

export const MICROPHONE = 0;
export const CAMERA = 1;
export const SCREEN = 2;
export const SCREEN_AUDIO = 3;

const VOICE_BITRATE = 32_000;
const SCREEN_AUDIO_BITRATE = 64_000;
const SCREEN_RATE = 15; // frames a second
const CAMERA_CODEC: Codec = "vp8";
// Sharper than VP8 at the same rate, and every client of this release reads it.
const SCREEN_CODEC: Codec = "vp9";
const WIRE_CODECS: Record<Codec, WireCodec> = {
  opus: WireCodec.OPUS,
  vp8: WireCodec.VP8,
  vp9: WireCodec.VP9,
  h264: WireCodec.H264,
  av1: WireCodec.AV1,
};
const OFF: OwnDevice = { state: "off", deviceId: "", problem: null };

type Publication = Extract<ClientBody, { case: "publish" }>;

export class Sending {
  microphone = OFF;
  camera = OFF;
  screen = OFF;
  cameraStream: MediaStream | null = null;
  screenStream: MediaStream | null = null;
  level = 0; // 0…1, what the microphone hears
  figures: readonly SentFigures[] = [];
  private microphoneStream: MediaStream | null = null;
  private readonly publications = new Map<number, Publication>();
  private readonly asked = new Map<number, number>(); // by index: the latest request for a device wins

  constructor(
    private readonly uplink: Worker,
    private readonly graph: AudioGraph,
    private readonly send: (body: ClientBody) => void,
    private readonly changed: () => void,
  ) {
    uplink.addEventListener("message", (event: MessageEvent<FromUplink>) => this.heard(event.data));
  }

  async useMicrophone(deviceId: string | null): Promise<void> {
    const muted = this.microphone.state === "muted";
    this.dropMicrophone();
    this.microphone = deviceId === null ? OFF : { state: "starting", deviceId, problem: null };
    this.changed();
    const opened = await this.latest(MICROPHONE, deviceId, openMicrophone);
    if (!opened) return;
    this.microphone = ownDevice(opened, opened.stream?.getAudioTracks()[0], deviceId ?? "");
    if (opened.stream) {
      this.microphoneStream = opened.stream;
      this.sendSound(MICROPHONE, WireKind.MICROPHONE, opened.stream, VOICE_BITRATE);
      whenEnded(opened.stream, () => this.lostMicrophone());
    }
    if (muted && this.microphone.state === "on") this.setMicrophoneMuted(true);
    this.changed();
  }

  setMicrophoneMuted(muted: boolean): void {
    if (this.microphone.state !== (muted ? "on" : "muted")) return;
    this.microphone = { ...this.microphone, state: muted ? "muted" : "on" };
    this.tell({ kind: "audio-muted", index: MICROPHONE, muted });
    const publication = this.publications.get(MICROPHONE);
    if (publication) this.publications.set(MICROPHONE, { ...publication, value: { ...publication.value, muted } });
    this.send({ case: "setMuted", value: { index: MICROPHONE, muted } });
    this.changed();
  }

  async useCamera(deviceId: string | null): Promise<void> {
    this.dropCamera();
    this.camera = deviceId === null ? OFF : { state: "starting", deviceId, problem: null };
    this.changed();
    const opened = await this.latest(CAMERA, deviceId, openCamera);
    if (!opened) return;
    const track = opened.stream?.getVideoTracks()[0];
    this.camera = ownDevice(opened, track, deviceId ?? "");
    if (opened.stream && track) {
      this.cameraStream = opened.stream;
      const { width = 640, height = 360, frameRate = 30 } = track.getSettings();
      const layers = planLayers(width, height, Math.min(30, frameRate));
      this.sendPictures(CAMERA, WireKind.CAMERA, CAMERA_CODEC, layers, track);
      whenEnded(opened.stream, () => this.lostCamera());
    }
    this.changed();
  }

  async shareScreen(withAudio: boolean): Promise<void> {
    this.stopSharing();
    this.screen = { state: "starting", deviceId: "", problem: null };
    this.changed();
    const opened = await this.latest(SCREEN, "", () => openScreen(withAudio));
    if (!opened) return;
    const track = opened.stream?.getVideoTracks()[0];
    const thoughtBetter = opened.problem === "none";
    this.screen = thoughtBetter ? OFF : ownDevice(opened, track, "");
    if (opened.stream && track) {
      this.screenStream = opened.stream;
      const { width = 1280, height = 720 } = track.getSettings();
      this.sendPictures(SCREEN, WireKind.SCREEN, SCREEN_CODEC, planLayers(width, height, SCREEN_RATE, 1), track);
      if (opened.stream.getAudioTracks().length > 0) {
        this.sendSound(SCREEN_AUDIO, WireKind.SCREEN_AUDIO, opened.stream, SCREEN_AUDIO_BITRATE);
      }
      whenEnded(opened.stream, () => this.stopSharing());
    }
    this.changed();
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
    this.changed();
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

  private sendSound(index: number, kind: WireKind, stream: MediaStream, bitrate: number): void {
    const { port1, port2 } = new MessageChannel();
    this.tell({ kind: "audio", index, port: port1, bitrate }, [port1]);
    this.graph.capture(stream, port2);
    this.publish(index, kind, "opus", [], 1);
  }

  private sendPictures(
    index: number,
    kind: WireKind,
    codec: Codec,
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

  private dropMicrophone(): void {
    if (this.microphoneStream) this.graph.stop(this.microphoneStream);
    close(this.microphoneStream);
    this.microphoneStream = null;
    this.level = 0;
    this.unpublish(MICROPHONE);
  }

  private dropCamera(): void {
    close(this.cameraStream);
    this.cameraStream = null;
    this.unpublish(CAMERA);
  }

  private lostMicrophone(): void {
    this.dropMicrophone();
    this.microphone = { ...OFF, problem: "gone" };
    this.changed();
  }

  private lostCamera(): void {
    this.dropCamera();
    this.camera = { ...OFF, problem: "gone" };
    this.changed();
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
    this.changed();
  }

  private heard(message: FromUplink): void {
    if (message.kind === "level" && message.index === MICROPHONE) this.level = message.meter;
    if (message.kind === "figures") this.figures = message.streams;
    if (message.kind === "failed") this.failed(message.index);
  }

  private tell(message: ToUplink, transfer: Transferable[] = []): void {
    this.uplink.postMessage(message, transfer);
  }
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
