// Master's HTTPS interface, as far as a meeting's page needs it (protocol/README.md, section 1). What is answered is not
// trusted: every field is checked. As client/core/api_messages.hpp. Requests never hold the link's fragment but for the
// host key, which is meant for master.
import { MeetingError, type Role } from "../engine/types";
import { deviceId } from "./device";
import type { MeetingLink } from "./meetingLink";

// An answer that takes longer is no answer.
const TIMEOUT_MS = 15_000;
const MAX_FIELD = 8192;
const MAX_WORDS = 500;
const CODE = /^[a-z0-9-]{1,64}$/;
// Printable ASCII: it becomes part of an address.
const LINK = /^\/link\/[!-"$-~]+$/;

export interface RoomInfo {
  readonly room: string;
  readonly name: string;
  readonly passwordRequired: boolean;
  readonly lobby: boolean;
  readonly maxPeople: number;
  readonly keyCheck: string; // 32 hex digits; to be compared with that of the link's secret before joining
  readonly host: RoomStatus | null; // only the host key brings it
}

export interface RoomStatus {
  readonly people: number;
  readonly waiting: number;
  readonly locked: boolean;
}

export interface JoinRequest {
  readonly name: string;
  readonly password: string; // empty: none
}

export interface JoinGrant {
  readonly token: string; // for entering only, good for `expiresIn`
  readonly person: string;
  readonly role: Role;
  readonly url: string; // wss://HOST[:PORT]/link/conference/ROOM
  readonly expiresIn: number; // seconds
  readonly release: string; // what the server runs
}

type Fields = Readonly<Record<string, unknown>>;
type Place = Pick<MeetingLink, "origin" | "room" | "hostKey">;

// Rejects with MeetingError: a code of protocol/README.md, `unreachable`, `bad-answer`, `http-STATUS`, or `cancelled` when
// `signal` was aborted.
export async function fetchRoom(place: Place, signal?: AbortSignal): Promise<RoomInfo> {
  const headers: Record<string, string> = place.hostKey === "" ? {} : { Authorization: `Bearer ${place.hostKey}` };
  return roomInfoOf(await ask(roomUrl(place), { headers }, signal));
}

// As fetchRoom(). The host key, if there is one, goes along and makes this page the host.
export async function joinRoom(place: Place, request: JoinRequest, signal?: AbortSignal): Promise<JoinGrant> {
  const body = {
    name: request.name,
    device: deviceId(),
    ...(request.password === "" ? {} : { password: request.password }),
    ...(place.hostKey === "" ? {} : { host_key: place.hostKey }),
  };
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return grantOf(place.origin, await ask(`${roomUrl(place)}/join`, init, signal));
}

function roomUrl({ origin, room }: Place): string {
  return `${origin}/api/v1/rooms/${encodeURIComponent(room)}`;
}

// The JSON object that master answers.
async function ask(url: string, init: RequestInit, signal?: AbortSignal): Promise<Fields> {
  const abort = new AbortController();
  const cancel = () => abort.abort();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  const timer = setTimeout(cancel, TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      ...init,
      signal: abort.signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    const document = objectOf(await response.text());
    if (!response.ok) throw problemOf(response, document);
    return document ?? fail("no JSON object");
  } catch (error) {
    throw failureOf(error, signal?.aborted === true, abort.signal.aborted);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

function failureOf(error: unknown, cancelled: boolean, timedOut: boolean): MeetingError {
  if (error instanceof MeetingError) return error;
  if (cancelled) return new MeetingError("cancelled", "The request was cancelled.");
  const why = timedOut ? "did not answer in time" : "cannot be reached";
  return new MeetingError("unreachable", `The server ${why}.`);
}

// A problem document (RFC 9457), or what the status says when it is none.
function problemOf(response: Response, document: Fields | null): MeetingError {
  const named = textOf(document, "code");
  const code = CODE.test(named) ? named : codeOfStatus(response.status);
  const words = plainWords(textOf(document, "detail") || textOf(document, "title"));
  return new MeetingError(code, words || `The server answered with status ${response.status}.`);
}

function codeOfStatus(status: number): string {
  if (status === 429 || status === 503) return "overloaded";
  if (status === 502 || status === 504) return "unreachable";
  return `http-${status}`;
}

function roomInfoOf(fields: Fields): RoomInfo {
  const keyCheck = textOf(fields, "key_check");
  if (!/^[0-9a-f]{32}$/.test(keyCheck)) fail("no key check");
  return {
    room: textOf(fields, "room") || fail("no room"),
    name: textOf(fields, "name"),
    passwordRequired: fields.password_required === true,
    lobby: fields.lobby === true,
    maxPeople: countOf(fields, "max_participants"),
    keyCheck,
    host: typeof fields.participants === "number" ? statusOf(fields) : null,
  };
}

function statusOf(fields: Fields): RoomStatus {
  return {
    people: countOf(fields, "participants"),
    waiting: countOf(fields, "waiting"),
    locked: fields.locked === true,
  };
}

function grantOf(origin: string, fields: Fields): JoinGrant {
  const link = textOf(fields, "link");
  if (!LINK.test(link)) fail("no link");
  const role = textOf(fields, "role");
  return {
    token: textOf(fields, "token") || fail("no token"),
    person: textOf(fields, "participant"),
    role: role === "host" || role === "moderator" ? role : "guest",
    url: `${origin.replace(/^http/, "ws")}${link}`,
    expiresIn: countOf(fields, "expires_in"),
    release: textOf(fields, "release"),
  };
}

function fail(what: string): never {
  throw new MeetingError("bad-answer", `The server's answer cannot be understood (${what}).`);
}

function objectOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

// Empty unless it is text of a sensible length.
function textOf(fields: Fields | null, name: string): string {
  const value = fields?.[name];
  return typeof value === "string" && value.length <= MAX_FIELD ? value : "";
}

// 0 unless it is a whole number that can be counted to.
function countOf(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

// The server's words are shown: no control characters, not endless.
function plainWords(text: string): string {
  return text.slice(0, MAX_WORDS).replace(/\p{Cc}/gu, " ");
}
