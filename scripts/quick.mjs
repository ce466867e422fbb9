import { check } from "./check.mjs";
import { runVitest } from "./runners.mjs";

/** For every commit: types, lint, walls, and the tests that need no chain, database or model. */
await check();
const { passed, failed } = await runVitest([
  "--project",
  "unit",
  "packages/protocol",
  "packages/wire",
  "packages/api",
  "packages/node",
  "scripts",
]);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
