import type { NetworkView } from "@cortensor/sdk";
import { formatCor, formatLevels, formatLife, formatPing, formatVerification, shortHex } from "./format.js";

type NetworkProps = { readonly view: NetworkView | undefined; readonly problem: string | undefined };

/** The network as it is: totals and nodes. */
export function Network({ view, problem }: NetworkProps) {
  return (
    <section aria-labelledby="network-title">
      <h2 id="network-title">Network</h2>
      {problem !== undefined && (
        <p className="bad" role="status">
          {problem}
        </p>
      )}
      {view === undefined ? <p className="soft">Connecting…</p> : <View view={view} />}
    </section>
  );
}

function View({ view }: { readonly view: NetworkView }) {
  const { totals, router, miners } = view;
  return (
    <>
      <dl>
        <dt>Router</dt>
        <dd>
          <code>{shortHex(router.address)}</code> of <code>{shortHex(router.operator)}</code>
        </dd>
        <dt>Tasks</dt>
        <dd>
          {totals.tasks} ({totals.tokensOut} tokens out)
        </dd>
        <dt>Receipts</dt>
        <dd>
          {totals.receipts}, {totals.settledReceipts} settled on chain
        </dd>
        <dt>Fees</dt>
        <dd>{formatCor(totals.feesWei)}</dd>
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">Miner</th>
            <th scope="col">Models</th>
            <th scope="col">Running</th>
            <th scope="col">Tokens/s</th>
            <th scope="col">Verified</th>
            <th scope="col">Level</th>
            <th scope="col">State</th>
            <th scope="col">Last ping</th>
          </tr>
        </thead>
        <tbody>
          {miners.map((miner) => (
            <tr key={miner.address}>
              <td>
                <code>{shortHex(miner.address)}</code>
              </td>
              <td>{miner.models.join(", ")}</td>
              <td>
                {miner.running} + {miner.queued} waiting
              </td>
              <td>{Math.round(miner.tokensPerSecond)}</td>
              <td>{formatVerification(miner)}</td>
              <td title={formatLevels(miner.life?.levels ?? [])}>{miner.level}</td>
              <td>{formatLife(miner.life)}</td>
              <td>{formatPing(miner.life)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {miners.length === 0 && <p className="soft">No miner is connected yet.</p>}
    </>
  );
}
