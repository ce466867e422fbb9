import { describe, expect, it } from "vitest";
import { chooseEnginePackage } from "./chooseEnginePackage.js";
import { detectHardware } from "./detectHardware.js";
import { type HardwareSenses, probeHardware } from "./probeHardware.js";

/** A machine of which nothing can be found out beyond what every system tells. */
function senses(changes: Partial<HardwareSenses> = {}): HardwareSenses {
  return {
    platform: "linux",
    arch: "x64",
    cpus: ["Some CPU", "Some CPU"],
    totalBytes: 8_000_000_000,
    freeBytes: 1_000_000_000,
    readText: async () => undefined,
    listFolder: async () => [],
    runTool: async () => undefined,
    isInstalled: async () => false,
    ...changes,
  };
}
const files = (contents: Record<string, string>): Pick<HardwareSenses, "readText"> => ({
  readText: async (path) => contents[path],
});

describe("probeHardware", () => {
  it("describes a machine that tells nothing", async () => {
    expect(await probeHardware(senses())).toEqual({
      platform: "linux",
      arch: "x64",
      cpu: { model: "Some CPU", cores: 2, instructionSets: [] },
      memory: { totalBytes: 8_000_000_000, availableBytes: 1_000_000_000 },
      gpus: [],
      enginePackage: "@node-llama-cpp/linux-x64",
    });
  });

  it("reads instruction sets of both kinds of processors", async () => {
    const intel = await probeHardware(
      senses(files({ "/proc/cpuinfo": "flags\t\t: fpu sse4_2 avx2 amx_tile avx512f smep\n" })),
    );
    expect(intel.cpu.instructionSets).toEqual(["amx_tile", "avx2", "avx512f", "sse4_2"]);
    const arm = await probeHardware(senses(files({ "/proc/cpuinfo": "Features\t: fp asimd evtstrm i8mm sve\n" })));
    expect(arm.cpu.instructionSets).toEqual(["asimd", "i8mm", "sve"]);
  });

  it("counts reclaimable memory as available", async () => {
    const probe = await probeHardware(
      senses(files({ "/proc/meminfo": "MemTotal: 8000 kB\nMemAvailable:    4000 kB\n" })),
    );
    expect(probe.memory.availableBytes).toBe(4_096_000);
  });

  it("takes a container's limit for the machine's memory", async () => {
    const limits = { "/sys/fs/cgroup/memory.max": "2000000000\n", "/sys/fs/cgroup/memory.current": "1500000000\n" };
    expect((await probeHardware(senses(files(limits)))).memory).toEqual({
      totalBytes: 2_000_000_000,
      availableBytes: 500_000_000,
    });
    const none = await probeHardware(senses(files({ "/sys/fs/cgroup/memory.max": "max\n" })));
    expect(none.memory.totalBytes).toBe(8_000_000_000);
  });

  it("finds NVIDIA GPUs, their memory and the engine for them", async () => {
    const runTool = async (tool: string): Promise<string | undefined> =>
      tool === "nvidia-smi" ? "NVIDIA H200, 143771, 143000\nNVIDIA H200, 143771, [N/A]\n" : undefined;
    const isInstalled = async (name: string): Promise<boolean> => name === "@node-llama-cpp/linux-x64-cuda";
    const { gpus } = await probeHardware(senses({ runTool, isInstalled }));
    const engine = { enginePackage: "@node-llama-cpp/linux-x64-cuda", isEngineInstalled: true };
    const totalBytes = 143_771 * 1_048_576;
    expect(gpus).toEqual([
      { api: "cuda", name: "NVIDIA H200", totalBytes, freeBytes: 143_000 * 1_048_576, ...engine },
      { api: "cuda", name: "NVIDIA H200", totalBytes, ...engine },
    ]);
  });

  it("counts a Vulkan driver only beside its loader, and no software renderer", async () => {
    const machine = (drivers: readonly string[], libraries: readonly string[]): HardwareSenses =>
      senses({ listFolder: async (path) => (path.includes("icd.d") ? drivers : libraries) });
    const names = async (machine: HardwareSenses): Promise<readonly string[]> =>
      (await probeHardware(machine)).gpus.map(({ name }) => name);
    expect(await names(machine(["radeon_icd.x86_64.json", "lvp_icd.x86_64.json"], ["libvulkan.so.1"]))).toEqual([
      "radeon",
    ]);
    expect(await names(machine(["radeon_icd.x86_64.json"], []))).toEqual([]);
    expect(await names(machine(["lvp_icd.x86_64.json"], ["libvulkan.so.1"]))).toEqual([]);
  });

  it("knows Apple's shared GPU memory", async () => {
    const { gpus } = await probeHardware(
      senses({ platform: "darwin", arch: "arm64", cpus: ["Apple M2"], totalBytes: 16e9 }),
    );
    expect(gpus).toMatchObject([
      { api: "metal", name: "Apple M2", totalBytes: 12e9, enginePackage: "@node-llama-cpp/mac-arm64-metal" },
    ]);
  });

  it("names no engine where none is published", () => {
    expect(chooseEnginePackage({ platform: "freebsd", arch: "x64" })).toBeUndefined();
    expect(chooseEnginePackage({ platform: "linux", arch: "arm64" }, "cuda")).toBeUndefined();
  });
});

describe("detectHardware", () => {
  it("finds this machine without failing, and the engine that is installed on it", async () => {
    const probe = await detectHardware();
    expect(probe.platform).toBe(process.platform);
    expect(probe.cpu.cores).toBeGreaterThanOrEqual(1);
    expect(probe.memory.availableBytes).toBeGreaterThan(0);
    expect(probe.memory.availableBytes).toBeLessThanOrEqual(probe.memory.totalBytes);
    expect(probe.enginePackage).toBe(chooseEnginePackage(process));
  });
});
