import { existsSync, readdirSync } from "node:fs";
import { isBytes32 } from "@cortensor/protocol";

/** The name of a file that was published into a folder: a SHA-256. What else lies there is still being written. */
export function publishedFile(folder: string): string | undefined {
  return existsSync(folder) ? readdirSync(folder).find((name) => isBytes32(name)) : undefined;
}
