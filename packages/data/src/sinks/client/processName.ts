import { isProcessAlive, readProcessBirth } from "@cortensor/runtime";

/** Names this process for good, although ids are used again. */
export async function processName(): Promise<string> {
  return `${process.pid} ${await readProcessBirth(process.pid)}`;
}

/** Whether the process of that name runs. Where the system doesn't tell births, its id stands for it. */
export async function isRunning(name: string): Promise<boolean> {
  const [id = "", birth = ""] = name.split(" ");
  const pid = Number(id);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isProcessAlive(pid)) return false;
  const now = await readProcessBirth(pid);
  return birth === "" || now === "" || birth === now;
}
