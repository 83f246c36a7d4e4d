import { describe, expect, it } from "vitest";
import vectors from "../../../../protocol/vectors/frames.json";
import { fromHex, toHex } from "./bytes";
import {
  Assembler,
  decodeOnlyMessage,
  encodeMessage,
  FrameKind,
  FrameWriter,
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

const textOf = (text: string) => new TextEncoder().encode(text);
const plain = (messages: Message[] | string) =>
  typeof messages === "string" ? messages : messages.map((each) => ({ ...each, body: toHex(each.body) }));

// What the assembler makes of carrier messages; a string says what it refused.
function received(assembler: Assembler, carrierMessages: readonly Uint8Array[]): Message[] | string {
  const messages: Message[] = [];
  for (const each of carrierMessages) {
    const wrong = assembler.receive(each, (message) => {
      messages.push(message);
      return null;
    });
    if (wrong !== null) return wrong;
  }
  return messages;
}

// Cut into frames, one carrier message each.
function cut(message: Message): Uint8Array[] {
  const writer = new FrameWriter();
  const out: Uint8Array[] = [];
  for (let sent = 0; sent < message.body.length; ) {
    sent = writer.appendPart(message, sent, MAX_FRAME_BODY);
    out.push(writer.take());
  }
  return out;
}

describe("frames", () => {
  it.each(vectors.carrier_messages)("are read: $name", ({ bytes, messages }) => {
    expect(plain(received(new Assembler(), [bytesOf(bytes)]))).toEqual(messages);
  });

  it.each(vectors.refused)("are refused: $why", ({ bytes }) => {
    expect(received(new Assembler(), [bytesOf(bytes)])).toEqual(expect.any(String));
  });

  it.each(vectors.carrier_messages.filter(({ name }) => !name.includes("parts") && !name.includes("abandoned")))(
    "are written: $name",
    ({ bytes, messages }) => {
      const writer = new FrameWriter();
      for (const { kind, lane, body } of messages) {
        writer.appendPart({ kind: kind as FrameKind, lane: lane as Lane, body: bytesOf(body) }, 0, MAX_FRAME_BODY);
      }
      expect(toHex(writer.take())).toBe(bytes);
      expect(writer.size).toBe(0);
    },
  );

  it("interleave the lanes and take back what is abandoned, as the golden bytes say", () => {
    const writer = new FrameWriter();
    const video: Message = { kind: FrameKind.object, lane: Lane.video, body: textOf("aaabbbc") };
    let sent = writer.appendPart(video, 0, 3);
    writer.appendPart({ kind: FrameKind.object, lane: Lane.audio, body: textOf("v") }, 0, 3);
    sent = writer.appendPart(video, sent, 3);
    expect(writer.appendPart(video, sent, 3)).toBe(7);
    expect(toHex(writer.take())).toBe("a403616161140176a403626262240163");

    writer.appendPart(video, 0, 3);
    writer.appendAbandoned(video);
    writer.appendPart({ ...video, body: textOf("next") }, 0, 100);
    expect(toHex(writer.take())).toBe("a403616161640024046e657874");
  });

  it("of a large message are put together again", () => {
    const body = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    const carrierMessages = cut({ kind: FrameKind.object, lane: Lane.video, body });
    expect(carrierMessages).toHaveLength(7);
    expect(plain(received(new Assembler(), carrierMessages))).toEqual([{ kind: 4, lane: 2, body: toHex(body) }]);
  });

  it("may measure what their kind allows, and no more", () => {
    const object: Message = { kind: FrameKind.object, lane: Lane.video, body: new Uint8Array(MAX_OBJECT_BYTES) };
    expect(received(new Assembler(), cut(object))).toHaveLength(1);
    const larger = { ...object, body: new Uint8Array(MAX_OBJECT_BYTES + 1) };
    expect(received(new Assembler(), cut(larger))).toContain("exceeds");
    const control = { kind: FrameKind.control, lane: Lane.control, body: new Uint8Array(MAX_CONTROL_BYTES + 1) };
    expect(received(new Assembler(), cut(control))).toContain("exceeds");
    expect(received(new Assembler(), [new Uint8Array(MAX_CARRIER_MESSAGE + 1)])).toContain("exceeds");
  });

  it("half received are forgotten with their connection", () => {
    const assembler = new Assembler();
    expect(received(assembler, [bytesOf("a403616161")])).toEqual([]);
    assembler.reset();
    expect(plain(received(assembler, [bytesOf("240163")]))).toEqual([{ kind: 4, lane: 2, body: "63" }]);
  });

  it("are read no further once a message was found wrong", () => {
    const seen: string[] = [];
    const wrong = new Assembler().receive(bytesOf("140161140162"), ({ body }) => {
      seen.push(toHex(body));
      return "not that one";
    });
    expect(wrong).toBe("not that one");
    expect(seen).toEqual(["61"]);
  });

  it("of random bytes are read or refused without an exception", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed & 0xff;
    };
    let refused = 0;
    for (let round = 0; round < 2000; ++round) {
      const bytes = Uint8Array.from({ length: round % 60 }, random);
      if (typeof received(new Assembler(), [bytes]) === "string") ++refused;
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe("a greeting", () => {
  it("stands alone in its carrier message", () => {
    const hello: Message = { kind: FrameKind.hello, lane: Lane.control, body: textOf("hello") };
    const encoded = encodeMessage(hello);
    expect(decodeOnlyMessage(FrameKind.hello, encoded)).toEqual(hello.body);
    expect(decodeOnlyMessage(FrameKind.helloReply, encoded)).toBeNull();
    expect(decodeOnlyMessage(FrameKind.hello, Uint8Array.of(...encoded, ...encoded))).toBeNull();
    expect(decodeOnlyMessage(FrameKind.hello, encoded.subarray(1))).toBeNull();
    expect(decodeOnlyMessage(FrameKind.hello, new Uint8Array())).toBeNull();
    expect(decodeOnlyMessage(FrameKind.hello, new Uint8Array(MAX_CARRIER_MESSAGE + 1))).toBeNull();
  });
});
