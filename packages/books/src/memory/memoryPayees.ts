import type { Address, Bytes32 } from "@cortensor/protocol";
import { assertPayees } from "../assertInput.js";
import type { Books, PayeeBooks, SegmentProof, SettlementCredit } from "../books.js";
import { assertCreditsFollow } from "../creditSteps.js";
import { byPayee, type PayeeEntry, paidSegmentLeaf, sumOfNets } from "../payeeEntries.js";
import { appendLeaves, EMPTY_RECEIPT_TREE, LeafTrail, type ReceiptTree, rootOfReceiptTree } from "../receiptTree.js";

type Payee = { cumulativeWei: bigint; creditedWei: bigint; tree: ReceiptTree; readonly leaves: Bytes32[] };

/** What the lane owes each payee. */
export class MemoryPayees {
  readonly #payees = new Map<Address, Payee>();

  add(entries: readonly PayeeEntry[]): void {
    for (const [address, own] of byPayee(entries)) {
      const payee = this.#payeeOf(address);
      const leaves = own.map(({ leaf }) => leaf);
      payee.cumulativeWei += sumOfNets(own);
      payee.tree = appendLeaves(payee.tree, leaves);
      payee.leaves.push(...leaves);
    }
  }

  status(payees: readonly Address[]): readonly PayeeBooks[] {
    assertPayees(payees);
    return payees.map((address) => {
      const payee = address.toLowerCase() as Address;
      const { cumulativeWei, creditedWei, tree } = this.#payees.get(payee) ?? newPayee();
      return { payee, cumulativeWei, count: tree.count, receiptsRoot: rootOfReceiptTree(tree), creditedWei };
    });
  }

  prove(request: Parameters<Books["provePaidSegment"]>[0]): SegmentProof | undefined {
    const { count } = request;
    const leaves = this.#payees.get(request.payee.toLowerCase() as Address)?.leaves ?? [];
    if (leaves.length < count) return undefined;
    const wanted = paidSegmentLeaf(request.segment);
    const trail = new LeafTrail();
    for (const leaf of leaves.slice(0, count)) trail.add(leaf, leaf === wanted);
    const found = trail.end();
    return found && { index: found.index, count, receiptsRoot: found.root, path: found.path };
  }

  credit(id: Bytes32, credits: readonly SettlementCredit[]): void {
    assertCreditsFollow({ id, credits, creditedWeiOf: (payee) => this.#payees.get(payee)?.creditedWei ?? 0n });
    for (const { payee, wei } of credits) this.#payeeOf(payee).creditedWei += wei;
  }

  uncredit(credits: readonly SettlementCredit[]): void {
    for (const { payee, wei } of credits) this.#payeeOf(payee).creditedWei -= wei;
  }

  #payeeOf(address: Address): Payee {
    const payee = this.#payees.get(address) ?? newPayee();
    this.#payees.set(address, payee);
    return payee;
  }
}

function newPayee(): Payee {
  return { cumulativeWei: 0n, creditedWei: 0n, tree: EMPTY_RECEIPT_TREE, leaves: [] };
}
