// Vistime's server and its engine's page, as janus.mjs: what the measurements ask of either system.
import { eventually, Server } from "../../system-tests/web/harness.mjs";
import { TILE } from "./tiles.mjs";

export class Vistime {
  name = "vistime";
  static flags = [];

  static async start() {
    const vistime = new Vistime();
    vistime.server = await Server.start();
    vistime.room = await vistime.server.createRoom();
    return vistime;
  }

  async send(page, source) {
    await page.goto(this.room.link);
    await page.evaluate(async (source) => {
      window.signals.replaceDevices(source);
      await window.engine.join("Sender");
      if (source.sound) await window.engine.meeting.useMicrophone("");
      await window.engine.meeting.useCamera("");
    }, source);
  }

  async prepareViewer(page, tiles, pauseMs) {
    await page.goto(this.room.link);
    return () =>
      page.evaluate(
        async ([tiles, pauseMs]) => {
          if (pauseMs !== null) window.signals.listen();
          window.engine.showAll(tiles, pauseMs);
          const clickedMs = performance.timeOrigin + performance.now();
          await window.engine.join("Viewer");
          return clickedMs;
        },
        [tiles, pauseMs],
      );
  }

  async publish(count, { picture, voice }) {
    const parameters = ["--send-video", picture, "--loop", "--layers", "1", "--bitrate", `${TILE.bitrate / 1000}`];
    const terminals = Array.from({ length: count }, (_, i) => {
      const speaking = i === 0 ? ["--send-audio", voice] : [];
      const who = ["--name", `Sender ${i}`, "--subscribe", "none"];
      return this.server.terminal(this.room.terminal, [...who, ...parameters, ...speaking]);
    });
    await eventually("the senders are there", () => terminals.every(({ text }) => text.includes('"joined"')), 60_000);
    return async () => {
      for (const terminal of terminals) terminal.kill("SIGTERM");
      await Promise.all(terminals.map(({ ended }) => ended));
    };
  }

  framesShown(page) {
    return page.evaluate(() => window.engine.frames());
  }

  stop() {
    return this.server.stop();
  }
}
