// What the page of somebody who sees others costs: all processes of its browser, by number of tiles.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser, openPage, root, sleep } from "../../system-tests/web/harness.mjs";

// What each tile is sent: the same for every number of tiles, so that the senders leave the viewer its share of the
// machine.
export const TILE = { width: 320, height: 180, frameRate: 15, bitrate: 150_000 };
const WINDOW = { width: 1280, height: 800 };
const SETTLING_MS = 5_000;
const SECONDS = 15;
const TICKS_PER_SECOND = 100; // of /proc/PID/stat, on every Linux that Debian runs on
const PICTURES = 4 * TILE.frameRate;

// A voice, and moving, detailed pictures: both systems' senders read them.
export function writeFiles(folder) {
  execFileSync("python3", [join(root, "tools/make_sample.py"), folder]);
  return { voice: join(folder, "voice.wav"), picture: writePictures(join(folder, "tile.y4m")) };
}

function writePictures(file) {
  const { width, height, frameRate } = TILE;
  const luma = width * height;
  const picture = Buffer.alloc(luma * 1.5, 128);
  const parts = [`YUV4MPEG2 W${width} H${height} F${frameRate}:1 Ip C420jpeg\n`];
  for (let frame = 0; frame < PICTURES; ++frame) {
    for (let at = 0; at < luma; ++at) {
      const x = (at % width) + (frame * width) / PICTURES;
      const y = Math.floor(at / width);
      const shape = Math.sin(x / 9 + y / 10) + Math.sin(y / 6 - x / 5) + Math.sin(x / 2.5) * Math.sin(y / 3);
      picture[at] = 128 + (shape > 0 ? 30 : -30) + 18 * shape;
    }
    parts.push("FRAME\n", Buffer.from(picture));
  }
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part))));
  return file;
}

// { cpu: share of a core in %, frameRate: shown by the slowest tile }
export async function costOfTiles(System, tiles, files) {
  const system = await System.start();
  const browser = await launchBrowser(System.flags);
  let unpublish = async () => {};
  try {
    unpublish = await system.publish(tiles, files);
    const page = await openPage(browser, { viewport: WINDOW });
    await (await system.prepareViewer(page, tiles, null))();
    await sleep(SETTLING_MS);
    const processes = await processesOf(browser);
    const [shownBefore, ticksBefore, started] = [await system.framesShown(page), ticksOf(processes), Date.now()];
    await sleep(SECONDS * 1000);
    const [shown, ticks, seconds] = [await system.framesShown(page), ticksOf(processes), (Date.now() - started) / 1000];
    if (shown.length !== tiles) throw new Error(`${system.name}: ${shown.length} of ${tiles} tiles are there`);
    const rates = shown.map((frames, i) => (frames - (shownBefore[i] ?? 0)) / seconds);
    return { cpu: ((ticks - ticksBefore) / TICKS_PER_SECOND / seconds) * 100, frameRate: Math.min(...rates) };
  } finally {
    await browser.close();
    await unpublish();
    await system.stop();
  }
}

async function processesOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.map(({ id }) => id);
}

function ticksOf(processes) {
  return processes.reduce((sum, id) => {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    // Behind the name, which may hold anything: utime and stime are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
}
