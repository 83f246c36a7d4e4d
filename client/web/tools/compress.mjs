// Beside each file of the build that shrinks by it its .br and .gz, so that the server compresses nothing while it serves.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WORTH_IT = new Set([".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt", ".wasm"]);
const dist = fileURLToPath(new URL("../../../build/web", import.meta.url));

for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, String(name));
  if (!WORTH_IT.has(extname(file)) || !statSync(file).isFile()) continue;
  const text = readFileSync(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } };
  writeFileSync(`${file}.br`, brotliCompressSync(text, quality));
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
}
