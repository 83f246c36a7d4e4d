// A server, a browser and a terminal client for the tests beside this file. Everything listens on loopback, and all that
// was started ends with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(join(root, "client/web/package.json"));
const { chromium } = require("playwright-core");

const PROGRAMS = process.env.VISTIME_PROGRAMS ?? join(root, "build/release/bin");
// The web client, and client/web/testing: its engine, told by tests what to do.
export const PAGES = { web: join(root, "build/web"), engine: join(root, "build/web-testing") };
const CHROMIUM = process.env.VISTIME_CHROMIUM ?? "/usr/bin/chromium";
const PATIENCE_MS = 40_000; // a busy machine is no failure

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Until `look` answers something that is true.
export async function eventually(what, look, patienceMs = PATIENCE_MS) {
  const end = Date.now() + patienceMs;
  let error;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (reason) {
      error = reason;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${patienceMs} ms${error ? ` (${error.message})` : ""}`);
    await sleep(50);
  }
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function run(program, parameters, env = process.env) {
  const child = spawn(join(PROGRAMS, program), parameters, { stdio: ["ignore", "pipe", "pipe"], env });
  child.text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (child.text += data));
  child.ended = once(child, "exit").then(([code]) => code);
  return child;
}

function withClock(offset) {
  const library = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketime.so.1`;
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

export class Server {
  env = process.env;

  // `clock`: how far its programs' clock is off, as faketime(1) takes it.
  // `parameters`: further ones for vistimed.
  static async start(page = PAGES.engine, { clock = "", parameters = [] } = {}) {
    const server = new Server();
    server.parameters = parameters;
    if (clock !== "") server.env = { ...process.env, ...withClock(clock) };
    server.page = page;
    server.folder = mkdtempSync(join(tmpdir(), "vistime-web-"));
    server.ports = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
    await server.launch();
    return server;
  }

  // Also after kill(), on the same data and ports.
  async launch() {
    const [https, http, master, conference, loopback] = this.ports;
    const parameters = ["--data", join(this.folder, "data"), "--bind", "127.0.0.1", "--host-name", "localhost"];
    const ports = { https, http, master, conference, loopback };
    for (const [name, port] of Object.entries(ports)) parameters.push(`--${name}-port`, String(port));
    this.process = run("vistimed", [...parameters, "--web-dir", this.page, ...this.parameters], this.env);
    this.origin = `http://localhost:${loopback}`;
    await eventually("vistimed answers", async () => {
      if (this.process.exitCode !== null) throw new Error(this.process.text);
      return (await fetch(`${this.origin}/readyz`)).ok;
    });
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.process.ended;
  }

  // { room, link, hostLink }, both for a browser of this machine; `terminal` is the link for vistime.
  async createRoom(options = []) {
    const server = `https://localhost:${this.ports[0]}`;
    const create = ["room", "create", "--server", server, "--ca-file", this.ca, "--name", "Weekly", "--json"];
    const child = run("vistime", [...create, ...options], this.env);
    if ((await child.ended) !== 0) throw new Error(child.text);
    const { room, link, host_link } = JSON.parse(child.text);
    const inBrowser = (address) => address.replace(server, this.origin);
    return { room, terminal: link, link: inBrowser(link), hostLink: inBrowser(host_link) };
  }

  // vistime join: its events, a line each, are in `text`.
  terminal(link, parameters) {
    const child = run("vistime", ["join", link, "--ca-file", this.ca, "--json", ...parameters]);
    this.terminals.push(child);
    return child;
  }

  write(name, content) {
    const file = join(this.folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  get ca() {
    return join(this.folder, "data/tls/ca.pem");
  }
  terminals = [];

  async stop() {
    for (const child of [...this.terminals, this.process]) {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await Promise.race([child.ended, sleep(5000).then(() => child.kill("SIGKILL"))]);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// `withoutFakeDialogs`: screens are chosen by a parameter, which the faked dialog would not read.
export function launchBrowser(parameters = [], { withoutFakeDialogs = false } = {}) {
  return chromium.launch({
    executablePath: CHROMIUM,
    // It would take the sound away that a test wants to hear.
    ignoreDefaultArgs: ["--mute-audio"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--no-first-run",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream=fps=30",
      ...(withoutFakeDialogs ? [] : ["--use-fake-ui-for-media-stream"]),
      ...parameters,
    ],
  });
}

// A page of its own, with its own storage; what goes wrong in it is kept in `page.failures`.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ permissions: ["camera", "microphone"], locale: "en-GB", ...options });
  context.setDefaultTimeout(2 * PATIENCE_MS);
  const page = await context.newPage();
  page.failures = [];
  page.on("pageerror", (error) => page.failures.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") page.failures.push(message.text());
  });
  return page;
}

export async function closePages(browser) {
  for (const context of browser?.contexts() ?? []) await context.close();
}
