import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickFreePort } from "@cortensor/runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_STATE, readHomeState, writeHomeState } from "../src/home/homeState.js";
import { commandsToLoad } from "../src/loadCommands.js";
import { formatCor, parseCor } from "../src/money.js";
import { reachableFrom } from "../src/networkAccess.js";
import { createOutput } from "../src/output.js";
import { choosePorts } from "../src/up/choosePorts.js";
import { forwardPort } from "../src/up/forwardPort.js";

describe("amounts of COR", () => {
  it("survive being written and read", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n - 1n }), (wei) => {
        expect(parseCor(formatCor(wei).replace(" COR", ""))).toBe(wei);
      }),
    );
  });

  it.each(["", "-1", "1e3", "1,5", "0x10", "1.0000000000000000001", " 1"])("refuse '%s'", (text) => {
    expect(() => parseCor(text)).toThrow(expect.objectContaining({ code: "CLI_BAD_ARGUMENT" }));
  });
});

describe("a local network's chain, seen from elsewhere", () => {
  it("is where its router is", () => {
    expect(reachableFrom(["http://127.0.0.1:8545"], "10.0.0.5")).toEqual(["http://10.0.0.5:8545"]);
    expect(reachableFrom(["http://localhost:8545/x"], "router.example")).toEqual(["http://router.example:8545/x"]);
  });
  it("stays where it is when that is here, or has a name of its own", () => {
    expect(reachableFrom(["http://127.0.0.1:8545"], "localhost")).toEqual(["http://127.0.0.1:8545"]);
    expect(reachableFrom(["https://rpc.example"], "10.0.0.5")).toEqual(["https://rpc.example"]);
  });
});

describe("a home's state", () => {
  it("is read back, is empty at first, and is refused when it was tampered with", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cortensor-state-"));
    const file = join(folder, "state.json");
    expect(await readHomeState(file)).toEqual(EMPTY_STATE);
    const state = {
      version: 1 as const,
      ports: { http: 8080 },
      generation: 2,
      url: "http://127.0.0.1:8080",
      account: 3,
    };
    await writeHomeState(file, state);
    expect(await readHomeState(file)).toEqual(state);
    writeFileSync(file, '{"version":1,"ports":{"http":0}}');
    await expect(readHomeState(file)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    rmSync(folder, { recursive: true });
  });
});

describe("ports", () => {
  it("are the last ones, or others that it tells of", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", () => resolve()));
    const { port: taken } = blocker.address() as AddressInfo;
    const free = await pickFreePort();
    const lines: string[] = [];
    const output = createOutput({
      isJson: true,
      write: (text) => lines.push(text),
      writeError: () => undefined,
      nowMs: () => 0,
    });
    const ports = await choosePorts(
      { http: taken, rpc: free, postgres: await pickFreePort() },
      { output, host: "127.0.0.1", given: {}, profile: "single" },
    );
    expect(ports.rpc).toBe(free);
    expect(ports.http).not.toBe(taken);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "port.taken", wanted: taken, port: ports.http },
    ]);
    await new Promise((resolve) => blocker.close(resolve));
  });

  it("are forwarded byte by byte until they are stopped", async () => {
    const target = createServer((_request, response) => response.end("through"));
    await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", () => resolve()));
    const { port: toPort } = target.address() as AddressInfo;
    const port = await pickFreePort();
    const forward = await forwardPort({ host: "127.0.0.1", port, toPort });
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("through");
    await forward.stop();
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });
});

describe("the command line", () => {
  it("loads the command that is named, wherever the global options stand", () => {
    expect(commandsToLoad(["--home", "up", "status", "--json"])).toEqual(["status"]);
    expect(commandsToLoad(["--json", "chat", "up"])).toEqual(["chat"]);
    expect(commandsToLoad(["--help"])).toContain("doctor");
    expect(commandsToLoad(["nonsense"])).toContain("doctor");
  });
});
