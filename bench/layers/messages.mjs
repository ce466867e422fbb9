import { registerNode, sendAnchor } from "@cortensor/chain";
import {
  addressOfPrivateKey,
  bytesToHex,
  encodeQuorum,
  epochStart,
  guardSet,
  keccak256,
  parseAddress,
  recordEpochAt,
  signDigest,
  toCompactSignature,
  utf8ToBytes,
} from "@cortensor/protocol";
import { attestationsAbi } from "../../packages/chain/dist/generated/Attestations.js";
import { bridgedCorAbi } from "../../packages/chain/dist/generated/BridgedCor.js";
import { corAbi } from "../../packages/chain/dist/generated/Cor.js";
import { corVaultAbi } from "../../packages/chain/dist/generated/CorVault.js";
import { guardSetsAbi } from "../../packages/chain/dist/generated/GuardSets.js";
import { registryReporterAbi } from "../../packages/chain/dist/generated/RegistryReporter.js";
import { stakeVaultAbi } from "../../packages/chain/dist/generated/StakeVault.js";

const COR = 10n ** 18n;
const PLENTY_WEI = 100_000n * COR;
/** As many nodes as a report takes: what a messenger sends at once. */
const REPORT_MAX = 32;
const RESULTS_KIND = 1;

/** Keys and accounts that nothing was sent to before: what crosses to them pays for new storage, as the first time does. */
let used = 0;
const freshKey = () => {
  used += 1;
  return keccak256(utf8ToBytes(`bench layers ${used}`));
};
const freshAccount = () => addressOfPrivateKey(freshKey());

/** One call a message. */
const each = async (count, send) => {
  const sent = [];
  for (let index = 0; index < count; index += 1) sent.push(await send(index));
  return sent;
};

/** COR of the user's that is locked above. */
function lock({ chains, at }, to, amountWei) {
  return chains.l1.user.call({ to: at("l1", "corVault"), abi: corVaultAbi, name: "lock", args: [to, amountWei] });
}

function stake({ chains, at }, operator, amountWei) {
  const args = [operator, amountWei];
  return chains.l1.user.call({ to: at("l1", "stakeVault"), abi: stakeVaultAbi, name: "stake", args });
}

async function register({ chains, at }, roles) {
  const { user } = chains.l1;
  const profile = { chainId: user.chainId, addresses: { registry: at("l1", "registry") } };
  const signerKey = freshKey();
  const [sealingKey, kernelClass] = [keccak256(signerKey), keccak256("0x01")];
  const node = {
    roles,
    signerKey,
    sealingKey,
    kernelClass,
    peerId: "a peer's own name of fifty-two characters, or so",
  };
  const writer = { ...user, ...user.sender, profile };
  const { signer } = await registerNode({ ...writer, home: writer }, node);
  return { signer, signerKey };
}

function reportNodes({ chains, at }, signers) {
  const to = at("l1", "registryReporter");
  return chains.l1.user.call({ to, abi: registryReporterAbi, name: "report", args: [signers] });
}

/** What crosses: from where, what has to be ready before, and the calls that send so many. */
export const CROSSINGS = [
  {
    ...{ text: "COR down", from: "l1", to: "l2" },
    send: (network, count) => each(count, () => lock(network, freshAccount(), COR)),
  },
  {
    ...{ text: "COR up", from: "l2", to: "l1" },
    ready: async (network, count) => {
      await network.sendAndCarry("l1", "l2", () => each(1, () => lock(network, network.user, BigInt(count) * COR)));
    },
    send: ({ chains, at }, count) =>
      each(count, () => {
        const args = [freshAccount(), COR];
        return chains.l2.user.call({ to: at("l2", "cor"), abi: bridgedCorAbi, name: "withdraw", args });
      }),
  },
  {
    ...{ text: "stake", from: "l1", to: "l2" },
    send: (network, count) => each(count, () => stake(network, freshAccount(), COR)),
  },
  {
    ...{ text: "node", from: "l1", to: "l2" },
    ready: (network, count) => each(count, async () => (await register(network, ["miner"])).signer),
    send: (network, count, signers) =>
      each(Math.ceil(count / REPORT_MAX), (call) =>
        reportNodes(network, signers.slice(call * REPORT_MAX, (call + 1) * REPORT_MAX)),
      ),
  },
];

/** Roots of many L3s in one anchor: `count` is of roots, which make one message. Last of all: from then on the L2's own guards sign for its links. */
export const ANCHOR = {
  ...{ text: "anchored root", from: "l2", to: "l1" },
  messagesOf: () => 1,
  ready: attestRoots,
  send: async ({ chains, at }, _count, refs) => [
    await sendAnchor(chains.l2.guard.sender, { anchorSender: at("l2", "anchorSender"), refs }),
  ],
};

/** Lets the vaults take what the user gives. */
export async function allowVaults({ chains, at }) {
  for (const vault of ["corVault", "stakeVault"]) {
    const args = [at("l1", vault), PLENTY_WEI];
    await chains.l1.user.call({ to: at("l1", "cor"), abi: corAbi, name: "approve", args });
  }
}

/** A guard of the L2's own, of a node that the L1 told it of, in a set that is fixed. */
export async function fixGuard(network) {
  const { chains, at, times } = network;
  const guard = await register(network, ["guard"]);
  await network.sendAndCarry("l1", "l2", async () => [
    await reportNodes(network, [guard.signer]),
    await stake(network, network.user, 2n * COR),
  ]);
  const sets = { to: at("l2", "guardSets"), abi: guardSetsAbi };
  await chains.l2.user.call({ ...sets, name: "join", args: [guard.signer] });
  const epoch = Math.floor(((await chains.l2.user.now()) - times.t0) / times.epochSeconds) + 2;
  await network.passTo(epochStart(times, epoch));
  await chains.l2.user.call({ ...sets, name: "fixSet", args: [BigInt(epoch)] });
  return { ...guard, epoch };
}

/** Roots of so many chains of one epoch, as the guard attests each; resolves to what names them. */
async function attestRoots(network, count) {
  const { chains, at, times, guard } = network;
  const { user } = chains.l2;
  const epoch = Math.max(guard.epoch, recordEpochAt(times, await user.now()));
  const sets = { to: at("l2", "guardSets"), abi: guardSetsAbi };
  await network.passTo(epochStart(times, epoch) + 1);
  const fixed = await user.read({ ...sets, name: "setHashAt", args: [BigInt(epoch)] });
  if (BigInt(fixed) === 0n) await user.call({ ...sets, name: "fixSet", args: [BigInt(epoch)] });
  await network.passTo(epochStart(times, epoch + 1) + 1);
  const attestations = { to: at("l2", "attestations"), abi: attestationsAbi };
  const set = guardSet(epoch, [{ guard: parseAddress(guard.signer), stakeWei: 2n * COR }]);
  const refs = Array.from({ length: count }, (_, index) => ({
    subjectChainId: 90_000 + index,
    kind: "results",
    epoch,
  }));
  for (const { subjectChainId } of refs) {
    const root = keccak256(utf8ToBytes(`root ${subjectChainId} ${epoch}`));
    const attested = { subjectChainId: BigInt(subjectChainId), kind: RESULTS_KIND, epoch: BigInt(epoch), root };
    const digest = await user.read({ ...attestations, name: "digestOf", args: [attested] });
    const signature = toCompactSignature(signDigest(digest, guard.signerKey));
    const packed = bytesToHex(encodeQuorum(set, [{ guard: parseAddress(guard.signer), signature }]));
    await chains.l2.guard.call({ ...attestations, name: "post", args: [attested, packed] });
  }
  return refs;
}
