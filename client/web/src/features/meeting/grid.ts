// How tiles share a window: as much of it as they can, between 6:5 and 16:9, and one alone all of it. Pure.

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly width: number; // of one tile, CSS pixels
  readonly height: number;
}

const WIDEST = 16 / 9;
const NARROWEST = 6 / 5;

export function gridFor(tiles: number, width: number, height: number, gap: number): Grid {
  if (tiles === 1) return { columns: 1, rows: 1, width, height };
  let best: Grid = { columns: 1, rows: Math.max(1, tiles), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, tiles); ++columns) {
    const rows = Math.ceil(tiles / columns);
    const room = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
    const tileWidth = Math.max(0, Math.min(room.width, room.height * WIDEST));
    const tileHeight = Math.max(0, Math.min(room.height, tileWidth / NARROWEST));
    if (tileWidth * tileHeight > best.width * best.height) {
      best = { columns, rows, width: tileWidth, height: tileHeight };
    }
  }
  return best;
}
