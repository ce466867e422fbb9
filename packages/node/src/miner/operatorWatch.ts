import type { Address } from "@cortensor/protocol";
import type { MinerChain } from "./minerChain.js";

/** What stands behind an operator's promises to this miner, as the chain last said. */
export type Standing = {
  readonly bondWei: bigint;
  /** What settlements have credited to this miner in the operator's lane, in all. */
  readonly creditedWei: bigint;
};

const NOTHING: Standing = { bondWei: 0n, creditedWei: 0n };

/** Bond and credit of each operator served, read once per poll and not for each task. */
export class OperatorWatch {
  readonly #parts: { readonly chain: Pick<MinerChain, "readBondWei" | "readCreditedWei">; readonly self: Address };
  readonly #standings = new Map<Address, Standing>();

  constructor(parts: { readonly chain: Pick<MinerChain, "readBondWei" | "readCreditedWei">; readonly self: Address }) {
    this.#parts = parts;
  }

  /** Nothing for an operator that was never looked at. */
  of(operator: Address): Standing {
    return this.#standings.get(operator) ?? NOTHING;
  }

  /** Looks at an operator now. What can't be read stays as it was, and rejects. */
  async look(operator: Address): Promise<Standing> {
    const { chain, self } = this.#parts;
    const [bondWei, creditedWei] = await Promise.all([
      chain.readBondWei(operator),
      chain.readCreditedWei({ operator, payee: self }),
    ]);
    const standing = { bondWei, creditedWei };
    this.#standings.set(operator, standing);
    return standing;
  }
}
