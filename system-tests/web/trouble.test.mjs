// What goes wrong on people's machines and in their networks, and the sentence that each of them reads.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, Server } from "./harness.mjs";

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
const reads = (page, text) => page.getByText(text).first().waitFor();

// A page in whose browser something is as `prepare` makes it.
async function visit(prepare, link) {
  const page = await openPage(browser);
  await page.addInitScript(typeof prepare === "string" ? { content: prepare } : prepare);
  await page.goto(link ?? (await server.createRoom()).link);
  return page;
}

async function join(page, name = "Anna") {
  await page.getByLabel("Your name").fill(name);
  await button(page, "Join").click();
  await button(page, "Leave").waitFor();
}

// Whatever device is asked for, it is refused with this error.
const prepared = (name) =>
  `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", ${JSON.stringify(name)}));`;

test("without a camera and microphone one can join all the same", async () => {
  const page = await visit(prepared("NotFoundError"));
  await reads(page, "No device was found. You can join without.");
  await join(page);
  await button(page, "Start camera").waitFor();
});

test("a camera that is in use, or not allowed, is said with what to do", async () => {
  const used = await visit(prepared("NotReadableError"));
  await reads(used, "Another program uses it. Close that program, then switch it on again.");
  const refused = await visit(prepared("NotAllowedError"));
  await reads(refused, "The browser does not allow it. Allow it in the address bar, then switch it on again.");
  await join(refused);
  await button(refused, "Start camera").click();
  await reads(refused, "Camera: The browser does not allow it.");
});

test("a permission that is taken back, and a camera that is unplugged, in the call", async () => {
  const page = await visit(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.tracks = [];
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
    window.lose = (kind) => {
      for (const track of window.tracks) {
        if (track.kind !== kind || track.readyState === "ended") continue;
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    };
  });
  await join(page);
  await button(page, "Stop camera").waitFor();
  await page.evaluate(() => window.lose("video"));
  await reads(page, "Camera: The device was unplugged.");
  await button(page, "Start camera").click();
  await button(page, "Stop camera").waitFor();
  await page.evaluate(() => {
    const query = navigator.permissions.query.bind(navigator.permissions);
    navigator.permissions.query = (what) => (what.name === "camera" ? Promise.resolve({ state: "denied" }) : query(what));
    window.lose("video");
  });
  await reads(page, "Camera: The browser does not allow it.");
  // Another microphone takes over.
  await page.evaluate(() => window.lose("audio"));
  await reads(page, "Microphone: The microphone was unplugged; another one is used.");
  await button(page, "Mute").waitFor();
});

test("a browser that lacks something is told what", async () => {
  const page = await visit(() => {
    delete window.VideoDecoder;
  });
  await page.getByRole("heading", { name: "This browser is too old" }).waitFor();
  await reads(page, "It lacks: WebCodecs.");
});

test("an address that is not secure is told so", async () => {
  const insecure = await launchBrowser(["--host-resolver-rules=MAP meet.test 127.0.0.1"]);
  try {
    const { link } = await server.createRoom();
    const page = await openPage(insecure, { permissions: [] });
    await page.goto(link.replace("localhost", "meet.test"));
    await page.getByRole("heading", { name: "This address is not secure" }).waitFor();
    await reads(page, "Open the link with https://.");
  } finally {
    await insecure.close();
  }
});

test("storage that is disabled costs nothing but memory", async () => {
  const page = await visit(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("", "SecurityError");
      },
    });
  });
  await join(page);
  await page.keyboard.press("c");
  await page.keyboard.type("Nothing is kept here");
  await page.keyboard.press("Enter");
  await reads(page.getByRole("log"), "Nothing is kept here");
  assert.deepEqual(page.failures, []);
});

