import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Bytes } from "../../protocol/bytes";
import {
  Codec,
  Role,
  type ServerMessage,
  ServerMessageSchema,
  SnapshotSchema,
  TrackKind,
} from "../../protocol/messages/room_pb";
import type { ChatContent } from "../crypto/chatCipher";
import {
  chatDropped,
  chatFailed,
  chatOpened,
  chatQueued,
  chatTriedAgain,
  EMPTY_ROOM,
  missingChatAfter,
  type RoomState,
  reduce,
  unconfirmedChat,
} from "./roomState";

type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>["body"]>;

function message(body: Body): ServerMessage {
  return create(ServerMessageSchema, { body });
}

function applied(state: RoomState, ...bodies: Body[]): RoomState {
  return bodies.reduce((current, body) => reduce(current, message(body)).state, state);
}

function microphone(number: number, muted = false) {
  return { id: (number << 8) | 0, kind: TrackKind.MICROPHONE, codec: Codec.OPUS, muted, channels: 1 };
}

function participant(id: string, number: number) {
  return {
    id,
    number,
    name: id.toUpperCase(),
    connected: true,
    mediaSession: BigInt(number),
    tracks: [microphone(number)],
  };
}

interface SnapshotParts {
  you?: string;
  participants?: ReturnType<typeof participant>[];
  lastChat?: bigint;
}

function snapshot(parts: SnapshotParts = {}): Body {
  const room = { room: "abcdefghij", name: "Daily", maxParticipants: 20 };
  const participants = [participant("ben", 2), participant("ada", 1)];
  return { case: "snapshot", value: create(SnapshotSchema, { you: "ada", room, participants, ...parts }) };
}

const joinedRoom = () => applied(EMPTY_ROOM, snapshot());
const person = (state: RoomState, id: string) => state.people.find((each) => each.id === id);

function idOf(sequence: number): Bytes {
  return new Uint8Array(16).fill(sequence);
}
const hexOf = (sequence: number) => sequence.toString(16).padStart(2, "0").repeat(16);

function chat(sequence: number, from = "ben") {
  const sealed = Uint8Array.of(sequence);
  return { id: idOf(sequence), sequence: BigInt(sequence), from, fromName: "Ben", sentMs: 1_700_000_000_000n, sealed };
}
const said = (sequence: number, from?: string): Body => ({ case: "chat", value: chat(sequence, from) });
const history = (sequences: number[], complete: boolean): Body => ({
  case: "chatHistory",
  value: { messages: sequences.map((each) => chat(each)), complete },
});
const queued = (state: RoomState, sequence: number) =>
  chatQueued(state, {
    id: idOf(sequence),
    sealed: Uint8Array.of(sequence),
    content: content(`mine ${sequence}`),
    to: "",
    sentAt: 5,
  });
const content = (text: string, parts: Partial<ChatContent> = {}): ChatContent => ({
  text,
  replyTo: "",
  reaction: "",
  withdrawn: false,
  ...parts,
});
const sequences = (state: RoomState) => state.chat.map((line) => line.sequence);

describe("a snapshot", () => {
  it("says who is there, in the order of joining", () => {
    const state = joinedRoom();
    expect(state.stage).toBe("in");
    expect(state.you).toBe("ada");
    expect(state.room).toEqual({ id: "abcdefghij", name: "Daily", locked: false, lobby: false, maxPeople: 20 });
    expect(state.people.map(({ id, you }) => [id, you])).toEqual([
      ["ada", true],
      ["ben", false],
    ]);
    expect(person(state, "ben")?.tracks).toEqual([
      { id: 512, person: "ben", kind: "microphone", codec: "opus", muted: false, layers: [], channels: 1 },
    ]);
    expect(state.sessions.get("ben")).toBe(2n);
  });

  it("that says nothing new leaves the same object", () => {
    const state = joinedRoom();
    expect(reduce(state, message(snapshot())).state).toBe(state);
  });

  it("replaces everything but chat, and keeps the objects of whom nothing changed", () => {
    const before = chatOpened(applied(joinedRoom(), said(1)), hexOf(1), content("hello"));
    const state = applied(
      before,
      snapshot({ participants: [participant("ada", 1), participant("eve", 3)], lastChat: 1n }),
    );
    expect(state.people.map(({ id }) => id)).toEqual(["ada", "eve"]);
    expect(person(state, "ada")).toBe(person(before, "ada"));
    expect([...state.sessions.keys()]).toEqual(["ada", "eve"]);
    expect(state.chat).toBe(before.chat);
    expect(missingChatAfter(state)).toBeNull();
  });

  it("does not take the same person twice, nor one without an id", () => {
    const twice = [participant("ada", 1), { ...participant("ada", 1), name: "other" }, participant("", 9)];
    expect(applied(EMPTY_ROOM, snapshot({ participants: twice })).people.map(({ name }) => name)).toEqual(["ADA"]);
  });
});

