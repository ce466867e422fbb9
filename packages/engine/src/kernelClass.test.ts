import { expect, it } from "vitest";
import { type KernelParts, kernelClassOf } from "./kernelClass.js";
import { modelIdOf } from "./modelRecord.js";

const parts: KernelParts = {
  engineVersion: "node-llama-cpp 3.22.1, llama.cpp b1",
  binaryHash: "ab".repeat(32),
  backend: "cpu",
  isaLevel: "zen4",
  kvType: "f16",
  stepShape: "prefill 512, decode 1",
};

it("gives equal kernels one class, and any difference another", () => {
  const own = kernelClassOf(parts);
  expect(kernelClassOf({ ...parts })).toBe(own);
  const others = Object.keys(parts).map((field) => kernelClassOf({ ...parts, [field]: "other" }));
  const moved = kernelClassOf({ ...parts, backend: "cpuz", isaLevel: "en4" });
  expect(new Set([own, moved, ...others]).size).toBe(others.length + 2);
});

it("gives a model another id for another file, template or quantisation", () => {
  const record = { fileSha256: "cd".repeat(32), chatTemplate: "chatml", quantisation: "Q8_0" };
  const ids = [
    modelIdOf(record),
    modelIdOf({ ...record, fileSha256: "ce".repeat(32) }),
    modelIdOf({ ...record, chatTemplate: "" }),
    modelIdOf({ ...record, quantisation: "Q4_0" }),
  ];
  expect(new Set(ids).size).toBe(4);
});

it("keeps the published encodings", () => {
  expect(kernelClassOf(parts)).toMatchInlineSnapshot(
    `"0xd116b338c9cdc42ff6ea7a5e6959ecf5c8ed761a2ce00f32072ac48868128560"`,
  );
  expect(modelIdOf({ fileSha256: "00".repeat(32), chatTemplate: "", quantisation: "F16" })).toMatchInlineSnapshot(
    `"0x68f7d6926ee3c02b4a42c9f1ab2147a9eea66d14cb8f183f10bc8be722fc3223"`,
  );
});
