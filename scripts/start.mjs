import { spawn } from "node:child_process";
import path from "node:path";
import { build } from "./build.mjs";
import { ROOT } from "./run.mjs";

/** The main job: installs, builds, and starts a whole network on this machine. Arguments are passed on to `cortensor up`. */
await build();
const up = spawn(
  process.execPath,
  [
    path.join(ROOT, "packages/cli/bin/cortensor.mjs"),
    "up",
    "--home",
    path.join(ROOT, ".cortensor"),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
// The terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
process.on("SIGINT", () => undefined);
let isTold = false;
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (!isTold) up.kill("SIGTERM");
    isTold = true;
  });
}
up.once("close", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