describe("people", () => {
  it("wait in the lobby until there is a snapshot", () => {
    const waiting = applied(EMPTY_ROOM, { case: "waiting", value: { roomName: "Daily" } });
    expect([waiting.stage, waiting.room.name, waiting.you]).toEqual(["lobby", "Daily", ""]);
    expect(applied(waiting, snapshot()).stage).toBe("in");
  });

  it("join, change and leave, and it is told", () => {
    const came = reduce(
      joinedRoom(),
      message({ case: "participantJoined", value: { participant: participant("eve", 3) } }),
    );
    expect(came.notices).toEqual([{ kind: "joined", person: "eve", name: "EVE", reason: "" }]);
    const change = { ...participant("eve", 3), name: "Eva", role: Role.MODERATOR, connected: false, tracks: [] };
    const changed = applied(came.state, { case: "participantChanged", value: { participant: change } });
    expect(person(changed, "eve")).toMatchObject({ name: "Eva", role: "moderator", connected: false });
    expect(person(changed, "eve")?.tracks).toHaveLength(1);
    expect(person(changed, "ada")).toBe(person(came.state, "ada"));
    const gone = reduce(
      changed,
      message({ case: "participantLeft", value: { participant: "eve", reason: "removed" } }),
    );
    expect(gone.notices).toEqual([{ kind: "left", person: "eve", name: "Eva", reason: "removed" }]);
    expect(person(gone.state, "eve")).toBeUndefined();
    expect(gone.state.sessions.has("eve")).toBe(false);
  });

  it("have names that are fit to be shown", () => {
    const named = (name: string) => {
      const value = { participant: { ...participant("eve", 3), name } };
      return person(applied(joinedRoom(), { case: "participantJoined", value }), "eve")?.name;
    };
    expect(named("A\u202edam\n\u0000 👋")).toBe("Adam 👋");
    expect(named("👋".repeat(300))).toBe("👋".repeat(200));
    expect(named("x".repeat(100_000))).toHaveLength(200);
  });

  it("raise their hands in a queue, which moves up when somebody leaves", () => {
    const raised = applied(joinedRoom(), { case: "hands", value: { participants: ["ben", "ada"] } });
    expect(raised.people.map(({ id, hand }) => [id, hand])).toEqual([
      ["ada", 2],
      ["ben", 1],
    ]);
    const left = applied(raised, { case: "participantLeft", value: { participant: "ben", reason: "left" } });
    expect(person(left, "ada")?.hand).toBe(1);
  });

  it("speak by their tracks, the loudest first, each once", () => {
    const speaking = applied(joinedRoom(), { case: "speakers", value: { tracks: [512, 513, 256, 9 << 8] } });
    expect(speaking.speakers).toEqual(["ben", "ada"]);
    const left = applied(speaking, { case: "participantLeft", value: { participant: "ben", reason: "lost" } });
    expect(left.speakers).toEqual(["ada"]);
  });

  it("are unknown when the server invents them: nothing changes", () => {
    const state = joinedRoom();
    const nothing: Body[] = [
      { case: "participantJoined", value: { participant: participant("ada", 1) } },
      { case: "participantJoined", value: {} },
      { case: "participantChanged", value: { participant: participant("nobody", 7) } },
      { case: "participantLeft", value: { participant: "nobody", reason: "left" } },
      { case: "trackPublished", value: { track: microphone(7) } },
      { case: "trackPublished", value: { track: { ...microphone(1), id: 257, kind: TrackKind.UNSPECIFIED } } },
      { case: "trackUnpublished", value: { track: 700 } },
      { case: "trackMuted", value: { track: 700, muted: true } },
      { case: "hands", value: { participants: ["nobody"] } },
      { case: "speakers", value: { tracks: [9 << 8] } },
      { case: "roomChanged", value: {} },
      { case: "answer", value: { request: 1, code: "", message: "" } },
      { case: "keyframeWanted", value: { track: 256, spatial: 0 } },
      { case: undefined },
    ];
    for (const body of nothing) {
      const reduction = reduce(state, message(body));
      expect(reduction.state, body.case).toBe(state);
      expect(reduction.notices, body.case).toEqual([]);
    }
  });
});

