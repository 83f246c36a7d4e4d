import { describe, expect, it } from "vitest";
import vectors from "../../../../../protocol/vectors/sframe.json";
import { type Bytes, fromHex, toHex } from "../../protocol/bytes";
import { encodeSframeHeader, parseSframeHeader, SframeOpener, SframeSealer } from "./sframe";

function bytesOf(hex: string): Bytes {
  const bytes = fromHex(hex);
  if (!bytes) throw new Error(`${hex} is no hex`);
  return bytes;
}

const BASE_KEY = bytesOf("000102030405060708090a0b0c0d0e0f");
const METADATA = bytesOf("a1a2");

describe("SFrame headers", () => {
  it("are those of RFC 9605, appendix C.1", () => {
    expect(vectors.header.length).toBeGreaterThan(200);
    for (const { kid, ctr, encoded } of vectors.header) {
      const header = { kid: BigInt(kid), counter: BigInt(ctr) };
      expect(toHex(encodeSframeHeader(header))).toBe(encoded);
      expect(parseSframeHeader(bytesOf(`${encoded}77`))).toEqual({ ...header, size: encoded.length / 2 });
      for (let size = 0; size < encoded.length / 2; ++size) {
        expect(parseSframeHeader(bytesOf(encoded).subarray(0, size))).toBeNull();
      }
    }
  });
});

describe("SFrame", () => {
  it.each(vectors.sframe.filter((each) => each.cipher_suite === 4))("opens what RFC 9605 sealed", async (each) => {
    const opener = new SframeOpener(bytesOf(each.base_key));
    const opened = await opener.open(bytesOf(each.ct), bytesOf(each.metadata));
    expect(opened).toEqual({ kid: BigInt(each.kid), counter: BigInt(each.ctr), plaintext: expect.anything() });
    expect(opened && toHex(opened.plaintext)).toBe(each.pt);
  });

  it("seals with the counters in the order of the calls, and opens it again", async () => {
    const sealer = await SframeSealer.create(BASE_KEY, 259n);
    const opener = new SframeOpener(BASE_KEY);
    const sealed = await Promise.all([1, 2, 3].map((each) => sealer.seal(Uint8Array.of(each), METADATA)));
    const opened = await Promise.all(sealed.map((each) => opener.open(each, METADATA)));
    expect(opened.map((each) => each && [each.kid, each.counter, [...each.plaintext]])).toEqual([
      [259n, 0n, [1]],
      [259n, 1n, [2]],
      [259n, 2n, [3]],
    ]);
    expect(opener.cachedKeys).toBe(1);
  });

  it("seals as the RFC does at the RFC's counter", async () => {
    const each = vectors.sframe.find(({ cipher_suite }) => cipher_suite === 4);
    const sealer = await SframeSealer.create(bytesOf(each?.base_key ?? ""), BigInt(each?.kid ?? 0));
    Object.assign(sealer, { counter: BigInt(each?.ctr ?? 0) });
    expect(toHex(await sealer.seal(bytesOf(each?.pt ?? ""), bytesOf(each?.metadata ?? "")))).toBe(each?.ct);
  });

  it("seals and opens an empty frame", async () => {
    const sealed = await (await SframeSealer.create(BASE_KEY, 1n)).seal(new Uint8Array(), METADATA);
    expect((await new SframeOpener(BASE_KEY).open(sealed, METADATA))?.plaintext).toEqual(new Uint8Array());
  });

  it("refuses what was altered anywhere, and what is cut short", async () => {
    const sealed = await (await SframeSealer.create(BASE_KEY, 259n)).seal(Uint8Array.of(1, 2, 3), METADATA);
    const opener = new SframeOpener(BASE_KEY);
    for (let at = 0; at < sealed.length; ++at) {
      const altered = sealed.map((byte, place) => (place === at ? byte ^ 1 : byte));
      expect(await opener.open(altered, METADATA)).toBeNull();
      expect(await opener.open(sealed.subarray(0, at), METADATA)).toBeNull();
    }
    expect(await opener.open(sealed, bytesOf("a1a3"))).toBeNull();
    expect(await new SframeOpener(new Uint8Array(16)).open(sealed, METADATA)).toBeNull();
    expect(opener.cachedKeys).toBe(0);
    expect(await opener.open(sealed, METADATA)).not.toBeNull();
  });

  it("keeps the keys that were used last", async () => {
    const opener = new SframeOpener(BASE_KEY, 2);
    for (const kid of [1n, 2n, 1n, 3n]) {
      const sealed = await (await SframeSealer.create(BASE_KEY, kid)).seal(Uint8Array.of(9), METADATA);
      expect(await opener.open(sealed, METADATA)).not.toBeNull();
    }
    expect(opener.cachedKeys).toBe(2);
  });

  it("seals nothing once the counters are spent", async () => {
    const sealer = await SframeSealer.create(BASE_KEY, 1n);
    Object.assign(sealer, { counter: 2n ** 64n - 1n });
    await sealer.seal(Uint8Array.of(1), METADATA);
    await expect(sealer.seal(Uint8Array.of(1), METADATA)).rejects.toThrow("spent");
  });
});
