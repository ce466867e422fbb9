import type { ReceiptDocument } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { Bytes32 } from "@cortensor/protocol";

/** A task's receipt with its proof. Only durable ones are shown: what is shown must outlive a crash. */
export async function findDocument(
  books: Pick<Books, "findReceipt">,
  taskId: Bytes32,
): Promise<ReceiptDocument | undefined> {
  const booked = await books.findReceipt(taskId);
  if (booked === undefined) return undefined;
  const { receipt, payees, results, proof, createdAtMs, label, sealing } = booked;
  const document = { receipt, payees, results, proof, custody: receipt.custody, acknowledgedAtMs: createdAtMs };
  return { ...document, ...(label === undefined ? {} : { label }), ...(sealing === undefined ? {} : { sealing }) };
}
