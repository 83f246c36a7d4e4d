// The page itself, as people use it: by its words and its keys.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, Server, sleep } from "./harness.mjs";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(PAGES.web), launchBrowser(["--use-fake-device-for-media-stream=fps=10"])]);
});
// Pages that nobody looks at any more would go on encoding.
afterEach(() => closePages(browser));
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });
const tile = (page, name) => page.getByRole("figure", { name, exact: true });
const picture = (page, name) => tile(page, name).locator(".picture :is(canvas, video)");
const widthOf = (element) => element.videoWidth ?? element.width;
const GERMAN = { name: "Ihr Name", join: "Teilnehmen", leave: "Verlassen" };
const ENGLISH = { name: "Your name", join: "Join", leave: "Leave" };

async function enter(link, name, { prepare, ...options } = {}) {
  const words = options.locale === "de-DE" ? GERMAN : ENGLISH;
  const page = await openPage(options.browser ?? browser, options);
  if (prepare) await page.addInitScript(prepare);
  await page.goto(link);
  await page.getByLabel(words.name).fill(name);
  await button(page, words.join).click();
  await button(page, words.leave).waitFor();
  return page;
}

const sees = (page, name, least = 100) =>
  eventually(`${name} is seen`, async () => (await picture(page, name).evaluate(widthOf)) >= least);

async function say(page, text) {
  await page.getByLabel("Write a message").fill(text);
  await page.keyboard.press("Enter");
}

test("two people meet, write and leave, by keys alone", async () => {
  const { link, hostLink } = await server.createRoom();
  const anna = await enter(hostLink, "Anna");
  const ben = await enter(link, "Ben");
  await tile(anna, "Ben").waitFor();
  await sees(ben, "Anna", 300);
  await ben.keyboard.press("h");
  await anna.getByText("hand 1").waitFor();
  await ben.keyboard.press("c");
  await ben.keyboard.type("See https://example.org/a, and <b>this</b>");
  await ben.keyboard.press("Enter");
  await anna.getByRole("button", { name: "Chat 1 unread" }).click();
  const said = anna.getByRole("log").locator(".said");
  await said.waitFor();
  assert.equal(await said.innerText(), "See https://example.org/a, and <b>this</b>");
  assert.equal(await said.locator("a").getAttribute("href"), "https://example.org/a");
  await ben.keyboard.press("Escape");
  await ben.keyboard.press("m");
  await button(ben, "Unmute").waitFor();
  await button(ben, "Leave").click();
  await ben.getByRole("heading", { name: "You have left the meeting" }).waitFor();
  await tile(anna, "Ben").waitFor({ state: "detached" });
  assert.deepEqual([...anna.failures, ...ben.failures], []);
});

test("what keeps somebody out is said in the reader's language, with what to do", async () => {
  const { room, link } = await server.createRoom(["--password-file", server.write("password", "sesame\n")]);
  const page = await openPage(browser, { locale: "de-DE" });
  await page.goto(`${server.origin}/m/${room}#AAAAAAAAAAAAAAAAAAAAAA`);
  await page.getByRole("heading", { name: "Der Schlüssel dieses Links passt nicht zur Besprechung" }).waitFor();
  await page.goto(link);
  await page.getByLabel("Ihr Name").fill("Jemand");
  await page.getByLabel("Passwort der Besprechung").fill("falsch");
  await button(page, "Teilnehmen").click();
  await page.getByText("Das Passwort ist falsch.").waitFor();
  await page.getByLabel("Passwort der Besprechung").fill("sesame");
  await button(page, "Teilnehmen").click();
  await button(page, "Verlassen").waitFor();
});

test("a full meeting is said to be full", async () => {
  const { link } = await server.createRoom(["--max", "2"]);
  await enter(link, "Anna");
  await enter(link, "Cem");
  const page = await openPage(browser);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Ben");
  await button(page, "Join").click();
  await page.getByRole("heading", { name: "This meeting is full" }).waitFor();
  await page.getByText("Try again when somebody has left.").waitFor();
});

