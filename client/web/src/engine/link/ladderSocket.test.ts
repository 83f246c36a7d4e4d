import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeMessage, FrameKind, Lane } from "../../protocol/frames";
import { HelloReplySchema } from "../../protocol/messages/link_pb";
import type { Socket } from "./connection";
import { forgetRoute, LadderSocket, type Route } from "./ladderSocket";

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 7;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent = 0;
  closed = false;
  constructor(readonly route: Route) {}
  send(): void {
    this.sent += 1;
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.onopen?.(new Event("open"));
  }
  says(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
  ready(): void {
    const body = toBinary(HelloReplySchema, create(HelloReplySchema, { reply: { case: "ready", value: {} } }));
    this.opens();
    this.says(encodeMessage({ kind: FrameKind.helloReply, lane: Lane.control, body }).buffer);
  }
  breaks(): void {
    this.onclose?.({} as CloseEvent);
  }
}

describe("LadderSocket", () => {
  let tried: FakeSocket[];
  let events: string[];
  const open = (route: Route) => () => {
    const socket = new FakeSocket(route);
    tried.push(socket);
    return socket;
  };
  const climb = () => {
    const ladder = new LadderSocket("wss://host/link", { websocket: open("websocket"), requests: open("requests") });
    ladder.onopen = () => events.push(`open ${ladder.route}`);
    ladder.onmessage = ({ data }) => events.push(`message ${data}`);
    ladder.onclose = () => events.push("close");
    return ladder;
  };
  const routes = () => tried.map(({ route }) => route);

  beforeEach(() => {
    vi.useFakeTimers();
    forgetRoute();
    tried = [];
    events = [];
  });
  afterEach(() => vi.useRealTimers());

  it("takes the WebSocket where a probe comes back", () => {
    const ladder = climb();
    tried[0]?.opens();
    expect(tried[0]?.sent).toBe(1);
    expect(events).toEqual([]); // that it opens proves nothing
    tried[0]?.ready();
    vi.advanceTimersByTime(5000);
    expect(routes()).toEqual(["websocket"]);
    expect(events).toEqual(["open websocket"]);
    tried[0]?.says("hello");
    expect(events.at(-1)).toBe("message hello");
    expect(ladder.bufferedAmount).toBe(7);
    tried[0]?.breaks();
    expect(events.at(-1)).toBe("close");
  });

  it("tries requests at once where no WebSocket opens", () => {
    climb();
    tried[0]?.breaks();
    expect(routes()).toEqual(["websocket", "requests"]);
    tried[1]?.ready();
    expect(events).toEqual(["open requests"]);
  });

  it("tries requests beside a WebSocket that opens and stays silent, and closes it when they carry", () => {
    climb();
    tried[0]?.opens();
    vi.advanceTimersByTime(1000);
    expect(routes()).toEqual(["websocket", "requests"]);
    tried[1]?.ready();
    expect(tried[0]?.closed).toBe(true);
    expect(events).toEqual(["open requests"]);
  });

  it("begins with what carried the last time", () => {
    climb();
    tried[0]?.breaks();
    tried[1]?.ready();
    climb();
    expect(tried[2]?.route).toBe("requests");
  });

  it("takes an answer that is not the server's for none", () => {
    climb();
    tried[0]?.opens();
    tried[0]?.says("<html>");
    expect(tried[0]?.closed).toBe(true);
    expect(routes()).toEqual(["websocket", "requests"]);
  });

  it("is closed when nothing carries", () => {
    climb();
    tried[0]?.breaks();
    tried[1]?.breaks();
    expect(events).toEqual(["close"]);
  });

  it("leaves nothing open when it is closed", () => {
    const ladder = climb();
    vi.advanceTimersByTime(1000);
    ladder.close();
    expect(tried.every(({ closed }) => closed)).toBe(true);
    vi.advanceTimersByTime(5000);
    expect(tried.length).toBe(2);
  });
});
