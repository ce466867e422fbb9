import { beaconText, type EpochRow, quorumText, rootsText } from "./epochText.js";

type EpochTableProps = { readonly epochs: readonly EpochRow[]; readonly onEpoch: (epoch: number) => void };

/** The last epochs: what was posted of them. */
export function EpochTable({ epochs, onEpoch }: EpochTableProps) {
  return (
    <section aria-labelledby="epochs-title">
      <h2 id="epochs-title">Epochs that are over</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col">Roots</th>
            <th scope="col">Signatures</th>
            <th scope="col">Beacon</th>
          </tr>
        </thead>
        <tbody>
          {epochs.map((row) => (
            <tr key={row.epoch}>
              <td>
                <button type="button" className="link" onClick={() => onEpoch(row.epoch)}>
                  {row.epoch}
                </button>
              </td>
              <td className={row.missing.length === 0 || row.isOpen ? undefined : "bad"}>{rootsText(row)}</td>
              <td>{quorumText(row)}</td>
              <td>{beaconText(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {epochs.length === 0 && <p className="soft">None yet.</p>}
    </section>
  );
}
