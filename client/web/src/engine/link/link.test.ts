import { describe, expect, it } from "vitest";
import { encodeMessage, FrameKind, Lane } from "../../protocol/frames";
import { type Carrier, Link, type LinkEvents } from "./link";

const text = (value: string) => new TextEncoder().encode(value);
const encodeFrame = (kind: FrameKind, lane: Lane, body: Uint8Array) => encodeMessage({ kind, lane, body });
const words = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

class End implements LinkEvents {
  readonly control_: string[] = [];
  readonly objects: string[] = [];
  failures: string[] = [];
  silences = 0;
  readonly link: Link;
  constructor(clock: () => number) {
    this.link = new Link(clock, this);
  }
  control(message: Uint8Array): string | null {
    this.control_.push(words(message));
    return null;
  }
  object(bytes: Uint8Array): void {
    this.objects.push(words(bytes));
  }
  feedback(): void {}
  closed(): void {}
  failed(reason: string): void {
    this.failures.push(reason);
  }
  silent(): void {
    this.silences += 1;
  }
}

// Two links and a wire between them that breaks after so many messages.
class Wire {
  now = 0;
  readonly a = new End(() => this.now);
  readonly b = new End(() => this.now);
  private inFlight: { to: End; message: Uint8Array }[] = [];
  private left = 0;

  connect(messages: number, fresh: boolean): void {
    this.left = messages;
    this.inFlight = [];
    const carrier = (to: End): Carrier => ({
      buffered: 0,
      send: (message) => this.inFlight.push({ to, message }),
      close: () => {},
    });
    if (fresh) {
      this.a.link.attachFresh(carrier(this.b));
      this.b.link.attachFresh(carrier(this.a));
    } else {
      this.a.link.attach(carrier(this.b), this.b.link.received);
      this.b.link.attach(carrier(this.a), this.a.link.received);
    }
  }
  // False when it broke.
  run(): boolean {
    for (let next = this.inFlight.shift(); next; next = this.inFlight.shift()) {
      if (this.left-- <= 0) {
        this.a.link.detach();
        this.b.link.detach();
        return false;
      }
      next.to.link.receive(next.message);
    }
    return true;
  }
}

describe("Link", () => {
  it("delivers every control message once and in order, wherever the connection breaks", () => {
    for (let step = 0; step < 40; ++step) {
      const wire = new Wire();
      wire.connect(step, true);
      for (let i = 0; i < 8; ++i) {
        wire.a.link.sendControl(text(`a${i}`));
        wire.b.link.sendControl(text(`b${i}`));
      }
      if (!wire.run()) {
        wire.a.link.sendControl(text("a8"));
        wire.connect(1000, false);
      } else wire.a.link.sendControl(text("a8"));
      while (!wire.run()) wire.connect(1000, false);
      expect(wire.b.control_, `step ${step}`).toEqual(["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]);
      expect(wire.a.control_, `step ${step}`).toEqual(["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"]);
      expect([...wire.a.failures, ...wire.b.failures]).toEqual([]);
    }
  });

  it("knows how old the oldest object is that was not confirmed", () => {
    const wire = new Wire();
    wire.connect(1000, true);
    wire.a.link.sendObject(text("voice"), true, 400);
    wire.run();
    expect(wire.b.objects).toEqual(["voice"]);
    wire.now = 1500;
    expect(wire.a.link.unconfirmedMs).toBe(1500);
    wire.b.link.tick();
    wire.run();
    expect(wire.a.link.unconfirmedMs).toBe(0);
  });

  it("measures the way there and back, and finds a connection on which nothing is heard", () => {
    const wire = new Wire();
    wire.connect(1000, true);
    wire.a.link.tick();
    wire.now = 30;
    wire.run();
    expect(wire.a.link.figures.roundTripMs).toBe(30);
    wire.now = 10_031;
    wire.a.link.tick();
    expect(wire.a.silences).toBe(1);
  });

  it("sends nothing that is too late, and voice before pictures", () => {
    let buffered = 1e6;
    const sent: Uint8Array[] = [];
    let now = 0;
    const end = new End(() => now);
    end.link.attachFresh({
      get buffered() {
        return buffered;
      },
      send: (message) => sent.push(message),
      close: () => {},
    });
    end.link.sendObject(new Uint8Array(40_000), false, 1000);
    end.link.sendObject(text("late"), true, 100);
    now = 200;
    end.link.sendObject(text("voice"), true, 100);
    buffered = 0;
    end.link.flush();
    const other = new End(() => now);
    other.link.attachFresh({ buffered: 0, send: () => {}, close: () => {} });
    for (const message of sent) other.link.receive(message);
    expect(other.objects.map((each) => each.length)).toEqual([5, 40_000]);
  });

  it("answers between the parts of a long message only when it is through", () => {
    let buffered = 0;
    const sent: Uint8Array[] = [];
    const end = new End(() => 0);
    end.link.attachFresh({
      get buffered() {
        return buffered;
      },
      send: (message) => {
        sent.push(message);
        buffered = 1e6;
      },
      close: () => {},
    });
    end.link.sendControl(new Uint8Array(40_000).fill(65));
    end.link.receive(encodeFrame(FrameKind.control, Lane.control, Uint8Array.of(0, 0, 0, 1, 66)));
    for (let i = 0; i < 10; ++i) {
      buffered = 0;
      end.link.flush();
    }
    const other = new End(() => 0);
    other.link.attachFresh({ buffered: 0, send: () => {}, close: () => {} });
    other.link.sendControl(text("B")); // so that there is something to acknowledge
    for (const message of sent) other.link.receive(message);
    expect(other.failures).toEqual([]);
    expect(other.control_.map((each) => each.length)).toEqual([40_000]);
  });

  it("fails on what breaks the protocol, and never throws", () => {
    const broken = [
      encodeFrame(FrameKind.control, Lane.control, Uint8Array.of(0, 0, 0, 2, 65)),
      encodeFrame(FrameKind.ack, Lane.control, Uint8Array.of(0, 0, 0, 9)),
      encodeFrame(FrameKind.ack, Lane.control, Uint8Array.of(1)),
      encodeFrame(FrameKind.feedback, Lane.control, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)),
      encodeFrame(FrameKind.helloReply, Lane.control, new Uint8Array()),
      encodeFrame(FrameKind.ping, Lane.control, new Uint8Array(3)),
      Uint8Array.of(0xff, 0xff),
      new Uint8Array(70_000),
    ];
    for (const message of broken) {
      const end = new End(() => 0);
      end.link.attachFresh({ buffered: 0, send: () => {}, close: () => {} });
      end.link.receive(message);
      expect(end.failures).toHaveLength(1);
    }
  });
});
