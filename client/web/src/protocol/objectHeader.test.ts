import { describe, expect, it } from "vitest";
import vectors from "../../../../protocol/vectors/object_headers.json";
import { fromHex, toHex } from "./bytes";
import { decodeObjectHeader, encodeObjectHeader, type ObjectHeader, participantNumber } from "./objectHeader";

// JSON numbers lose the last digits of a large capture_us; the bytes have them.
function headerOf(each: (typeof vectors.headers)[number]): ObjectHeader {
  return {
    track: each.track,
    sequence: each.sequence,
    captureUs: BigInt(`0x${each.bytes.slice(16, 32)}`),
    keyframe: each.keyframe,
    discardable: each.discardable,
    voice: each.voice,
    spatial: each.spatial,
    temporal: each.temporal,
    audioLevel: each.audio_level,
    dependsOn: each.depends_on,
  };
}

describe("object headers", () => {
  it.each(vectors.headers)("encode and decode $bytes", (each) => {
    expect(Number(headerOf(each).captureUs)).toBe(each.capture_us);
    expect(toHex(encodeObjectHeader(headerOf(each)))).toBe(each.bytes);
    const within = fromHex(`ffff${each.bytes}abcd`)?.subarray(2) ?? new Uint8Array();
    expect(decodeObjectHeader(within)).toEqual(headerOf(each));
  });

  it.each(vectors.refused)("are refused with $why", ({ bytes }) => {
    expect(decodeObjectHeader(fromHex(bytes) ?? new Uint8Array())).toBeNull();
  });

  it("name the participant in the track", () => {
    expect(participantNumber(259)).toBe(1);
    expect(participantNumber(0xffffffff)).toBe(0xffffff);
  });
});
