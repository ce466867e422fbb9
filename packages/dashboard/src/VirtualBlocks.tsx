import { coverageText, type EpochRow } from "./epochText.js";

type VirtualBlocksProps = { readonly epochs: readonly EpochRow[]; readonly onBlock: (epoch: number) => void };

/** The last virtual blocks, and the gaps that they cover. */
export function VirtualBlocks({ epochs, onBlock }: VirtualBlocksProps) {
  const blocks = epochs.filter((row) => coverageText(row) !== undefined);
  return (
    <section aria-labelledby="virtual-blocks-title">
      <h2 id="virtual-blocks-title">Virtual blocks</h2>
      {blocks.length === 0 && <p className="soft">None yet.</p>}
      <ul>
        {blocks.map((row) => (
          <li key={row.epoch}>
            <button type="button" className="link" onClick={() => onBlock(row.epoch)}>
              {coverageText(row)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
