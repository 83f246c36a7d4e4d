// Draws what the meeting shows on one canvas, for a recording: the pictures where they stand on the page, with names.

export const WIDTH = 1280; // pixels
export const HEIGHT = 720;

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

// Where a part of the page stands in the recording, whole and undistorted.
export function placed(part: Placed, page: Placed): Placed {
  const scale = Math.min(WIDTH / Math.max(1, page.width), HEIGHT / Math.max(1, page.height));
  const left = (WIDTH - page.width * scale) / 2;
  const top = (HEIGHT - page.height * scale) / 2;
  return {
    x: left + (part.x - page.x) * scale,
    y: top + (part.y - page.y) * scale,
    width: part.width * scale,
    height: part.height * scale,
  };
}

// The part of a picture that fills a place of another shape ("cover").
export function cropped(picture: { width: number; height: number }, place: Placed): Placed {
  const scale = Math.max(place.width / picture.width, place.height / picture.height);
  const width = place.width / scale;
  const height = place.height / scale;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

// Where the whole of a picture stands in a place of another shape.
export function whole(picture: { width: number; height: number }, place: Placed): Placed {
  const scale = Math.min(place.width / picture.width, place.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: place.x + (place.width - width) / 2, y: place.y + (place.height - height) / 2, width, height };
}

export function compose(context: CanvasRenderingContext2D, stage: Element | null): void {
  context.fillStyle = "#0f1216";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  if (!stage) return;
  const page = stage.getBoundingClientRect();
  for (const tile of stage.querySelectorAll(".tile")) {
    const place = placed(tile.getBoundingClientRect(), page);
    if (place.width < 2 || place.height < 2) continue;
    context.fillStyle = "#262c35";
    context.fillRect(place.x, place.y, place.width, place.height);
    drawPicture(context, tile, place);
    const name = tile.querySelector(".tile-name")?.textContent ?? "";
    context.font = "16px 'Inter Variable', sans-serif";
    context.fillStyle = "rgb(15 18 22 / 78%)";
    const width = Math.min(place.width - 16, context.measureText(name).width + 16);
    context.fillRect(place.x + 8, place.y + place.height - 36, width, 28);
    context.fillStyle = "#fff";
    context.fillText(name, place.x + 16, place.y + place.height - 16, width - 16);
  }
}

function drawPicture(context: CanvasRenderingContext2D, tile: Element, place: Placed): void {
  const picture = tile.querySelector("canvas, video");
  const size =
    picture instanceof HTMLVideoElement
      ? { width: picture.videoWidth, height: picture.videoHeight }
      : picture instanceof HTMLCanvasElement
        ? { width: picture.width, height: picture.height }
        : { width: 0, height: 0 };
  if (size.width === 0 || !(picture instanceof HTMLVideoElement || picture instanceof HTMLCanvasElement)) return;
  if (tile.classList.contains("screen-tile")) {
    const to = whole(size, place);
    context.drawImage(picture, to.x, to.y, to.width, to.height);
  } else {
    const from = cropped(size, place);
    const { x, y, width, height } = place;
    context.drawImage(picture, from.x, from.y, from.width, from.height, x, y, width, height);
  }
}
