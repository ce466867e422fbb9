import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { getModuleVersion, type Llama } from "node-llama-cpp";
import { chooseEnginePackage, type GpuApi } from "../chooseEnginePackage.js";
import { findInstalledPackage } from "../findInstalledPackage.js";
import { hashFile } from "../hashFile.js";
import type { KernelParts } from "../kernelClass.js";
import { PREFILL_BATCH_TOKENS } from "./llamaSequence.js";

const NATIVE_FILE = /(?:llama|ggml)[^/\\]*\.(?:so[\d.]*|node|dll|dylib|metal)$/i;
const CPU_VARIANT = /ggml-cpu-([a-z0-9_]+)\./i;

/** Describes the native engine that this process has loaded: which files, and which instruction-set variant among them. */
export async function describeLoadedKernel(llama: Llama, gpu: false | GpuApi): Promise<KernelParts> {
  const files = (await loadedFiles()) ?? (await packagedFiles(gpu));
  const names = files.map((file) => basename(file));
  const variant = names.map((name) => CPU_VARIANT.exec(name)?.[1]).find((found) => found !== undefined);
  const device = gpu === false ? [] : await llama.getGpuDeviceNames();
  return {
    engineVersion: `node-llama-cpp ${await getModuleVersion()}, llama.cpp ${llama.llamaCppRelease.release}`,
    binaryHash: await hashFiles(files),
    backend: gpu === false ? "cpu" : gpu,
    isaLevel: [variant ?? llama.systemInfo, ...device].join(", "),
    kvType: "f16",
    stepShape: `prefill ${PREFILL_BATCH_TOKENS}, decode 1, alone, flash attention off`,
  };
}

/** Native files mapped into this process; undefined where the system doesn't tell. */
async function loadedFiles(): Promise<readonly string[] | undefined> {
  const maps = await readFile("/proc/self/maps", "utf8").catch(() => undefined);
  if (maps === undefined) return undefined;
  const files = new Set<string>();
  for (const line of maps.split("\n")) {
    const path = line.slice(line.indexOf("/"));
    if (line.includes("/") && NATIVE_FILE.test(path)) files.add(path);
  }
  return files.size === 0 ? undefined : [...files];
}

/** All native files of the engine package, where it can't be known which of them are loaded. */
async function packagedFiles(gpu: false | GpuApi): Promise<readonly string[]> {
  const name = chooseEnginePackage(process, gpu === false ? undefined : gpu);
  const root = name === undefined ? undefined : await findInstalledPackage(name);
  if (root === undefined) return [];
  const files = await readdir(root, { recursive: true });
  return files.filter((file) => NATIVE_FILE.test(file)).map((file) => join(root, file));
}

async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [...files].sort((a, b) => (basename(a) < basename(b) ? -1 : 1))) {
    hash.update(`${basename(file)}\n${await hashFile(file)}\n`);
  }
  return hash.digest("hex");
}
