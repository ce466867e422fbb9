import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const toolsFolder = dirname(fileURLToPath(import.meta.url));

/** Where the native binary of a Foundry tool lies on this platform. The npm wrapper beside it only costs start-up time. */
export function foundryBinary(tool) {
  const platform = process.platform === "win32" ? "win32" : process.platform;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const file = process.platform === "win32" ? `${tool}.exe` : tool;
  return join(toolsFolder, tool, "node_modules", "@foundry-rs", `${tool}-${platform}-${arch}`, "bin", file);
}