test("all that is needed for a meeting is small, and comes from this server alone", async () => {
  const { link } = await server.createRoom();
  const page = await openPage(browser);
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server.origin)) foreign.push(request.url());
  });
  await page.goto(link);
  await page.getByLabel("Your name").fill("Anna");
  await button(page, "Join").click();
  await button(page, "Leave").waitFor();
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")].reduce(
      (sum, { encodedBodySize }) => sum + encodedBodySize,
      0,
    ),
  );
  assert.ok(bytes > 50_000 && bytes < 300_000, `${bytes} bytes`);
  assert.deepEqual(foreign, []);
});

test("who is remembered needs not write their name again", async () => {
  const { link } = await server.createRoom();
  const page = await openPage(browser);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Anna");
  await button(page, "Camera: On").click();
  await page.getByText("Camera is off").waitFor();
  await button(page, "Join").click();
  await button(page, "Leave").click();
  await button(page, "Try again").click();
  assert.equal(await page.getByLabel("Your name").inputValue(), "Anna");
  await button(page, "Camera: Off").waitFor();
  await button(page, "Test").click();
  await button(page, "Playing…").waitFor();
  await button(page, "Test").waitFor();
});

test("answers and reactions in chat, private messages, and reactions that fly by", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna");
  const ben = await enter(link, "Ben");
  const cem = await enter(link, "Cem");
  for (const page of [anna, ben, cem]) await page.keyboard.press("c");
  await say(anna, "Shall we begin?");
  const line = ben.locator(".line", { hasText: "Shall we begin?" });
  await line.hover();
  await line.getByRole("button", { name: "React to Anna" }).click();
  await button(ben, "👍").click();
  const reaction = anna.getByRole("button", { name: "👍 1: Ben" });
  await reaction.waitFor();
  await reaction.click(); // Anna agrees
  await ben.getByRole("button", { name: "👍 2: Ben, Anna" }).click(); // and Ben takes his back
  await anna.getByRole("button", { name: "👍 1: Anna" }).waitFor();
  await line.hover();
  await line.getByRole("button", { name: "Answer Anna" }).click();
  await ben.keyboard.press("Escape"); // no answer after all; the panel stays
  await ben.locator(".writing .quote").waitFor({ state: "detached" });
  await line.hover();
  await line.getByRole("button", { name: "Answer Anna" }).click();
  await ben.keyboard.type("Yes");
  await ben.keyboard.press("Enter");
  assert.match(await anna.locator(".line", { hasText: "Yes" }).locator(".quote").innerText(), /Anna: Shall we begin/);
  await ben.getByRole("combobox", { name: "To" }).selectOption({ label: "Only Anna" });
  await say(ben, "Just between us");
  await anna.getByText("Just between us").waitFor();
  await anna.getByText("private, to Anna").waitFor();
  await sleep(300);
  assert.equal(await cem.getByText("Just between us").count(), 0);
  await cem.getByLabel("Write a message").press("Escape");
  await cem.keyboard.press("r");
  await button(cem, "🎉").click();
  await anna.locator(".flying", { hasText: "Cem" }).waitFor();
  assert.deepEqual([...anna.failures, ...ben.failures, ...cem.failures], []);
});

test("the host leads: lobby, lock, mute, remove, hand over, end", async () => {
  const { link, hostLink } = await server.createRoom();
  const host = await enter(hostLink, "Host");
  const ben = await enter(link, "Ben");
  await host.keyboard.press("p");
  const act = async (what) => {
    await button(host, "Actions for Ben").click();
    await host.getByRole("menuitem", { name: what, exact: true }).click();
  };
  await act("Mute");
  await ben.getByText("Host muted you.").waitFor();
  await act("Ask to unmute");
  await ben.getByText("Host asks you to unmute.").waitFor();
  await act("Stop camera");
  await button(ben, "Start camera").waitFor();
  await act("Make moderator");
  await ben.keyboard.press("p");
  await ben.getByLabel("Lock the meeting").click();
  await host.locator("label", { hasText: "Lock the meeting" }).locator("input:checked").waitFor();
  const late = await openPage(browser);
  await late.goto(link);
  await late.getByLabel("Your name").fill("Late");
  await button(late, "Join").click();
  await late.getByRole("heading", { name: "This meeting is locked" }).waitFor();
  await ben.getByLabel("Lock the meeting").click();
  await ben.getByLabel("Newcomers wait in the lobby").click();
  await button(late, "Try again").click();
  await button(late, "Join").click();
  await late.getByText("You are in the lobby").waitFor();
  await button(ben, "Refuse").click();
  await late.getByRole("heading", { name: "You were not let in" }).waitFor();
  await act("Hand over as host");
  await button(ben, "End for everybody").waitFor();
  await button(ben, "Actions for Host").click();
  await ben.getByRole("menuitem", { name: "Remove", exact: true }).click();
  await host.getByRole("heading", { name: "You were removed from the meeting" }).waitFor();
  await button(ben, "Leave").click();
  await ben.getByRole("menuitem", { name: "End for everybody" }).click();
  await ben.getByRole("dialog").getByRole("button", { name: "End for everybody" }).click();
  await ben.getByRole("heading", { name: "This meeting has ended" }).waitFor();
});

