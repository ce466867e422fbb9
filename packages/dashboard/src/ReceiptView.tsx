import type { Cortensor, FetchedReceipt } from "@cortensor/sdk";
import { useEffect, useState } from "react";
import { formatCor, shortHex } from "./format.js";

/** A receipt is acknowledged within half a second; this leaves room for a busy router. */
const RECEIPT_WAIT_MS = 5_000;

type ReceiptProps = { readonly client: Cortensor; readonly id: `0x${string}` };

/** One receipt: what the task cost, whom it pays, and where it stands in the router's signed batch. */
export function ReceiptView({ client, id }: ReceiptProps) {
  const [receipt, setReceipt] = useState<FetchedReceipt>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    setReceipt(undefined);
    setProblem(undefined);
    client
      .receipt(id, { waitMs: RECEIPT_WAIT_MS, signal: stop.signal })
      .then(setReceipt)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => stop.abort();
  }, [client, id]);
  return (
    <section aria-labelledby="receipt-title">
      <h2 id="receipt-title">
        Receipt <code>{shortHex(id)}</code>
      </h2>
      {problem !== undefined && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      {receipt === undefined ? problem === undefined && <p className="soft">Fetching…</p> : <Facts of={receipt} />}
    </section>
  );
}

function Facts({ of: { receipt, payees, proof } }: { readonly of: FetchedReceipt }) {
  return (
    <dl>
      <dt>Fee</dt>
      <dd>
        {formatCor(receipt.feeWei)} for {receipt.nIn} tokens in, {receipt.nOut} out
      </dd>
      <dt>Custody</dt>
      <dd>{receipt.custody}</dd>
      {payees.map((payee) => (
        <PayeeRow key={`${payee.replica}.${payee.segment}`} payee={payee} />
      ))}
      <dt>Signed by</dt>
      <dd>
        <code>{proof.signer}</code>, leaf of a batch of {proof.batch.count}
      </dd>
      <dt>Check it</dt>
      <dd>
        <code>cortensor receipt verify {receipt.taskId}</code>
      </dd>
    </dl>
  );
}

function PayeeRow({ payee }: { readonly payee: FetchedReceipt["payees"][number] }) {
  return (
    <>
      <dt>Pays</dt>
      <dd>
        {formatCor(payee.wei)} to <code>{shortHex(payee.miner)}</code> for tokens {payee.from}–{payee.to}
      </dd>
    </>
  );
}
