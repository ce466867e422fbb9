import { readFile } from "node:fs/promises";
import { type Address, address } from "@solana/kit";

/** Where a local cluster has the program for tasks: `keccak256("cortensor-task-program")`, whose key nobody has. */
export const LOCAL_TASK_PROGRAM: Address = address("G5oUzqH8Tk6Pj1hm8BiWgJnwQ1xAQzo5Z8QVVPiWn5So");

/** The program for tasks, as `program/build.mjs` made it of the sources beside it. */
export async function readTaskProgram(): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL("../../program/program.so", import.meta.url)));
}
