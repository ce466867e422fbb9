import {
  answerProbesHonestly,
  answersInFolder,
  type CheatName,
  cheatingEngine,
  type Engine,
  embeddedModels,
  fileNeededBy,
  makeSmallerModel,
  startLlamaEngine,
} from "@cortensor/engine";
import { CliError } from "../cliError.js";
import { type OpenEngineParts, type OpenedEngine, openEngine } from "./openEngine.js";

export type CheatChoice = {
  readonly cheat: CheatName;
  /** GGUF file that is run instead. Default, for the embedded model: made of it. */
  readonly other?: string;
  /** Folder of answers that several miners copy from. */
  readonly shared?: string;
};

/** Starts the engine that a miner offers, whatever it runs instead, and puts the cheat before both. Probes are done honestly. */
export async function openCheat(parts: OpenEngineParts, choice: CheatChoice): Promise<OpenedEngine> {
  const { cheat, shared } = choice;
  const otherPath = await findOther(parts, choice);
  const opened = await openEngine(parts);
  const { engine: honest } = opened;
  const { model, contextTokens, slots } = honest.describe();
  const options = { model, contextTokens, slots, signal: parts.signal };
  const second = otherPath === undefined ? undefined : await startLlamaEngine({ ...options, modelPath: otherPath });
  const cheating = cheatingEngine(cheat, {
    honest,
    other: second ?? honest,
    ...(shared === undefined ? {} : { answers: answersInFolder(shared) }),
  });
  const engine: Engine = {
    ...answerProbesHonestly(honest, cheating),
    close: async () => {
      await Promise.all([second?.close(), honest.close()]);
    },
  };
  return { engine, gone: second === undefined ? opened.gone : Promise.race([opened.gone, second.gone]) };
}

async function findOther(
  { choice, modelsFolder }: OpenEngineParts,
  { cheat, other }: Pick<CheatChoice, "cheat" | "other">,
): Promise<string | undefined> {
  const needed = fileNeededBy(cheat);
  if (needed === undefined || other !== undefined) return needed === undefined ? undefined : other;
  if (choice.model !== undefined) {
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: "--other",
      expected: "the GGUF file that is run instead",
    });
  }
  const { chat, files } = await embeddedModels();
  if (needed === "smaller") return makeSmallerModel(chat.path, modelsFolder);
  return files.find(({ use, quantisation }) => use === "chat" && quantisation === "Q4_0")?.path;
}
