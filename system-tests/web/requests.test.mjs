// Networks that let no WebSocket through: the page meets over plain requests, also where a proxy holds answers back.
import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, Server } from "./harness.mjs";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(PAGES.web), launchBrowser()]);
});
afterEach(() => closePages(browser));
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Between the page and the server, as an inspecting proxy would be. `buffers`: answers are passed on once complete.
async function openProxy({ buffers = false } = {}) {
  const seen = new Set();
  const target = new URL(server.origin);
  const proxy = createServer((incoming, outgoing) => {
    seen.add(`${incoming.method} ${incoming.url.replace(/\?.*/, "").replace(/\/link\/conference\/[^/]+/, "")}`);
    const { host, ...headers } = incoming.headers;
    const onward = ask(
      { host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers },
      (answer) => {
        const { "transfer-encoding": _, connection: __, ...kept } = answer.headers;
        if (!buffers) {
          outgoing.writeHead(answer.statusCode, kept);
          outgoing.flushHeaders();
          answer.pipe(outgoing);
          return;
        }
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => outgoing.writeHead(answer.statusCode, kept).end(Buffer.concat(parts)));
      },
    );
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  proxy.on("upgrade", (incoming, socket) => {
    seen.add("upgrade refused");
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    seen,
    through: (link) => link.replace(server.origin, `http://localhost:${proxy.address().port}`),
    async close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function enter(link, name) {
  const page = await openPage(browser);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await button(page, "Join").click();
  await button(page, "Leave").waitFor();
  return page;
}

async function meetThrough(proxy) {
  const { link } = await server.createRoom();
  const anna = await enter(proxy.through(link), "Anna");
  const ben = await enter(link, "Ben"); // by WebSocket
  // Pictures come both ways.
  for (const [page, other] of [
    [anna, "Ben"],
    [ben, "Anna"],
  ]) {
    const picture = page.getByRole("figure", { name: other }).locator(".picture :is(canvas, video)");
    await eventually(`${other}'s picture`, () =>
      picture.first().evaluate((element) => (element.videoWidth ?? element.width) > 100),
    );
  }
  await ben.keyboard.press("c");
  await ben.keyboard.type("Can you read this?");
  await ben.keyboard.press("Enter");
  await anna.keyboard.press("c");
  await anna.locator(".line", { hasText: "Can you read this?" }).waitFor();
  await anna.keyboard.type("Every word");
  await anna.keyboard.press("Enter");
  await ben.locator(".line", { hasText: "Every word" }).waitFor();
  await button(anna, "Leave").click();
  return { anna, ben };
}

test("where upgrades are refused, the meeting streams over plain requests", async () => {
  const proxy = await openProxy();
  await meetThrough(proxy);
  assert.ok(proxy.seen.has("upgrade refused"));
  assert.ok(proxy.seen.has("GET /requests/down"));
  assert.ok(!proxy.seen.has("GET /requests/poll"));
  await proxy.close();
});

test("where answers are held back as well, the page polls", async () => {
  const proxy = await openProxy({ buffers: true });
  await meetThrough(proxy);
  assert.ok(proxy.seen.has("GET /requests/poll"));
  await proxy.close();
});
