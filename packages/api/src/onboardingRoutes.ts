import { isBytes32, type OnboardingOrder } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiError } from "./apiError.js";
import { addressField, bytes32Field, weiField } from "./hexField.js";
import { sendJson } from "./networkRoutes.js";
import type { OnboardingDesk, OnboardingRefusal } from "./onboardingDesk.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

const UINT_16 = 65_535;
const UINT_8 = 255;
const UINT_32 = 4_294_967_295;
const chainIdField = z.int().positive();
const secondsField = z.int().min(1);
/** Money that contracts keep in 96 bits. */
const keptWeiField = weiField.refine((wei) => wei < 1n << 96n, "must be below 2^96");
/** One key's signature, as the token takes it: no wallet contract's. */
const keySignatureField = z
  .string()
  .regex(/^0x[0-9a-fA-F]{130}$/, "must be 65 bytes of hex with 0x")
  .transform((text): `0x${string}` => `0x${text.slice(2).toLowerCase()}`);

const session = z.strictObject({
  name: z.string().min(1).max(64),
  metadata: z.string().max(512),
  minNumOfNodes: z.int().min(1).max(UINT_16),
  maxNumOfNodes: z.int().min(1).max(UINT_16),
  redundant: z.int().min(1).max(UINT_8),
  numOfValidatorNodes: z.int().min(0).max(UINT_8),
  mode: z.int().min(0).max(UINT_8),
  reserveEphemeralNodes: z.boolean(),
  sla: z.int().min(0).max(UINT_8),
  modelIdentifier: bytes32Field,
  reservePeriod: z.int().min(0).max(UINT_32),
  maxTaskExecutionCount: z.int().min(0).max(UINT_32),
  privacy: z.int().min(0).max(UINT_8),
  engine: z.int().min(0).max(UINT_8),
  auditMode: z.int().min(0).max(UINT_8),
});
const order = z.strictObject({
  source: z.strictObject({ chainId: chainIdField, cor: addressField }),
  transfer: z.strictObject({
    from: addressField,
    taker: addressField,
    amountWei: keptWeiField,
    nonce: bytes32Field,
    deadline: secondsField,
  }),
  terms: z.strictObject({
    toChainId: chainIdField,
    onboarding: addressField,
    sponsor: addressField,
    feeMaxWei: weiField,
    router: addressField,
    key: addressField,
    capPerEpochWei: keptWeiField,
    totalCapWei: keptWeiField,
    expires: z.int().min(0),
    session,
  }),
});
const signedOrder = z.strictObject({ order, signature: keySignatureField });

const STATUS: Readonly<Record<OnboardingRefusal, Pick<ApiError, "status" | "type">>> = {
  order_foreign: { status: 400, type: "invalid_request_error" },
  order_unsigned: { status: 400, type: "invalid_request_error" },
  order_expired: { status: 400, type: "invalid_request_error" },
  order_below: { status: 402, type: "invalid_request_error" },
  order_unpayable: { status: 409, type: "invalid_request_error" },
  sponsor_limit: { status: 429, type: "rate_limit_error" },
  sponsor_unable: { status: 503, type: "server_error" },
};

/**
 * `/api/v1/onboarding`: what this router sponsors; `POST` an order that a wallet signed; `/api/v1/onboarding/{digest}`: how far it is. Public:
 * an order's signature is all that it needs, and all that it says is on chain once it is sent.
 */
export function addOnboardingRoutes(server: FastifyInstance, desk: OnboardingDesk): void {
  server.get("/api/v1/onboarding", (_request, reply) => sendJson(reply, desk.offer()));
  server.post("/api/v1/onboarding", async (request, reply) => {
    const parsed = signedOrder.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const taken: OnboardingOrder = parsed.data.order;
    const outcome = await desk.submit({ order: taken, signature: parsed.data.signature });
    if (outcome.kind === "taken") return sendJson(reply.code(202), outcome.state);
    const { code, message } = outcome;
    const wait = STATUS[code].status === 429 ? { retryAfterSeconds: 60 } : {};
    return sendProblem(reply, { ...STATUS[code], code, message, ...wait });
  });
  server.get<{ Params: { digest: string } }>("/api/v1/onboarding/:digest", (request, reply) => {
    const digest = request.params.digest.toLowerCase();
    const state = isBytes32(digest) ? desk.find(digest) : undefined;
    return state === undefined ? sendProblem(reply, UNKNOWN) : sendJson(reply, state);
  });
}

const UNKNOWN: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "order_not_found",
  message: "That order isn't known here. Send it again: an order is never brought twice.",
};
