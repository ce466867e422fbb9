import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import type { WindowThresholds } from "../check/judgeScore.js";
import type { CusumRule } from "../statistics/cusum.js";

/** Raised whenever the check's figures change their meaning: thresholds of another check are none. */
export const CHECK_VERSION = 1;

/** What was run for one arm. */
export type RunCounts = {
  readonly sequences: number;
  /** Of the shortest sequence. */
  readonly tokensLeast: number;
  readonly tokens: number;
  /** Families of prompts. */
  readonly families: number;
  /** Mean entropy of the checker's distribution: detection is worth what the text left to chance. */
  readonly entropyNatsPerToken: number;
};

/** One way to cheat, and what windows of its work show against the same number of honest tokens. */
export type CheatRuns = RunCounts & {
  readonly name: string;
  readonly windows: readonly {
    readonly tokens: number;
    readonly windows: number;
    /** Area under the ROC curve of the mean margin. */
    readonly marginArea: number;
    /** Area under that of the mean log-probability error. */
    readonly logprobArea: number;
    /** The mean margin's curve: false alarms → detection. */
    readonly marginRoc: readonly { readonly falseAlarms: number; readonly detection: number }[];
    /** Share of windows above any threshold, with its 95 % interval, drawn by sequence. */
    readonly detection: number;
    readonly detectionLow: number;
    readonly detectionHigh: number;
  }[];
};

/** Thresholds of an ordered pair of kernel classes, for temperatures from…to, both included. */
export type PairCalibration = {
  readonly minerClass: Bytes32;
  readonly checkerClass: Bytes32;
  readonly temperatureFrom: number;
  readonly temperatureTo: number;
  /** Share of honest windows that all thresholds together were set to suspect, at most. */
  readonly falseAlarmsMax: number;
  readonly windows: readonly WindowThresholds[];
  readonly cusum: CusumRule & { readonly tokensBetween: number };
  /** The thresholds come from one half of the honest sequences; what the other half shows above them: windows of the shortest length. */
  readonly held: { readonly windows: number; readonly suspected: number };
  readonly honest: RunCounts;
  readonly cheats: readonly CheatRuns[];
};

/** What was seen to change bits, or not to, in one kernel class. */
export type KernelFacts = {
  readonly kernelClass: Bytes32;
  /** What the class was computed from, for people. */
  readonly kernel: string;
  /** How committed tokens are fed so that what follows equals the undisturbed run. */
  readonly committedFeeding: "stepwise" | "batched" | "unknown";
  readonly facts: readonly {
    readonly what: "freshProcess" | "threads" | "handOver" | "warmPrefix" | "neighbours" | "prefillAgainstDecode";
    readonly changesBits: boolean;
    readonly tokens: number;
  }[];
};

/** A model's calibration. Its hash stands in the model's record. */
export type Calibration = {
  readonly format: "cortensor-calibration-1";
  readonly checkVersion: typeof CHECK_VERSION;
  readonly model: string;
  readonly modelId: Bytes32;
  readonly fileSha256: string;
  readonly kernels: readonly KernelFacts[];
  readonly pairs: readonly PairCalibration[];
};

export type SignedCalibration = {
  readonly calibration: Calibration;
  readonly signer: Address;
  readonly signature: Hex;
};
