import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import german from "./de.json";
import english from "./en.json";
import { chooseLanguage, plural, setLanguage, t } from "./i18n";

const src = fileURLToPath(new URL("..", import.meta.url));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the catalogues", () => {
  it("have the same words, with the same values in them", () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      expect(holes(german[key as keyof typeof german]), key).toEqual(holes(text));
    }
  });

  it("hold nothing that is not used", () => {
    const sources = readdirSync(src, { recursive: true })
      .map(String)
      .filter((name) => /\.tsx?$/.test(name) && !/test\.|messages\//.test(name))
      .map((name) => readFileSync(`${src}/${name}`, "utf8"))
      .join("\n");
    // Those are put together from a code or a count.
    const composed = /^(problem|device|cpu|settings\.blur|meeting\.people)\./;
    const unused = Object.keys(english).filter((key) => !composed.test(key) && !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });
});

describe("t", () => {
  afterEach(() => setLanguage("en"));

  it("speaks the reader's language", () => {
    expect(chooseLanguage(["fr-FR", "de-AT", "en"])).toBe("de");
    expect(chooseLanguage(["fr"])).toBe("en");
    setLanguage("de");
    expect(t("meeting.you", { name: "Anna" })).toBe("Anna (Sie)");
  });

  it("counts", () => {
    expect(plural("meeting.people", 1)).toBe("1 person");
    expect(plural("meeting.people", 3)).toBe("3 people");
  });
});
