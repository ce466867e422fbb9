import type { Cortensor, EpochsView } from "@cortensor/sdk";
import { useCallback } from "react";
import { type Refreshed, useRefreshed } from "./useRefreshed.js";

const REFRESH_MS = 2_000;

/** Reads the router's view of epochs every few seconds. */
export function useEpochs(client: Cortensor): Refreshed<EpochsView> {
  const read = useCallback((signal: AbortSignal) => client.epochs({ signal }), [client]);
  return useRefreshed(read, REFRESH_MS);
}
