/**
 * Makes `vectors/guards.json` with viem alone: a second reading of docs/GUARDS.md, so that guards, auditors and contracts agree on bytes that none
 * of them made up. Run: node packages/protocol/test/guards/makeVectors.mjs, then biome check --write on the file.
 */
import { writeFileSync } from "node:fs";
import { keccak256, stringToHex } from "viem";
import {
  attestations,
  CHAIN_ID,
  digestOf,
  equivocation,
  GUARDS,
  quorums,
  refused,
  structHashOf,
  typeString,
} from "./attested.mjs";
import { beacon } from "./beacons.mjs";
import { earned } from "./earned.mjs";
import { word } from "./packing.mjs";
import { queues } from "./queues.mjs";
import { first, roots, second, times } from "./records.mjs";
import { leaders, sets } from "./sets.mjs";

const vectors = {
  chainId: CHAIN_ID,
  guards: GUARDS,
  times,
  sets,
  queues,
  leaders: [
    leaders(sets[0], word("beacon")),
    leaders(sets[1], word("beacon")),
    leaders(sets[1], word("beacon 2")),
    leaders(sets[3], word("beacon")),
    leaders(sets[4], word("beacon")),
  ],
  attestation: { typeString, typeHash: keccak256(stringToHex(typeString)) },
  attestations: attestations.map((one) => ({ ...one, structHash: structHashOf(one), digest: digestOf(one) })),
  quorums,
  refused,
  equivocations: [await equivocation(0, attestations[0]), await equivocation(5, attestations[4])],
  beacons: [
    beacon({ epoch: 7n, previous: word("before"), shown: [4, 0, 2], silent: [] }),
    beacon({
      epoch: 7n,
      previous: word("before"),
      shown: [4, 0],
      silent: [2],
      drand: { round: 1381, randomness: word("drand") },
    }),
    beacon({ epoch: 8n, previous: word("before"), shown: [], silent: [1] }),
  ],
  earned,
  roots,
  virtualBlocks: [first, second],
};
const text = JSON.stringify(vectors, (_key, value) => (typeof value === "bigint" ? value.toString() : value), 2);
writeFileSync(new URL("../../vectors/guards.json", import.meta.url), `${text}\n`);