test("names of 4,000 characters, and text that is HTML or turns its direction, stay text", async () => {
  const { link } = await server.createRoom();
  const anna = await visit(() => {}, link);
  await join(anna, "A".repeat(4000)); // the field takes 64
  const ben = await visit(() => {}, link);
  await join(ben, "\u202eneB <img src=x onerror=document.title='owned'>");
  await eventually("cut", async () => (await anna.locator(".tile-name").allInnerTexts()).some((name) => name.includes("<img")));
  const names = (await anna.locator(".tile-name").allInnerTexts()).join();
  assert.ok(!names.includes("\u202e"), names);
  await ben.keyboard.press("c");
  const text = "<script>document.title='owned'</script> \u202etxet javascript:alert(1) https://bank.example@evil.example/";
  await ben.keyboard.insertText(text);
  await ben.keyboard.press("Enter");
  await button(anna, "Chat 1 unread").click();
  const said = anna.getByRole("log").locator(".said");
  await said.waitFor();
  assert.equal(await said.textContent(), text);
  assert.equal(await said.locator("a, script, img").count(), 0);
  assert.equal(await said.evaluate((element) => getComputedStyle(element).unicodeBidi), "isolate");
  assert.doesNotMatch(await anna.title(), /owned/);
  const width = await anna.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
  assert.ok(width, "nothing is wider than the page");
});

test("a meeting's name of 4,000 characters is refused by the server, in words", async () => {
  await assert.rejects(server.createRoom(["--name", "N".repeat(4000)]), /name/i);
});

test("a server whose clock is a day ahead changes nothing", async () => {
  const ahead = await Server.start(PAGES.web, { clock: "+1d" });
  try {
    const { link } = await ahead.createRoom();
    const anna = await visit(() => {}, link);
    await join(anna);
    const ben = await visit(() => {}, link);
    await join(ben, "Ben");
    await anna.getByRole("figure", { name: "Ben", exact: true }).locator(".picture :is(canvas, video)").waitFor();
    await eventually("a picture", () => anna.locator(".picture :is(canvas, video)").first().evaluate((element) => (element.videoWidth ?? element.width) > 100));
    await ben.keyboard.press("c");
    await ben.keyboard.type("What day is it?");
    await ben.keyboard.press("Enter");
    await button(anna, "Chat 1 unread").waitFor();
  } finally {
    await ahead.stop();
  }
});

test("a peer who sends rubbish, or never a keyframe, is seen as a sentence and disturbs nobody", async () => {
  const { link } = await server.createRoom();
  // In Ben's page everything that the uplink worker sends is replaced on its way to the link worker.
  const spoil = (how) => `(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, transfer) {
      if (message?.kind !== "open") return post.call(this, message, transfer);
      const spoilt = new MessageChannel();
      const worker = message.uplink;
      worker.onmessage = ({ data }) => {
        const bytes = new Uint8Array(data.object.bytes);
        ${how}
        spoilt.port1.postMessage(data, [data.object.bytes]);
      };
      spoilt.port1.onmessage = ({ data }) => worker.postMessage(data);
      const uplink = spoilt.port2;
      post.call(this, { ...message, uplink }, [uplink, message.downlink]);
    };
  })()`;
  const anna = await visit(() => {}, link);
  await join(anna);
  const ben = await visit(spoil("crypto.getRandomValues(bytes.subarray(24));"), link);
  await join(ben, "Ben");
  await reads(anna.getByRole("figure", { name: "Ben", exact: true }), "This picture cannot be opened with your link.");
  await anna.getByLabel("cannot be heard: sealed with another key").first().waitFor();
  const keyframes = "bytes[16] & 1"; // protocol/object_header.hpp
  const cem = await visit(spoil(`if (!data.object.audio && ${keyframes}) return;`), link);
  await join(cem, "Cem");
  await reads(anna.getByRole("figure", { name: "Cem", exact: true }), "The picture has not arrived yet.");
  const dora = await visit(() => {}, link);
  await join(dora, "Dora");
  const canvas = anna.getByRole("figure", { name: "Dora", exact: true }).locator(".picture :is(canvas, video)");
  await canvas.waitFor();
  await eventually("Dora is seen", () => canvas.evaluate(({ videoWidth, width }) => (videoWidth ?? width) > 100));
  assert.deepEqual(anna.failures, []);
});
