import { describe, expect, it } from "vitest";
import { gridFor } from "./grid";

describe("gridFor", () => {
  it("fills the window with one, whatever its shape", () => {
    expect(gridFor(1, 375, 700, 8)).toMatchObject({ width: 375, height: 700 });
    expect(gridFor(1, 1600, 900, 8)).toEqual({ columns: 1, rows: 1, width: 1600, height: 900 });
  });

  it.each([
    [2, 1600, 700, 2, 1],
    [2, 400, 800, 1, 2],
    [4, 1600, 900, 2, 2],
    [9, 1600, 900, 3, 3],
    [25, 1600, 900, 5, 5],
    [5, 320, 640, 1, 5],
  ])("puts %i tiles into %i × %i as %i × %i", (tiles, width, height, columns, rows) => {
    expect(gridFor(tiles, width, height, 8)).toMatchObject({ columns, rows });
  });

  it("never makes tiles that do not fit", () => {
    for (let tiles = 1; tiles <= 25; ++tiles) {
      const grid = gridFor(tiles, 1280, 640, 8);
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(tiles);
      expect(grid.width * grid.columns + 8 * (grid.columns - 1)).toBeLessThanOrEqual(1280.01);
      expect(grid.height * grid.rows + 8 * (grid.rows - 1)).toBeLessThanOrEqual(640.01);
    }
  });

  it("survives a window without size", () => {
    expect(gridFor(3, 0, 0, 8).width).toBe(0);
  });
});
