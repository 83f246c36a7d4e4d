// The engine's test page (testing/), and Janus' client to measure it against, built like the web client:
// `vite build --config vite.testing.config.ts`.
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import base from "./vite.config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default mergeConfig(
  base,
  defineConfig({
    root: here("testing"),
    base: "/",
    build: {
      outDir: here("../../build/web-testing"),
      rollupOptions: { input: [here("testing/index.html"), here("testing/janus.html")] },
    },
  }),
);
