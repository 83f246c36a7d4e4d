// Words of the reader's language. Every word that is shown stands in en.json and de.json.
import german from "./de.json";
import english from "./en.json";

export type Key = keyof typeof english;
export type Language = "en" | "de";
export type Values = Readonly<Record<string, string | number>>;

const CATALOGUES: Record<Language, Record<Key, string>> = { en: english, de: german };

let current: Language = "en";
const listeners = new Set<() => void>();

// The first of the reader's languages that we speak.
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0] ?? "";
    if (isLanguage(language)) return language;
  }
  return "en";
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(CATALOGUES, text);
}

export function setLanguage(language: Language): void {
  current = language;
  for (const listener of listeners) listener();
}

export function currentLanguage(): Language {
  return current;
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function t(key: Key, values: Values = {}): string {
  return CATALOGUES[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

// `many` has two forms, many.one and many.other.
export function plural(many: "meeting.people", count: number): string {
  const form = new Intl.PluralRules(current).select(count) === "one" ? "one" : "other";
  return t(`${many}.${form}`, { count });
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(current, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

export function timeOfDay(at: number): string {
  // English has many habits: those of the reader's country.
  const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(current)) ?? current;
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(english, text);
}
