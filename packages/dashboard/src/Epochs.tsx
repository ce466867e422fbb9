import type { Cortensor } from "@cortensor/sdk";
import { useState } from "react";
import { EpochTable } from "./EpochTable.js";
import { EpochView } from "./EpochView.js";
import { RunningEpoch } from "./RunningEpoch.js";
import { useEpochs } from "./useEpochs.js";
import { VirtualBlocks } from "./VirtualBlocks.js";
import { VirtualBlockView } from "./VirtualBlockView.js";

/** The page of epochs: who guards the running one, what was posted of the last ones, and their virtual blocks. */
export function Epochs({ client }: { readonly client: Cortensor }) {
  const { view, problem } = useEpochs(client);
  const [shownEpoch, showEpoch] = useState<number>();
  const [shownBlock, showBlock] = useState<number>();
  const shown = view?.epochs.find(({ epoch }) => epoch === shownEpoch);
  return (
    <>
      <div>
        {problem !== undefined && (
          <p className="bad" role="status">
            {problem}
          </p>
        )}
        {view === undefined ? <p className="soft">Reading the chain…</p> : <RunningEpoch view={view} />}
        {shown !== undefined && <EpochView of={shown} />}
        {shownBlock !== undefined && <VirtualBlockView client={client} epoch={shownBlock} />}
      </div>
      <div>
        {view !== undefined && <EpochTable epochs={view.epochs} onEpoch={showEpoch} />}
        {view !== undefined && <VirtualBlocks epochs={view.epochs} onBlock={showBlock} />}
      </div>
    </>
  );
}
