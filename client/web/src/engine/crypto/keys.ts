// The room's secret and the keys that follow from it, as media/room_key.hpp. The secret is 16 random bytes, spelled as
// 22 characters of base64url in the link's fragment, which browsers never send. From it, by HKDF-SHA256 (RFC 5869)
// with an empty salt:
//
//   info "vistime v1 sframe"     32 bytes   base key of SFrame, for media
//   info "vistime v1 chat"       32 bytes   base key of SFrame, for chat
//   info "vistime v1 key check"  16 bytes   known to the server: whose secret is another one notices
import { type Bytes, fromBase64url, toHex } from "../../protocol/bytes";

export const SECRET_BYTES = 16;
// The secret as it stands in a link.
export const SECRET_CHARACTERS = 22;

const SESSION_BITS = 48;

export interface RoomKeys {
  readonly mediaBaseKey: Bytes; // 32 bytes
  readonly chatBaseKey: Bytes; // 32 bytes
  readonly keyCheck: string; // 32 hex digits; not secret
}

// Null unless it is exactly 22 characters of base64url, the last one canonical.
export function parseSecret(text: string): Bytes | null {
  return text.length === SECRET_CHARACTERS ? fromBase64url(text) : null;
}

export async function deriveRoomKeys(secret: Bytes): Promise<RoomKeys> {
  const [mediaBaseKey, chatBaseKey, keyCheck] = await Promise.all([
    hkdf(secret, ascii("vistime v1 sframe"), 32),
    hkdf(secret, ascii("vistime v1 chat"), 32),
    hkdf(secret, ascii("vistime v1 key check"), 16),
  ]);
  return { mediaBaseKey, chatBaseKey, keyCheck: toHex(keyCheck) };
}

// HKDF-SHA256 with an empty salt; `size` in bytes.
export async function hkdf(secret: Bytes, info: Bytes, size: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, size * 8));
}

// The 48 random bits of an SFrame key id: drawn anew by each page that joins, so that no key is used twice with the
// same counter.
export function newMediaSession(): bigint {
  const bits = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  return BigInt.asUintN(SESSION_BITS, bits);
}

// The SFrame key id of one track of one sender; `index` is the track's among its own, 0…255.
export function keyId(session: bigint, index: number): bigint {
  return (BigInt.asUintN(SESSION_BITS, session) << 8n) | BigInt(index & 0xff);
}

function ascii(text: string): Bytes {
  return Uint8Array.from(text, (each) => each.charCodeAt(0));
}
