import type { EpochsView } from "@cortensor/sdk";
import { formatSeconds } from "./epochText.js";
import { formatCor, shortHex } from "./format.js";

/** The epoch that runs: its time, its guards, and who leads when. */
export function RunningEpoch({ view }: { readonly view: EpochsView }) {
  const { epoch, atSeconds, cutOffAt, endsAt, guards, leaders, stakeWei } = view;
  const untilCutOff = cutOffAt - atSeconds;
  return (
    <section aria-labelledby="epoch-title">
      <h2 id="epoch-title">Epoch {epoch}</h2>
      <dl>
        <dt>Ends in</dt>
        <dd>{formatSeconds(endsAt - atSeconds)}</dd>
        <dt>Cut-off</dt>
        <dd>
          {untilCutOff > 0
            ? `in ${formatSeconds(untilCutOff)}`
            : "passed: what happens now is of the next epoch's records"}
        </dd>
        <dt>At stake</dt>
        <dd>{formatCor(stakeWei)}; more than two thirds are a quorum</dd>
        <dt>Leads first</dt>
        <dd>{leaders.length === 0 ? "nobody" : leaders.map(shortHex).join(", ")}</dd>
      </dl>
      <GuardTable guards={guards} />
    </section>
  );
}

function GuardTable({ guards }: { readonly guards: EpochsView["guards"] }) {
  if (guards.length === 0) return <p className="soft">Nobody guards it: no root is signed, and nobody else notices.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Guard</th>
          <th scope="col">Stake</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {guards.map((guard) => (
          <tr key={guard.guard}>
            <td>
              <code>{shortHex(guard.guard)}</code>
            </td>
            <td>{formatCor(guard.stakeWei)}</td>
            <td className={guard.isUp && !guard.isFrozen ? "good" : "bad"}>{stateOf(guard)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function stateOf({ isFrozen, isUp, endpoint }: EpochsView["guards"][number]): string {
  if (isFrozen) return "frozen: it signed two roots";
  if (endpoint === undefined) return "names no address";
  return isUp ? "up" : "doesn't answer";
}
