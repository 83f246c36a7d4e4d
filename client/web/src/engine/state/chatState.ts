// The chat as this page knows it. Pure. Opening what is sealed is asynchronous: a line keeps its place, unseen, until it
// is opened.
import { type Bytes, toHex } from "../../protocol/bytes";
import type { ChatHistory, ChatMessage } from "../../protocol/messages/room_pb";
import type { ChatContent } from "../crypto/chatCipher";
import type { ChatLine, LineReaction } from "../types";
import { cleanName } from "./fromWire";
import { replacedAt, same, sameList, withParts } from "./same";

// Older ones are forgotten.
export const MAX_CHAT_LINES = 2000;
const ID_BYTES = 16;
const MAX_REACTIONS = 500; // to one line

// A line to be opened: chatOpened() takes the answer under this id.
export interface SealedChat {
  readonly id: string; // hex
  readonly sealed: Uint8Array;
}

// An own message that the room has not confirmed.
export interface PendingChat {
  readonly id: Bytes; // 16 random bytes; the same however often it is sent
  readonly sealed: Bytes;
  readonly line: ChatLine;
  readonly content: ChatContent;
}

interface Entry {
  readonly line: ChatLine;
  readonly content: ChatContent | null; // null before it is opened, and of what cannot be read
  readonly opened: boolean;
}

export interface ChatState {
  readonly entries: readonly Entry[]; // by sequence
  readonly pending: readonly PendingChat[]; // in the order in which they were written
  readonly last: number; // up to this sequence nothing is missing
  readonly historyMissing: boolean; // messages after `last` have to be asked for
}

export const EMPTY_CHAT: ChatState = { entries: [], pending: [], last: 0, historyMissing: false };

export interface ChatStep {
  readonly chat: ChatState;
  readonly toOpen: readonly SealedChat[];
}

// What is shown: opened lines in the order of the room, unconfirmed ones last. Reactions stand with what they react to.
export function linesOf(chat: ChatState, before: readonly ChatLine[]): readonly ChatLine[] {
  const said = [...chat.entries.filter(({ opened }) => opened), ...chat.pending];
  const reactions = reactionsOf(said);
  const known = new Map(before.map((line) => [line.id, line]));
  const lines = said
    .filter(({ content }) => !content?.reaction)
    .map(({ line }) => {
      const shown = withParts(line, { reactions: reactions.get(line.id) ?? line.reactions });
      const shownBefore = known.get(line.id);
      return shownBefore && same(shownBefore, shown) ? shownBefore : shown;
    });
  return sameList(before, lines);
}

// By line: the newest reaction of each person.
function reactionsOf(said: readonly { line: ChatLine; content: ChatContent | null }[]): Map<string, LineReaction[]> {
  const byLine = new Map<string, LineReaction[]>();
  for (const { line, content } of said) {
    if (!content?.reaction || line.state === "failed") continue;
    const others = (byLine.get(content.replyTo) ?? []).filter(({ person }) => person !== line.from);
    const own = { person: line.from, name: line.fromName, reaction: content.reaction };
    byLine.set(content.replyTo, content.withdrawn ? others : [...others, own].slice(-MAX_REACTIONS));
  }
  return byLine;
}

// A snapshot names the newest message there is.
export function chatAnnounced(chat: ChatState, newest: number): ChatState {
  return withParts(chat, { historyMissing: newest > chat.last });
}

export function chatReceived(chat: ChatState, message: ChatMessage, you: string): ChatStep {
  const step = added(chat, message, you);
  if (chat.historyMissing) return step; // it may be newer than others that are still to come
  return { ...step, chat: withParts(step.chat, { last: Math.max(chat.last, Number(message.sequence)) }) };
}

// A page that brings nothing new ends it, whatever it claims: else we would ask forever.
export function historyReceived(chat: ChatState, history: ChatHistory, you: string): ChatStep {
  let current = chat;
  const toOpen: SealedChat[] = [];
  let last = chat.last;
  for (const message of history.messages) {
    const step = added(current, message, you);
    current = step.chat;
    toOpen.push(...step.toOpen);
    last = Math.max(last, Number(message.sequence));
  }
  const historyMissing = chat.historyMissing && !history.complete && last > chat.last;
  // What came meanwhile follows without a gap.
  const newest = historyMissing ? last : Math.max(last, current.entries.at(-1)?.line.sequence ?? 0);
  return { chat: withParts(current, { historyMissing, last: newest }), toOpen };
}

// `content` is null when it could not be read.
export function lineOpened(chat: ChatState, id: string, content: ChatContent | null): ChatState {
  const at = chat.entries.findIndex((each) => !each.opened && each.line.id === id);
  const entry = chat.entries[at];
  if (!entry) return chat;
  const { text, replyTo } = content ?? { text: "", replyTo: "" };
  const line: ChatLine = { ...entry.line, text, replyTo, state: content === null ? "unreadable" : "said" };
  return { ...chat, entries: replacedAt(chat.entries, at, { line, content, opened: true }) };
}

// What was refused is kept, to be sent again or dropped; a reaction is not worth that.
export function lineFailed(chat: ChatState, id: string): ChatState {
  const failed = chat.pending.find(({ line }) => line.id === id && line.state === "sending");
  if (failed?.content.reaction) return lineDropped(chat, id);
  return failed ? withLineState(chat, failed, "failed") : chat;
}

export function lineTriedAgain(chat: ChatState, id: string): ChatState {
  const failed = chat.pending.find(({ line }) => line.id === id && line.state === "failed");
  return failed ? withLineState(chat, failed, "sending") : chat;
}

export function lineDropped(chat: ChatState, id: string): ChatState {
  return withParts(chat, { pending: chat.pending.filter(({ line }) => line.id !== id) });
}

function withLineState(chat: ChatState, pending: PendingChat, state: ChatLine["state"]): ChatState {
  const line = { ...pending.line, state };
  return { ...chat, pending: replacedAt(chat.pending, chat.pending.indexOf(pending), { ...pending, line }) };
}

// Each once: by its sequence, and by its id.
function added(chat: ChatState, message: ChatMessage, you: string): ChatStep {
  const { sequence } = lineOf(message);
  const place = chat.entries.findLastIndex(({ line }) => line.sequence <= sequence);
  const id = toHex(message.id);
  const known = chat.entries[place]?.line.sequence === sequence || chat.entries.some(({ line }) => line.id === id);
  const forgotten = place < 0 && chat.entries.length >= MAX_CHAT_LINES;
  if (known || forgotten || message.id.length !== ID_BYTES) return { chat, toOpen: [] };

  const own = chat.pending.find(
    (each) => each.line.id === id && (message.from === you || message.from === each.line.from),
  );
  const line = own ? { ...lineOf(message), text: own.line.text, replyTo: own.line.replyTo } : lineOf(message);
  const entry = { line, content: own?.content ?? null, opened: own !== undefined };
  const entries = [...chat.entries.slice(0, place + 1), entry, ...chat.entries.slice(place + 1)];
  return {
    chat: {
      ...chat,
      entries: entries.slice(-MAX_CHAT_LINES),
      pending: own ? chat.pending.filter((each) => each !== own) : chat.pending,
    },
    toOpen: own ? [] : [{ id, sealed: message.sealed }],
  };
}

function lineOf(message: ChatMessage): ChatLine {
  return {
    id: toHex(message.id),
    sequence: Number(message.sequence),
    from: message.from,
    fromName: cleanName(message.fromName),
    sentAt: Number(message.sentMs),
    to: message.to,
    text: "",
    replyTo: "",
    reactions: [],
    state: "said",
  };
}
