// Every view of the page: a picture of each into build/screenshots, for people to look at, and axe-core's judgement, which
// must find nothing. ./dev screenshots makes them at all sizes, in light and dark; the test at two of these.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, root, Server, sleep } from "./harness.mjs";

const ALL = [[375, 812], [1280, 800], [1920, 1080]].flatMap((size) => [[...size, "light"], [...size, "dark"]]);
const LOOKS = process.env.VISTIME_SCREENSHOTS === "all" ? ALL : [[375, 812, "light"], [1280, 800, "dark"]];
const PICTURES = join(root, "build/screenshots");
const AXE = readFileSync(join(root, "client/web/node_modules/axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let server;
let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  [server, browser] = await Promise.all([
    Server.start(PAGES.web),
    launchBrowser(),
  ]);
});
// Pages that nobody looks at any more would go on encoding.
afterEach(() => closePages(browser));
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });

// A camera that shows somebody drawn, in front of a wall of their own colour.
function portrait(hue) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [960, 540];
  const context = canvas.getContext("2d");
  const ellipse = (colour, x, y, width, height) => {
    context.fillStyle = colour;
    context.beginPath();
    context.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
    context.fill();
  };
  const draw = () => {
    const nod = 6 * Math.sin(performance.now() / 700);
    const wall = context.createLinearGradient(0, 0, 960, 540);
    wall.addColorStop(0, `hsl(${hue} 35% 72%)`);
    wall.addColorStop(1, `hsl(${hue + 30} 30% 42%)`);
    context.fillStyle = wall;
    context.fillRect(0, 0, 960, 540);
    context.fillStyle = `hsl(${hue + 200} 25% 85%)`;
    context.fillRect(90, 60, 170, 220);
    ellipse(`hsl(${hue + 160} 45% 32%)`, 480, 560, 260, 190);
    ellipse("hsl(24 35% 55%)", 480, 370 + nod / 2, 52, 80);
    ellipse(`hsl(${hue} 25% 18%)`, 480, 215 + nod, 118, 138);
    ellipse("hsl(24 42% 66%)", 480, 250 + nod, 94, 122);
  };
  setInterval(draw, 200);
  draw();
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (constraints) =>
    constraints.video ? Promise.resolve(canvas.captureStream(5)) : open(constraints);
}

async function enter(link, name, { hue = 210, ...options } = {}) {
  const page = await openPage(browser, { bypassCSP: true, ...options }); // axe-core is brought in from outside
  await page.addInitScript(portrait, hue);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  if (options.without) await button(page, `${options.without}: On`).click();
  await button(page, "Join").click();
  await button(page, "Leave").waitFor();
  return page;
}

const findings = [];

async function look(page, name) {
  for (const [width, height, colorScheme] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await sleep(350); // pictures of the new size
    await page.screenshot({ path: join(PICTURES, `${name}-${width}x${height}-${colorScheme}.png`) });
    findings.push(...(await judge(page)).map((each) => `${name} ${width} ${colorScheme}: ${each}`));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function judge(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message ?? ""}`).join("; ")}`);
  }, RULES);
}

// Whoever looks for somebody sees nothing wider than the page.
const overflows = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test("before the meeting", async () => {
  const { link } = await server.createRoom(["--password-file", server.write("password", "sesame\n")]);
  const page = await openPage(browser, { bypassCSP: true });
  await page.addInitScript(portrait, 210);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Anna Berg");
  await page.locator("video").waitFor();
  await look(page, "join");
  for (const width of [320, 640]) {
    await page.setViewportSize({ width, height: 480 });
    assert.equal(await overflows(page), false, `at ${width} pixels`);
  }
  await page.goto(`${server.origin}/m/aaaaaaaaaa#AAAAAAAAAAAAAAAAAAAAAA`);
  await page.getByRole("heading", { name: "This meeting does not exist" }).waitFor();
  await look(page, "problem");
});

test("in the lobby", async () => {
  const { link, hostLink } = await server.createRoom();
  const host = await enter(hostLink, "Host");
  await host.keyboard.press("p");
  await host.getByLabel("Newcomers wait in the lobby").click();
  const page = await openPage(browser, { bypassCSP: true });
  await page.goto(link);
  await page.getByLabel("Your name").fill("Anna Berg");
  await button(page, "Join").click();
  await page.getByText("You are in the lobby").waitFor();
  await look(page, "lobby");
  await button(host, "Let in").waitFor();
  await look(host, "people-lobby");
});

test("in the meeting", async () => {
  const { link, hostLink } = await server.createRoom();
  const anna = await enter(hostLink, "Anna Berg");
  await look(anna, "alone");
  const ben = await enter(link, "Ben Okafor", { hue: 20 });
  await anna.locator(".picture :is(canvas, video)").first().waitFor();
  await look(anna, "two");
  const names = ["Çağla Öztürk", "Dmitri Petrov"];
  await enter(link, names[0], { hue: 120 });
  await enter(link, names[1], { without: "Camera" });
  await ben.keyboard.press("h");
  await ben.keyboard.press("c");
  await ben.getByLabel("Write a message").fill("The plan is at https://example.org/plan");
  await ben.keyboard.press("Enter");
  await eventually("said", () => anna.getByRole("button", { name: "Chat 1 unread" }).isVisible());
  await look(anna, "gallery");
  await anna.keyboard.press("c");
  await anna.getByLabel("Write a message").fill("Thank you, I will read it today.");
  await anna.keyboard.press("Enter");
  await ben.locator(".said", { hasText: "Thank you" }).waitFor();
  await ben.locator(".line").last().hover();
  await button(ben, "React to Anna Berg").click();
  await button(ben, "👍").click();
  await ben.locator(".line").last().hover();
  await button(ben, "Answer Anna Berg").click();
  await ben.keyboard.type("Tell us on Friday.");
  await ben.keyboard.press("Enter");
  await anna.locator(".quote").waitFor();
  await look(anna, "chat");
  await anna.getByLabel("Write a message").press("Escape");
  await anna.keyboard.press("p");
  await look(anna, "people");
  await anna.keyboard.press("i");
  await sleep(4000);
  await look(anna, "statistics");
  await anna.keyboard.press("Escape");
  await anna.keyboard.press("?");
  await anna.getByRole("dialog").waitFor();
  await look(anna, "keys");
  await anna.keyboard.press("Escape");
  await button(anna, "More").click();
  await look(anna, "more");
  await anna.getByRole("menuitem", { name: "Settings" }).click();
  await anna.getByRole("dialog").waitFor();
  await look(anna, "settings");
  await anna.keyboard.press("Escape");
  await anna.keyboard.press("g");
  await look(anna, "speaker");
  await anna.keyboard.press("g");
  await anna.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await look(anna, "right-to-left");
  await anna.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  for (const width of [320, 640]) {
    await anna.setViewportSize({ width, height: 480 });
    await sleep(300);
    await anna.screenshot({ path: join(PICTURES, `narrow-${width}.png`) });
    assert.equal(await overflows(anna), false, `at ${width} pixels`);
    assert.ok(await button(anna, "Leave").isVisible(), `Leave at ${width} pixels`);
  }
  await server.kill();
  await anna.getByText("Reconnecting…").waitFor();
  await look(anna, "reconnecting");
  await server.launch();
});

test("axe-core finds nothing in any of them", () => {
  assert.deepEqual(findings, []);
});
