import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Bytes32, isBytes32, keptHash } from "@cortensor/protocol";

/**
 * Kept halves of objects' keys, one small file each, named by its hash. They aren't in the database beside their grants: a database keeps
 * old pages, and what is destroyed here must be in no file any more. What a disk or a backup keeps beneath isn't in our hands.
 */
export class KeptHalves {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<KeptHalves> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new KeptHalves(folder);
  }

  /** On the disk when it resolves. */
  async put(half: Uint8Array): Promise<Bytes32> {
    const hash = keptHash(half);
    const draft = `${this.#pathOf(hash)}.${randomBytes(4).toString("hex")}`;
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(half);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#pathOf(hash));
    await this.#syncFolder();
    return hash;
  }

  /** Undefined where it was destroyed, or isn't what its name says. */
  async read(hash: Bytes32): Promise<Uint8Array | undefined> {
    try {
      const half = new Uint8Array(await readFile(this.#pathOf(hash)));
      return keptHash(half) === hash ? half : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Overwrites and removes it. Nothing happens where it is gone already. */
  async destroy(hash: Bytes32): Promise<void> {
    try {
      const file = await open(this.#pathOf(hash), "r+");
      try {
        const { size } = await file.stat();
        await file.write(randomBytes(size), 0, size, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await rm(this.#pathOf(hash));
    await this.#syncFolder();
  }

  /** The hashes of all that lie here; drafts of writes that a crash cut off are destroyed on the way. */
  async list(): Promise<readonly Bytes32[]> {
    const names = await readdir(this.#folder);
    for (const name of names) if (!isBytes32(name)) await rm(join(this.#folder, name), { force: true });
    return names.filter(isBytes32);
  }

  #pathOf(hash: string): string {
    return join(this.#folder, hash);
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
