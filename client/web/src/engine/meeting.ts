// A meeting as the page sees it: puts link, keys, room state, devices and media together.
import {
  Quality,
  type ServerMessage,
  Codec as WireCodec,
  TrackKind as WireKind,
  Role as WireRole,
} from "../protocol/messages/room_pb";
import { ChatCipher, type ChatContent } from "./crypto/chatCipher";
import { newMediaSession, type RoomKeys } from "./crypto/keys";
import LinkWorker from "./link/link.worker?worker";
import { LinkClient } from "./linkClient";
import { AudioGraph } from "./media/audioGraph";
import { decodable } from "./media/codecs";
import DownlinkWorker from "./media/downlink.worker?worker";
import type { ToDownlink, ToUplink } from "./media/messages";
import { Receiving } from "./media/receiving";
import { Sending } from "./media/sending";
import type { PictureElement } from "./media/surface";
import UplinkWorker from "./media/uplink.worker?worker";
import { CpuPressure } from "./pressure";
import {
  chatDropped,
  chatFailed,
  chatOpened,
  chatQueued,
  chatTriedAgain,
  EMPTY_ROOM,
  missingChatAfter,
  type PendingChat,
  type RoomState,
  reduce,
  type SealedChat,
  unconfirmedChat,
} from "./state/roomState";
import { collect, type Rates } from "./statistics";
import {
  type Ending,
  type Meeting,
  MeetingError,
  type MeetingNotice,
  type MeetingState,
  type Phase,
  type Role,
  type Statistics,
  type VideoView,
} from "./types";
import type { ClientBody } from "./workerMessages";

// What master gives whoever may come in.
export interface Admission {
  readonly token: string;
  readonly url: string; // wss://HOST[:PORT]/link/conference/ROOM
}

export interface MeetingOptions {
  readonly room: string;
  readonly keys: RoomKeys;
  readonly release: string;
  // Asks master, for the first time and when the server does not know the link any more. Rejects with MeetingError.
  readonly admission: () => Promise<Admission>;
}

const STATISTICS_MS = 1000;
const WEAK_ROUND_TRIP_MS = 400;
const WEAK_BACKLOG_MS = 300;
const CONNECTION_EVERY_MS = 2000;
const HIDDEN_MS = 3000; // a glance at another tab
const MUTED_HINT_EVERY_MS = 10_000;
const WIRE_CODECS = { vp8: WireCodec.VP8, vp9: WireCodec.VP9, h264: WireCodec.H264, av1: WireCodec.AV1 };
const WIRE_ROLES: Record<Role, WireRole> = {
  guest: WireRole.GUEST,
  moderator: WireRole.MODERATOR,
  host: WireRole.HOST,
};

export class LiveMeeting implements Meeting {
  state: MeetingState;
  private room: RoomState = EMPTY_ROOM;
  private phase: Phase = { kind: "connecting" };
  private quality: MeetingState["quality"] = "good";
  private readonly session = newMediaSession();
  private readonly workers = { link: new LinkWorker(), uplink: new UplinkWorker(), downlink: new DownlinkWorker() };
  private readonly graph = new AudioGraph();
  private readonly link: LinkClient;
  private readonly sending: Sending;
  private readonly receiving: Receiving;
  private readonly cipher: Promise<ChatCipher>;
  private readonly listeners = new Set<() => void>();
  private readonly noticed = new Set<(notice: MeetingNotice) => void>();
  private readonly watching = new Set<(statistics: Statistics) => void>();
  private readonly volumes = new Map<string, number>();
  private readonly timer: ReturnType<typeof setInterval>;
  private rates: Rates = new Map();
  private readonly onNetwork = () => this.link.networkChanged();
  private readonly onTouch = () => void this.graph.wake();
  private readonly onVisibility = () => this.visibilityChanged();
  private readonly pressure = new CpuPressure();
  private decodes: WireCodec[] = [];
  private route = "";
  private recording = false;
  private saidConnection = { quality: "unknown", atMs: Number.NEGATIVE_INFINITY };
  private hintedMutedMs = Number.NEGATIVE_INFINITY;
  private hiding: ReturnType<typeof setTimeout> | undefined;

