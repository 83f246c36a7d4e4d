// Which qualities of a camera are sent. As plan_layers() in client/core/video_sender.cpp.
import type { Layer } from "../types";

const NARROWEST = 160; // pixels
const MAX_LAYERS = 3;
// 600 kbit/s for 640x360 and 1.5 Mbit/s for 1280x720 at 30 frames a second; the exponent follows what encoders need
// as pictures grow.
const REFERENCE_BITRATE = 600_000;
const REFERENCE_PIXELS = 640 * 360;
const LOWEST_BITRATE = 80_000;

// The smallest layer first, each twice as wide as the one before; the last has the picture's own size.
export function planLayers(width: number, height: number, frameRate: number, layers = MAX_LAYERS): Layer[] {
  const plan: Omit<Layer, "spatial">[] = [];
  for (let i = 0, divisor = 1; i < Math.min(layers, MAX_LAYERS); ++i, divisor *= 2) {
    const w = even(width / divisor);
    const h = even(height / divisor);
    if (i > 0 && (w < NARROWEST || h < 2)) break;
    plan.push({ width: w, height: h, bitrate: bitrateFor(w, h, frameRate), frameRate: Math.round(frameRate) });
  }
  return plan.reverse().map((layer, spatial) => ({ spatial, ...layer }));
}

export function bitrateFor(width: number, height: number, frameRate: number): number {
  const pixels = (width * height) / REFERENCE_PIXELS;
  const rate = Math.min(2, Math.max(0.3, frameRate / 30));
  return Math.max(LOWEST_BITRATE, Math.round(REFERENCE_BITRATE * pixels ** 0.75 * rate));
}

// The smallest layer that fills a picture shown with so many pixels; the largest when none does.
export function layerFor(layers: readonly Layer[], width: number, height: number): number {
  const ENOUGH = 0.8; // scaled up by a quarter a picture still looks sharp
  for (const layer of layers) {
    if (layer.width >= width * ENOUGH || layer.height >= height * ENOUGH) return layer.spatial;
  }
  return layers.at(-1)?.spatial ?? 0;
}

// Chroma has half the size.
function even(pixels: number): number {
  return Math.max(2, Math.floor(pixels / 2) * 2);
}
