import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeOnlyMessage, encodeMessage, FrameKind, Lane } from "../../protocol/frames";
import { CloseSchema, type Hello, HelloReplySchema, HelloSchema, Resumption } from "../../protocol/messages/link_pb";
import { Connection, type Socket } from "./connection";

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: Uint8Array[] = [];
  closed = false;
  send(data: Uint8Array<ArrayBuffer>): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
  hello(): Hello {
    this.onopen?.(new Event("open"));
    const body = decodeOnlyMessage(FrameKind.hello, this.sent[0] ?? new Uint8Array());
    if (!body) throw new Error("no Hello was sent");
    return fromBinary(HelloSchema, body);
  }
  arrive(kind: FrameKind, body: Uint8Array): void {
    const data = encodeMessage({ kind, lane: Lane.control, body }).buffer;
    this.onmessage?.({ data } as MessageEvent);
  }
  reply(reply: Parameters<typeof create<typeof HelloReplySchema>>[1]): void {
    this.arrive(FrameKind.helloReply, toBinary(HelloReplySchema, create(HelloReplySchema, reply)));
  }
  break(): void {
    this.onclose?.({} as CloseEvent);
  }
}

function welcome(resumption: Resumption, received = 0) {
  const value = { linkId: new Uint8Array(16), linkKey: new Uint8Array(32), resumption, received, keepAliveMs: 5000 };
  return { reply: { case: "welcome", value } } as const;
}

describe("Connection", () => {
  let sockets: FakeSocket[];
  let events: string[];
  let connection: Connection;
  const latest = () => sockets.at(-1) as FakeSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    events = [];
    const say = (what: string) => () => void events.push(what);
    connection = new Connection(
      { url: "wss://host/link/conference/room", token: "token", release: "0.1.0" },
      {
        opened: (restored) => void events.push(restored ? "restored" : "new"),
        resumed: say("resumed"),
        reconnecting: say("reconnecting"),
        tokenWanted: say("token wanted"),
        ended: ({ code }) => void events.push(`ended ${code}`),
        control: () => null,
        object: say("object"),
        feedback: () => {},
      },
      () => Date.now(),
      () => {
        sockets.push(new FakeSocket());
        return latest();
      },
    );
    connection.start();
  });
  afterEach(() => vi.useRealTimers());

  it("enters with the token, and resumes without it", () => {
    expect(latest().hello()).toMatchObject({ protocol: 1, release: "0.1.0", token: "token" });
    latest().reply(welcome(Resumption.NEW));
    latest().break();
    vi.advanceTimersByTime(300);
    expect(latest().hello()).toMatchObject({ token: "", resume: { received: 0 } });
    latest().reply(welcome(Resumption.RESUMED));
    expect(events).toEqual(["new", "reconnecting", "resumed"]);
  });

  it("begins anew after the server was restarted", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().break();
    vi.advanceTimersByTime(300);
    latest().hello();
    latest().reply(welcome(Resumption.RESTORED));
    expect(events.at(-1)).toBe("restored");
  });

  it("asks for another token when the server does not know the link any more", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().break();
    vi.advanceTimersByTime(300);
    latest().hello();
    latest().reply({ reply: { case: "refusal", value: { code: "resume-unknown" } } });
    expect(events.at(-1)).toBe("token wanted");
    connection.useToken("second");
    expect(latest().hello()).toMatchObject({ token: "second" });
    latest().reply(welcome(Resumption.NEW));
    expect(events.at(-1)).toBe("new");
  });

  it("tries again with growing pauses, and gives up after five minutes", () => {
    for (let i = 0; i < 10_000 && !events.at(-1)?.startsWith("ended"); ++i) {
      if (!latest().closed) latest().break();
      vi.advanceTimersByTime(100);
    }
    expect(events).toEqual(["reconnecting", "ended connection-lost"]);
    expect(sockets.length).toBeLessThan(130);
  });

  it("tries at once when the browser says that the network is back", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().break();
    const before = sockets.length;
    connection.networkChanged();
    expect(sockets.length).toBe(before + 1);
  });

  it.each([
    [{ reply: { case: "refusal", value: { code: "banned" } } } as const, "ended banned"],
    [{ reply: { case: "updateRequired", value: { release: "9" } } } as const, "ended update-required"],
    [{ reply: { case: "serverOlder", value: { release: "0" } } } as const, "ended server-older"],
    [{}, "ended protocol-error"],
  ])("ends when it is not let in (%#)", (reply, expected) => {
    latest().hello();
    latest().reply(reply);
    expect(events).toEqual([expected]);
    expect(latest().closed).toBe(true);
  });

  it("comes back when the server is only shutting down", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().arrive(FrameKind.close, toBinary(CloseSchema, create(CloseSchema, { code: "draining" })));
    expect(events).toEqual(["new", "reconnecting"]);
  });

  it("ends for good when it is removed, and nothing follows", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    const socket = latest();
    socket.arrive(FrameKind.close, toBinary(CloseSchema, create(CloseSchema, { code: "removed" })));
    socket.break();
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual(["new", "ended removed"]);
    expect(sockets).toHaveLength(1);
  });

  it("ends at what it does not understand", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().onmessage?.({ data: "text" } as MessageEvent);
    expect(events).toEqual(["new", "ended protocol-error"]);
  });

  it("does not believe that the server received what was never sent", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    latest().break();
    vi.advanceTimersByTime(300);
    latest().hello();
    latest().reply(welcome(Resumption.RESUMED, 7));
    expect(events.at(-1)).toBe("ended protocol-error");
  });

  it("says goodbye when it leaves", () => {
    latest().hello();
    latest().reply(welcome(Resumption.NEW));
    connection.leave();
    const last = decodeOnlyMessage(FrameKind.close, latest().sent.at(-1) ?? new Uint8Array());
    expect(last && fromBinary(CloseSchema, last).code).toBe("left");
    expect(latest().closed).toBe(true);
  });
});
