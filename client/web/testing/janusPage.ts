// Janus' video room, by Janus' own client, told what to do by `window.room` as the engine's page is by `window.engine`.
import type { JanusJS } from "janus-gateway";
// As a script: its module is one in name only, and bundlers take it for CommonJS.
import janusUrl from "janus-gateway/npm/src/janus.js?url";
import adapter from "webrtc-adapter";
import { addTile, tileSize } from "./grid";
import { signals } from "./signals";

interface Feed {
  readonly id: number;
  readonly streams?: readonly { readonly type: string; readonly mid: string; readonly simulcast?: boolean }[];
}

interface Joining {
  readonly server: string;
  readonly room: number;
  readonly tiles: number; // that the window has place for; 0: nobody is shown
  readonly pauseMs: number | null; // between two readings of a picture; null: they are not read
  readonly tracks: JanusJS.TrackOption[]; // to send
}

const PLUGIN = "janus.plugin.videoroom";

class Room {
  readonly videos: HTMLVideoElement[] = [];
  private janus: JanusJS.Janus | null = null;
  private room = 0;
  private tiles = 0;
  private pauseMs: number | null = null;
  private privateId = 0;
  private subscriber: JanusJS.PluginHandle | null = null;
  private readonly sound = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });

  async join({ server, room, tiles, pauseMs, tracks }: Joining): Promise<void> {
    this.room = room;
    this.tiles = tiles;
    this.pauseMs = pauseMs;
    this.janus ??= await connect(server);
    await this.publish(tracks);
  }

  // Somebody who only sends.
  async publish(tracks: JanusJS.TrackOption[]): Promise<void> {
    const { janus } = this;
    if (!janus) throw new Error("not connected");
    const handle = await new Promise<JanusJS.PluginHandle>((done, failed) => {
      janus.attach({
        plugin: PLUGIN,
        success: done,
        error: (error) => failed(new Error(error)),
        onmessage: (message, jsep) => {
          if (jsep) handle.handleRemoteJsep({ jsep });
          if (message.error) throw new Error(message.error);
          if (message.videoroom === "joined") {
            this.privateId = message.private_id;
            if (tracks.length > 0) void offer(handle, tracks);
          }
          if (message.publishers?.length > 0) void this.subscribe(message.publishers);
        },
      });
    });
    handle.send({ message: { request: "join", ptype: "publisher", room: this.room } });
  }

  frames(): number[] {
    return this.videos.map((video) => {
      const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
      return totalVideoFrames - droppedVideoFrames;
    });
  }

  private async subscribe(feeds: readonly Feed[]): Promise<void> {
    if (this.tiles === 0) return;
    const streams = feeds.flatMap(({ id, streams }) => (streams ?? []).map(({ mid }) => ({ feed: id, mid })));
    if (this.subscriber) {
      this.subscriber.send({ message: { request: "subscribe", streams } });
      return;
    }
    const { janus } = this;
    if (!janus) return;
    const handle = await new Promise<JanusJS.PluginHandle>((done, failed) => {
      janus.attach({
        plugin: PLUGIN,
        success: done,
        error: (error) => failed(new Error(error)),
        onmessage: (message, jsep) => {
          if (jsep) answer(handle, jsep);
          if (message.streams) this.chooseLayers(handle, message.streams);
        },
        onremotetrack: (track, _mid, on, about) => {
          if (on && about?.reason === "created") this.show(track);
        },
      });
    });
    this.subscriber = handle;
    const message = { request: "join", ptype: "subscriber", room: this.room, private_id: this.privateId, streams };
    handle.send({ message });
  }

  // The smallest layer that fills the tile, by the rule of Vistime's page.
  private chooseLayers(handle: JanusJS.PluginHandle, streams: readonly { mid: string; type: string }[]): void {
    const { width } = tileSize(this.tiles);
    const substream = width * 0.8 <= 320 ? 0 : width * 0.8 <= 640 ? 1 : 2;
    for (const { mid, type } of streams) {
      if (type === "video") handle.send({ message: { request: "configure", streams: [{ mid, substream }] } });
    }
  }

  private show(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    const element = document.createElement(track.kind === "video" ? "video" : "audio");
    element.muted = true;
    element.autoplay = true;
    element.srcObject = stream;
    if (element instanceof HTMLVideoElement) {
      this.videos.push(element);
      addTile(element, this.tiles);
      if (this.pauseMs !== null) signals.watch(element, this.pauseMs);
      return;
    }
    // Chromium gives a remote sound to nobody unless some element plays it as well.
    document.body.append(element);
    element.muted = this.pauseMs !== null;
    if (!element.muted) return; // played as it would be where nothing is measured
    void this.sound.resume();
    this.sound.createMediaStreamSource(stream).connect(this.sound.destination);
  }
}

function connect(server: string): Promise<JanusJS.Janus> {
  return new Promise((done, failed) => {
    const janus = new Janus({ server, iceServers: [], success: () => done(janus), error: failed });
  });
}

function offer(handle: JanusJS.PluginHandle, tracks: JanusJS.TrackOption[]): void {
  handle.createOffer({
    tracks,
    success: (jsep) => handle.send({ message: { request: "configure", audio: true, video: true }, jsep }),
    error: (error) => {
      throw error;
    },
  });
}

function answer(handle: JanusJS.PluginHandle, jsep: JanusJS.JSEP): void {
  handle.createAnswer({
    jsep,
    success: (own) => handle.send({ message: { request: "start" }, jsep: own }),
    error: (error) => {
      throw new Error(error);
    },
  });
}

declare global {
  const Janus: typeof JanusJS.Janus;
  interface Window {
    room: Room;
  }
}
const script = document.createElement("script");
script.src = janusUrl;
script.onload = () => {
  Janus.init({ debug: false, dependencies: Janus.useDefaultDependencies({ adapter }), callback: () => {} });
  window.room = new Room();
};
document.head.append(script);
