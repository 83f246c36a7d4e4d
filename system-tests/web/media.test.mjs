// What is shown and played in one page is what was painted and said in another: proven by time codes in the pictures and
// a known sound, through joining, sleeping and interruptions. No limits of time but generous ones: ./dev bench web measures.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, launchBrowser, openPage, root, Server, sleep } from "./harness.mjs";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const CAMERA = { width: 640, height: 360, frameRate: 15 };
const READING_PAUSE_MS = 50;
// What unrelated sounds reach stays below 0.3.
const RECOGNISED = 0.4;
const PATIENCE_MS = 60_000; // also while other programs keep the machine busy

// A page whose camera and voice have this number; it shows everybody.
async function enter(link, number, devices, camera = CAMERA) {
  const page = await openPage(browser);
  await page.goto(link);
  const result = await page.evaluate(
    async ([number, camera, pauseMs]) => {
      window.signals.replaceDevices({ number, ...camera });
      window.signals.listen();
      window.engine.showAll(9, pauseMs);
      return window.engine.join(`Page ${number}`);
    },
    [number, camera, READING_PAUSE_MS],
  );
  assert.equal(result, "in", page.failures.join("\n"));
  await page.evaluate(async ({ microphone, camera }) => {
    if (microphone) await window.engine.meeting.useMicrophone("");
    if (camera) await window.engine.meeting.useCamera("");
  }, devices);
  return page;
}

const BOTH = { microphone: true, camera: true };
const now = () => performance.timeOrigin + performance.now();

// All that was read of the pictures of this camera.
async function picturesOf(page, camera) {
  const tiles = await page.evaluate(() => window.signals.pictures());
  return tiles.flat().filter((seen) => seen.camera === camera);
}

const recognises = async (page, voice) =>
  (await page.evaluate((number) => window.signals.likeness([number])[0], voice)) > RECOGNISED;

// What was painted and said after this moment.
async function seesAndHears(page, number, sinceMs) {
  await eventually(
    `pictures of camera ${number}`,
    async () => (await picturesOf(page, number)).filter(({ paintedMs }) => paintedMs > sinceMs).length > 5,
    PATIENCE_MS,
  );
  await eventually(`voice ${number}`, () => recognises(page, number), PATIENCE_MS);
}

test("pictures arrive in order, while they are new, and many of them", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, 1, { camera: true });
  const ben = await enter(link, 2, { camera: true });
  for (const [page, camera] of [[anna, 2], [ben, 1]]) {
    const seen = await eventually("pictures", async () => {
      const pictures = await picturesOf(page, camera);
      return pictures.length >= 60 && pictures;
    }, PATIENCE_MS);
    assert.ok(seen.every(({ paintedMs }, i) => i === 0 || paintedMs > seen[i - 1].paintedMs), "each is later");
    const ages = seen.map(({ atMs, paintedMs }) => atMs - paintedMs).sort((a, b) => a - b);
    assert.ok(ages[0] > 0 && ages[30] < 1000, `age ${ages[0]}…${ages[30]} ms`);
    const rate = (1000 * (seen.length - 1)) / (seen.at(-1).atMs - seen[0].atMs);
    assert.ok(rate > 3, `${rate} pictures read a second`);
  }
  assert.deepEqual([...anna.failures, ...ben.failures], []);
  await Promise.all([anna.context().close(), ben.context().close()]);
});

