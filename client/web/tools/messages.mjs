// Makes src/protocol/messages/*_pb.ts from protocol/*.proto. They are not kept in git: there is one definition.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const out = fileURLToPath(new URL("../src/protocol/messages", import.meta.url));
const plugin = fileURLToPath(new URL("../node_modules/.bin/protoc-gen-es", import.meta.url));

mkdirSync(out, { recursive: true });
const made = spawnSync(
  "protoc",
  [
    `--plugin=protoc-gen-es=${plugin}`,
    `--es_out=${out}`,
    "--es_opt=target=ts",
    "-I",
    `${root}/protocol`,
    "link.proto",
    "room.proto",
  ],
  { stdio: "inherit" },
);
if (made.error) console.error(`protoc cannot be run (${made.error.message}): install protobuf-compiler`);
process.exit(made.status ?? 1);
