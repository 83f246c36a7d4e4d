import { describe, expect, it } from "vitest";
import { bitrateFor, layerFor, planLayers } from "./layers";

describe("planLayers", () => {
  it("halves a camera twice", () => {
    const sizes = planLayers(1280, 720, 30).map((layer) => [layer.spatial, layer.width, layer.height]);
    expect(sizes).toEqual([
      [0, 320, 180],
      [1, 640, 360],
      [2, 1280, 720],
    ]);
  });

  it("leaves out what would be too small, and keeps sizes even", () => {
    expect(planLayers(641, 479, 30).map((layer) => [layer.width, layer.height])).toEqual([
      [160, 118],
      [320, 238],
      [640, 478],
    ]);
    expect(planLayers(200, 150, 30)).toHaveLength(1);
  });

  it("gives fewer bits to fewer pixels and frames, and never too few", () => {
    expect(bitrateFor(640, 360, 30)).toBe(600_000);
    expect(bitrateFor(1280, 720, 30)).toBeGreaterThan(1_500_000);
    expect(bitrateFor(640, 360, 15)).toBe(300_000);
    expect(bitrateFor(16, 16, 1)).toBe(80_000);
  });
});

describe("layerFor", () => {
  const layers = planLayers(1280, 720, 30);
  it("takes the smallest that fills the tile", () => {
    expect(layerFor(layers, 300, 169)).toBe(0);
    expect(layerFor(layers, 390, 220)).toBe(0);
    expect(layerFor(layers, 500, 281)).toBe(1);
    expect(layerFor(layers, 1920, 1080)).toBe(2);
    expect(layerFor([], 100, 100)).toBe(0);
  });
});
