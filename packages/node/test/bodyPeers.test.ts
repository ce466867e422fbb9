import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContentNode } from "@cortensor/data";
import { bodyFault } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { endPeer, forkPeer } from "../../data/test/forkPeer.js";
import { BodyPublisher, createBodyContent, type Published } from "../src/host/index.js";
import { aSegmentBody } from "../src/miner/test/aSegmentBody.js";
import {
  API_KEY,
  aRequest,
  ask,
  onTearDown,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

/** Starting a process and its libraries takes a busy machine most of a minute. */
const SLOW_MS = 240_000;
const LISTEN = ["/ip4/127.0.0.1/tcp/0"];
const nowSeconds = () => 1_000;
const parts = { nowSeconds, clock: systemClock, log: silentLogger };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-bodies-"));
  onTearDown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openNode(folder: string, options: { readonly peers?: readonly string[] } = {}) {
  const node = await createContentNode({ folder, ...parts, ...options });
  onTearDown(() => node.stop());
  return node;
}

/** Where a folder's node would be: so that another can name it before it is there. */
async function addressesOf(folder: string): Promise<readonly string[]> {
  const node = await createContentNode({ folder, listen: LISTEN, ...parts });
  const { addresses } = node.stat();
  await node.stop();
  return addresses;
}

describe("bodies of open tasks among peers", () => {
  it(
    "are found when the miner is gone, as long as a peer has them; one that was killed has all of them back",
    async () => {
      const [routerFolder, minerFolder] = [await newFolder(), await newFolder()];
      const keep = { folder: minerFolder, does: "serve", lengths: [], peers: await addressesOf(routerFolder) } as const;
      let peer = await forkPeer(keep);
      onTearDown(() => endPeer(peer.child));
      const [routerNode, minerNode] = [
        await openNode(routerFolder, { peers: peer.addresses }),
        await openNode(minerFolder),
      ];
      const bodies = createBodyContent({
        node: routerNode,
        owner: "router",
        keeps: true,
        nowSeconds,
        log: silentLogger,
      });
      const router = await startTestRouter({ bodies });
      const miner = await startScriptedMiner(router, { name: "miner", bodyContent: minerNode });
      const { taskId } = await ask(router, aRequest(router, "an open question"));
      const { results } = await receiptOf(router, taskId);
      await until(() => minerNode.stat().pins === 1);
      await miner.stop();
      await until(() => router.gateway.network().miners.length === 0);
      const shown = async () => {
        const caller = await router.gateway.authenticate(API_KEY);
        if (caller === undefined) throw new Error("unknown key");
        const outcome = await router.gateway.evidence.find(taskId, caller);
        if (outcome.kind !== "found") throw new Error(outcome.kind);
        return outcome.evidence;
      };

      await endPeer(peer.child);
      expect(await shown()).toMatchObject({ bodies: [], missing: results });
      peer = await forkPeer(keep);
      routerNode.learn(peer.addresses);
      const { bodies: found, missing } = await shown();
      expect(missing).toEqual([]);
      expect(found.map((body, at) => bodyFault(body, results[at] ?? "0x"))).toEqual([undefined]);
      expect(found[0]?.prompt).toEqual({ kind: "text", text: "an open question" });
      await until(() => routerNode.stat().pins === 1);
      await endPeer(peer.child);
      expect((await shown()).missing).toEqual([]);
    },
    SLOW_MS,
  );

  it("are put as long as there is room to wait; what is overfull is counted and left, and none of a sealed task is put", async () => {
    const node = await openNode(await newFolder());
    const unasked = createBodyContent({ node, owner: "router", keeps: false, nowSeconds, log: silentLogger });
    unasked.keep(aSegmentBody("shown to a router that keeps none"));
    const outcomes: Published[] = [];
    const onOutcome = (outcome: Published) => outcomes.push(outcome);
    const publisher = new BodyPublisher({ node, owner: "miner", nowSeconds, onOutcome, log: silentLogger });
    const sealed = aSegmentBody("sealed");
    publisher.offer({ ...sealed, task: { ...sealed.task, privacy: "sealed" } });
    for (let at = 0; at < 35; at += 1) publisher.offer(aSegmentBody(`task ${at}`));
    expect(outcomes).toEqual(["forbidden", "dropped", "dropped", "dropped"]);
    await publisher.idle();
    expect(outcomes.filter((outcome) => outcome === "kept")).toHaveLength(32);
    expect(node.stat().pins).toBe(32);
    const [pin] = node.listPins(1);
    expect(pin).toMatchObject({ kind: "segmentBody", owner: "miner", untilSeconds: nowSeconds() + 48 * 3_600 });
  });
});
