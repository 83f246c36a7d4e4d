// The network page and the help, as people in IT use them: what they read, what the check in the browser says, and what
// its link shows to others. A picture of each view goes into build/screenshots.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { closePages, eventually, launchBrowser, openPage, PAGES, root, Server, sleep } from "./harness.mjs";

const PICTURES = join(root, "build/screenshots");
const AXE = readFileSync(join(root, "client/web/node_modules/axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const LOOKS = [[375, 812, "light"], [375, 812, "dark"], [1280, 800, "light"], [1280, 800, "dark"]];
// The other ports have a certificate of the server's own CA, which this browser does not know.
const TRUSTING = { ignoreHTTPSErrors: true };

// A site as people have it; the browser reaches it as localhost.
const SITE = [
  ["host-name", "meet.example.org"],
  ["public-address", "192.0.2.10"],
  ["public-address", "192.0.2.11"],
  ["public-address", "2001:db8:17:4::10"],
];

let server;
let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const parameters = SITE.flatMap(([name, value]) => [`--${name}`, value]);
  [server, browser] = await Promise.all([Server.start(PAGES.web, { parameters }), launchBrowser()]);
});
afterEach(() => closePages(browser));
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });
const outcome = (page, name) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name }) });

async function judge(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message ?? ""}`).join("; ")}`);
  }, RULES);
}

async function look(page, name) {
  const findings = [];
  for (const [width, height, colorScheme] of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await sleep(200); // colours that fade
    await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    findings.push(...(await judge(page)).map((each) => `${name} ${width} ${colorScheme}: ${each}`));
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(wide, false, `${name} is wider than 320 pixels`);
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.deepEqual(findings, []);
}

async function check(page) {
  await button(page, "Check this network").click();
  await page.getByText("Finished.").waitFor();
}

test("an open network passes, and the result travels in a link that tells the server nothing", async () => {
  const page = await openPage(browser, TRUSTING);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${server.origin}/network`);
  await check(page);
  await page.getByText("Meetings work from this network.").waitFor();
  for (const name of [/^HTTPS on port/, /^WebSocket on port/, /Answers arrive/]) await outcome(page, name).getByText("Works").waitFor();
  assert.equal(await page.getByRole("listitem").filter({ hasText: "Alternative route" }).filter({ hasText: "Works" }).count(), 2);
  await outcome(page, "Alternative route: TCP 12002").getByText("Not in use").waitFor();
  await outcome(page, /^Faster media/).getByText("Not in use").waitFor();
  const link = await page.getByLabel("Result as a link").inputValue();
  assert.match(link, /\/network#result=[\w-]+$/);

  const reader = await openPage(browser, { ...TRUSTING, locale: "de-DE" });
  reader.on("request", (request) => asked.push(request.url()));
  await reader.goto(link);
  await reader.getByText("Ein Ergebnis, das Ihnen jemand geschickt hat").waitFor();
  await reader.getByText("Besprechungen gehen aus diesem Netz.").waitFor();
  assert.equal(await reader.locator(".results li").count(), await page.locator(".results li").count());
  await button(reader, "Stattdessen dieses Netz prüfen").waitFor();
  assert.ok(asked.length > 8 && asked.every((address) => !address.includes("result")));
  const own = [new URL(server.origin).host, ...server.ports.map((port) => `localhost:${port}`)];
  assert.deepEqual(asked.filter((address) => !own.includes(new URL(address).host)), []);
  assert.deepEqual([...page.failures, ...reader.failures], []);
});

test("a network that refuses WebSocket is told apart, with what IT can do", async () => {
  const page = await openPage(browser, TRUSTING);
  await page.routeWebSocket("**/network/echo", (socket) => socket.close());
  await page.goto(`${server.origin}/network`);
  await check(page);
  await page.getByText("Meetings in the browser do not work from this network as it is.").waitFor();
  await outcome(page, /^WebSocket on port/).getByText(/refuses WebSocket|swallows the data/).waitFor();
});

test("a network that collects answers, changes them or closes ports is told so", async () => {
  const page = await openPage(browser, TRUSTING);
  await page.route("**/network/stream", async (route) => {
    const answer = await route.fetch(); // waits for the whole
    await route.fulfill({ response: answer });
  });
  await page.route("**/network/reach", (route) =>
    new URL(route.request().url()).protocol === "https:" ? route.abort() : route.fulfill({ body: "<h1>Blocked</h1>" }),
  );
  await page.goto(`${server.origin}/network`);
  await check(page);
  await outcome(page, /Answers arrive/).getByText("Limited").waitFor();
  await outcome(page, /Answers arrive/).getByText(/collects whole answers/).waitFor();
  await outcome(page, /^HTTPS on port/).getByText("Something on the way answers in the server's place").waitFor();
  assert.equal(await page.getByRole("listitem").filter({ hasText: "Not reachable from here" }).count(), 2);
});

test("a quiet connection that is cut is noticed", async () => {
  const page = await openPage(browser, TRUSTING);
  await page.goto(`${server.origin}/network`);
  await check(page);
  let sockets = 0;
  await page.routeWebSocket("**/network/echo", (socket) => {
    sockets += 1;
    const upstream = socket.connectToServer();
    setTimeout(() => upstream.close().then(() => socket.close()), 1500);
  });
  await button(page, "Also test quiet connections (75 seconds)").click();
  await page.getByText(/\d+ s left/).waitFor();
  await outcome(page, "Quiet for 75 seconds").getByText(/is cut after about [12] seconds/).waitFor();
  assert.equal(sockets, 1);
});

test("a link that was damaged or invented shows nothing of its own", async () => {
  const page = await openPage(browser, TRUSTING);
  const invented = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const base = { v: 1, t: 1700000000, h: "meet.example.org", n: 1 };
  for (const result of [
    "%%%",
    "AAAA",
    invented({ ...base, r: [["https", 443, "<img src=x onerror=alert(1)>", 0]] }),
    invented({ ...base, r: [["constructor", 443, "name", 0]] }),
    invented({ ...base, h: "<b>", r: [] }),
    invented({ ...base, r: [["https", "443", "ok", 0]] }),
  ]) {
    await page.goto("about:blank");
    await page.goto(`${server.origin}/network#result=${result}`);
    await page.getByText("This link's result cannot be read").waitFor();
    assert.equal(await page.locator(".results li").count(), 0);
  }
  assert.deepEqual(page.failures, []);
});

