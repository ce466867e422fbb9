import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { must, ROOT } from "../../scripts/run.mjs";

const FOLDER = path.join(ROOT, "tools", "portkey");
/** Newer ones break its streaming: every streamed request answers 500. */
const PINNED = {
  "@portkey-ai/gateway": "1.15.2",
  hono: "4.9.7",
  "@hono/node-server": "1.13.5",
  "@hono/node-ws": "1.2.0",
};
const READY_TRIES_MAX = 200;

function versionOf(name) {
  const manifest = path.join(FOLDER, "node_modules", name, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

const isInstalled = () => Object.entries(PINNED).every(([name, version]) => versionOf(name) === version);

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Installs the pinned gateway when missing, starts it in its own process, and waits until it answers. */
export async function startPortkey() {
  if (!isInstalled()) {
    await must("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: FOLDER });
    if (!isInstalled()) throw new Error("The gateway's pinned packages did not install.");
  }
  const port = await freePort();
  const entry = path.join(FOLDER, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const child = spawn(process.execPath, [entry, `--port=${port}`, "--headless"], { stdio: "ignore" });
  for (let tries = 0; tries < READY_TRIES_MAX; tries += 1) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      (answer) => answer.status > 0,
      () => false,
    );
    if (isUp) return { port, child };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error("The gateway did not come up.");
}
