/** Runs only where `npm run test:gpu` is called: the compliance suite on a GPU, or one loud line where there is none. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { engineCompliance } from "../src/compliance/engineCompliance.js";
import { detectHardware } from "../src/detectHardware.js";
import { encodeSeededGguf, TINY_MODEL } from "../src/seededGguf.js";
import { startLlamaEngine } from "../src/startLlamaEngine.js";

const { gpus, enginePackage } = await detectHardware();
const usable = gpus.find((gpu) => gpu.isEngineInstalled);

if (usable === undefined) {
  const why =
    gpus.length === 0
      ? "no GPU was found on this machine"
      : `install ${gpus.map((gpu) => gpu.enginePackage ?? "an engine").join(" or ")} beside ${enginePackage ?? "the engine"}`;
  process.stdout.write(`SKIPPED: the GPU engine was not tested: ${why}\n`);
  describe.skip("the llama engine on a GPU", () => {
    it("passes the compliance suite", () => undefined);
  });
} else {
  process.stdout.write(`Testing the engine on ${usable.name} through ${usable.api}\n`);
  engineCompliance(`startLlamaEngine on ${usable.api}`, async () => {
    const modelPath = join(await mkdtemp(join(tmpdir(), "gpu-")), "tiny.gguf");
    await writeFile(modelPath, encodeSeededGguf({ ...TINY_MODEL, type: "F16" }));
    const engine = await startLlamaEngine({ modelPath, model: "tiny", contextTokens: 512, gpu: usable.api });
    return { engine, prompt: { kind: "chat", messages: [{ role: "user", content: "Tell me of the machine." }] } };
  });
}
