import { describe, expect, it } from "vitest";
import vectors from "../../../../../protocol/vectors/room_key.json";
import { toHex } from "../../protocol/bytes";
import { deriveRoomKeys, keyId, newMediaSession, parseSecret } from "./keys";

describe("a room's keys", () => {
  it.each(vectors.room_key)("follow from the secret $text", async (each) => {
    const secret = parseSecret(each.text);
    expect(secret && toHex(secret)).toBe(each.secret);
    if (!secret) return;
    const keys = await deriveRoomKeys(secret);
    expect(toHex(keys.mediaBaseKey)).toBe(each.media_base_key);
    expect(toHex(keys.chatBaseKey)).toBe(each.chat_base_key);
    expect(keys.keyCheck).toBe(each.key_check);
  });

  it.each(["", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAA+"])(
    "do not follow from '%s'",
    (text) => expect(parseSecret(text)).toBeNull(),
  );
});

describe("a key id", () => {
  it.each(vectors.key_id)("of session $session, index $index is $kid", ({ session, index, kid }) => {
    expect(keyId(BigInt(session), index)).toBe(BigInt(kid));
  });

  it("has a session of 48 random bits", () => {
    const sessions = Array.from({ length: 64 }, newMediaSession);
    expect(new Set(sessions).size).toBe(64);
    expect(sessions.every((session) => session >= 0n && session < 2n ** 48n)).toBe(true);
    expect(sessions.some((session) => session >= 2n ** 40n)).toBe(true);
  });
});
