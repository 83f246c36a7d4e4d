import { describe, expect, it } from "vitest";
import { partsOf } from "./links";

const addresses = (text: string) => partsOf(text).flatMap(({ address }) => address ?? []);

describe("partsOf", () => {
  it("finds addresses and leaves the sentence's end out", () => {
    expect(partsOf("see https://example.org/a, or not")).toEqual([
      { at: 0, words: "see ", address: null },
      { at: 4, words: "https://example.org/a", address: "https://example.org/a" },
      { at: 25, words: ", or not", address: null },
    ]);
    expect(addresses("(http://a.example/x?y=1#z)")).toEqual(["http://a.example/x?y=1#z"]);
  });

  it("follows nothing but the web, and nobody who pretends", () => {
    for (const text of ["javascript:alert(1)", "data:text/html,x", "https://bank.example@evil.example/", "https://"]) {
      expect(addresses(text), text).toEqual([]);
      expect(
        partsOf(text)
          .map(({ words }) => words)
          .join(""),
      ).toBe(text);
    }
  });

  it("keeps every character", () => {
    const text = "a\n<b>https://x.example</b> ü 👋";
    expect(
      partsOf(text)
        .map(({ words }) => words)
        .join(""),
    ).toBe(text);
    expect(partsOf("")).toEqual([]);
  });
});
