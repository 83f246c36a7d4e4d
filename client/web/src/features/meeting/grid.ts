// How tiles share a window: as large as they can be at 16:9. Pure.

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly width: number; // of one tile, CSS pixels
  readonly height: number;
}

export const TILES_PER_PAGE = 25;
const RATIO = 16 / 9;

export function gridFor(tiles: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, tiles), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, tiles); ++columns) {
    const rows = Math.ceil(tiles / columns);
    const room = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
    const tileWidth = Math.max(0, Math.min(room.width, room.height * RATIO));
    if (tileWidth > best.width) best = { columns, rows, width: tileWidth, height: tileWidth / RATIO };
  }
  return best;
}

export function pagesOf(tiles: number): number {
  return Math.max(1, Math.ceil(tiles / TILES_PER_PAGE));
}
