/// <reference types="vitest/config" />
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The release is said in one place: project(vistime VERSION …).
function release(): string {
  const found = /project\(vistime VERSION ([\d.]+)/.exec(readFileSync(`${root}/CMakeLists.txt`, "utf8"));
  if (!found?.[1]) throw new Error("no release in CMakeLists.txt: expected project(vistime VERSION …)");
  return found[1];
}

export default defineConfig({
  plugins: [react()],
  define: { __VISTIME_RELEASE__: JSON.stringify(release()) },
  build: {
    outDir: `${root}/build/web`,
    emptyOutDir: true,
    target: "es2022",
    // Everything beside index.html carries its hash in its name and is kept forever; nothing is inlined, so that the
    // Content-Security-Policy needs no exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
