import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { arch, cpus, freemem, platform, totalmem } from "node:os";
import { findInstalledPackage } from "./findInstalledPackage.js";
import { type HardwareProbe, type HardwareSenses, probeHardware } from "./probeHardware.js";

/** A driver tool that hasn't answered by then is counted as absent. */
const TOOL_TIMEOUT_MS = 5_000;
const TOOL_OUTPUT_BYTES_MAX = 65_536;

/** Looks at this machine. Never throws: what can't be found out is absent from the probe. */
export function detectHardware(): Promise<HardwareProbe> {
  return probeHardware(systemSenses());
}

function systemSenses(): HardwareSenses {
  return {
    platform: platform(),
    arch: arch(),
    cpus: cpus().map(({ model }) => model.trim()),
    totalBytes: totalmem(),
    freeBytes: freemem(),
    readText: (path) => readFile(path, "utf8").catch(() => undefined),
    listFolder: (path) => readdir(path).catch(() => []),
    runTool,
    isInstalled: async (name) => (await findInstalledPackage(name)) !== undefined,
  };
}

function runTool(tool: string, args: readonly string[]): Promise<string | undefined> {
  const options = { timeout: TOOL_TIMEOUT_MS, maxBuffer: TOOL_OUTPUT_BYTES_MAX, windowsHide: true };
  return new Promise((resolve) => {
    execFile(tool, [...args], options, (error, output) => resolve(error === null ? output : undefined));
  });
}