  private constructor(private readonly options: MeetingOptions) {
    this.link = new LinkClient(this.workers.link, {
      opened: (restored) => this.opened(restored),
      resumed: () => this.enter(),
      reconnecting: () => this.setPhase({ kind: "reconnecting", since: performance.now() }),
      tokenWanted: () => void this.rejoin(),
      message: (message) => this.said(message),
      ended: (ending, release) => this.end(ending, release),
    });
    const say = (body: ClientBody) => this.link.say(body);
    this.sending = new Sending(this.workers.uplink, this.graph, say, {
      changed: () => this.changed(),
      spokeWhileMuted: () => this.hintMuted(),
    });
    this.receiving = new Receiving(this.workers.downlink, say, () => this.changed());
    this.cipher = ChatCipher.create(options.keys.chatBaseKey, this.session, options.room);
    this.state = this.snapshot();
    this.timer = setInterval(() => this.everySecond(), STATISTICS_MS);
    for (const event of ["online", "focus"]) window.addEventListener(event, this.onNetwork);
    // A browser may keep sound back until somebody touches the page.
    for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, this.onTouch);
    for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, this.onVisibility);
    this.pressure.start();
  }

  // Connects; rejects when master lets nobody in or sound cannot be had at all.
  static async open(options: MeetingOptions): Promise<LiveMeeting> {
    const meeting = new LiveMeeting(options);
    try {
      await meeting.start();
    } catch (error) {
      meeting.dispose();
      throw error;
    }
    return meeting;
  }

  private async start(): Promise<void> {
    const up = new MessageChannel();
    const down = new MessageChannel();
    const playout = new MessageChannel();
    // Workers and worklets load while master is asked.
    const [admission, decodes] = await Promise.all([
      this.options.admission(),
      decodable(),
      this.graph.start(playout.port2),
    ]);
    this.route = new URL(admission.url).origin;
    this.decodes = decodes.map((codec) => WIRE_CODECS[codec]);
    const baseKey = this.options.keys.mediaBaseKey;
    const uplink: ToUplink = { kind: "start", link: up.port2, baseKey, session: this.session };
    this.workers.uplink.postMessage(uplink, [up.port2]);
    const downlink: ToDownlink = { kind: "start", link: down.port2, playout: playout.port1, baseKey };
    this.workers.downlink.postMessage(downlink, [down.port2, playout.port1]);
    const { url, token } = admission;
    this.link.open({ url, token, release: this.options.release }, up.port1, down.port1);
  }

  // ---- what the page asks ----

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  onNotice(listener: (notice: MeetingNotice) => void): () => void {
    this.noticed.add(listener);
    return () => this.noticed.delete(listener);
  }
  onStatistics(listener: (statistics: Statistics) => void): () => void {
    this.watching.add(listener);
    return () => this.watching.delete(listener);
  }

  useMicrophone(deviceId: string | null): Promise<void> {
    return this.sending.useMicrophone(deviceId);
  }
  setMicrophoneMuted(muted: boolean): void {
    this.sending.setMicrophoneMuted(muted);
  }
  useCamera(deviceId: string | null): Promise<void> {
    return this.sending.useCamera(deviceId);
  }
  setBlur(on: boolean): Promise<void> {
    return this.sending.setBlur(on);
  }
  shareScreen(withAudio: boolean): Promise<void> {
    return this.sending.shareScreen(withAudio);
  }
  stopSharing(): void {
    this.sending.stopSharing();
  }
  get cameraStream(): MediaStream | null {
    return this.sending.cameraStream;
  }
  get screenStream(): MediaStream | null {
    return this.sending.screenStream;
  }
  microphoneLevel(): number {
    return this.sending.level;
  }

  showVideo(track: number, element: PictureElement, width: number, height: number): VideoView {
    return this.receiving.show(track, element, width, height);
  }
  useSpeaker(deviceId: string): Promise<void> {
    return this.graph.useSpeaker(deviceId);
  }
  setVolume(person: string, volume: number): void {
    this.volumes.set(person, Math.min(2, Math.max(0, volume)));
    this.applyVolumes();
  }
  volume(person: string): number {
    return this.volumes.get(person) ?? 1;
  }
  level(person: string): number {
    return this.receiving.level(person);
  }

  sendChat(text: string, to: string, replyTo = ""): Promise<void> {
    return this.queueChat({ text, replyTo, reaction: "", withdrawn: false }, to);
  }
  async sendChatAgain(id: string): Promise<void> {
    this.setRoom(chatTriedAgain(this.room, id));
    const queued = unconfirmedChat(this.room).find(({ line }) => line.id === id);
    if (queued) await this.sendPending(queued);
  }
  dropChat(id: string): void {
    this.setRoom(chatDropped(this.room, id));
  }
  async reactToChat(id: string, reaction: string, withdrawn: boolean): Promise<void> {
    const line = this.room.chat.find((each) => each.id === id);
    if (!line) return;
    // Among the two who read the line.
    const to = line.to === this.room.you ? line.from : line.to;
    await this.queueChat({ text: "", replyTo: id, reaction, withdrawn }, to);
  }
  setHand(raised: boolean): Promise<void> {
    return this.link.ask({ case: "setHand", value: { raised } });
  }
  react(reaction: string): Promise<void> {
    return this.link.ask({ case: "react", value: { reaction } });
  }
  async setRecording(recording: boolean): Promise<void> {
    await this.link.ask({ case: "setRecording", value: { recording } });
    this.recording = recording;
  }
  mixedSound(): MediaStream {
    return this.graph.mixed();
  }
  async leave(): Promise<void> {
    this.link.leave();
    this.end({ code: "left", message: "You have left the meeting." }, "");
  }

  mute(participant: string, kind: "microphone" | "camera"): Promise<void> {
    return this.link.ask({ case: "muteParticipant", value: { participant, kind: wireKind(kind) } });
  }
  askToUnmute(participant: string, kind: "microphone" | "camera"): Promise<void> {
    return this.link.ask({ case: "askToUnmute", value: { participant, kind: wireKind(kind) } });
  }
  stopTrack(track: number): Promise<void> {
    return this.link.ask({ case: "stopTrack", value: { track } });
  }
  remove(participant: string, ban: boolean): Promise<void> {
    return this.link.ask({ case: "removeParticipant", value: { participant, ban } });
  }
  setLocked(locked: boolean): Promise<void> {
    return this.link.ask({ case: "setLocked", value: { locked } });
  }
  setLobby(lobby: boolean): Promise<void> {
    return this.link.ask({ case: "setLobby", value: { lobby } });
  }
  admit(persons: readonly string[], admit: boolean): Promise<void> {
    return this.link.ask({ case: "admit", value: { participants: [...persons], admit } });
  }
  setRole(participant: string, role: Role): Promise<void> {
    return this.link.ask({ case: "setRole", value: { participant, role: WIRE_ROLES[role] } });
  }
  lowerHand(participant: string): Promise<void> {
    return this.link.ask({ case: "lowerHand", value: { participant } });
  }
  closeRoom(): Promise<void> {
    return this.link.ask({ case: "closeRoom", value: {} });
  }

  // ---- what the link says ----

  private opened(restored: boolean): void {
    this.link.say({ case: "setMediaSession", value: { mediaSession: this.session, decodes: this.decodes } });
    this.saidConnection = { quality: "unknown", atMs: Number.NEGATIVE_INFINITY };
    // Which tracks we send and wish for is said once the snapshot is here: a guest may wait in the lobby first.
    if (!restored) this.room = { ...EMPTY_ROOM, chatState: this.room.chatState, chat: this.room.chat };
  }

  private async rejoin(): Promise<void> {
    try {
      this.link.useToken((await this.options.admission()).token);
    } catch (error) {
      const known = error instanceof MeetingError;
      const code = known ? error.code : "connection-lost";
      this.end({ code, message: known ? error.message : "The meeting cannot be reached." }, "");
    }
  }

  private said(message: ServerMessage): void {
    const { body } = message;
    if (body.case === "keyframeWanted") {
      this.sending.keyframeWanted(body.value.track & 0xff, body.value.spatial);
      return;
    }
    if (body.case === "layersWanted") {
      this.sending.layersWanted(body.value.track & 0xff, body.value.spatial);
      return;
    }
    const before = this.room;
    const { state, notices, toOpen } = reduce(before, message);
    this.setRoom(state);
    if (body.case === "snapshot") this.begin();
    if (body.case === "waiting") this.setPhase({ kind: "waiting" });
    if (body.case === "snapshot" || body.case === "chatHistory") this.catchUp();
    if (state.people !== before.people || state.sessions !== before.sessions) this.peopleChanged();
    void this.openChat(toOpen);
    for (const notice of notices) this.tellNotice(notice);
  }

  // The room has told us all it knows; now we tell it.
  private begin(): void {
    const you = this.room.people.find((person) => person.you);
    const number: ToUplink = { kind: "number", number: you?.number ?? 0 };
    this.workers.uplink.postMessage(number);
    this.sending.publishAgain();
    this.receiving.subscribeAgain();
    if (this.recording) this.link.say({ case: "setRecording", value: { recording: true } });
    this.enter();
  }

  private enter(): void {
    this.setPhase(this.room.stage === "lobby" ? { kind: "waiting" } : { kind: "in" });
  }

  // What was missed, and then what we said meanwhile: the server drops what it has already.
  private catchUp(): void {
    const after = missingChatAfter(this.room);
    if (after !== null) this.link.say({ case: "getChat", value: { after: BigInt(after) } });
    else for (const pending of unconfirmedChat(this.room)) void this.sendPending(pending).catch(() => {});
  }

  private async queueChat(content: ChatContent, to: string): Promise<void> {
    const sealed = await (await this.cipher).seal(content);
    const id = crypto.getRandomValues(new Uint8Array(16));
    this.setRoom(chatQueued(this.room, { id, sealed, content, to, sentAt: Date.now() }));
    const queued = unconfirmedChat(this.room).at(-1);
    if (queued) await this.sendPending(queued);
  }

  private async sendPending({ id, sealed, line }: PendingChat): Promise<void> {
    try {
      await this.link.ask({ case: "sendChat", value: { id, sealed, to: line.to } });
    } catch (error) {
      // An interruption is no refusal: it is sent again when the room is back.
      if (error instanceof MeetingError && error.code === "interrupted") return;
      this.setRoom(chatFailed(this.room, line.id));
      throw error;
    }
  }

  private async openChat(lines: readonly SealedChat[]): Promise<void> {
    const cipher = await this.cipher;
    for (const { id, sealed } of lines) {
      const content = await cipher.open(sealed);
      this.setRoom(chatOpened(this.room, id, content));
    }
  }

  private peopleChanged(): void {
    this.receiving.setPeople(this.room.people, this.room.sessions);
    this.sending.setPeople(this.room.people);
    this.applyVolumes();
  }

  private applyVolumes(): void {
    for (const person of this.room.people) {
      const volume = this.volumes.get(person.id);
      if (volume === undefined) continue;
      for (const track of person.tracks) {
        if (track.kind === "microphone" || track.kind === "screen-audio") this.graph.setVolume(track.id, volume);
      }
    }
  }

  private tellNotice(notice: MeetingNotice): void {
    if (notice.kind === "muted-by" || notice.kind === "stopped-by") this.sending.silencedByOther(notice.track);
    for (const listener of this.noticed) listener(notice);
  }

  // ---- state ----

  private setRoom(room: RoomState): void {
    if (room === this.room) return;
    this.room = room;
    this.changed();
  }

  private setPhase(phase: Phase): void {
    if (this.phase.kind === "ended") return;
    this.phase = phase;
    this.changed();
  }

  private changed(): void {
    this.state = this.snapshot();
    for (const listener of this.listeners) listener();
  }

  private snapshot(): MeetingState {
    const { room, you, people, waiting, speakers, chat, chatComplete } = this.room;
    const { microphone, camera, screen } = this.sending;
    const devices = { microphone, camera, screen };
    return {
      phase: this.phase,
      room,
      you,
      people,
      waiting,
      speakers,
      chat,
      chatComplete,
      ...devices,
      blur: this.sending.blur,
      quality: this.quality,
      unreadable: this.receiving?.unreadable ?? [],
    };
  }

  private everySecond(): void {
    const { roundTripMs, unconfirmedMs } = this.link.figures;
    const weak = roundTripMs > WEAK_ROUND_TRIP_MS || unconfirmedMs > WEAK_BACKLOG_MS;
    const quality = this.phase.kind === "reconnecting" ? "lost" : weak ? "weak" : "good";
    if (quality !== this.quality) {
      this.quality = quality;
      this.changed();
    }
    this.sayConnection();
    this.receiving.setOutputLatency(this.graph.outputLatencyMs);
    const { people, you } = this.room;
    const { statistics, rates } = collect({
      at: Date.now(),
      route: this.route,
      link: this.link.figures,
      people,
      you,
      sent: this.sending.figures,
      received: this.receiving.figures,
      cpu: this.pressure.state,
      before: this.rates,
    });
    this.rates = rates;
    for (const listener of this.watching) listener(statistics);
  }

  // Others cannot see whose leg is at fault unless each says how its own is.
  private sayConnection(): void {
    const { quality } = this;
    const now = performance.now();
    const soon = now - this.saidConnection.atMs < CONNECTION_EVERY_MS;
    if (this.phase.kind !== "in" || quality === "lost" || quality === this.saidConnection.quality || soon) return;
    this.saidConnection = { quality, atMs: now };
    const { roundTripMs, unconfirmedMs } = this.link.figures;
    const connection = {
      quality: quality === "weak" ? Quality.WEAK : Quality.GOOD,
      roundTripMs: Math.round(roundTripMs),
      backlogMs: Math.round(unconfirmedMs),
    };
    this.link.say({ case: "setConnection", value: { connection } });
  }

  private visibilityChanged(): void {
    clearTimeout(this.hiding);
    if (document.hidden) {
      // A recording needs the pictures all the same.
      this.hiding = setTimeout(() => this.receiving.setPageVisible(this.recording), HIDDEN_MS);
      return;
    }
    this.receiving.setPageVisible(true);
    this.link.networkChanged(); // who slept may have lost the link without noticing
  }

  private hintMuted(): void {
    if (performance.now() - this.hintedMutedMs < MUTED_HINT_EVERY_MS) return;
    this.hintedMutedMs = performance.now();
    this.tellNotice({ kind: "muted-but-speaking" });
  }

  private end(ending: Ending, release: string): void {
    if (this.phase.kind === "ended") return;
    this.dispose();
    this.setPhase({ kind: "ended", ending: release === "" ? ending : { ...ending, message: release } });
  }

  private dispose(): void {
    clearInterval(this.timer);
    for (const event of ["online", "focus"]) window.removeEventListener(event, this.onNetwork);
    for (const event of ["pointerdown", "keydown"]) window.removeEventListener(event, this.onTouch);
    for (const event of ["visibilitychange", "resume"]) document.removeEventListener(event, this.onVisibility);
    clearTimeout(this.hiding);
    this.pressure.stop();
    this.sending.close();
    void this.graph.close();
    this.workers.uplink.terminate();
    this.workers.downlink.terminate();
    // It still has to say goodbye.
    setTimeout(() => this.workers.link.terminate(), 1000);
  }
}

function wireKind(kind: "microphone" | "camera"): WireKind {
  return kind === "microphone" ? WireKind.MICROPHONE : WireKind.CAMERA;
}
