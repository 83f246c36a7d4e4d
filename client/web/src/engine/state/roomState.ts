// The room as this page knows it, kept up to date by the server's messages. Pure: no link, no clock, no keys. Each state is
// an immutable snapshot; a message that changes nothing leaves the same object. What a server sends is not trusted:
// unknown people and tracks are ignored, all lists are bounded. As client/core/meeting_state.hpp.
import { type Bytes, toHex } from "../../protocol/bytes";
import type { Participant, ServerMessage, Snapshot, Track as WireTrack } from "../../protocol/messages/room_pb";
import { participantNumber } from "../../protocol/objectHeader";
import type { ChatContent } from "../crypto/chatCipher";
import type { ChatLine, MeetingNotice, MeetingState, Person, Room, Track } from "../types";
import {
  type ChatState,
  type ChatStep,
  chatAnnounced,
  chatReceived,
  EMPTY_CHAT,
  historyReceived,
  lineDropped,
  lineFailed,
  lineOpened,
  linesOf,
  lineTriedAgain,
  type PendingChat,
  type SealedChat,
} from "./chatState";
import { cleanName, MAX_PEOPLE, MAX_TRACKS_EACH, personOf, roomOf, trackKindOf, trackOf, waitersOf } from "./fromWire";
import { replacedAt, same, withParts } from "./same";

export type { PendingChat, SealedChat } from "./chatState";

// The part of MeetingState that the room decides on.
export type RoomView = Pick<MeetingState, "room" | "you" | "people" | "waiting" | "speakers" | "chat" | "chatComplete">;

export interface RoomState extends RoomView {
  readonly stage: "outside" | "lobby" | "in";
  // Of each person who said so, the media session: part of the key ids of what they send.
  readonly sessions: ReadonlyMap<string, bigint>;
  readonly chatState: ChatState;
}

// What follows from a message.
export interface Reduction {
  readonly state: RoomState;
  readonly notices: readonly MeetingNotice[];
  // Chat to be opened, oldest first; the answers go to chatOpened().
  readonly toOpen: readonly SealedChat[];
}

const NO_ROOM: Room = { id: "", name: "", locked: false, lobby: false, maxPeople: 0 };
// More than any emoji has, in UTF-16 units.
const MAX_REACTION = 32;

export const EMPTY_ROOM: RoomState = {
  stage: "outside",
  room: NO_ROOM,
  you: "",
  people: [],
  waiting: [],
  speakers: [],
  chat: [],
  chatComplete: true,
  sessions: new Map(),
  chatState: EMPTY_CHAT,
};

// Answers, keyframe and layer wishes are not the state's business: they leave it as it is.
export function reduce(state: RoomState, { body }: ServerMessage): Reduction {
  switch (body.case) {
    case "snapshot":
      return quiet(takeSnapshot(state, body.value));
    case "waiting":
      return quiet(takeWaiting(state, body.value.roomName));
    case "participantJoined":
      return body.value.participant ? joined(state, body.value.participant) : quiet(state);
    case "participantChanged":
      return body.value.participant ? changed(state, body.value.participant) : quiet(state);
    case "participantLeft":
      return left(state, body.value.participant, body.value.reason);
    case "trackPublished":
      return quiet(body.value.track ? published(state, body.value.track) : state);
    case "trackUnpublished":
      return unpublished(state, body.value.track, body.value.by);
    case "trackMuted":
      return muted(state, body.value.track, body.value.muted, body.value.by);
    case "chat":
      return chatStepped(state, chatReceived(state.chatState, body.value, state.you));
    case "chatHistory":
      return chatStepped(state, historyReceived(state.chatState, body.value, state.you));
    case "hands":
      return quiet(withParts(state, { people: withHands(state.people, body.value.participants) }));
    case "reaction":
      return reacted(state, body.value.participant, body.value.reaction);
    case "speakers":
      return quiet(withParts(state, { speakers: speakersOf(state.people, body.value.tracks) }));
    case "unmuteAsked": {
      const track = trackKindOf(body.value.kind);
      return noticed(state, track ? [{ kind: "unmute-asked", by: body.value.by, track }] : []);
    }
    case "lobby":
      return quiet(withParts(state, { waiting: waitersOf(body.value.waiting) }));
    case "roomChanged":
      return quiet(body.value.room ? withParts(state, { room: roomOf(body.value.room) }) : state);
    default:
      return quiet(state);
  }
}

// ---- chat ----

// An own message that is about to be sent. `sentAt` in ms since 1970, by our clock.
export function chatQueued(
  state: RoomState,
  message: { id: Bytes; sealed: Bytes; content: ChatContent; to: string; sentAt: number },
): RoomState {
  const { id, sealed, content, to, sentAt } = message;
  const fromName = state.people.find(({ you }) => you)?.name ?? "";
  const line: ChatLine = {
    id: toHex(id),
    sequence: 0,
    from: state.you,
    fromName,
    sentAt,
    to,
    text: content.text,
    replyTo: content.replyTo,
    reactions: [],
    state: "sending",
  };
  const { chatState } = state;
  return withChat(state, { ...chatState, pending: [...chatState.pending, { id, sealed, line, content }] });
}

