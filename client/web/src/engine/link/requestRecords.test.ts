import { describe, expect, it } from "vitest";
import { encodeRecords, GOODBYE, goodbyeRecord, type Message, PADDING, RecordReader, Reorder } from "./requestRecords";

const bytes = (...values: number[]) => Uint8Array.from(values);
const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

describe("records", () => {
  it("have the same bytes as the server's", () => {
    expect(hex(encodeRecords([{ number: 258, bytes: bytes(7, 8) }]))).toBe("00000102000000020708");
    expect(hex(encodeRecords([goodbyeRecord(3)]))).toBe("ffffffff0000000400000003");
  });

  it("are read however the bytes arrive", () => {
    const records: Message[] = [
      { number: 1, bytes: bytes(1, 2, 3) },
      { number: PADDING, bytes: new Uint8Array(300) },
      { number: 2, bytes: bytes() },
      { number: GOODBYE, bytes: bytes(0, 0, 0, 2) },
    ];
    const stream = encodeRecords(records);
    for (const piece of [1, 7, 8, 100, stream.length]) {
      const reader = new RecordReader();
      const seen: Message[] = [];
      for (let at = 0; at < stream.length; at += piece) seen.push(...reader.feed(stream.subarray(at, at + piece)));
      expect(seen).toEqual(records);
      expect(reader.atBoundary).toBe(true);
    }
  });

  it("that claim too much are refused", () => {
    expect(() => new RecordReader().feed(bytes(0, 0, 0, 1, 0, 1, 0, 1))).toThrow("too long");
  });
});

describe("Reorder", () => {
  it("brings messages into order and drops what comes twice", () => {
    const order = new Reorder();
    const put = (number: number, value = number) => order.put({ number, bytes: bytes(value) });
    expect(put(2)).toEqual([]);
    expect(put(1)).toEqual([bytes(1), bytes(2)]);
    expect(put(1, 9)).toEqual([]);
    expect(order.next).toBe(3);
  });

  it("ends when all that was said before the goodbye has come", () => {
    const order = new Reorder();
    order.put(goodbyeRecord(1));
    expect(order.ended).toBe(false);
    order.put({ number: 1, bytes: bytes() });
    expect(order.ended).toBe(true);
  });

  it("does not keep everything ahead of a gap", () => {
    const order = new Reorder();
    expect(() => {
      for (let number = 2; number < 5000; number += 1) order.put({ number, bytes: bytes() });
    }).toThrow("missing");
  });
});
