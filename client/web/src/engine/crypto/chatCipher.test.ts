import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ChatContentSchema } from "../../protocol/messages/room_pb";
import { ChatCipher, type ChatContent, MAX_CHAT_CHARACTERS } from "./chatCipher";
import { deriveRoomKeys, keyId } from "./keys";
import { parseSframeHeader, SframeSealer } from "./sframe";

const ROOM = "abcdefghij";
const ID = "0a".repeat(16);

function content(text: string, parts: Partial<ChatContent> = {}): ChatContent {
  return { text, replyTo: "", reaction: "", withdrawn: false, ...parts };
}

async function cipher(secret = 1, room = ROOM, session = 7n): Promise<ChatCipher> {
  const keys = await deriveRoomKeys(new Uint8Array(16).fill(secret));
  return ChatCipher.create(keys.chatBaseKey, session, room);
}

describe("chat", () => {
  it("is opened by whoever holds the room's key", async () => {
    const sealed = await (await cipher()).seal(content("Grüße 👋\nzweite Zeile", { replyTo: ID }));
    expect(await (await cipher(1, ROOM, 8n)).open(sealed)).toEqual(content("Grüße 👋\nzweite Zeile", { replyTo: ID }));
    expect(parseSframeHeader(sealed)?.kid).toBe(keyId(7n, 0));
  });

  it("is not opened in another room or with another secret", async () => {
    const sealed = await (await cipher()).seal(content("hello"));
    expect(await (await cipher(2)).open(sealed)).toBeNull();
    expect(await (await cipher(1, "zzzzzzzzzz")).open(sealed)).toBeNull();
    expect(await (await cipher()).open(new Uint8Array())).toBeNull();
  });

  it("carries reactions", async () => {
    const reaction = content("", { replyTo: ID, reaction: "👍🏽", withdrawn: true });
    expect(await (await cipher()).open(await (await cipher()).seal(reaction))).toEqual(reaction);
  });

  it("that says nothing this client understands is unreadable", async () => {
    const { chatBaseKey } = await deriveRoomKeys(new Uint8Array(16).fill(1));
    const sealer = await SframeSealer.create(chatBaseKey, 256n);
    const reading = await cipher();
    const read = async (plaintext: Uint8Array) =>
      reading.open(await sealer.seal(plaintext, new TextEncoder().encode(ROOM)));
    const wire = (parts: Partial<ChatContent> & { id?: number }) =>
      toBinary(ChatContentSchema, create(ChatContentSchema, { ...parts, replyTo: new Uint8Array(parts.id ?? 0) }));
    expect(await read(wire({ text: "good" }))).toEqual(content("good"));
    expect(await read(Uint8Array.of(0xff, 0xfe))).toBeNull();
    expect(await read(Uint8Array.of(0x0a, 2, 0xff, 0xfe))).toBeNull(); // no UTF-8
    expect(await read(wire({}))).toBeNull();
    expect(await read(wire({ text: "x", id: 3 }))).toBeNull();
    expect(await read(wire({ reaction: "👍" }))).toBeNull(); // to nothing
    expect(await read(wire({ reaction: "👍", text: "both", id: 16 }))).toBeNull();
    for (const reaction of ["words", "\u202e", "👍".repeat(20)])
      expect(await read(wire({ reaction, id: 16 }))).toBeNull();
    expect(await read(wire({ text: "x".repeat(MAX_CHAT_CHARACTERS + 1) }))).toBeNull();
  });

  it("may be as long as the server takes it, and not empty", async () => {
    const mine = await cipher();
    const longest = await mine.seal(content("ü".repeat(MAX_CHAT_CHARACTERS)));
    expect(longest.length).toBeLessThanOrEqual(16 * 1024);
    for (const wrong of ["x".repeat(MAX_CHAT_CHARACTERS + 1), "👋".repeat(4500), ""]) {
      await expect(mine.seal(content(wrong))).rejects.toMatchObject({ code: "invalid" });
    }
  });
});
