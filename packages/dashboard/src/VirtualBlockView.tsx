import type { Cortensor, ShownVirtualBlock } from "@cortensor/sdk";
import { useEffect, useState } from "react";
import { shortHex } from "./format.js";

type VirtualBlockProps = { readonly client: Cortensor; readonly epoch: number };

/** One virtual block: what it covers and counts, and which guards show it. */
export function VirtualBlockView({ client, epoch }: VirtualBlockProps) {
  const [shown, setShown] = useState<ShownVirtualBlock>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    setShown(undefined);
    setProblem(undefined);
    client
      .virtualBlock(epoch, { signal: stop.signal })
      .then(setShown)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => stop.abort();
  }, [client, epoch]);
  return (
    <section aria-labelledby="virtual-block-title">
      <h2 id="virtual-block-title">Virtual block of epoch {epoch}</h2>
      {problem !== undefined && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      {shown === undefined ? problem === undefined && <p className="soft">Asking guards…</p> : <Facts of={shown} />}
    </section>
  );
}

function Facts({ of: { block, hash, shownBy } }: { readonly of: ShownVirtualBlock }) {
  const { fromEpoch, epoch, tasksOpened, tasksClosed, dutyCount, chains, attestations, parentHash } = block;
  return (
    <dl>
      <dt>Hash</dt>
      <dd>
        <code>{hash}</code>, after <code>{shortHex(parentHash)}</code>
      </dd>
      <dt>Covers</dt>
      <dd>{fromEpoch === epoch ? `epoch ${epoch}` : `epochs ${fromEpoch} to ${epoch}`}</dd>
      <dt>Tasks</dt>
      <dd>
        {tasksOpened} began, {tasksClosed} ended
      </dd>
      <dt>Duties</dt>
      <dd>{dutyCount}</dd>
      {chains.map(({ chainId, fromBlock, toBlock, stateRoot }) => (
        <ChainRow key={chainId} of={{ chainId, fromBlock, toBlock, stateRoot }} />
      ))}
      <dt>Roots posted in it</dt>
      <dd>{attestations.map((one) => `${one.kind} of ${one.epoch}`).join(", ") || "none"}</dd>
      <dt>Shown by</dt>
      <dd>{shownBy.map(shortHex).join(", ")}</dd>
      <dt>Check it</dt>
      <dd>
        <code>cortensor audit vblock {epoch}</code>
      </dd>
    </dl>
  );
}

type Chain = Pick<ShownVirtualBlock["block"]["chains"][number], "chainId" | "fromBlock" | "toBlock" | "stateRoot">;

function ChainRow({ of: { chainId, fromBlock, toBlock, stateRoot } }: { readonly of: Chain }) {
  return (
    <>
      <dt>Chain {chainId}</dt>
      <dd>
        blocks {fromBlock} to {toBlock}, state <code>{shortHex(stateRoot)}</code>
      </dd>
    </>
  );
}