test("who is muted talks while the space bar is held", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna");
  await anna.keyboard.press("m");
  await button(anna, "Unmute").waitFor();
  await anna.keyboard.down(" ");
  await button(anna, "Mute").waitFor();
  await anna.keyboard.up(" ");
  await button(anna, "Unmute").waitFor();
  // While writing it is a space.
  await anna.keyboard.press("c");
  await anna.keyboard.type("a b");
  assert.equal(await anna.getByLabel("Write a message").inputValue(), "a b");
  // The fake microphone beeps: whoever speaks while muted is told.
  await anna.getByText("You are muted. Press M to speak.").waitFor();
});

test("pins, the speaker's view, one's own picture in another corner, and the focus is never lost", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna");
  await enter(link, "Ben");
  const own = anna.getByRole("group", { name: /^Your picture/ });
  await own.waitFor();
  const place = () => own.boundingBox();
  const before = await place();
  await own.focus();
  await anna.keyboard.press("ArrowLeft");
  await anna.keyboard.press("ArrowUp");
  const keyed = await place();
  assert.ok(keyed.x < before.x - 300 && keyed.y < before.y - 200, "moved by keys");
  await anna.mouse.move(keyed.x + 20, keyed.y + 40);
  await anna.mouse.down();
  await anna.mouse.move(before.x + 20, before.y + 20, { steps: 5 });
  await anna.mouse.up();
  await eventually("dragged", async () => Math.abs((await place()).x - before.x) < 5);
  await enter(link, "Cem");
  await tile(anna, "Cem").waitFor();
  await own.waitFor({ state: "detached" });
  await tile(anna, "Cem").dblclick();
  await eventually("pinned", async () => (await tile(anna, "Cem").boundingBox()).width > 600);
  await button(anna, "Unpin Cem").click();
  await anna.keyboard.press("g");
  await anna.locator(".stage.with-large").waitFor();
  await anna.keyboard.press("g");
  await anna.locator(".stage:not(.with-large)").waitFor();
  await button(anna, "People").focus();
  await anna.keyboard.press("Enter");
  await anna.getByRole("complementary", { name: "People" }).waitFor();
  await anna.keyboard.press("Escape");
  await eventually("focus is back", () => button(anna, "People").evaluate((element) => element === document.activeElement));
  await anna.keyboard.press("f");
  await eventually("full screen", () => anna.evaluate(() => document.fullscreenElement !== null));
  await anna.keyboard.press("f");
  await eventually("a window again", () => anna.evaluate(() => document.fullscreenElement === null));
  await anna.keyboard.press("?");
  await anna.getByRole("dialog").getByText("Hold to talk while you are muted").waitFor();
  await anna.keyboard.press("Escape");
  await eventually("focus is back", () => button(anna, "People").evaluate((element) => element === document.activeElement));
});

test("the connection's figures can be read and copied", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna", { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] });
  await enter(link, "Ben");
  await sees(anna, "Ben");
  await anna.keyboard.press("i");
  const panel = anna.getByRole("complementary", { name: "Connection" });
  await panel.getByRole("figure", { name: /^Round trip: \d+ ms/ }).waitFor();
  await panel.getByRole("figure", { name: /^Camera, received: [1-9]/ }).waitFor();
  await panel.locator(".verdict").waitFor();
  await button(anna, "Copy as JSON").click();
  await button(anna, "Copied").waitFor();
  const { route, streams } = JSON.parse(await anna.evaluate(() => navigator.clipboard.readText()));
  assert.match(route, /^ws:\/\/localhost:/);
  assert.ok(streams.some(({ kind, direction }) => kind === "camera" && direction === "received"));
});

