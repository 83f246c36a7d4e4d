import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchRoom, joinRoom } from "./master";

const PLACE = { origin: "https://meet.example:8443", room: "abcdefghij", hostKey: "" };
const ROOM = {
  room: "abcdefghij",
  name: "Daily",
  password_required: true,
  lobby: false,
  max_participants: 20,
  key_check: "46bfb4a58da3363b4bbc8d34cf1d90d7",
  state: "open",
};
const GRANT = {
  token: "signed",
  participant: "p1",
  role: "host",
  link: "/link/conference/abcdefghij",
  expires_in: 60,
  release: "0.1.0",
};

const asked = vi.fn<typeof fetch>();

function answers(body: unknown, status = 200): void {
  asked.mockResolvedValue(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
}

// A server that never answers; as fetch does, it gives up when it is told to.
function silent(): void {
  asked.mockImplementation(
    (_, init) =>
      new Promise((_resolve, reject) => {
        const give = () => reject(new DOMException("aborted", "AbortError"));
        if (init?.signal?.aborted) give();
        init?.signal?.addEventListener("abort", give);
      }),
  );
}

function request(): { url: string; headers: Headers; init: RequestInit } {
  const [url, init = {}] = asked.mock.calls[0] ?? [];
  return { url: String(url), headers: new Headers(init.headers), init };
}

beforeEach(() => {
  asked.mockReset();
  vi.stubGlobal("fetch", asked);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a room", () => {
  it("is asked for", async () => {
    answers(ROOM);
    expect(await fetchRoom(PLACE)).toEqual({
      room: "abcdefghij",
      name: "Daily",
      passwordRequired: true,
      lobby: false,
      maxPeople: 20,
      keyCheck: ROOM.key_check,
      host: null,
    });
    expect(request().url).toBe("https://meet.example:8443/api/v1/rooms/abcdefghij");
    expect(request().headers.has("Authorization")).toBe(false);
    expect(request().init).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
  });

  it("tells its host more", async () => {
    answers({ ...ROOM, participants: 3, waiting: 1, locked: true });
    const info = await fetchRoom({ ...PLACE, hostKey: "key" });
    expect(info.host).toEqual({ people: 3, waiting: 1, locked: true });
    expect(request().headers.get("Authorization")).toBe("Bearer key");
  });

  it.each([
    ["no JSON", "<html>"],
    ["a list", []],
    ["no key check", { ...ROOM, key_check: 7 }],
    ["a key check of another length", { ...ROOM, key_check: "abc" }],
    ["no room", { ...ROOM, room: "" }],
  ])("that is answered with %s is not understood", async (_, body) => {
    answers(body);
    await expect(fetchRoom(PLACE)).rejects.toMatchObject({ code: "bad-answer" });
  });
});

describe("joining", () => {
  it("says who comes, and brings the token and where to go", async () => {
    answers(GRANT);
    expect(await joinRoom({ ...PLACE, hostKey: "key" }, { name: "Ada", password: "p" })).toEqual({
      token: "signed",
      person: "p1",
      role: "host",
      url: "wss://meet.example:8443/link/conference/abcdefghij",
      expiresIn: 60,
      release: "0.1.0",
    });
    const { url, headers, init } = request();
    expect(url).toBe("https://meet.example:8443/api/v1/rooms/abcdefghij/join");
    expect([init.method, headers.get("Content-Type")]).toEqual(["POST", "application/json"]);
    const device = expect.stringMatching(/^[A-Za-z0-9_-]{22}$/);
    expect(JSON.parse(String(init.body))).toEqual({ name: "Ada", password: "p", host_key: "key", device });
  });

  it("leaves out what there is none of", async () => {
    answers({ ...GRANT, role: "something new" });
    expect((await joinRoom(PLACE, { name: "Ada", password: "" })).role).toBe("guest");
    expect(Object.keys(JSON.parse(String(request().init.body)))).toEqual(["name", "device"]);
  });

  it("without TLS goes on without TLS", async () => {
    answers(GRANT);
    const grant = await joinRoom({ ...PLACE, origin: "http://localhost:8080" }, { name: "Ada", password: "" });
    expect(grant.url).toBe("ws://localhost:8080/link/conference/abcdefghij");
  });

  it.each(["", "https://other.example/", "/link/a b", "/link/a#b", "/api/x"])("is not led to '%s'", async (link) => {
    answers({ ...GRANT, link });
    await expect(joinRoom(PLACE, { name: "Ada", password: "" })).rejects.toMatchObject({ code: "bad-answer" });
  });
});

describe("a refusal", () => {
  it.each([
    [404, { code: "room-unknown", detail: "no such\u0007 room" }, "room-unknown", "no such  room"],
    [429, { code: "too-many-attempts", title: "slow down" }, "too-many-attempts", "slow down"],
    [503, "busy", "overloaded", "The server answered with status 503."],
    [502, "<html>", "unreachable", "The server answered with status 502."],
    [500, { code: "NOT A CODE" }, "http-500", "The server answered with status 500."],
  ])("with status %i is told by its code", async (status, body, code, words) => {
    answers(body, status);
    await expect(fetchRoom(PLACE)).rejects.toMatchObject({ name: "MeetingError", code, message: words });
  });

  it("of the network is told as unreachable", async () => {
    asked.mockRejectedValue(new TypeError("Failed to fetch"));
    await expect(fetchRoom(PLACE)).rejects.toMatchObject({ code: "unreachable" });
  });
});

describe("an answer that does not come", () => {
  it("is not waited for longer than 15 s", async () => {
    vi.useFakeTimers();
    silent();
    const refused = expect(fetchRoom(PLACE)).rejects.toMatchObject({ code: "unreachable" });
    await vi.advanceTimersByTimeAsync(15_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be given up", async () => {
    silent();
    const abort = new AbortController();
    const refused = expect(fetchRoom(PLACE, abort.signal)).rejects.toMatchObject({ code: "cancelled" });
    abort.abort();
    await refused;
    await expect(fetchRoom(PLACE, abort.signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});
