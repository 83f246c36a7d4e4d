// Screens: shared by tabs of a real browser, with sound, seen sharp, looked at closely, two at a time.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, Server } from "./harness.mjs";

const SLIDES = "Slides to be shared";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([
    Server.start(PAGES.web),
    // The picker of screens is answered by the title of a tab.
    launchBrowser([`--auto-select-tab-capture-source-by-title=${SLIDES}`], { withoutFakeDialogs: true }),
  ]);
});
// Pages that nobody looks at any more would go on encoding.
afterEach(() => closePages(browser));
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });
const screenOf = (page, name) => page.getByRole("figure", { name: `${name}'s screen` });
const picture = (page, name) => screenOf(page, name).locator(".picture :is(canvas, video)");

async function enter(link, name) {
  const page = await openPage(browser);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await button(page, "Camera: On").click();
  await button(page, "Join").click();
  await button(page, "Leave").waitFor();
  return page;
}

// A tab with black and white stripes of two pixels, which a soft picture makes grey, and a tone.
async function openSlides(context) {
  const page = await context.newPage();
  await page.setContent(`<title>${SLIDES}</title><body style="margin:0;height:100vh;
    background:repeating-linear-gradient(90deg,#000 0 2px,#fff 2px 4px)"></body>`);
  await page.evaluate(() => {
    const context = new AudioContext();
    const left = new StereoPannerNode(context, { pan: -1 });
    new OscillatorNode(context, { frequency: 440 }).connect(left).connect(context.destination);
    context.resume();
    // Something that changes, so that pictures keep coming.
    const mark = document.body.appendChild(document.createElement("div"));
    mark.style.cssText = "position:fixed;inset:0 0 auto auto;width:40px;height:40px";
    let on = false;
    setInterval(() => {
      on = !on;
      mark.style.background = on ? "red" : "blue";
    }, 100);
  });
  return page;
}

// How far apart neighbouring pixels in the middle of the picture are, 0…255.
const contrast = (element) => {
  const width = element.videoWidth ?? element.width;
  const height = element.videoHeight ?? element.height;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(element, 0, 0);
  const { data } = context.getImageData(Math.floor(width / 4), Math.floor(height / 2), 200, 1);
  const values = Array.from({ length: 200 }, (_, at) => data[4 * at + 1]);
  return Math.max(...values) - Math.min(...values);
};

test("a shared tab is seen sharp, heard, and looked at closely; two at once", async () => {
  const { link, hostLink } = await server.createRoom();
  const anna = await enter(hostLink, "Anna");
  const slides = await openSlides(anna.context());
  await anna.bringToFront();
  const ben = await enter(link, "Ben");
  await button(anna, "Share").click();
  await button(anna, "Stop sharing").waitFor();
  await picture(ben, "Anna").waitFor();
  await eventually("sharp", async () => (await picture(ben, "Anna").evaluate(contrast)) > 150);

  await screenOf(ben, "Anna").hover();
  await button(ben, "Larger").click();
  await button(ben, "Larger").click();
  await ben.getByText("150 %").waitFor();
  const region = ben.getByRole("region", { name: /^Anna's screen/ });
  await region.focus();
  await ben.keyboard.press("ArrowDown");
  await eventually("scrolled", () => region.evaluate((element) => element.scrollTop > 0));
  await ben.keyboard.press("0");
  await ben.getByText("100 %").waitFor();

  await ben.keyboard.press("i");
  const panel = ben.getByRole("complementary", { name: "Connection" });
  await panel.getByRole("figure", { name: /^Screen, received: [1-9]/ }).waitFor();
  await panel.getByRole("figure", { name: /^Screen's sound, received: [1-9]/ }).waitFor();

  await openSlides(ben.context());
  await ben.bringToFront();
  await button(ben, "Share").click();
  const cem = await enter(link, "Cem");
  await picture(cem, "Anna").waitFor();
  await picture(cem, "Ben").waitFor();
  for (const name of ["Anna", "Ben"]) {
    await eventually(`${name}'s`, async () => (await picture(cem, name).evaluate((e) => e.videoWidth ?? e.width)) > 300);
  }
  const [first, second] = await Promise.all(["Anna", "Ben"].map((name) => screenOf(cem, name).boundingBox()));
  assert.ok(first.width > 400 && Math.abs(first.width - second.width) < 2, "side by side");

  // The host stops the one, a closed tab the other.
  await anna.keyboard.press("p");
  await button(anna, "Actions for Ben").click();
  await anna.getByRole("menuitem", { name: "Stop screen sharing" }).click();
  await ben.getByText("Anna stopped your screen.").waitFor();
  await slides.close();
  await button(anna, "Share").waitFor();
  await screenOf(cem, "Anna").waitFor({ state: "detached" });
  assert.deepEqual([...anna.failures, ...ben.failures, ...cem.failures], []);
});
