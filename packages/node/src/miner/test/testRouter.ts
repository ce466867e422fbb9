import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Address,
  type CreditNote,
  type Hex,
  hashCreditNote,
  hashReceipt,
  hashResult,
  type Payee,
  payeesHash,
  type Receipt,
  type Result,
  registryDomain,
  resultsHash,
  splitsHash,
  splitsOf,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import {
  acceptLinks,
  type FromMiner,
  type Link,
  type LinkStream,
  type NoteNotice,
  type ReceiptNotice,
  type Start,
  type StartEmbedding,
  type StartSealed,
  WIRE_PATH,
} from "@cortensor/wire";
import { createIdentity, createLeafBatcher, createSignatureCounter } from "../../host/index.js";
import { CHAIN_ID, REGISTRY } from "./startMaker.js";

export const ROUTER_KEY: Hex = `0x${"11".repeat(32)}`;
export const OPERATOR: Address = `0x${"0e".repeat(20)}`;

/** What came of one task. */
export type Answer = {
  readonly messages: FromMiner[];
  readonly stream: LinkStream;
  /** Resolves when the stream is over. */
  readonly over: Promise<"end" | "malformed" | "linkClosed">;
  ids(): number[];
  text(): string;
  result(): Result;
  /** Resolves when a message of the kind has come. */
  until(kind: FromMiner["kind"], count?: number): Promise<void>;
};

export type AskOptions = { readonly acknowledges?: boolean; readonly endsStream?: boolean };

export type TestRouter = {
  readonly url: string;
  readonly address: Address;
  nextLink(): Promise<Link>;
  ask(link: Link, start: Start | StartSealed | StartEmbedding, options?: AskOptions): Answer;
  /** A receipt that pays `wei` for a result, in a signed batch of this router. */
  receiptFor(result: Result, wei: bigint, changes?: Partial<Receipt>): Promise<ReceiptNotice>;
  /** A credit note of so much to a miner, in a signed batch of this router. */
  noteFor(
    payee: Address,
    promised: Pick<CreditNote, "cumulativeWei" | "count">,
    changes?: Partial<CreditNote>,
  ): Promise<NoteNotice>;
  /** The batcher of the router's own words. */
  readonly batcher: ReturnType<typeof createLeafBatcher>;
  close(): Promise<void>;
};

/** A router that takes any miner, acknowledges each checkpoint, and pays when told. */
export async function testRouter(options: { readonly port?: number } = {}): Promise<TestRouter> {
  const clock = systemClock;
  const log = silentLogger;
  const signatures = createSignatureCounter(createMetrics());
  const signingKey = new Secret(ROUTER_KEY);
  const identity = createIdentity({
    role: "router",
    signingKey,
    chainId: CHAIN_ID,
    registry: REGISTRY,
    clock,
    signatures,
  });
  const domain = registryDomain({ chainId: CHAIN_ID, registry: REGISTRY });
  const server = createServer();
  const links: Link[] = [];
  const waiting: ((link: Link) => void)[] = [];
  const batcher = createLeafBatcher({
    signer: identity.signer,
    domain,
    clock,
    log,
    delayMs: 1,
    onNotice: (_peer, notice) => links.at(-1)?.notify("batch", notice),
  });
  const fresh: Link[] = [];
  const acceptor = acceptLinks({
    server,
    identity: identity.node,
    expectRole: "miner",
    authorise: (peer) => Promise.resolve({ kind: "granted", owner: peer.address }),
    onLink: (link) => {
      links.push(link);
      const waiter = waiting.shift();
      if (waiter === undefined) fresh.push(link);
      else waiter(link);
    },
    clock,
    log,
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${WIRE_PATH}`,
    address: identity.signer.address,
    batcher,
    nextLink: () => {
      const link = fresh.shift();
      return link === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(link);
    },
    ask,
    receiptFor: async (result, wei, changes = {}) => {
      const payee = { miner: result.miner, replica: result.replica, segment: result.segment };
      const payees: Payee[] = wei === 0n ? [] : [{ ...payee, from: result.from, to: result.to, wei }];
      const receipt = { ...receiptOf(result, payees), ...changes };
      return { receipt, payees, proof: await batcher.prove({ structHash: hashReceipt(receipt), peer: result.miner }) };
    },
    noteFor: async (payee, promised, changes = {}) => {
      const note = { operator: OPERATOR, payee, ...promised, receiptsRoot: ZERO_BYTES32, epoch: 12, ...changes };
      return { note, proof: await batcher.prove({ structHash: hashCreditNote(note) }) };
    },
    close: async () => {
      await acceptor.close("shutdown");
      await batcher.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function receiptOf(result: Result, payees: readonly Payee[]): Receipt {
  return {
    taskId: result.taskId,
    account: 7,
    operator: OPERATOR,
    resultsHash: resultsHash([hashResult(result)]),
    payeesHash: payeesHash(payees),
    feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n),
    nIn: result.nIn,
    nOut: result.nOut,
    custody: "custodial",
    finish: result.finish,
    epoch: 12,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  };
}

function ask(link: Link, start: Start | StartSealed | StartEmbedding, options: AskOptions = {}): Answer {
  const { acknowledges = true, endsStream = true } = options;
  const messages: FromMiner[] = [];
  const waiters: { readonly kind: string; count: number; readonly resolve: () => void }[] = [];
  const stream = link.open(start);
  const count = (kind: string): number => messages.filter((message) => message.kind === kind).length;
  stream.onMessage((message) => {
    if (message.kind === "start" || message.kind === "startEmbedding" || message.kind === "abort") return;
    if (message.kind === "acknowledged" || message.kind === "probe" || message.kind === "showBody") return;
    if (message.kind === "check" || message.kind === "showAnswer" || message.kind === "startSealed") return;
    messages.push(message);
    if (message.kind === "checkpoint" && acknowledges) {
      stream.send({ kind: "acknowledged", acknowledgement: message.checkpoint });
    }
    if ((message.kind === "result" || message.kind === "sealedResult") && endsStream) stream.end();
    for (const waiter of waiters) if (count(waiter.kind) >= waiter.count) waiter.resolve();
  });
  const tokens = () => messages.flatMap((message) => (message.kind === "tokens" ? [message] : []));
  return {
    messages,
    stream,
    over: stream.ended,
    ids: () => tokens().flatMap(({ ids }) => [...ids]),
    text: () => {
      const last = messages.find((message) => message.kind === "result");
      return (
        tokens()
          .map(({ text }) => text)
          .join("") + (last?.text ?? "")
      );
    },
    result: () => {
      const last = messages.find((message) => message.kind === "result");
      if (last === undefined) throw new Error(`no result, but ${messages.map(({ kind }) => kind).join(", ")}`);
      return last.result;
    },
    until: (kind, wanted = 1) =>
      count(kind) >= wanted
        ? Promise.resolve()
        : new Promise((resolve) => waiters.push({ kind, count: wanted, resolve })),
  };
}
