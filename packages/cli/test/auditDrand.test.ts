import http from "node:http";
import { readBeaconRound, readHead } from "@cortensor/chain";
import { beaconOf, cutOffOf, drandRoundDue, epochStart } from "@cortensor/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RealGuards } from "../../node/test/realGuards.js";
import { aDrandAnswer, aDrandNetwork } from "../../protocol/test/aDrandNetwork.js";
import { auditEpoch } from "../src/audit/auditEpoch.js";
import { openPublicData } from "../src/audit/publicData.js";

const DRAND = aDrandNetwork({ genesis: 1_692_803_367, periodSeconds: 3 });
const { signal } = new AbortController();

const relay = http.createServer((request, response) => {
  response.end(JSON.stringify(aDrandAnswer(Number(request.url?.split("/").at(-1)))));
});
let guards: RealGuards;
beforeAll(async () => {
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  if (address === null || typeof address === "string") throw new Error("a listening server has a port");
  guards = await RealGuards.open(1, { drand: DRAND, drandUrls: [`http://127.0.0.1:${address.port}`] });
});
afterAll(async () => {
  await guards?.close();
  relay.closeAllConnections();
  await new Promise((resolve) => relay.close(resolve));
});

it("an audit computes the beacon that a round of drand is in, and the root that guards signed of it", async () => {
  const { profile, reader } = guards;
  const start = (epoch: number) => epochStart(profile, epoch);
  for (const time of [start(1), cutOffOf(profile, 1), start(2), start(3) - 1]) {
    await guards.moveTo(time);
    await guards.look();
  }
  expect(await guards.attest(2)).toBe(true);
  const audited = await auditEpoch(openPublicData(profile, { readSet: async () => undefined, signal }), 2);
  expect(audited.differences).toEqual([]);
  const own = audited.roots.find(({ kind }) => kind === "beacon");
  expect(own).toMatchObject({ state: "posted" });
  expect(own?.root).toBe(own?.posted);
  const { blockNumber: toBlock } = await readHead(reader);
  const round = await readBeaconRound(reader, { epoch: 3, fromBlock: profile.deployBlock, toBlock });
  expect(round.drand?.round).toBe(drandRoundDue(DRAND, cutOffOf(profile, 2)));
  const chain = guards.chainOf(0);
  const previous = (await chain.readBeacon(2)) ?? "0x";
  const drawn = beaconOf({ chainId: profile.chainId, epoch: 3, previous, ...round });
  expect(await chain.readBeacon(3)).toBe(drawn.beacon);
});
