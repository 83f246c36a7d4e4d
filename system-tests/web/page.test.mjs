// The page itself, as people use it: by its words and its keys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, launchBrowser, openPage, PAGES, Server } from "./harness.mjs";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([Server.start(PAGES.web), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function enter(link, name, options = {}) {
  const page = await openPage(browser, options);
  await page.goto(link);
  await page.getByLabel(options.locale === "de-DE" ? "Ihr Name" : "Your name").fill(name);
  await button(page, options.locale === "de-DE" ? "Teilnehmen" : "Join").click();
  await button(page, options.locale === "de-DE" ? "Verlassen" : "Leave").waitFor();
  return page;
}

test("two people meet, write and leave, by keys alone", async () => {
  const { link, hostLink } = await server.createRoom();
  const anna = await enter(hostLink, "Anna");
  const ben = await enter(link, "Ben");
  await anna.getByRole("figure", { name: "Ben", exact: true }).waitFor();
  await ben.getByRole("figure", { name: "Anna", exact: true }).locator(".picture > *").waitFor();
  await eventually("a picture", async () =>
    (await ben.locator(".picture > *").first().evaluate(({ videoWidth, width }) => videoWidth ?? width)) > 300,
  );
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
  await anna.getByRole("figure", { name: "Ben", exact: true }).waitFor({ state: "detached" });
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
