import type { OnboardingDesk } from "@cortensor/api";
import {
  createSender,
  encodeParams,
  openCall,
  openSponsorChain,
  orderDigest,
  type SponsorChain,
  signOrder,
  takeCall,
} from "@cortensor/chain";
import { type Address, addressOfPrivateKey, bytesToHex, type Hex, type OnboardingOrder } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import { encodeFunctionData, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { corAbi } from "../../chain/src/generated/Cor.js";
import { corVaultAbi } from "../../chain/src/generated/CorVault.js";
import { onboardingAbi } from "../../chain/src/generated/Onboarding.js";
import { onboardingTillAbi } from "../../chain/src/generated/OnboardingTill.js";
import { encodeOrder } from "../../chain/src/onboarding/order.js";
import { relay } from "../../chain/test/quorumRelay.js";
import { guardKeys } from "../../chain/test/twoLayers.js";
import {
  clientOf,
  deployEntryNetwork,
  deployerKey,
  type EntryNetwork,
  EPOCH_SECONDS,
  sponsorKey,
  sponsorOf,
  startSponsoringRouter,
} from "./onboardingNetwork.js";
import { contextIn, runInHome } from "./runInHome.js";

const COR = 10n ** 18n;
const walletKey = (byte: string): Hex => `0x${byte.repeat(32)}`;
const sponsor = addressOfPrivateKey(sponsorKey);

describe("onboarding over two chains", { timeout: 300_000 }, () => {
  let network: EntryNetwork;
  let router: Awaited<ReturnType<typeof startSponsoringRouter>>;
  const ended = new AbortController();
  beforeAll(async () => {
    network = await deployEntryNetwork();
    router = await startSponsoringRouter(network);
  }, 300_000);
  afterAll(async () => {
    ended.abort();
    await router?.stop();
    await network?.stop();
  });

  const chainIds = { main: 31_337, base: 31_404 } as const;
  const clientAt = (chain: "main" | "base") => {
    const anvil = network.anvils[chain === "main" ? 0 : 1];
    if (anvil === undefined) throw new Error("there are two chains");
    return clientOf(anvil);
  };
  const senderAt = (chain: "main" | "base", privateKey: Hex = deployerKey) =>
    createSender({ client: clientAt(chain), chainId: chainIds[chain], privateKey });
  const relayed = (chain: "main" | "base") => ({
    ...{ client: clientAt(chain), sender: senderAt(chain), chainId: chainIds[chain] },
    messenger: network.at(chain, chain === "main" ? "entryMessenger" : "messenger"),
  });
  /** What guards and a relayer do of all that was sent so far. */
  const carry = (from: "main" | "base", to: "main" | "base") => {
    const times = { t0: network.profile.t0, epochSeconds: EPOCH_SECONDS };
    return relay({ from: relayed(from), to: relayed(to), isGiven: () => true, guardKeys, ...times });
  };
  const balanceOf = (chain: "main" | "base", account: Address) =>
    clientAt(chain).readContract({
      ...{ address: network.at(chain, "cor"), abi: corAbi, functionName: "balanceOf" as const },
      args: [account],
    });
  async function fund(chain: "main" | "base", account: Address, wei: bigint): Promise<void> {
    const send = (to: Address, data: Hex) => senderAt("main").send({ call: "fund", to, data });
    const cor = network.at("main", "cor");
    if (chain === "main")
      return void (await send(
        cor,
        encodeFunctionData({ abi: corAbi, functionName: "transfer", args: [account, wei] }),
      ));
    const vault = network.at("main", "entryVault");
    await send(cor, encodeFunctionData({ abi: corAbi, functionName: "approve", args: [vault, wei] }));
    await send(vault, encodeFunctionData({ abi: corVaultAbi, functionName: "lock", args: [account, wei] }));
    await carry("main", "base");
  }

  let nonces = 0;
  /** An order of a wallet, for the chain that it names. */
  function orderOf(chain: "main" | "base", from: Address, change: Partial<OnboardingOrder["terms"]> = {}) {
    const taker = network.at(chain, chain === "main" ? "onboarding" : "onboardingTill");
    nonces += 1;
    const nonce = bytesToHex(new Uint8Array(32).fill(nonces));
    const deadline = Math.floor(Date.now() / 1_000) + 7_200;
    const order: OnboardingOrder = {
      source: { chainId: chainIds[chain], cor: network.at(chain, "cor") },
      transfer: { from, taker, amountWei: 2n * COR, nonce, deadline },
      terms: {
        ...{ toChainId: chainIds.main, onboarding: network.at("main", "onboarding"), sponsor, feeMaxWei: COR / 10n },
        ...{ router: router.operator, key: zeroAddress, capPerEpochWei: 0n, totalCapWei: 0n, expires: 0 },
        session: encodeParams({ name: "onboarded" }),
        ...change,
      },
    };
    return order;
  }
  /** An order given to what takes orders on a chain, whatever it was signed for. */
  function giveTo(chain: "main" | "base", { order, signature }: { order: OnboardingOrder; signature: Hex }) {
    const args = [encodeOrder(order), signature, 0n] as const;
    return chain === "main"
      ? {
          ...{ call: "onboard", to: network.at("main", "onboarding") },
          data: encodeFunctionData({ abi: onboardingAbi, functionName: "onboard", args }),
        }
      : {
          ...{ call: "take", to: network.at("base", "onboardingTill") },
          data: encodeFunctionData({ abi: onboardingTillAbi, functionName: "take", args }),
        };
  }
  async function signedBy(key: Hex, order: OnboardingOrder) {
    return { order, signature: await signOrder(order, key) };
  }
  const outcomeOf = async (desk: OnboardingDesk, signed: { order: OnboardingOrder; signature: Hex }) => {
    const outcome = await desk.submit(signed);
    return outcome.kind === "refused" ? outcome.code : outcome.kind;
  };

  it("signs what the chain computes", async () => {
    const order = orderOf("base", addressOfPrivateKey(walletKey("a1")), { key: sponsor, expires: 9 });
    const ask = { address: network.at("main", "onboarding"), abi: onboardingAbi, functionName: "digestOf" } as const;
    expect(await clientAt("main").readContract({ ...ask, args: [encodeOrder(order)] })).toBe(orderDigest(order));
  });

  it("brings a new wallet without any gas coin from its chain to its first answer, in three steps", async () => {
    const { folder: home, file } = network;
    // 1. A key, and coins on the chain beside.
    const made = await runInHome(home, ["key", "new", "client"]);
    const { key } = await contextIn(home).keystore({ mayGenerate: false }).open("client");
    const wallet = addressOfPrivateKey(key.expose());
    expect(made.address).toBe(wallet);
    await fund("base", wallet, 20n * COR);
    // 2. One signature.
    const onboarding = runInHome(home, [
      ...["onboard", "--router", router.url, "--layers", file, "--from", "base"],
      ...["--amount", "10", "--max-fee", "0.2", "--name", "first"],
    ]);
    await until(async () => (await balanceOf("base", wallet)) === 10n * COR);
    await carry("base", "main");
    const onboarded = await onboarding;
    expect(onboarded).toMatchObject({ account: expect.any(Number), owner: wallet, state: { state: "credited" } });
    const costs = Array.isArray(onboarded.costs) ? onboarded.costs : [];
    expect(costs).toMatchObject([
      { chain: "base", paidBy: "router" },
      { chain: "main", paidBy: "router" },
    ]);
    for (const { costWei } of costs) expect(BigInt(costWei)).toBeGreaterThan(0n);
    // 3. The answer.
    const asking = ["chat", "--router", router.url, "--as", "client", "--account", String(onboarded.account)];
    expect(await runInHome(home, [...asking, "--temperature", "0", "Hello?"])).toMatchObject({
      text: "You are welcome.",
    });
    for (const chain of ["main", "base"] as const) {
      expect(await clientAt(chain).getBalance({ address: wallet })).toBe(0n);
      expect(await clientAt(chain).getTransactionCount({ address: wallet })).toBe(0);
    }
    expect(await balanceOf("base", sponsor)).toBe(COR / 10n);
    const sessions = await runInHome(home, ["session", "list", "--router", router.url]);
    expect(sessions.sessions).toMatchObject([{ account: onboarded.account, name: "first" }]);
  });

  it("opens a session on the serving chain at once, and lets the router's key sign within caps where the wallet says so", async () => {
    const privateKey = walletKey("b2");
    const wallet = addressOfPrivateKey(privateKey);
    await fund("main", wallet, 5n * COR);
    const client = createCortensor({ baseUrl: router.url, wallet: { privateKey, deployment: network.profile } });
    const { serving } = network.places;
    const { spendingKey } = (await client.info()).router;
    if (spendingKey === undefined) throw new Error("the router publishes a key");
    const key = { key: spendingKey, capPerEpochWei: COR, totalCapWei: 2n * COR, expires: 4_000_000_000 };
    const request = { from: serving, serving, amountWei: 5n * COR, params: { name: "here" }, key };
    await expect(client.onboard(request)).rejects.toMatchObject({ data: { code: "SDK_FEE_ABOVE", wei: COR / 10n } });
    const { account } = await client.onboard({ ...request, feeMaxWei: COR });
    const [session] = await client.listSessions();
    expect(session).toMatchObject({ account, depositWei: 5n * COR - COR / 10n, delegation: { state: "active" } });
    expect((await client.chat("Hello?", { temperature: 0 })).text).toBe("You are welcome.");
  });

  it("refuses an order on each chain that it wasn't signed for, by whomever it comes, and twice on its own", async () => {
    const privateKey = walletKey("c3");
    const wallet = addressOfPrivateKey(privateKey);
    for (const chain of ["main", "base"] as const) await fund(chain, wallet, 6n * COR);
    const chains: Record<"main" | "base", SponsorChain> = {
      main: openSponsorChain(network.places.serving, { privateKey: anvilKey(8) }),
      base: openSponsorChain(network.places.chains[1] ?? network.places.serving, { privateKey: anvilKey(8) }),
    };
    const refuses = (sent: Promise<unknown>, error: string) =>
      expect(sent).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED", error } });
    const pairs = [
      ["main", "base"],
      ["base", "main"],
    ] as const;
    for (const [own, other] of pairs) {
      const signed = await signedBy(privateKey, orderOf(own, wallet));
      const there = orderOf(other, wallet);
      const places = { source: there.source, transfer: { ...signed.order.transfer, taker: there.transfer.taker } };
      // As it is, given to the other's taker; and as if it had been signed for that.
      await refuses(chains[other].send(giveTo(other, signed)), "OrderForeign");
      const renamed = { order: { ...signed.order, ...places }, signature: signed.signature };
      await refuses(chains[other].send(giveTo(other, renamed)), "TransferForeign");
      await chains[own].send(takeCall(signed, 0n));
      await refuses(chains[own].send(takeCall(signed, 0n)), own === "main" ? "OrderDone" : "TransferNonceUsed");
    }
    await carry("base", "main");
    const signed = await signedBy(privateKey, { ...orderOf("base", wallet) });
    await refuses(chains.main.send(openCall(signed)), "PurseShort");
    expect(await balanceOf("base", wallet)).toBe(4n * COR);
    expect(await balanceOf("main", wallet)).toBe(4n * COR);
  });

  it("is refused at the door with money that no contract can keep", async () => {
    const privateKey = walletKey("f7");
    const { order, signature } = await signedBy(privateKey, orderOf("main", addressOfPrivateKey(privateKey)));
    const beyond = (1n << 96n).toString();
    const bodies = [
      ["order.terms.totalCapWei", { ...order, terms: { ...order.terms, totalCapWei: beyond } }],
      ["order.terms.capPerEpochWei", { ...order, terms: { ...order.terms, capPerEpochWei: beyond } }],
      ["order.transfer.amountWei", { ...order, transfer: { ...order.transfer, amountWei: beyond } }],
    ] as const;
    for (const [param, changed] of bodies) {
      const body = JSON.stringify({ order: changed, signature }, (_, one) =>
        typeof one === "bigint" ? one.toString() : one,
      );
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${router.url}/api/v1/onboarding`, { method: "POST", headers, body });
      expect([answer.status, await answer.json()]).toMatchObject([400, { param }]);
    }
  });

  it("takes no coins for an order that its wallet gave up, and pays nothing to say so", async () => {
    const privateKey = anvilKey(2);
    const wallet = addressOfPrivateKey(privateKey);
    await fund("base", wallet, 2n * COR);
    const signed = await signedBy(privateKey, orderOf("base", wallet));
    const args = [encodeOrder(signed.order)] as const;
    const data = encodeFunctionData({ abi: onboardingAbi, functionName: "release", args });
    await senderAt("main", privateKey).send({ call: "release", to: network.at("main", "onboarding"), data });
    const spent = () => clientAt("base").getTransactionCount({ address: sponsor });
    const before = await spent();
    const limits = { hourMax: 0, accountMax: 0, openMax: 4 };
    const desk = sponsorOf(network, router.operator, { signal: ended.signal, costMaxWei: 0n, limits });
    expect(await outcomeOf(desk, signed)).toBe("taken");
    const digest = orderDigest(signed.order);
    await until(() => desk.find(digest)?.endedAtMs !== undefined);
    expect(desk.find(digest)).toMatchObject({ state: "paidOut", feeWei: 0n, steps: [] });
    expect(await spent()).toBe(before);
    expect(await balanceOf("base", wallet)).toBe(2n * COR);
  });

  it("is refused by name what is beyond a cap, foreign, unsigned, late, small, or unpayable, before anything is sent", async () => {
    const privateKey = walletKey("d4");
    const wallet = addressOfPrivateKey(privateKey);
    await fund("main", wallet, 9n * COR);
    const { signal } = ended;
    const spent = () => clientAt("main").getTransactionCount({ address: addressOfPrivateKey(anvilKey(3)) });
    const deskOf = (parts: Partial<Parameters<typeof sponsorOf>[2]> = {}) =>
      sponsorOf(network, router.operator, { signal, privateKey: anvilKey(3), feeWei: 0n, ...parts });
    const change = { sponsor: zeroAddress, feeMaxWei: 0n };
    const order = (more: Partial<OnboardingOrder["terms"]> = {}) => orderOf("main", wallet, { ...change, ...more });
    const before = await spent();
    const desk = deskOf();
    const good = order();
    const late = { ...good, transfer: { ...good.transfer, deadline: 1 } };
    const small = { ...good, transfer: { ...good.transfer, amountWei: COR / 2n } };
    const beyond = { ...good, transfer: { ...good.transfer, amountWei: 50n * COR } };
    const none = { hourMax: 0, accountMax: 3, openMax: 4 };
    const elsewhere = { ...good, source: { ...good.source, chainId: 1 } };
    const refusals = [
      [desk, await signedBy(privateKey, elsewhere), "order_foreign"],
      [desk, await signedBy(privateKey, order({ router: wallet })), "order_foreign"],
      [desk, await signedBy(privateKey, order({ sponsor: wallet })), "order_foreign"],
      [desk, await signedBy(walletKey("d5"), good), "order_unsigned"],
      [desk, await signedBy(privateKey, late), "order_expired"],
      [desk, await signedBy(privateKey, small), "order_below"],
      [desk, await signedBy(privateKey, beyond), "order_unpayable"],
      [deskOf({ costMaxWei: 1n }), await signedBy(privateKey, good), "sponsor_limit"],
      [deskOf({ privateKey: walletKey("e6") }), await signedBy(privateKey, good), "sponsor_unable"],
      [deskOf({ limits: none }), await signedBy(privateKey, good), "sponsor_limit"],
    ] as const;
    for (const [asked, signed, code] of refusals) expect([code, await outcomeOf(asked, signed)]).toEqual([code, code]);
    expect(await spent()).toBe(before);
    // The same order is taken where it is within all of them; a third of the account's is not.
    const capped = deskOf({ limits: { hourMax: 8, accountMax: 2, openMax: 4 } });
    for (const one of [good, order()]) expect(await outcomeOf(capped, await signedBy(privateKey, one))).toBe("taken");
    expect(await outcomeOf(capped, await signedBy(privateKey, order()))).toBe("sponsor_limit");
    await until(async () => (await balanceOf("main", wallet)) === 5n * COR);
    await until(() => capped.find(orderDigest(good))?.state === "credited");
    // A sponsor that knows nothing of it finds it done, and pays nothing for it.
    const sent = await spent();
    const anew = deskOf({ limits: { hourMax: 0, accountMax: 0, openMax: 4 } });
    expect(await outcomeOf(anew, await signedBy(privateKey, good))).toBe("taken");
    await until(() => anew.find(orderDigest(good))?.state === "credited");
    expect(await spent()).toBe(sent);
  });
});

/** Looks again and again, as fast as the event loop turns. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}
