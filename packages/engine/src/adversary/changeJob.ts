import type { RecipeStep } from "@cortensor/protocol";
import type { Engine, GenerateEvent, GenerateJob } from "../engine.js";

export type Generate = Engine["generate"];

/**
 * Runs another job than the one asked for, and reports as if it were that one: the recipe names the prompt's length. What earlier miners made is
 * taken over unchecked: what is run need not agree with it.
 */
export function changeJob(generate: Generate, change: (job: GenerateJob) => GenerateJob): Generate {
  return (job) => {
    const { committed = [] } = job;
    return disguise(generate(change({ ...job, checkFrom: committed.length })), job);
  };
}

/** Another model's work under this one's name: the job is the one asked for. */
export function substitute(generate: Generate): Generate {
  return changeJob(generate, (job) => job);
}

async function* disguise(events: AsyncIterable<GenerateEvent>, job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  for await (const event of events) {
    if (event.kind !== "end") yield event;
    else
      yield {
        ...event,
        recipe: asAsked(event.recipe, job.promptTokens.length),
      };
  }
}

/** The recipe of the prompt that was asked for, in one prefill. */
function asAsked(recipe: readonly RecipeStep[], tokens: number): readonly RecipeStep[] {
  const rest = recipe.filter(({ kind }) => kind !== "prefill");
  return rest.length === recipe.length ? recipe : [{ kind: "prefill", tokens }, ...rest];
}
