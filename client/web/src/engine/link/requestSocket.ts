// A link over plain requests, looking like a WebSocket: for networks that let none through. Up: POSTs. Down: one answer
// that streams, or, where a proxy holds it back, several that the server gives as soon as it has something (long poll).
// Mirrors transport/reach/request_carrier.cpp.
import type { Socket } from "./connection";
import { encodeRecords, goodbyeRecord, type Message, RecordReader, Reorder } from "./requestRecords";

// Browsers open six connections to a host; one stays free for everything else.
const UPLOADS = 2;
const POLLS = 3;
const UPLOAD_BYTES = 48 * 1024;
const ACKNOWLEDGE_BYTES = 128 * 1024;
// A proxy that has passed nothing of a streamed answer on after so long holds it back.
const FIRST_BYTES_MS = 800;
// Longer than the server's padding takes, twice.
const SILENCE_MS = 12_000;
const REQUEST_MS = 20_000;
// The next stream begins before anything on the way finds this one too long.
const STREAM_MS = 45_000;
const MAX_FAILURES = 3;
const RETRY_MS = 150;

class Gone extends Error {}
class HeldBack extends Error {}

export class RequestSocket implements Socket {
  binaryType: BinaryType = "arraybuffer";
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;

  private readonly base: string;
  private readonly abort = new AbortController();
  private session = "";
  private roundTripMs = 0;
  private closed = false;

  private readonly queue: Message[] = [];
  private queuedBytes = 0;
  private lastNumber = 0;
  private uploads = 0;

  private readonly down = new Reorder();
  private unacknowledged = 0;
  private stream = 0; // the newest; older ones end by themselves
  private polling = false;
  private failures = 0;

  // `url`: the link's, as for a WebSocket.
  constructor(
    url: string,
    private readonly request: typeof fetch = (...what) => fetch(...what),
  ) {
    this.base = `${url.replace(/^ws/, "http")}/requests`;
    this.begin().catch(() => this.finish());
  }

  get bufferedAmount(): number {
    return this.queuedBytes;
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.queue.push({ number: ++this.lastNumber, bytes: bytes.slice() });
    this.queuedBytes += bytes.length;
    queueMicrotask(() => this.upload()); // what the link writes in one go travels together
  }

  close(): void {
    if (this.closed) return;
    if (this.session) {
      const body = encodeRecords([...this.queue.splice(0), goodbyeRecord(this.lastNumber)]);
      const last = this.request(`${this.base}/up?received=${this.down.next}`, {
        ...this.options("POST"),
        body,
        keepalive: body.length < UPLOAD_BYTES, // browsers send no more for a page that is gone
      });
      last.catch(() => {});
    }
    this.finish();
  }

  private options(method: string): RequestInit {
    return {
      method,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      headers: this.session ? { Authorization: `Bearer ${this.session}` } : {},
    };
  }

  private async ask(what: string, method: string, limitMs: number, body?: Uint8Array<ArrayBuffer>): Promise<Response> {
    const signal = AbortSignal.any([this.abort.signal, AbortSignal.timeout(limitMs)]);
    const answer = await this.request(`${this.base}${what}`, {
      ...this.options(method),
      signal,
      ...(body && { body }),
    });
    if (answer.status === 410) throw new Gone();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer;
  }

  private async begin(): Promise<void> {
    const asked = performance.now();
    const answer = await this.ask("", "POST", REQUEST_MS);
    const { session } = (await answer.json()) as { session?: unknown };
    if (typeof session !== "string") throw new Error("that is not our server");
    this.roundTripMs = performance.now() - asked;
    this.session = session;
    this.follow(++this.stream, false);
    this.onopen?.(new Event("open"));
  }

  // ---- up ----

  private upload(): void {
    while (!this.closed && this.uploads < UPLOADS) {
      if (this.queue.length === 0 && this.unacknowledged < ACKNOWLEDGE_BYTES) return;
      this.uploads += 1;
      this.unacknowledged = 0;
      this.deliver(encodeRecords(this.batch())).catch(() => this.finish());
    }
  }

