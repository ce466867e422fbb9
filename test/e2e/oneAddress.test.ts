import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../tools/anvil/startAnvil.mjs";
import { freePorts } from "./harness/freePorts.js";
import { makeHome } from "./harness/makeHome.js";
import { findProcesses } from "./harness/processes.js";
import { askRaw, filesWith, type LaidNetwork, layNetwork, MODEL_ID, startMinerAt } from "./harness/servedNetworks.js";
import { describeProcesses, endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { until, within } from "./harness/until.js";

const COR = 10n ** 18n;
const [CLIENT, CLINICS, LABS, OUTSIDER] = [3, 4, 5, 6];
const QUESTION = "Tell me numbers.";

describe("an L2 and the L3s of two organisations at one address", () => {
  const home = makeHome("one");
  const laid = new Map<string, LaidNetwork>();
  const miners: StartedProcess[] = [];
  let router: StartedProcess;
  let url: string;
  let member: Cortensor;
  let client: Cortensor;

  beforeAll(async () => {
    for (const [name, chainId, who, isPrivate] of [
      ["local", 31_337, CLIENT, false],
      ["clinic", 41_001, CLINICS, true],
      ["lab", 41_002, LABS, true],
    ] as const)
      laid.set(name, await layNetwork({ home, name, chainId, member: who, isPrivate }));
    const [port] = await freePorts(1);
    const networks = [...laid.values()].flatMap(({ file }) => ["--network", file]);
    router = startProcess(home, ["router", ...networks, "--port", String(port)]);
    const said = await within(
      "address",
      router.output.find(({ event }) => event === "result"),
    );
    url = String(said.url);
    for (const name of ["local", "clinic"])
      miners.push(startMinerAt(home, laidAt(name), `${url.replace("http", "ws")}/networks/${name}/wire`));
    for (const name of laid.keys()) await until(`router of ${name}`, () => isUp(name), 120_000);
    client = await opened("local", CLIENT);
    member = await opened("clinic", CLINICS);
  });
  afterAll(async () => {
    for (const started of [...miners, router]) {
      started?.child.kill("SIGINT");
      await started?.exited;
    }
    for (const { anvil } of laid.values()) await anvil.stop();
    const left = router === undefined ? [] : findProcesses({ mark: router.mark, home });
    if (router !== undefined) await endAll(router);
    rmSync(home, { recursive: true, force: true });
    expect(describeProcesses(left)).toBe("");
  });

  function laidAt(name: string): LaidNetwork {
    const found = laid.get(name);
    if (found === undefined) throw new Error(`no network ${name}`);
    return found;
  }

  async function isUp(name: string): Promise<true | undefined> {
    return (await askRaw(url, `/networks/${name}/api/v1/info`)).status === 200 ? true : undefined;
  }

  function clientAt(name: string, index: number): Cortensor {
    const privacy = laidAt(name).profile.isPrivate === true ? "sealed" : "open";
    const wallet = { privateKey: anvilKey(index), deployment: laidAt(name).profile };
    return createCortensor({ baseUrl: `${url}/networks/${name}`, wallet, privacy });
  }

  async function opened(name: string, index: number): Promise<Cortensor> {
    const found = clientAt(name, index);
    const privacy = laidAt(name).profile.isPrivate === true ? "private" : "open";
    const params = { privacy, modelIdentifier: MODEL_ID, maxTaskExecutionCount: 100, engine: "any" } as const;
    await found.openSession({ name: "mine", depositWei: 50n * COR, params });
    return found;
  }

  /** Until the router knows the session, and a miner its router. */
  const answered = (of: Cortensor) =>
    until("answer", () => of.chat(QUESTION, { maxTokens: 8 }).catch(() => undefined), 120_000);

  const askAs = async (name: string, bearer: string) =>
    await fetch(`${url}/networks/${name}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "scripted", messages: [{ role: "user", content: QUESTION }] }),
    });

  it("answers a client of the L2, streamed, and a member of an organisation at its own path", async () => {
    await answered(client);
    let text = "";
    for await (const event of client.streamChat(QUESTION, { maxTokens: 16 }))
      if (event.kind === "text") text += event.text;
    expect(text.length).toBeGreaterThan(0);
    const answer = await answered(member);
    expect(answer.text.length).toBeGreaterThan(0);
    expect((await member.receipt(answer.taskId, { waitMs: 20_000 })).receipt.feeWei).toBeGreaterThan(0n);
  });

  it("refuses the member at the other organisation's path, and an outsider at both", async () => {
    const { bearer } = await member.access();
    for (const name of ["lab", "local"]) {
      const refused = await askAs(name, bearer);
      expect([name, refused.status, JSON.parse(await refused.text()).error.code]).toEqual([
        name,
        401,
        "invalid_api_key",
      ]);
    }
    for (const [name, index] of [
      ["lab", CLINICS],
      ["lab", OUTSIDER],
      ["clinic", OUTSIDER],
    ] as const) {
      await expect(opened(name, index)).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
      await expect(clientAt(name, index).access()).rejects.toThrow();
    }
  });

  it("names the public network alone, and refuses unknown names and paths that climb", async () => {
    expect(JSON.parse((await askRaw(url, "/networks")).text)).toEqual({
      networks: [{ name: "local", path: "/networks/local" }],
    });
    const root = JSON.parse((await askRaw(url, "/api/v1/info")).text);
    expect(root.profile.name).toBe("local");
    expect((await askRaw(url, "/networks/nobody/v1/models")).status).toBe(404);
    for (const path of ["/networks/local/../clinic/api/v1/info", "/networks/local/%2e%2e/clinic/api/v1/info"])
      expect([path, (await askRaw(url, path)).status]).toEqual([path, 400]);
    for (const path of ["/networks/local%2f..%2fclinic/api/v1/info", "/networks/local//clinic/api/v1/info"])
      expect([path, (await askRaw(url, path)).status]).toEqual([path, 400]);
  });

  it("keeps what one organisation asked in its own router's home, and nothing of it in the other's", async () => {
    const { taskId } = await answered(member);
    await member.receipt(taskId, { waitMs: 20_000 });
    expect(filesWith(join(home, "routers", "clinic"), taskId)).not.toEqual([]);
    expect(filesWith(join(home, "routers", "lab"), taskId)).toEqual([]);
    expect(filesWith(join(home, "routers", "local"), taskId)).toEqual([]);
  });

  it("answers one organisation while the other's router is dead, and that one again once it was started again", async () => {
    const lab = join(home, "routers", "lab");
    const found = findProcesses({ mark: router.mark, home }).find(
      ({ command }) => command.includes(lab) && command.includes("router"),
    );
    process.kill(found?.pid ?? Number.NaN, "SIGKILL");
    const away = await until("refusal", async () => {
      const asked = await askRaw(url, "/networks/lab/v1/models");
      return asked.status === 503 ? asked : undefined;
    });
    expect(Number(away.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(away.text).error.code).toBe("temporarily_unavailable");
    expect((await member.chat(QUESTION, { maxTokens: 8 })).text.length).toBeGreaterThan(0);
    await until("router that is back", () => isUp("lab"), 120_000);
  });
});
