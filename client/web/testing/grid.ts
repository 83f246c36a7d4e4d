// So many tiles of 16:9 that fill the window, as a meeting's page lays them out.
export function tileSize(tiles: number): { width: number; height: number } {
  const columns = Math.ceil(Math.sqrt(tiles));
  const rows = Math.ceil(tiles / columns);
  const width = Math.floor(Math.min(window.innerWidth / columns, ((window.innerHeight / rows) * 16) / 9));
  return { width, height: Math.floor((width * 9) / 16) };
}

export function addTile(tile: HTMLElement, tiles: number): void {
  const { width, height } = tileSize(tiles);
  document.body.style.cssText = "margin: 0; display: flex; flex-wrap: wrap; overflow: hidden";
  tile.style.cssText = `width: ${width}px; height: ${height}px`;
  document.body.append(tile);
}