  private batch(): Message[] {
    const records: Message[] = [];
    let size = 0;
    for (
      let next = this.queue[0];
      next && (size === 0 || size + next.bytes.length <= UPLOAD_BYTES);
      next = this.queue[0]
    ) {
      this.queue.shift();
      this.queuedBytes -= next.bytes.length;
      size += next.bytes.length;
      records.push(next);
    }
    return records;
  }

  // The server takes a record once, however often it comes: what is unsure is sent again.
  private async deliver(body: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.ask(`/up?received=${this.down.next}`, "POST", REQUEST_MS, body);
        break;
      } catch (error) {
        if (error instanceof Gone || attempt === MAX_FAILURES || this.closed) throw error;
        await pause(RETRY_MS);
      }
    }
    this.uploads -= 1;
    this.upload();
  }

  // ---- down ----

  private follow(stream: number, again: boolean): void {
    const beganAt = performance.now();
    this.read(stream, again)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .then(async (error) => {
        if (this.closed || this.polling || stream !== this.stream) return;
        if (this.down.ended || error instanceof Gone) return this.finish();
        // Cut before its time. Some proxies do that to every answer after a while; then polls are no worse.
        this.failures = performance.now() - beganAt > STREAM_MS / 3 ? 0 : this.failures + 1;
        if (error instanceof HeldBack || this.failures >= MAX_FAILURES) return this.poll();
        if (this.failures > 1) await pause(RETRY_MS);
        if (!this.closed) this.follow(++this.stream, true);
      });
  }

  private async read(stream: number, again: boolean): Promise<void> {
    const cut = new AbortController();
    const signal = AbortSignal.any([this.abort.signal, cut.signal]);
    const patience = FIRST_BYTES_MS + 2 * this.roundTripMs;
    let heldBack = true;
    let timer = setTimeout(() => cut.abort(), patience);
    const until = performance.now() + STREAM_MS;
    try {
      const answer = await this.request(`${this.base}/down${this.from(again)}`, { ...this.options("GET"), signal });
      if (answer.status === 410) throw new Gone();
      if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
      const reader = answer.body.getReader();
      const records = new RecordReader();
      let handedOver = false;
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.closed) return;
        heldBack = false;
        clearTimeout(timer);
        timer = setTimeout(() => cut.abort(), SILENCE_MS);
        this.take(value, records);
        if (!handedOver && stream === this.stream && performance.now() > until) {
          handedOver = true;
          this.follow(++this.stream, false); // the server ends this one when the next has begun
        }
      }
    } catch (error) {
      if (cut.signal.aborted && heldBack) throw new HeldBack();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private poll(): void {
    this.polling = true;
    this.failures = 0;
    for (let i = 0; i < POLLS; i += 1) this.pollAgain().catch(() => this.finish());
  }

  private async pollAgain(): Promise<void> {
    for (let again = true; !this.closed; ) {
      try {
        const answer = await this.ask(`/poll${this.from(again)}`, "GET", REQUEST_MS);
        this.take(new Uint8Array(await answer.arrayBuffer()), new RecordReader());
        if (this.down.ended) return this.finish();
        again = false;
        this.failures = 0;
      } catch (error) {
        this.failures += 1;
        if (error instanceof Gone || this.failures >= MAX_FAILURES * POLLS) throw error;
        again = true;
        await pause(RETRY_MS);
      }
    }
  }

  private from(again: boolean): string {
    return `?from=${this.down.next}${again ? "&again=1" : ""}`;
  }

  private take(bytes: Uint8Array, reader: RecordReader): void {
    for (const record of reader.feed(bytes)) {
      for (const message of this.down.put(record)) {
        if (this.closed) return;
        this.onmessage?.(new MessageEvent("message", { data: message.slice().buffer }));
      }
    }
    this.unacknowledged += bytes.length;
    if (this.unacknowledged >= ACKNOWLEDGE_BYTES) this.upload();
  }

  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.abort.abort();
    this.onclose?.(new Event("close") as CloseEvent);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
