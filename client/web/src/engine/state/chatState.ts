// The chat as this page knows it. Pure. Opening what is sealed is asynchronous: a line keeps its place, unseen, until it
// is opened.
import { type Bytes, toHex } from "../../protocol/bytes";
import type { ChatHistory, ChatMessage } from "../../protocol/messages/room_pb";
import type { ChatLine } from "../types";
import { cleanName } from "./fromWire";
import { replacedAt, sameList, withParts } from "./same";

// Older ones are forgotten.
export const MAX_CHAT_LINES = 2000;
const ID_BYTES = 16;

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
}

interface Entry {
  readonly line: ChatLine;
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

// What is shown: opened lines in the order of the room, unconfirmed ones last.
export function linesOf(chat: ChatState, before: readonly ChatLine[]): readonly ChatLine[] {
  const opened = chat.entries.filter((each) => each.opened).map(({ line }) => line);
  return sameList(before, [...opened, ...chat.pending.map(({ line }) => line)]);
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

// `text` is null when it could not be read.
export function lineOpened(chat: ChatState, id: string, text: string | null): ChatState {
  const at = chat.entries.findIndex((each) => !each.opened && each.line.id === id);
  const entry = chat.entries[at];
  if (!entry) return chat;
  const line: ChatLine = { ...entry.line, text: text ?? "", state: text === null ? "unreadable" : "said" };
  return { ...chat, entries: replacedAt(chat.entries, at, { line, opened: true }) };
}

export function lineFailed(chat: ChatState, id: string): ChatState {
  const at = chat.pending.findIndex(({ line }) => line.id === id && line.state === "sending");
  const pending = chat.pending[at];
  if (!pending) return chat;
  return { ...chat, pending: replacedAt(chat.pending, at, { ...pending, line: { ...pending.line, state: "failed" } }) };
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
  const line = own ? { ...lineOf(message), text: own.line.text } : lineOf(message);
  const entry = { line, opened: own !== undefined };
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
    state: "said",
  };
}
