import type { ReadStream } from "node:tty";

/** Asks for a passphrase on the terminal without showing it. Undefined where there is no terminal. */
export function createAskPassphrase(
  input: NodeJS.ReadStream & Partial<Pick<ReadStream, "setRawMode">>,
  write: (text: string) => void,
): (() => Promise<string>) | undefined {
  if (!input.isTTY || input.setRawMode === undefined) return undefined;
  return () =>
    new Promise((resolve, reject) => {
      write("Passphrase of the keystore: ");
      let typed = "";
      const end = (settle: () => void) => {
        input.off("data", onData);
        input.setRawMode?.(false);
        input.pause();
        write("\n");
        settle();
      };
      const onData = (chunk: Buffer) => {
        for (const character of chunk.toString("utf8")) {
          if (character === "\r" || character === "\n") return end(() => resolve(typed));
          if (character === "\u0003") return end(() => reject(new Error("Interrupted")));
          if (character === "\u007f") typed = typed.slice(0, -1);
          else typed += character;
        }
      };
      input.setRawMode?.(true);
      input.resume();
      input.on("data", onData);
    });
}
