// "Check this network": tests from the browser what meetings need, says what the result means and who changes what, and
// packs it into a link, behind its #, which no server sees.
"use strict";
(() => {
  const { words, ports, version } = JSON.parse(document.getElementById("check-data").textContent);
  const area = document.getElementById("check-area");
  const main = ports.find(({ purpose }) => purpose === "everything");

  const ANSWER_MS = 8000; // a network that takes longer to answer cannot carry a meeting
  const QUIET_MS = 75_000;
  const STREAM_LINES = 11;
  const STREAM_MS = 3000; // how long the server takes to send them
  const MAX_LINK = 4000;

  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), words[key] ?? key);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  // A rejection when it takes too long.
  const within = (ms, promise) =>
    Promise.race([promise, wait(ms).then(() => Promise.reject(new Error("too late")))]);

  function element(name, { text, children = [], ...properties } = {}) {
    const made = Object.assign(document.createElement(name), properties);
    if (text !== undefined) made.textContent = text;
    made.append(...children);
    return made;
  }

  // ---- the checks: each answers [outcome] or [outcome, a number that its words name] ----

  const ask = (address, options = {}) =>
    fetch(address, { cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(ANSWER_MS), ...options });

  async function checkHttps() {
    try {
      const answer = await ask("/network/reach");
      return (await answer.text()) === "vistime reach\n" ? ["ok"] : ["altered"];
    } catch {
      return ["failed"];
    }
  }

  // Rejects when it does not open.
  function openEcho() {
    const address = new URL("/network/echo", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    return within(ANSWER_MS, new Promise((opened, refused) => {
      socket.onopen = () => opened(socket);
      socket.onerror = socket.onclose = () => refused(new Error("refused"));
    })).catch((error) => {
      socket.close();
      throw error;
    });
  }

  function echoed(socket, text) {
    return within(ANSWER_MS, new Promise((done, failed) => {
      socket.onmessage = ({ data }) => (data === text ? done() : failed(new Error("altered")));
      socket.onclose = () => failed(new Error("closed"));
      socket.send(text);
    }));
  }

  async function checkWebSocket() {
    let socket;
    try {
      socket = await openEcho();
    } catch {
      return ["refused"];
    }
    try {
      for (let message = 0; message < 3; ++message) await echoed(socket, `check ${message}`);
      return ["ok"];
    } catch {
      return ["silent"];
    } finally {
      socket.onclose = null;
      socket.close();
    }
  }

  async function checkPort({ port, offered }) {
    if (!offered) return ["unused"];
    try {
      const host = location.hostname;
      const answer = await ask(`https://${host}:${port}/network/reach`, { mode: "cors" });
      return (await answer.text()) === "vistime reach\n" ? ["ok"] : ["failed"];
    } catch {
      return ["failed"];
    }
  }

  async function checkBuffering() {
    const arrivals = [];
    try {
      const answer = await ask("/network/stream", { signal: AbortSignal.timeout(ANSWER_MS + STREAM_MS) });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        for (let line = value.split("\n").length - 1; line > 0; --line) arrivals.push(performance.now());
      }
    } catch {
      return ["failed"];
    }
    if (arrivals.length !== STREAM_LINES) return ["failed"];
    const spread = arrivals.at(-1) - arrivals[0];
    const longest = Math.max(...arrivals.slice(1).map((time, at) => time - arrivals[at]));
    if (spread < STREAM_MS / 3) return ["buffered"];
    return longest < STREAM_MS / 3 ? ["ok"] : ["slow"];
  }

  async function checkIdle(tell) {
    let socket;
    try {
      socket = await openEcho();
      await echoed(socket, "before");
    } catch {
      return ["failed"];
    }
    const began = performance.now();
    const passed = () => Math.round((performance.now() - began) / 1000);
    let cut = false;
    socket.onclose = () => (cut = true);
    while (!cut && performance.now() - began < QUIET_MS) {
      tell(say("seconds", { n: Math.ceil((QUIET_MS - (performance.now() - began)) / 1000) }));
      await wait(500);
    }
    if (cut) return ["cut", passed()];
    try {
      await echoed(socket, "after");
      return ["ok"];
    } catch {
      return ["cut", passed()]; // whoever cut it said nothing to us: it was at most so long
    } finally {
      socket.onclose = null;
      socket.close();
    }
  }

  // ---- what they mean ----

  const STATES = {
    https: { ok: "ok", altered: "bad", failed: "bad" },
    websocket: { ok: "ok", refused: "bad", silent: "bad" },
    port: { ok: "ok", failed: "warn", unused: "none" },
    udp: { unused: "none" },
    buffering: { ok: "ok", slow: "warn", buffered: "warn", failed: "warn" },
    idle: { ok: "ok", cut: "warn", failed: "bad" },
  };
  // Those without which there is no meeting.
  const DECISIVE = ["https", "websocket"];

  const PLAN = [
    { kind: "https", port: main.port, run: checkHttps },
    { kind: "websocket", port: main.port, run: checkWebSocket },
    ...ports
      .filter(({ transport, purpose }) => transport === "tcp" && purpose.startsWith("alternative"))
      .map((port) => ({ kind: "port", port: port.port, run: () => checkPort(port) })),
    ...ports.filter(({ transport }) => transport === "udp").map(({ port }) => ({ kind: "udp", port, run: async () => ["unused"] })),
    { kind: "buffering", port: 0, run: checkBuffering },
  ];

  const stateOf = ({ kind, outcome }) => STATES[kind][outcome];

  function verdictOf(results) {
    if (results.some((result) => DECISIVE.includes(result.kind) && stateOf(result) === "bad")) return "bad";
    return results.some((result) => ["warn", "bad"].includes(stateOf(result)) && result.kind !== "port") ? "warn" : "ok";
  }

  // ---- the link: [kind, port, outcome, number] each, nothing else ----

  function packed(results) {
    const data = { v: 1, t: Math.floor(Date.now() / 1000), h: location.hostname, n: version };
    data.r = results.map(({ kind, port, outcome, number }) => [kind, port, outcome, number ?? 0]);
    const bytes = new TextEncoder().encode(JSON.stringify(data));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }

  // Whoever wrote the link is not trusted: nothing but known words and numbers comes out. Throws otherwise.
  function unpacked(text) {
    if (text.length > MAX_LINK) throw new Error("too long");
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const { v, t, h, r } = JSON.parse(new TextDecoder().decode(bytes));
    const number = (value, most) => {
      if (!Number.isInteger(value) || value < 0 || value > most) throw new Error("no number");
      return value;
    };
    if (v !== 1 || !/^[\w.:[\]-]{1,253}$/.test(h) || !Array.isArray(r) || r.length > 20) throw new Error("no result");
    const results = r.map(([kind, port, outcome, value]) => {
      if (!Object.hasOwn(STATES, kind) || !Object.hasOwn(STATES[kind], outcome)) throw new Error("unknown");
      return { kind, port: number(port, 65535), outcome, number: number(value, 86400) };
    });
    return { when: new Date(1000 * number(t, 1e11)), host: h, results };
  }

  // ---- what people see ----

  const start = element("button", { type: "button", text: say("start") });
  const idle = element("button", { type: "button", className: "quiet", text: say("idle.start"), hidden: true });
  const actions = element("div", { className: "check-actions", children: [start, idle] });
  const status = element("p", { className: "status" });
  status.setAttribute("role", "status");
  const verdict = element("p", { className: "verdict", hidden: true });
  const list = element("ul", { className: "results" });
  const linkPlace = element("div");
  area.append(actions, status, verdict, list, linkPlace);

  function row(result) {
    const { kind, port, outcome, number } = result;
    const state = stateOf(result);
    return element("li", {
      className: state,
      children: [
        element("span", { className: "mark", text: say(`state.${state}`) }),
        element("div", {
          children: [
            element("h3", { text: say(kind, { port }) }),
            element("p", { text: say(`${kind}.${outcome}`, { port, n: number }) }),
          ],
        }),
      ],
    });
  }

  function showVerdict(results) {
    const found = verdictOf(results);
    verdict.textContent = say(`verdict.${found}`);
    verdict.hidden = false;
  }

  function showLink(results) {
    const address = new URL(location.href);
    address.hash = `result=${packed(results)}`;
    const field = element("input", { readOnly: true, value: address.href, id: "result-link" });
    field.addEventListener("focus", () => field.select());
    const copy = element("button", { type: "button", className: "quiet", text: say("link.copy") });
    copy.dataset.copied = say("copied");
    copy.addEventListener("click", async () => {
      field.select();
      if (await copyText(address.href)) showCopied(copy);
    });
    linkPlace.replaceChildren(
      element("h3", { children: [element("label", { htmlFor: "result-link", text: say("link") })] }),
      element("div", { className: "link-out", children: [field, copy] }),
      element("p", { className: "soft", text: say("link.text") }),
    );
  }

  let results = [];

  async function perform(step, tell = () => {}) {
    status.textContent = say("running", { what: say(step.kind, { port: step.port }) });
    const [outcome, number] = await step.run(tell);
    const result = { kind: step.kind, port: step.port, outcome, number };
    results = [...results.filter(({ kind, port }) => kind !== result.kind || port !== result.port), result];
    list.replaceChildren(...results.map(row));
  }

  async function whileBusy(work) {
    start.disabled = idle.disabled = true;
    await work();
    start.disabled = idle.disabled = false;
    start.textContent = say("again");
    status.textContent = say("done");
    showVerdict(results);
    showLink(results);
  }

  start.addEventListener("click", () => {
    // A result that somebody sent makes room for one's own.
    if (location.hash.startsWith("#result=")) history.replaceState(null, "", location.pathname + location.search);
    results = [];
    list.replaceChildren();
    linkPlace.replaceChildren();
    verdict.hidden = true;
    whileBusy(async () => {
      for (const step of PLAN) await perform(step);
      idle.hidden = false;
    });
  });

  idle.addEventListener("click", () => {
    const tell = (left) => (status.textContent = `${say("running", { what: say("idle") })} (${left})`);
    whileBusy(() => perform({ kind: "idle", port: 0, run: checkIdle }, tell));
  });

  function showShared() {
    if (!location.hash.startsWith("#result=")) return;
    results = [];
    list.replaceChildren();
    linkPlace.replaceChildren();
    verdict.hidden = true;
    start.textContent = say("own");
    try {
      const shared = unpacked(location.hash.slice("#result=".length));
      const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(shared.when);
      status.textContent = say("shared", { when, host: shared.host });
      list.replaceChildren(...shared.results.map(row));
      showVerdict(shared.results);
    } catch {
      status.textContent = say("shared.broken");
    }
    document.getElementById("check").scrollIntoView();
  }
  addEventListener("hashchange", showShared);
  showShared();
})();
