// The web client's engine in a real Chromium, against a real vistimed and beside the terminal client.
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

async function enter(link, name, devices = {}) {
  const page = await openPage(browser);
  await page.goto(link);
  const result = await page.evaluate((who) => window.engine.join(who), name);
  assert.equal(result, "in", page.failures.join("\n"));
  await page.evaluate(async ({ microphone, camera }) => {
    if (microphone) await window.engine.meeting.useMicrophone("");
    if (camera) await window.engine.meeting.useCamera("");
  }, devices);
  return page;
}

const state = (page) => page.evaluate(() => window.engine.meeting.state);
const other = (page) => page.evaluate(() => window.engine.meeting.state.people.find((person) => !person.you)?.id);
const lines = async (page) => (await state(page)).chat.map(({ text }) => text);

// Pictures of somebody else that are not all the same.
async function seesMovement(page, width, height) {
  const [track] = await eventually("a picture is there", async () => {
    const tracks = await page.evaluate(([w, h]) => window.engine.watch(w, h), [width, height]);
    return tracks.length > 0 && tracks;
  });
  const seen = new Set();
  return eventually("the picture moves", async () => {
    const picture = await page.evaluate((id) => window.engine.picture(id), track);
    if (picture) seen.add(picture.brightness.join());
    return seen.size >= 4 && picture;
  });
}

const hears = (page) =>
  eventually("somebody is heard", async () => {
    const id = await other(page);
    return id && (await page.evaluate((person) => window.engine.meeting.level(person), id)) > 0.1;
  });

test("two pages hear and see each other, in the layer that the tile needs", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna", { microphone: true, camera: true });
  const ben = await enter(link, "Ben", { microphone: true, camera: true });
  await Promise.all([hears(anna), hears(ben)]);
  await seesMovement(anna, 300, 170);
  await seesMovement(ben, 640, 360);
  await eventually("the small layer", async () => (await seesMovement(anna, 300, 170)).width === 320);
  await eventually("the middle layer", async () => (await seesMovement(ben, 640, 360)).width === 640);
  await eventually("figures", async () => {
    const { streams } = (await ben.evaluate(() => window.engine.statistics)) ?? { streams: [] };
    const camera = streams.find(({ kind, direction }) => kind === "camera" && direction === "received");
    return camera && camera.frameRate > 10 && camera.bitrate > 50_000;
  });
  assert.deepEqual([...anna.failures, ...ben.failures], []);
});

test("a page and a terminal hold a meeting, and the terminal records what the page sends", async () => {
  const { link, terminal } = await server.createRoom();
  const samples = join(server.folder, "samples");
  execFileSync("python3", [join(root, "tools/make_sample.py"), samples]);
  const recording = join(server.folder, "recording");
  const term = server.terminal(terminal, [
    "--name", "Term", "--duration", "9", "--record", recording,
    "--send-audio", join(samples, "voice.wav"), "--send-video", join(samples, "picture.y4m"),
  ]);
  const page = await enter(link, "Page", { microphone: true, camera: true });
  await seesMovement(page, 320, 180);
  await page.evaluate(() => window.engine.meeting.sendChat("Hello from the page", ""));
  assert.equal(await term.ended, 0, term.text);
  assert.match(term.text, /Hello from the page/);
  const { files } = JSON.parse(readFileSync(join(recording, "recording.json"), "utf8"));
  const sound = files.find(({ kind }) => kind === "microphone");
  const pictures = files.find(({ kind }) => kind === "camera");
  // Most of the nine seconds: 50 packets and up to 30 pictures each.
  assert.ok(sound.frames > 150, `${sound.frames} packets`);
  assert.ok(pictures.frames > 60, `${pictures.frames} pictures`);
  const wav = readFileSync(join(recording, sound.file));
  const samples16 = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1);
  assert.ok(samples16.some((sample) => Math.abs(sample) > 3000), "the fake microphone's beeps");
});

test("the host's hand reaches everybody, and nobody else's does", async () => {
  const { link, hostLink } = await server.createRoom();
  const host = await enter(hostLink, "Host");
  const guest = await enter(link, "Guest", { microphone: true });
  const id = await eventually("the guest is there", () => other(host));
  const refused = await guest.evaluate(() => window.engine.meeting.setLocked(true).catch(({ code }) => code));
  assert.equal(refused, "not-allowed");
  await guest.evaluate(() => window.engine.meeting.setHand(true));
  await eventually("the hand", async () => (await state(host)).people.some(({ hand }) => hand === 1));
  await host.evaluate((who) => window.engine.meeting.lowerHand(who), id);
  await eventually("the hand is down", async () => (await state(guest)).people.every(({ hand }) => hand === 0));
  await host.evaluate((who) => window.engine.meeting.mute(who, "microphone"), id);
  await eventually("muted", async () => (await state(guest)).microphone.state === "muted");
  await host.evaluate((who) => window.engine.meeting.askToUnmute(who, "microphone"), id);
  await eventually("asked", () =>
    guest.evaluate(() => window.engine.notices.some(({ kind }) => kind === "unmute-asked")),
  );
  await host.evaluate(() => window.engine.meeting.setLobby(true));
  const waiting = await openPage(browser);
  await waiting.goto(link);
  assert.equal(await waiting.evaluate(() => window.engine.join("Waiting")), "waiting");
  await eventually("the lobby", async () => (await state(host)).waiting.length === 1);
  await host.evaluate(() => window.engine.meeting.admit([], true));
  await eventually("admitted", async () => (await state(waiting)).phase.kind === "in");
  await host.evaluate((who) => window.engine.meeting.remove(who, true), id);
  await eventually("removed", async () => (await state(guest)).phase.ending?.code === "banned");
  await host.evaluate(() => window.engine.meeting.closeRoom());
  await eventually("closed", async () => (await state(waiting)).phase.ending?.code === "room-closed");
});

test("a meeting goes on when the server was killed, and no message is lost or doubled", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna", { microphone: true, camera: true });
  const ben = await enter(link, "Ben");
  await anna.evaluate(() => window.engine.meeting.sendChat("before", ""));
  await server.kill();
  await eventually("noticed", async () => (await state(anna)).phase.kind === "reconnecting");
  // It is said once there is somebody to say it to.
  await anna.evaluate(() => void window.engine.meeting.sendChat("during", ""));
  await sleep(300);
  await server.launch();
  await eventually("back", async () => (await state(anna)).phase.kind === "in" && (await state(ben)).phase.kind === "in");
  await anna.evaluate(() => window.engine.meeting.sendChat("after", ""));
  await eventually("all is said", async () => (await lines(ben)).length >= 3);
  assert.deepEqual(await lines(ben), ["before", "during", "after"]);
  assert.deepEqual(await lines(anna), ["before", "during", "after"]);
  await hears(ben);
  await seesMovement(ben, 320, 180);
});

test("who may not come in is told why", async () => {
  const { room, link } = await server.createRoom();
  const page = await openPage(browser);
  const join = async (address, password = "") => {
    await page.goto("about:blank");
    await page.goto(address);
    return page.evaluate((word) => window.engine.join("Somebody", word), password);
  };
  assert.equal(await join(`${server.origin}/m/${room}#AAAAAAAAAAAAAAAAAAAAAA`), "wrong-key");
  assert.equal(await join(link.slice(0, -3)), "link-incomplete");
  assert.equal(await join(`${server.origin}/m/aaaaaaaaaa#AAAAAAAAAAAAAAAAAAAAAA`), "room-unknown");
});
