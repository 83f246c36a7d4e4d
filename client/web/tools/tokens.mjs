// Makes src/design/tokens.css from client/tokens.json, the one source of colours and sizes for all clients.
import { readFileSync, writeFileSync } from "node:fs";

const tokens = JSON.parse(readFileSync(new URL("../../tokens.json", import.meta.url), "utf8"));
const lines = (values) => Object.entries(values).map(([name, value]) => `  --${name}: ${value};`);
const block = (selector, ...groups) => [`${selector} {`, ...groups.flatMap(lines), "}"];
const dark = block(':root[data-theme="dark"]', tokens.dark);
const system = block(':root:not([data-theme="light"])', tokens.dark).map((line) => `  ${line}`);

const css = [
  "/* Made by tools/tokens.mjs from client/tokens.json. */",
  ...block(":root", tokens.light, tokens.sizes, tokens.motion),
  "",
  "@media (prefers-color-scheme: dark) {",
  ...system,
  "}",
  "",
  ...dark,
  "",
];
writeFileSync(new URL("../src/design/tokens.css", import.meta.url), css.join("\n"));
