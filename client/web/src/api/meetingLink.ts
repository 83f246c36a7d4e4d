// The link that people pass on, and all that can be known from it:
//
//   https://HOST[:PORT]/m/ROOM#SECRET                the meeting
//   https://HOST[:PORT]/m/ROOM#SECRET&host=HOSTKEY   the meeting, as its host
//
// What follows '#' is never part of a request, and errors never repeat it. As client/core/meeting_link.hpp.
import { parseSecret, SECRET_CHARACTERS } from "../engine/crypto/keys";
import { MeetingError } from "../engine/types";
import { type Bytes, toBase64url } from "../protocol/bytes";

const ROOM = /^\/m\/([a-z2-7]{10})$/;
const HOST_KEY = /^[A-Za-z0-9_-]{1,128}$/;
const HOST_PREFIX = "host=";

export interface MeetingLink {
  readonly origin: string; // https://HOST[:PORT]
  readonly room: string; // ten characters of a-z2-7
  readonly secret: Bytes; // 16 bytes
  readonly hostKey: string; // empty for guests
}

// Of window.location, or of any URL. Throws MeetingError: `link-incomplete` when the key behind '#' is missing or cut
// short, `link-invalid` when room, key or host key are damaged.
export function parseMeetingLink(location: Pick<URL, "origin" | "pathname" | "hash">): MeetingLink {
  const room = ROOM.exec(location.pathname)?.[1];
  if (room === undefined) throw invalid("a link goes on with /m/ and the room behind the host");
  const [key = "", ...extra] = location.hash.replace(/^#/, "").split("&");
  if (key.length < SECRET_CHARACTERS) {
    throw new MeetingError("link-incomplete", "The key behind '#' is missing or cut short: copy the whole link.");
  }
  const secret = parseSecret(key);
  if (!secret) throw invalid("the key behind '#' is damaged");
  return { origin: location.origin, room, secret, hostKey: hostKeyOf(extra) };
}

// The link to pass on: without the host key.
export function inviteLink({ origin, room, secret }: MeetingLink): string {
  return `${origin}/m/${room}#${toBase64url(secret)}`;
}

// What follows the first '&'.
function hostKeyOf(extra: readonly string[]): string {
  const [host] = extra;
  if (host === undefined) return "";
  const hostKey = host.slice(HOST_PREFIX.length);
  if (extra.length > 1 || !host.startsWith(HOST_PREFIX) || !HOST_KEY.test(hostKey)) {
    throw invalid("what follows the key is no host key");
  }
  return hostKey;
}

function invalid(what: string): MeetingError {
  return new MeetingError("link-invalid", `This is no meeting's link: ${what}. Copy the link again.`);
}
