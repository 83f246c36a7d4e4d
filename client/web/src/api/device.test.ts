import { describe, expect, it } from "vitest";
import { deviceId } from "./device";

class Shelf {
  readonly kept = new Map<string, string>();
  getItem(name: string): string | null {
    return this.kept.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    this.kept.set(name, value);
  }
}

const refused = () => {
  throw new Error("storage is disabled");
};

describe("the device's id", () => {
  it("is kept", () => {
    const shelf = new Shelf();
    const id = deviceId(() => shelf);
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect([...shelf.kept.values()]).toEqual([id]);
    expect(deviceId(() => shelf)).toBe(id);
  });

  it("that was kept is used, unless it is damaged", () => {
    const shelf = new Shelf();
    shelf.setItem("vistime-device", "abcdefghijklmnop");
    expect(deviceId(() => shelf)).toBe("abcdefghijklmnop");
    shelf.setItem("vistime-device", "too short");
    expect(deviceId(() => shelf)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it("stays the same while the page lives when nothing can be kept", () => {
    const id = deviceId(refused);
    expect(deviceId(refused)).toBe(id);
    expect(deviceId(() => ({ getItem: () => null, setItem: refused }))).toBe(id);
  });
});
