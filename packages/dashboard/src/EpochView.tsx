import { beaconText, coverageText, type EpochRow, rootsText } from "./epochText.js";
import { shortHex } from "./format.js";

/** One epoch that is over: each of its roots, with its quorum and its transaction. */
export function EpochView({ of }: { readonly of: EpochRow }) {
  const { epoch, guards, roots, beacon } = of;
  return (
    <section aria-labelledby="epoch-view-title">
      <h2 id="epoch-view-title">Roots of epoch {epoch}</h2>
      <dl>
        <dt>Roots</dt>
        <dd>{rootsText(of)}</dd>
        <dt>Virtual block</dt>
        <dd>{coverageText(of) ?? "none of its own"}</dd>
        <dt>Beacon</dt>
        <dd>
          {beaconText(of)} {beacon !== undefined && <code>{shortHex(beacon.beacon)}</code>}
        </dd>
        <dt>Check it</dt>
        <dd>
          <code>cortensor audit epoch {epoch}</code>
        </dd>
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Root</th>
            <th scope="col">Signed by</th>
            <th scope="col">Block</th>
            <th scope="col">Transaction</th>
          </tr>
        </thead>
        <tbody>
          {roots.map(({ kind, root, signatures, blockNumber, txHash }) => (
            <tr key={kind}>
              <td>{kind}</td>
              <td>
                <code>{shortHex(root)}</code>
              </td>
              <td>{signatures === undefined ? "…" : `${signatures} of ${guards}`}</td>
              <td>{blockNumber}</td>
              <td>
                <code>{shortHex(txHash)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
