// A moment written into a picture in black and white blocks that survive coding and scaling: from the picture as it is
// shown one reads when it was painted, and by which camera.
//
// The picture is divided into 16 x 9 fields. Those of rows 1…4 and columns 1…14 hold 56 bits, row by row, the highest
// first: 42 bits milliseconds since 1970, 6 bits number of the camera, 8 bits checksum.

const COLUMNS = 16;
const ROWS = 9;
const FIRST = 1; // row and column of the first bit
const BITS_IN_ROW = 14;
const BITS = 56;
const BLACK = 16;
const WHITE = 235;
const MIDDLE = 128;
const FIELD = 4; // pixels of a field in the picture that is read

export interface TimeCode {
  readonly paintedMs: number; // since 1970
  readonly camera: number; // 0…63
}

// Into the brightness of a picture, a byte for each pixel.
export function writeTimeCode(luma: Uint8Array, width: number, height: number, code: TimeCode): void {
  const payload = (BigInt(Math.floor(code.paintedMs)) << 6n) | BigInt(code.camera & 63);
  const word = (payload << 8n) | BigInt(checksum(payload));
  const edge = (field: number, size: number, fields: number) => Math.round((field * size) / fields);
  for (let bit = 0; bit < BITS; ++bit) {
    const column = FIRST + (bit % BITS_IN_ROW);
    const row = FIRST + Math.floor(bit / BITS_IN_ROW);
    const brightness = (word >> BigInt(BITS - 1 - bit)) & 1n ? WHITE : BLACK;
    const [left, right] = [edge(column, width, COLUMNS), edge(column + 1, width, COLUMNS)];
    for (let y = edge(row, height, ROWS); y < edge(row + 1, height, ROWS); ++y) {
      luma.fill(brightness, y * width + left, y * width + right);
    }
  }
}

export class TimeCodeReader {
  private readonly context: CanvasRenderingContext2D;

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = COLUMNS * FIELD;
    canvas.height = ROWS * FIELD;
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("this browser has no canvas");
    this.context = context;
  }

  // Nothing when the picture has no code, or a broken one.
  read(picture: HTMLCanvasElement | HTMLVideoElement): TimeCode | null {
    const { width, height } = this.context.canvas;
    this.context.drawImage(picture, 0, 0, width, height);
    const { data } = this.context.getImageData(0, 0, width, height);
    let word = 0n;
    for (let bit = 0; bit < BITS; ++bit) {
      const x = (FIRST + (bit % BITS_IN_ROW)) * FIELD;
      const y = (FIRST + Math.floor(bit / BITS_IN_ROW)) * FIELD;
      word = (word << 1n) | (brightnessOf(data, width, x, y) > MIDDLE ? 1n : 0n);
    }
    const payload = word >> 8n;
    if (payload === 0n || Number(word & 255n) !== checksum(payload)) return null;
    return { paintedMs: Number(payload >> 6n), camera: Number(payload & 63n) };
  }
}

// Green stands for brightness; the field's edges are smeared, its middle is not.
function brightnessOf(data: Uint8ClampedArray, width: number, left: number, top: number): number {
  let sum = 0;
  for (let y = top + 1; y < top + FIELD - 1; ++y) {
    for (let x = left + 1; x < left + FIELD - 1; ++x) sum += data[4 * (y * width + x) + 1] ?? 0;
  }
  return sum / (FIELD - 2) ** 2;
}

function checksum(payload: bigint): number {
  let sum = 0x5a;
  for (let rest = payload; rest > 0n; rest >>= 8n) sum = (sum * 31 + Number(rest & 255n)) & 255;
  return sum;
}
