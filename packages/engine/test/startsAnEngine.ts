/** Starts an engine for the model file in its argument, prints the engine's process id, and stays. */
import { startLlamaEngine } from "../src/startLlamaEngine.js";

const engine = await startLlamaEngine({ modelPath: process.argv[2] ?? "", model: "tiny", contextTokens: 512 });
process.stdout.write(`${engine.pid}\n`);
setInterval(() => undefined, 60_000);
