import { chooseEnginePackage, type GpuApi } from "./chooseEnginePackage.js";

/** What was found of a machine. Recorded as JSON, it is the input of `chooseModelFit`. */
export type HardwareProbe = {
  readonly platform: string;
  readonly arch: string;
  readonly cpu: { readonly model: string; readonly cores: number; readonly instructionSets: readonly string[] };
  /** What this process may use: the machine's, or its container's where that is less. */
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  readonly gpus: readonly ProbedGpu[];
  /** Native engine for the CPU alone, e.g. `@node-llama-cpp/linux-x64`. Absent: none is published for this machine. */
  readonly enginePackage?: string;
};

export type ProbedGpu = {
  readonly api: GpuApi;
  readonly name: string;
  readonly totalBytes?: number;
  readonly freeBytes?: number;
  /** Native engine that drives it, e.g. `@node-llama-cpp/linux-x64-cuda`, and whether it is installed. */
  readonly enginePackage?: string;
  readonly isEngineInstalled: boolean;
};

/** How a machine is looked at; tests put a recorded one in its place. */
export type HardwareSenses = {
  readonly platform: string;
  readonly arch: string;
  /** Model name of each logical core. */
  readonly cpus: readonly string[];
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Undefined when it can't be read. */
  readText(path: string): Promise<string | undefined>;
  /** Empty when it can't be listed. */
  listFolder(path: string): Promise<readonly string[]>;
  /** Standard output; undefined when the tool is absent, fails or hangs. */
  runTool(tool: string, args: readonly string[]): Promise<string | undefined>;
  isInstalled(npmPackage: string): Promise<boolean>;
};

const MEBIBYTE = 1_048_576;
/** Instruction sets that engines choose their kernels by; the rest of a CPU's flags says nothing here. */
const INSTRUCTION_SETS =
  /^(sse3|ssse3|sse4_1|sse4_2|avx|f16c|fma|bmi2|avx2|avx_vnni|avx512\w+|amx_\w+|neon|asimd|asimdhp|asimddp|i8mm|sve2?|bf16)$/;

export async function probeHardware(senses: HardwareSenses): Promise<HardwareProbe> {
  const enginePackage = chooseEnginePackage(senses);
  const [memory, instructionSets, gpus] = await Promise.all([
    probeMemory(senses),
    probeInstructionSets(senses),
    probeGpus(senses),
  ]);
  return {
    platform: senses.platform,
    arch: senses.arch,
    cpu: { model: senses.cpus[0] ?? "unknown", cores: Math.max(1, senses.cpus.length), instructionSets },
    memory,
    gpus,
    ...(enginePackage === undefined ? {} : { enginePackage }),
  };
}

async function probeMemory(senses: HardwareSenses): Promise<HardwareProbe["memory"]> {
  const [meminfo, limit, used] = await Promise.all([
    senses.readText("/proc/meminfo"),
    senses.readText("/sys/fs/cgroup/memory.max"),
    senses.readText("/sys/fs/cgroup/memory.current"),
  ]);
  const kibibytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? "")?.[1]);
  const free = Number.isFinite(kibibytes) ? kibibytes * 1_024 : senses.freeBytes;
  const limitBytes = Number(limit?.trim() || Number.NaN);
  if (!Number.isFinite(limitBytes)) return { totalBytes: senses.totalBytes, availableBytes: free };
  const leftBytes = Math.max(0, limitBytes - (Number(used?.trim()) || 0));
  return { totalBytes: Math.min(senses.totalBytes, limitBytes), availableBytes: Math.min(free, leftBytes) };
}

async function probeInstructionSets(senses: HardwareSenses): Promise<readonly string[]> {
  const linux = await senses.readText("/proc/cpuinfo");
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(linux ?? "")?.[1];
  const found = flags ?? (senses.platform === "darwin" ? await darwinFeatures(senses) : "");
  const known = new Set(
    found
      .toLowerCase()
      .split(/\s+/)
      .filter((name) => INSTRUCTION_SETS.test(name)),
  );
  return [...known].sort();
}

async function darwinFeatures(senses: HardwareSenses): Promise<string> {
  if (senses.arch === "arm64") return "neon asimd asimdhp asimddp";
  const features = await senses.runTool("sysctl", ["-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]);
  return (features ?? "").replaceAll("SSE4.", "SSE4_").replaceAll("AVX1.0", "AVX");
}

async function probeGpus(senses: HardwareSenses): Promise<readonly ProbedGpu[]> {
  const found = [...(await nvidiaGpus(senses)), ...(await metalGpus(senses)), ...(await vulkanGpus(senses))];
  return Promise.all(
    found.map(async (gpu) => {
      const enginePackage = chooseEnginePackage(senses, gpu.api);
      if (enginePackage === undefined) return { ...gpu, isEngineInstalled: false };
      return { ...gpu, enginePackage, isEngineInstalled: await senses.isInstalled(enginePackage) };
    }),
  );
}

type FoundGpu = Omit<ProbedGpu, "enginePackage" | "isEngineInstalled">;

async function nvidiaGpus(senses: HardwareSenses): Promise<readonly FoundGpu[]> {
  const query = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"];
  const lines = ((await senses.runTool("nvidia-smi", query)) ?? "").trim().split("\n");
  return lines.flatMap((line): FoundGpu[] => {
    const [name, total, free] = line.split(",").map((field) => field.trim());
    if (name === undefined || name === "" || total === undefined) return [];
    return [{ api: "cuda", name, ...mebibytes("totalBytes", total), ...mebibytes("freeBytes", free) }];
  });
}

function mebibytes<Name extends string>(name: Name, text: string | undefined): { readonly [key in Name]?: number } {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? ({ [name]: value * MEBIBYTE } as { [key in Name]: number }) : {};
}

/** Apple's GPUs share the machine's memory; about three quarters of it may be wired for them. */
async function metalGpus(senses: HardwareSenses): Promise<readonly FoundGpu[]> {
  if (senses.platform !== "darwin" || senses.arch !== "arm64") return [];
  const totalBytes = Math.floor(senses.totalBytes * 0.75);
  return [{ api: "metal", name: senses.cpus[0] ?? "Apple GPU", totalBytes }];
}

/** A loader and a hardware driver together; a software renderer would be slower than the CPU engine. */
async function vulkanGpus(senses: HardwareSenses): Promise<readonly FoundGpu[]> {
  if (senses.platform !== "linux" && senses.platform !== "win32") return [];
  if (!(await hasVulkanLoader(senses))) return [];
  if (senses.platform === "win32") return [{ api: "vulkan", name: "Vulkan" }];
  const folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
  const drivers = (await Promise.all(folders.map((folder) => senses.listFolder(folder)))).flat();
  const isHardware = (driver: string): boolean => driver.endsWith(".json") && !/lvp|swrast|swiftshader/.test(driver);
  const [driver] = drivers.filter(isHardware).sort();
  return driver === undefined ? [] : [{ api: "vulkan", name: driver.replace(/(_icd)?(\.\w+)?\.json$/, "") }];
}

async function hasVulkanLoader(senses: HardwareSenses): Promise<boolean> {
  const folders = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "C:\\Windows\\System32",
  ];
  const files = (await Promise.all(folders.map((folder) => senses.listFolder(folder)))).flat();
  return files.some((file) => file.startsWith("libvulkan.so.1") || file === "vulkan-1.dll");
}
