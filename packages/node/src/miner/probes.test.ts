import { verificationDigest } from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { answerHash, type Bytes32, challengeHash, probeOf, recoverSigner, tokenRootOf } from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import type { Link, OfferedModel, ProbeReply, ProbeRequest } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { createSealingKey, sealTo } from "../host/index.js";
import { setUp, tearDown } from "./test/setUpMiner.js";
import { CHAIN_ID, NOW_SECONDS, REGISTRY } from "./test/startMaker.js";
import { MINER, SEALING_KEY } from "./test/testMiner.js";

afterEach(tearDown);

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const SECRET = word("77");
const sealing = createSealingKey(new Secret(SEALING_KEY));
const DAY = 86_400;

type Statement = NonNullable<ProbeRequest["statement"]>;
type Change = {
  readonly probe?: Partial<ProbeRequest>;
  readonly statement?: Partial<Statement>;
  readonly sealedTo?: Bytes32;
  readonly verifier?: `0x${string}`;
};

/** A verifier's challenge, as it should be but for what a test changes. */
function challengeOf(
  router: { readonly address: `0x${string}` },
  offer: OfferedModel,
  change: Change = {},
): ProbeRequest {
  const { kernelClass, modelId } = offer;
  const { publicKey: sealingKey } = sealing;
  const verifier = change.verifier ?? router.address;
  const asked = { signer: MINER, verifier, sealingKey, kernelClass, modelId, nonce: 3, secret: SECRET };
  const challenge = challengeHash(asked);
  const sealed = sealTo(change.sealedTo ?? sealingKey, { secret: SECRET, context: challenge }) ?? "0x";
  const lasts = { nonce: 3, deadline: NOW_SECONDS + 600, expires: NOW_SECONDS + 29 * DAY };
  const statement = { sealed, ...lasts, ...change.statement };
  return { kind: "probe", challenge, modelId, kernelClass, statement, ...change.probe };
}

async function probe(link: Link, request: ProbeRequest): Promise<ProbeReply> {
  const stream = link.open(request);
  const replies: ProbeReply[] = [];
  stream.onMessage((message) => {
    if (message.kind === "probed" || message.kind === "declined") replies.push(message);
  });
  expect(await stream.ended).toBe("end");
  const [reply] = replies;
  if (reply === undefined || replies.length > 1) throw new Error(`${replies.length} replies`);
  return reply;
}

describe("a miner that is challenged", () => {
  it("opens the secret, does the probe with its engine, and signs what it was asked and has answered", async () => {
    const { router, link, offer } = await setUp();
    const request = challengeOf(router, offer);
    const reply = await probe(link, request);
    if (reply.kind !== "probed" || reply.proof === undefined) throw new Error(JSON.stringify(reply));
    const { result, ids, proof } = reply;
    expect(proof.secret).toBe(SECRET);
    expect(result).toMatchObject({
      taskId: request.challenge,
      miner: MINER,
      tokenRoot: tokenRootOf(ids),
      finish: "length",
    });
    const { challenge, kernelClass, modelId, statement } = request;
    const { nonce = 0, deadline = 0, expires = 0 } = statement ?? {};
    const { nIn, nOut, tokenRoot, finish } = result;
    const stated = {
      signer: MINER,
      verifier: router.address,
      sealingKey: sealing.publicKey,
      kernelClass,
      challenge,
      answer: answerHash({ challenge, modelId, nIn, nOut, tokenRoot, finish }),
      nonce,
      deadline,
      expires,
    };
    const domain = { chainId: CHAIN_ID, addresses: { registry: REGISTRY } };
    expect(recoverSigner(verificationDigest(domain, stated), proof.signature)).toBe(MINER);
  });

  it("says what the same engine says anywhere, and signs nothing for another's probe", async () => {
    const { link, offer } = await setUp();
    const { kernelClass, modelId } = offer;
    const challenge = word("ca");
    const reply = await probe(link, { kind: "probe", challenge, modelId, kernelClass });
    if (reply.kind !== "probed") throw new Error(reply.code);
    expect(reply.proof).toBeUndefined();
    const engine = createScriptedEngine();
    const { prompt, params, seed } = probeOf(challenge);
    const ids: number[] = [];
    for await (const event of engine.generate({ promptTokens: await engine.tokenizePrompt(prompt), params, seed }))
      if (event.kind === "token") ids.push(event.id);
    expect(reply.ids).toEqual(ids);
  });

  it.each([
    ["unknownModel", { probe: { modelId: word("0d") } }],
    ["otherClass", { probe: { kernelClass: word("c2") } }],
    ["sealedToAnother", { sealedTo: createSealingKey(new Secret(word("12"))).publicKey }],
    ["sealedToAnother", { probe: { challenge: word("ca") } }],
    ["badStatement", { verifier: MINER }],
    ["badStatement", { statement: { nonce: 4 } }],
    ["badStatement", { statement: { deadline: NOW_SECONDS - 1 } }],
    ["badStatement", { statement: { expires: NOW_SECONDS } }],
    ["badStatement", { statement: { expires: NOW_SECONDS + 31 * DAY } }],
  ] satisfies [string, Change][])("declines, %s, and signs nothing: %j", async (code, change) => {
    const { router, link, offer } = await setUp();
    expect(await probe(link, challengeOf(router, offer, change))).toEqual({ kind: "declined", code });
  });

  it("declines when its engine has failed, and goes on serving", async () => {
    const engine = createScriptedEngine();
    let isBroken = true;
    const generate: typeof engine.generate = (job) => {
      if (isBroken) throw new Error("the engine is broken");
      return engine.generate(job);
    };
    const { router, link, offer } = await setUp({ engine: { ...engine, generate } });
    expect(await probe(link, challengeOf(router, offer))).toEqual({ kind: "declined", code: "engineFailed" });
    isBroken = false;
    expect(await probe(link, challengeOf(router, offer))).toMatchObject({ kind: "probed" });
  });

  it("does a few probes at once, and declines more", async () => {
    const { router, link, offer } = await setUp({ script: { tokensPerSecond: 20 } });
    const replies = await Promise.all(Array.from({ length: 6 }, () => probe(link, challengeOf(router, offer))));
    expect(replies.filter(({ kind }) => kind === "probed")).toHaveLength(4);
    expect(replies.filter(({ kind }) => kind === "declined")).toEqual([BUSY, BUSY]);
  });
});

const BUSY = { kind: "declined", code: "busy" };