test("a voice is recognised where it is heard, and no other is", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, 1, { microphone: true });
  const ben = await enter(link, 2, { microphone: true });
  for (const [page, voice] of [[anna, 2], [ben, 1]]) {
    await eventually("the voice", () => recognises(page, voice), PATIENCE_MS);
    assert.equal(await recognises(page, 3 - voice), false, "one's own voice does not come back");
    assert.equal(await recognises(page, 3), false);
  }
  await ben.evaluate(() => window.signals.forget());
  const heard = await eventually("clicks", async () => {
    const clicks = await ben.evaluate(() => window.signals.clicksHeard);
    return clicks.length >= 10 && clicks;
  });
  const said = await anna.evaluate(() => window.signals.clicksSaid);
  const delays = heard.map((at) => at - Math.max(...said.filter((time) => time < at))).sort((a, b) => a - b);
  assert.ok(delays[0] > 0 && delays[5] < 450, `delays ${delays.map(Math.round)} ms`);
  await anna.evaluate(() => window.engine.meeting.setMicrophoneMuted(true));
  await eventually("silence", async () => !(await recognises(ben, 1)));
  assert.deepEqual([...anna.failures, ...ben.failures], []);
  await Promise.all([anna.context().close(), ben.context().close()]);
});

test("five pages and a terminal: everybody sees and hears somebody", async () => {
  const { link, terminal } = await server.createRoom();
  const samples = join(server.folder, "samples");
  execFileSync("python3", [join(root, "tools/make_sample.py"), samples]);
  const recording = join(server.folder, "recording");
  const term = server.terminal(terminal, [
    "--name", "Term", "--record", recording, "--loop", "--send-video", join(samples, "picture.y4m"),
  ]);
  const small = { width: 320, height: 180, frameRate: 10 };
  const pages = [];
  for (const number of [1, 2, 3, 4, 5]) {
    pages.push(await enter(link, number, { microphone: number <= 2, camera: true }, small));
  }
  for (const [i, page] of pages.entries()) {
    const others = [1, 2, 3, 4, 5].filter((number) => number !== i + 1);
    for (const camera of others) {
      await eventually(`${i + 1} sees ${camera}`, async () => (await picturesOf(page, camera)).length > 5, PATIENCE_MS);
    }
    await eventually(`${i + 1} sees six tiles move`, async () => {
      const frames = await page.evaluate(() => window.engine.frames());
      return frames.length === 5 && frames.every((count) => count > 5);
    });
    await eventually(
      `${i + 1} hears somebody`,
      () => page.evaluate(() => window.signals.clicksHeard.length > 5),
      PATIENCE_MS,
    );
    assert.deepEqual(page.failures, []);
  }
  term.kill("SIGINT");
  assert.equal(await term.ended, 0, term.text);
  const { files } = JSON.parse(readFileSync(join(recording, "recording.json"), "utf8"));
  assert.ok(files.some(({ kind, frames }) => kind === "microphone" && frames > 50), "the terminal hears somebody");
  assert.ok(files.some(({ kind, frames }) => kind === "camera" && frames > 20), "the terminal sees somebody");
  await Promise.all(pages.map((page) => page.context().close()));
});

test("a page that was put to sleep is back in the meeting when it wakes", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, 1, BOTH);
  const ben = await enter(link, 2, BOTH);
  await Promise.all([seesAndHears(ben, 1, 0), seesAndHears(anna, 2, 0)]);
  const session = await ben.context().newCDPSession(ben);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await sleep(8000);
  const wokenMs = now();
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await seesAndHears(ben, 1, wokenMs);
  await seesAndHears(anna, 2, wokenMs);
  assert.equal(await ben.evaluate(() => window.engine.meeting.state.phase.kind), "in");
  await Promise.all([anna.context().close(), ben.context().close()]);
});

test("when nothing passes for a while, the meeting goes on by itself", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, 1, BOTH);
  const ben = await enter(link, 2, BOTH);
  await Promise.all([seesAndHears(ben, 1, 0), seesAndHears(anna, 2, 0)]);
  server.process.kill("SIGSTOP");
  try {
    await eventually(
      "it is noticed",
      () => ben.evaluate(() => window.engine.meeting.state.phase.kind === "reconnecting"),
      PATIENCE_MS,
    );
  } finally {
    server.process.kill("SIGCONT");
  }
  const backMs = now();
  await Promise.all([seesAndHears(ben, 1, backMs), seesAndHears(anna, 2, backMs)]);
  for (const page of [anna, ben]) {
    assert.equal(await page.evaluate(() => window.engine.meeting.state.phase.kind), "in");
  }
});
