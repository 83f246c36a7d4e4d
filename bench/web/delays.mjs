// How long pictures and sound are on their way between two pages of one browser, and how long joining takes.
import { eventually, launchBrowser, openPage, sleep } from "../../system-tests/web/harness.mjs";

const CAMERA = { number: 1, width: 1280, height: 720, frameRate: 30 };
const WINDOW = { width: 1280, height: 720 };
const JOINS = 5;
const SETTLING_MS = 5_000;
const SECONDS = 20;
const PAUSE_MS = 100;

// { glass, ear, join: lists of ms, likeness: of the sound }
export async function delays(System, sound) {
  const system = await System.start();
  const browser = await launchBrowser(System.flags);
  try {
    const sender = await openPage(browser, { viewport: WINDOW });
    await system.send(sender, { ...CAMERA, sound });
    await sleep(SETTLING_MS / 2);
    const join = [];
    for (let i = 1; i < JOINS; ++i) {
      const viewer = await openPage(browser, { viewport: WINDOW });
      join.push(await firstPicture(viewer, await system.prepareViewer(viewer, 1, 0)));
      await viewer.context().close();
    }
    const viewer = await openPage(browser, { viewport: WINDOW });
    join.push(await firstPicture(viewer, await system.prepareViewer(viewer, 1, PAUSE_MS)));
    await sleep(SETTLING_MS);
    for (const page of [sender, viewer]) await page.evaluate(() => window.signals.forget());
    await sleep(SECONDS * 1000);
    const said = await sender.evaluate(() => window.signals.clicksSaid);
    const { heard, pictures, likeness } = await viewer.evaluate((number) => {
      const { clicksHeard: heard } = window.signals;
      return { heard, pictures: window.signals.pictures()[0], likeness: window.signals.likeness([number])[0] };
    }, CAMERA.number);
    return { join, glass: pictures.map(({ atMs, paintedMs }) => atMs - paintedMs), ear: soundDelays(said, heard), likeness };
  } finally {
    await browser.close();
    await system.stop();
  }
}

async function firstPicture(page, start) {
  const clickedMs = await start();
  const seen = await eventually("a picture", () => page.evaluate(() => window.signals.pictures()[0]?.[0]));
  return seen.atMs - clickedMs;
}

// Each click that is heard is the latest that was said.
export function soundDelays(said, heard) {
  return heard.map((at) => at - Math.max(...said.filter((time) => time < at))).filter(Number.isFinite);
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
