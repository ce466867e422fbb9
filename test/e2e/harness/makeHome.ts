import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A home of a test's own. Others may pass through it: where root runs the test its database lies in there all the same, and goes with it. */
export function makeHome(name: string): string {
  const home = mkdtempSync(join(tmpdir(), `cortensor-${name}-`));
  chmodSync(home, 0o711);
  return home;
}
