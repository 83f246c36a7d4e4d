import { describe, expect, it } from "vitest";
import { ChatCipher, MAX_CHAT_TEXT_BYTES } from "./chatCipher";
import { deriveRoomKeys, keyId } from "./keys";
import { parseSframeHeader, SframeSealer } from "./sframe";

const ROOM = "abcdefghij";

async function cipher(secret = 1, room = ROOM, session = 7n): Promise<ChatCipher> {
  const keys = await deriveRoomKeys(new Uint8Array(16).fill(secret));
  return ChatCipher.create(keys.chatBaseKey, session, room);
}

describe("chat", () => {
  it("is opened by whoever holds the room's key", async () => {
    const sealed = await (await cipher()).seal("Grüße 👋\nzweite Zeile");
    expect(await (await cipher(1, ROOM, 8n)).open(sealed)).toBe("Grüße 👋\nzweite Zeile");
    expect(parseSframeHeader(sealed)?.kid).toBe(keyId(7n, 0));
  });

  it("is not opened in another room or with another secret", async () => {
    const sealed = await (await cipher()).seal("hello");
    expect(await (await cipher(2)).open(sealed)).toBeNull();
    expect(await (await cipher(1, "zzzzzzzzzz")).open(sealed)).toBeNull();
    expect(await (await cipher()).open(new Uint8Array())).toBeNull();
  });

  it("that is no UTF-8 is unreadable", async () => {
    const { chatBaseKey } = await deriveRoomKeys(new Uint8Array(16).fill(1));
    const sealer = await SframeSealer.create(chatBaseKey, 256n);
    const sealed = await sealer.seal(Uint8Array.of(0xff, 0xfe), new TextEncoder().encode(ROOM));
    expect(await (await cipher()).open(sealed)).toBeNull();
  });

  it("may be as long as the server takes it, and not empty", async () => {
    const mine = await cipher();
    expect((await mine.seal("x".repeat(MAX_CHAT_TEXT_BYTES))).length).toBeLessThanOrEqual(16 * 1024);
    await expect(mine.seal("x".repeat(MAX_CHAT_TEXT_BYTES + 1))).rejects.toMatchObject({ code: "invalid" });
    await expect(mine.seal("")).rejects.toMatchObject({ code: "invalid" });
  });
});
