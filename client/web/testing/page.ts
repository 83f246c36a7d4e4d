// The engine without an interface, for tests in a real browser: served at a meeting's link instead of the web client, it
// waits to be told what to do by `window.engine`.
import { fetchRoom, joinRoom } from "../src/api/master";
import { parseMeetingLink } from "../src/api/meetingLink";
import { deriveRoomKeys } from "../src/engine/crypto/keys";
import { type PictureElement, pictureElement } from "../src/engine/media/surface";
import { LiveMeeting } from "../src/engine/meeting";
import { type Meeting, MeetingError, type MeetingNotice, type Statistics } from "../src/engine/types";
import { addTile, tileSize } from "./grid";
import { signals } from "./signals";

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly brightness: readonly number[]; // 0…255 of COLUMNS × ROWS fields, row by row
}

const COLUMNS = 64;
const ROWS = 36;

class Engine {
  meeting: Meeting | null = null;
  readonly notices: MeetingNotice[] = [];
  readonly phases: string[] = [];
  statistics: Statistics | null = null;
  private readonly pictures = new Map<number, PictureElement>();
  private tiles = 0;
  private probePauseMs: number | null = null;

  // From now on everybody's picture is shown as soon as it is known of, in a window that has place for so many,
  // and read with such a pause between readings, or not at all.
  showAll(tiles: number, probePauseMs: number | null): void {
    this.tiles = tiles;
    this.probePauseMs = probePauseMs;
  }

  // What the web client asks before anybody clicks on join.
  private readonly invitation = (async () => {
    const link = parseMeetingLink(location);
    const [room, keys] = await Promise.all([fetchRoom(link), deriveRoomKeys(link.secret)]);
    return { link, room, keys };
  })();

  constructor() {
    this.invitation.catch(() => {}); // join() says so
  }

  // "in" or "waiting", or the code of the refusal.
  async join(name: string, password = ""): Promise<string> {
    try {
      const { link, room, keys } = await this.invitation;
      if (room.keyCheck !== keys.keyCheck) return "wrong-key";
      const admission = () => joinRoom(link, { name, password });
      const meeting = await LiveMeeting.open({ room: link.room, keys, release: __VISTIME_RELEASE__, admission });
      this.meeting = meeting;
      meeting.onNotice((notice) => this.notices.push(notice));
      meeting.onStatistics((statistics) => {
        this.statistics = statistics;
      });
      return await this.settled(meeting);
    } catch (error) {
      if (error instanceof MeetingError) return error.code;
      throw error;
    }
  }

  // Shows every picture there is, each with so many device pixels.
  watch(width: number, height: number): number[] {
    for (const id of this.hidden()) this.show(id, document.body.appendChild(pictureElement()), width, height);
    return [...this.pictures.keys()];
  }

  // How many pictures each tile has shown; only where tiles are video elements.
  frames(): number[] {
    return [...this.pictures.values()].map((picture) => {
      if (picture instanceof HTMLCanvasElement) return 0;
      const { totalVideoFrames, droppedVideoFrames } = picture.getVideoPlaybackQuality();
      return totalVideoFrames - droppedVideoFrames;
    });
  }

  picture(track: number): Picture | null {
    const shown = this.pictures.get(track);
    if (!shown) return null;
    const [width, height] = sizeOf(shown);
    if (width === 0) return null;
    const small = document.createElement("canvas");
    small.width = COLUMNS;
    small.height = ROWS;
    const context = small.getContext("2d");
    if (!context) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(shown, 0, 0, COLUMNS, ROWS);
    const { data } = context.getImageData(0, 0, COLUMNS, ROWS);
    const brightness = Array.from({ length: COLUMNS * ROWS }, (_, at) => {
      const [red = 0, green = 0, blue = 0] = data.subarray(4 * at, 4 * at + 3);
      return Math.round((red + green + blue) / 3);
    });
    return { width, height, brightness };
  }

  private hidden(): number[] {
    return (this.meeting?.state.people ?? [])
      .filter((person) => !person.you)
      .flatMap((person) => person.tracks)
      .filter(({ kind, id }) => (kind === "camera" || kind === "screen") && !this.pictures.has(id))
      .map(({ id }) => id);
  }

  private show(track: number, element: PictureElement, width: number, height: number): void {
    this.pictures.set(track, element);
    this.meeting?.showVideo(track, element, width, height);
  }

  private fill(): void {
    if (this.tiles === 0) return;
    const { width, height } = tileSize(this.tiles);
    for (const id of this.hidden()) {
      const element = pictureElement();
      addTile(element, this.tiles);
      this.show(id, element, width, height);
      if (this.probePauseMs !== null) signals.watch(element, this.probePauseMs);
    }
  }

  private settled(meeting: Meeting): Promise<string> {
    return new Promise((done) => {
      const look = () => {
        this.fill();
        const { phase } = meeting.state;
        if (this.phases.at(-1) !== phase.kind) this.phases.push(phase.kind);
        if (phase.kind === "in" || phase.kind === "waiting") done(phase.kind);
        if (phase.kind === "ended") done(phase.ending.code);
      };
      meeting.onChange(look);
      look();
    });
  }
}

function sizeOf(picture: PictureElement): [number, number] {
  return picture instanceof HTMLVideoElement
    ? [picture.videoWidth, picture.videoHeight]
    : [picture.width, picture.height];
}

declare global {
  interface Window {
    engine: Engine;
  }
}
window.engine = new Engine();
