import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Tests that need a GPU: `npm run test:gpu`. */
export default defineConfig({ ...base, test: { ...base.test, include: ["packages/engine/test/*.gputest.ts"] } });
