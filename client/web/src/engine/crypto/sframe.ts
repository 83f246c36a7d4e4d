// SFrame (RFC 9605): authenticated encryption of whole media frames, end to end; suite 0x0004 (AES-128-GCM with 16-byte
// tags). As media/sframe.hpp.
//
// A sealed frame is `header | ciphertext | tag (16 bytes)`; the header names the key (KID) and the counter:
//
//   byte 0: X KKK Y CCC    X=0: KID is KKK        X=1: KID follows in KKK+1 bytes, big-endian
//                          Y=0: counter is CCC    Y=1: counter follows (after the KID) in CCC+1 bytes
//
// The header and the caller's metadata are authenticated, the frame is also encrypted. Replays are the caller's to
// refuse: open() tells KID and counter.
//
// WebCrypto is asynchronous and may finish in another order than it was asked in: whoever needs order awaits each call
// before the next, or chains the promises.
import { type Bytes, concatenated, u64 } from "../../protocol/bytes";
import { hkdf } from "./keys";

export const SFRAME_TAG_BYTES = 16;
export const SFRAME_MAX_HEADER_BYTES = 17;
// Four tracks each of 64 senders.
const MAX_KEYS = 256;

const SUITE = Uint8Array.of(0, 4);
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const MAX_COUNTER = 2n ** 64n - 1n;

export interface SframeHeader {
  readonly kid: bigint;
  readonly counter: bigint;
}

export interface OpenedFrame extends SframeHeader {
  readonly plaintext: Bytes;
}

// The shortest encoding.
export function encodeSframeHeader({ kid, counter }: SframeHeader): Bytes {
  const key = encodeValue(kid);
  const count = encodeValue(counter);
  return concatenated([Uint8Array.of((key.nibble << 4) | count.nibble), key.bytes, count.bytes]);
}

// Also reads encodings longer than needed: their bytes are authenticated as they stand. Null when cut short.
export function parseSframeHeader(sealed: Uint8Array): (SframeHeader & { readonly size: number }) | null {
  const first = sealed[0];
  if (first === undefined) return null;
  const kid = readValue(sealed, 1, first >> 4);
  const counter = kid && readValue(sealed, kid.end, first & 0x0f);
  return counter ? { kid: kid.value, counter: counter.value, size: counter.end } : null;
}

// Below 8 the nibble is the value; else it has bit 3 set and says how many bytes follow, less one.
function encodeValue(value: bigint): { nibble: number; bytes: Uint8Array } {
  if (value < 8n) return { nibble: Number(value), bytes: new Uint8Array() };
  const whole = u64(value);
  const bytes = whole.subarray(whole.findIndex((byte) => byte !== 0));
  return { nibble: 8 | (bytes.length - 1), bytes };
}

function readValue(from: Uint8Array, at: number, nibble: number): { value: bigint; end: number } | null {
  if (nibble < 8) return { value: BigInt(nibble), end: at };
  const end = at + (nibble & 7) + 1;
  if (end > from.length) return null;
  let value = 0n;
  for (const byte of from.subarray(at, end)) value = (value << 8n) | BigInt(byte);
  return { value, end };
}

// Key and salt of one KID (RFC 9605, section 4.4.2).
class SframeKey {
  private constructor(
    private readonly key: CryptoKey,
    private readonly salt: Bytes,
  ) {}

