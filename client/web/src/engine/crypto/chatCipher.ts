// Chat as the server sees it: sealed with SFrame under the chat's base key, with the room's id as associated data. The
// KID is this page's media session with index 0. As client/core/chat_cipher.hpp.
import type { Bytes } from "../../protocol/bytes";
import { MeetingError } from "../types";
import { keyId } from "./keys";
import { SframeOpener, SframeSealer } from "./sframe";

// In UTF-8. The server takes 16 KiB of ciphertext; this leaves room for header and tag.
export const MAX_CHAT_TEXT_BYTES = 16 * 1024 - 64;

export class ChatCipher {
  private constructor(
    private readonly room: Bytes,
    private readonly sealer: SframeSealer,
    private readonly opener: SframeOpener,
  ) {}

  // One for each media session in its whole life: a second one would use the counters of the first again.
  static async create(chatBaseKey: Bytes, mediaSession: bigint, room: string): Promise<ChatCipher> {
    const sealer = await SframeSealer.create(chatBaseKey, keyId(mediaSession, 0));
    return new ChatCipher(new TextEncoder().encode(room), sealer, new SframeOpener(chatBaseKey));
  }

  // Rejects with MeetingError "invalid" for what is empty or too long. Answers may come in another order than the calls.
  async seal(text: string): Promise<Bytes> {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length === 0) throw new MeetingError("invalid", "The message is empty.");
    if (bytes.length > MAX_CHAT_TEXT_BYTES) {
      const most = MAX_CHAT_TEXT_BYTES;
      throw new MeetingError("invalid", `The message is too long: ${bytes.length} of at most ${most} bytes.`);
    }
    return this.sealer.seal(bytes, this.room);
  }

  // Null when it was not sealed for this room, or is no UTF-8. Answers may come in another order than the calls.
  async open(sealed: Uint8Array): Promise<string | null> {
    const opened = await this.opener.open(sealed, this.room);
    if (!opened) return null;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(opened.plaintext);
    } catch {
      return null;
    }
  }
}