describe("the room", () => {
  it("changes, and tells who waits", () => {
    const room = { room: "abcdefghij", name: "Daily", locked: true, lobby: true, maxParticipants: 20 };
    const state = applied(
      joinedRoom(),
      { case: "roomChanged", value: { room } },
      { case: "lobby", value: { waiting: [{ participant: "eve", name: "E\u202eve" }] } },
    );
    expect(state.room).toMatchObject({ locked: true, lobby: true });
    expect(state.waiting).toEqual([{ id: "eve", name: "Eve" }]);
  });
});

describe("tracks", () => {
  const camera = {
    id: 513,
    kind: TrackKind.CAMERA,
    codec: Codec.VP9,
    layers: [{ spatial: 0, width: 320, height: 180 }],
  };

  it("are published, described anew, muted and taken away", () => {
    const published = applied(joinedRoom(), { case: "trackPublished", value: { track: camera } });
    expect(person(published, "ben")?.tracks[1]).toMatchObject({ kind: "camera", codec: "vp9", person: "ben" });
    expect(applied(published, { case: "trackPublished", value: { track: camera } })).toBe(published);
    const again = applied(published, { case: "trackPublished", value: { track: { ...camera, codec: Codec.VP8 } } });
    expect(person(again, "ben")?.tracks.map(({ codec }) => codec)).toEqual(["opus", "vp8"]);
    const muted = applied(again, { case: "trackMuted", value: { track: 513, muted: true } });
    expect(person(muted, "ben")?.tracks[1]?.muted).toBe(true);
    const gone = applied(muted, { case: "trackUnpublished", value: { track: 513 } });
    expect(person(gone, "ben")?.tracks).toHaveLength(1);
  });

  it("of one's own that a moderator muted or stopped are told", () => {
    const state = joinedRoom();
    const notices = (body: Body) => reduce(state, message(body)).notices;
    expect(notices({ case: "trackMuted", value: { track: 256, muted: true, by: "ben" } })).toEqual([
      { kind: "muted-by", by: "ben", track: "microphone" },
    ]);
    expect(notices({ case: "trackUnpublished", value: { track: 256, by: "ben" } })).toEqual([
      { kind: "stopped-by", by: "ben", track: "microphone" },
    ]);
    expect(notices({ case: "trackMuted", value: { track: 256, muted: true } })).toEqual([]);
    expect(notices({ case: "trackMuted", value: { track: 512, muted: true, by: "ada" } })).toEqual([]);
    expect(notices({ case: "unmuteAsked", value: { kind: TrackKind.CAMERA, by: "ben" } })).toEqual([
      { kind: "unmute-asked", by: "ben", track: "camera" },
    ]);
  });
});

describe("recording", () => {
  it("is told when it begins and ends", () => {
    const change = (recording: boolean): Body => ({
      case: "participantChanged",
      value: { participant: { ...participant("ben", 2), tracks: [], recording } },
    });
    const begun = reduce(joinedRoom(), message(change(true)));
    expect(begun.notices).toEqual([{ kind: "recording", person: "ben", on: true }]);
    expect(person(begun.state, "ben")).toMatchObject({ recording: true, tracks: [{ kind: "microphone" }] });
    expect(reduce(begun.state, message(change(true))).notices).toEqual([]);
    expect(reduce(begun.state, message(change(false))).notices).toEqual([
      { kind: "recording", person: "ben", on: false },
    ]);
  });
});