  static async derive(baseKey: Bytes, kid: bigint): Promise<SframeKey> {
    const [key, salt] = await Promise.all([
      hkdf(baseKey, label("SFrame 1.0 Secret key ", kid), KEY_BYTES),
      hkdf(baseKey, label("SFrame 1.0 Secret salt ", kid), NONCE_BYTES),
    ]);
    return new SframeKey(await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]), salt);
  }

  async encrypt(counter: bigint, associated: Bytes, plaintext: Uint8Array): Promise<Uint8Array> {
    const parameters = this.parameters(counter, associated);
    return new Uint8Array(await crypto.subtle.encrypt(parameters, this.key, unshared(plaintext)));
  }

  // Null when it is not what a holder of the key sealed.
  async decrypt(counter: bigint, associated: Bytes, ciphertext: Uint8Array): Promise<Bytes | null> {
    const parameters = this.parameters(counter, associated);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters, this.key, unshared(ciphertext)));
    } catch {
      return null;
    }
  }

  private parameters(counter: bigint, associated: Bytes): AesGcmParams {
    const iv = this.salt.slice(); // salt XOR counter
    u64(counter).forEach((byte, at) => {
      const place = NONCE_BYTES - 8 + at;
      iv[place] = (iv[place] ?? 0) ^ byte;
    });
    return { name: "AES-GCM", iv, additionalData: associated, tagLength: SFRAME_TAG_BYTES * 8 };
  }
}

// `text` | KID (8 bytes) | suite (2 bytes)
function label(text: string, kid: bigint): Bytes {
  return concatenated([new TextEncoder().encode(text), u64(kid), SUITE]);
}

// Frames never live in shared memory, though their type does not say so.
function unshared(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}

// Seals one track's frames. The counter starts at 0 and only grows, so that no nonce is ever used twice with a key: one
// KID must therefore have one sealer in the whole room, for as long as its media session is in use.
export class SframeSealer {
  private counter = 0n;

  private constructor(
    private readonly key: SframeKey,
    readonly kid: bigint,
  ) {}

  static async create(baseKey: Bytes, kid: bigint): Promise<SframeSealer> {
    return new SframeSealer(await SframeKey.derive(baseKey, kid), kid);
  }

  // Counters are given in the order of the calls; see above for the order of the answers. Neither array may change
  // before the answer is there. Rejects once all 2^64 counters are spent.
  async seal(plaintext: Uint8Array, metadata: Uint8Array): Promise<Bytes> {
    const counter = this.counter;
    if (counter > MAX_COUNTER) throw new Error("all counters of this media key are spent: join again for a new key");
    // Spent whatever happens below: better a counter lost than one used twice.
    this.counter += 1n;
    const header = encodeSframeHeader({ kid: this.kid, counter });
    return concatenated([header, await this.key.encrypt(counter, concatenated([header, metadata]), plaintext)]);
  }
}

// Opens frames of every KID of one base key. The keys in use are kept ready, a bounded number of them, the least
// recently used first to go; a KID enters only after a frame of it was authentic, so that forged KIDs displace nothing.
export class SframeOpener {
  private readonly keys = new Map<bigint, SframeKey>(); // least recently used first

  constructor(
    private readonly baseKey: Bytes,
    private readonly maxKeys = MAX_KEYS,
  ) {}

  get cachedKeys(): number {
    return this.keys.size;
  }

  // Null when header, ciphertext, tag or metadata are not what a holder of the base key sealed. Neither array may change
  // before the answer is there.
  async open(sealed: Uint8Array, metadata: Uint8Array): Promise<OpenedFrame | null> {
    const header = parseSframeHeader(sealed);
    if (!header || sealed.length < header.size + SFRAME_TAG_BYTES) return null;
    const { kid, counter, size } = header;
    const key = this.keys.get(kid) ?? (await SframeKey.derive(this.baseKey, kid));
    const associated = concatenated([sealed.subarray(0, size), metadata]);
    const plaintext = await key.decrypt(counter, associated, sealed.subarray(size));
    if (!plaintext) return null;
    this.keep(kid, key);
    return { kid, counter, plaintext };
  }

  private keep(kid: bigint, key: SframeKey): void {
    this.keys.delete(kid);
    this.keys.set(kid, key);
    if (this.keys.size <= this.maxKeys) return;
    const [oldest] = this.keys.keys();
    if (oldest !== undefined) this.keys.delete(oldest);
  }
}
