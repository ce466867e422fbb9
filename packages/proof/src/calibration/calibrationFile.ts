import {
  addressField,
  addressOfPrivateKey,
  type Bytes32,
  bytes32Field,
  concatBytes,
  type Hex,
  hexToBytes,
  keccak256,
  recoverSigner,
  signatureField,
  signDigest,
  utf8ToBytes,
} from "@cortensor/protocol";
import { z } from "zod";
import { type Calibration, CHECK_VERSION, type SignedCalibration } from "./calibration.js";
import { badCalibration, calibrationJson } from "./calibrationJson.js";
import { canonicalJson } from "./canonicalJson.js";

/** A file of several pairs with full curves stays well below. */
export const CALIBRATION_BYTES_MAX = 4_194_304;
const PAIRS_MAX = 256;
const WINDOWS_MAX = 16;
const CHEATS_MAX = 64;
const ROC_POINTS_MAX = 512;
const SIGNING_TAG = "cortensor-calibration-1";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const nats = z.number().min(0).max(1_000_000);
const name = z.string().min(1).max(128);

const runs = {
  sequences: count,
  tokensLeast: count,
  tokens: count,
  families: count,
  entropyNatsPerToken: nats,
};
const cheat = z.strictObject({
  ...runs,
  name,
  windows: z
    .array(
      z.strictObject({
        tokens: count.min(1),
        windows: count,
        marginArea: share,
        logprobArea: share,
        marginRoc: z.array(z.strictObject({ falseAlarms: share, detection: share })).max(ROC_POINTS_MAX),
        detection: share,
        detectionLow: share,
        detectionHigh: share,
      }),
    )
    .max(WINDOWS_MAX),
});
const pair = z.strictObject({
  minerClass: bytes32Field,
  checkerClass: bytes32Field,
  temperatureFrom: z.number().min(0).max(2),
  temperatureTo: z.number().min(0).max(2),
  falseAlarmsMax: share,
  windows: z
    .array(
      z.strictObject({
        tokens: count.min(1),
        meanMarginNats: nats,
        worstMarginNats: nats,
        outsideShare: share,
        meanLogprobErrorNats: nats,
      }),
    )
    .min(1)
    .max(WINDOWS_MAX),
  cusum: z.strictObject({ kappaNats: nats, alarmNats: nats, tokensBetween: count.min(1) }),
  held: z.strictObject({ windows: count, suspected: count }),
  honest: z.strictObject(runs),
  cheats: z.array(cheat).max(CHEATS_MAX),
});
const kernel = z.strictObject({
  kernelClass: bytes32Field,
  kernel: z.string().max(1_024),
  committedFeeding: z.enum(["stepwise", "batched", "unknown"]),
  facts: z
    .array(
      z.strictObject({
        what: z.enum(["freshProcess", "threads", "handOver", "warmPrefix", "neighbours", "prefillAgainstDecode"]),
        changesBits: z.boolean(),
        tokens: count,
      }),
    )
    .max(64),
});

/** Reads a calibration, strictly: unknown fields, other versions and values out of range are refused. */
const calibrationSchema = z
  .strictObject({
    format: z.literal("cortensor-calibration-1"),
    checkVersion: z.literal(CHECK_VERSION),
    model: name,
    modelId: bytes32Field,
    fileSha256: z.string().regex(/^[0-9a-f]{64}$/),
    kernels: z.array(kernel).max(PAIRS_MAX),
    pairs: z.array(pair).max(PAIRS_MAX),
  })
  .superRefine(({ pairs }, context) => {
    for (const [index, one] of pairs.entries()) {
      if (one.temperatureFrom > one.temperatureTo) {
        context.addIssue({ code: "custom", path: ["pairs", index], message: "temperatureFrom is above temperatureTo" });
      }
    }
  });

const signedSchema = z.strictObject({
  calibration: calibrationSchema,
  signer: addressField,
  signature: signatureField,
});

/** `keccak256` of the calibration's canonical JSON: what a model's record holds. */
export function calibrationHash(calibration: Calibration): Bytes32 {
  return keccak256(utf8ToBytes(canonicalJson(calibration)));
}

export function signCalibration(calibration: Calibration, privateKey: Hex): SignedCalibration {
  const signature = signDigest(signingDigest(calibration), privateKey);
  return { calibration, signer: addressOfPrivateKey(privateKey), signature };
}

/** The file's text. */
export function encodeCalibrationFile(signed: SignedCalibration): string {
  return `${JSON.stringify(signed, undefined, 2)}\n`;
}

/**
 * Reads a file back: well-formed, within its bounds, and signed by the signer that it names. Whether that one is to be believed, the reader
 * decides.
 * @throws CodedError PROOF_BAD_CALIBRATION
 */
export function parseCalibrationFile(text: string): SignedCalibration {
  if (text.length > CALIBRATION_BYTES_MAX) throw badCalibration([`more than ${CALIBRATION_BYTES_MAX} bytes`]);
  const parsed = signedSchema.safeParse(calibrationJson(text));
  if (!parsed.success) {
    throw badCalibration(parsed.error.issues.slice(0, 8).map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  const signed = parsed.data;
  if (signerOf(signed) !== signed.signer) throw badCalibration(["the signature is not the signer's"]);
  return signed;
}

function signerOf({ calibration, signature }: SignedCalibration): string | undefined {
  try {
    return recoverSigner(signingDigest(calibration), signature);
  } catch {
    return undefined;
  }
}

/** `keccak256("cortensor-calibration-1" ‖ calibrationHash)`: no other signature of the network can be taken for one. */
function signingDigest(calibration: Calibration): Bytes32 {
  return keccak256(concatBytes(utf8ToBytes(SIGNING_TAG), hexToBytes(calibrationHash(calibration))));
}
