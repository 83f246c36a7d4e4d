// Web addresses in what people write.

export interface Part {
  readonly at: number; // where in the text it begins
  readonly words: string;
  readonly address: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+/giu;
// What ends a sentence belongs to it, not to the address.
const TRAILING = /[.,;:!?)\]}]+$/u;

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let after = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const words = match[0].replace(TRAILING, "");
    const address = addressOf(words);
    if (!address) continue;
    if (match.index > after) parts.push({ at: after, words: text.slice(after, match.index), address: null });
    parts.push({ at: match.index, words, address });
    after = match.index + words.length;
  }
  if (after < text.length) parts.push({ at: after, words: text.slice(after), address: null });
  return parts;
}

function addressOf(words: string): string | null {
  try {
    const { protocol, href, username } = new URL(words);
    // A name before the host is how one pretends to be another.
    return (protocol === "http:" || protocol === "https:") && username === "" ? href : null;
  } catch {
    return null;
  }
}