test("rules are copied by a button, and the page prints all of them", async () => {
  const page = await openPage(browser, { ...TRUSTING, permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${server.origin}/network`);
  await page.locator("summary", { hasText: "nftables" }).click();
  await button(page, "Copy nftables").click();
  await page.getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await (await fetch(`${server.origin}/network/rules/nftables`)).text());
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
});

test("the network page in all its looks", async () => {
  const page = await openPage(browser, { ...TRUSTING, bypassCSP: true });
  await page.goto(`${server.origin}/network`);
  await look(page, "network-en");
  await check(page);
  await page.locator("summary", { hasText: "nftables" }).click();
  await look(page, "network-checked-en");
  await page.getByRole("link", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Netzwerk: was zu öffnen ist" }).waitFor();
  await look(page, "network-de");
});

test("the help is searched, read and switched to the other language", async () => {
  const page = await openPage(browser, { bypassCSP: true });
  await page.goto(`${server.origin}/help`);
  await look(page, "help-en");
  await page.getByRole("searchbox", { name: "Search the help" }).fill("tcp-timeout");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /articles? for “tcp-timeout”/ }).waitFor();
  await look(page, "help-search-en");
  await page.getByRole("link", { name: "Connection errors by code" }).click();
  await page.waitForURL(/\/help\/1004#tcp-timeout$/);
  await page.getByRole("heading", { name: /^tcp-timeout/ }).waitFor();
  await look(page, "help-article-en");
  await page.getByRole("link", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Verbindungsfehler nach Code" }).waitFor();
  await page.getByRole("link", { name: "Proxyserver", exact: true }).first().click();
  await page.getByRole("heading", { name: "Proxyserver", level: 1 }).waitFor();
  await look(page, "help-article-de");
  await page.goto(`${server.origin}/help/1005?lang=de`);
  assert.equal(await button(page, "Kopieren").count(), 2);
  await look(page, "help-message-de");
  assert.deepEqual(page.failures, []);
});

test("what is not in the help leads to its search", async () => {
  const page = await openPage(browser, { bypassCSP: true });
  const answer = await page.goto(`${server.origin}/help/4711`);
  assert.equal(answer.status(), 404);
  await page.getByRole("heading", { name: "There is no such article" }).waitFor();
  await look(page, "help-missing-en");
  await page.getByRole("searchbox").fill("<zz>qqzx</zz>");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No article has “<zz>qqzx</zz>”" }).waitFor();
});
