import { describe, expect, it } from "vitest";
import { fileNameOf } from "./recorder";

describe("the recording's file", () => {
  it("has a name that every file system takes", () => {
    const at = new Date("2026-03-04T05:06:07Z");
    expect(fileNameOf("Wöchentlich: Plan/Budget", at)).toBe("Wöchentlich PlanBudget 2026-03-04 05.06");
    expect(fileNameOf("../../etc", at)).toBe("etc 2026-03-04 05.06");
    expect(fileNameOf("\u202e***", at)).toBe("Meeting 2026-03-04 05.06");
    expect(fileNameOf("x".repeat(4000), at)).toHaveLength(77);
  });
});
