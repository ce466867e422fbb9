import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of the repository. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Path of a command that an installed package brings. */
export const bin = (name) => path.join(ROOT, "node_modules", ".bin", name);

/**
 * Runs a command to its end and returns its exit code and, when captured, what it printed.
 * The child is ended when this process is.
 */
export function run(command, args, { cwd = ROOT, env = {}, capture = false, quiet = false, toStderr = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [
        "ignore",
        capture ? "pipe" : quiet ? "ignore" : toStderr ? 2 : "inherit",
        capture && quiet ? "pipe" : "inherit",
      ],
    });
    let out = "";
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      out += chunk;
    });
    const stop = (signal) => child.kill(signal);
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve({ code: code ?? (signal ? 128 : 1), out });
    });
  });
}

/** Runs a command and ends this process with its code when it fails. */
export async function must(command, args, options) {
  const { code, out } = await run(command, args, options);
  if (code !== 0) {
    if (out) process.stderr.write(out);
    console.error(`${path.basename(command)} ${args.join(" ")} failed with exit code ${code}`);
    process.exit(code);
  }
  return out;
}
