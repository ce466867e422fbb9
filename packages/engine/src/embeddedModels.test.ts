import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { embeddedModels } from "./embeddedModels.js";
import { hashFile } from "./hashFile.js";
import { readGgufHeader } from "./readGgufHeader.js";

it("lists files that are here, whole and as the manifest says", async () => {
  const { files, chat, embedding } = await embeddedModels();
  expect(files).toContain(chat);
  expect(chat.use).toBe("chat");
  expect(embedding.model.path).toMatch(/\.gguf$/);
  for (const file of files) {
    const header = await readGgufHeader(file.path);
    expect(await hashFile(file.path)).toBe(file.sha256);
    expect(header).toMatchObject({
      quantisation: file.quantisation,
      contextTokens: file.contextTokens,
      fileBytes: file.fileBytes,
    });
  }
});

it("refuses a folder without a manifest, or with one it can't read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "models-"));
  await expect(embeddedModels(folder)).rejects.toMatchObject({ code: "ENGINE_MODEL_NOT_FOUND" });
  await writeFile(join(folder, "manifest.json"), '{"version": 2}');
  await expect(embeddedModels(folder)).rejects.toMatchObject({ code: "ENGINE_MODEL_MALFORMED" });
  await rm(folder, { recursive: true });
});
