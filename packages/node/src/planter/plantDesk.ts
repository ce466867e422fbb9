import type { Bytes32, Prompt } from "@cortensor/protocol";

/** Prompts that wait for their answer: a planter asks one after the other. */
const PROMPTS_MAX = 64;

/** Which prompts are to be answered wrongly, and how: what a planter and its miner's engine share. */
export class PlantDesk {
  readonly #salts = new Map<string, Bytes32>();

  put(prompt: Prompt, salt: Bytes32): void {
    this.#salts.set(nameOf(prompt), salt);
    const [first] = this.#salts.keys();
    if (this.#salts.size > PROMPTS_MAX && first !== undefined) this.#salts.delete(first);
  }

  /** From then on the prompt is answered as any other. */
  remove(prompt: Prompt): void {
    this.#salts.delete(nameOf(prompt));
  }

  readonly saltOf = (prompt: Prompt): Bytes32 | undefined => this.#salts.get(nameOf(prompt));
}

/** The same for the same prompt, in whichever order its fields stand. */
function nameOf(prompt: Prompt): string {
  return JSON.stringify(
    prompt.kind === "text" ? prompt.text : prompt.messages.map(({ role, content }) => [role, content]),
  );
}
