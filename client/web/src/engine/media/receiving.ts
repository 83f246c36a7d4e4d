// What this page receives: which tracks it asks the room for, and on what they are shown.
import type { Person, VideoView } from "../types";
import type { ClientBody } from "../workerMessages";
import { layerFor } from "./layers";
import type { FromDownlink, ReceivedFigures, ReceivedTrack, ToDownlink } from "./messages";
import { type PictureElement, surfaceOf } from "./surface";

// Tiles come and go in bursts: one wish for all of it, the first at once.
const GATHER_MS = 30;

interface View {
  readonly track: number;
  width: number; // device pixels
  height: number;
  readonly listeners: Set<() => void>;
}

export class Receiving {
  figures: readonly ReceivedFigures[] = [];
  unreadable: readonly number[] = [];
  private readonly views = new Map<number, View>();
  private readonly sizes = new Map<number, { width: number; height: number }>();
  private readonly levels = new Map<string, number>();
  private people: readonly Person[] = [];
  private nextView = 1;
  private wish = "";
  private pageVisible = true;
  private saidMs = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly downlink: Worker,
    private readonly send: (body: ClientBody) => void,
    private readonly changed: () => void,
  ) {
    downlink.addEventListener("message", (event: MessageEvent<FromDownlink>) => this.heard(event.data));
  }

  // `sessions`: by person, what their tracks are sealed with.
  setPeople(people: readonly Person[], sessions: ReadonlyMap<string, bigint>): void {
    this.people = people;
    const tracks = people
      .filter((person) => !person.you)
      .flatMap((person) =>
        person.tracks.map((track): ReceivedTrack => {
          const { id, kind, codec, channels } = track;
          return { id, person: person.id, kind, codec, channels, session: sessions.get(person.id) ?? 0n };
        }),
      );
    const known = new Set(tracks.map(({ id }) => id));
    if (this.unreadable.some((id) => !known.has(id))) this.unreadable = this.unreadable.filter((id) => known.has(id));
    this.tell({ kind: "tracks", tracks });
    this.subscribe();
  }

  // Nobody looks at a page that is hidden.
  setPageVisible(visible: boolean): void {
    this.pageVisible = visible;
    this.subscribe();
  }

  // After the room counts from 1 again it has forgotten what we wished for.
  subscribeAgain(): void {
    this.wish = "";
    this.subscribe();
  }

  show(track: number, element: PictureElement, width: number, height: number): VideoView {
    const id = this.nextView++;
    const view: View = { track, width, height, listeners: new Set() };
    this.views.set(id, view);
    const surface = surfaceOf(element);
    this.tell({ kind: "surface", view: id, track, surface }, [surface]);
    this.subscribe();
    const sizeOf = () => this.sizes.get(track) ?? { width: 0, height: 0 };
    return {
      get size() {
        return sizeOf();
      },
      resize: (w, h) => {
        view.width = w;
        view.height = h;
        this.subscribe();
      },
      onSize: (listener) => {
        view.listeners.add(listener);
        return () => view.listeners.delete(listener);
      },
      close: () => {
        this.views.delete(id);
        this.tell({ kind: "surface-gone", view: id, track });
        this.subscribe();
      },
    };
  }

  level(person: string): number {
    return this.levels.get(person) ?? 0;
  }

  setOutputLatency(ms: number): void {
    this.tell({ kind: "output-latency", ms });
  }

  private subscribe(): void {
    const sinceLast = performance.now() - this.saidMs;
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.saidMs = performance.now();
        this.sayWish();
      },
      Math.max(0, GATHER_MS - sinceLast),
    );
  }

  // Only what is seen, each in the layer that its largest tile needs; and all sound.
  private sayWish(): void {
    const tracks = this.people
      .filter((person) => !person.you)
      .flatMap((person) => person.tracks)
      .flatMap((track) => {
        if (track.kind === "microphone") return [];
        if (track.kind === "screen-audio") return [{ track: track.id, maxSpatial: 0 }];
        const shown = [...this.views.values()].filter((view) => view.track === track.id && view.width > 0);
        if (shown.length === 0 || !this.pageVisible) return [];
        const maxSpatial = Math.max(...shown.map((view) => layerFor(track.layers, view.width, view.height)));
        return [{ track: track.id, maxSpatial }];
      });
    const wish = JSON.stringify(tracks);
    if (wish === this.wish) return;
    this.wish = wish;
    this.send({ case: "setSubscriptions", value: { microphones: true, tracks } });
  }

  private heard(message: FromDownlink): void {
    switch (message.kind) {
      case "size":
        this.sizes.set(message.track, { width: message.width, height: message.height });
        for (const view of this.views.values()) {
          if (view.track === message.track) for (const listener of view.listeners) listener();
        }
        break;
      case "levels":
        this.levels.clear();
        for (const { person, meter } of message.levels) this.levels.set(person, meter);
        break;
      case "unreadable":
        this.unreadable = [...this.unreadable, message.track];
        this.changed();
        break;
      case "figures":
        this.figures = message.streams;
        break;
    }
  }

  private tell(message: ToDownlink, transfer: Transferable[] = []): void {
    this.downlink.postMessage(message, transfer);
  }
}
