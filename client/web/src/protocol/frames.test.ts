import { describe, expect, it } from "vitest";
import vectors from "../../../../protocol/vectors/frames.json";
import { concatenated, fromHex, toHex } from "./bytes";
import {
  Assembler,
  encodeAbandoned,
  encodeFrame,
  FrameError,
  FrameKind,
  Lane,
  MAX_CARRIER_MESSAGE,
  MAX_CONTROL_BYTES,
  MAX_FRAME_BODY,
  type Message,
} from "./frames";
import { MAX_OBJECT_BYTES } from "./objectHeader";

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes) throw new Error(`${hex} is no hex`);
  return bytes;
}

const plain = (messages: readonly Message[]) => messages.map((each) => ({ ...each, body: toHex(each.body) }));

// Cut into frames, one carrier message each.
function cut({ kind, lane, body }: Message): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let sent = 0; sent < body.length; sent += MAX_FRAME_BODY) {
    out.push(encodeFrame(kind, lane, body.subarray(sent, sent + MAX_FRAME_BODY), sent + MAX_FRAME_BODY < body.length));
  }
  return out;
}

function received(carrierMessages: readonly Uint8Array[]): Message[] {
  const assembler = new Assembler();
  return carrierMessages.flatMap((each) => assembler.receive(each));
}

describe("frames", () => {
  it.each(vectors.carrier_messages)("are read: $name", ({ bytes, messages }) => {
    expect(plain(received([bytesOf(bytes)]))).toEqual(messages);
  });

  it.each(vectors.refused)("are refused: $why", ({ bytes }) => {
    expect(() => received([bytesOf(bytes)])).toThrow(FrameError);
  });

  it.each(vectors.carrier_messages.filter(({ name }) => !name.includes("parts") && !name.includes("abandoned")))(
    "are written: $name",
    ({ bytes, messages }) => {
      const written = messages.map(({ kind, lane, body }) =>
        encodeFrame(kind as FrameKind, lane as Lane, bytesOf(body)),
      );
      expect(toHex(concatenated(written))).toBe(bytes);
    },
  );

  it("interleave the lanes and take back what is abandoned, as the golden bytes say", () => {
    const part = (lane: Lane, text: string, more = false) =>
      encodeFrame(FrameKind.object, lane, new TextEncoder().encode(text), more);
    const interleaved = [
      part(Lane.video, "aaa", true),
      part(Lane.audio, "v"),
      part(Lane.video, "bbb", true),
      part(Lane.video, "c"),
    ];
    expect(toHex(concatenated(interleaved))).toBe("a403616161140176a403626262240163");
    const abandoned = [
      part(Lane.video, "aaa", true),
      encodeAbandoned(FrameKind.object, Lane.video),
      part(Lane.video, "next"),
    ];
    expect(toHex(concatenated(abandoned))).toBe("a403616161640024046e657874");
  });

  it("of a large message are put together again", () => {
    const body = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    const carrierMessages = cut({ kind: FrameKind.object, lane: Lane.video, body });
    expect(carrierMessages).toHaveLength(7);
    expect(received(carrierMessages)).toEqual([{ kind: FrameKind.object, lane: Lane.video, body }]);
  });

  it("may measure what their kind allows, and no more", () => {
    const object: Message = { kind: FrameKind.object, lane: Lane.video, body: new Uint8Array(MAX_OBJECT_BYTES) };
    expect(received(cut(object))).toHaveLength(1);
    expect(() => received(cut({ ...object, body: new Uint8Array(MAX_OBJECT_BYTES + 1) }))).toThrow(FrameError);
    const control = { kind: FrameKind.control, lane: Lane.control, body: new Uint8Array(MAX_CONTROL_BYTES + 1) };
    expect(() => received(cut(control))).toThrow(FrameError);
    expect(() => received([new Uint8Array(MAX_CARRIER_MESSAGE + 1)])).toThrow(FrameError);
  });

  it("half received are forgotten with their connection", () => {
    const assembler = new Assembler();
    expect(assembler.receive(bytesOf("a403616161"))).toEqual([]);
    assembler.reset();
    expect(plain(assembler.receive(bytesOf("240163")))).toEqual([{ kind: 4, lane: 2, body: "63" }]);
  });

  it("of random bytes are read or refused, never anything else", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed & 0xff;
    };
    let refused = 0;
    for (let round = 0; round < 2000; ++round) {
      try {
        received([Uint8Array.from({ length: round % 60 }, random)]);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
        ++refused;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
