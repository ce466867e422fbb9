import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Tests that need a GPU: `npm run test:gpu`. */
export default mergeConfig(base, defineConfig({ test: { include: ["packages/engine/test/*.gputest.ts"] } }));