// The room refused it: it is kept, and not sent again. `id` in hex.
export function chatFailed(state: RoomState, id: string): RoomState {
  return withChat(state, lineFailed(state.chatState, id));
}

// Of one that was refused: it is to be sent again.
export function chatTriedAgain(state: RoomState, id: string): RoomState {
  return withChat(state, lineTriedAgain(state.chatState, id));
}

export function chatDropped(state: RoomState, id: string): RoomState {
  return withChat(state, lineDropped(state.chatState, id));
}

// `id` in hex; `content` is null when it could not be read.
export function chatOpened(state: RoomState, id: string, content: ChatContent | null): RoomState {
  return withChat(state, lineOpened(state.chatState, id, content));
}

// To be sent again, under the same ids, once both sides count from 1 again and missingChatAfter() is null.
export function unconfirmedChat(state: RoomState): readonly PendingChat[] {
  return state.chatState.pending.filter(({ line }) => line.state === "sending");
}

// The sequence after which GetChat has to ask, after each Snapshot and each ChatHistory; null when nothing is missing.
export function missingChatAfter(state: RoomState): number | null {
  return state.chatState.historyMissing ? state.chatState.last : null;
}

function withChat(state: RoomState, chatState: ChatState): RoomState {
  if (chatState === state.chatState) return state;
  return { ...state, chatState, chat: linesOf(chatState, state.chat), chatComplete: !chatState.historyMissing };
}

function chatStepped(state: RoomState, { chat, toOpen }: ChatStep): Reduction {
  return { state: withChat(state, chat), notices: [], toOpen };
}

// ---- the room ----

// Replaces everything but chat.
function takeSnapshot(state: RoomState, snapshot: Snapshot): RoomState {
  const { you } = snapshot;
  const wire = uniqueById(snapshot.participants).slice(0, MAX_PEOPLE);
  const people = withHands(
    wire.map((each) => personOf(each, you)).sort((a, b) => a.number - b.number),
    snapshot.hands,
  );
  const before = new Map(state.people.map((person) => [person.id, person]));
  const parts: Partial<RoomState> = {
    stage: "in",
    you,
    room: snapshot.room ? roomOf(snapshot.room) : state.room,
    people: people.map((person) => reused(before.get(person.id), person)),
    waiting: waitersOf(snapshot.waiting),
    speakers: [],
  };
  const sessions = wire.reduce(
    (all: ReadonlyMap<string, bigint>, { id, mediaSession }) => withSession(all, id, mediaSession),
    withoutOthers(state.sessions, wire),
  );
  const changedState = withSessions(withParts(state, parts), sessions);
  return withChat(changedState, chatAnnounced(state.chatState, Number(snapshot.lastChat)));
}

function takeWaiting(state: RoomState, name: string): RoomState {
  return withParts(state, { stage: "lobby", room: { ...state.room, name: cleanName(name) } });
}

// ---- people ----

function joined(state: RoomState, participant: Participant): Reduction {
  const known = state.people.some(({ id }) => id === participant.id);
  if (known || participant.id === "" || state.people.length >= MAX_PEOPLE) return quiet(state);
  const person = personOf(participant, state.you);
  const people = [...state.people, person].sort((a, b) => a.number - b.number);
  const sessions = withSession(state.sessions, person.id, participant.mediaSession);
  const { id, name } = person;
  const notices: MeetingNotice[] = person.you ? [] : [{ kind: "joined", person: id, name, reason: "" }];
  return noticed(withSessions({ ...state, people }, sessions), notices);
}

function changed(state: RoomState, participant: Participant): Reduction {
  if (!state.people.some(({ id }) => id === participant.id)) return quiet(state);
  const { tracks: _, hand: __, ...parts } = personOf(participant, state.you);
  const before = state.people.find(({ id }) => id === participant.id);
  const people = withPerson(state.people, participant.id, (person) => withParts(person, parts));
  const sessions = withSession(state.sessions, participant.id, participant.mediaSession);
  const changedState = withSessions(withParts(state, { people }), sessions);
  if (before?.recording === parts.recording) return quiet(changedState);
  return noticed(changedState, [{ kind: "recording", person: parts.id, on: parts.recording }]);
}

function left(state: RoomState, id: string, reason: string): Reduction {
  const gone = state.people.find((person) => person.id === id);
  if (!gone) return quiet(state);
  const rest = state.people.filter((person) => person !== gone);
  const people = gone.hand > 0 ? withHands(rest, queueOf(rest)) : rest;
  const parts = withParts(state, { people, speakers: state.speakers.filter((each) => each !== id) });
  const sessions = withSession(state.sessions, id, 0n);
  const notices: MeetingNotice[] = gone.you ? [] : [{ kind: "left", person: id, name: gone.name, reason }];
  return noticed(withSessions(parts, sessions), notices);
}

