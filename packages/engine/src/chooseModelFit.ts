import type { GpuApi } from "./chooseEnginePackage.js";
import type { HardwareProbe, ProbedGpu } from "./probeHardware.js";

/** One model in one of the quantisations that it comes in. */
export type ModelCandidate = {
  readonly quantisation: string;
  readonly fileBytes: number;
  /** Bytes of key and value cache per token of context. */
  readonly kvBytesPerToken: number;
  /** Context the model was trained on. */
  readonly contextTokensMax: number;
};

export type ModelFit =
  | {
      readonly kind: "fits";
      readonly quantisation: string;
      /** Per slot. */
      readonly contextTokens: number;
      readonly slots: number;
      readonly threads: number;
      readonly device: "cpu" | GpuApi;
      /** What the operator could install to serve faster. */
      readonly advice?: string;
    }
  | { readonly kind: "refused"; readonly reason: string };

/** A device's memory as this choice sees it. */
type Room = { readonly device: "cpu" | GpuApi; readonly bytes: number; readonly slotsMax: number };

const MEBIBYTE = 1_048_576;
/** What the process takes before a model: runtime, native library, buffers. */
const PROCESS_BYTES = 160 * MEBIBYTE;
/** Left for everything else on the machine. */
const CPU_RESERVE_SHARE = 0.15;
/** Drivers and fragmentation. */
const GPU_RESERVE_BYTES = 512 * MEBIBYTE;
const GPU_RESERVE_SHARE = 0.08;
/** Scratch of one evaluation step, relative to the weights. */
const SCRATCH_SHARE = 0.05;
const SCRATCH_BYTES = 64 * MEBIBYTE;
/** With less, a chat's second turn no longer fits. */
const CONTEXT_COMFORT = 2_048;
const CONTEXT_LEAST = 512;
const CONTEXT_MOST = { cpu: 8_192, gpu: 131_072 } as const;
const SLOTS_MOST = { cpu: 2, gpu: 8 } as const;
/** Below this a step is too short for threads to meet in time: measured, one thread is several times faster on few cores. */
const THREADS_FROM_BYTES = 512 * MEBIBYTE;
const THREADS_MAX = 8;
/** A GPU that was found without its memory size is trusted with this much. */
const GPU_BYTES_UNKNOWN = 2_048 * MEBIBYTE;

/** Best first. On a CPU, half precision costs twice the memory traffic of Q8_0 and gains nothing that a reader sees. */
const CPU_ORDER = [
  "Q8_0",
  "Q6_K",
  "Q5_K_M",
  "Q5_K_S",
  "Q4_K_M",
  "Q4_K_S",
  "Q4_0",
  "Q3_K_M",
  "Q2_K",
  "F16",
  "BF16",
  "F32",
];
const GPU_ORDER = [
  "BF16",
  "F16",
  "Q8_0",
  "Q6_K",
  "Q5_K_M",
  "Q5_K_S",
  "Q4_K_M",
  "Q4_K_S",
  "Q4_0",
  "Q3_K_M",
  "Q2_K",
  "F32",
];

/**
 * Chooses which quantisation to serve, with how much context, how many sequences and threads, and on what. Pure.
 * Refuses, with the numbers, what doesn't fit.
 */
export function chooseModelFit(probe: HardwareProbe, candidates: readonly ModelCandidate[]): ModelFit {
  if (candidates.length === 0) return { kind: "refused", reason: "No model file to choose from." };
  if (probe.enginePackage === undefined) {
    return { kind: "refused", reason: `No engine is published for ${probe.platform} on ${probe.arch}.` };
  }
  const advice = adviceFor(probe);
  for (const contextLeast of [CONTEXT_COMFORT, CONTEXT_LEAST]) {
    for (const room of roomsOf(probe)) {
      const fit = fitInto(room, candidates, contextLeast);
      if (fit === undefined) continue;
      const threads = threadsFor(probe, room, fit.candidate);
      const { quantisation } = fit.candidate;
      const { contextTokens, slots } = fit;
      return { kind: "fits", quantisation, contextTokens, slots, threads, device: room.device, ...advice };
    }
  }
  return { kind: "refused", reason: refusal(probe, candidates) };
}

