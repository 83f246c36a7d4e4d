// Chat as the server sees it: sealed with SFrame under the chat's base key, with the room's id as associated data. The
// KID is this page's media session with index 0. As client/core/chat_cipher.hpp.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Bytes, fromHex, toHex } from "../../protocol/bytes";
import { ChatContentSchema } from "../../protocol/messages/room_pb";
import { MeetingError } from "../types";
import { keyId } from "./keys";
import { SframeOpener, SframeSealer } from "./sframe";

// The server takes 16 KiB of ciphertext; this leaves room for header and tag.
export const MAX_CHAT_BYTES = 16 * 1024 - 64;
export const MAX_CHAT_CHARACTERS = 8000;
const MAX_REACTION_BYTES = 32;
const ID_BYTES = 16;

// What a message says: a text, perhaps in answer to another; or a reaction to another, or that one is taken back.
export interface ChatContent {
  readonly text: string;
  readonly replyTo: string; // hex, else empty
  readonly reaction: string;
  readonly withdrawn: boolean;
}

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
  async seal(content: ChatContent): Promise<Bytes> {
    const characters = [...content.text].length;
    if (characters === 0 && content.reaction === "") throw new MeetingError("invalid", "The message is empty.");
    const { text, reaction, withdrawn } = content;
    const replyTo = fromHex(content.replyTo) ?? new Uint8Array();
    const bytes = toBinary(ChatContentSchema, create(ChatContentSchema, { text, replyTo, reaction, withdrawn }));
    if (characters > MAX_CHAT_CHARACTERS || bytes.length > MAX_CHAT_BYTES) {
      const most = `${MAX_CHAT_CHARACTERS} characters, ${MAX_CHAT_BYTES} bytes`;
      throw new MeetingError("invalid", `The message is too long: ${characters} characters, of at most ${most}.`);
    }
    return this.sealer.seal(bytes as Bytes, this.room);
  }

  // Null when it was not sealed for this room, or says nothing that this client understands. Answers may come in another
  // order than the calls.
  async open(sealed: Uint8Array): Promise<ChatContent | null> {
    const opened = await this.opener.open(sealed, this.room);
    return opened ? contentOf(opened.plaintext) : null;
  }
}

function contentOf(plaintext: Uint8Array): ChatContent | null {
  try {
    const { text, replyTo, reaction, withdrawn } = fromBinary(ChatContentSchema, plaintext);
    const tooLong = [...text].length > MAX_CHAT_CHARACTERS;
    const reacts = reaction !== "";
    const oddReaction = reacts && (replyTo.length === 0 || text !== "" || !isReaction(reaction));
    const empty = text === "" && !reacts;
    if (tooLong || empty || oddReaction || (replyTo.length !== 0 && replyTo.length !== ID_BYTES)) return null;
    return { text, replyTo: toHex(replyTo), reaction, withdrawn: reacts && withdrawn };
  } catch {
    return null;
  }
}

// No letters, controls or direction marks: nobody writes sentences with reactions.
function isReaction(reaction: string): boolean {
  const short = new TextEncoder().encode(reaction).length <= MAX_REACTION_BYTES;
  return short && !/[\p{L}\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]/u.test(reaction);
}
