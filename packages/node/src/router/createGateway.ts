import type { Caller, Gateway, ServiceStatus } from "@cortensor/api";
import { type Eip712Domain, guardsDomain, paymentDomain, serviceLevelOf } from "@cortensor/protocol";
import type { SignatureCounter } from "../host/index.js";
import type { Authenticator } from "./authenticate.js";
import { createCaseDesk } from "./caseDesk.js";
import { batchDomain } from "./createCore.js";
import { createDutyDesk } from "./dutyDesk.js";
import { createEmbed } from "./embed.js";
import { createEvidenceDesk } from "./evidenceDesk.js";
import { createDataGateway } from "./files/createDataGateway.js";
import type { IndexWork } from "./files/indexWork.js";
import { findDocument } from "./findDocument.js";
import { createInfer } from "./infer.js";
import { createKeyDesk } from "./keyDesk.js";
import { createLaneDesk } from "./laneDesk.js";
import type { NetworkObserver } from "./networkView.js";
import { createQueueGateway } from "./queue/createQueueGateway.js";
import type { QueueDesk } from "./queue/queueDesk.js";
import { createQuote } from "./quote.js";
import type { RouterCore } from "./routerCore.js";
import type { RouterParts } from "./routerParts.js";
import { createSealedDesk } from "./sealed/sealedDesk.js";
import { createSinkGateway } from "./sinks/createSinkGateway.js";
import type { SinkDesk } from "./sinks/sinkDesk.js";
import { createWalletAccess } from "./walletAccess.js";

/** The SessionPayment contract's domain, under which clients sign. */
export function moneyDomain({ chain }: Pick<RouterParts, "chain">): Eip712Domain {
  const { chainId, addresses } = chain.profile;
  return paymentDomain({ chainId, payment: addresses.sessionPayment });
}

/** The Attestations contract's domain, under which guards and validators sign. */
function attestationDomain({ chain }: Pick<RouterParts, "chain">): Eip712Domain {
  const { chainId, addresses } = chain.profile;
  return guardsDomain({ chainId, guards: addresses.attestations });
}

/** What the routes serve, each from the part that knows it. */
export function createGateway(
  parts: RouterParts,
  served: {
    readonly core: RouterCore;
    readonly authenticator: Authenticator;
    readonly observer: NetworkObserver;
    readonly signatures: SignatureCounter;
    readonly queue: QueueDesk | undefined;
    readonly sinks: SinkDesk | undefined;
    readonly files: IndexWork | undefined;
    readonly health: Gateway["health"];
  },
): Gateway {
  const { books, randomBytes32, config } = parts;
  const { core, authenticator, observer, signatures, queue, sinks, files, health } = served;
  const domain = moneyDomain(parts);
  const shown = { books, bodies: parts.bodies };
  const spenders = parts.spenders.map(({ address }) => address);
  const { lane, acceptDebit } = createLaneDesk({ ...core, domain, signatures, spenders });
  return {
    authenticate: (bearer) => authenticator.authenticate(bearer),
    models: () => core.board.cards,
    infer: createInfer(core),
    embed: createEmbed(core),
    quote: createQuote(core),
    findSettlementSet: (setCid) => books.findSettlementSet(setCid),
    findReceipt: (taskId) => findDocument(books, taskId),
    lane,
    service: (caller) => readService(core, caller),
    acceptDebit,
    openAccess: createWalletAccess({
      lane: core.operator,
      domain,
      books,
      signatures,
      nowSeconds: () => core.time.chainSeconds(),
      randomBytes32,
    }),
    keys: createKeyDesk({
      adminToken: config.adminToken?.expose(),
      books,
      randomBytes32,
      onChanged: (keyHash) => authenticator.forget(keyHash),
    }),
    evidence: createEvidenceDesk({
      auditorToken: config.auditorToken?.expose(),
      books,
      proofs: core.proofs,
      board: core.board,
      bodies: parts.bodies,
      clock: parts.clock,
      log: parts.log,
    }),
    duties: createDutyDesk({
      ...{ ...core, ...shown, chain: parts.chain, domain: attestationDomain(parts) },
      samples: parts.samples,
    }),
    cases: createCaseDesk({
      ...{ ...core, ...shown, chain: parts.chain, domain: attestationDomain(parts) },
      samples: parts.samples,
    }),
    queue: createQueueGateway(queue),
    sinks: createSinkGateway({ desk: sinks, sessions: core.sessions, clock: parts.clock }),
    ...dataOf(parts, { core, files }),
    sealed: createSealedDesk(core, {
      ...{ connection: parts.connection, domain: batchDomain(parts), samples: parts.samples },
    }),
    network: () => observer.view(),
    watch: (listener, signal) => core.hub.watch(listener, signal),
    health,
  };
}

/** What is attached is embedded at once; a round's failures are in the log. */
function dataOf(
  { data }: Pick<RouterParts, "data">,
  { core, files }: { readonly core: RouterCore; readonly files: IndexWork | undefined },
): Pick<Gateway, "data"> {
  if (data === undefined || files === undefined) return {};
  return { data: createDataGateway(core, { desk: data.desk, onAttached: () => void files.wake() }) };
}

/** Verdicts and credits shown at once. */
const CREDITS_SHOWN_MAX = 100;

/** Read from the books: what a crash can't take back. */
async function readService({ books, sessions }: RouterCore, { account }: Caller): Promise<ServiceStatus> {
  const { sla = 0 } = (await sessions.termsOf(account)) ?? {};
  const promise = serviceLevelOf(sla);
  const booked = await books.sessionCredits({ account, limit: CREDITS_SHOWN_MAX });
  const credits = booked.map(({ account: _account, ...credit }) => credit);
  return { account, sla, ...(promise === undefined ? {} : { promise }), credits };
}
