export type GpuApi = "cuda" | "vulkan" | "metal";

/** Names the npm package that holds the native engine for a machine, and for one of its GPU interfaces. Undefined: none is published. */
export function chooseEnginePackage(
  machine: { readonly platform: string; readonly arch: string },
  gpu?: GpuApi,
): string | undefined {
  const variant = VARIANTS[`${machine.platform}/${machine.arch}/${gpu ?? "cpu"}`];
  return variant === undefined ? undefined : `@node-llama-cpp/${variant}`;
}

const VARIANTS: Readonly<Record<string, string>> = {
  "linux/x64/cpu": "linux-x64",
  "linux/x64/cuda": "linux-x64-cuda",
  "linux/x64/vulkan": "linux-x64-vulkan",
  "linux/arm64/cpu": "linux-arm64",
  "linux/arm/cpu": "linux-armv7l",
  "linux/riscv64/cpu": "linux-riscv64",
  "darwin/arm64/cpu": "mac-arm64-metal",
  "darwin/arm64/metal": "mac-arm64-metal",
  "darwin/x64/cpu": "mac-x64",
  "win32/x64/cpu": "win-x64",
  "win32/x64/cuda": "win-x64-cuda",
  "win32/x64/vulkan": "win-x64-vulkan",
  "win32/arm64/cpu": "win-arm64",
};
