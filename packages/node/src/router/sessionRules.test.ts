import { expect, it } from "vitest";
import { unkeptRules } from "./sessionRules.js";

const sealed = { isSealed: true, isPrivate: false } as const;

it("takes a sealed ask's own audit mode where its session says nothing, and no other than its session's", () => {
  expect(unkeptRules({ auditMode: "none" }, { ...sealed, asked: "canary" })).toEqual([]);
  expect(unkeptRules({ auditMode: "canary" }, { ...sealed, asked: undefined })).toEqual([]);
  expect(unkeptRules({ auditMode: "canary" }, { ...sealed, asked: "none" })).toEqual([
    "'audit' none beside its 'auditMode' canary",
  ]);
});

it("lets no ask add an audit mode to a private session's, which its network's plan allowed", () => {
  const own = { ...sealed, isPrivate: true };
  expect(unkeptRules({ auditMode: "none" }, { ...own, asked: "canary" })).toEqual([
    "'audit' canary beside its 'auditMode' none",
  ]);
  expect(unkeptRules({ auditMode: "none" }, { ...own, asked: "none" })).toEqual([]);
  expect(unkeptRules({ auditMode: "canary" }, { ...own, asked: "canary" })).toEqual([]);
});
