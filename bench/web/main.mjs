// The web client beside Janus' video room: delays, joining and the cost of tiles. Figures as JSON on standard output.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delays, quantile } from "./delays.mjs";
import { Janus } from "./janus.mjs";
import { costOfTiles, TILE, writeFiles } from "./tiles.mjs";
import { Vistime } from "./vistime.mjs";

const TILES = [1, 4, 9, 16, 25];
const TILE_AIMS = { 9: 1.2, 16: 1.0 };
const MOST_OF_A_FRAME_RATE = 0.9;

const figures = [];
const say = (line) => process.stderr.write(`${line}\n`);

function figure(name, unit, value, peerValue, aim, met) {
  figures.push({ bench: "web", name, value, unit, peer: "janus", peer_value: peerValue, aim, met });
}

function atMost(name, ours, theirs, most) {
  figure(name, "ms", ours, theirs, most && `≤ ${most} ms`, most && ours <= most);
}

async function measureDelays() {
  say("1280x720 at 30/s and a voice, from one page to another of the same browser; Janus with simulcast, VP8 both");
  const [ours, theirs] = [await delays(Vistime, true), await delays(Janus, true)];
  const mute = [await delays(Vistime, false), await delays(Janus, false)];
  for (const [name, { glass, ear, likeness }] of Object.entries({ vistime: ours, janus: theirs })) {
    say(`${name}: ${glass.length} pictures read, ${ear.length} clicks heard, likeness of the sound ${likeness.toFixed(2)}`);
  }
  const [median, p95] = [(list) => quantile(list, 0.5), (list) => quantile(list, 0.95)];
  atMost("mouth to ear, median", median(ours.ear), median(theirs.ear), 110);
  atMost("mouth to ear, p95", p95(ours.ear), p95(theirs.ear));
  atMost("glass to glass, median", median(ours.glass), median(theirs.glass), 60);
  atMost("glass to glass, p95", p95(ours.glass), p95(theirs.glass));
  atMost("glass to glass without a voice, median", median(mute[0].glass), median(mute[1].glass), 60);
  atMost("glass to glass without a voice, p95", p95(mute[0].glass), p95(mute[1].glass));
  atMost("click on join to first picture, median", median(ours.join), median(theirs.join), 700);
}

async function measureTiles(folder) {
  const { width, height, frameRate, bitrate } = TILE;
  say(`each tile is sent ${width}x${height} at ${frameRate}/s with ${bitrate / 1000} kbit/s, VP8; one of them speaks`);
  const files = writeFiles(folder);
  for (const tiles of TILES) {
    const [ours, theirs] = [await costOfTiles(Vistime, tiles, files), await costOfTiles(Janus, tiles, files)];
    for (const [name, each] of Object.entries({ vistime: ours, janus: theirs })) {
      const short = each.frameRate < frameRate * MOST_OF_A_FRAME_RATE ? ", not what was sent" : "";
      say(`${name}, ${tiles} tiles: ${each.cpu.toFixed(1)} % of a core, ${each.frameRate.toFixed(1)} pictures/s${short}`);
    }
    const aim = TILE_AIMS[tiles];
    const met = aim && ours.cpu <= aim * theirs.cpu;
    figure(`CPU of the viewer's browser, ${tiles} tiles`, "% of a core", ours.cpu, theirs.cpu, aim && `≤ ${aim} × janus`, met);
  }
}

const folder = mkdtempSync(join(tmpdir(), "vistime-bench-"));
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
try {
  if (only !== "tiles") await measureDelays();
  if (only !== "delays") await measureTiles(folder);
  process.stdout.write(`${JSON.stringify({ figures }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