describe("reactions", () => {
  it("pass, when they are one emoji of somebody who is there", () => {
    const notices = (who: string, reaction: string) =>
      reduce(joinedRoom(), message({ case: "reaction", value: { participant: who, reaction } })).notices;
    expect(notices("ben", "👍🏽")).toEqual([{ kind: "reaction", person: "ben", reaction: "👍🏽" }]);
    for (const wrong of ["", "\u202e", "x".repeat(33)]) expect(notices("ben", wrong)).toEqual([]);
    expect(notices("nobody", "👍")).toEqual([]);
  });
});

describe("chat", () => {
  it("is shown once it is opened, in the order of the room", () => {
    const first = reduce(joinedRoom(), message(said(1)));
    expect(first.toOpen).toEqual([{ id: hexOf(1), sealed: Uint8Array.of(1) }]);
    let state = applied(first.state, said(2));
    expect(state.chat).toEqual([]);
    state = chatOpened(state, hexOf(2), content("two"));
    state = chatOpened(state, hexOf(1), null);
    expect(state.chat.map(({ sequence, text, state: how }) => [sequence, text, how])).toEqual([
      [1, "", "unreadable"],
      [2, "two", "said"],
    ]);
    expect(state.chat[0]).toMatchObject({ from: "ben", fromName: "Ben", sentAt: 1_700_000_000_000 });
    expect(chatOpened(state, hexOf(2), content("another"))).toBe(state);
    expect(chatOpened(state, "00", content("unknown"))).toBe(state);
  });

  it("comes once, by its sequence and by its id", () => {
    const state = applied(joinedRoom(), said(1));
    expect(applied(state, said(1))).toBe(state);
    const sameId: Body = { case: "chat", value: { ...chat(2), id: idOf(1) } };
    expect(sequences(chatOpened(applied(state, sameId), hexOf(1), content("one")))).toEqual([1]);
    expect(reduce(state, message({ case: "chat", value: { ...chat(3), id: new Uint8Array(3) } })).toOpen).toEqual([]);
  });

  it("that was missed is fetched page by page, and what comes meanwhile finds its place", () => {
    let state = applied(EMPTY_ROOM, snapshot({ lastChat: 4n }));
    expect([missingChatAfter(state), state.chatComplete]).toEqual([0, false]);
    state = applied(state, said(5), history([1, 2], false));
    expect(missingChatAfter(state)).toBe(2);
    state = applied(state, history([3, 4, 5], true));
    expect([missingChatAfter(state), state.chatComplete]).toEqual([null, true]);
    for (const each of [1, 2, 3, 4, 5]) state = chatOpened(state, hexOf(each), content("text"));
    expect(sequences(state)).toEqual([1, 2, 3, 4, 5]);
    // After a restart only what is newer is asked for.
    expect(missingChatAfter(applied(state, snapshot({ lastChat: 7n })))).toBe(5);
    expect(missingChatAfter(applied(state, snapshot({ lastChat: 5n })))).toBeNull();
  });

  it("is not asked for forever", () => {
    const state = applied(EMPTY_ROOM, snapshot({ lastChat: 4n }), history([1], false));
    expect(missingChatAfter(applied(state, history([1], false)))).toBeNull();
    expect(missingChatAfter(applied(state, history([], false)))).toBeNull();
  });

  it("of one's own comes last until the room says it, and needs no opening", () => {
    let state = queued(joinedRoom(), 9);
    expect(state.chat).toEqual([
      {
        id: hexOf(9),
        sequence: 0,
        from: "ada",
        fromName: "ADA",
        sentAt: 5,
        to: "",
        text: "mine 9",
        replyTo: "",
        reactions: [],
        state: "sending",
      },
    ]);
    state = chatOpened(applied(state, said(1)), hexOf(1), content("theirs"));
    expect(state.chat.map(({ text }) => text)).toEqual(["theirs", "mine 9"]);
    const confirmed = reduce(state, message({ case: "chat", value: { ...chat(2, "ada"), id: idOf(9) } }));
    expect(confirmed.toOpen).toEqual([]);
    expect(confirmed.state.chat.map(({ text, state: how }) => [text, how])).toEqual([
      ["theirs", "said"],
      ["mine 9", "said"],
    ]);
    expect(unconfirmedChat(confirmed.state)).toEqual([]);
  });

  it("of one's own is sent again under its old id after a restart, unless it was refused", () => {
    const failed = chatFailed(queued(queued(joinedRoom(), 8), 9), hexOf(8));
    const state = applied(failed, snapshot());
    expect(unconfirmedChat(state).map(({ id, sealed }) => [id, sealed])).toEqual([[idOf(9), Uint8Array.of(9)]]);
    expect(state.chat.map((line) => line.state)).toEqual(["failed", "sending"]);
    expect(chatFailed(state, "00")).toBe(state);
  });

  it("of one's own that was refused can be sent again, or dropped", () => {
    const failed = chatFailed(queued(joinedRoom(), 8), hexOf(8));
    const again = chatTriedAgain(failed, hexOf(8));
    expect(unconfirmedChat(again)).toHaveLength(1);
    expect(again.chat.map((line) => line.state)).toEqual(["sending"]);
    expect(chatDropped(failed, hexOf(8)).chat).toEqual([]);
  });

  it("has reactions with the line they are to, the newest of each person", () => {
    const step = (state: RoomState, sequence: number, from: string, parts: Partial<ChatContent>) =>
      chatOpened(applied(state, said(sequence, from)), hexOf(sequence), content("", { replyTo: hexOf(1), ...parts }));
    let state = chatOpened(applied(joinedRoom(), said(1)), hexOf(1), content("hello"));
    state = step(state, 2, "ada", { reaction: "👍" });
    state = step(state, 3, "ben", { reaction: "🎉" });
    state = step(state, 4, "ada", { reaction: "❤️" });
    expect(state.chat).toHaveLength(1);
    expect(state.chat[0]?.reactions.map(({ person: who, reaction }) => [who, reaction])).toEqual([
      ["ben", "🎉"],
      ["ada", "❤️"],
    ]);
    state = step(state, 5, "ada", { reaction: "❤️", withdrawn: true });
    expect(state.chat[0]?.reactions).toHaveLength(1);
    const line = state.chat[0];
    expect(applied(state, said(6)).chat[0]).toBe(line);
  });

  it("under the id of an own message, but from somebody else, is somebody else's", () => {
    const step = reduce(queued(joinedRoom(), 9), message({ case: "chat", value: { ...chat(1, "ben"), id: idOf(9) } }));
    expect(step.toOpen).toHaveLength(1);
    expect(unconfirmedChat(step.state)).toHaveLength(1);
  });

  it("said before one had to join anew is confirmed all the same", () => {
    const rejoined = applied(
      queued(joinedRoom(), 9),
      snapshot({ you: "ada2", participants: [participant("ada2", 5)], lastChat: 1n }),
    );
    const state = applied(rejoined, {
      case: "chatHistory",
      value: { messages: [{ ...chat(1, "ada"), id: idOf(9) }], complete: true },
    });
    expect(unconfirmedChat(state)).toEqual([]);
    expect(state.chat.map(({ text, state: how }) => [text, how])).toEqual([["mine 9", "said"]]);
  });

  it("is kept up to a limit, the newest", () => {
    let state = joinedRoom();
    const wire = (sequence: number): Body => {
      const id = new Uint8Array(16);
      new DataView(id.buffer).setUint32(0, sequence);
      return { case: "chat", value: { ...chat(1), id, sequence: BigInt(sequence) } };
    };
    for (let sequence = 1; sequence <= 2005; ++sequence) state = applied(state, wire(sequence));
    expect(state.chatState.entries).toHaveLength(2000);
    expect(state.chatState.entries[0]?.line.sequence).toBe(6);
    expect(applied(state, wire(3))).toBe(state);
  });
});
