import { readFileSync } from "node:fs";
import type { Hex } from "@cortensor/protocol";
import { z } from "zod";
import { hexText } from "./jsonRpc.js";
import { OpError } from "./opError.js";

/** Where the vendored artifacts lie, seen from the sources and from what is built of them. */
const FOLDER = new URL("../../../../contracts/vendor/op/", import.meta.url);

export const OP_CONTRACTS = [
  "L2OutputOracle",
  "OptimismPortal",
  "SystemConfig",
  "SuperchainConfig",
  "L1CrossDomainMessenger",
  "L2CrossDomainMessenger",
  "L2ToL1MessagePasser",
  "L1Block",
  "Proxy",
] as const;
export type OpContract = (typeof OP_CONTRACTS)[number];

const schema = z.object({
  bytecode: z.object({ object: hexText }),
  deployedBytecode: z.object({ object: hexText }),
  storageLayout: z.object({
    storage: z.array(z.object({ label: z.string(), slot: z.string().regex(/^\d+$/), offset: z.int() })),
  }),
});

export type OpArtifact = {
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  /** The slot and offset in bytes of one of its variables. */
  place(label: string): { readonly slot: Hex; readonly offsetBytes: number };
};

const read = new Map<OpContract, OpArtifact>();

/** One vendored contract, as published. Throws ROLLUP_BAD_FILE. */
export function opArtifact(name: OpContract): OpArtifact {
  const known = read.get(name);
  if (known !== undefined) return known;
  const file = `contracts/vendor/op/${name}.json`;
  const parsed = schema.safeParse(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8")));
  if (!parsed.success) throw new OpError({ code: "ROLLUP_BAD_FILE", file, reason: z.prettifyError(parsed.error) });
  const { bytecode, deployedBytecode, storageLayout } = parsed.data;
  const artifact: OpArtifact = {
    bytecode: bytecode.object,
    deployedBytecode: deployedBytecode.object,
    place(label) {
      const found = storageLayout.storage.find((variable) => variable.label === label);
      if (found === undefined) throw new OpError({ code: "ROLLUP_BAD_FILE", file, reason: `no variable ${label}` });
      return { slot: `0x${BigInt(found.slot).toString(16).padStart(64, "0")}`, offsetBytes: found.offset };
    },
  };
  read.set(name, artifact);
  return artifact;
}
