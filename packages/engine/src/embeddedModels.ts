import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bytes32, bytes32Field } from "@cortensor/protocol";
import { z } from "zod";
import { EngineError } from "./engineError.js";

/** A model file that comes with the repository. */
export type EmbeddedModel = {
  /** Name clients use: the file's, without its quantisation. */
  readonly model: string;
  readonly use: "chat" | "embedding";
  readonly quantisation: string;
  /** Absolute path of the GGUF file. */
  readonly path: string;
  readonly sha256: string;
  readonly fileBytes: number;
  readonly contextTokens: number;
  /** What was measured of honest and dishonest work with it, as far as it was: see docs/PROOF.md. No part of the model's id. */
  readonly calibrations: readonly PublishedCalibration[];
};

/** A calibration that comes with a model file, as the model's record names it. */
export type PublishedCalibration = {
  /** The miner's and the checker's: thresholds belong to the ordered pair. */
  readonly kernelClasses: readonly [miner: Bytes32, checker: Bytes32];
  /** Absolute path. */
  readonly path: string;
  /** `keccak256` of the calibration's canonical JSON: a file of another hash isn't the one that was published. */
  readonly hash: Bytes32;
};

export type EmbeddedModels = {
  readonly files: readonly EmbeddedModel[];
  /** What a miner serves unless told otherwise. */
  readonly chat: EmbeddedModel;
  /** The model for `embed`, and how text is wrapped for it. */
  readonly embedding: { readonly model: EmbeddedModel; readonly wrap: EmbeddingWrap };
};

/** What is put around a text before its vector is taken. */
export type EmbeddingWrap = {
  readonly prefix: string;
  readonly suffix: string;
  readonly prependBos: boolean;
  readonly appendEos: boolean;
};

const manifestSchema = z.object({
  version: z.literal(1),
  default: z.string(),
  embedding: z.object({
    file: z.string(),
    prefix: z.string(),
    suffix: z.string(),
    prependBos: z.boolean(),
    appendEos: z.boolean(),
  }),
  files: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9_.-]+\.gguf$/),
        use: z.enum(["chat", "embedding"]),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        bytes: z.int().positive(),
        quantisation: z.string(),
        contextLength: z.int().positive(),
        calibrations: z
          .array(
            z.strictObject({
              kernelClasses: z.tuple([bytes32Field, bytes32Field]),
              path: z.string().regex(/^[a-z0-9_.-]+\.calibration\.json$/),
              hash: bytes32Field,
            }),
          )
          .max(256)
          .default([]),
      }),
    )
    .min(1)
    .max(64),
});

/** The repository's `models` folder: three floors up, from `src` and from `dist` alike. */
const MODELS_FOLDER = fileURLToPath(new URL("../../../models/", import.meta.url));

/** Reads the manifest of the embedded models. `folder` defaults to the repository's own. */
export async function embeddedModels(folder: string = MODELS_FOLDER): Promise<EmbeddedModels> {
  const manifest = await readManifest(join(folder, "manifest.json"));
  const files = manifest.files.map((file): EmbeddedModel => {
    const model = file.name.replace(/\.gguf$/, "").replace(new RegExp(`-${file.quantisation}$`, "i"), "");
    const { use, quantisation, sha256, bytes, contextLength, calibrations } = file;
    return {
      model,
      use,
      quantisation,
      path: join(folder, file.name),
      sha256,
      fileBytes: bytes,
      contextTokens: contextLength,
      calibrations: calibrations.map((one) => ({ ...one, path: join(folder, one.path) })),
    };
  });
  const find = (name: string): EmbeddedModel => {
    const found = files.find(({ path }) => path === join(folder, name));
    if (found === undefined) throw new EngineError({ code: "ENGINE_MODEL_NOT_FOUND", file: name });
    return found;
  };
  const { file, ...wrap } = manifest.embedding;
  return { files, chat: find(manifest.default), embedding: { model: find(file), wrap } };
}

async function readManifest(path: string): Promise<z.infer<typeof manifestSchema>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new EngineError({ code: "ENGINE_MODEL_NOT_FOUND", file: path }, { cause });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(
      { code: "ENGINE_MODEL_MALFORMED", why: "the manifest of the embedded models can't be read" },
      { cause },
    );
  }
}

/** How to start the llama engine on the embedded models. */
export function embeddedEngineOptions({ chat, embedding }: Pick<EmbeddedModels, "chat" | "embedding">): {
  readonly modelPath: string;
  readonly model: string;
  readonly embedding: EmbeddingWrap & { readonly modelPath: string };
} {
  const { model, wrap } = embedding;
  return { modelPath: chat.path, model: chat.model, embedding: { ...wrap, modelPath: model.path } };
}