function reacted(state: RoomState, person: string, reaction: string): Reduction {
  const known = state.people.some(({ id }) => id === person);
  const fit = reaction !== "" && reaction.length <= MAX_REACTION && cleanName(reaction) === reaction;
  return noticed(state, known && fit ? [{ kind: "reaction", person, reaction }] : []);
}

// Persons in place of their tracks, the loudest first, each once.
function speakersOf(people: readonly Person[], tracks: readonly number[]): string[] {
  const byNumber = new Map(people.map(({ number, id }) => [number, id]));
  const ids = tracks.slice(0, MAX_PEOPLE).flatMap((track) => byNumber.get(participantNumber(track)) ?? []);
  return [...new Set(ids)];
}

// `ids` is the whole queue of raised hands.
function withHands(people: readonly Person[], ids: readonly string[]): readonly Person[] {
  const places = new Map(ids.slice(0, MAX_PEOPLE).map((id, at) => [id, at + 1]));
  return people.map((person) => withParts(person, { hand: places.get(person.id) ?? 0 }));
}

function queueOf(people: readonly Person[]): string[] {
  const raised = people.filter(({ hand }) => hand > 0).sort((a, b) => a.hand - b.hand);
  return raised.map(({ id }) => id);
}

// ---- tracks ----

// Publishing a track again replaces its description.
function published(state: RoomState, wire: WireTrack): RoomState {
  const owner = state.people.find(({ number }) => number === participantNumber(wire.id));
  const track = owner && trackOf(wire, owner.id);
  if (!owner || !track) return state;
  const at = owner.tracks.findIndex(({ id }) => id === track.id);
  if (at < 0 && owner.tracks.length >= MAX_TRACKS_EACH) return state;
  const tracks = at < 0 ? [...owner.tracks, track] : replacedAt(owner.tracks, at, reused(owner.tracks[at], track));
  return withTracks(state, owner, tracks);
}

function unpublished(state: RoomState, id: number, by: string): Reduction {
  const found = findTrack(state, id);
  if (!found) return quiet(state);
  const { owner, track } = found;
  const without = withTracks(
    state,
    owner,
    owner.tracks.filter((each) => each !== track),
  );
  return noticed(without, owner.you && by !== "" ? [{ kind: "stopped-by", by, track: track.kind }] : []);
}

function muted(state: RoomState, id: number, isMuted: boolean, by: string): Reduction {
  const found = findTrack(state, id);
  if (!found) return quiet(state);
  const { owner, track } = found;
  const tracks = owner.tracks.map((each) => (each === track ? withParts(each, { muted: isMuted }) : each));
  const told = owner.you && isMuted && by !== "";
  return noticed(withTracks(state, owner, tracks), told ? [{ kind: "muted-by", by, track: track.kind }] : []);
}

function findTrack(state: RoomState, id: number): { owner: Person; track: Track } | null {
  const owner = state.people.find(({ number }) => number === participantNumber(id));
  const track = owner?.tracks.find((each) => each.id === id);
  return owner && track ? { owner, track } : null;
}

function withTracks(state: RoomState, owner: Person, tracks: readonly Track[]): RoomState {
  return withParts(state, { people: withPerson(state.people, owner.id, (person) => withParts(person, { tracks })) });
}

// ---- helpers ----

function quiet(state: RoomState): Reduction {
  return noticed(state, []);
}

function noticed(state: RoomState, notices: readonly MeetingNotice[]): Reduction {
  return { state, notices, toOpen: [] };
}

// The one before when it holds the same.
function reused<T>(before: T | undefined, after: T): T {
  return before !== undefined && same(before, after) ? before : after;
}

function withPerson(people: readonly Person[], id: string, change: (person: Person) => Person): readonly Person[] {
  return people.map((person) => (person.id === id ? change(person) : person));
}

function uniqueById(participants: readonly Participant[]): Participant[] {
  const known = new Map<string, Participant>();
  for (const each of participants) if (each.id !== "" && !known.has(each.id)) known.set(each.id, each);
  return [...known.values()];
}

// 0: not said, or gone.
function withSession(sessions: ReadonlyMap<string, bigint>, id: string, session: bigint): ReadonlyMap<string, bigint> {
  if ((sessions.get(id) ?? 0n) === session) return sessions;
  const changed = new Map(sessions);
  if (session === 0n) changed.delete(id);
  else changed.set(id, session);
  return changed;
}

function withoutOthers(
  sessions: ReadonlyMap<string, bigint>,
  participants: readonly Participant[],
): ReadonlyMap<string, bigint> {
  const present = new Set(participants.map(({ id }) => id));
  const gone = [...sessions.keys()].filter((id) => !present.has(id));
  return gone.reduce((all, id) => withSession(all, id, 0n), sessions);
}

function withSessions(state: RoomState, sessions: ReadonlyMap<string, bigint>): RoomState {
  return sessions === state.sessions ? state : { ...state, sessions };
}
