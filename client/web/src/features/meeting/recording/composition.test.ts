import { describe, expect, it } from "vitest";
import { cropped, placed, whole } from "./composition";

describe("the recording's picture", () => {
  it("shows the page whole, in the middle", () => {
    const page = { x: 10, y: 20, width: 640, height: 180 };
    expect(placed(page, page)).toEqual({ x: 0, y: 180, width: 1280, height: 360 });
    expect(placed({ x: 330, y: 20, width: 320, height: 180 }, page)).toMatchObject({ x: 640, y: 180, width: 640 });
  });

  it("cuts faces to their tile, and screens never", () => {
    const square = { x: 0, y: 0, width: 100, height: 100 };
    expect(cropped({ width: 1600, height: 900 }, square)).toEqual({ x: 350, y: 0, width: 900, height: 900 });
    expect(whole({ width: 1600, height: 800 }, square)).toEqual({ x: 0, y: 25, width: 100, height: 50 });
  });
});