test("a device is changed, the language and the look too, while the meeting goes on", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna");
  await button(anna, "More").click();
  await anna.getByRole("menuitem", { name: "Settings" }).click();
  const dialog = anna.getByRole("dialog");
  const microphones = dialog.getByRole("combobox", { name: "Microphone" });
  const [first, second] = await microphones.locator("option").evaluateAll((all) => all.map(({ value }) => value));
  await microphones.selectOption(first === (await microphones.inputValue()) ? second : first);
  await dialog.getByRole("combobox", { name: "Look" }).selectOption("dark");
  assert.equal(await anna.evaluate(() => document.documentElement.dataset.theme), "dark");
  await dialog.getByRole("combobox", { name: "Language" }).selectOption("de");
  await anna.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await anna.keyboard.press("Escape");
  await button(anna, "Stumm").waitFor();
  assert.equal(await anna.evaluate(() => document.documentElement.lang), "de");
  assert.deepEqual(anna.failures, []);
});

test("whoever records is named to all, in the page and in the terminal, and gets a film", async () => {
  const { link, terminal } = await server.createRoom();
  const folder = join(server.folder, "terminal-recording");
  const anna = await enter(link, "Anna", {
    prepare: () => {
      delete window.showSaveFilePicker; // a dialog of the system, where no test can press a button
    },
  });
  const ben = await enter(link, "Ben");
  await sees(anna, "Ben");
  await button(anna, "More").click();
  await anna.getByRole("menuitem", { name: "Record here" }).click();
  await button(anna, "Record").click();
  await ben.getByText("Recorded by Anna").waitFor();
  const term = server.terminal(terminal, ["--name", "Term", "--duration", "6", "--record", folder]);
  await ben.getByText("Recorded by Anna, Term").waitFor();
  await term.ended;
  const recorded = term.text.split("\n").filter((line) => line.includes('"recording":true'));
  assert.ok(recorded.length > 0, "the terminal knows who records");
  await button(anna, "More").click();
  const download = anna.waitForEvent("download");
  await anna.getByRole("menuitem", { name: "Stop recording" }).click();
  const film = await download;
  assert.match(film.suggestedFilename(), /^Weekly .*\.webm$/);
  const bytes = readFileSync(await film.path());
  assert.equal(bytes.readUInt32BE(0), 0x1a45dfa3, "EBML");
  assert.ok(bytes.length > 100_000, `${bytes.length} bytes`);
  for (const codec of ["V_VP9", "A_OPUS"]) assert.ok(bytes.includes(codec), codec);
  await ben.getByText("Recorded by Anna").waitFor({ state: "detached" });
});

test("a blurred background is sent and shown, and comes off again", async () => {
  const { link } = await server.createRoom();
  const anna = await enter(link, "Anna");
  const ben = await enter(link, "Ben");
  await sees(ben, "Anna");
  await button(anna, "More").click();
  await anna.getByRole("menuitem", { name: "Settings" }).click();
  // The fake camera shows no person: all of it is background, and its clock cannot be read any more.
  const detail = () =>
    picture(ben, "Anna").evaluate((element) => {
      const [width, height] = [320, 180];
      const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      context.drawImage(element, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      let edges = 0;
      for (let i = 4; i < data.length; i += 4) edges += Math.abs(data[i + 1] - data[i - 3]) > 40 ? 1 : 0;
      return edges;
    });
  const sharp = await detail();
  assert.ok(sharp > 300, `${sharp} edges`);
  await anna.getByLabel("Blur my background").check();
  await eventually("blurred", async () => (await detail()) < sharp / 4, 30_000);
  await anna.getByLabel("Blur my background").uncheck();
  await eventually("sharp again", async () => (await detail()) > sharp / 2);
  assert.deepEqual([...anna.failures, ...ben.failures], []);
});
