import { randomBytes } from "node:crypto";
import type { Clock } from "@cortensor/runtime";
import { createCortensor, SdkError } from "@cortensor/sdk";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";

/** Pause between two looks for what is about to be there. */
export const LOOK_MS = 50;
const TOKEN_BYTES = 32;

/** A token of the operator's, made at the first start: `admin` makes keys, `auditor` reads the evidence behind answers. */
export async function ensureToken(file: string, kind: "admin" | "auditor"): Promise<string> {
  const kept = (await readFileIfThere(file))?.trim();
  if (kept !== undefined && kept !== "") return kept;
  const made = `${kind}-${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  await writeFileWhole(file, `${made}\n`);
  return made;
}

/** The key of an earlier start if it still works, else a new one. A session that was just opened is mirrored within a moment. */
export async function ensureApiKey(parts: {
  readonly url: string;
  readonly adminToken: string;
  readonly account: number;
  readonly file: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { url, adminToken, account, file, clock, signal } = parts;
  const kept = (await readFileIfThere(file))?.trim();
  if (kept !== undefined && kept !== "") {
    const lane = await createCortensor({ baseUrl: url, apiKey: kept })
      .lane({ signal })
      .catch((error: unknown) => {
        if (error instanceof SdkError && error.data.code === "SDK_REFUSED") return undefined;
        throw error;
      });
    if (lane?.account === account) return kept;
  }
  const admin = createCortensor({ baseUrl: url, adminToken });
  for (;;) {
    try {
      const { key } = await admin.createKey({ account, name: "local" }, { signal });
      await writeFileWhole(file, `${key}\n`);
      return key;
    } catch (error) {
      if (!(error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.reason === "key_refused"))
        throw error;
    }
    await clock.sleep(LOOK_MS, signal);
  }
}
