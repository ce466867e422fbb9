/** Whether this call did it, or another had: several guards try what one of them needs to do. */
export type RaceOutcome = "done" | "superseded";

/** Does what may be done once, by anyone. A refusal counts for nothing when it is done by then; any other is thrown. */
export async function settleRace(work: () => Promise<void>, isDone: () => Promise<boolean>): Promise<RaceOutcome> {
  try {
    await work();
    return "done";
  } catch (error) {
    if (await isDone()) return "superseded";
    throw error;
  }
}