/** GPUs whose engine is installed, largest first, then the CPU. */
function roomsOf(probe: HardwareProbe): readonly Room[] {
  const gpus = probe.gpus
    .filter((gpu) => gpu.isEngineInstalled)
    .map((gpu): Room => ({ device: gpu.api, bytes: gpuBytes(probe, gpu), slotsMax: SLOTS_MOST.gpu }))
    .sort((a, b) => b.bytes - a.bytes);
  const slotsMax = probe.cpu.cores >= 2 ? SLOTS_MOST.cpu : 1;
  return [...gpus, { device: "cpu", bytes: cpuBytes(probe), slotsMax }];
}

/** What a GPU holds; one that shares the machine's memory no more than is free there. */
function gpuBytes(probe: HardwareProbe, gpu: ProbedGpu): number {
  const own = (gpu.freeBytes ?? gpu.totalBytes ?? GPU_BYTES_UNKNOWN) * (1 - GPU_RESERVE_SHARE) - GPU_RESERVE_BYTES;
  return gpu.api === "metal" ? Math.min(own, cpuBytes(probe)) : own;
}

function cpuBytes(probe: HardwareProbe): number {
  const { availableBytes, totalBytes } = probe.memory;
  return Math.min(availableBytes, totalBytes * (1 - CPU_RESERVE_SHARE)) - PROCESS_BYTES;
}

type Fit = { readonly candidate: ModelCandidate; readonly contextTokens: number; readonly slots: number };

function fitInto(room: Room, candidates: readonly ModelCandidate[], contextLeast: number): Fit | undefined {
  const order = room.device === "cpu" ? CPU_ORDER : GPU_ORDER;
  const rank = ({ quantisation }: ModelCandidate): number => {
    const place = order.indexOf(quantisation);
    return place < 0 ? order.length : place;
  };
  for (const candidate of [...candidates].sort((a, b) => rank(a) - rank(b) || b.fileBytes - a.fileBytes)) {
    const least = Math.min(contextLeast, candidate.contextTokensMax);
    const most = Math.min(candidate.contextTokensMax, CONTEXT_MOST[room.device === "cpu" ? "cpu" : "gpu"]);
    for (let contextTokens = most; contextTokens >= least; contextTokens = Math.floor(contextTokens / 2)) {
      const slots = slotsThatFit(room, candidate, contextTokens);
      if (slots >= 1) return { candidate, contextTokens, slots };
    }
  }
  return undefined;
}

function slotsThatFit(room: Room, candidate: ModelCandidate, contextTokens: number): number {
  const left = room.bytes - weightBytes(candidate);
  if (left < 0) return 0;
  const perSlot = Math.max(1, contextTokens * candidate.kvBytesPerToken);
  return Math.min(room.slotsMax, Math.floor(left / perSlot));
}

function weightBytes({ fileBytes }: ModelCandidate): number {
  return fileBytes * (1 + SCRATCH_SHARE) + SCRATCH_BYTES;
}

function threadsFor(probe: HardwareProbe, room: Room, candidate: ModelCandidate): number {
  if (room.device !== "cpu" || candidate.fileBytes < THREADS_FROM_BYTES) return 1;
  return Math.max(1, Math.min(THREADS_MAX, probe.cpu.cores - 1));
}

function adviceFor(probe: HardwareProbe): { readonly advice?: string } {
  if (probe.gpus.some((gpu) => gpu.isEngineInstalled)) return {};
  const [gpu] = probe.gpus.filter(({ enginePackage }) => enginePackage !== undefined);
  if (gpu === undefined) return {};
  return { advice: `Install ${gpu.enginePackage} to serve from ${gpu.name}.` };
}

function refusal(probe: HardwareProbe, candidates: readonly ModelCandidate[]): string {
  const needs = candidates.map((candidate) => ({
    quantisation: candidate.quantisation,
    bytes: weightBytes(candidate) + candidate.kvBytesPerToken * Math.min(CONTEXT_LEAST, candidate.contextTokensMax),
  }));
  const least = needs.reduce((smallest, need) => (need.bytes < smallest.bytes ? need : smallest));
  const room = Math.max(...roomsOf(probe).map(({ bytes }) => bytes), 0);
  return `The smallest file (${least.quantisation}) needs ${mib(least.bytes)} MiB with ${CONTEXT_LEAST} tokens of context; ${mib(room)} MiB are free for it.`;
}

function mib(bytes: number): number {
  return Math.ceil(bytes / MEBIBYTE);
}
