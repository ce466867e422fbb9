import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameRatePoster, postRate, readRate } from "../src/index.js";
import { type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

const HOUR = 3_600;
const SOURCE = "a test's own choice, in 32 bytes";

describe("the rate on a real chain", () => {
  let network: LocalNetwork;
  beforeAll(async () => {
    network = await startLocalNetwork();
  });
  afterAll(() => network?.anvil.stop());

  it("is absent, then posted with its source and time, and moves within its bounds", async () => {
    const poster = writerOf(network.profile, 0);
    expect(await readRate(poster)).toBeUndefined();
    await postRate(poster, { weiPerLlmToken: 1_000n, source: SOURCE });
    const first = await readRate(poster);
    expect(first).toMatchObject({ weiPerLlmToken: 1_000n, source: SOURCE, ageMaxSeconds: 24 * HOUR });
    await expect(postRate(poster, { weiPerLlmToken: 1_000n, source: SOURCE })).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED", error: "PostTooEarly" },
    });
    await passSeconds(poster, HOUR);
    await expect(postRate(poster, { weiPerLlmToken: 1_201n, source: SOURCE })).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED", error: "RateChangeTooLarge", args: { minimum: 800n, maximum: 1_200n } },
    });
    await postRate(poster, { weiPerLlmToken: 1_200n, source: "short" });
    const second = await readRate(poster);
    expect(second).toMatchObject({ weiPerLlmToken: 1_200n, source: "short" });
    expect(second?.postedAt).toBeGreaterThanOrEqual((first?.postedAt ?? 0) + HOUR);
  });

  it("is posted by whom the owner names, and by nobody else", async () => {
    const [owner, named] = [writerOf(network.profile, 0), writerOf(network.profile, 1)];
    await passSeconds(owner, HOUR);
    await expect(nameRatePoster(named, named.account)).rejects.toMatchObject({
      data: { error: "OwnableUnauthorizedAccount" },
    });
    await nameRatePoster(owner, named.account);
    await expect(postRate(owner, { weiPerLlmToken: 1_200n, source: SOURCE })).rejects.toMatchObject({
      data: { error: "NotPoster" },
    });
    await postRate(named, { weiPerLlmToken: 1_100n, source: SOURCE });
    expect(await readRate(named)).toMatchObject({ weiPerLlmToken: 1_100n });
  });
});
