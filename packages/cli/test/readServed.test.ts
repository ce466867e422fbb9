import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatProfile, type NetworkProfile, parseProfile } from "@cortensor/chain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readServed } from "../src/front/readServed.js";
import { writeFileWhole } from "../src/home/writeFileWhole.js";
import { aProfile } from "./aProfile.js";
import { contextIn } from "./runInHome.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-served-"));
});
afterEach(() => rm(home, { recursive: true }));

async function fileOf(name: string, more: Partial<NetworkProfile> = {}): Promise<string> {
  const file = join(home, `${name.replaceAll(/[^a-z]/gi, "_")}-${Math.random()}.json`);
  await writeFile(file, formatProfile({ ...aProfile(), name, ...more }));
  return file;
}

const settingsOf = (name: string, text: string) => writeFileWhole(join(home, "routers", name, "router.env"), text);
const read = (files: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  readServed(contextIn(home, { env }), files);

describe("the networks that are served at one address", () => {
  it("have each a home of its own, with its profile as it was at the start and its own settings", async () => {
    await settingsOf("clinic", "# its own\nROUTER_CHAIN_POLL=1s\nCORTENSOR_PASSPHRASE='a b'\n");
    const served = await read([await fileOf("local"), await fileOf("clinic", { isPrivate: true })]);
    expect(served.map(({ name, isPublic, settings }) => [name, isPublic, settings])).toEqual([
      ["local", true, {}],
      ["clinic", false, { ROUTER_CHAIN_POLL: "1s", CORTENSOR_PASSPHRASE: "a b" }],
    ]);
    for (const { name, home: own, profilePath } of served) {
      expect(own).toBe(join(home, "routers", name));
      expect(parseProfile(await readFile(profilePath, "utf8")).name).toBe(name);
    }
  });

  it("may have what the front is told in the environment, and nothing that would be every network's", async () => {
    const files = [await fileOf("local"), await fileOf("clinic")];
    expect(await read(files, { ROUTER_HOST: "0.0.0.0", ROUTER_TLS_CERT: "cert.pem" })).toHaveLength(2);
    for (const name of ["ROUTER_SIGNER_KEY", "ROUTER_DATABASE_URL", "ROUTER_ADMIN_TOKEN", "ROUTER_FILES_KEY"]) {
      const reading = read(files, { [name]: "secret" });
      await expect(reading).rejects.toMatchObject({
        data: { code: "CLI_USAGE", problem: expect.stringMatching(new RegExp(`^${name} would be every network's`)) },
      });
    }
  });

  it("aren't two of one name, nor of a name that can't stand in a path, nor found at an address", async () => {
    await expect(read([await fileOf("local"), await fileOf("local")])).rejects.toMatchObject({
      data: {
        code: "CLI_BAD_ARGUMENT",
        argument: "--network",
        expected: expect.stringContaining("two are named local"),
      },
    });
    for (const name of ["The Clinic", "../lab", "v1"]) {
      await expect(read([await fileOf("local"), await fileOf(name)])).rejects.toMatchObject({
        data: { code: "CLI_BAD_FILE", problem: expect.stringContaining("can't stand in a path") },
      });
    }
    await expect(read([await fileOf("local"), "http://127.0.0.1:1"])).rejects.toMatchObject({
      data: { code: "CLI_BAD_ARGUMENT" },
    });
  });

  it("have no database together, however it is written, and no setting of the front's", async () => {
    const files = [await fileOf("local"), await fileOf("clinic")];
    await settingsOf("local", "ROUTER_DATABASE_URL=postgres://one@db.example/books\n");
    await settingsOf("clinic", "ROUTER_DATABASE_URL=postgres://two:word@DB.example:5432/books?sslmode=verify-full\n");
    await expect(read(files)).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE", problem: expect.stringContaining("the database of local") },
    });
    await settingsOf("clinic", "ROUTER_DATABASE_URL=postgres://two@db.example/clinic\n");
    expect(await read(files)).toHaveLength(2);
    await settingsOf("clinic", "ROUTER_PORT=1\n");
    await expect(read(files)).rejects.toMatchObject({ data: { problem: expect.stringContaining("ROUTER_PORT") } });
  });
});
