import { type ChainReader, readCommittedVerdicts, readDutyRound, readHead } from "@cortensor/chain";
import type { Address, Bytes32, DutyShow } from "@cortensor/protocol";
import type { CheckTask, ValidatorParts } from "../validator/index.js";
import { SAYS_PASSED } from "./sayUnseen.js";

/** Blocks back in which an epoch's steps are looked for: more than three epochs of any network. */
const BLOCKS_MAX = 4_096n;

/** What a copier sees of the others on chain, in its order. */
export type OthersVerdicts = {
  committed(epoch: number): Promise<readonly { readonly validator: Address; readonly commitment: Bytes32 }[]>;
  shown(epoch: number): Promise<readonly DutyShow[]>;
};

/** The others, as anybody sees them. */
export function createOthersVerdicts(chain: ChainReader): OthersVerdicts {
  const latest = async () => {
    const toBlock = (await readHead(chain)).blockNumber;
    const first = chain.profile.deployBlock;
    const fromBlock = toBlock - first > BLOCKS_MAX ? toBlock - BLOCKS_MAX : first;
    return { fromBlock, toBlock };
  };
  return {
    committed: async (epoch) => readCommittedVerdicts(chain, { epoch, ...(await latest()) }),
    shown: async (epoch) => (await readDutyRound(chain, { epoch, ...(await latest()) })).shows,
  };
}

/**
 * Looks at no task. It waits until another has committed to verdicts, commits to the same, and shows the document and the outcomes that the first
 * other one has shown, under its own secret.
 */
export function copyVerdicts(
  parts: ValidatorParts,
  others: OthersVerdicts,
): Pick<ValidatorParts, "chain"> & { readonly check: CheckTask } {
  const { chain, signer, clock, config } = parts;
  const isOther = ({ validator }: { readonly validator: Address }): boolean => validator !== signer.address;
  const firstCommitted = async (epoch: number) => (await others.committed(epoch)).find(isOther);
  return {
    check: async ({ epoch }, signal) => {
      while ((await firstCommitted(epoch)) === undefined) await clock.sleep(config.pollMs, signal);
      return SAYS_PASSED;
    },
    chain: {
      ...chain,
      commitVerdicts: async (own) => {
        const commitment = (await firstCommitted(own.epoch))?.commitment ?? own.commitment;
        await chain.commitVerdicts({ ...own, commitment });
      },
      show: async (own) => {
        const { documentCid, outcomes } = (await others.shown(own.epoch)).find(isOther) ?? own;
        await chain.show({ ...own, documentCid, outcomes });
      },
    },
  };
}
