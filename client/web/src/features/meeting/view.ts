// Which of the pictures stand where: a gallery, or some of them large with the others beside them. Pure.
import type { MeetingState, Person, Track } from "../../engine/types";

export type ViewMode = "auto" | "gallery" | "speaker";

// A person with or without a camera, or a shared screen.
export interface Item {
  readonly key: string;
  readonly person: Person;
  readonly track: Track | null;
}

export interface View {
  readonly large: readonly Item[]; // empty: all in the gallery
  readonly others: readonly Item[];
  readonly floating: Item | null; // one's own picture over the other's
}

export interface Size {
  readonly width: number; // CSS pixels
  readonly height: number;
}

export const MOST_TILES = 25;
export const MOST_PINS = 4;
const SMALL_WINDOW = 520;
const FEW_FACES = 4; // a small window shows these in a gallery all the same
const NARROWEST_TILE = 150;
const LOWEST_TILE = 84;

// How many tiles fit on one page without getting too small to know a face.
export function capacityOf({ width, height }: Size): number {
  const columns = Math.max(1, Math.floor(width / NARROWEST_TILE));
  const rows = Math.max(1, Math.floor(height / LOWEST_TILE));
  return Math.max(FEW_FACES, Math.min(MOST_TILES, columns * rows));
}

export function itemsOf(people: readonly Person[]): { faces: Item[]; screens: Item[] } {
  const faces = people.map((person): Item => {
    const track = person.tracks.find(({ kind }) => kind === "camera") ?? null;
    return { key: person.id, person, track };
  });
  const screens = people.flatMap((person) =>
    person.tracks
      .filter(({ kind }) => kind === "screen")
      .map((track): Item => ({ key: `${person.id} screen`, person, track })),
  );
  return { faces, screens };
}

export interface Choice {
  readonly mode: ViewMode;
  readonly pins: readonly string[]; // keys of items, in the order in which they were pinned
  readonly order: readonly string[]; // of the faces, by person
  readonly speaker: string; // the person who is or was heard last; empty before anybody was
  readonly size: Size;
}

export function viewOf(state: Pick<MeetingState, "people">, choice: Choice): View {
  const { faces, screens } = itemsOf(state.people);
  const all = [...screens, ...inOrder(faces, choice.order)];
  const pinned = choice.pins.flatMap((key) => all.find((item) => item.key === key) ?? []);
  const large = pinned.length > 0 ? pinned : screens.length > 0 ? screens : speakerOf(faces, choice);
  if (large.length > 0) {
    return { large, others: all.filter((item) => !large.includes(item)), floating: null };
  }
  const own = faces.find(({ person }) => person.you);
  if (faces.length === 2 && own) {
    return { large: [], others: faces.filter((item) => item !== own), floating: own };
  }
  return { large: [], others: all, floating: null };
}

function speakerOf(faces: readonly Item[], { mode, speaker, size }: Choice): Item[] {
  const small = Math.min(size.width, size.height) < SMALL_WINDOW && faces.length > FEW_FACES;
  const wanted = mode === "speaker" || (mode === "auto" && small);
  if (!wanted || faces.length < 3) return [];
  const others = faces.filter(({ person }) => !person.you);
  const chosen = others.find(({ person }) => person.id === speaker) ?? others[0];
  return chosen ? [chosen] : [];
}

function inOrder(faces: readonly Item[], order: readonly string[]): Item[] {
  const places = new Map(order.map((id, at) => [id, at]));
  const placeOf = ({ person }: Item) => places.get(person.id) ?? order.length + person.number;
  return [...faces].sort((a, b) => placeOf(a) - placeOf(b));
}

// The order of faces, which changes as little as can be: whoever comes stands last, and who speaks unseen changes places
// with somebody on the first page who is silent.
export function orderAfter(
  before: readonly string[],
  people: readonly Person[],
  speakers: readonly string[],
  capacity: number,
): readonly string[] {
  const present = new Map(people.map((person) => [person.id, person]));
  const kept = before.filter((id) => present.has(id));
  const order = [...kept, ...people.filter(({ id }) => !kept.includes(id)).map(({ id }) => id)];
  for (const speaker of speakers.slice(0, Math.max(1, capacity - 1))) {
    const at = order.indexOf(speaker);
    if (at < capacity) continue;
    const silent = order.slice(0, capacity).findLastIndex((id) => !speakers.includes(id) && !present.get(id)?.you);
    const other = order[silent];
    if (other === undefined) break;
    order[silent] = speaker;
    order[at] = other;
  }
  return order.length === before.length && order.every((id, at) => id === before[at]) ? before : order;
}
