// Janus from Debian on loopback, with a configuration of its own, and a server for its client's page.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { eventually, freePort, launchBrowser, openPage, PAGES } from "../../system-tests/web/harness.mjs";
import { TILE } from "./tiles.mjs";

const ROOM = 1;
const LIBRARIES = "/usr/lib/x86_64-linux-gnu/janus";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
// So that only what is measured runs, and no candidate is looked for beyond loopback.
const configuration = (folder, port) => ({
  "janus.jcfg": `general: {
    configs_folder = "${folder}"
    plugins_folder = "${folder}/plugins"
    transports_folder = "${folder}/transports"
    debug_level = 3
  }
  media: { ipv6 = false }
  nat: { ice_enforce_list = "127.0.0.1" full_trickle = true }`,
  "janus.transport.websockets.jcfg": `general: { ws = true ws_ip = "127.0.0.1" ws_port = ${port} wss = false }
  admin: { admin_ws = false }`,
  "janus.plugin.videoroom.jcfg": `room-${ROOM}: {
    publishers = 100
    videocodec = "vp8"
    audiocodec = "opus"
    bitrate = 0
    fir_freq = 0
  }`,
});

// As vistime.mjs: what the measurements ask of either system.
export class Janus {
  name = "janus";

  static async start() {
    const janus = new Janus();
    janus.folder = mkdtempSync(join(tmpdir(), "vistime-janus-"));
    const port = await freePort();
    for (const [name, text] of Object.entries(configuration(janus.folder, port))) {
      writeFileSync(join(janus.folder, name), text);
    }
    for (const [kind, library] of Object.entries({ plugins: "libjanus_videoroom.so", transports: "libjanus_websockets.so" })) {
      mkdirSync(join(janus.folder, kind));
      symlinkSync(join(LIBRARIES, kind, library), join(janus.folder, kind, library));
    }
    janus.process = spawn("janus", ["--configs-folder", janus.folder, "--disable-colors"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    janus.text = "";
    for (const stream of [janus.process.stdout, janus.process.stderr]) stream.on("data", (data) => (janus.text += data));
    janus.ended = once(janus.process, "exit");
    janus.address = `ws://127.0.0.1:${port}`;
    await eventually("Janus answers", async () => {
      if (janus.process.exitCode !== null) throw new Error(janus.text);
      return (await fetch(janus.address.replace("ws", "http"))).status > 0;
    });
    await janus.servePages();
    return janus;
  }

  // http://localhost counts as secure: cameras and workers are to be had.
  async servePages() {
    this.pages = createServer((request, response) => {
      const path = normalize(new URL(request.url, "http://localhost").pathname);
      try {
        const content = readFileSync(join(PAGES.engine, path));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(content);
      } catch {
        response.writeHead(404).end();
      }
    }).listen(0, "localhost");
    await once(this.pages, "listening");
    this.page = `http://localhost:${this.pages.address().port}/janus.html`;
  }

  async open(page) {
    await page.goto(this.page);
    await page.waitForFunction("window.room");
    return { server: this.address, room: ROOM };
  }

  // A page that sends what signals.ts makes, as Janus' client does unless it is told otherwise, and shows nothing.
  async send(page, source) {
    const where = await this.open(page);
    await page.evaluate(
      ({ server, room, source }) => {
        window.signals.replaceDevices(source);
        const tracks = [{ type: "video", capture: true, simulcast: true }];
        if (source.sound) tracks.push({ type: "audio", capture: true });
        return window.room.join({ server, room, tiles: 0, pauseMs: null, tracks });
      },
      { ...where, source },
    );
  }

  // A page that shows everybody, once start() is called, which gives the time of the click.
  async prepareViewer(page, tiles, pauseMs) {
    const where = await this.open(page);
    return () =>
      page.evaluate(
        async (wish) => {
          if (wish.pauseMs !== null) window.signals.listen();
          const clickedMs = performance.timeOrigin + performance.now();
          await window.room.join({ ...wish, tracks: [] });
          return clickedMs;
        },
        { ...where, tiles, pauseMs },
      );
  }

  // Many who send the picture, and one who speaks as well, each by a connection of its own, from one page.
  async publish(count, { picture, voice }) {
    const files = [`--use-file-for-fake-video-capture=${picture}`, `--use-file-for-fake-audio-capture=${voice}`];
    const browser = await launchBrowser([...Janus.flags, ...files]);
    const page = await openPage(browser);
    await page.evaluate(
      async ({ server, room, count, maxBitrate }) => {
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        const [capture] = stream.getVideoTracks();
        const tracks = [{ type: "video", capture, sendEncodings: [{ maxBitrate }] }];
        const speaking = [...tracks, { type: "audio", capture: true }];
        await window.room.join({ server, room, tiles: 0, pauseMs: null, tracks: speaking });
        for (let i = 1; i < count; ++i) await window.room.publish(tracks);
      },
      { ...(await this.open(page)), count, maxBitrate: TILE.bitrate },
    );
    return () => browser.close();
  }

  framesShown(page) {
    return page.evaluate(() => window.room.frames());
  }

  async stop() {
    this.pages?.close();
    this.process.kill("SIGTERM");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  // Loopback is no place where a browser looks for candidates by itself.
  static flags = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"];
}
