import type { ChainReader } from "@cortensor/chain";
import { createGuardReader, createPublicDutyBooks, type DutyBoard, type FetchSet } from "@cortensor/node";
import { bytesToHex, sha256Bytes } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { ReadSet } from "./readSets.js";

/** Duties as public records have them: from the chain, and the sets that somebody shows. */
export function openDutyBoard(chain: ChainReader, readSet: ReadSet): DutyBoard {
  const fetchSet: FetchSet = async ({ setCid }) => {
    const bytes = await readSet(setCid);
    return bytes !== undefined && bytesToHex(sha256Bytes(bytes)) === setCid ? bytes : undefined;
  };
  return createPublicDutyBooks(createGuardReader(chain, systemClock), fetchSet).board;
}
