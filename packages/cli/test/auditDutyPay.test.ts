import {
  claimDutyPay,
  collectDutyFees,
  commitDuty,
  commitVerdicts,
  fixGuardSet,
  joinGuards,
  postAttestation,
  readGuardSet,
  readHead,
  registerNode,
  showDuties,
  stake,
} from "@cortensor/chain";
import {
  type AttestationKind,
  type Bytes32,
  cutOffOf,
  drawOwnDuties,
  dutyCommitment,
  dutyVerdictsCommitment,
  encodeOutcomes,
  encodeQuorum,
  epochRoot,
  epochStart,
  guardsDomain,
  recordEpochAt,
  signAttestation,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { auditEpoch } from "../src/audit/auditEpoch.js";
import { openPublicData } from "../src/audit/publicData.js";
import { resultsOf, type SettlingNetwork, startSettlingNetwork } from "./settlingNetwork.js";

/** Long enough that no window closes while a slow machine works in it. */
const EPOCH_SECONDS = 600;
/** Anvil's account that owns the guard, and the guard's own: alone it is a quorum, and every task's only validator. */
const [OWNER, GUARD] = [3, 6];
const miner = `0x${"11".repeat(20)}` as const;
const secret = `0x${"5e".repeat(32)}` as const;
const { signal } = new AbortController();

describe("auditing what validators have earned", { timeout: 120_000 }, () => {
  let network: SettlingNetwork;
  beforeAll(async () => {
    network = await startSettlingNetwork(EPOCH_SECONDS);
    const owner = network.writerOf(OWNER);
    await stake(network.writerOf(0), { operator: owner.account, wei: 1_000n * 10n ** 18n });
    await registerNode(owner, { signerKey: anvilKey(GUARD), roles: ["guard"] });
    await joinGuards(owner, network.writerOf(GUARD).account);
  }, 120_000);
  afterAll(() => network?.stop());

  const open = () => openPublicData(network.profile, { readSet: network.readSet, signal });
  const post = async (epoch: number, kind: AttestationKind, root: Bytes32): Promise<void> => {
    const { profile } = network;
    const guard = network.writerOf(GUARD);
    const domain = guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations });
    const attestation = { subjectChainId: profile.chainId, kind, epoch, root };
    const { signature } = signAttestation(domain, attestation, anvilKey(GUARD));
    const quorum = encodeQuorum(await readGuardSet(guard, epoch), [{ guard: guard.account, signature }]);
    await postAttestation(guard, { attestation, quorum });
  };

  it("computes it to the wei, and names a root and a payment of another amount", async () => {
    const { profile, settle, goTo, writerOf, operator } = network;
    const { chainId, addresses } = profile;
    const guard = writerOf(GUARD);
    const validator = guard.account;
    const running = recordEpochAt(profile, (await readHead(guard)).timestamp);
    const epoch = running + 2;
    await goTo(cutOffOf(profile, running));
    await fixGuardSet(guard, running + 1);
    await goTo(epochStart(profile, epoch - 1));
    await commitDuty(guard, { epoch, commitment: dutyCommitment({ chainId, epoch, validator, secret }) });
    await goTo(cutOffOf(profile, epoch - 1));
    await settle([miner, addresses.dutyPay].map((payee, index) => ({ index, miner: payee })));
    await goTo(epochStart(profile, epoch + 1));
    await post(epoch, "results", resultsOf(0));
    const drawn = await open().work.board.drawnFrom(epoch, signal);
    if (drawn.kind !== "tasks") expect.unreachable(drawn.kind);
    const own = drawOwnDuties({ chainId, epoch, ...drawn, own: { validator, secret } });
    const outcomes = encodeOutcomes(own.map(() => "passed"));
    const shown = { chainId, epoch, validator, documentCid: resultsOf(1), outcomes };
    await commitVerdicts(guard, { epoch, commitment: dutyVerdictsCommitment(shown) });
    await goTo(epochStart(profile, epoch + 2));
    await showDuties(guard, { ...shown, secret });

    const of = epoch + 2;
    await goTo(epochStart(profile, of + 1));
    const lie = epochRoot(
      { subjectChainId: chainId, fromEpoch: 0, epoch: of },
      { kind: "dutyPay", leaves: [{ validator, earnedWei: 7n }] },
    );
    await post(of, "dutyPay", lie.root);
    await collectDutyFees(guard, [operator.account]);
    await claimDutyPay(guard, { validator, earnedWei: 7n, parts: lie.parts, path: lie.pathOf(0) });
    const { dutyPay, differences } = await auditEpoch(open(), of);
    expect([own.length, dutyPay]).toEqual([2, [{ validator, earnedWei: 8n }]]);
    expect(differences.map(({ what, where }) => [what, where])).toEqual([
      ["epochRoot", `dutyPay of epoch ${of}`],
      ["dutyPaid", `${validator} by the root of epoch ${of}`],
    ]);
    expect(differences.at(-1)).toMatchObject({ expected: "8", found: "7" });
  });
});
