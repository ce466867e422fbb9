import { rolldown } from "rolldown";

/** Makes one program of a test's child process and of what it imports from this workspace's sources, to be run by Node alone. */
export async function bundleChild(input: string, file: string): Promise<void> {
  const bundle = await rolldown({
    input,
    platform: "node",
    resolve: { conditionNames: ["source", "import", "node", "default"] },
    external: [/^(?!@cortensor\/|\.|\/)/],
    logLevel: "silent",
  });
  await bundle.write({ file, format: "esm" });
  await bundle.close();
}
