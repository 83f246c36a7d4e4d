import { describe, expect, it } from "vitest";
import { concatenated, fromBase64url, fromHex, readU32, readU64, toBase64url, toHex, u32, u64 } from "./bytes";

describe("bytes", () => {
  it("are spelled in hex and read back", () => {
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe("000fff");
    expect(fromHex("000fff")).toEqual(Uint8Array.of(0, 15, 255));
    expect(fromHex("0")).toBeNull();
    expect(fromHex("0g")).toBeNull();
  });

  it("are spelled in base64url in one way only", () => {
    expect(toBase64url(Uint8Array.of(0xfb, 0xff))).toBe("-_8");
    expect(fromBase64url("-_8")).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(fromBase64url("")).toEqual(new Uint8Array());
    for (const wrong of ["-_9", "-_8=", "+/8", "a", "aaaaa", "ä"]) expect(fromBase64url(wrong), wrong).toBeNull();
  });

  it("hold numbers in network order", () => {
    expect(toHex(u32(0xfffffffe))).toBe("fffffffe");
    expect(toHex(u64(258n))).toBe("0000000000000102");
    expect(readU32(Uint8Array.of(9, 0xff, 0, 0, 1).subarray(1))).toBe(0xff000001);
    expect(readU64(u64(2n ** 64n - 1n))).toBe(2n ** 64n - 1n);
    expect(readU32(new Uint8Array(3))).toBeNull();
    expect(readU64(new Uint8Array(7))).toBeNull();
  });

  it("are joined in order", () => {
    expect(concatenated([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)])).toEqual(Uint8Array.of(1, 2, 3));
  });
});
