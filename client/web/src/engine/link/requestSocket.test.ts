import { afterEach, describe, expect, it } from "vitest";
import { encodeRecords, goodbyeRecord, type Message, RecordReader, Reorder } from "./requestRecords";
import { RequestSocket } from "./requestSocket";

// The server's half, as far as a page can tell: what comes up goes back down.
class EchoServer {
  asked: string[] = [];
  heard: Uint8Array[] = [];
  saidGoodbye = false;
  ended = false;
  losePosts = 0;
  cutStreams = 0;
  holdBack = false;
  refuse = false;
  private readonly up = new Reorder();
  private readonly kept: Message[] = [];
  private unsent = 0;
  private stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  private readonly waiting: (() => void)[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const path = url.pathname.replace("/link/requests", "");
    this.asked.push(`${init?.method} ${path}`);
    if (this.refuse) return new Response("blocked", { status: 403 });
    if (path === "") return Response.json({ session: "secret" }, { status: 201 });
    expect(new Headers(init?.headers).get("Authorization")).toBe("Bearer secret");
    if (this.ended) return new Response(null, { status: 410 });
    if (path === "/up") return this.take(init?.body as Uint8Array);
    if (url.searchParams.get("again")) this.unsent = 0;
    const from = Number(url.searchParams.get("from"));
    while (this.kept[this.unsent] && (this.kept[this.unsent] as Message).number < from) this.unsent += 1;
    return path === "/down" ? this.follow(init?.signal ?? null) : this.poll(init?.signal ?? null);
  };

  push(record: Message): void {
    this.kept.push(record);
    this.flow();
    this.waiting.shift()?.();
  }

  private take(body: Uint8Array): Response {
    for (const record of new RecordReader().feed(body)) {
      for (const message of this.up.put(record)) {
        this.heard.push(message);
        this.push({ number: this.heard.length, bytes: message });
      }
    }
    this.saidGoodbye ||= this.up.ended;
    if (this.losePosts-- > 0) throw new TypeError("the answer was lost");
    return new Response(null, { status: 204 });
  }

  private takeDown(): Uint8Array<ArrayBuffer> {
    const records = encodeRecords(this.kept.slice(this.unsent));
    this.unsent = this.kept.length;
    return records;
  }

  private follow(signal: AbortSignal | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        signal?.addEventListener("abort", () => controller.error(signal.reason));
        this.stream = controller;
        if (!this.holdBack) controller.enqueue(encodeRecords([{ number: 0, bytes: new Uint8Array(64) }]));
        this.flow();
      },
    });
    return new Response(body);
  }

  private flow(): void {
    if (!this.stream || this.unsent === this.kept.length) return;
    const records = this.takeDown();
    if (this.holdBack) return; // the proxy has it now
    if (this.cutStreams-- > 0) {
      this.stream.error(new TypeError("cut"));
      this.stream = null;
    } else {
      this.stream.enqueue(records);
    }
  }

  private async poll(signal: AbortSignal | null): Promise<Response> {
    this.stream = null;
    if (this.unsent === this.kept.length) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    }
    return new Response(this.takeDown());
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("RequestSocket", () => {
  let socket: RequestSocket;
  afterEach(() => socket.close());

  const open = async (server: EchoServer) => {
    socket = new RequestSocket("wss://host/link", server.fetch);
    const heard: number[] = [];
    socket.onmessage = ({ data }) => void heard.push(new Uint8Array(data as ArrayBuffer)[0] as number);
    const opened = await new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onclose = () => resolve(false);
    });
    return { heard, opened };
  };
  const until = async (condition: () => boolean) => {
    for (let i = 0; i < 200 && !condition(); i += 1) await settled();
    expect(condition()).toBe(true);
  };
  const talk = async (server: EchoServer) => {
    const { heard, opened } = await open(server);
    expect(opened).toBe(true);
    for (let i = 1; i <= 50; i += 1) socket.send(Uint8Array.of(i));
    await until(() => heard.length >= 50);
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(server.heard.length).toBe(50);
  };

  it("talks over POSTs and one answer that streams", async () => {
    const server = new EchoServer();
    await talk(server);
    expect(server.asked).toContain("GET /down");
    expect(server.asked).not.toContain("GET /poll");
  });

  it("polls where answers are held back", async () => {
    const server = new EchoServer();
    server.holdBack = true;
    await talk(server);
    expect(server.asked).toContain("GET /poll");
  });

  it("sends again what may be lost, and hears again what was", async () => {
    const server = new EchoServer();
    server.losePosts = 2;
    server.cutStreams = 2;
    await talk(server);
  });

  it("is closed where something else answers", async () => {
    const server = new EchoServer();
    server.refuse = true;
    expect((await open(server)).opened).toBe(false);
  });

  it("is closed when the server has said goodbye, or knows it no more", async () => {
    for (const how of ["goodbye", "gone"]) {
      const server = new EchoServer();
      await open(server);
      let closed = false;
      socket.onclose = () => {
        closed = true;
      };
      await settled(); // the stream has begun
      if (how === "gone") server.ended = true;
      else server.push(goodbyeRecord(0));
      if (how === "gone") socket.send(Uint8Array.of(1));
      else server.ended = true;
      server.cutStreams = 1;
      server.push({ number: 1, bytes: Uint8Array.of(9) });
      await until(() => closed);
    }
  });

  it("says goodbye with what is still to be said", async () => {
    const server = new EchoServer();
    await open(server);
    socket.send(Uint8Array.of(1));
    socket.close();
    await until(() => server.saidGoodbye);
    expect(server.heard.length).toBe(1);
  });
});
