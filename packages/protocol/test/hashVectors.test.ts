import {
  type Bytes32,
  beaconWithoutGuards,
  bytesToHex,
  encodeParams,
  encodePrompt,
  Fingerprint,
  type FingerprintedToken,
  type Hex,
  leafHash,
  merkleRoot,
  merkleTree,
  outCommit,
  type Payee,
  type Prompt,
  paramsHash,
  payeesHash,
  promptCommit,
  type RecipeStep,
  recipeHash,
  resultsHash,
  type SamplingParams,
  type SessionClass,
  type Splits,
  samplerSeed,
  seedSource,
  sharesOf,
  splitsHash,
  splitsOf,
  TokenRoot,
  textsCommit,
  tokenRootOf,
  userSeedSource,
  utf8ToBytes,
  verifyMerklePath,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "./readVectors.js";

describe("splits vectors", () => {
  type Wei = readonly string[];
  type File = readonly (Splits & {
    readonly sessionClass: SessionClass;
    readonly hasModelOwner: boolean;
    readonly splitsHash: Bytes32;
    readonly fees: readonly ({ readonly payeesWei: Wei; readonly netWei: Wei } & Record<string, unknown>)[];
  })[];

  it.each(readVectors<File>("splits"))("$sessionClass, with a model owner: $hasModelOwner", (vector) => {
    const { sessionClass, hasModelOwner, splitsHash: hash, fees, ...splits } = vector;
    expect(splitsOf({ sessionClass, hasModelOwner })).toEqual(splits);
    expect(splitsHash(splits)).toBe(hash);
    for (const { payeesWei, ...expected } of fees) {
      const { netWei, ...shares } = sharesOf(
        payeesWei.map((wei) => ({ wei: BigInt(wei) })),
        splits,
      );
      const texts = Object.entries(shares).map(([name, wei]) => [name, String(wei)]);
      expect({ netWei: netWei.map(String), ...Object.fromEntries(texts) }).toEqual(expected);
    }
  });
});

describe("Merkle vectors", () => {
  type File = {
    readonly leaf: { readonly structHash: Bytes32; readonly leaf: Bytes32 };
    readonly trees: readonly {
      readonly leaves: readonly Bytes32[];
      readonly root: Bytes32;
      readonly proofs: readonly { readonly index: number; readonly path: readonly Bytes32[] }[];
    }[];
  };
  const file = readVectors<File>("merkle");

  it("hash a struct hash into its leaf", () => {
    expect(leafHash(file.leaf.structHash)).toBe(file.leaf.leaf);
  });

  it.each(file.trees)("give the root $root and its paths", ({ leaves, root, proofs }) => {
    const tree = merkleTree(leaves);
    expect(tree.root).toBe(root);
    expect(merkleRoot(leaves)).toBe(root);
    for (const { index, path } of proofs) {
      expect(tree.pathOf(index)).toEqual(path);
      expect(verifyMerklePath(leaves[index] ?? "0x", path, root)).toBe(true);
    }
  });
});

describe("token root vectors", () => {
  type File = {
    readonly ids: readonly number[];
    readonly roots: readonly { readonly position: number; readonly root: Bytes32 }[];
  };
  const { ids, roots } = readVectors<File>("tokenRoot");

  it.each(roots)("give the root at position $position", ({ position, root }) => {
    expect(tokenRootOf(ids.slice(0, position))).toBe(root);
    const running = new TokenRoot();
    for (const id of ids.slice(0, position)) running.push(id);
    expect(running.root()).toBe(root);
    expect(running.position).toBe(position);
  });
});

describe("fingerprint vectors", () => {
  type File = {
    readonly tokens: readonly FingerprintedToken[];
    readonly cases: readonly { readonly tokens: number; readonly leaves: readonly Bytes32[]; readonly root: Bytes32 }[];
  };
  const file = readVectors<File>("fingerprint");

  it.each(file.cases)("give the leaves and the root of $tokens tokens", ({ tokens, leaves, root }) => {
    const fingerprint = new Fingerprint();
    for (const token of file.tokens.slice(0, tokens)) fingerprint.push(token);
    expect(fingerprint.leaves()).toEqual(leaves);
    expect(fingerprint.root()).toBe(root);
  });
});

describe("commitment vectors", () => {
  type ParamsJson = Omit<SamplingParams, "userSeed"> & { readonly userSeed?: string };
  type File = {
    readonly salt: Bytes32;
    readonly taskId: Bytes32;
    readonly prompts: readonly { readonly prompt: Prompt; readonly encoding: Hex; readonly commit: Bytes32 }[];
    readonly texts: { readonly texts: readonly string[]; readonly commit: Bytes32 };
    readonly params: readonly { readonly params: ParamsJson; readonly encoding: Hex; readonly hash: Bytes32 }[];
    readonly payees: {
      readonly payees: readonly (Omit<Payee, "wei"> & { readonly wei: string })[];
      readonly hash: Bytes32;
    };
    readonly recipe: { readonly steps: readonly RecipeStep[]; readonly hash: Bytes32 };
    readonly results: { readonly structHashes: readonly Bytes32[]; readonly hash: Bytes32 };
    readonly output: { readonly text: string; readonly commit: Bytes32 };
  };
  const file = readVectors<File>("commits");

  it.each(file.prompts)("commit to a prompt as $commit", ({ prompt, encoding, commit }) => {
    expect(bytesToHex(encodePrompt(prompt))).toBe(encoding);
    expect(promptCommit(file.salt, prompt)).toBe(commit);
  });

  it("commit to the texts of an embedding request", () => {
    expect(textsCommit(file.salt, file.texts.texts)).toBe(file.texts.commit);
  });

  it.each(file.params)("hash parameters into $hash", ({ params, encoding, hash }) => {
    const { userSeed, ...rest } = params;
    const typed: SamplingParams = userSeed === undefined ? rest : { ...rest, userSeed: BigInt(userSeed) };
    expect(bytesToHex(encodeParams(typed))).toBe(encoding);
    expect(paramsHash(typed)).toBe(hash);
  });

  it("hash payees, recipes, results and output", () => {
    const payees = file.payees.payees.map((payee) => ({ ...payee, wei: BigInt(payee.wei) }));
    expect(payeesHash(payees)).toBe(file.payees.hash);
    expect(recipeHash(file.recipe.steps)).toBe(file.recipe.hash);
    expect(resultsHash(file.results.structHashes)).toBe(file.results.hash);
    expect(outCommit(file.taskId, utf8ToBytes(file.output.text))).toBe(file.output.commit);
  });
});

describe("seed vectors", () => {
  type File = {
    readonly chainId: number;
    readonly epoch: number;
    readonly beacon: Bytes32;
    readonly taskId: Bytes32;
    readonly userNonce: Bytes32;
    readonly source: Bytes32;
    readonly seeds: readonly { readonly replica: number; readonly seed: Bytes32 }[];
    readonly modelId: Bytes32;
    readonly paramsHash: Bytes32;
    readonly promptTokens: readonly number[];
    readonly userSeed: string;
    readonly userSource: Bytes32;
  };
  const file = readVectors<File>("seeds");

  it("give beacon, source and each replica's seed", () => {
    const beacon = beaconWithoutGuards(file.chainId, file.epoch);
    expect(beacon).toBe(file.beacon);
    expect(seedSource({ taskId: file.taskId, userNonce: file.userNonce, beacon })).toBe(file.source);
    for (const { replica, seed } of file.seeds) expect(samplerSeed(file.source, replica)).toBe(seed);
  });

  it("give the source of a user's own seed", () => {
    expect(userSeedSource({ ...file, userSeed: BigInt(file.userSeed) })).toBe(file.userSource);
  });
});
