// The protocol's messages as the engine's own values. What a server sends is not trusted: what this client does not know
// becomes null, and names are made fit to be shown.
import type {
  Participant,
  RoomState as WireRoom,
  Track as WireTrack,
  Waiter as WireWaiter,
} from "../../protocol/messages/room_pb";
import { Quality, Codec as WireCodec, TrackKind as WireKind, Role as WireRole } from "../../protocol/messages/room_pb";
import type { Codec, Connection, Layer, Person, Role, Room, Track, TrackKind, Waiter } from "../types";

// Beyond these a server has lost its mind, and we keep ours.
export const MAX_PEOPLE = 10_000;
export const MAX_TRACKS_EACH = 256;
const MAX_LAYERS = 16;
const MAX_CODECS = 8;
const MAX_NAME_CHARACTERS = 200;
// Controls, line and paragraph separators, and what turns the direction of the text around it.
const UNFIT_FOR_NAMES = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const ROLES: Readonly<Record<number, Role>> = {
  [WireRole.GUEST]: "guest",
  [WireRole.MODERATOR]: "moderator",
  [WireRole.HOST]: "host",
};
const KINDS: Readonly<Record<number, TrackKind>> = {
  [WireKind.MICROPHONE]: "microphone",
  [WireKind.CAMERA]: "camera",
  [WireKind.SCREEN]: "screen",
  [WireKind.SCREEN_AUDIO]: "screen-audio",
};
const CODECS: Readonly<Record<number, Codec>> = {
  [WireCodec.OPUS]: "opus",
  [WireCodec.VP8]: "vp8",
  [WireCodec.VP9]: "vp9",
  [WireCodec.H264]: "h264",
  [WireCodec.AV1]: "av1",
};
const QUALITIES: Readonly<Record<number, Connection["quality"]>> = {
  [Quality.GOOD]: "good",
  [Quality.WEAK]: "weak",
};

// At most 200 characters, none of which hides or reorders others.
export function cleanName(name: string): string {
  // Cut before it is searched: a character has at most two code units.
  const clean = name.slice(0, 4 * MAX_NAME_CHARACTERS).replace(UNFIT_FOR_NAMES, "");
  return [...clean].slice(0, MAX_NAME_CHARACTERS).join("");
}

// A role that this client does not know has no rights.
export function roleOf(role: WireRole): Role {
  return ROLES[role] ?? "guest";
}

export function trackKindOf(kind: WireKind): TrackKind | null {
  return KINDS[kind] ?? null;
}

// Null for a kind or codec that this client does not know.
export function trackOf(track: WireTrack, person: string): Track | null {
  const kind = trackKindOf(track.kind);
  const codec = CODECS[track.codec];
  if (!kind || !codec) return null;
  const layers = track.layers
    .slice(0, MAX_LAYERS)
    .map(({ spatial, width, height, bitrate, frameRate }): Layer => ({ spatial, width, height, bitrate, frameRate }));
  return { id: track.id, person, kind, codec, muted: track.muted, layers, channels: track.channels };
}

// With the tracks that this client knows, each once, and no raised hand.
export function personOf(participant: Participant, you: string): Person {
  const { id, number, name, connected } = participant;
  const tracks = new Map<number, Track>();
  for (const each of participant.tracks.slice(0, MAX_TRACKS_EACH)) {
    const track = each.id >>> 8 === number ? trackOf(each, id) : null;
    if (track) tracks.set(track.id, track);
  }
  return {
    id,
    number,
    name: cleanName(name),
    role: roleOf(participant.role),
    you: id === you,
    connected,
    tracks: [...tracks.values()],
    hand: 0,
    recording: participant.recording,
    decodes: participant.decodes.slice(0, MAX_CODECS).flatMap((codec) => CODECS[codec] ?? []),
    connection: connectionOf(participant),
  };
}

function connectionOf({ connection }: Participant): Connection {
  const quality = QUALITIES[connection?.quality ?? Quality.UNSPECIFIED] ?? "unknown";
  return { quality, roundTripMs: connection?.roundTripMs ?? 0, backlogMs: connection?.backlogMs ?? 0 };
}

export function roomOf(room: WireRoom): Room {
  const { locked, lobby } = room;
  return { id: room.room, name: cleanName(room.name), locked, lobby, maxPeople: room.maxParticipants };
}

export function waitersOf(waiters: readonly WireWaiter[]): Waiter[] {
  return waiters.slice(0, MAX_PEOPLE).map(({ participant, name }) => ({ id: participant, name: cleanName(name) }));
}
