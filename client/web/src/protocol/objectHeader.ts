// The header of a media object: 24 bytes, network order, as protocol/object_header.hpp lays them out:
//
//    0  u32  track         participant number << 8 | the publisher's index
//    4  u32  sequence      counts the objects of this track and spatial layer, wraps
//    8  u64  capture_us    when it was captured, microseconds of the publisher's own clock
//   16  u8   flags         bit 0 keyframe, bit 1 discardable, bit 2 voice
//   17  u8   layer         spatial layer << 4 | temporal layer
//   18  u8   audio_level   -dBov, 0 (loudest) … 127 (silence), RFC 6464; 127 for video
//   19  u8   reserved      0
//   20  u16  depends_on    how many objects back in the sequence is the one this one needs; 0: none
//   22  u16  reserved      0
//
// The payload, an SFrame ciphertext, follows. Bytes 4 to 24 are its associated data.
import type { Bytes } from "./bytes";

export const OBJECT_HEADER_BYTES = 24;
// A 4K keyframe with room to spare; anything larger is no frame.
export const MAX_OBJECT_BYTES = 2 << 20;
export const SILENCE_LEVEL = 127;

const KEYFRAME = 1;
const DISCARDABLE = 2;
const VOICE = 4;
const KNOWN_FLAGS = KEYFRAME | DISCARDABLE | VOICE;

export interface ObjectHeader {
  readonly track: number;
  readonly sequence: number;
  readonly captureUs: bigint;
  readonly keyframe: boolean;
  readonly discardable: boolean; // nothing depends on it
  readonly voice: boolean; // somebody speaks
  readonly spatial: number; // 0…15
  readonly temporal: number; // 0…15
  readonly audioLevel: number; // -dBov, 0…127
  readonly dependsOn: number; // objects back in the sequence; 0: none
}

// The participant's number in a track's id.
export function participantNumber(track: number): number {
  return track >>> 8;
}

// The 24 bytes. Fields wider than their place are cut to it.
export function encodeObjectHeader(header: ObjectHeader): Bytes {
  const bytes = new Uint8Array(OBJECT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const { keyframe, discardable, voice } = header;
  view.setUint32(0, header.track);
  view.setUint32(4, header.sequence);
  view.setBigUint64(8, header.captureUs);
  view.setUint8(16, (keyframe ? KEYFRAME : 0) | (discardable ? DISCARDABLE : 0) | (voice ? VOICE : 0));
  view.setUint8(17, ((header.spatial & 0x0f) << 4) | (header.temporal & 0x0f));
  view.setUint8(18, header.audioLevel);
  view.setUint16(20, header.dependsOn);
  return bytes;
}

// Of an object's first 24 bytes. Null when it is too short, or when a reserved bit is set.
export function decodeObjectHeader(object: Uint8Array): ObjectHeader | null {
  if (object.length < OBJECT_HEADER_BYTES) return null;
  const view = new DataView(object.buffer, object.byteOffset, OBJECT_HEADER_BYTES);
  const flags = view.getUint8(16);
  const layer = view.getUint8(17);
  const audioLevel = view.getUint8(18);
  const reserved = (flags & ~KNOWN_FLAGS) | view.getUint8(19) | view.getUint16(22);
  if (reserved !== 0 || audioLevel > SILENCE_LEVEL) return null;
  return {
    track: view.getUint32(0),
    sequence: view.getUint32(4),
    captureUs: view.getBigUint64(8),
    keyframe: (flags & KEYFRAME) !== 0,
    discardable: (flags & DISCARDABLE) !== 0,
    voice: (flags & VOICE) !== 0,
    spatial: layer >> 4,
    temporal: layer & 0x0f,
    audioLevel,
    dependsOn: view.getUint16(20),
  };
}
