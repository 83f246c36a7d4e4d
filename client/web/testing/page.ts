// The engine without an interface, for tests in a real browser: served at a meeting's link instead of the web client, it
// waits to be told what to do by `window.engine`.
import { fetchRoom, joinRoom } from "../src/api/master";
import { parseMeetingLink } from "../src/api/meetingLink";
import { deriveRoomKeys } from "../src/engine/crypto/keys";
import { LiveMeeting } from "../src/engine/meeting";
import { type Meeting, MeetingError, type MeetingNotice, type Statistics } from "../src/engine/types";

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
  private readonly canvases = new Map<number, HTMLCanvasElement>();

  // "in" or "waiting", or the code of the refusal.
  async join(name: string, password = ""): Promise<string> {
    try {
      const link = parseMeetingLink(location);
      const [room, keys] = await Promise.all([fetchRoom(link), deriveRoomKeys(link.secret)]);
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
    const tracks = (this.meeting?.state.people ?? [])
      .filter((person) => !person.you)
      .flatMap((person) => person.tracks)
      .filter(({ kind, id }) => (kind === "camera" || kind === "screen") && !this.canvases.has(id));
    for (const { id } of tracks) {
      const canvas = document.body.appendChild(document.createElement("canvas"));
      this.canvases.set(id, canvas);
      this.meeting?.showVideo(id, canvas, width, height);
    }
    return [...this.canvases.keys()];
  }

  picture(track: number): Picture | null {
    const canvas = this.canvases.get(track);
    if (!canvas || canvas.width === 0) return null;
    const small = document.createElement("canvas");
    small.width = COLUMNS;
    small.height = ROWS;
    const context = small.getContext("2d");
    if (!context) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(canvas, 0, 0, COLUMNS, ROWS);
    const { data } = context.getImageData(0, 0, COLUMNS, ROWS);
    const brightness = Array.from({ length: COLUMNS * ROWS }, (_, at) => {
      const [red = 0, green = 0, blue = 0] = data.subarray(4 * at, 4 * at + 3);
      return Math.round((red + green + blue) / 3);
    });
    return { width: canvas.width, height: canvas.height, brightness };
  }

  private settled(meeting: Meeting): Promise<string> {
    return new Promise((done) => {
      const look = () => {
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

declare global {
  interface Window {
    engine: Engine;
  }
}
window.engine = new Engine();
